// The Merkle tree of RFC 6962 section 2.1 (RFC 9162 section 2.1): hashes, roots, proofs and their verification.
// Sizes and indexes are safe integers, so no bit operators here: those are 32 bits wide.
import { invalid } from '../errors.ts'
import { equalBytes, sha256 } from './bytes.ts'
import { nodeHash } from './platform.ts'

export { nodeHash }

const leafPrefix = Uint8Array.of(0)

/** A proof never has more hashes than this: trees hold fewer than 2^63 leaves. */
export const maxProofLength = 63

/** The complete subtree over leaves `[index * 2^level, (index + 1) * 2^level)`. */
export type TreeNode = { level: number; index: number }

/** Gives the hashes of complete subtrees, in the order asked. All nodes of one proof come in one call. */
export type HashReader = (nodes: TreeNode[]) => Promise<Uint8Array[]> | Uint8Array[]

/** `MTH({d})` = SHA-256(0x00 || d). */
export const leafHash = (leaf: Uint8Array | string) => sha256(leafPrefix, leaf)

/** The root of the empty tree: SHA-256 of nothing. */
export const emptyRoot = /* @__PURE__ */ sha256()

/** The largest power of two smaller than `size` (`size` at least 2). */
function splitPoint(size: number): number {
  let k = 1
  while (k * 2 < size) k *= 2
  return k
}

/** Complete subtrees that make up leaves `[start, end)`, left to right; `start` is a multiple of a power of two at least `end - start`. */
export function nodesOfRange(start: number, end: number): TreeNode[] {
  const nodes: TreeNode[] = []
  let at = start
  while (at < end) {
    let level = 0
    while (2 ** (level + 1) <= end - at) level++
    nodes.push({ level, index: at / 2 ** level })
    at += 2 ** level
  }
  return nodes
}

/** The hash of a range from the hashes of `nodesOfRange`; of none, the empty tree's. */
export function foldRange(hashes: Uint8Array[]): Uint8Array {
  let hash: Uint8Array | undefined
  for (const left of hashes.toReversed()) hash = hash ? nodeHash(left, hash) : left
  return hash ?? emptyRoot
}

/** The root of the tree over these leaf hashes, computed naively. */
export function rootOfHashes(hashes: Uint8Array[]): Uint8Array {
  let row = hashes
  if (row.length === 0) return emptyRoot
  while (row.length > 1) {
    const above: Uint8Array[] = []
    for (let index = 0; index < row.length; index += 2) {
      const left = at(row, index)
      const right = row[index + 1]
      above.push(right ? nodeHash(left, right) : left)
    }
    row = above
  }
  return at(row, 0)
}

/** The root of the tree of `size` leaves. */
export async function treeRoot(size: number, read: HashReader): Promise<Uint8Array> {
  checkSize(size)
  return foldRange(await read(nodesOfRange(0, size)))
}

/**
 * The audit path of leaf `index` in the tree of `size` leaves (RFC 6962 section 2.1.1), leaf side first.
 * Refuses an index outside of the tree.
 */
export async function proveInclusion(index: number, size: number, read: HashReader): Promise<Uint8Array[]> {
  checkSize(size)
  if (!Number.isSafeInteger(index) || index < 0 || index >= size) throw invalid('ledger.index_outside', 'The index is outside of the tree.')
  const ranges: TreeNode[][] = []
  let start = 0
  let end = size
  while (end - start > 1) {
    const middle = start + splitPoint(end - start)
    const inLeft = index < middle
    ranges.push(inLeft ? nodesOfRange(middle, end) : nodesOfRange(start, middle))
    if (inLeft) end = middle
    else start = middle
  }
  return readRanges(ranges.toReversed(), read)
}

/**
 * The consistency proof between two sizes of a tree (RFC 6962 section 2.1.2): empty when they are equal.
 * Refuses `oldSize` 0 and `oldSize` above `newSize`.
 */
export async function proveConsistency(oldSize: number, newSize: number, read: HashReader): Promise<Uint8Array[]> {
  checkSize(oldSize)
  checkSize(newSize)
  if (oldSize === 0 || oldSize > newSize) throw invalid('ledger.sizes_impossible', 'The old size must be at least 1 and at most the new size.')
  const ranges: TreeNode[][] = []
  let start = 0
  let end = newSize
  while (end !== oldSize) {
    const middle = start + splitPoint(end - start)
    const inLeft = oldSize <= middle
    ranges.push(inLeft ? nodesOfRange(middle, end) : nodesOfRange(start, middle))
    if (inLeft) end = middle
    else start = middle
  }
  if (start > 0) ranges.push(nodesOfRange(start, end))
  return readRanges(ranges.toReversed(), read)
}

async function readRanges(ranges: TreeNode[][], read: HashReader): Promise<Uint8Array[]> {
  const hashes = await read(ranges.flat())
  let taken = 0
  return ranges.map((range) => foldRange(hashes.slice(taken, (taken += range.length))))
}

