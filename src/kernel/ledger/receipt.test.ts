import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { encodeCheckpoint } from './checkpoint.ts'
import { cosign } from './cosignature.ts'
import { caseLeaf } from './leaf.ts'
import { encodeVkey, noteSigner, noteTypes, signNote } from './note.ts'
import { commitmentOf, revealFields, sealPayload } from './payload.ts'
import { promiseKeyName, signPromise } from './promise.ts'
import { encodeProof } from './proof.ts'
import { newReceipt, verifyReceipt } from './receipt.ts'
import { leafHash, proveInclusion, rootOfHashes } from './tree.ts'

const origin = 'ledger.example.org/qingxi/1'
const at = new Date('2026-11-23T14:05:09Z')
const log = noteSigner(origin, noteTypes.ed25519, Buffer.alloc(32, 1))
const promiser = noteSigner(promiseKeyName(origin), noteTypes.ed25519, Buffer.alloc(32, 2))
const witness = noteSigner('witness.example/w', noteTypes.cosignature, Buffer.alloc(32, 3))
const payload = sealPayload({ case: 'QX-7', due_on: '2026-12-08', type: 'case.opened' })
const leaf = caseLeaf(at, commitmentOf(payload))
const hashes = [leafHash('0'), leafHash('1'), leafHash(leaf), leafHash('3'), leafHash('4')]
const reader = (nodes: { level: number; index: number }[]) =>
  nodes.map(({ level, index }) => rootOfHashes(hashes.slice(index * 2 ** level, (index + 1) * 2 ** level)))
const body = encodeCheckpoint(origin, 5, rootOfHashes(hashes))
const checkpoint = signNote(body, log) + cosign(body, witness, 1_795_000_000)
const proof = encodeProof({ index: 2, hashes: await proveInclusion(2, 5, reader), checkpoint })
const promised = newReceipt(leaf, signPromise(promiser, leafHash(leaf), at), revealFields(payload, ['due_on', 'type']))
const receipt: unknown = JSON.parse(JSON.stringify({ ...promised, proof }))
const vkey = encodeVkey(log.verifier)
const promiseVkey = encodeVkey(promiser.verifier)
const policy = `log ${vkey}\nwitness w ${encodeVkey(witness.verifier)}\nquorum w\n`

const failed = (verdict: ReturnType<typeof verifyReceipt>) => verdict.steps.filter(({ ok }) => !ok).map(({ step }) => step)

test('a receipt with its proof verifies against the key or the policy given from outside', () => {
  for (const trust of [{ vkey }, { policy }, { policy, promiseVkey }, { vkey, promiseVkey, now: new Date('2027-01-01') }]) {
    const verdict = verifyReceipt(receipt, trust)
    assert.deepEqual({ ok: verdict.ok, level: verdict.level }, { ok: true, level: 'included' })
    assert.deepEqual(verdict.opened, { values: { due_on: '2026-12-08', type: 'case.opened' }, closed: ['case'] })
  }
})

test('without a key from outside the answer is that the key is not known', () => {
  const verdict = verifyReceipt(receipt, {})
  assert.equal(verdict.ok, false)
  assert.deepEqual(failed(verdict), ['key'])
  assert.match(verdict.steps.find(({ step }) => step === 'key')?.reason ?? '', /Key not known/)
})

test('a promise alone verifies against its pinned key until it is overdue', () => {
  assert.deepEqual(verifyReceipt(promised, { promiseVkey, now: at }).level, 'promised')
  assert.equal(verifyReceipt(promised, { promiseVkey, now: at }).ok, true)
  const late = verifyReceipt(promised, { promiseVkey, now: new Date('2026-11-23T15:00:00Z') })
  assert.deepEqual({ ok: late.ok, failed: failed(late) }, { ok: false, failed: ['proof'] })
  assert.equal(verifyReceipt(promised, { vkey }).ok, false)
})

test('each kind of forgery fails at its own step', () => {
  const other = encodeVkey(noteSigner(origin, noteTypes.ed25519, Buffer.alloc(32, 7)).verifier)
  const lonely = encodeProof({ index: 2, hashes: [], checkpoint: signNote(body, log) })
  const otherLeaf = Buffer.from(caseLeaf(at, Buffer.alloc(32))).toString()
  const moved = proof.replace('index 2', 'index 3')
  const change = (part: object): unknown => ({ ...promised, proof, ...part })
  const cases: [unknown, Parameters<typeof verifyReceipt>[1], string[]][] = [
    [receipt, { vkey: other }, ['proof']],
    [receipt, { vkey: 'nonsense' }, ['key']],
    [receipt, { vkey, promiseVkey: encodeVkey(noteSigner(promiseKeyName(origin), 1, Buffer.alloc(32, 8)).verifier) }, ['promise']],
    [change({ leaf: otherLeaf }), { vkey }, ['payload', 'proof']],
    [change({ proof: moved }), { vkey }, ['proof']],
    [change({ proof: lonely }), { vkey }, ['proof']],
    [change({ proof: proof.replace(/— witness.*\n/, '') }), { policy }, ['witnesses']],
    [change({ payload: { ...promised.payload, salt: Buffer.alloc(32).toString('base64') } }), { vkey }, ['payload']],
    [change({ format: 'xiangli-receipt/v2' }), { vkey }, ['receipt']],
    [change({ hint: 'x' }), { vkey }, ['receipt']],
  ]
  for (const [value, trust, steps] of cases) {
    const verdict = verifyReceipt(value, trust)
    assert.equal(verdict.ok, false)
    assert.deepEqual(failed(verdict), steps)
  }
})

test('whatever the receipt holds, the verifier answers and does not throw', () => {
  const anything = fc.oneof(
    fc.jsonValue(),
    fc.record({ format: fc.constant('xiangli-receipt/v1'), leaf: fc.string(), promise: fc.string(), proof: fc.string() }),
  )
  fc.assert(fc.property(anything, (value) => assert.equal(verifyReceipt(value, { vkey, promiseVkey }).ok, false)))
})
