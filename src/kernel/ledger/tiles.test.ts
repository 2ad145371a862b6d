import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { DomainError } from '../errors.ts'
import { decodeEntries, encodeEntries, parseTilePath, tileHashReader, tilePath, tileWidth, widthInTree } from './tiles.ts'
import type { TileReader } from './tiles.ts'
import { leafHash, proveConsistency, proveInclusion, rootOfHashes, treeRoot, verifyConsistency, verifyInclusion } from './tree.ts'

test('tile paths are those of the specification', () => {
  assert.equal(tilePath({ level: 0, index: 1234067, width: 256 }), 'tile/0/x001/x234/067')
  assert.equal(tilePath({ level: 1, index: 0, width: 17 }), 'tile/1/000.p/17')
  assert.equal(tilePath({ level: 'entries', index: 1000, width: 1 }), 'tile/entries/x001/000.p/1')
})

test('a path that is read is written the same again', () => {
  const level = fc.oneof(fc.nat(63), fc.constant('entries' as const))
  const tile = fc.record({ level, index: fc.maxSafeNat(), width: fc.integer({ min: 1, max: 256 }) }, { noNullPrototype: true })
  fc.assert(fc.property(tile, (name) => assert.deepEqual(parseTilePath(tilePath(name)), name)))
})

test('other spellings of a tile path are refused', () => {
  const wrong = [
    'tile/00/000',
    'tile/64/000',
    'tile/0/0',
    'tile/0/x000/001',
    'tile/0/001/002',
    'tile/0/000.p/0',
    'tile/0/000.p/256',
    'tile/0/000.p/01',
  ]
  for (const path of [...wrong, 'tile/0/x001', 'tile/0/000/', '/tile/0/000', 'tile/entries/', 'tile/-1/000', 'tile/0/000.p/', 'tile/0/000\n']) {
    assert.throws(() => parseTilePath(path), isRefusal, path)
  }
})

test('no text makes the path parser fail in any other way than by refusing', () => {
  const text = fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^tile\/[0-9x/.p]*$/))
  fc.assert(fc.property(text, (path) => refusesOrReads(() => parseTilePath(path))))
})

const isRefusal = (error: unknown) => error instanceof DomainError && error.kind === 'invalid'
function refusesOrReads(work: () => unknown): void {
  try {
    work()
  } catch (error) {
    assert.ok(isRefusal(error), String(error))
  }
}

test('a tree of 70,000 leaves has the tiles that the specification counts', () => {
  assert.equal(widthInTree(0, 272, 70_000), 256)
  assert.equal(widthInTree(0, 273, 70_000), 112)
  assert.equal(widthInTree(0, 274, 70_000), 0)
  assert.equal(widthInTree(1, 0, 70_000), 256)
  assert.equal(widthInTree(1, 1, 70_000), 17)
  assert.equal(widthInTree(2, 0, 70_000), 1)
  assert.equal(widthInTree('entries', 273, 70_000), 112)
  assert.equal(widthInTree(1, 0, 256), 1)
})

const size = 66_000
const hashes = Array.from({ length: size }, (_, index) => leafHash(String(index)))

/** Tiles as the specification defines them: MTH of the leaves under each hash. */
const readTiles: TileReader = async (tiles) =>
  tiles.map(({ level, index, width }) => {
    const span = tileWidth ** level
    const starts = Array.from({ length: width }, (_, at) => (index * tileWidth + at) * span)
    return Buffer.concat(starts.map((start) => rootOfHashes(hashes.slice(start, start + span))))
  })

test('proofs read through tiles of three levels verify against the naive root', async () => {
  const read = tileHashReader(size, readTiles)
  const root = rootOfHashes(hashes)
  assert.deepEqual(await treeRoot(size, read), root)
  for (const index of [0, 255, 256, 65_535, 65_536, size - 1]) {
    const proof = await proveInclusion(index, size, read)
    assert.ok(verifyInclusion(hashes[index] ?? root, index, size, root, proof))
    if (index === 0) continue
    const oldRoot = rootOfHashes(hashes.slice(0, index))
    assert.ok(verifyConsistency(index, size, oldRoot, root, await proveConsistency(index, size, read)))
  }
})

test('a missing or short tile is a clear refusal', async () => {
  await assert.rejects(
    treeRoot(
      300,
      tileHashReader(300, async (tiles) => tiles.map(() => Buffer.alloc(32))),
    ),
    isRefusal,
  )
})

test('entry bundles give their leaves back and are refused when cut', () => {
  const bundle = encodeEntries([Buffer.from('a'), Buffer.alloc(0), Buffer.alloc(300, 7)])
  assert.equal(Buffer.from(bundle.subarray(0, 5)).toString('hex'), '0001610000')
  assert.deepEqual(
    decodeEntries(bundle).map(({ length }) => length),
    [1, 0, 300],
  )
  for (const end of [1, 4, 6, bundle.length - 1]) assert.throws(() => decodeEntries(bundle.subarray(0, end)), isRefusal)
  assert.throws(() => encodeEntries([Buffer.alloc(65_536)]), isRefusal)
})
