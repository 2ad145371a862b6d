import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { openTestDatabase, type TestDatabase } from '#tests/support/database.ts'
import { DomainError } from '../errors.ts'
import { browserHeaders, openTown, password, secret, totpCode } from './fixture.ts'
import { lockPolicies, takeAttempt } from './lockout.ts'
import { createSeal } from './seal.ts'

let testing: TestDatabase
before(async () => {
  testing = await openTestDatabase()
})
after(() => testing.close())

const open = (tenant = 'qingxi', options = {}) => openTown(testing.database, tenant, options)
type Town = Awaited<ReturnType<typeof open>>

async function createStaff(town: Town, email: string) {
  return (await town.identity.createUser({ email, password, name: '某某', kind: 'staff' })).userId
}
const attempt = (town: Town, email: string, typed: string, more = {}) =>
  town.identity.signIn({ email, password: typed, headers: new Headers(), ...more })

async function refusalOf(work: Promise<unknown>): Promise<{ code: string; kind: string; message: string }> {
  const error = await work.then(
    () => assert.fail('it was not refused'),
    (reason: unknown) => reason,
  )
  assert.ok(error instanceof DomainError, String(error))
  return { code: error.code, kind: error.kind, message: error.message }
}

describe('signing in', () => {
  test('gives a session that says who it is, whatever the case of the address', async () => {
    const town = await open()
    const userId = await createStaff(town, 'clerk@example.org')
    const { cookies } = await attempt(town, ' Clerk@Example.org ', password)
    const session = await town.identity.readSession(browserHeaders(cookies))
    assert.equal(session?.userId, userId)
    assert.deepEqual([session?.kind, session?.name, session?.email], ['staff', '某某', 'clerk@example.org'])
  })

  test('sets cookies that scripts cannot read, bound to the town and its path', async () => {
    const town = await open()
    await createStaff(town, 'cookie@example.org')
    const { cookies } = await attempt(town, 'cookie@example.org', password)
    const session = cookies.find((cookie) => cookie.startsWith('xl-qingxi.session_token=')) ?? ''
    assert.match(session, /HttpOnly/)
    assert.match(session, /SameSite=Lax/)
    assert.match(session, /Path=\/t\/qingxi(;|$)/)
    assert.doesNotMatch(session, /Secure/)
  })

  test('sets Secure cookies where the town is reached by https', async () => {
    const town = await open('qingxi', { baseUrl: 'https://town.example' })
    await createStaff(town, 'https@example.org')
    const { cookies } = await attempt(town, 'https@example.org', password)
    assert.match(cookies.join('\n'), /^__Secure-xl-qingxi\.session_token=.*Secure/m)
    assert.ok(await town.identity.readSession(browserHeaders(cookies)))
  })

  test('answers a wrong password, an unknown address and a closed account alike', async () => {
    const town = await open()
    await createStaff(town, 'known@example.org')
    await town.identity.setDisabled(await createStaff(town, 'closed@example.org'), true)
    const wrong = await refusalOf(attempt(town, 'known@example.org', 'not the password'))
    assert.deepEqual(await refusalOf(attempt(town, 'nobody@example.org', password)), wrong)
    assert.deepEqual(await refusalOf(attempt(town, 'closed@example.org', password)), wrong)
    assert.deepEqual(await refusalOf(attempt(town, 'not an address', password)), wrong)
    assert.equal(wrong.kind, 'unauthenticated')
  })
})

