// Keys that turn, epochs that end, and several processes of one installation.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { Hono } from 'hono'
import { virtualClock } from '#kernel/clock.ts'
import { inTenant } from '#kernel/database/database.ts'
import { openTestDatabase } from '#tests/support/database.ts'
import type { TestDatabase } from '#tests/support/database.ts'
import { makeTemporaryFolder } from '#tests/support/temporary.ts'
import { logRoutes } from '../../apis/log/log.ts'
import { listKeyChanges } from './announce.ts'
import { encodeCheckpoint, parseCheckpoint } from './checkpoint.ts'
import { extendLog, integrate } from './integrator.ts'
import { announcedKey, followKeys, nextOrigin, parseKeyChanges } from './key-changes.ts'
import { caseLeaf, encodeLeaf, parseLeaf } from './leaf.ts'
import { freezeLog, newEpoch, openLog } from './log.ts'
import { lookAtLog, type MonitorState } from './monitor.ts'
import { encodeVkey, noteSigner, noteTypes, parseNote, signNote } from './note.ts'
import { commitmentOf, sealPayload } from './payload.ts'
import { openPromiser } from './promiser.ts'
import { insertQueue } from './queries.ts'
import { latestCheckpoint, listLogs, openLogReader, publishedPolicy, readTile, receiptProof } from './reads.ts'
import { newReceipt, verifyReceipt } from './receipt.ts'
import { dropOldKeys, rotateKeys } from './rotate.ts'
import type { LogSigner } from './signer.ts'
import { decodeEntries } from './tiles.ts'
import { leafHash } from './tree.ts'

const tenant = 'qingxi'
const clock = virtualClock(new Date('2026-11-23T14:05:09Z'))
const dataDir = makeTemporaryFolder('rotate')
const options = { tenant, domain: 'example.org', dataDir, demo: false, clock }
let test1: TestDatabase
let signer: LogSigner
const db = () => test1.database.db
const reader = () => openLogReader(db(), tenant)

before(async () => {
  test1 = await openTestDatabase()
  await test1.database.owner((client) => client.query(`insert into tenants (tenant_id, name, created_at) values ('qingxi', '{}', now())`))
  signer = await openLog(db(), options)
})
after(async () => {
  signer.close()
  await test1.close()
  rmSync(dataDir, { recursive: true })
})

const drain = async (by: LogSigner = signer) => {
  while (await integrate(db(), tenant, by, clock));
}

const queue = async () => {
  const [source, leaf] = [randomUUID(), caseLeaf(clock.now(), commitmentOf(sealPayload({ type: 'case.opened' })))]
  await inTenant(db(), tenant, (trx) => insertQueue(trx, tenant, source, leaf))
  return { source, leaf }
}

/** A receipt as its holder gets it now. */
async function receipt() {
  const { source, leaf } = await queue()
  await drain()
  return { ...newReceipt(leaf, signer.promise(leafHash(leaf), clock.now())), proof: await receiptProof(reader(), source) }
}

const signedBy = async (epoch = signer.epoch) => parseNote((await latestCheckpoint(reader(), epoch)).note).signatures.map(({ id }) => id)
const kindsOf = async (epoch: number) => {
  const { size } = await latestCheckpoint(reader(), epoch)
  return decodeEntries(await readTile(reader(), epoch, { level: 'entries', index: 0, width: size }))
    .map(parseLeaf)
    .map((leaf) => (leaf.kind === 'key' ? `key ${leaf.fields.action}` : leaf.kind))
}
const first = { log: '', promise: '' }
let memory: MonitorState | undefined

/** One look of a monitor that pinned the first keys at the beginning and never heard of others. */
async function look(promises: string[] = []): Promise<string[]> {
  const app = new Hono().route('/t/:tenant/ledger', logRoutes({ db: db(), clock }))
  const read = async (path: string) => {
    const response = await app.request(`/t/${tenant}/ledger/${path}`)
    assert.equal(response.status, 200, path)
    return new Uint8Array(await response.arrayBuffer())
  }
  const { alarms, state } = await lookAtLog({ read, vkey: first.log, promiseVkey: first.promise, state: memory, promises, now: clock.now() })
  memory = state ?? memory
  return alarms.map(({ code }) => code)
}

