// Tiles out of the database: full ones as stored, partial ones computed.
import type { Db } from '#kernel/database/database.ts'
import { selectHashes } from './queries.ts'
import { tileOfNode, tilePath } from './tiles.ts'
import type { HashTile, TileReader } from './tiles.ts'
import { nodeHash } from './tree.ts'
import type { HashReader } from './tree.ts'

/** A tile with the hashes of the complete subtrees inside of it: row `k` holds those of `2^k` hashes, one after the other. */
type DecodedTile = Uint8Array[]

/** Tiles that were read lately, by epoch and path. Not one of them ever changes, so nothing makes them stale. */
export type TileCache = Map<string, DecodedTile>

const maxCachedTiles = 1024 // 16 MiB decoded

/** Reads tiles of one log in the tenant's transaction `db`; each width is what the tree asked about has. */
export function databaseTiles(db: Db, tenant: string, epoch: number, cache: TileCache): TileReader {
  return async (tiles) => {
    const decoded = await loadTiles(db, tenant, epoch, cache, tiles)
    return decoded.map(([bytes]) => bytes ?? new Uint8Array())
  }
}

/** A hash reader for the tree of `size` leaves (at most the head's) of one log. */
export const databaseHashes = (db: Db, tenant: string, epoch: number, size: number, cache: TileCache): HashReader =>
  hashReader(size, (tiles) => loadTiles(db, tenant, epoch, cache, tiles))

/** What a reader from the cache alone throws when it does not have every tile. */
export const cacheMiss: unique symbol = Symbol('a tile is not in the cache')

/** The same without a database. @throws `cacheMiss`. */
export const cachedHashes = (epoch: number, size: number, cache: TileCache): HashReader =>
  hashReader(size, (tiles) =>
    tiles.map((tile) => {
      const known = cache.get(cacheKey(epoch, tile))
      // oxlint-disable-next-line no-throw-literal -- a signal to the caller, who reads the database then
      if (!known) throw cacheMiss
      return known
    }),
  )

function hashReader(size: number, read: (tiles: HashTile[]) => Promise<DecodedTile[]> | DecodedTile[]): HashReader {
  return async (nodes) => {
    const places = nodes.map((node) => tileOfNode(node, size))
    const wanted = new Map(places.map(({ tile }) => [tilePath(tile), tile]))
    const decoded = await read([...wanted.values()])
    const byPath = new Map([...wanted.keys()].map((path, at) => [path, decoded[at]]))
    return places.map(({ tile, from, to }) => {
      const span = to - from
      const at = (from / span) * 32
      return byPath.get(tilePath(tile))?.[Math.log2(span)]?.subarray(at, at + 32) ?? new Uint8Array()
    })
  }
}

const cacheKey = (epoch: number, tile: HashTile) => `${epoch}/${tilePath(tile)}`

async function loadTiles(db: Db, tenant: string, epoch: number, cache: TileCache, tiles: HashTile[]): Promise<DecodedTile[]> {
  const loaded = tiles.map((tile) => cache.get(cacheKey(epoch, tile)))
  const missing = tiles.filter((_, at) => !loaded[at])
  if (missing.length === 0) return loaded.filter((tile) => tile !== undefined)
  const read = (await selectHashes(db, tenant, epoch, missing)).map(decode).values()
  const whole = tiles.map((tile, at) => {
    const decoded = loaded[at] ?? read.next().value ?? []
    // A tile that is not whole yet, or any more, is not one to keep.
    if (decoded[0]?.length === tile.width * 32) cache.set(cacheKey(epoch, tile), decoded)
    return decoded
  })
  trim(cache)
  return whole
}

function decode(bytes: Uint8Array): DecodedTile {
  const rows = [bytes]
  for (let row = bytes; row.length >= 64; rows.push(row)) {
    const above = new Uint8Array(Math.floor(row.length / 64) * 32)
    for (let at = 0; at < above.length; at += 32) above.set(nodeHash(row.subarray(at * 2, at * 2 + 32), row.subarray(at * 2 + 32, at * 2 + 64)), at)
    row = above
  }
  return rows
}

/** A Map keeps the order of insertion, so the first keys are the oldest. */
function trim(cache: TileCache): void {
  for (const key of cache.keys()) {
    if (cache.size <= maxCachedTiles) return
    cache.delete(key)
  }
}
