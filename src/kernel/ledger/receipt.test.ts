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
import { checkTexts } from './check-texts.ts'
import { answerOf, newReceipt, verifyReceipt } from './receipt.ts'
import { wordsOfAnswer, wordsOfSteps } from './receipt-words.ts'
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

test('a receipt or key with letters changed, lost or put in is refused with an answer, or says the very same', () => {
  const [text, keys] = [JSON.stringify(receipt), `${policy}${promiseVkey}\n`]
  const whole = checkTexts({ receipt: text, keys, source: 'outside' })
  assert.equal(answerOf(whole), 'included')
  const edit = fc.record({ at: fc.nat(), remove: fc.nat({ max: 3 }), put: fc.string({ maxLength: 3 }) })
  const change = (to: string, edits: { at: number; remove: number; put: string }[]) =>
    edits.reduce((now, { at, remove, put }) => now.slice(0, at % (now.length + 1)) + put + now.slice((at % (now.length + 1)) + remove), to)
  const edits = fc.array(edit, { maxLength: 3 })
  fc.assert(
    fc.property(edits, edits, (inReceipt, inKeys) => {
      const verdict = checkTexts({ receipt: change(text, inReceipt), keys: change(keys, inKeys), source: 'outside' })
      if (!['included', 'promised'].includes(answerOf(verdict))) return
      assert.deepEqual(verdict.leaf, whole.leaf)
      if (verdict.opened) assert.deepEqual(verdict.opened.values, whole.opened?.values)
    }),
    { numRuns: 400 },
  )
})

test('keys of the server that gave the receipt make every step, and still leave the key unknown', () => {
  const verdict = verifyReceipt(receipt, { vkey, promiseVkey, source: 'server' })
  assert.deepEqual([answerOf(verdict), verdict.ok, verdict.level], ['key-unknown', false, 'included'])
  const other = encodeVkey(noteSigner('ledger.example.org/other/1', noteTypes.ed25519, Buffer.alloc(32, 1)).verifier)
  assert.equal(answerOf(verifyReceipt(receipt, { vkey: other })), 'key-unknown', 'a key of another log says nothing')
})

test('each step and answer is said in both languages, and nothing is left to fill in', () => {
  for (const value of [receipt, promised, {}, { ...promised, proof: 'x' }]) {
    for (const trust of [{}, { vkey }, { policy, promiseVkey }, { promiseVkey, now: new Date('2027-01-01') }, { vkey: 'x' }]) {
      const verdict = verifyReceipt(value, trust)
      for (const language of ['zh', 'en'] as const) {
        const steps = wordsOfSteps(verdict, language)
        assert.equal(steps.length, 6)
        const said = [
          wordsOfAnswer(verdict, language).title,
          ...steps.flatMap(({ title, means, mark, found, advice }) => [title, means, mark, found, advice ?? ' ']),
        ]
        for (const text of said) assert.ok(text !== '' && !/[{}]|undefined/.test(text), text)
        for (const { outcome, advice } of steps) assert.equal(advice !== undefined, outcome !== 'passed' && outcome !== 'skipped')
      }
    }
  }
})
