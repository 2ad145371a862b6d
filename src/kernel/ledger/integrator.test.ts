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
import { isAlarm, auditCase } from './audit.ts'
import { parseCheckpoint } from './checkpoint.ts'
import { integrate } from './integrator.ts'
import { caseLeaf } from './leaf.ts'
import { openLog } from './log.ts'
import { parseNote, parseVkey, verifyNote } from './note.ts'
import { commitmentOf, sealPayload } from './payload.ts'
import { insertQueue } from './queries.ts'
import { consistencyProof, findLeaf, latestCheckpoint, logStatus, openLogReader, receiptProof } from './reads.ts'
import { newReceipt, verifyReceipt } from './receipt.ts'
import type { LogSigner } from './signer.ts'
import { leafHash, rootOfHashes, verifyConsistency } from './tree.ts'

const tenant = 'qingxi'
const clock = virtualClock(new Date('2026-11-23T14:05:09Z'))
const dataDir = makeTemporaryFolder('ledger')
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

test('a filed event has a promise at once and a receipt that verifies after integration', async () => {
  const payload = sealPayload({ due_on: '2026-12-08', type: 'case.opened' })
  const leaf = caseLeaf(clock.now(), commitmentOf(payload))
  const source = await queue(leaf)
  const receipt = newReceipt(leaf, signer.promise(leafHash(leaf), clock.now()), payload)
  assert.equal(await receiptProof(reader(), source), undefined)
  assert.equal(verifyReceipt(receipt, { promiseVkey: signer.vkeys.promise }).level, 'promised')
  assert.equal((await logStatus(reader(), clock)).queued, 1)
  assert.deepEqual(await integrate(db(), tenant, signer, clock), { integrated: 1, size: 1 })
  assert.equal(await integrate(db(), tenant, signer, clock), undefined)
  const proof = await receiptProof(reader(), source)
  const verdict = verifyReceipt({ ...receipt, proof }, { vkey: signer.vkeys.log, promiseVkey: signer.vkeys.promise })
  assert.deepEqual({ ok: verdict.ok, level: verdict.level }, { ok: true, level: 'included' })
  assert.match(signer.origin, /^demo\.ledger\.example\.org\/qingxi\/1$/)
})

test('batches of any size build one tree, and every published size is consistent with the next', async () => {
  await inTenant(db(), tenant, async (trx) => {
    for (let count = 0; count < 700; count++) await insertQueue(trx, tenant, randomUUID(), anyLeaf())
  })
  const sizes: number[] = []
  for (const batch of [1, 3, 251, 300, 1000]) sizes.push((await integrate(db(), tenant, signer, clock, { batch }))?.size ?? -1)
  assert.deepEqual(sizes, [2, 5, 256, 556, 701])
  const { rows } = await inTenant(db(), tenant, (trx) =>
    sql<{ size: number; root: Buffer }>`select size, root from ledger_checkpoints order by size`.execute(trx),
  )
  for (const [at, old] of rows.entries()) {
    const next = rows[at + 1]
    if (!next) break
    const proof = await consistencyProof(reader(), 1, old.size, next.size)
    assert.ok(verifyConsistency(old.size, next.size, old.root, next.root, proof))
  }
  await checkWholeTree()
})

test('concurrent writers and integrators lose nothing and take nothing twice', async () => {
  const sizeBefore = (await latestCheckpoint(reader(), 1)).size
  const write = async () => {
    for (let count = 0; count < 20; count++) await queue(anyLeaf())
  }
  const take = async () => {
    for (let count = 0; count < 15; count++) await integrate(db(), tenant, signer, clock, { batch: 7 })
  }
  await Promise.all([write(), write(), write(), take(), take()])
  assert.equal(await drain(), sizeBefore + 60)
  await checkWholeTree()
})

