import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { DomainError } from '../errors.ts'
import { encodeCheckpoint, parseCheckpoint } from './checkpoint.ts'
import { cosign, verifyCosignature } from './cosignature.ts'
import { encodeVkey, noteSigner, noteTypes, parseNote, parseVkey, signNote, verifyNote } from './note.ts'
import { checkUnderPolicy, parsePolicy, reachesQuorum } from './policy.ts'
import { encodeProof, parseProof } from './proof.ts'

// The example key and note of the Go package that signed notes come from.
const vkey = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW'
const seed = Buffer.from('AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz', 'base64').subarray(1)
const text = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
const note = `${text}\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n`

const isRefusal = (error: unknown) => error instanceof DomainError && error.kind === 'invalid'
const refuses = (code: string) => (error: unknown) => error instanceof DomainError && error.code === code
const signer = (name: string, fill: number, type: 1 | 4 = 1) => noteSigner(name, type, Buffer.alloc(32, fill))
const witness = (fill: number) => signer(`witness.example/w${fill}`, fill, noteTypes.cosignature)

test('signing and verifying reproduces the reference note byte for byte', () => {
  const peter = noteSigner('PeterNeumann', noteTypes.ed25519, seed)
  assert.equal(encodeVkey(peter.verifier), vkey)
  assert.equal(signNote(text, peter), note)
  const parsed = parseNote(note)
  assert.equal(parsed.text, text)
  assert.deepEqual(
    verifyNote(parsed, [parseVkey(vkey)]).map(({ id }) => id),
    ['c74f20a3'],
  )
})

test('every part of a vkey, and every vkey with one changed character, is refused', () => {
  for (let at = 0; at < vkey.length; at++) {
    assert.throws(() => parseVkey(vkey.slice(0, at)), isRefusal)
    assert.throws(() => parseVkey(vkey.slice(at + 1)), isRefusal)
    const next = String.fromCharCode(vkey.charCodeAt(at) + 1)
    assert.throws(() => parseVkey(vkey.slice(0, at) + next + vkey.slice(at + 1)), isRefusal)
  }
  assert.throws(() => parseVkey('PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW'), refuses('ledger.vkey_type'))
})

test('public keys of low order and public keys that are not canonical are refused', () => {
  const lowOrder = [
    '0000000000000000000000000000000000000000000000000000000000000000',
    '0100000000000000000000000000000000000000000000000000000000000000',
    '0100000000000000000000000000000000000000000000000000000000000080',
    'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
    '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85',
    'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
    'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa',
    'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    'f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  ]
  for (const publicKey of lowOrder) {
    const key = { name: 'a.example', type: noteTypes.ed25519, publicKey: Buffer.from(publicKey, 'hex'), id: '' }
    assert.throws(() => parseVkey(encodeVkey({ ...key, id: '00000000' })), refuses('ledger.key_low_order'), publicKey)
  }
})

test('key names with spaces, plus signs or control characters are refused', () => {
  for (const name of ['', 'a b', 'a+b', 'a\u3000b', 'a\u0085b', 'a\nb', 'a\u0000', '\ud800'])
    assert.throws(() => signer(name, 1), refuses('ledger.key_name'))
  assert.ok(signer('清溪镇/一', 1))
})

test('malformed notes are refused', () => {
  const wrong = [
    '',
    text,
    `${text}\n`,
    note.slice(0, -1),
    note.replace('— ', '- '),
    `${note}\n`,
    note.replace('x08g', 'x08g!'),
    note.replace('\n\n', '\n'),
  ]
  for (const one of [...wrong, `\r${note}`, `\u0000${note}`, `${note}— x\n`, `${note}— x AAAA\n`, `${note}extra\n`]) {
    assert.throws(() => parseNote(one), isRefusal, JSON.stringify(one))
  }
  assert.throws(() => parseNote(Buffer.from([0xff, 0x0a, 0x0a])), isRefusal)
  assert.throws(() => parseNote(note + '— x AAAAAAAA\n'.repeat(100)), isRefusal)
})

test('signatures of unknown keys are ignored, a wrong one of a known key spoils the note', () => {
  const [a, b] = [signer('a.example', 1), signer('b.example', 2)]
  const both = signNote('text\n\nwith an empty line\n', a, b)
  assert.deepEqual(verifyNote(parseNote(both), [b.verifier]), [b.verifier])
  assert.throws(() => verifyNote(parseNote(both), [signer('a.example', 3).verifier]), refuses('ledger.signature_missing'))
  const changed = both.replace('text\n\nwith', 'text\n\nWITH')
  assert.throws(() => verifyNote(parseNote(changed), [a.verifier]), refuses('ledger.signature_wrong'))
})

const origin = 'ledger.example.org/qingxi/1'
const log = signer(origin, 9)
const body = encodeCheckpoint(origin, 20_852_163, Buffer.alloc(32, 5))

test('a checkpoint is read as it was written, and its wrong forms are refused', () => {
  assert.deepEqual({ ...parseCheckpoint(body), root: '' }, { origin, size: 20_852_163, root: '', extensions: [] })
  assert.deepEqual(parseCheckpoint(`${body}more\n`).extensions, ['more'])
  const wrong = [
    '',
    '\n',
    body.slice(0, -1),
    `${body}\n`,
    body.replace('20852163', '020852163'),
    body.replace('20852163', '-1'),
    body.replace('BQU=', 'BQV='),
  ]
  for (const one of [...wrong, body.replace('20852163', '9007199254740993'), `\n${body}`]) assert.throws(() => parseCheckpoint(one), isRefusal, one)
})

