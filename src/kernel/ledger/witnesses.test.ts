// A log and its witnesses: two of ours over their real routes, one that lies, one that is away.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { cpSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { Hono } from 'hono'
import { systemClock, virtualClock } from '#kernel/clock.ts'
import { inTenant } from '#kernel/database/database.ts'
import { addLog, openWitness, removeLog, type Witness } from '#kernel/witness/witness.ts'
import { openTestDatabase } from '#tests/support/database.ts'
import type { TestDatabase } from '#tests/support/database.ts'
import { makeTemporaryFolder } from '#tests/support/temporary.ts'
import { logRoutes } from '../../apis/log/log.ts'
import { witnessRoutes } from '../../apis/witness/witness.ts'
import { DomainError } from '../errors.ts'
import { encodeCheckpoint, parseCheckpoint } from './checkpoint.ts'
import { cosign } from './cosignature.ts'
import { integrate } from './integrator.ts'
import { readKey } from './key-files.ts'
import { caseLeaf } from './leaf.ts'
import { openLog } from './log.ts'
import { encodeVkey, noteSigner, noteTypes, parseNote, signNote } from './note.ts'
import type { CallOut } from './outgoing.ts'
import { commitmentOf, sealPayload } from './payload.ts'
import { checkUnderPolicy, parsePolicy } from './policy.ts'
import { insertQueue } from './queries.ts'
import { latestCheckpoint, logStatus, openLogReader, proofOfIndex, publishedPolicy, receiptProof } from './reads.ts'
import { newReceipt, verifyReceipt } from './receipt.ts'
import { parseProof } from './proof.ts'
import type { LogSigner } from './signer.ts'
import { leafHash } from './tree.ts'
import { deleteOldCheckpoints } from './witness-queries.ts'
import { askWitnesses, refuseIfWitnessKnowsMore, setPolicy } from './witnesses.ts'

const tenant = 'qingxi'
const clock = virtualClock(new Date('2026-11-23T14:05:09Z'))
const folder = makeTemporaryFolder('witnesses')
const options = { tenant, domain: 'example.org', dataDir: join(folder, 'log'), demo: false, clock }
const liar = noteSigner('liar.example', noteTypes.cosignature, Buffer.alloc(32, 7))
let test1: TestDatabase
let signer: LogSigner
let near: Witness
let far: Witness
let hosts: Record<string, (path: string, post: string | undefined) => Promise<Response>>
const db = () => test1.database.db

before(async () => {
  test1 = await openTestDatabase()
  await test1.database.owner((client) => client.query(`insert into tenants (tenant_id, name, created_at) values ('qingxi', '{}', now())`))
  signer = await openLog(db(), options)
  // Both witnesses keep their tables in this database: `far` has a name of its own and never meets the same log.
  near = openWitness(db(), clock, { dataDir: join(folder, 'near'), domain: 'near.example', demo: false })
  far = openWitness(db(), clock, { dataDir: join(folder, 'far'), domain: 'far.example', demo: false })
  hosts = {
    'near.example': (path, post) => ask(near, path, post),
    'far.example': () => Promise.reject(new DomainError('unavailable', 'ledger.witness_unreachable', 'The witness gave no answer.')),
    'liar.example': () => Promise.resolve(new Response('nonsense', { status: 200 })),
  }
})
after(async () => {
  signer.close()
  await test1.close()
  rmSync(folder, { recursive: true })
})

const ask = async (witness: Witness, path: string, post: string | undefined) =>
  witnessRoutes(witness).request(path, post === undefined ? {} : { method: 'POST', body: Buffer.from(post) })

const call: CallOut = async (url, post) => {
  const { hostname, pathname } = new URL(url)
  const response = await (hosts[hostname] ?? assert.fail(hostname))(pathname.replace('/witness', ''), post)
  return { status: response.status, type: response.headers.get('content-type') ?? '', body: new Uint8Array(await response.arrayBuffer()) }
}
const town = () => ({ db: db(), signer, clock, call, cache: new Map() })
const reader = () => openLogReader(db(), tenant)
const newest = () => latestCheckpoint(reader(), signer.epoch)

