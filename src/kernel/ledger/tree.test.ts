import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { DomainError } from '../errors.ts'
import {
  emptyRoot,
  foldRange,
  appendToFrontier,
  growTree,
  leafHash,
  nodeHash,
  nodesOfRange,
  proveConsistency,
  proveInclusion,
  rootOfHashes,
  treeRoot,
} from './tree.ts'
import { verifyConsistency, verifyInclusion } from './tree.ts'
import type { HashReader } from './tree.ts'

// The leaves and roots that implementations of RFC 6962 have shared since the first one.
const leaves = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f']
const roots = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
]
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const vectorHashes = leaves.map((leaf) => leafHash(Buffer.from(leaf, 'hex')))

/** The recursive definition of RFC 6962 section 2.1, as naive as it is written there. */
function naiveRoot(hashes: Uint8Array[]): Uint8Array {
  const [only] = hashes
  if (!only) return emptyRoot
  if (hashes.length === 1) return only
  const k = naiveSplit(hashes.length)
  return nodeHash(naiveRoot(hashes.slice(0, k)), naiveRoot(hashes.slice(k)))
}

const naiveSplit = (size: number) => 2 ** Math.floor(Math.log2(size - 1))

/** PATH of RFC 6962 section 2.1.1. */
function naivePath(index: number, hashes: Uint8Array[]): Uint8Array[] {
  if (hashes.length === 1) return []
  const k = naiveSplit(hashes.length)
  if (index < k) return [...naivePath(index, hashes.slice(0, k)), naiveRoot(hashes.slice(k))]
  return [...naivePath(index - k, hashes.slice(k)), naiveRoot(hashes.slice(0, k))]
}

/** SUBPROOF of RFC 6962 section 2.1.2. */
function naiveSubproof(size: number, hashes: Uint8Array[], whole: boolean): Uint8Array[] {
  if (size === hashes.length) return whole ? [] : [naiveRoot(hashes)]
  const k = naiveSplit(hashes.length)
  if (size <= k) return [...naiveSubproof(size, hashes.slice(0, k), whole), naiveRoot(hashes.slice(k))]
  return [...naiveSubproof(size - k, hashes.slice(k), false), naiveRoot(hashes.slice(0, k))]
}

const readerOf =
  (hashes: Uint8Array[]): HashReader =>
  (nodes) =>
    nodes.map(({ level, index }) => naiveRoot(hashes.slice(index * 2 ** level, (index + 1) * 2 ** level)))

const sample = Array.from({ length: 70 }, (_, index) => leafHash(`leaf ${index}`))

