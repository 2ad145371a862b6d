import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { openTestDatabase, type TestDatabase } from '#tests/support/database.ts'
import { browserHeaders, mailedToken, openTown, password } from './fixture.ts'

let testing: TestDatabase
before(async () => {
  testing = await openTestDatabase()
})
after(() => testing.close())

const open = (tenant = 'qingxi') => openTown(testing.database, tenant)
const code = (expected: string) => ({ name: 'DomainError', code: expected })

describe('an invitation', () => {
  test('is mailed, sets the password once, and confirms the address', async () => {
    const { identity, mails } = await open()
    const { userId, token } = await identity.inviteStaff({ email: 'New@Example.org', name: '新同事', language: 'en' })
    const mail = mails.at(-1)
    assert.deepEqual([mail?.template, mail?.to, mail?.name, mail?.language], ['invitation', 'new@example.org', '新同事', 'en'])
    assert.equal(mail?.link, `http://localhost:8080/t/qingxi/account/password?token=${token}`)
    assert.deepEqual(await identity.setPasswordByToken({ token, password }), { userId, kind: 'staff' })
    assert.ok('cookies' in (await identity.signIn({ email: 'new@example.org', password, headers: new Headers() })))
    await assert.rejects(identity.setPasswordByToken({ token, password }), code('account.link_expired'))
  })

  test('used twice at once works once', async () => {
    const { identity } = await open()
    const { token } = await identity.inviteStaff({ email: 'twice@example.org', name: '某某' })
    const results = await Promise.allSettled([1, 2, 3].map((each) => identity.setPasswordByToken({ token, password: `${password} ${each}` })))
    assert.equal(results.filter((result) => result.status === 'fulfilled').length, 1)
  })

  test('ends after seven days', async () => {
    const { identity, clock } = await open()
    const { token, expiresAt } = await identity.inviteStaff({ email: 'late@example.org', name: '某某' })
    clock.set(expiresAt)
    await assert.rejects(identity.setPasswordByToken({ token, password }), code('account.link_expired'))
  })

  test('sent again ends the one before', async () => {
    const { identity } = await open()
    const first = await identity.inviteStaff({ email: 'again@example.org', name: '某某' })
    const second = await identity.inviteStaff({ email: 'again@example.org', name: '某某' })
    assert.equal(second.userId, first.userId)
    await assert.rejects(identity.setPasswordByToken({ token: first.token, password }), code('account.link_expired'))
    await identity.setPasswordByToken({ token: second.token, password })
    await assert.rejects(identity.inviteStaff({ email: 'again@example.org', name: '某某' }), code('account.exists'))
  })

  test('means nothing in another town', async () => {
    const [here, there] = [await open('qingxi'), await open('baiyun')]
    const { token } = await here.identity.inviteStaff({ email: 'cross@example.org', name: '某某' })
    await assert.rejects(there.identity.setPasswordByToken({ token, password }), code('account.link_expired'))
  })

  test('stays good when the password is refused, and asks twelve characters of staff', async () => {
    const { identity } = await open()
    const { token } = await identity.inviteStaff({ email: 'short@example.org', name: '某某' })
    await assert.rejects(identity.setPasswordByToken({ token, password: 'kort en goe' }), code('password.too_short'))
    await identity.setPasswordByToken({ token, password })
  })
})

describe('a resident’s registration', () => {
  const resident = { email: 'resident@example.org', password: 'groene theekop', name: '居民' }

  test('is complete after the mailed link was opened', async () => {
    const { identity, mails } = await open()
    await identity.registerResident(resident)
    const enter = () => identity.signIn({ email: resident.email, password: resident.password, headers: new Headers() })
    await assert.rejects(enter(), code('sign_in.unconfirmed'))
    assert.equal(mails.filter((mail) => mail.template === 'confirm_address').length, 2)
    await identity.confirmAddress(mailedToken(mails, 'confirm_address'))
    const { cookies } = await enter()
    const session = await identity.readSession(browserHeaders(cookies))
    assert.deepEqual([session?.kind, session?.name, session?.language], ['resident', '居民', 'zh'])
  })

  test('of a known address answers the same, changes nothing, and tells its owner by mail', async () => {
    const { identity, mails } = await open('baiyun')
    assert.equal(await identity.registerResident(resident), undefined)
    await identity.confirmAddress(mailedToken(mails, 'confirm_address'))
    assert.equal(await identity.registerResident({ ...resident, password: 'andere woorden', name: '别人' }), undefined)
    assert.equal(mails.at(-1)?.template, 'address_known')
    assert.deepEqual(
      (await identity.listUsers('resident')).map((user) => user.name),
      ['居民'],
    )
    await assert.rejects(identity.signIn({ email: resident.email, password: 'andere woorden', headers: new Headers() }), code('sign_in.refused'))
  })

  test('reports when its mail could not be sent', async () => {
    const { identity } = await openTown(testing.database, 'qingxi', { sendMail: () => Promise.reject(new Error('outbox is full')) })
    await assert.rejects(identity.registerResident({ ...resident, email: 'nomail@example.org' }), /outbox is full/)
  })

  test('with a broken or foreign confirmation link is refused', async () => {
    const [here, there] = [await open('qingxi'), await open('baiyun')]
    await here.identity.registerResident({ ...resident, email: 'foreign@example.org' })
    const token = mailedToken(here.mails, 'confirm_address')
    await assert.rejects(there.identity.confirmAddress(token), code('account.link_expired'))
    await assert.rejects(here.identity.confirmAddress(`${token}x`), code('account.link_expired'))
  })
})