test('a promise is signed without the lease, by a process that has only the promise key, with the same bytes', async () => {
  const hash = leafHash('leaf')
  const elsewhere = makeTemporaryFolder('promiser')
  assert.throws(() => openPromiser(elsewhere, tenant).promise(hash, clock.now()), { code: 'ledger.signer_missing' })
  mkdirSync(join(elsewhere, 'ledger', tenant), { recursive: true })
  for (const file of ['keys.1.json', 'promise.1.key']) cpSync(join(signer.folder, file), join(elsewhere, 'ledger', tenant, file))
  for (const folder of [dataDir, elsewhere]) assert.equal(openPromiser(folder, tenant).promise(hash, clock.now()), signer.promise(hash, clock.now()))
  assert.ok(!readFileSync(join(elsewhere, 'ledger', tenant, 'keys.1.json'), 'utf8').includes('PRIVATE'))
  rmSync(elsewhere, { recursive: true })
})

test('processes without the lease take leaves in, and the one with the lease signs the head', async () => {
  for (let count = 0; count < 5; count++) await queue()
  assert.equal(await extendLog(db(), tenant, { batch: 3 }), 3)
  assert.equal(await extendLog(db(), tenant), 2)
  assert.deepEqual(await integrate(db(), tenant, signer, clock), { integrated: 0, size: 5 })
})

test('a key is announced under the old one, both sign while it is replaced, and then the new one alone', async () => {
  Object.assign(first, signer.vkeys)
  const before = await receipt()
  assert.deepEqual(await look([before.promise]), [])
  const promiser = openPromiser(dataDir, tenant)
  promiser.promise(leafHash('x'), clock.now())
  const { log, promise } = await rotateKeys(db(), signer, clock)
  assert.deepEqual([log.length, log[0], promise.length, promise[0]], [2, first.log, 2, first.promise])
  assert.equal((await signedBy()).length, 2)
  assert.equal(parseNote(promiser.promise(leafHash('x'), clock.now())).signatures.length, 2)
  await assert.rejects(rotateKeys(db(), signer, clock), { code: 'ledger.rotation_open' })
  const [oldLog = '', newLog = ''] = log
  const during = await receipt()
  for (const vkey of log) assert.equal(verifyReceipt(during, { vkey }).level, 'included')
  for (const promiseVkey of promise) assert.equal(verifyReceipt(during, { promiseVkey }).steps.find(({ step }) => step === 'promise')?.ok, true)
  assert.deepEqual(await dropOldKeys(db(), signer, clock), { epoch: 1, log: [newLog], promise: [promise[1]] })
  await assert.rejects(dropOldKeys(db(), signer, clock), { code: 'ledger.rotation_none' })
  const later = await receipt()
  assert.deepEqual(await look([before.promise, during.promise, later.promise]), [])
  assert.equal((await signedBy()).length, 1)
  assert.equal(verifyReceipt(later, { vkey: newLog }).level, 'included')
  assert.equal(verifyReceipt(later, { vkey: oldLog }).level, 'nothing')
  assert.equal(verifyReceipt(before, { vkey: oldLog, promiseVkey: first.promise }).ok, true)
  assert.deepEqual(
    (await kindsOf(1)).filter((kind) => kind.startsWith('key')),
    ['key announce', 'key announce', 'key use', 'key use', 'key drop', 'key drop'],
  )
  assert.ok(!existsSync(join(signer.folder, 'log.1.key')))
  const [{ keys } = assert.fail()] = await listLogs(reader())
  assert.deepEqual(
    keys.map(({ role, vkey, dropped }) => [role, vkey, dropped === true]),
    [
      ['log', oldLog, true],
      ['log', newLog, false],
      ['promise', promise[0], true],
      ['promise', promise[1], false],
    ],
  )
  assert.equal(await publishedPolicy(reader()), `log ${newLog}\nquorum none\n`)
})

test('after a restart the new keys sign, and an interrupted rotation goes on where it was', async () => {
  signer.close()
  signer = await openLog(db(), options)
  assert.equal((await signedBy()).length, 1)
  const list = signer.keys()
  // Interrupted after the announcement was queued: the process is gone before it is signed.
  const interrupted = { ...signer, sign: () => assert.fail('power cut') }
  await assert.rejects(rotateKeys(db(), interrupted, clock))
  signer.close()
  signer = await openLog(db(), options)
  assert.equal(signer.keys().log.at(-1)?.state, 'announced')
  const { log } = await rotateKeys(db(), signer, clock)
  assert.deepEqual(log, [list.log.at(-1)?.vkey, signer.keys().log.at(-1)?.vkey])
  assert.equal(signer.keys().log.length, list.log.length + 1)
  await dropOldKeys(db(), signer, clock)
})

