import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { openTestDatabase, type TestDatabase } from '#tests/support/database.ts'
import { browserHeaders, openTown, password } from './fixture.ts'

let testing: TestDatabase
before(async () => {
  testing = await openTestDatabase()
})
after(() => testing.close())

const open = (tenant = 'qingxi') => openTown(testing.database, tenant)
type Town = Awaited<ReturnType<typeof open>>
const refusedWith = (expected: string) => ({ name: 'DomainError', code: expected })
const refused = refusedWith('sign_in.sent_code_refused')
const none = new Headers()

async function send(town: Town, receiver: string, channel: 'sms' | 'mail' = 'sms') {
  const { codeId } = await town.identity.requestCode({ purpose: 'sign_in', channel, receiver, language: 'zh' })
  const sent = town.codes.at(-1)
  assert.ok(sent)
  return { codeId, code: sent.code, to: sent.to }
}
const enter = (town: Town, { codeId, code }: { codeId: string; code: string }) =>
  town.identity.signInByCode({ codeId, code, language: 'zh', headers: none })
const wrongFor = (code: string) => (code === '000000' ? '000001' : '000000')

describe('a code by SMS', () => {
  test('makes the account on first use and finds it on the next, however the number is written', async () => {
    const town = await open()
    const first = await town.identity.readSession(browserHeaders((await enter(town, await send(town, '000 0000 0101'))).cookies))
    assert.deepEqual([first?.kind, first?.email, first?.method], ['resident', '', 'code'])
    assert.equal((await town.identity.findUser(first?.userId ?? ''))?.phone, '00000000101')
    town.clock.advance(61_000)
    const second = await town.identity.readSession(browserHeaders((await enter(town, await send(town, '000-0000-0101'))).cookies))
    assert.equal(second?.userId, first?.userId)
  })

  test('has six digits and goes out as a variable; neither code nor number can be read in the database', async () => {
    const town = await open()
    const { code, to } = await send(town, '00000000102')
    assert.match(code, /^\d{6}$/)
    const { rows } = await testing.database.owner((client) =>
      client.query<{ text: string }>('select c::text as text from sign_in_codes c union all select r::text from rate_limits r'),
    )
    assert.ok(rows.length > 2)
    for (const { text } of rows) assert.ok(!text.includes(to) && !text.includes(`,${code},`), text)
  })

  test('used twice at once signs in once', async () => {
    const town = await open()
    const sent = await send(town, '00000000103')
    const results = await Promise.allSettled([enter(town, sent), enter(town, sent), enter(town, sent)])
    assert.equal(results.filter((result) => result.status === 'fulfilled').length, 1)
    await assert.rejects(enter(town, sent), refused)
  })

  test('of two people at once who are new makes one account of one number', async () => {
    const town = await open()
    const one = await send(town, '00000000104')
    town.clock.advance(61_000)
    const two = await send(town, '00000000104')
    const both = await Promise.all([enter(town, one), enter(town, two)])
    const users = await Promise.all(both.map(async ({ cookies }) => (await town.identity.readSession(browserHeaders(cookies)))?.userId))
    assert.equal(new Set(users).size, 1)
  })

  test('ends after five minutes, and after five wrong tries even for the right digits', async () => {
    const town = await open()
    const late = await send(town, '00000000105')
    town.clock.advance(5 * 60_000)
    await assert.rejects(enter(town, late), refused)
    const tried = await send(town, '00000000106')
    for (let count = 0; count < 5; count++) await assert.rejects(enter(town, { ...tried, code: wrongFor(tried.code) }), refused)
    await assert.rejects(enter(town, tried), refusedWith('sign_in.locked'))
    town.clock.advance(61_000)
    await assert.rejects(enter(town, tried), refused)
  })

  test('is worth nothing without the ticket of the browser that asked, for another purpose, or in another town', async () => {
    const [town, other] = [await open(), await open('baiyun')]
    const sent = await send(town, '00000000107')
    await assert.rejects(enter(town, { codeId: 'x'.repeat(32), code: sent.code }), refused)
    await assert.rejects(town.identity.confirmByCode({ userId: 'nobody', sessionId: 'none', ...sent }), refused)
    await assert.rejects(enter(other, sent), refused)
    assert.ok((await enter(town, sent)).cookies.length > 0)
  })

  test('is sent once a minute and five times an hour to one number', async () => {
    const town = await open()
    town.clock.set(new Date(Math.ceil(town.clock.now().getTime() / 3_600_000) * 3_600_000))
    const locked = { name: 'DomainError', code: 'sign_in.locked', kind: 'too_many' }
    await send(town, '00000000108')
    await assert.rejects(send(town, '00000000108'), locked)
    for (let count = 0; count < 4; count++) {
      town.clock.advance(60_000)
      await send(town, '00000000108')
    }
    town.clock.advance(60_000)
    await assert.rejects(send(town, '00000000108'), locked)
    await send(town, '00000000109')
  })

  test('cannot be guessed by many tries at once', async () => {
    const town = await open()
    const sent = await send(town, '00000000110')
    const results = await Promise.allSettled(Array.from({ length: 12 }, () => enter(town, { ...sent, code: wrongFor(sent.code) })))
    assert.ok(results.every((result) => result.status === 'rejected'))
    const { rows } = await testing.database.owner((client) =>
      client.query<{ failures: number }>('select max(failures) as failures from sign_in_codes'),
    )
    assert.ok((rows[0]?.failures ?? 9) <= 5, `${rows[0]?.failures} tries were counted as tries`)
  })

  test('needs a number', async () => {
    const town = await open()
    for (const typed of ['', 'abc', '12345', '+1234567890123456'])
      await assert.rejects(send(town, typed), { ...refusedWith('account.phone_invalid') })
  })
})