/** Whether `proof` shows the leaf with this hash at `index` of the tree with `size` leaves and `root` (RFC 9162 section 2.1.3.2). */
export function verifyInclusion(hash: Uint8Array, index: number, size: number, root: Uint8Array, proof: Uint8Array[]): boolean {
  if (!isSize(size) || !isSize(index) || index >= size || proof.length > maxProofLength) return false
  let node = index
  let last = size - 1
  let result = hash
  for (const sibling of proof) {
    if (last === 0) return false
    if (node % 2 === 1 || node === last) {
      result = nodeHash(sibling, result)
      while (node % 2 === 0 && node !== 0) [node, last] = [node / 2, Math.floor(last / 2)]
    } else {
      result = nodeHash(result, sibling)
    }
    ;[node, last] = [Math.floor(node / 2), Math.floor(last / 2)]
  }
  return last === 0 && equalBytes(result, root)
}

/**
 * Whether `proof` shows that the tree of `newSize` extends the tree of `oldSize` (RFC 9162 section 2.1.4.2).
 * An old size of 0 is refused: it would prove nothing, so a caller must decide about it explicitly.
 */
export function verifyConsistency(oldSize: number, newSize: number, oldRoot: Uint8Array, newRoot: Uint8Array, proof: Uint8Array[]): boolean {
  if (!isSize(oldSize) || !isSize(newSize) || oldSize === 0 || oldSize > newSize || proof.length > maxProofLength) return false
  if (oldSize === newSize) return proof.length === 0 && equalBytes(oldRoot, newRoot)
  let node = oldSize - 1
  let last = newSize - 1
  while (node % 2 === 1) [node, last] = [Math.floor(node / 2), Math.floor(last / 2)]
  // A complete old tree is its own first hash; then the proof leaves it out.
  const hashes = node === 0 ? [oldRoot, ...proof] : proof
  let oldResult = hashes[0]
  let newResult = hashes[0]
  if (!oldResult || !newResult) return false
  for (const sibling of hashes.slice(1)) {
    if (last === 0) return false
    if (node % 2 === 1 || node === last) {
      oldResult = nodeHash(sibling, oldResult)
      newResult = nodeHash(sibling, newResult)
      while (node % 2 === 0 && node !== 0) [node, last] = [node / 2, Math.floor(last / 2)]
    } else {
      newResult = nodeHash(newResult, sibling)
    }
    ;[node, last] = [Math.floor(node / 2), Math.floor(last / 2)]
  }
  return last === 0 && equalBytes(oldResult, oldRoot) && equalBytes(newResult, newRoot)
}

/** A tree after leaves were added: `frontier` has the hashes of `nodesOfRange(0, size)`. `read` knows the old frontier and every complete subtree with a new leaf. */
export type GrownTree = { size: number; root: Uint8Array; frontier: Uint8Array[]; read: HashReader }

/**
 * Adds leaf hashes to a tree of `size` leaves of which only the frontier is known. Each complete subtree is hashed once: root,
 * full tiles and the consistency proof are all read from the result.
 */
export function growTree(frontier: Uint8Array[], size: number, added: Uint8Array[]): GrownTree {
  const peaks = new Map<number, Uint8Array>()
  const nodes = nodesOfRange(0, size)
  if (nodes.length !== frontier.length) throw invalid('ledger.frontier_broken', 'The frontier does not belong to a tree of this size.')
  for (const [place, { level }] of nodes.entries()) peaks.set(level, at(frontier, place))
  // Row `level` begins with the first subtree of that level that has a new leaf. Where that is a right child, its sibling is a peak.
  const rows: Uint8Array[][] = []
  for (let [row, start] = [added, size]; row.length > 0; start = Math.floor(start / 2)) {
    const left = start % 2 === 1 ? peaks.get(rows.length) : undefined
    rows.push(row)
    row = pairsOf(left ? [left, ...row] : row)
  }
  const nodeAt = ({ level, index }: TreeNode): Uint8Array => {
    const start = Math.floor(size / 2 ** level)
    const hash = index < start ? (index === start - 1 ? peaks.get(level) : undefined) : rows[level]?.[index - start]
    if (!hash) throw invalid('ledger.hash_missing', 'A hash of the tree is missing.')
    return hash
  }
  const grown = nodesOfRange(0, size + added.length).map(nodeAt)
  return { size: size + added.length, root: foldRange(grown), frontier: grown, read: (wanted) => wanted.map(nodeAt) }
}

/**
 * The frontier (hashes of `nodesOfRange(0, size)`) after appending leaf hashes to a tree of `size` leaves.
 * `foldRange` of it is the root, so an append needs nothing but the last frontier.
 */
export const appendToFrontier = (frontier: Uint8Array[], size: number, added: Uint8Array[]): Uint8Array[] => growTree(frontier, size, added).frontier

/** The hashes above a row; one that is left over at the end has no parent yet. */
function pairsOf(row: Uint8Array[]): Uint8Array[] {
  const above: Uint8Array[] = []
  for (let place = 0; place + 1 < row.length; place += 2) above.push(nodeHash(at(row, place), at(row, place + 1)))
  return above
}

function at(hashes: Uint8Array[], index: number): Uint8Array {
  const hash = hashes[index]
  if (!hash) throw invalid('ledger.hash_missing', 'A hash of the tree is missing.')
  return hash
}

const isSize = (size: number) => Number.isSafeInteger(size) && size >= 0

function checkSize(size: number): void {
  if (!isSize(size)) throw invalid('ledger.size_impossible', 'A tree size is a whole number from 0 to 2^53 - 1.')
}