test('whoever pinned the first key follows the log to its present keys, and to none that the log did not announce', async () => {
  const changes = await listKeyChanges(db(), tenant)
  assert.equal(changes.length, 4)
  const followed = followKeys([first.log], changes.toReversed())
  assert.ok(followed.includes(signer.vkeys.log) && followed.includes(signer.vkeys.promise))
  const later = await receipt()
  assert.equal(verifyReceipt(later, { vkey: followed.filter((vkey) => !vkey.includes('/promise+')) }).level, 'included')
  assert.deepEqual(followKeys([first.promise], changes), [first.promise])
  const thief = encodeVkey(noteSigner(signer.origin, noteTypes.ed25519, Buffer.alloc(32, 3)).verifier)
  const forged = encodeLeaf('key', clock.now(), { action: 'announce', vkey: thief })
  const [change = assert.fail()] = changes
  assert.ok(!followKeys([first.log], [{ ...change, leaf: Buffer.from(forged).toString() }]).includes(thief))
  const elsewhere = encodeVkey(noteSigner('ledger.elsewhere.org/qingxi/1', noteTypes.ed25519, Buffer.alloc(32, 3)).verifier)
  assert.equal(announcedKey(signer.origin, encodeLeaf('key', clock.now(), { action: 'announce', vkey: elsewhere })), undefined)
  assert.throws(() => parseKeyChanges('[{"leaf": 1}]'), { code: 'ledger.key_changes_malformed' })
  assert.deepEqual(parseKeyChanges(JSON.stringify(changes)), changes)
})

test('a frozen log takes nothing more, and the next epoch was announced in it and names its final checkpoint', async () => {
  const [old, oldVkey] = [signer.origin, signer.vkeys.log]
  const promiser = openPromiser(dataDir, tenant)
  const kept = await receipt()
  await queue()
  signer.close()
  const stale = { ...signer }
  const { frozen, signer: next } = await freezeLog(db(), options, drain)
  signer = next
  assert.deepEqual([signer.epoch, signer.origin, frozen.origin], [2, nextOrigin(old), old])
  const late = await queue()
  // A process that still thinks of the old epoch takes nothing for it.
  await integrate(db(), tenant, stale, clock)
  assert.equal((await latestCheckpoint(reader(), 1)).size, frozen.size)
  await drain()
  assert.ok(await receiptProof(reader(), late.source))
  assert.equal((await kindsOf(2))[0], 'epoch')
  const leaf = parseLeaf(decodeEntries(await readTile(reader(), 2, { level: 'entries', index: 0, width: 1 }))[0] ?? '')
  const final = parseCheckpoint(parseNote((await latestCheckpoint(reader(), 1)).note).text)
  assert.deepEqual(leaf.fields, { previous: old, size: String(final.size), root: Buffer.from(final.root).toString('base64') })
  assert.ok(followKeys([oldVkey], await listKeyChanges(db(), tenant)).includes(signer.vkeys.log))
  assert.equal(verifyReceipt(kept, { vkey: oldVkey }).level, 'included')
  assert.match(promiser.promise(leafHash('x'), clock.now()), /\nledger\.example\.org\/qingxi\/2\n/)
  memory = undefined
  assert.deepEqual(await look([kept.promise, signer.promise(leafHash(late.leaf), clock.now())]), [])
  assert.ok((memory as MonitorState | undefined)?.note.startsWith(`${signer.origin}\n`))
  signer.close()
  signer = await openLog(db(), options)
  assert.equal(signer.epoch, 2)
})

test('a monitor raises an alarm when a key signs, or an epoch begins, that the log did not announce', async () => {
  const kept = memory ?? assert.fail()
  const { size, root } = signer.memory()
  const forged = signNote(encodeCheckpoint(signer.origin, size, root), noteSigner(signer.origin, noteTypes.ed25519, Buffer.alloc(32, 8)))
  const read = (path: string) => Promise.resolve(Buffer.from(path === 'checkpoint' ? forged : '[]'))
  const wish = { read, vkey: first.log, promises: [], now: clock.now() }
  assert.deepEqual(
    (await lookAtLog({ ...wish, state: kept })).alarms.map(({ code }) => code),
    ['signature'],
  )
  signer.close()
  signer = await newEpoch(db(), options)
  await drain()
  assert.deepEqual(await look(), ['epoch_unannounced'])
})
