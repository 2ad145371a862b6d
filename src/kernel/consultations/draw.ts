// A draw that anyone can compute again. The list of entries is closed and its digest sent to the town's log; the seed is the first
// checkpoint of that log signed after an instant that was announced before. Nothing else goes in (docs/design/consultations.md).
import { createHash } from 'node:crypto'

export type Drawn = { entry: string; rank: number; result: 'seat' | 'reserve' | 'none' }

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

/** The digest that goes to the log: entries in ascending order of their code points, one a line, each ended by a newline. */
export const entriesDigest = (entries: readonly string[]): string =>
  sha256(
    `xiangli-entries/v1\n${sorted(entries)
      .map((entry) => `${entry}\n`)
      .join('')}`,
  )

const sorted = (entries: readonly string[]) => [...new Set(entries)].toSorted((a, b) => (a < b ? -1 : 1))

/**
 * Ranks the entries by SHA-256 of `xiangli-draw/v1`, the root of the seed checkpoint in base 64, the digest of the list and the entry, each
 * on a line; the smallest is first. The first `seats` take part, the next `reserves` stand in for them in that order.
 */
export function draw(entries: readonly string[], seedRoot: string, seats: number, reserves: number): Drawn[] {
  const digest = entriesDigest(entries)
  return sorted(entries)
    .map((entry) => ({ entry, key: sha256(`xiangli-draw/v1\n${seedRoot}\n${digest}\n${entry}\n`) }))
    .toSorted((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ entry }, index) => ({ entry, rank: index + 1, result: index < seats ? 'seat' : index < seats + reserves ? 'reserve' : 'none' }))
}