async function write(count = 1): Promise<{ source: string; leaf: Uint8Array }> {
  let last: { source: string; leaf: Uint8Array } = { source: '', leaf: new Uint8Array() }
  for (let at = 0; at < count; at++) {
    last = { source: randomUUID(), leaf: caseLeaf(clock.now(), commitmentOf(sealPayload({ type: 'case.opened' }))) }
    const { source, leaf } = last
    await inTenant(db(), tenant, (trx) => insertQueue(trx, tenant, source, leaf))
  }
  while (await integrate(db(), tenant, signer, clock));
  return last
}

const policyOf = (quorum: string) => `# our neighbours
witness near ${near.vkey} https://near.example/witness/
witness far ${far.vkey}\thttps://far.example/witness
witness liar ${encodeVkey(liar.verifier)} https://liar.example
group two 2 near far liar
quorum ${quorum}
`
const statusOf = async (name: string) => (await logStatus(reader(), clock)).witnesses.find((witness) => witness.name === name)

test('without a policy nobody is asked; a policy that is wrong is refused with its line and changes nothing', async () => {
  await write(5)
  assert.equal(await askWitnesses(town()), 0)
  await assert.rejects(setPolicy(db(), signer, policyOf('three'), clock.now()), { code: 'ledger.policy_line', message: /^Line 6/ })
  assert.equal(await publishedPolicy(reader()), `log ${signer.vkeys.log}\nquorum none\n`)
  assert.deepEqual(await setPolicy(db(), signer, policyOf('near'), clock.now()), { witnesses: 3, asked: 3, quorum: 'near' })
})

test('a witness that does not know the log, one that is away and one that answers nonsense stop nothing', async () => {
  assert.equal(await askWitnesses(town()), 0)
  const [unknown, away, nonsense] = await Promise.all(['witness.near.example', 'witness.far.example', 'liar.example'].map(statusOf))
  assert.match(unknown?.failure ?? '', /does not know this log/)
  assert.match(away?.failure ?? '', /no answer/)
  assert.equal(nonsense?.size, null)
  assert.ok(nonsense?.failure)
  assert.equal(signer.halted(), undefined)
  await write()
})

test('a receipt is proven at once and upgraded in place when the quorum has cosigned', async () => {
  await addLog(near, signer.vkeys.log)
  const { source, leaf } = await write()
  const receipt = newReceipt(leaf, signer.promise(leafHash(leaf), clock.now()))
  const policy = await publishedPolicy(reader())
  const before = verifyReceipt({ ...receipt, proof: await receiptProof(reader(), source) }, { policy })
  assert.deepEqual(
    before.steps.filter(({ ok }) => !ok).map(({ step }) => step),
    ['witnesses'],
  )
  assert.equal(await askWitnesses(town()), 1)
  const after = verifyReceipt({ ...receipt, proof: await receiptProof(reader(), source) }, { policy })
  assert.deepEqual({ ok: after.ok, level: after.level }, { ok: true, level: 'included' })
  const { note, size } = await newest()
  assert.deepEqual(checkUnderPolicy(parsePolicy(policy), note).cosigned, [{ name: 'near', timestamp: clock.now().getTime() / 1000 }])
  assert.deepEqual(await statusOf('witness.near.example'), {
    name: 'witness.near.example',
    size,
    cosignedAt: clock.now().toISOString(),
    failure: null,
  })
  assert.equal((await logStatus(reader(), clock)).cosignedSize, size)
})

test('the log goes on unhindered: newer entries are proven by the newest checkpoint, older ones by the cosigned one', async () => {
  const cosigned = (await logStatus(reader(), clock)).cosignedSize
  await write(3)
  const at = async (index: number) => parseCheckpoint(parseNote(parseProof(await proofOfIndex(reader(), 1, index)).checkpoint).text).size
  assert.deepEqual([await at(0), await at(cosigned - 1), await at(cosigned)], [cosigned, cosigned, cosigned + 3])
  const routes = logRoutes({ db: db(), clock })
  const app = new Hono().route('/t/:tenant/ledger', routes)
  assert.equal(parseCheckpoint(parseNote(await (await app.request('/t/qingxi/ledger/cosigned')).text()).text).size, cosigned)
})

test('only what is new is submitted, a quiet log is submitted again after a day, and a renewed line replaces the old', async () => {
  assert.equal(await askWitnesses(town()), 1)
  assert.equal(await askWitnesses(town()), 0)
  clock.advance(25 * 3_600_000)
  assert.equal(await askWitnesses(town()), 1)
  const { signatures } = parseNote((await newest()).note)
  assert.deepEqual(
    signatures.map(({ name }) => name),
    [signer.origin, 'witness.near.example'],
  )
})

