import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { rmSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { virtualClock } from '#kernel/clock.ts'
import { inTenant } from '#kernel/database/database.ts'
import { openTestDatabase } from '#tests/support/database.ts'
import type { TestDatabase } from '#tests/support/database.ts'
import { makeTemporaryFolder } from '#tests/support/temporary.ts'
import { DomainError } from '../errors.ts'
import { parseCheckpoint } from './checkpoint.ts'
import { integrate } from './integrator.ts'
import { caseLeaf } from './leaf.ts'
import { newEpoch, openLog } from './log.ts'
import { parseNote, parseVkey, verifyNote } from './note.ts'
import { commitmentOf, sealPayload } from './payload.ts'
import { insertQueue } from './queries.ts'
import { latestCheckpoint, openLogReader } from './reads.ts'
import { checkTree } from './self-check.ts'
import type { LogSigner } from './signer.ts'
import { leafHash, rootOfHashes } from './tree.ts'

const tenant = 'qingxi'
const clock = virtualClock(new Date('2026-11-23T14:05:09Z'))
const dataDir = makeTemporaryFolder('log')
const options = { tenant, domain: 'example.org', dataDir, demo: true, clock }
let test1: TestDatabase
let signer: LogSigner
const db = () => test1.database.db

before(async () => {
  test1 = await openTestDatabase()
  await test1.database.owner((client) =>
    client.query(`insert into tenants (tenant_id, name, created_at) values ('qingxi', '{}', now()), ('other', '{}', now())`),
  )
  signer = await openLog(db(), options)
  await inTenant(db(), tenant, async (trx) => {
    for (let count = 0; count < 600; count++) await insertQueue(trx, tenant, randomUUID(), anyLeaf())
  })
  await drain(90)
})
after(async () => {
  signer.close()
  await test1.close()
  rmSync(dataDir, { recursive: true })
})

const queue = (leaf: Uint8Array, source: string = randomUUID()) =>
  inTenant(db(), tenant, (trx) => insertQueue(trx, tenant, source, leaf)).then(() => source)
const anyLeaf = () => caseLeaf(clock.now(), commitmentOf(sealPayload({ type: 'case.opened' })))
const reader = () => openLogReader(db(), tenant)

/** Integrates until the queue is empty; gives the published size. */
async function drain(batch?: number): Promise<number> {
  while (await integrate(db(), tenant, signer, clock, batch === undefined ? {} : { batch }));
  return (await latestCheckpoint(reader(), signer.epoch)).size
}

/** Every leaf of the epoch as the table has it, and the checkpoint over them, verified from scratch. */
async function checkWholeTree(): Promise<{ size: number; root: Uint8Array }> {
  const { rows } = await inTenant(db(), tenant, (trx) =>
    sql<{
      leaf: Buffer
      leaf_index: number
    }>`select leaf, leaf_index from ledger_leaves where tenant_id = ${tenant} and epoch = ${signer.epoch} order by leaf_index`.execute(trx),
  )
  assert.deepEqual(
    rows.map((row) => row.leaf_index),
    rows.map((_, at) => at),
  )
  const note = parseNote((await latestCheckpoint(reader(), signer.epoch)).note)
  verifyNote(note, [parseVkey(signer.vkeys.log)])
  const { size, root } = parseCheckpoint(note.text)
  assert.equal(size, rows.length)
  assert.deepEqual(Buffer.from(root), Buffer.from(rootOfHashes(rows.map(({ leaf }) => leafHash(leaf)))))
  return { size, root }
}

const refuses = (code: string) => (error: unknown) => error instanceof DomainError && error.kind === 'unavailable' && error.code === code
const asOwner = (statement: string) => test1.database.owner((client) => client.query(statement))
async function reopen(change: Partial<Parameters<typeof openLog>[1]> = {}): Promise<void> {
  signer.close()
  signer = await openLog(db(), { ...options, ...change })
}

test('only one process holds the log, and it opens again where it was', async () => {
  await assert.rejects(openLog(db(), options), refuses('database.locked'))
  const { size } = signer.memory()
  await reopen()
  assert.equal(signer.memory().size, size)
  await queue(anyLeaf())
  assert.equal(await drain(), size + 1)
})

test('a changed leaf, a smaller database and a larger witness each keep the log from opening', async () => {
  // The start rule reads full tiles, and leaves only behind them; checkTree reads every leaf.
  do await queue(anyLeaf())
  while ((await drain()) % 256 === 0)
  const { size, root } = signer.memory()
  const last = size - 1
  signer.close()
  await asOwner(
    `create table kept as select * from ledger_leaves where leaf_index = ${last}; update ledger_leaves set leaf_hash = sha256('x') where leaf_index = ${last}`,
  )
  await assert.rejects(openLog(db(), options), refuses('ledger.fork'))
  await asOwner(
    `update ledger_leaves l set leaf_hash = k.leaf_hash from kept k where l.leaf_index = ${last}; create table head as select * from ledger_heads`,
  )
  await asOwner(`update ledger_heads set root = sha256('x')`)
  await assert.rejects(openLog(db(), options), refuses('ledger.fork'))
  await asOwner(`update ledger_heads h set root = k.root, size = k.size - 1 from head k`)
  await assert.rejects(openLog(db(), options), refuses('ledger.rollback'))
  await asOwner(`update ledger_heads h set size = k.size from head k`)
  await assert.rejects(openLog(db(), { ...options, witnessed: [{ by: 'w', size: size + 1, root }] }), refuses('ledger.rollback'))
  await assert.rejects(openLog(db(), { ...options, domain: 'example.com' }), refuses('ledger.origin_changed'))
  await assert.rejects(openLog(db(), { ...options, dataDir: `${dataDir}/empty` }), refuses('ledger.signer_missing'))
  signer = await openLog(db(), { ...options, witnessed: [{ by: 'w', size, root }] })
})

test('a running signer refuses a database that was set back, and one that goes on differently', async () => {
  await queue(anyLeaf())
  await drain()
  await asOwner(`create table after_all as select * from ledger_leaves; delete from ledger_leaves where leaf_index = ${signer.memory().size - 1};
    create table newer as select * from ledger_heads; update ledger_heads h set size = k.size, root = k.root, frontier = k.frontier from head k`)
  await asOwner('delete from ledger_checkpoints where size = (select max(size) from ledger_checkpoints)')
  await queue(anyLeaf())
  await assert.rejects(drain(), refuses('ledger.fork'))
  await asOwner(
    'delete from ledger_leaves; insert into ledger_leaves select * from after_all; update ledger_heads h set size = k.size, root = k.root, frontier = k.frontier from newer k',
  )
  assert.deepEqual(await integrate(db(), tenant, signer, clock), { integrated: 0, size: signer.memory().size })
  await checkWholeTree()
})

test('the self-check names a leaf edited behind its hash, a leaf edited with its hash, and a leaf that is gone', async () => {
  assert.deepEqual(await checkTree(reader(), 1), [])
  const codes = async (statement: string) => {
    await asOwner(`begin; create table whole as select * from ledger_leaves; ${statement}; commit`)
    const findings = await checkTree(reader(), 1)
    await asOwner('delete from ledger_leaves; insert into ledger_leaves select * from whole; drop table whole')
    return findings.map(({ code, index }) => `${code} ${index}`)
  }
  const { size } = await latestCheckpoint(reader(), 1)
  assert.deepEqual(await codes(`update ledger_leaves set leaf = 'x' where leaf_index = 300`), [
    'leaf_edited 300',
    'tile_differs 1',
    `root_differs ${size}`,
  ])
  assert.deepEqual(await codes(`update ledger_leaves set leaf = 'x', leaf_hash = sha256('\\x0078') where leaf_index = 300`), [
    'tile_differs 1',
    `root_differs ${size}`,
  ])
  assert.deepEqual(await codes('delete from ledger_leaves where leaf_index = 300'), ['leaf_missing 300'])
  assert.deepEqual(await checkTree(reader(), 1), [])
})

test('a new epoch has new keys and a first leaf that names what was signed before', async () => {
  const { size, origin } = signer.memory()
  const oldKey = signer.vkeys.log
  signer.close()
  signer = await newEpoch(db(), options)
  assert.deepEqual([signer.epoch, signer.memory().size], [2, 0])
  assert.notEqual(signer.vkeys.log, oldKey)
  assert.equal(await drain(), 1)
  const { rows } = await inTenant(db(), tenant, (trx) =>
    sql<{ leaf: Buffer }>`select leaf from ledger_leaves where tenant_id = ${tenant} and epoch = 2`.execute(trx),
  )
  assert.match(rows[0]?.leaf.toString() ?? '', new RegExp(`\\nepoch\\n.*\\nprevious ${origin}\\nsize ${size}\\n`))
  await reopen()
  assert.equal(signer.epoch, 2)
})
