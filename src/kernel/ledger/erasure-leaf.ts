// The `erased` leaf of a case: what it covers is public, whose case it is only the holder of the installation's keys can tell.
import type { Keyring } from '../keys/keyring.ts'
import { equalBytes, hmacSha256, toBase64 } from './bytes.ts'
import { canonicalJson } from './canonical-json.ts'
import { encodeLeaf, leafCommitment, parseLeaf } from './leaf.ts'

/** Part `part` of the erasure of a case's events in one epoch. A case has as many parts as its ranges need. */
export type ErasurePart = { tenant: string; caseId: string; epoch: number; part: number }

/** A leaf has 4,096 bytes; ranges may have so many. */
const longestRanges = 3000

/** The source of the leaf follows from what it covers: the audit finds it, and the same part is never appended twice. */
export function erasureSource(keyring: Keyring, { tenant, caseId, epoch, part }: ErasurePart): string {
  const hex = Buffer.from(hmacSha256(secretOf(keyring, tenant), `source/${caseId}/${epoch}/${part}`)).toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

/** @throws `ledger.leaf_malformed` when `basis` is no slug or `covers` no ranges. */
export const erasureLeaf = (keyring: Keyring, at: Date, part: ErasurePart, covers: string, basis: string): Uint8Array =>
  encodeLeaf('erased', at, { covers, basis, commitment: toBase64(commitmentTo(keyring, part, covers, basis)) })

/** The indexes that a leaf lawfully covers for this part; none when the leaf was not made with the keys of this installation. */
export function coveredBy(keyring: Keyring, part: ErasurePart, leaf: Uint8Array): number[] {
  const read = parseLeaf(leaf)
  if (read.kind !== 'erased') return []
  const { covers, basis } = read.fields
  const commitment = leafCommitment(read)
  return commitment && equalBytes(commitment, commitmentTo(keyring, part, covers, basis)) ? indexesOf(covers) : []
}

const commitmentTo = (keyring: Keyring, { tenant, caseId, epoch, part }: ErasurePart, covers: string, basis: string) =>
  hmacSha256(secretOf(keyring, tenant), 'commitment/', canonicalJson({ basis, case: caseId, covers, epoch, part }))

const secretOf = (keyring: Keyring, tenant: string) => keyring.secret(`erased:${tenant}`)

/** Ascending indexes as ranges, cut into texts that fit a leaf. */
export function rangesOf(indexes: number[]): string[] {
  const ranges: { from: number; to: number }[] = []
  for (const index of indexes.toSorted((a, b) => a - b)) {
    const last = ranges.at(-1)
    if (last && index === last.to + 1) last.to = index
    else ranges.push({ from: index, to: index })
  }
  const texts: string[] = []
  for (const { from, to } of ranges) {
    const range = from === to ? String(from) : `${from}-${to}`
    const before = texts.at(-1)
    if (before !== undefined && before.length + range.length < longestRanges) texts[texts.length - 1] = `${before},${range}`
    else texts.push(range)
  }
  return texts
}

function indexesOf(covers: string): number[] {
  return covers.split(',').flatMap((range) => {
    const [from = 0, to = from] = range.split('-').map(Number)
    return Array.from({ length: to - from + 1 }, (_, at) => from + at)
  })
}