describe('a code by mail', () => {
  test('signs in the owner of a confirmed account', async () => {
    const town = await open()
    const { userId } = await town.identity.createUser({ email: 'known@example.org', password, name: '居民', kind: 'resident' })
    const { cookies } = await enter(town, await send(town, 'Known@Example.org', 'mail'))
    assert.equal((await town.identity.readSession(browserHeaders(cookies)))?.userId, userId)
  })

  test('takes the address from somebody who registered with it but never confirmed it, password and all', async () => {
    const town = await open()
    await town.identity.registerResident({ email: 'mine@example.org', password: 'groene theekop', name: '别人' })
    const { cookies } = await enter(town, await send(town, 'mine@example.org', 'mail'))
    const session = await town.identity.readSession(browserHeaders(cookies))
    assert.notEqual(session?.name, '别人')
    await assert.rejects(
      town.identity.signIn({ email: 'mine@example.org', password: 'groene theekop', headers: none }),
      refusedWith('sign_in.refused'),
    )
  })

  test('never opens an account of staff, nor a closed one', async () => {
    const town = await open()
    await town.identity.createUser({ email: 'officer@example.org', password, name: '某某', kind: 'staff' })
    await assert.rejects(enter(town, await send(town, 'officer@example.org', 'mail')), refusedWith('sign_in.staff_by_code'))
    const closed = await town.identity.createUser({ email: 'closed@example.org', password, name: '某某', kind: 'resident' })
    await town.identity.setDisabled(closed.userId, true)
    await assert.rejects(enter(town, await send(town, 'closed@example.org', 'mail')), refused)
  })
})

describe('a contact', () => {
  test('is changed by a code sent to the new one, is unique in the town, and the owner is told', async () => {
    const town = await open()
    const { userId } = await town.identity.createUser({ email: 'contact@example.org', password, name: '居民', kind: 'resident' })
    const ask = (receiver: string) => town.identity.requestContactCode({ userId, channel: 'sms', receiver, language: 'zh' })
    const { codeId } = await ask('00000000120')
    const { code = '' } = town.codes.at(-1) ?? {}
    await assert.rejects(town.identity.setContact({ userId: 'another', codeId, code }), refused)
    await town.identity.setContact({ userId, codeId, code })
    assert.equal((await town.identity.findUser(userId))?.phone, '00000000120')
    assert.deepEqual([town.mails.at(-1)?.template, town.mails.at(-1)?.to], ['account_changed', 'contact@example.org'])
    const other = await town.identity.createUser({ email: 'contact2@example.org', password, name: '居民', kind: 'resident' })
    town.clock.advance(61_000)
    const again = await town.identity.requestContactCode({ userId: other.userId, channel: 'sms', receiver: '00000000120', language: 'zh' })
    await assert.rejects(
      town.identity.setContact({ userId: other.userId, codeId: again.codeId, code: town.codes.at(-1)?.code ?? '' }),
      refusedWith('account.contact_taken'),
    )
    town.clock.advance(61_000)
    const { cookies } = await enter(town, await send(town, '00000000120'))
    assert.equal((await town.identity.readSession(browserHeaders(cookies)))?.userId, userId)
  })
})
