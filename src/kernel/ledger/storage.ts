// Tiles out of the database: full ones as stored, partial ones computed.
import type { Db } from '#kernel/database/database.ts'
import { selectLeafHashes, selectTileRoots, selectTiles } from './queries.ts'
import { tileHashReader, tilePath, tileWidth } from './tiles.ts'
import type { HashTile, TileReader } from './tiles.ts'
import type { HashReader } from './tree.ts'

/** Full tiles that were read lately, by epoch and path. They never change, so nothing ever makes them stale. */
export type TileCache = Map<string, Uint8Array>

const maxCachedTiles = 1024 // 8 MiB

/** Reads tiles of one log in the tenant's transaction `db`; each width is what the tree asked about has. */
export function databaseTiles(db: Db, tenant: string, epoch: number, cache: TileCache): TileReader {
  return async (tiles) => {
    await loadFull(db, tenant, epoch, cache, tiles)
    const contents: Uint8Array[] = []
    for (const tile of tiles) contents.push(cache.get(cacheKey(epoch, tile)) ?? (await readPartial(db, tenant, epoch, tile)))
    trim(cache)
    return contents
  }
}

/** A hash reader for the tree of `size` leaves (at most the head's) of one log. */
export const databaseHashes = (db: Db, tenant: string, epoch: number, size: number, cache: TileCache): HashReader =>
  tileHashReader(size, databaseTiles(db, tenant, epoch, cache))

const cacheKey = (epoch: number, tile: HashTile) => `${epoch}/${tilePath(tile)}`

async function loadFull(db: Db, tenant: string, epoch: number, cache: TileCache, tiles: HashTile[]): Promise<void> {
  const missing = tiles.filter((tile) => tile.width === tileWidth && !cache.has(cacheKey(epoch, tile)))
  if (missing.length === 0) return
  for (const row of await selectTiles(db, tenant, epoch, missing)) {
    cache.set(cacheKey(epoch, { level: row.level, index: row.tile_index, width: tileWidth }), row.hashes)
  }
}

async function readPartial(db: Db, tenant: string, epoch: number, { level, index, width }: HashTile): Promise<Uint8Array> {
  const from = index * tileWidth
  const hashes =
    level === 0
      ? await selectLeafHashes(db, tenant, epoch, from, from + width)
      : await selectTileRoots(db, tenant, epoch, level - 1, from, from + width)
  return Buffer.concat(hashes)
}

/** A Map keeps the order of insertion, so the first keys are the oldest. */
function trim(cache: TileCache): void {
  for (const key of cache.keys()) {
    if (cache.size <= maxCachedTiles) return
    cache.delete(key)
  }
}