test('mails to one address are limited, whether it has an account or not', async () => {
  const { identity, clock } = await open()
  const ask = () => identity.requestPasswordReset('flooded@example.org')
  clock.set(new Date(Math.ceil(clock.now().getTime() / 3_600_000) * 3_600_000))
  for (let count = 0; count < 5; count++) await ask()
  await assert.rejects(ask(), { code: 'sign_in.locked', kind: 'too_many' })
  clock.advance(3_600_000)
  await ask()
})

test('an unconfirmed registration does not keep its address from being invited', async () => {
  const { identity } = await open()
  await identity.registerResident({ email: 'squatted@example.org', password: 'groene theekop', name: '别人' })
  const { userId } = await identity.inviteStaff({ email: 'squatted@example.org', name: '本人' })
  const user = await identity.findUser(userId)
  assert.deepEqual([user?.kind, user?.name, user?.hasPassword], ['staff', '本人', false])
})

describe('a forgotten password', () => {
  test('is replaced by a mailed link, which ends the sessions', async () => {
    const { identity, mails } = await open()
    await identity.createUser({ email: 'forgot@example.org', password, name: '某某', kind: 'staff' })
    const enter = (typed: string) => identity.signIn({ email: 'forgot@example.org', password: typed, headers: new Headers() })
    const headers = browserHeaders((await enter(password)).cookies)
    await identity.requestPasswordReset('forgot@example.org')
    await identity.setPasswordByToken({ token: mailedToken(mails, 'password_reset'), password: `${password} twee` })
    assert.equal(await identity.readSession(headers), undefined)
    await assert.rejects(enter(password), code('sign_in.refused'))
    assert.ok('cookies' in (await enter(`${password} twee`)))
  })

  test('of an unknown address is answered the same, with a mail that says so to its owner', async () => {
    const { identity, mails } = await open()
    assert.equal(await identity.requestPasswordReset('unknown@example.org'), undefined)
    assert.deepEqual(
      mails.map((mail) => [mail.template, mail.to]),
      [['address_unknown', 'unknown@example.org']],
    )
    assert.equal(new URL(mails[0]?.link ?? '').search, '')
  })
})

test('an address has one account in a town, and may have one in each', async () => {
  const [here, there] = [await open('qingxi'), await open('baiyun')]
  const user = { email: 'one@example.org', password, name: '某某', kind: 'staff' } as const
  const made = await Promise.allSettled([here.identity.createUser(user), here.identity.createUser(user)])
  assert.equal(made.filter((result) => result.status === 'fulfilled').length, 1)
  await assert.rejects(here.identity.createUser(user), code('account.exists'))
  assert.ok((await there.identity.createUser(user)).userId)
})

test('what has expired is purged, and what has not stays', async () => {
  const { identity, clock } = await open()
  const { userId } = await identity.createUser({ email: 'purge@example.org', password, name: '某某', kind: 'staff' })
  const { cookies } = await identity.signIn({ email: 'purge@example.org', password, headers: new Headers() })
  await identity.purge()
  assert.ok(await identity.readSession(browserHeaders(cookies)))
  clock.advance(13 * 3_600_000)
  await identity.purge()
  const { rows } = await testing.database.owner((client) => client.query('select 1 from auth_sessions where user_id = $1', [userId]))
  assert.deepEqual(rows, [])
})
