import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { DomainError } from '../errors.ts'
import { canonicalJson } from './canonical-json.ts'
import { caseLeaf, encodeLeaf, hourOf, parseLeaf } from './leaf.ts'
import { encodeVkey, noteSigner, noteTypes } from './note.ts'
import { commitmentOf, eraseFields, parsePayload, revealFields, sealPayload, verifyRevealed } from './payload.ts'
import { parsePromise, promiseKeyName, signPromise, verifyPromise } from './promise.ts'
import { leafHash } from './tree.ts'
import { toBase64 } from './bytes.ts'

const refuses = (code: string) => (error: unknown) => error instanceof DomainError && error.code === code
const isRefusal = (error: unknown) => error instanceof DomainError && error.kind === 'invalid'
const at = new Date('2026-11-23T14:05:09.500Z')

test('canonical JSON sorts by code unit and writes numbers as ECMAScript does', () => {
  assert.equal(canonicalJson({ '\u20ac': 1, '\r': 2, '1': 3, '\u{1f600}': 4, ö: 5 }), '{"\\r":2,"1":3,"ö":5,"€":1,"😀":4}')
  assert.equal(canonicalJson([333333333.3333333, 1e30, 4.5, 2e-3, 1e-27, -0]), '[333333333.3333333,1e+30,4.5,0.002,1e-27,0]')
  for (const value of [undefined, NaN, Infinity, '\ud800', new Date(0), { a: undefined }, 1n]) {
    // Values that the type forbids, as they come out of untyped code.
    assert.throws(() => canonicalJson(value as never), isRefusal)
  }
})

test('the commitment is the same whichever fields are hidden or erased', () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.stringMatching(/^[a-z][a-z0-9_.-]{0,10}$/), fc.jsonValue(), { maxKeys: 8 }),
      fc.func(fc.boolean()),
      (fields, choose) => {
        const payload = sealPayload(JSON.parse(JSON.stringify(fields)))
        const names = Object.keys(fields).filter((name) => choose(name))
        const commitment = commitmentOf(payload)
        const shown = JSON.parse(JSON.stringify(revealFields(payload, names)))
        const opened = verifyRevealed(shown, commitment)
        assert.deepEqual(Object.keys(opened.values).toSorted(), names.toSorted())
        assert.deepEqual(commitmentOf(eraseFields(payload, names)), commitment)
        assert.equal(
          canonicalJson(opened.values),
          canonicalJson(Object.fromEntries(names.map((name) => [name, JSON.parse(JSON.stringify(fields[name]))]))),
        )
      },
    ),
    { numRuns: 200 },
  )
})

test('a changed value, name, salt or field list does not fit the commitment', () => {
  const payload = sealPayload({ due_on: '2026-12-01', tag: 'a', type: 'case.opened' })
  const commitment = commitmentOf(payload)
  const [first, ...others] = payload.fields
  assert.ok(first && 'value' in first)
  const changes = [
    { ...payload, fields: [{ ...first, value: '2026-12-02' }, ...others] },
    { ...payload, fields: [{ ...first, name: 'due' }, ...others] },
    { ...payload, fields: [{ ...first, salt: payload.salt }, ...others] },
    { ...payload, fields: others },
    { ...payload, salt: first.salt },
  ]
  for (const change of changes) assert.throws(() => verifyRevealed(change, commitment), refuses('ledger.payload_mismatch'))
})

test('the same fields sealed twice have nothing in common', () => {
  const [a, b] = [sealPayload({ tag: 'x' }), sealPayload({ tag: 'x' })]
  assert.notDeepEqual(commitmentOf(a), commitmentOf(b))
  assert.notDeepEqual(eraseFields(a, ['tag']), eraseFields(b, ['tag']))
})

test('payloads of another shape are refused', () => {
  const payload = sealPayload({ a: 1, b: 2 })
  const wrong = [null, [], {}, { ...payload, more: 1 }, { ...payload, fields: payload.fields.toReversed() }, { ...payload, salt: 'AA==' }]
  for (const value of [...wrong, { ...payload, fields: [payload.fields[0], payload.fields[0]] }, { ...payload, fields: [{ name: 'a' }] }]) {
    assert.throws(() => parsePayload(value), refuses('ledger.payload_malformed'))
  }
  assert.throws(() => sealPayload({ 'Not A Name': 1 }), isRefusal)
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      assert.throws(() => parsePayload(value), isRefusal)
    }),
  )
})

const key = noteSigner('ledger.example.org/qingxi/1', noteTypes.ed25519, Buffer.alloc(32, 1))
const hash = toBase64(Buffer.alloc(32, 3))

test('a case leaf says its version, hour and commitment, and nothing else', () => {
  assert.equal(Buffer.from(caseLeaf(at, Buffer.alloc(32, 3))).toString(), `xiangli-leaf/v1\ncase\n2026-11-23T14Z\ncommitment ${hash}\n`)
})

