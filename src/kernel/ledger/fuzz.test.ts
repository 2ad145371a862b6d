// Every parser of what strangers send, fed with damaged and with made-up input: a clear refusal or a value, never anything else,
// and what was taken is written again as it came.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { DomainError } from '../errors.ts'
import { parseAddCheckpoint } from '../witness/request.ts'
import { toBase64 } from './bytes.ts'
import { encodeCheckpoint, parseCheckpoint } from './checkpoint.ts'
import { cosign, verifyCosignature } from './cosignature.ts'
import { parseKeyChanges } from './key-changes.ts'
import { caseLeaf, parseLeaf } from './leaf.ts'
import { encodeVkey, noteSigner, noteTypes, parseNote, parseVkey, signNote } from './note.ts'
import { commitmentOf, sealPayload } from './payload.ts'
import { parsePolicy } from './policy.ts'
import { parsePromise, promiseKeyName, signPromise } from './promise.ts'
import { encodeProof, parseProof } from './proof.ts'
import { newReceipt, verifyReceipt } from './receipt.ts'
import { decodeEntries, encodeEntries, parseTilePath, tilePath } from './tiles.ts'
import { emptyRoot, leafHash } from './tree.ts'
import { encodeAddCheckpoint } from './witness-client.ts'

const origin = 'ledger.example.org/qingxi/1'
const log = noteSigner(origin, noteTypes.ed25519, Buffer.alloc(32, 1))
const promiser = noteSigner(promiseKeyName(origin), noteTypes.ed25519, Buffer.alloc(32, 2))
const witness = noteSigner('witness.example.org', noteTypes.cosignature, Buffer.alloc(32, 3))
const at = new Date('2026-11-23T14:05:09Z')
const leaf = caseLeaf(at, commitmentOf(sealPayload({ type: 'case.opened' })))
const body = encodeCheckpoint(origin, 1, leafHash(leaf))
const checkpoint = signNote(body, log) + cosign(body, witness, 1_795_442_709)
const policy = `log ${encodeVkey(log.verifier)}\nwitness w ${encodeVkey(witness.verifier)} https://witness.example.org\ngroup g any w\nquorum g\n`
const promise = signPromise(promiser, leafHash(leaf), at)
const proof = encodeProof({ index: 0, hashes: [], checkpoint })
const receipt = JSON.stringify({ ...newReceipt(leaf, promise), proof })

/** A good input, and what reads it. */
const parsers: Record<string, { good: string; read: (text: string) => unknown }> = {
  note: { good: checkpoint, read: (text) => [parseNote(Buffer.from(text)), text.includes('\u2014') || parseNote(Buffer.from(text, 'latin1'))] },
  checkpoint: { good: body, read: parseCheckpoint },
  cosignature: { good: checkpoint, read: (text) => verifyCosignature(parseNote(text), witness.verifier) },
  vkey: { good: encodeVkey(witness.verifier), read: parseVkey },
  proof: { good: proof, read: parseProof },
  promise: { good: promise, read: parsePromise },
  leaf: { good: Buffer.from(leaf).toString(), read: parseLeaf },
  policy: { good: policy, read: (text) => parsePolicy(Buffer.from(text, 'latin1')) },
  tile: { good: 'tile/0/x001/x234/067.p/8', read: parseTilePath },
  bundle: { good: Buffer.from(encodeEntries([leaf, leaf])).toString('latin1'), read: (text) => decodeEntries(Buffer.from(text, 'latin1')) },
  'key changes': { good: JSON.stringify([{ leaf: Buffer.from(leaf).toString(), proof }]), read: parseKeyChanges },
  'add-checkpoint': { good: encodeAddCheckpoint(0, [emptyRoot], checkpoint), read: (text) => parseAddCheckpoint(Buffer.from(text)) },
  receipt: {
    good: receipt,
    read: (text) =>
      verifyReceipt(isJson(text) ? JSON.parse(text) : text, { vkey: encodeVkey(log.verifier), promiseVkey: encodeVkey(promiser.verifier) }),
  },
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** Refusals are ours, and `invalid`: anything else is a fault of the parser. */
function refusesOrReads(read: (text: string) => unknown, text: string): boolean {
  try {
    read(text)
    return true
  } catch (error) {
    assert.ok(error instanceof DomainError && error.kind === 'invalid' && error.message.length > 10, `${String(error)}\n${JSON.stringify(text)}`)
    return false
  }
}

type Damage = { at: number; cut: number; put: string }
const damage = fc.record({
  at: fc.nat(2000),
  cut: fc.nat(12),
  put: fc.oneof(
    fc.string({ maxLength: 6, unit: 'binary' }),
    fc.constantFrom('\n', '\n\n', ' ', '\u2014 ', '+', '=', '0', '-1', '\0', '\r\n', '99999999999999999999', '\u00a0'),
  ),
})
const damaged = (good: string, { at: place, cut, put }: Damage) => {
  const from = place % (good.length + 1)
  return good.slice(0, from) + put + good.slice(from + cut)
}

for (const [name, { good, read }] of Object.entries(parsers)) {
  test(`${name}: good input is read, damaged and made-up input is read or refused clearly`, () => {
    assert.ok(refusesOrReads(read, good))
    fc.assert(
      fc.property(fc.array(damage, { minLength: 1, maxLength: 3 }), (damages) => void refusesOrReads(read, damages.reduce(damaged, good))),
      { numRuns: 400 },
    )
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => void refusesOrReads(read, text)),
      { numRuns: 100 },
    )
  })
}

test('no damage to a receipt leaves it proving what it proved, except in what proves nothing', () => {
  const vkey = encodeVkey(log.verifier)
  const fields = ['leaf', 'proof', 'promise'] as const
  fc.assert(
    fc.property(fc.constantFrom(...fields), damage, (field, one) => {
      const value = JSON.parse(receipt)
      const text = damaged(value[field], one)
      const verdict = verifyReceipt({ ...value, [field]: text }, { policy, vkey, promiseVkey: encodeVkey(promiser.verifier) })
      // The signature of somebody unknown, and extra data of a proof, may say anything.
      if (verdict.ok) assert.ok(text === value[field] || strip(text) === strip(value[field]), JSON.stringify(text))
    }),
    { numRuns: 400 },
  )
})

/** A note or proof without lines that no verifier looks at. */
const strip = (text: string) =>
  text
    .split('\n')
    .filter(
      (line) =>
        !line.startsWith('extra ') &&
        (!line.startsWith('\u2014 ') || [origin, promiseKeyName(origin), 'witness.example.org'].some((name) => line.startsWith(`\u2014 ${name} `))),
    )
    .join('\n')

test('what is read is written again byte for byte', () => {
  fc.assert(
    fc.property(fc.nat(), fc.array(fc.uint8Array({ minLength: 32, maxLength: 32 }), { maxLength: 63 }), (index, hashes) => {
      const text = encodeProof({ index, hashes, checkpoint })
      assert.equal(encodeProof(parseProof(text)), text)
      const request = parseAddCheckpoint(Buffer.from(encodeAddCheckpoint(index, hashes, checkpoint)))
      assert.deepEqual([request.oldSize, request.proof.map(toBase64)], [index, hashes.map(toBase64)])
    }),
    { numRuns: 100 },
  )
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 63 }), fc.nat(2 ** 31 - 1), fc.integer({ min: 1, max: 256 }), (level, index, width) => {
      assert.deepEqual(parseTilePath(tilePath({ level, index, width })), { level, index, width })
    }),
    { numRuns: 200 },
  )
})
