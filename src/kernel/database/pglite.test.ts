import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { sql } from 'kysely'
import { Client } from 'pg'
import { DomainError } from '#kernel/errors.ts'
import { openBridge, openMemoryDatabase } from './database.ts'
import { startPglite } from './pglite-stream.ts'

const bridge = await startPglite({})
const database = await openBridge(bridge)
after(database.close)
const { pool } = database
await database.owner((client) => client.query('create table notes (id int primary key, body bytea); grant all on notes to xiangli_app'))

const countNotes = async () => (await pool.query<{ count: number }>('select count(*) from notes')).rows[0]?.count

async function connect(): Promise<Client> {
  const client = new Client({ stream: bridge.stream, user: 'postgres', database: 'postgres' })
  client.on('error', () => {})
  await client.connect()
  return client
}

test('a failing query rejects with its code, and the connection goes on', async () => {
  for (const failing of [() => pool.query('select 1 / 0'), () => pool.query('select 1 / $1::int', [0])]) {
    await assert.rejects(failing(), { code: '22012' })
    assert.deepEqual((await pool.query('select $1::text as said', ['好'])).rows, [{ said: '好' }])
  }
})

test('parallel queries each get their own answer', async () => {
  const numbers = Array.from({ length: 200 }, (_, index) => index)
  const answers = await Promise.all(numbers.map((number) => pool.query<{ n: number }>('select $1::int as n', [number])))
  assert.deepEqual(
    answers.map((answer) => answer.rows[0]?.n),
    numbers,
  )
})

test('results and parameters of several megabytes and bytes of every value pass unchanged', async () => {
  const body = Buffer.alloc(3_000_000, Buffer.from(Array.from({ length: 256 }, (_, index) => index)))
  await pool.query('insert into notes values (1, $1)', [body])
  const { rows } = await pool.query<{ body: Buffer }>('select body from notes where id = 1')
  assert.ok(rows[0]?.body.equals(body))
  const many = await pool.query(`select n, repeat('乡', 20) as text from generate_series(1, 50000) n`)
  assert.equal(many.rows.length, 50_000)
  assert.deepEqual(many.rows.at(-1), { n: 50_000, text: '乡'.repeat(20) })
  await pool.query('delete from notes')
})

for (const [how, destroy] of [
  ['given back', false],
  ['destroyed', true],
] as const) {
  test(`a client ${how} in mid-transaction is rolled back, and its settings are gone`, async () => {
    const client = await pool.connect()
    await client.query('begin')
    await client.query('insert into notes values (2)')
    await client.query(`select set_config('app.tenant', 'qingxi', false)`)
    client.release(destroy)
    assert.equal(await countNotes(), 0)
    const { rows } = await pool.query(`select current_user as role, coalesce(current_setting('app.tenant', true), '') as tenant`)
    assert.deepEqual(rows, [{ role: 'xiangli_app', tenant: '' }])
  })
}

test('a connection waits until the transaction of another has ended, however it ends', async () => {
  for (const end of ['commit', 'rollback', 'vanish'] as const) {
    const [first, second] = [await connect(), await connect()]
    await first.query('begin')
    await first.query('insert into notes values (3)')
    const seen = second.query<{ count: string }>('select count(*) from notes where id = 3')
    if (end === 'vanish') first.connection.stream.destroy()
    else await first.query(end)
    assert.equal((await seen).rows[0]?.count, end === 'commit' ? '1' : '0')
    await pool.query('delete from notes')
    if (end !== 'vanish') await first.end()
    await second.end()
  }
})

test('the owner is a superuser, and nothing of its session is left to the application', async () => {
  const name = await database.owner(async (client) => {
    await client.query('create temp table scratch (id int); begin; insert into notes values (4)')
    return (await client.query<{ role: string }>('select current_user as role')).rows[0]?.role
  })
  assert.equal(name, 'postgres')
  assert.equal(await countNotes(), 0)
  assert.deepEqual((await pool.query(`select current_user as role, to_regclass('scratch') as scratch`)).rows, [
    { role: 'xiangli_app', scratch: null },
  ])
})

test('a database in memory restores from a dump what was committed', async () => {
  await pool.query('insert into notes values (5)')
  const copy = await openMemoryDatabase(await database.dump())
  try {
    assert.deepEqual((await sql`select id from notes`.execute(copy.db)).rows, [{ id: 5 }])
  } finally {
    await copy.close()
  }
})

test('something that is no dump is refused', async () => {
  await assert.rejects(openMemoryDatabase(Buffer.from('no tarball')), (error) => error instanceof DomainError && error.code === 'database.unreadable')
})

// The last test: it ends the worker of all of them.
test('when the worker dies, waiting and later queries reject, and closing still works', async () => {
  const waiting = assert.rejects(pool.query('select count(*) from generate_series(1, 2000000000)'), { code: 'database.stopped' })
  await bridge.worker.terminate()
  await waiting
  await assert.rejects(pool.query('select 1'), { code: 'database.stopped' })
  await assert.rejects(database.dump(), { code: 'database.stopped' })
  await database.close()
})
