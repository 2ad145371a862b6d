import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { newAuthenticator, type Turn } from '#tests/support/authenticator.ts'
import { openTestDatabase, type TestDatabase } from '#tests/support/database.ts'
import { browserHeaders, openTown, password } from './fixture.ts'

let testing: TestDatabase
before(async () => {
  testing = await openTestDatabase()
})
after(() => testing.close())

const open = (tenant = 'qingxi', options = {}) => openTown(testing.database, tenant, options)
type Town = Awaited<ReturnType<typeof open>>
const origin = 'http://localhost:8080'
const refused = { name: 'DomainError', code: 'passkey.refused' }
const none = new Headers()
const binding = 'the form cookie of a browser'

async function holder(town: Town, email: string, kind: 'staff' | 'resident' = 'staff') {
  const { userId } = await town.identity.createUser({ email, password, name: '某某', kind })
  const headers = browserHeaders((await town.identity.signIn({ email, password, headers: none })).cookies)
  const sessionId = (await town.identity.readSession(headers))?.sessionId ?? ''
  const key = newAuthenticator(origin)
  const add = async (turn: Turn = {}, name = '我的手机') => {
    const options = await town.identity.beginPasskey({ userId, sessionId, townName: '测试镇' })
    await town.identity.addPasskey({ userId, sessionId, name, response: key.create(options, turn) })
  }
  return { userId, sessionId, headers, key, add }
}

const use = async (town: Town, key: ReturnType<typeof newAuthenticator>, turn: Turn = {}) =>
  town.identity.signInByPasskey({ response: key.get(await town.identity.askForPasskey(binding), turn), binding, headers: none })