describe('lockout', () => {
  test('comes after five failures, refuses the right password too, and ends by the clock', async () => {
    const town = await open()
    await createStaff(town, 'locked@example.org')
    for (let count = 0; count < 5; count++) assert.equal((await refusalOf(attempt(town, 'locked@example.org', 'wrong'))).code, 'sign_in.refused')
    assert.equal((await refusalOf(attempt(town, 'locked@example.org', password))).code, 'sign_in.locked')
    town.clock.advance(61_000)
    assert.ok('cookies' in (await attempt(town, 'locked@example.org', password)))
  })

  test('is doubled by the next failure, and holds in another process', async () => {
    const town = await open()
    await createStaff(town, 'again@example.org')
    for (let count = 0; count < 5; count++) await refusalOf(attempt(town, 'again@example.org', 'wrong'))
    town.clock.advance(61_000)
    await refusalOf(attempt(town, 'again@example.org', 'wrong'))
    town.clock.advance(61_000)
    const other = await open('qingxi', { clock: town.clock })
    assert.equal((await refusalOf(attempt(other, 'again@example.org', password))).code, 'sign_in.locked')
    town.clock.advance(60_000)
    assert.ok('cookies' in (await attempt(other, 'again@example.org', password)))
  })

  test('says the same of an address that has no account', async () => {
    const town = await open()
    for (let count = 0; count < 5; count++) await refusalOf(attempt(town, 'ghost@example.org', 'wrong'))
    assert.equal((await refusalOf(attempt(town, 'ghost@example.org', 'wrong'))).code, 'sign_in.locked')
  })

  test('stops one network address that tries many accounts, but not people who sign in from it', async () => {
    const town = await open('baiyun')
    await createStaff(town, 'counter@example.org')
    await attempt(town, 'counter@example.org', password, { address: '192.0.2.7' })
    const bucket = createSeal(secret, 'baiyun').hash('address', '192.0.2.7')
    const waits: (number | undefined)[] = []
    for (let count = 0; count < 51; count++)
      waits.push(await takeAttempt(testing.database.db, 'baiyun', bucket, lockPolicies.address, town.clock.now()))
    assert.deepEqual([waits[49], waits[50]], [undefined, 60])
    assert.equal((await refusalOf(attempt(town, 'counter@example.org', password, { address: '192.0.2.7' }))).code, 'sign_in.locked')
    assert.ok('cookies' in (await attempt(town, 'counter@example.org', password, { address: '192.0.2.8' })))
  })

  test('cannot be outrun by guesses sent at once', async () => {
    const town = await open()
    await createStaff(town, 'parallel@example.org')
    const answers = await Promise.all(Array.from({ length: 9 }, async () => (await refusalOf(attempt(town, 'parallel@example.org', 'wrong'))).code))
    assert.equal(answers.filter((code) => code === 'sign_in.refused').length, 5)
  })
})

describe('the second factor', () => {
  async function withTotp(town: Town, email: string) {
    const userId = await createStaff(town, email)
    const first = browserHeaders((await attempt(town, email, password)).cookies)
    const setup = await town.identity.enableTotp({ headers: first, userId, password })
    const { cookies } = await town.identity.verifyTotp({ headers: first, userId, code: totpCode(setup.secret) })
    return { userId, setup, first, headers: browserHeaders(cookies, first) }
  }

  test('is asked for in a second step, which needs the right code', async () => {
    const town = await open()
    const { setup, headers } = await withTotp(town, 'totp@example.org')
    assert.equal((await town.identity.readSession(headers))?.hasSecondFactor, true)
    const step = await attempt(town, 'totp@example.org', password)
    assert.ok('needsTotp' in step)
    const pending = browserHeaders(step.cookies)
    assert.equal(await town.identity.readSession(pending), undefined)
    const good = totpCode(setup.secret, 1)
    const wrong = good === '000000' ? '000001' : '000000'
    assert.equal((await refusalOf(town.identity.finishSignIn({ totp: wrong, headers: pending }))).code, 'sign_in.code_refused')
    const { cookies } = await town.identity.finishSignIn({ totp: good, headers: pending })
    assert.equal((await town.identity.readSession(browserHeaders(cookies, pending)))?.email, 'totp@example.org')
  })

  test('takes the code in one step, and each code once', async () => {
    const town = await open()
    const { setup } = await withTotp(town, 'once@example.org')
    const code = totpCode(setup.secret, 1)
    const { cookies } = await attempt(town, 'once@example.org', password, { totp: code })
    assert.ok(await town.identity.readSession(browserHeaders(cookies)))
    assert.equal((await refusalOf(attempt(town, 'once@example.org', password, { totp: code }))).code, 'sign_in.code_refused')
  })

  test('accepts each backup code once', async () => {
    const town = await open()
    const { setup } = await withTotp(town, 'backup@example.org')
    const totp = setup.backupCodes[0] ?? ''
    assert.ok('cookies' in (await attempt(town, 'backup@example.org', password, { totp })))
    town.clock.advance(3_600_000)
    assert.equal((await refusalOf(attempt(town, 'backup@example.org', password, { totp }))).code, 'sign_in.code_refused')
  })

  test('is not set up without the password', async () => {
    const town = await open()
    const userId = await createStaff(town, 'nopass@example.org')
    const headers = browserHeaders((await attempt(town, 'nopass@example.org', password)).cookies)
    assert.equal((await refusalOf(town.identity.enableTotp({ headers, userId, password: 'wrong' }))).code, 'account.password_wrong')
  })

  test('replaces the session it was turned on in, and can be taken away by an administrator', async () => {
    const town = await open()
    const { userId, first, headers } = await withTotp(town, 'lost@example.org')
    assert.equal(await town.identity.readSession(first), undefined)
    assert.equal(await town.identity.resetSecondFactor(userId), true)
    assert.equal(await town.identity.readSession(headers), undefined)
    assert.ok(!('needsTotp' in (await attempt(town, 'lost@example.org', password))))
  })

  test('is required of staff only where the town says so', async () => {
    const strict = await open('qingxi', { staffNeedsSecondFactor: true })
    const relaxed = await open()
    const staff = { kind: 'staff', hasSecondFactor: false } as const
    assert.equal(strict.identity.staffNeedsSecondFactor(staff), true)
    assert.equal(strict.identity.staffNeedsSecondFactor({ ...staff, hasSecondFactor: true }), false)
    assert.equal(strict.identity.staffNeedsSecondFactor({ kind: 'resident', hasSecondFactor: false }), false)
    assert.equal(relaxed.identity.staffNeedsSecondFactor(staff), false)
  })
})