test('the roots of the shared test leaves are the published ones', async () => {
  assert.equal(hex(emptyRoot), 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
  for (const [at, root] of roots.entries()) {
    const hashes = vectorHashes.slice(0, at + 1)
    assert.equal(hex(rootOfHashes(hashes)), root)
    assert.equal(hex(await treeRoot(at + 1, readerOf(hashes))), root)
  }
})

test('proofs of every index and every pair of sizes equal the recursive definition, and verify', async () => {
  for (let size = 1; size <= 70; size += size < 20 ? 1 : 7) {
    const hashes = sample.slice(0, size)
    const root = naiveRoot(hashes)
    for (let index = 0; index < size; index++) {
      const proof = await proveInclusion(index, size, readerOf(hashes))
      assert.deepEqual(proof.map(hex), naivePath(index, hashes).map(hex))
      assert.ok(verifyInclusion(sample[index] ?? emptyRoot, index, size, root, proof))
      const old = await proveConsistency(index + 1, size, readerOf(hashes))
      assert.deepEqual(old.map(hex), naiveSubproof(index + 1, hashes, true).map(hex))
      assert.ok(verifyConsistency(index + 1, size, naiveRoot(hashes.slice(0, index + 1)), root, old))
    }
  }
})

test('a proof with any one thing changed does not verify', async () => {
  const arbitrary = fc.record({ size: fc.integer({ min: 2, max: 70 }), index: fc.nat(), bit: fc.nat(255), at: fc.nat() })
  await fc.assert(
    fc.asyncProperty(arbitrary, async ({ size, index: anyIndex, bit, at }) => {
      const index = anyIndex % size
      const hashes = sample.slice(0, size)
      const root = rootOfHashes(hashes)
      const leaf = sample[index] ?? emptyRoot
      const proof = await proveInclusion(index, size, readerOf(hashes))
      const broken = proof.map((hash, place) => (place === at % proof.length ? flip(hash, bit) : hash))
      assert.equal(verifyInclusion(leaf, index, size, root, broken), false)
      assert.equal(verifyInclusion(leaf, index, size, root, proof.slice(1)), false)
      assert.equal(verifyInclusion(leaf, index, size, root, [...proof, root]), false)
      assert.equal(verifyInclusion(flip(leaf, bit), index, size, root, proof), false)
      assert.equal(verifyInclusion(leaf, (index + 1) % size, size, root, proof), false)
      if (index + 1 === size) return
      const oldRoot = rootOfHashes(hashes.slice(0, index + 1))
      const consistency = await proveConsistency(index + 1, size, readerOf(hashes))
      const brokenHashes = consistency.map((hash, place) => (place === at % consistency.length ? flip(hash, bit) : hash))
      assert.equal(verifyConsistency(index + 1, size, oldRoot, root, brokenHashes), false)
      assert.equal(verifyConsistency(index + 1, size, flip(oldRoot, bit), root, consistency), false)
      assert.equal(verifyConsistency(index + 1, size, oldRoot, flip(root, bit), consistency), false)
      assert.equal(verifyConsistency(index + 1, size, oldRoot, root, [...consistency, root]), false)
    }),
    { numRuns: 150 },
  )
})

const flip = (hash: Uint8Array, bit: number) => hash.map((byte, at) => (at === Math.floor(bit / 8) ? byte ^ (1 << (bit % 8)) : byte))

test('the verifier refuses an old size of 0 and sizes that are no sizes', () => {
  const root = rootOfHashes(sample)
  assert.equal(verifyConsistency(0, 70, emptyRoot, root, []), false)
  assert.equal(verifyConsistency(0, 0, emptyRoot, emptyRoot, []), false)
  for (const size of [-1, 1.5, NaN, Infinity, 2 ** 60]) {
    assert.equal(verifyConsistency(size, 70, root, root, []), false)
    assert.equal(verifyInclusion(root, 0, size, root, []), false)
    assert.equal(verifyInclusion(root, size, 70, root, []), false)
  }
})

test('the prover refuses indexes and sizes that cannot be', async () => {
  const isRefusal = (error: unknown) => error instanceof DomainError && error.kind === 'invalid'
  await assert.rejects(proveInclusion(5, 5, readerOf(sample)), isRefusal)
  await assert.rejects(proveConsistency(0, 5, readerOf(sample)), isRefusal)
  await assert.rejects(proveConsistency(6, 5, readerOf(sample)), isRefusal)
})

test('appending to the frontier gives the same root as building the tree', () => {
  fc.assert(
    fc.property(fc.nat(70), fc.nat(70), (a, b) => {
      const [first, all] = [Math.min(a, b), Math.max(a, b)]
      const start = appendToFrontier([], 0, sample.slice(0, first))
      const frontier = appendToFrontier(start, first, sample.slice(first, all))
      assert.equal(frontier.length, nodesOfRange(0, all).length)
      assert.equal(hex(foldRange(frontier)), hex(naiveRoot(sample.slice(0, all))))
    }),
  )
})

test('a grown tree knows its consistency proof and every complete subtree with a new leaf', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 69 }), fc.integer({ min: 1, max: 70 }), async (a, b) => {
      const [first, all] = [Math.min(a, b), Math.max(a, b)]
      const grown = growTree(appendToFrontier([], 0, sample.slice(0, first)), first, sample.slice(first, all))
      assert.equal(hex(grown.root), hex(naiveRoot(sample.slice(0, all))))
      assert.deepEqual(
        (await proveConsistency(first, all, grown.read)).map(hex),
        (await proveConsistency(first, all, readerOf(sample.slice(0, all)))).map(hex),
      )
      for (let level = 0; 2 ** level <= all; level++) {
        for (let index = Math.floor(first / 2 ** level); (index + 1) * 2 ** level <= all; index++) {
          const [hash] = await grown.read([{ level, index }])
          assert.equal(hex(hash ?? emptyRoot), hex(naiveRoot(sample.slice(index * 2 ** level, (index + 1) * 2 ** level))))
        }
      }
    }),
  )
})
