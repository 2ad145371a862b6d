import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { administer, openEmptyDatabase } from '#tests/support/database.ts'
import { openDatabase } from './database.ts'
import { migrate, pendingMigrations } from './migrate.ts'

const { database, url, close } = await openEmptyDatabase()
after(close)
const folder = mkdtempSync(join(tmpdir(), 'xiangli-migrations-'))
after(() => rmSync(folder, { recursive: true }))
const write = (name: string, text: string) => writeFileSync(join(folder, `${name}.sql`), text)
const remove = (name: string) => rmSync(join(folder, `${name}.sql`))

const tables = () =>
  database.owner(async (client) => {
    const { rows } = await client.query<{ name: string }>(
      `select relname as name from pg_class where relname like 'step_%' and relkind = 'r' order by 1`,
    )
    return rows.map((row) => row.name)
  })

test('migrations run once and in order, even by two processes at once', async () => {
  write('0001-first', 'create table step_one (id int); insert into step_one values (1);')
  write('0002-second', 'alter table step_one rename to step_two')
  assert.deepEqual(await pendingMigrations(database, folder), ['0001-first', '0002-second'])
  const other = url === undefined ? undefined : await openDatabase({ dataDir: '', databaseUrl: url })
  const runs = await Promise.all([migrate(database, folder), migrate(other ?? database, folder)])
  await other?.close()
  assert.deepEqual(runs.flat(), ['0001-first', '0002-second'])
  assert.deepEqual(await tables(), ['step_two'])
  assert.deepEqual(await pendingMigrations(database, folder), [])
})

test('nothing is kept of a migration that fails, and the message names the line', async () => {
  write('0003-broken', 'create table step_three ();\n\nselect nonsense;')
  await assert.rejects(migrate(database, folder), { code: 'database.migration_failed', message: /0003-broken\.sql line 3: .*nonsense/ })
  assert.deepEqual(await tables(), ['step_two'])
  write('0003-broken', 'create table step_three ();')
  assert.deepEqual(await migrate(database, folder), ['0003-broken'])
})

test('a migration may not end its transaction', async () => {
  write('0004-ends', 'create table step_four (); rollback')
  await assert.rejects(migrate(database, folder), { code: 'database.migration_failed', message: /may not begin or end/ })
  remove('0004-ends')
  assert.deepEqual(await tables(), ['step_three', 'step_two'])
})

test('a text that changed after it had run is refused, changed line ends are not', async () => {
  write('0003-broken', 'create table step_three ( );')
  await assert.rejects(migrate(database, folder), { code: 'database.migration_changed', message: /0003-broken/ })
  write('0003-broken', 'create table step_three ();')
  write('0005-lines', 'create table step_five\n();\n')
  await migrate(database, folder)
  write('0005-lines', 'create table step_five\r\n();\r\n')
  assert.deepEqual(await migrate(database, folder), [])
})

test('a migration that comes late is refused', async () => {
  write('0004-late', 'select 1')
  await assert.rejects(migrate(database, folder), { code: 'database.migration_out_of_order', message: /0004-late/ })
  remove('0004-late')
})

test('a database newer than the code is refused', async () => {
  remove('0005-lines')
  await assert.rejects(migrate(database, folder), { code: 'database.newer', message: /0005-lines/ })
  await assert.rejects(pendingMigrations(database, folder), { code: 'database.newer' })
  write('0005-lines', 'create table step_five\n();\n')
})

test('whoever lacks the right to make roles is told what an administrator has to run', { skip: url === undefined }, async () => {
  assert.ok(url)
  const name = `poor_${process.pid}`
  await administer(url, `create role ${name} login; grant create, usage on schema public to ${name}; alter table schema_migrations owner to ${name}`)
  const poorUrl = new URL(url)
  poorUrl.username = name
  const poor = await openDatabase({ dataDir: '', databaseUrl: poorUrl.href })
  try {
    await assert.rejects(poor.pool.query('select 1'), { code: 'database.not_granted' })
    const orders = `grant xiangli_app to ${name}; grant xiangli_keys to ${name};`
    await assert.rejects(migrate(poor, folder), { code: 'database.rights_missing', message: new RegExp(orders) })
    await administer(url, orders)
    assert.deepEqual(await migrate(poor, folder), [])
    await poor.pool.query('select 1')
  } finally {
    await poor.close()
    await administer(url, `reassign owned by ${name} to current_user; drop owned by ${name}; drop role ${name}`)
  }
})
