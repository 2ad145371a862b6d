// Tiles and entry bundles of C2SP tlog-tiles: names, contents, and reading tree hashes through them.
import { invalid } from '../errors.ts'
import { decodeDecimal } from './bytes.ts'
import { rootOfHashes } from './tree.ts'
import type { HashReader, TreeNode } from './tree.ts'

/** Hashes in a full tile. */
export const tileWidth = 256

/** A tile: `width` is 256 for a full one, 1 to 255 for a partial one. `level` is 0 to 63, or 'entries' for a bundle of leaves. */
export type TileName = { level: number | 'entries'; index: number; width: number }

/** A tile of hashes (not a bundle of leaves). */
export type HashTile = { level: number; index: number; width: number }

/** Gives the contents (`width` hashes of 32 bytes, one after the other) of tiles, in the order asked. */
export type TileReader = (tiles: HashTile[]) => Promise<Uint8Array[]>

/** The path below the log's prefix, e.g. `tile/0/x001/x234/067.p/8`. */
export function tilePath({ level, index, width }: TileName): string {
  let path = String(index % 1000).padStart(3, '0')
  for (let rest = Math.floor(index / 1000); rest > 0; rest = Math.floor(rest / 1000)) path = `x${String(rest % 1000).padStart(3, '0')}/${path}`
  return `tile/${level}/${path}${width === tileWidth ? '' : `.p/${width}`}`
}

/** Reads what `tilePath` writes; anything else, even another spelling of the same tile, is refused. */
export function parseTilePath(path: string): TileName {
  const match = /^tile\/(entries|[0-9]{1,2})\/((?:x[0-9]{3}\/){0,5}[0-9]{3})(?:\.p\/([0-9]{1,3}))?$/.exec(path)
  const [, levelText, indexText, widthText] = match ?? []
  if (!levelText || !indexText) throw noTile()
  const level = levelText === 'entries' ? levelText : decodeDecimal(levelText)
  const index = Number(indexText.replaceAll(/[x/]/g, ''))
  const width = widthText === undefined ? tileWidth : decodeDecimal(widthText)
  if (level === undefined || width === undefined || !Number.isSafeInteger(index)) throw noTile()
  if (level !== 'entries' && level > 63) throw noTile()
  if (widthText !== undefined && (width < 1 || width >= tileWidth)) throw noTile()
  const name: TileName = { level, index, width }
  if (tilePath(name) !== path) throw noTile()
  return name
}

const noTile = () => invalid('ledger.tile_path', 'This is not the path of a tile (C2SP tlog-tiles).')

/** How many hashes tile `index` of `level` has in a tree of `size` leaves: 0 to 256. */
export function widthInTree(level: number | 'entries', index: number, size: number): number {
  const hashes = Math.floor(size / tileWidth ** (level === 'entries' ? 0 : level))
  return Math.max(0, Math.min(tileWidth, hashes - index * tileWidth))
}

/** The tile of a tree of `size` leaves from which this node's hash is computed. */
export function tileOfNode({ level, index }: TreeNode, size: number): { tile: HashTile; from: number; to: number } {
  const tileLevel = Math.floor(level / 8)
  const span = 2 ** (level % 8)
  const first = index * span
  const tileIndex = Math.floor(first / tileWidth)
  const from = first - tileIndex * tileWidth
  const width = widthInTree(tileLevel, tileIndex, size)
  if (from + span > width) throw invalid('ledger.node_outside', 'The tree has no such complete subtree.')
  return { tile: { level: tileLevel, index: tileIndex, width }, from, to: from + span }
}

/** A hash reader for the tree of `size` leaves that asks for each tile once. */
export function tileHashReader(size: number, readTiles: TileReader): HashReader {
  return async (nodes) => {
    const places = nodes.map((node) => tileOfNode(node, size))
    const wanted = new Map(places.map(({ tile }) => [tilePath(tile), tile]))
    const contents = await readTiles([...wanted.values()])
    const byPath = new Map([...wanted.keys()].map((path, at) => [path, contents[at]]))
    return places.map(({ tile, from, to }) => {
      const bytes = byPath.get(tilePath(tile))
      if (!bytes || bytes.length < to * 32) throw invalid('ledger.tile_short', `The tile ${tilePath(tile)} is missing or too short.`)
      return rootOfHashes(splitHashes(bytes.subarray(from * 32, to * 32)))
    })
  }
}

/** Cuts a tile (or a frontier) into its hashes. */
export function splitHashes(bytes: Uint8Array): Uint8Array[] {
  if (bytes.length % 32 !== 0) throw invalid('ledger.tile_length', 'A tile is a sequence of hashes of 32 bytes.')
  return Array.from({ length: bytes.length / 32 }, (_, at) => bytes.subarray(at * 32, at * 32 + 32))
}

/** An entry bundle: each leaf behind its length as a big-endian 16-bit number. */
export function encodeEntries(leaves: Uint8Array[]): Uint8Array {
  return Buffer.concat(
    leaves.flatMap((leaf) => {
      if (leaf.length > 0xffff) throw invalid('ledger.leaf_too_long', 'A leaf has at most 65,535 bytes.')
      const length = Buffer.alloc(2)
      length.writeUInt16BE(leaf.length)
      return [length, leaf]
    }),
  )
}

/** The leaves of an entry bundle; refuses one that is cut off. */
export function decodeEntries(bundle: Uint8Array): Uint8Array[] {
  const bytes = Buffer.from(bundle.buffer, bundle.byteOffset, bundle.byteLength)
  const leaves: Uint8Array[] = []
  for (let at = 0; at < bytes.length;) {
    const end = at + 2 <= bytes.length ? at + 2 + bytes.readUInt16BE(at) : Infinity
    if (end > bytes.length) throw invalid('ledger.bundle_cut', 'The entry bundle ends inside of an entry.')
    leaves.push(bytes.subarray(at + 2, end))
    at = end
  }
  return leaves
}
