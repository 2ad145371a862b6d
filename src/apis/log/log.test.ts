import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { rmSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { Hono } from 'hono'
import { virtualClock } from '#kernel/clock.ts'
import { inTenant } from '#kernel/database/database.ts'
import { DomainError } from '#kernel/errors.ts'
import { decodeHash } from '#kernel/ledger/bytes.ts'
import { parseCheckpoint } from '#kernel/ledger/checkpoint.ts'
import { integrate } from '#kernel/ledger/integrator.ts'
import { caseLeaf } from '#kernel/ledger/leaf.ts'
import { openLog } from '#kernel/ledger/log.ts'
import { parseNote, parseVkey, verifyNote } from '#kernel/ledger/note.ts'
import { commitmentOf, sealPayload } from '#kernel/ledger/payload.ts'
import { parseProof } from '#kernel/ledger/proof.ts'
import { insertQueue } from '#kernel/ledger/queries.ts'
import type { LogSigner } from '#kernel/ledger/signer.ts'
import { decodeEntries, splitHashes } from '#kernel/ledger/tiles.ts'
import { leafHash, rootOfHashes, verifyConsistency, verifyInclusion } from '#kernel/ledger/tree.ts'
import { openTestDatabase } from '#tests/support/database.ts'
import type { TestDatabase } from '#tests/support/database.ts'
import { makeTemporaryFolder } from '#tests/support/temporary.ts'
import { logRoutes } from './log.ts'

const clock = virtualClock(new Date('2026-11-23T14:05:09Z'))
const dataDir = makeTemporaryFolder('log')
const statuses = { invalid: 422, not_found: 404 } as Record<string, 404 | 422>
let database: TestDatabase
let signer: LogSigner
let app: Hono

before(async () => {
  database = await openTestDatabase()
  const { db } = database.database
  await database.database.owner((client) =>
    client.query(`insert into tenants (tenant_id, name, created_at) values ('qingxi', '{}', now()), ('empty', '{}', now())`),
  )
  signer = await openLog(db, { tenant: 'qingxi', domain: 'example.org', dataDir, demo: true, clock })
  app = new Hono()
  app.route('/t/:tenant/ledger', logRoutes({ db, clock }))
  app.onError((error, context) =>
    context.json(
      { code: error instanceof DomainError ? error.code : String(error) },
      error instanceof DomainError ? (statuses[error.kind] ?? 503) : 500,
    ),
  )
  await write(100)
  await write(213)
})
after(async () => {
  signer.close()
  await database.close()
  rmSync(dataDir, { recursive: true })
})

async function write(count: number): Promise<void> {
  await inTenant(database.database.db, 'qingxi', async (trx) => {
    for (let each = 0; each < count; each++) {
      await insertQueue(trx, 'qingxi', randomUUID(), caseLeaf(clock.now(), commitmentOf(sealPayload({ type: 'case.opened' }))))
    }
  })
  await integrate(database.database.db, 'qingxi', signer, clock)
}

const get = (path: string, tenant = 'qingxi') => app.request(`/t/${tenant}/ledger/${path}`)
const bytesOf = async (path: string) => new Uint8Array(await (await get(path)).arrayBuffer())

test('a stranger rebuilds the whole tree from tiles and entries and arrives at the signed root', async () => {
  const response = await get('checkpoint')
  assert.equal(response.headers.get('content-type'), 'text/plain; charset=utf-8')
  const note = parseNote(await response.text())
  verifyNote(note, [parseVkey(signer.vkeys.log)])
  const { size, root } = parseCheckpoint(note.text)
  assert.equal(size, 313)
  const tiles = [...splitHashes(await bytesOf('tile/0/000')), ...splitHashes(await bytesOf('tile/0/001.p/57'))]
  const entries = [...decodeEntries(await bytesOf('tile/entries/000')), ...decodeEntries(await bytesOf('tile/entries/001.p/57'))]
  assert.deepEqual(
    entries.map((entry) => Buffer.from(leafHash(entry))),
    tiles.map((hash) => Buffer.from(hash)),
  )
  assert.deepEqual(Buffer.from(rootOfHashes(tiles)), Buffer.from(root))
  assert.deepEqual(Buffer.from(await bytesOf('tile/1/000.p/1')), Buffer.from(rootOfHashes(tiles.slice(0, 256))))
})

test('tiles under an epoch may be kept for ever, checkpoints for seconds', async () => {
  const tile = await get('1/tile/0/000')
  assert.equal(tile.headers.get('content-type'), 'application/octet-stream')
  assert.match(tile.headers.get('cache-control') ?? '', /immutable/)
  assert.doesNotMatch((await get('tile/0/000')).headers.get('cache-control') ?? '', /immutable/)
  assert.equal((await get('1/checkpoint')).headers.get('cache-control'), 'public, max-age=2')
})

test('what is beyond the published size, or no tile at all, is not found', async () => {
  const beyond = [
    'tile/0/001',
    'tile/0/001.p/58',
    'tile/0/002.p/1',
    'tile/1/000',
    'tile/1/000.p/2',
    'tile/2/000.p/1',
    'tile/entries/001',
    'tile/entries/001.p/58',
    'proof/313',
  ]
  for (const path of [
    ...beyond,
    'tile/0/0',
    'tile/00/000',
    'tile/64/000',
    'tile/',
    'proof/x',
    'proof/-1',
    '2/checkpoint',
    '2/tile/0/000',
    'consistency?old=1&new=314',
  ]) {
    assert.equal((await get(path)).status, 404, path)
  }
  for (const path of ['checkpoint', 'status', 'proof/0']) assert.equal((await get(path, 'empty')).status, 404, path)
})

test('older partial tiles stay readable', async () => {
  assert.deepEqual(await bytesOf('tile/0/000.p/100'), (await bytesOf('tile/0/000')).slice(0, 3200))
})

test('proofs and consistency answers verify', async () => {
  const proof = parseProof(await (await get('proof/300')).text())
  const { size, root } = parseCheckpoint(parseNote(proof.checkpoint).text)
  const hashes = [...splitHashes(await bytesOf('tile/0/000')), ...splitHashes(await bytesOf('tile/0/001.p/57'))]
  assert.ok(verifyInclusion(hashes[300] ?? root, proof.index, size, root, proof.hashes))
  const lines = (await (await get('consistency?old=100')).text()).trimEnd().split('\n')
  const consistency = lines.map((line) => decodeHash(line) ?? new Uint8Array())
  assert.ok(verifyConsistency(100, size, rootOfHashes(hashes.slice(0, 100)), root, consistency))
  for (const query of ['old=0&new=3', 'old=5&new=4', 'old=x', '']) assert.equal((await get(`consistency?${query}`)).status, 422, query)
})

test('keys and status are shown', async () => {
  const lines = (await (await get('vkeys')).text()).trimEnd().split('\n')
  assert.deepEqual(lines, [`1 log ${signer.vkeys.log}`, `1 promise ${signer.vkeys.promise}`])
  assert.deepEqual(await (await get('status')).json(), {
    origin: 'demo.ledger.example.org/qingxi/1',
    epoch: 1,
    size: 313,
    cosignedSize: 0,
    queued: 0,
    oldestQueuedSeconds: 0,
    witnesses: [],
  })
})
