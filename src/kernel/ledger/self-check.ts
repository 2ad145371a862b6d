// The log checks itself from its leaves upward: what `xiangli ledger audit` runs, and what a monitor could do from outside.
import { inTenant } from '#kernel/database/database.ts'
import type { Db } from '#kernel/database/database.ts'
import { equalBytes } from './bytes.ts'
import { selectCheckpoint, selectStoredLeaves, selectTiles } from './queries.ts'
import type { LogReader } from './reads.ts'
import { splitHashes, tileWidth } from './tiles.ts'
import { appendToFrontier, foldRange, leafHash } from './tree.ts'

/** `index` is of the leaf, of the level 0 tile, or the tree size. Nothing after a missing leaf is checked. */
export type TreeFinding = { code: 'leaf_missing' | 'leaf_edited' | 'tile_differs' | 'root_differs'; index: number }

/** Computes the tree of an epoch anew, 256 leaves at a time, and compares it with stored hashes, tiles and the last checkpoint. */
export async function checkTree({ db, tenant }: LogReader, epoch: number): Promise<TreeFinding[]> {
  const checkpoint = await inTenant(db, tenant, (trx) => selectCheckpoint(trx, tenant, epoch))
  const findings: TreeFinding[] = []
  if (!checkpoint) return findings
  let frontier: Uint8Array[] = []
  for (let from = 0; from < checkpoint.size; from += tileWidth) {
    const to = Math.min(from + tileWidth, checkpoint.size)
    const hashes = await inTenant(db, tenant, (trx) => checkTile(trx, tenant, epoch, from, to, findings))
    if (hashes.length < to - from) return findings
    frontier = appendToFrontier(frontier, from, hashes)
  }
  if (!equalBytes(foldRange(frontier), checkpoint.root)) findings.push({ code: 'root_differs', index: checkpoint.size })
  return findings
}

/** The true hashes of leaves `[from, to)`, up to the first that is missing. */
async function checkTile(db: Db, tenant: string, epoch: number, from: number, to: number, findings: TreeFinding[]): Promise<Uint8Array[]> {
  const rows = await selectStoredLeaves(db, tenant, epoch, from, to)
  const gap = Array.from({ length: to - from }, (_, at) => from + at).find((index, at) => rows[at]?.leaf_index !== index)
  if (gap !== undefined) findings.push({ code: 'leaf_missing', index: gap })
  const hashes = rows.filter((row) => gap === undefined || row.leaf_index < gap).map(({ leaf }) => leafHash(leaf))
  for (const [at, hash] of hashes.entries()) {
    const stored = rows[at]?.leaf_hash
    if (stored && !equalBytes(hash, stored)) findings.push({ code: 'leaf_edited', index: from + at })
  }
  if (hashes.length < tileWidth) return hashes
  const index = from / tileWidth
  const [tile] = await selectTiles(db, tenant, epoch, [{ level: 0, index }])
  const same = tile && splitHashes(tile.hashes).every((hash, at) => equalBytes(hash, hashes[at] ?? new Uint8Array()))
  if (!same) findings.push({ code: 'tile_differs', index })
  return hashes
}