describe('a passkey', () => {
  test('signs in without a name, and is the second factor of staff', async () => {
    const town = await open('qingxi', { staffNeedsSecondFactor: true })
    const { userId, key, add } = await holder(town, 'pass@example.org')
    await add()
    const session = await town.identity.readSession(browserHeaders((await use(town, key)).cookies))
    assert.deepEqual([session?.userId, session?.method, session?.hasSecondFactor], [userId, 'passkey', true])
    assert.equal(session && town.identity.staffNeedsSecondFactor(session), false)
    const [entry] = await town.identity.listPasskeys(userId)
    assert.deepEqual([entry?.name, entry?.lastUsedAt?.getTime()], ['我的手机', town.clock.now().getTime()])
    assert.equal(town.mails.at(-1)?.template, 'account_changed')
  })

  test('of staff makes the password alone insufficient; removing it takes that back', async () => {
    const town = await open()
    const { userId, add } = await holder(town, 'both@example.org')
    await add()
    const step = await town.identity.signIn({ email: 'both@example.org', password, headers: none })
    assert.ok('needsTotp' in step)
    assert.equal(await town.identity.readSession(browserHeaders(step.cookies)), undefined)
    const passkeyId = (await town.identity.listPasskeys(userId))[0]?.passkeyId ?? ''
    assert.equal(await town.identity.removePasskey({ userId: 'another', passkeyId }), false)
    assert.equal(await town.identity.removePasskey({ userId, passkeyId }), true)
    assert.ok(!('needsTotp' in (await town.identity.signIn({ email: 'both@example.org', password, headers: none }))))
  })

  test('that is lost is replaced by a recovery code, each good once', async () => {
    const town = await open()
    const { userId, add } = await holder(town, 'lostkey@example.org')
    await add()
    const [code = '', second = ''] = await town.identity.makeRecoveryCodes(userId)
    const begin = async () => {
      const step = await town.identity.signIn({ email: 'lostkey@example.org', password, headers: none })
      return browserHeaders(step.cookies)
    }
    const pending = await begin()
    await assert.rejects(town.identity.finishSignIn({ totp: '22222-22222', headers: pending }), { code: 'sign_in.code_refused' })
    const { cookies } = await town.identity.finishSignIn({ totp: code.toLowerCase().replace('-', ' '), headers: pending })
    assert.equal((await town.identity.readSession(browserHeaders(cookies, pending)))?.method, 'recovery')
    await assert.rejects(town.identity.finishSignIn({ totp: second, headers: pending }), { code: 'sign_in.expired' })
    await assert.rejects(town.identity.finishSignIn({ totp: code, headers: await begin() }), { code: 'sign_in.code_refused' })
    const { rows } = await testing.database.owner((client) => client.query<{ text: string }>('select r::text as text from recovery_codes r'))
    assert.ok(rows.length === 10 && rows.every(({ text }) => !text.includes(second) && !text.includes(second.replace('-', ''))))
    assert.equal((await town.identity.countRecoveryCodes(userId)).left, 9, 'a code that came too late is not used up')
  })

  test('answers each challenge once, also when asked twice at once, and only in the browser it was made for', async () => {
    const town = await open()
    const { key, add } = await holder(town, 'single@example.org')
    await add()
    const options = await town.identity.askForPasskey(binding)
    const response = key.get(options)
    await assert.rejects(town.identity.signInByPasskey({ response, binding: 'another browser', headers: none }), refused)
    const results = await Promise.allSettled([1, 2].map(() => town.identity.signInByPasskey({ response, binding, headers: none })))
    assert.equal(results.filter((result) => result.status === 'fulfilled').length, 1)
    await assert.rejects(town.identity.signInByPasskey({ response, binding, headers: none }), refused)
  })

  test('is refused from another origin, without user verification, with a counter that does not advance, and too late', async () => {
    const town = await open()
    const { key, add } = await holder(town, 'strict@example.org')
    await add()
    await use(town, key, { counter: 5 })
    await assert.rejects(use(town, key, { origin: 'https://evil.example', counter: 6 }), refused)
    await assert.rejects(use(town, key, { flags: 0x01, counter: 7 }), refused)
    await assert.rejects(use(town, key, { counter: 5 }), refused)
    await assert.rejects(use(town, key, { counter: 4 }), refused)
    const options = await town.identity.askForPasskey(binding)
    town.clock.advance(601_000)
    await assert.rejects(town.identity.signInByPasskey({ response: key.get(options, { counter: 8 }), binding, headers: none }), refused)
    await use(town, key, { counter: 9 })
  })

  test('of another town, of nobody, of a closed account, or that is no answer at all, is refused alike', async () => {
    const [town, other] = [await open(), await open('baiyun')]
    const { userId, key, add } = await holder(town, 'alike@example.org')
    await add()
    await assert.rejects(use(other, key), refused)
    await assert.rejects(use(town, newAuthenticator(origin)), refused)
    for (const response of ['', '{}', 'null', '{"id":"x","type":"public-key"}', 'x'.repeat(50)])
      await assert.rejects(town.identity.signInByPasskey({ response, binding, headers: none }), refused)
    await town.identity.setDisabled(userId, true)
    await assert.rejects(use(town, key), refused)
  })

  test('is not added with a challenge of another session, without user verification, or twice', async () => {
    const town = await open()
    const { userId, sessionId, key, add } = await holder(town, 'adding@example.org')
    const options = await town.identity.beginPasskey({ userId, sessionId, townName: '测试镇' })
    const response = key.create(options)
    await assert.rejects(town.identity.addPasskey({ userId, sessionId: 'another', name: 'x', response }), refused)
    await town.identity.addPasskey({ userId, sessionId, name: 'x', response })
    await assert.rejects(town.identity.addPasskey({ userId, sessionId, name: 'x', response }), refused)
    await assert.rejects(add(), { code: 'passkey.exists' })
    const second = await holder(town, 'adding2@example.org')
    await assert.rejects(second.add({ flags: 0x41 }), refused)
    await assert.rejects(second.add({}, '  '), { code: 'passkey.name' })
  })

  test('confirms who sits at a session, and at no other’s', async () => {
    const town = await open()
    const { userId, sessionId, headers, key, add } = await holder(town, 'confirm@example.org')
    await add()
    town.clock.advance(3_600_000)
    const recent = async () => {
      const session = await town.identity.readSession(headers)
      return session !== undefined && town.identity.isRecent(session, 15)
    }
    assert.equal(await recent(), false)
    const options = await town.identity.askForPasskey(sessionId)
    const other = await holder(town, 'confirm2@example.org')
    await assert.rejects(town.identity.confirmByPasskey({ userId: other.userId, sessionId, response: key.get(options) }), refused)
    assert.equal(await recent(), false)
    const again = await town.identity.askForPasskey(sessionId)
    await town.identity.confirmByPasskey({ userId, sessionId, response: key.get(again) })
    assert.equal(await recent(), true)
  })

  test('cannot be had under an IP address, and can under a name', async () => {
    for (const [baseUrl, possible] of [
      ['http://127.0.0.1:3000', false],
      ['https://[::1]', false],
      ['https://town.example', true],
    ] as const)
      assert.equal((await open('qingxi', { baseUrl })).identity.passkeysPossible(), possible)
  })
})