test('leaves of every kind are read as they were written', () => {
  const leaves = [
    caseLeaf(at, Buffer.alloc(32, 3)),
    encodeLeaf('register', at, { register: 'equipment', entry: '019ab0f0-0000-7000-8000-000000000001', version: '2', commitment: hash }),
    encodeLeaf('package', at, { package: 'club-membership', version: '1.2.0', digest: hash }),
    encodeLeaf('publication', at, { publication: 'notice-2026-11', action: 'publish', commitment: hash }),
    encodeLeaf('key', at, { action: 'announce', vkey: encodeVkey(key.verifier) }),
    encodeLeaf('audit', at, { audit: 'office', size: '120', findings: '0', commitment: hash }),
    encodeLeaf('erased', at, { covers: '4,9-12', basis: 'retention-ended', commitment: hash }),
    encodeLeaf('views', at, { commitment: hash }),
    encodeLeaf('epoch', at, { previous: 'ledger.example.org/qingxi/1', size: '12', root: hash }),
  ]
  for (const leaf of leaves) {
    const { kind, hour, fields } = parseLeaf(leaf)
    assert.equal(hour, '2026-11-23T14Z')
    assert.deepEqual(Buffer.from(encodeLeaf(kind, at, fields as never)), Buffer.from(leaf)) // the fields are those of this kind
  }
})

test('leaves with another version, bytes after the end, or a value of another form are refused', () => {
  const text = Buffer.from(caseLeaf(at, Buffer.alloc(32, 3))).toString()
  assert.throws(() => parseLeaf(text.replace('v1', 'v2')), refuses('ledger.leaf_version'))
  const wrong = [`${text}x`, `${text}\n`, `${text}note hello\n`, text.slice(0, -1), text.replace('\ncase', '\nperson'), text.replace('T14Z', 'T24Z')]
  for (const one of [
    ...wrong,
    text.replace('11-23', '11-31'),
    text.replace('AwM=', 'AwN='),
    text.replaceAll('\n', '\r\n'),
    text.replace('case', 'constructor'),
  ]) {
    assert.throws(() => parseLeaf(one), isRefusal, one)
  }
  for (const entry of ['清溪镇', 'zhang san', '13800138000', 'A', '', 'x'.repeat(65)]) {
    assert.throws(() => encodeLeaf('register', at, { register: 'equipment', entry, version: '1', commitment: hash }), isRefusal, entry)
  }
  for (const covers of ['', '4,4', '4,5', '9-9', '9-4', '4-', '04', '4, 9', '1-2-3']) {
    assert.throws(() => encodeLeaf('erased', at, { covers, basis: 'x', commitment: hash }), isRefusal, covers)
  }
})

test('no text makes the leaf and promise parsers fail in any other way than by refusing', () => {
  const good = Buffer.from(caseLeaf(at, Buffer.alloc(32, 3))).toString()
  const mutated = fc
    .tuple(fc.nat(good.length), fc.string({ unit: 'binary', maxLength: 4 }))
    .map(([place, piece]) => good.slice(0, place) + piece + good.slice(place + 1))
  fc.assert(
    fc.property(fc.oneof(mutated, fc.string({ unit: 'binary' })), (text) => {
      for (const parse of [parseLeaf, parsePromise]) {
        try {
          parse(text)
        } catch (error) {
          assert.ok(isRefusal(error), String(error))
        }
      }
    }),
    { numRuns: 500 },
  )
})

test('a promise names log, leaf and latest time, and only its own key verifies it', () => {
  const origin = 'ledger.example.org/qingxi/1'
  const signer = noteSigner(promiseKeyName(origin), noteTypes.ed25519, Buffer.alloc(32, 2))
  const note = signPromise(signer, leafHash('leaf'), at)
  const promise = verifyPromise(note, signer.verifier)
  assert.equal(promise.origin, origin)
  assert.equal(promise.time.toISOString(), '2026-11-23T14:05:09.000Z')
  assert.equal(promise.includeBy.toISOString(), '2026-11-23T14:06:09.000Z')
  assert.deepEqual(promise.leafHash, leafHash('leaf'))
  const other = noteSigner(promiseKeyName(origin), noteTypes.ed25519, Buffer.alloc(32, 3))
  assert.throws(() => verifyPromise(note, other.verifier), refuses('ledger.signature_missing'))
  assert.throws(() => verifyPromise(note, key.verifier), refuses('ledger.promise_key'))
  assert.throws(() => verifyPromise(note.replace('14:06:09', '15:06:09'), signer.verifier), refuses('ledger.signature_wrong'))
  assert.throws(() => signPromise(key, leafHash('leaf'), at), refuses('ledger.promise_key'))
  assert.equal(hourOf(promise.time), '2026-11-23T14Z')
})