describe('sessions', () => {
  test('of the same address in two towns do not cross', async () => {
    const [here, there] = [await open('qingxi'), await open('baiyun')]
    await createStaff(here, 'both@example.org')
    await createStaff(there, 'both@example.org')
    const { cookies } = await attempt(here, 'both@example.org', password)
    const renamed = cookies.map((cookie) => cookie.replaceAll('qingxi', 'baiyun'))
    assert.ok(await here.identity.readSession(browserHeaders(cookies)))
    assert.equal(await there.identity.readSession(browserHeaders(cookies)), undefined)
    assert.equal(await there.identity.readSession(browserHeaders(renamed)), undefined)
  })

  test('end when they are revoked, one by one, and only by their owner', async () => {
    const town = await open()
    const userId = await createStaff(town, 'revoke@example.org')
    const phone = browserHeaders((await attempt(town, 'revoke@example.org', password, { headers: browserHeaders([]) })).cookies)
    const desk = browserHeaders((await attempt(town, 'revoke@example.org', password)).cookies)
    const sessions = await town.identity.listSessions(userId)
    assert.deepEqual(sessions.map((session) => session.device).sort(), ['Android', 'other'])
    const sessionId = (await town.identity.readSession(phone))?.sessionId ?? ''
    assert.equal(await town.identity.revokeSession({ userId: 'somebody-else', sessionId }), false)
    assert.equal(await town.identity.revokeSession({ userId, sessionId }), true)
    assert.equal(await town.identity.readSession(phone), undefined)
    assert.ok(await town.identity.readSession(desk))
  })

  test('end at sign-out, by the clock, when the account is closed, and when the cookie was altered', async () => {
    const town = await open()
    const userId = await createStaff(town, 'ends@example.org')
    const enter = async () => browserHeaders((await attempt(town, 'ends@example.org', password)).cookies)
    const left = await enter()
    const { cookies } = await town.identity.signOut(left)
    assert.equal(browserHeaders(cookies, left).get('cookie'), '')
    assert.equal(await town.identity.readSession(left), undefined)
    const altered = (await enter()).get('cookie')?.replace('session_token=', 'session_token=x') ?? ''
    assert.equal(await town.identity.readSession(new Headers({ cookie: altered })), undefined)
    const closed = await enter()
    await town.identity.setDisabled(userId, true)
    assert.equal(await town.identity.readSession(closed), undefined)
    await town.identity.setDisabled(userId, false)
    const old = await enter()
    assert.ok(await town.identity.readSession(old))
    town.clock.advance(12 * 3_600_000)
    assert.equal(await town.identity.readSession(old), undefined)
  })

  test('leave no town behind on the connection', async () => {
    const town = await open()
    await createStaff(town, 'pool@example.org')
    await town.identity.readSession(browserHeaders((await attempt(town, 'pool@example.org', password)).cookies))
    const { rows } = await testing.database.pool.query<{ town: string | null }>("select current_setting('app.tenant', true) as town")
    assert.equal(rows[0]?.town || null, null)
  })
})
