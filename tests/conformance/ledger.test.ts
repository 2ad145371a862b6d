// docs/ledger-format.md against its vectors, by this program and by the second reader in Python.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { test } from 'node:test'
import { DomainError } from '#kernel/errors.ts'
import { toBase64 } from '#kernel/ledger/bytes.ts'
import { canonicalJson } from '#kernel/ledger/canonical-json.ts'
import type { JsonValue } from '#kernel/ledger/canonical-json.ts'
import { parseLeaf } from '#kernel/ledger/leaf.ts'
import { parseVkey } from '#kernel/ledger/note.ts'
import { commitmentOf, parsePayload, verifyRevealed } from '#kernel/ledger/payload.ts'
import { parsePromise, verifyPromise } from '#kernel/ledger/promise.ts'
import { verifyReceipt } from '#kernel/ledger/receipt.ts'
import { checkUnderPolicy, parsePolicy } from '#kernel/ledger/policy.ts'
import { leafHash } from '#kernel/ledger/tree.ts'
import { makeTemporaryFolder } from '#tests/support/temporary.ts'

type Vectors = {
  canonical_json: { value: JsonValue; text: string }[]
  payloads: { payload: unknown; open: string[]; commitment: string }[]
  payloads_refused: unknown[]
  leaves: { text: string; hash: string }[]
  leaves_refused: string[]
  promises: { note: string; vkey: string; origin: string; leaf_hash: string; include_by: string }[]
  promises_refused: string[]
  policies: { policy: string; note: string; ok: boolean }[]
  policies_refused: string[]
  receipts: { receipt: unknown; vkey?: string; promiseVkey?: string; ok: boolean; level: string }[]
}

const pathOf = (name: string) => fileURLToPath(new URL(name, import.meta.url))
// Our own file: the tests below are what checks it.
const vectors = JSON.parse(readFileSync(pathOf('ledger-vectors.json'), 'utf8')) as Vectors
const isRefusal = (error: unknown) => error instanceof DomainError && error.kind === 'invalid'

test('canonical JSON and commitments are those of the vectors', () => {
  for (const { value, text } of vectors.canonical_json) assert.equal(canonicalJson(value), text)
  for (const { payload, open, commitment } of vectors.payloads) {
    assert.equal(toBase64(commitmentOf(parsePayload(payload))), commitment)
    assert.deepEqual(Object.keys(verifyRevealed(payload, Buffer.from(commitment, 'base64')).values).toSorted(), open.toSorted())
  }
  for (const payload of vectors.payloads_refused) assert.throws(() => parsePayload(payload), isRefusal, JSON.stringify(payload))
})

test('leaves and promises are those of the vectors', () => {
  for (const { text, hash } of vectors.leaves) {
    parseLeaf(text)
    assert.equal(toBase64(leafHash(text)), hash)
  }
  for (const text of vectors.leaves_refused) assert.throws(() => parseLeaf(text), isRefusal, text)
  for (const { note, vkey, ...expected } of vectors.promises) {
    const promise = verifyPromise(note, parseVkey(vkey))
    assert.equal(promise.origin, expected.origin)
    assert.equal(toBase64(promise.leafHash), expected.leaf_hash)
    assert.equal(promise.includeBy.getTime(), Date.parse(expected.include_by))
  }
  for (const note of vectors.promises_refused) assert.throws(() => parsePromise(note), isRefusal, note)
})

test('receipts prove what the vectors say', () => {
  for (const { receipt, vkey, promiseVkey, ok, level } of vectors.receipts) {
    const verdict = verifyReceipt(receipt, { vkey, promiseVkey })
    assert.deepEqual({ ok: verdict.ok, level: verdict.level }, { ok, level })
  }
})

test('policies hold for the checkpoints that the vectors say, and malformed ones are refused', () => {
  const holds = (policy: string, note: string) => {
    try {
      return checkUnderPolicy(parsePolicy(policy), note).checkpoint.size > 0
    } catch (error) {
      assert.ok(isRefusal(error))
      return false
    }
  }
  for (const { policy, note, ok } of vectors.policies) assert.equal(holds(policy, note), ok, policy)
  for (const policy of vectors.policies_refused) assert.throws(() => parsePolicy(policy), isRefusal, policy)
})

const hasPython = spawnSync('python3', ['--version']).status === 0
const runPython = (path: string) => spawnSync('python3', [pathOf('check_ledger.py'), path], { encoding: 'utf8' })

test('the second reader agrees with every vector', { skip: !hasPython && 'python3 is not here' }, () => {
  const { status, stdout, stderr } = runPython(pathOf('ledger-vectors.json'))
  assert.equal(status, 0, stdout + stderr)
})

test('the second reader notices a vector that is wrong', { skip: !hasPython && 'python3 is not here' }, () => {
  const folder = makeTemporaryFolder('vectors')
  const [first, ...others] = vectors.receipts
  const wrong = { ...vectors, receipts: [{ ...first, ok: false }, ...others] }
  writeFileSync(join(folder, 'wrong.json'), JSON.stringify(wrong))
  const { status, stdout } = runPython(join(folder, 'wrong.json'))
  rmSync(folder, { recursive: true })
  assert.equal(status, 1)
  assert.match(stdout, /DISAGREES: receipts\[0\]/)
})