test('a row with a lower number that commits during the integration is integrated later', async (context) => {
  if (test1.database.kind !== 'postgres') return context.skip('needs two transactions at once')
  const [slow, taker] = [await test1.database.pool.connect(), await test1.database.pool.connect()]
  const [early, late] = [randomUUID(), randomUUID()]
  try {
    for (const client of [slow, taker]) {
      await client.query('begin')
      await client.query(`select set_config('app.tenant', 'qingxi', true)`)
    }
    await slow.query('insert into ledger_queue (tenant_id, source, leaf) values ($1, $2, $3)', [tenant, early, anyLeaf()])
    await queue(anyLeaf(), late)
    // Between the statements of an integrator that holds the head: the lower number is not visible yet, then it is.
    await taker.query('select size from ledger_heads where tenant_id = $1 and epoch = 1 for update', [tenant])
    const integrating = integrate(db(), tenant, signer, clock)
    await taker.query('commit')
    const size = (await integrating)?.size ?? 0
    assert.equal((await findLeaf(reader(), late))?.index, size - 1)
    assert.equal(await findLeaf(reader(), early), undefined)
    await slow.query('commit')
    await integrate(db(), tenant, signer, clock)
    assert.equal((await findLeaf(reader(), early))?.index, size)
  } finally {
    slow.release()
    taker.release()
  }
  await checkWholeTree()
})

test('the same leaf queued again is nothing new, another leaf for its source is kept as evidence', async () => {
  const leaf = anyLeaf()
  const source = await queue(leaf)
  await queue(leaf, source)
  const size = await drain()
  await queue(leaf, source)
  await queue(anyLeaf(), source)
  await drain()
  assert.equal((await latestCheckpoint(reader(), 1)).size, size)
  const { rows } = await inTenant(db(), tenant, (trx) =>
    sql<{ source: string }>`select source from ledger_conflicts where tenant_id = ${tenant}`.execute(trx),
  )
  assert.deepEqual(rows, [{ source }])
})

test('a head that was committed and not signed is signed by the next integration', async () => {
  await queue(anyLeaf())
  const size = await drain()
  await inTenant(db(), tenant, (trx) => sql`delete from ledger_checkpoints where tenant_id = ${tenant} and size = ${size}`.execute(trx))
  assert.deepEqual(await integrate(db(), tenant, signer, clock), { integrated: 0, size })
  await checkWholeTree()
})

test('the program itself can neither change nor remove what is in the log', async () => {
  for (const statement of [
    sql`update ledger_leaves set leaf = 'x'`,
    sql`delete from ledger_leaves`,
    sql`update ledger_tiles set root = hashes`,
    sql`delete from ledger_tiles`,
    sql`delete from ledger_logs`,
    sql`update ledger_logs set origin = 'x'`,
  ]) {
    await assert.rejects(
      inTenant(db(), tenant, (trx) => statement.execute(trx)),
      { code: '42501' },
    )
  }
})

test('another town sees nothing of the log', async () => {
  const { rows } = await inTenant(db(), 'other', (trx) =>
    sql`select from ledger_leaves union all select from ledger_queue union all select from ledger_logs`.execute(trx),
  )
  assert.equal(rows.length, 0)
})

test('the office audit names an edited event, a deleted event, an edited leaf and an unlawful erasure', async () => {
  const events = [1, 2, 3, 4].map((seq) => ({ source: randomUUID(), payload: sealPayload({ seq, type: 'case.step' }) }))
  for (const { source, payload } of events) await queue(caseLeaf(clock.now(), commitmentOf(payload)), source)
  await drain()
  const leaves = await Promise.all(
    events.map(async ({ source }) => {
      const place = await findLeaf(reader(), source)
      assert.ok(place)
      return { source, index: place.index, leaf: place.leaf, hash: leafHash(place.leaf) }
    }),
  )
  const codes = (...args: Parameters<typeof auditCase>) => auditCase(...args).map(({ code }) => code)
  const [first, second, ...others] = events
  assert.ok(first && second)
  assert.deepEqual(codes(events, leaves), [])
  assert.deepEqual(codes([{ ...first, payload: sealPayload({ seq: 1, type: 'case.other' }) }, second, ...others], leaves), ['event_edited'])
  assert.deepEqual(codes([first, ...others], leaves), ['event_missing'])
  assert.deepEqual(codes(events, leaves.slice(1)), ['not_in_log'])
  assert.deepEqual(codes([second, first, ...others], leaves), ['out_of_order'])
  const edited = leaves.map((leaf, at) => (at === 2 ? { ...leaf, leaf: anyLeaf() } : leaf))
  assert.deepEqual(codes(events, edited), ['leaf_edited'])
  const erased = [{ ...first, payload: undefined }, second, ...others]
  assert.deepEqual(codes(erased, leaves), ['payload_missing'])
  const lawful = auditCase(erased, leaves, new Set([leaves[0]?.index ?? -1]))
  assert.deepEqual(
    lawful.map((finding) => [finding.code, isAlarm(finding)]),
    [['erased', false]],
  )
})
