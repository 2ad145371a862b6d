import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { getMigrations } from 'better-auth/db/migration'
import { openTestDatabase, type TestDatabase } from '#tests/support/database.ts'
import { systemClock } from '../clock.ts'
import { authOptions } from './auth.ts'
import { browserHeaders, openTown, password, secret } from './fixture.ts'
import { findSession } from './queries.ts'
import { createSeal } from './seal.ts'
import { tenantDatabase } from './tenant-pool.ts'
import { createToken } from './tokens.ts'

let testing: TestDatabase
before(async () => {
  testing = await openTestDatabase()
})
after(() => testing.close())

const tables = [
  'auth_users',
  'auth_sessions',
  'auth_accounts',
  'auth_verifications',
  'auth_two_factors',
  'sign_in_attempts',
  'rate_limits',
  'api_tokens',
  'sign_in_codes',
  'sign_in_challenges',
  'passkeys',
  'recovery_codes',
  'identity_providers',
  'provider_links',
]

test('better-auth finds every table and column that it expects', async () => {
  await openTown(testing.database, 'qingxi')
  const seal = createSeal(secret, 'qingxi')
  const options = authOptions({
    tenant: 'qingxi',
    baseUrl: 'http://localhost:8080',
    cookiePath: '/t/qingxi',
    seal,
    clock: systemClock,
    trustedOrigins: [],
    mail: () => Promise.resolve(),
  })
  const drift = await getMigrations(
    { ...options, database: { db: tenantDatabase(testing.database.pool, 'qingxi'), type: 'postgres' } },
    { throwOnUnsafe: false },
  )
  assert.deepEqual(drift.toBeCreated, [])
  assert.deepEqual(drift.toBeAdded, [])
  assert.deepEqual(drift.unsafeChanges, [])
  assert.deepEqual(drift.schemaProblems, [])
})

test('no name, address, phone or network address of an account can be read in the tables', async () => {
  const { identity, clock, codes } = await openTown(testing.database, 'qingxi')
  const canary = { email: 'canarymailbox@example.org', name: '金丝雀名字', password }
  const { userId } = await identity.createUser({ ...canary, kind: 'resident' })
  await identity.registerResident({ ...canary, email: 'canarymailbox2@example.org' })
  await identity.requestPasswordReset(canary.email)
  await identity.signIn({
    ...canary,
    address: '198.51.100.77',
    headers: new Headers({ 'user-agent': 'CanaryBrowser/1', 'x-forwarded-for': '198.51.100.77' }),
  })
  const { codeId } = await identity.requestCode({ purpose: 'sign_in', channel: 'sms', receiver: '00000000999', language: 'zh' })
  await identity.signInByCode({ codeId, code: codes.at(-1)?.code ?? '', language: 'zh', headers: new Headers() })
  await identity.makeRecoveryCodes(userId)
  await identity.askForPasskey('canary binding')
  const { token } = await createToken(testing.database.db, 'qingxi', { userId, name: 'export' }, clock.now())
  for (const table of tables) {
    const { rows } = await testing.database.owner((client) => client.query<{ text: string }>(`select r::text as text from ${table} r`))
    assert.ok(
      rows.length > 0 || ['auth_two_factors', 'rate_limits', 'passkeys', 'identity_providers', 'provider_links'].includes(table),
      `${table} is empty`,
    )
    for (const word of ['canarymailbox', '金丝雀', '198.51.100', 'CanaryBrowser', '00000000999', 'canary binding', token, password]) {
      assert.ok(!rows.some((row) => row.text.includes(word)), `${table} holds ${word}`)
    }
  }
})

test('a statement that forgets its town sees no account of any', async () => {
  const { identity } = await openTown(testing.database, 'qingxi')
  await identity.createUser({ email: 'rls@example.org', password, name: '某某', kind: 'staff' })
  for (const table of tables) {
    const { rows } = await testing.database.pool.query(`select 1 from ${table}`)
    assert.deepEqual(rows, [], table)
  }
})

test('a session is found by one statement that agrees with better-auth, and only in its own town', async () => {
  const { identity, clock } = await openTown(testing.database, 'qingxi')
  await openTown(testing.database, 'baiyun')
  await identity.createUser({ email: 'look@example.org', password, name: '某某', kind: 'staff' })
  const { cookies } = await identity.signIn({ email: 'look@example.org', password, headers: new Headers() })
  const token = decodeURIComponent(/session_token=([^;]+)/.exec(cookies.join('\n'))?.[1] ?? '').split('.')[0] ?? ''
  assert.equal(
    (await findSession(testing.database.db, 'qingxi', token, clock.now()))?.session_id,
    (await identity.readSession(browserHeaders(cookies)))?.sessionId,
  )
  assert.equal(await findSession(testing.database.db, 'baiyun', token, clock.now()), undefined)
})

test('every key of these tables is led by the town', async () => {
  const { rows } = await testing.database.owner((client) =>
    client.query<{ name: string; definition: string }>(
      `select conname as name, pg_get_constraintdef(oid) as definition from pg_constraint
       where conrelid = any ($1::regclass[]) and contype in ('p', 'u', 'f')`,
      [tables],
    ),
  )
  assert.ok(rows.length > 15)
  for (const { name, definition } of rows) assert.match(definition, /^(PRIMARY KEY|UNIQUE|FOREIGN KEY) \(tenant_id/, name)
})
