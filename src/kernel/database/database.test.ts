import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { sql } from 'kysely'
import { openTestDatabase } from '#tests/support/database.ts'
import { inTenant, openDatabase } from './database.ts'
import type { Db } from './database.ts'

const { database, close, url } = await openTestDatabase()
after(close)
const { db, pool } = database

await database.owner((client) =>
  client.query(`create table apples (tenant_id text not null, name text not null, primary key (tenant_id, name));
    alter table apples enable row level security;
    create policy tenant on apples using (tenant_id = current_setting('app.tenant', true));
    grant select, insert, update, delete on apples to xiangli_app`),
)

const add = (trx: Db, tenant: string, name: string) => sql`insert into apples values (${tenant}, ${name})`.execute(trx)
const list = async (trx: Db) => (await sql<{ name: string }>`select name from apples order by name`.execute(trx)).rows.map((row) => row.name)

test('a row of another tenant is neither read nor written', async () => {
  await inTenant(db, 'qingxi', (trx) => add(trx, 'qingxi', 'ours'))
  await inTenant(db, 'baishan', async (trx) => {
    assert.deepEqual(await list(trx), [])
    assert.equal((await sql`update apples set name = 'taken' where name = 'ours'`.execute(trx)).numAffectedRows, 0n)
    assert.equal((await sql`delete from apples`.execute(trx)).numAffectedRows, 0n)
  })
  await assert.rejects(
    inTenant(db, 'baishan', (trx) => add(trx, 'qingxi', 'forged')),
    { code: '42501' },
  )
  assert.deepEqual(await inTenant(db, 'qingxi', list), ['ours'])
})

test('without a tenant there is nothing to see, also after a transaction that had one', async () => {
  assert.deepEqual(await list(db), [])
})

test('an inner call joins the transaction of the outer one and falls with it', async () => {
  await assert.rejects(
    inTenant(db, 'qingxi', async (trx) => {
      await inTenant(trx, 'qingxi', (inner) => add(inner, 'qingxi', 'lost'))
      throw new Error('on second thoughts')
    }),
    /second thoughts/,
  )
  assert.deepEqual(await inTenant(db, 'qingxi', list), ['ours'])
})

test('a transaction cannot pass from one tenant to another', async () => {
  await assert.rejects(
    inTenant(db, 'qingxi', (trx) => inTenant(trx, 'baishan', list)),
    /cannot work for baishan/,
  )
})

test('a transaction without a tenant has none again after the inner call', async () => {
  const seen = await db.transaction().execute(async (trx) => [await inTenant(trx, 'qingxi', list), await list(trx)])
  assert.deepEqual(seen, [['ours'], []])
})

test('a name that is not of the form of a tenant is refused', async () => {
  for (const name of ['', 'Q', 'q', '1town', 'a b', "x';--", 'x'.repeat(42)]) {
    await assert.rejects(inTenant(db, name, list), { code: 'tenant.invalid' })
  }
})

test('a transaction that lost to another is tried again, four times at most', async () => {
  let calls = 0
  const conflicting = (losses: number) =>
    inTenant(db, 'qingxi', async (trx) => {
      if (++calls <= losses) await sql`do $$ begin raise exception 'lost' using errcode = '40001'; end $$`.execute(trx)
      return calls
    })
  assert.equal(await conflicting(2), 3)
  calls = 0
  await assert.rejects(conflicting(9), { code: '40001' })
  assert.equal(calls, 4)
})

test('dates are text, big integers numbers, times read in UTC', async () => {
  const { rows } = await sql`select date '2026-02-28' as day, 9007199254740991::bigint as big, 1.50::numeric as money,
    timestamptz '2026-02-28 08:00+08' as at, timestamptz '2026-02-28 08:00+08'::text as text`.execute(db)
  assert.deepEqual(rows, [
    { day: '2026-02-28', big: 9_007_199_254_740_991, money: '1.50', at: new Date('2026-02-28T00:00:00Z'), text: '2026-02-28 00:00:00+00' },
  ])
  await assert.rejects(sql`select 9007199254740993::bigint`.execute(db), RangeError)
})

test('the application is neither superuser nor owner, and may not pass row-level security', async () => {
  const { rows } = await pool.query(
    `select current_user as name, rolsuper or rolbypassrls or rolcanlogin as mighty from pg_roles where rolname = current_user`,
  )
  assert.deepEqual(rows, [{ name: 'xiangli_app', mighty: false }])
  await assert.rejects(pool.query('drop table apples'), { code: '42501' })
  await assert.rejects(pool.query('create table own_table ()'), { code: '42501' })
})

test('a client given back in mid-transaction leaves nothing to the next', async () => {
  const client = await pool.connect()
  await client.query(`begin; select set_config('app.tenant', 'qingxi', true); insert into apples values ('qingxi', 'half-way')`)
  client.release()
  assert.deepEqual(await inTenant(db, 'qingxi', list), ['ours'])
})

test('a server that cannot be reached is reported without the password', { skip: url === undefined }, async () => {
  const opening = openDatabase({ dataDir: '', databaseUrl: 'postgresql://somebody:secret@%2Fnowhere/nothing' })
  await assert.rejects(opening, (error: Error) => 'code' in error && error.code === 'database.unreachable' && !error.message.includes('secret'))
})

test('a folder keeps its data over close and open, and only one opener at a time', { skip: url !== undefined }, async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'xiangli-data-'))
  try {
    const first = await openDatabase({ dataDir, dump: await database.dump() })
    await assert.rejects(openDatabase({ dataDir }), { code: 'database.locked' })
    await inTenant(first.db, 'qingxi', (trx) => add(trx, 'qingxi', 'kept'))
    await first.close()
    const second = await openDatabase({ dataDir })
    assert.deepEqual(await inTenant(second.db, 'qingxi', list), ['kept', 'ours'])
    await second.close()
  } finally {
    rmSync(dataDir, { recursive: true })
  }
})