test('cosignatures bind time and text', () => {
  const line = cosign(body, witness(1), 1_679_315_147)
  const parsed = parseNote(signNote(body, log) + line)
  assert.equal(verifyCosignature(parsed, witness(1).verifier), 1_679_315_147)
  assert.equal(verifyCosignature(parsed, witness(2).verifier), undefined)
  const later = Buffer.from(line.split(' ')[2] ?? '', 'base64')
  later.writeUInt8(later.readUInt8(11) ^ 1, 11)
  const forged = `— ${witness(1).verifier.name} ${later.toString('base64')}\n`
  assert.throws(() => verifyCosignature(parseNote(signNote(body, log) + forged), witness(1).verifier), refuses('ledger.signature_wrong'))
  assert.throws(
    () => verifyCosignature(parseNote(`${body}\n${line}`.replace('20852163', '20852164')), witness(1).verifier),
    refuses('ledger.signature_wrong'),
  )
})

const policyOf = (...lines: string[]) => parsePolicy(`# a policy\n\n log ${encodeVkey(log.verifier)}\thttps://log.example\n${lines.join('\n')}\n`)
const witnessLine = (fill: number) => `witness w${fill} ${encodeVkey(witness(fill).verifier)} https://w${fill}.example`

test('a policy counts witnesses through groups', () => {
  const policy = policyOf(...[1, 2, 3, 4].map(witnessLine), 'group x 2 w1 w2 w3', 'group both all x w4', 'quorum both')
  assert.equal(reachesQuorum(policy, new Set(['w1', 'w2'])), false)
  assert.equal(reachesQuorum(policy, new Set(['w1', 'w4'])), false)
  assert.equal(reachesQuorum(policy, new Set(['w1', 'w3', 'w4'])), true)
  const cosigned = signNote(body, log) + [1, 3, 4].map((fill) => cosign(body, witness(fill), 100 + fill)).join('')
  assert.deepEqual(
    checkUnderPolicy(policy, cosigned).cosigned.map(({ timestamp }) => timestamp),
    [101, 103, 104],
  )
  assert.throws(() => checkUnderPolicy(policy, signNote(body, log)), refuses('ledger.quorum_missing'))
  assert.throws(() => checkUnderPolicy(policy, signNote(body, signer(origin, 8))), refuses('ledger.signature_missing'))
  assert.throws(() => checkUnderPolicy(policy, signNote(body.replace('/1\n', '/2\n'), log)), refuses('ledger.signature_missing'))
  assert.equal(checkUnderPolicy(policyOf('quorum none'), signNote(body, log)).checkpoint.size, 20_852_163)
})

test('a policy line that the specification does not allow is refused', () => {
  const w = witnessLine
  const wrong = [
    [],
    ['quorum none', 'quorum none'],
    ['quorum w1'],
    ['quorum w1', w(1)],
    [w(1), w(1), 'quorum none'],
    [w(1), w(1).replace('witness w1', 'witness w2'), 'quorum none'],
    [w(1).replace('witness w1', 'witness none'), 'quorum none'],
    [w(1), 'group g 2 w1', 'quorum g'],
    [w(1), 'group g 0 w1', 'quorum g'],
    [w(1), 'group g 01 w1', 'quorum g'],
    [w(1), 'group g any', 'quorum w1'],
    [w(1), 'group g any g', 'quorum w1'],
    [w(1), 'group g any none', 'quorum w1'],
    [w(1), w(2), 'group g any w1', 'group h any w1 w2', 'quorum h'],
    [`log ${encodeVkey(log.verifier)}`, 'quorum none'],
    [`witness w ${encodeVkey(log.verifier)}`, 'quorum none'],
    [`log ${encodeVkey(witness(1).verifier)}`, 'quorum none'],
    ['Quorum none'],
    ['quorum none\r'],
    ['quorum\u00a0none'],
  ]
  for (const lines of wrong) assert.throws(() => policyOf(...lines), isRefusal, lines.join('|'))
})

test('a proof is read as it was written, and its wrong forms are refused', () => {
  const checkpoint = signNote(body, log)
  const proof = { index: 7, hashes: [Buffer.alloc(32, 1), Buffer.alloc(32, 2)], checkpoint }
  assert.deepEqual(parseProof(encodeProof(proof)), proof)
  assert.deepEqual(parseProof(encodeProof({ ...proof, extra: Buffer.from('x') })).extra, Buffer.from('x'))
  const written = encodeProof(proof)
  const wrong = [
    written.replace('@v1', '@v2'),
    written.replace('index 7', 'index 07'),
    written.replace('index 7\n', ''),
    written.replace('AQE=', 'AQF='),
  ]
  for (const one of [
    ...wrong,
    '',
    written.replace('index', 'extra !\nindex'),
    written.replaceAll('\n\n', '\n'),
    written.replace('index', 'index '),
  ]) {
    assert.throws(() => parseProof(one), isRefusal)
  }
})

test('no bytes make a parser fail in any other way than by refusing', () => {
  const parsers = [parseNote, parseCheckpoint, parseVkey, parsePolicy, parseProof] as ((input: string) => unknown)[]
  const written = [note, body, vkey, `log ${vkey}\nquorum none\n`, encodeProof({ index: 1, hashes: [], checkpoint: note })]
  const mutated = fc.tuple(fc.constantFrom(...written), fc.nat(), fc.string({ unit: 'binary', maxLength: 3 })).map(([whole, at, piece]) => {
    const place = at % whole.length
    return whole.slice(0, place) + piece + whole.slice(place + 1)
  })
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), mutated), (input) => {
      for (const parse of parsers) {
        try {
          parse(input)
        } catch (error) {
          assert.ok(isRefusal(error), String(error))
        }
      }
    }),
    { numRuns: 1000 },
  )
})