test('a witness that lost or gained count is met where it says it is', async () => {
  await write(300)
  await removeLog(near, signer.origin)
  await test1.database.owner((client) => client.query('update ledger_witnesses set size = 3'))
  await addLog(near, signer.vkeys.log)
  assert.equal(await askWitnesses(town()), 1)
  await test1.database.owner((client) => client.query('update ledger_witnesses set size = null'))
  await write()
  assert.equal(await askWitnesses(town()), 1)
})

test('the word of a witness alone halts nothing while the log runs; a fork under our own key does', async () => {
  const size = signer.memory().size
  hosts['liar.example'] = () => Promise.resolve(new Response(`${size + 50}\n`, { status: 409, headers: { 'content-type': 'text/x.tlog.size' } }))
  await write()
  await askWitnesses(town())
  assert.match((await statusOf('liar.example'))?.failure ?? '', /cosigned \d+ entries/)
  assert.equal(signer.halted(), undefined)
  const key = readKey(join(signer.folder, 'log.1.key'), signer.origin, noteTypes.ed25519)
  const stolen = signNote(encodeCheckpoint(signer.origin, size + 50, Buffer.alloc(32, 9)), key)
  const shown = stolen + cosign(parseNote(stolen).text, liar, 1)
  const lying = hosts['liar.example']
  hosts['liar.example'] = (path, post) => (path.endsWith('/checkpoint') ? Promise.resolve(new Response(shown)) : lying(path, post))
  await write()
  await askWitnesses(town())
  assert.equal(signer.halted()?.code, 'ledger.witness_ahead')
  await assert.rejects(write(), { code: 'ledger.witness_ahead' })
  // The queue keeps what waits; once the witness is out of the policy and the log is opened anew, it goes on.
  signer.close()
  hosts['liar.example'] = () => Promise.resolve(new Response('', { status: 500 }))
  signer = await openLog(db(), { ...options, askWitnesses: (opened) => refuseIfWitnessKnowsMore(opened, call) })
  await write()
})

test('yesterday’s database and folder put back together: the witness keeps the log from opening', async () => {
  const copy = join(folder, 'yesterday')
  cpSync(options.dataDir, copy, { recursive: true, filter: (path) => !path.endsWith('.lock') })
  const tables = ['ledger_heads', 'ledger_leaves', 'ledger_tiles', 'ledger_checkpoints']
  await test1.database.owner((client) => client.query(tables.map((table) => `create table old_${table} as table ${table}`).join(';')))
  await write(4)
  assert.equal(await askWitnesses(town()), 1)
  signer.close()
  const restored = { ...options, dataDir: copy, clock: systemClock, askWitnesses: (opened: LogSigner) => refuseIfWitnessKnowsMore(opened, call) }
  await test1.database.owner((client) =>
    client.query(
      tables.map((table) => `create table new_${table} as table ${table}; delete from ${table}; insert into ${table} table old_${table}`).join(';'),
    ),
  )
  const without = await openLog(db(), { ...restored, askWitnesses: undefined })
  assert.ok(without.memory().size > 0, 'database and folder fit together: only the witness can know')
  without.close()
  await assert.rejects(openLog(db(), restored), { kind: 'unavailable', code: 'ledger.witness_ahead', message: /newest backup.*new-epoch/ })
  await test1.database.owner((client) =>
    client.query(tables.map((table) => `delete from ${table}; insert into ${table} table new_${table}`).join(';')),
  )
  signer = await openLog(db(), { ...restored, dataDir: options.dataDir })
})

test('checkpoints of a week ago go, those that the quorum cosigned and the newest stay', async () => {
  const sizes = async () =>
    test1.database.owner(async (client) => {
      const { rows } = await client.query<{ size: number; cosigned: boolean }>('select size, cosigned from ledger_checkpoints order by size')
      return rows
    })
  await write()
  const before = await sizes()
  const later = new Date(clock.now().getTime() + 8 * 86_400_000)
  await inTenant(db(), tenant, (trx) => deleteOldCheckpoints(trx, tenant, later))
  const kept = await sizes()
  assert.ok(before.length > kept.length)
  assert.deepEqual(
    kept,
    before.filter(({ cosigned }, at) => cosigned || at === before.length - 1),
  )
  assert.equal(await inTenant(db(), tenant, (trx) => deleteOldCheckpoints(trx, tenant, later)), 0)
})
