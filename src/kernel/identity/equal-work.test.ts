// Nobody learns from an answer, or from how long it takes, whether an account exists. Time is not measured: what takes it is counted.
import assert from 'node:assert/strict'
import { createHook } from 'node:async_hooks'
import { after, before, test } from 'node:test'
import pg from 'pg'
import { openTestDatabase, type TestDatabase } from '#tests/support/database.ts'
import { DomainError } from '../errors.ts'
import { openTown, password } from './fixture.ts'

let testing: TestDatabase
let town: Awaited<ReturnType<typeof openTown>>
before(async () => {
  testing = await openTestDatabase()
  town = await openTown(testing.database, 'qingxi')
  for (const [email, kind] of [
    ['staff@example.org', 'staff'],
    ['resident@example.org', 'resident'],
    ['closed@example.org', 'staff'],
  ] as const) {
    const { userId } = await town.identity.createUser({ email, password, name: '某某', kind })
    if (email.startsWith('closed')) await town.identity.setDisabled(userId, true)
  }
  await town.identity.inviteStaff({ email: 'invited@example.org', name: '某某' })
})
after(() => testing.close())

// Counted over every connection from the start: one that the pool makes meanwhile keeps the function it finds. How it takes its role is not counted.
let statements = 0
// oxlint-disable-next-line unbound-method -- applied with the client it was asked of
const query: (...given: unknown[]) => unknown = pg.Client.prototype.query
Object.assign(pg.Client.prototype, {
  query(this: pg.Client, ...given: unknown[]) {
    if (!(typeof given[0] === 'string' && given[0].startsWith('set role'))) statements++
    return query.apply(this, given)
  },
})

type Work = { hashes: number; statements: number; messages: number; answer: string }

/** Password hashes (scrypt), statements sent to the database, messages, and the answer. */
async function workOf(act: () => Promise<unknown>): Promise<Work> {
  let hashes = 0
  const hook = createHook({ init: (_id, type) => void (hashes += type === 'SCRYPTREQUEST' ? 1 : 0) }).enable()
  const before = statements
  const sent = town.mails.length + town.codes.length
  const answer = await act().then(
    (value) => (typeof value === 'object' && value ? Object.keys(value).join() : String(value)),
    (error: unknown) => (error instanceof DomainError ? `${error.code} ${error.message}` : String(error)),
  )
  hook.disable()
  return { hashes, statements: statements - before, messages: town.mails.length + town.codes.length - sent, answer }
}

test('a wrong password costs one hash, and the same statements, for every address', async () => {
  const attempt = (email: string) => workOf(() => town.identity.signIn({ email, password: 'not the password', headers: new Headers() }))
  const known = await attempt('staff@example.org')
  assert.equal(known.hashes, 1)
  assert.match(known.answer, /^sign_in\.refused/)
  for (const email of ['resident@example.org', 'closed@example.org', 'invited@example.org', 'nobody@example.org'])
    assert.deepEqual(await attempt(email), known, email)
})

test('asking for a new password costs one mail and the same statements, whether there is an account or not', async () => {
  const ask = (email: string) => workOf(() => town.identity.requestPasswordReset(email))
  const known = await ask('staff@example.org')
  assert.deepEqual([known.messages, known.answer], [1, 'undefined'])
  for (const email of ['resident@example.org', 'closed@example.org', 'invited@example.org', 'nobody@example.org'])
    assert.deepEqual(await ask(email), known, email)
})

test('asking for a code costs one message and the same statements, for every number and address', async () => {
  const ask = (channel: 'sms' | 'mail', receiver: string) =>
    workOf(() => town.identity.requestCode({ purpose: 'sign_in', channel, receiver, language: 'zh' }))
  const known = await ask('mail', 'resident@example.org')
  assert.deepEqual([known.messages, known.answer], [1, 'codeId,expiresAt'])
  for (const email of ['staff@example.org', 'closed@example.org', 'nobody@example.org']) assert.deepEqual(await ask('mail', email), known, email)
  assert.deepEqual(await ask('sms', '00000000901'), known)
})

test('registering costs one hash and one mail, whether the address is free or not', async () => {
  const register = async (email: string) => {
    const { hashes, messages, answer } = await workOf(() => town.identity.registerResident({ email, password, name: '某某' }))
    return { hashes, messages, answer }
  }
  const known = await register('resident@example.org')
  assert.deepEqual(known, { hashes: 1, messages: 1, answer: 'undefined' })
  assert.deepEqual(await register('free@example.org'), known)
  assert.deepEqual(await register('staff@example.org'), known)
})
