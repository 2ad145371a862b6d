// Where the fonts of documents come from, and what they can show. Fonts are immutable files: what is read of them is kept.
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, extname, join } from 'node:path'

const shipped = [
  '@expo-google-fonts/noto-serif-sc/400Regular',
  '@expo-google-fonts/noto-serif-sc/700Bold',
  '@expo-google-fonts/noto-sans-sc/400Regular',
  '@expo-google-fonts/noto-sans-sc/700Bold',
]

/**
 * Folders with the fonts of documents, best first: the town's own (`DATA_DIR/fonts`, for instance 方正小标宋 and 仿宋 that it has a licence for,
 * or a font for rare characters), then Noto Serif SC and Noto Sans SC from npm.
 */
export function fontsFrom(dataDir?: string): string[] {
  const require = createRequire(import.meta.url)
  const own = dataDir ? join(dataDir, 'fonts') : undefined
  const noto = shipped.map((path) => {
    const [scope, name, weight] = path.split('/')
    return join(dirname(require.resolve(`${scope}/${name}/package.json`)), weight ?? '')
  })
  return own && existsSync(own) ? [own, ...noto] : noto
}

/** What is read of one font: the name of its family and the code points it has a glyph for. */
export type Face = { family: string; has(codePoint: number): boolean }

const faces = new Map<string, Face[]>()

/** Every face in these folders (TTF, OTF, TTC; sub-folders included), read once a process. A file that is not a font is passed over, as Typst does. */
export function facesIn(folders: readonly string[]): Face[] {
  return folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .toSorted()
      .filter((name) => ['.ttf', '.otf', '.ttc'].includes(extname(name).toLowerCase()))
      .flatMap((name) => facesOf(join(folder, name))),
  )
}

/** Names of the families in these folders, each once, in order. */
export const familiesIn = (folders: readonly string[]): string[] => [...new Set(facesIn(folders).map((face) => face.family))]

function facesOf(path: string): Face[] {
  let known = faces.get(path)
  if (!known) {
    known = parseFaces(readFileSync(path))
    faces.set(path, known)
  }
  return known
}

/** The faces in a font file (OpenType 1.9, "Font File"): one, or those of a collection. */
export function parseFaces(file: Buffer): Face[] {
  try {
    if (file.toString('latin1', 0, 4) !== 'ttcf') return [parseFace(file, 0)]
    return Array.from({ length: file.readUInt32BE(8) }, (_, index) => parseFace(file, file.readUInt32BE(12 + 4 * index)))
  } catch (error) {
    if (error instanceof RangeError) return []
    throw error
  }
}

function parseFace(file: Buffer, at: number): Face {
  const tables = new Map<string, number>()
  for (let index = 0; index < file.readUInt16BE(at + 4); index++) {
    const record = at + 12 + 16 * index
    tables.set(file.toString('latin1', record, record + 4), file.readUInt32BE(record + 8))
  }
  const cmap = tables.get('cmap')
  const name = tables.get('name')
  if (cmap === undefined || name === undefined) throw new RangeError('no cmap or no name')
  const ranges = parseCmap(file, cmap)
  return { family: parseFamily(file, name), has: (codePoint) => isIn(ranges, codePoint) }
}

/** Flat list of first, last, first, last … of the code points with a glyph, ascending. */
type Ranges = Uint32Array

function isIn(ranges: Ranges, codePoint: number): boolean {
  let low = 0
  let high = ranges.length / 2 - 1
  while (low <= high) {
    const middle = (low + high) >> 1
    if (codePoint < (ranges[2 * middle] ?? 0)) high = middle - 1
    else if (codePoint > (ranges[2 * middle + 1] ?? 0)) low = middle + 1
    else return true
  }
  return false
}

/** OpenType "cmap": the Unicode subtables of format 12 and 4, joined. */
function parseCmap(file: Buffer, cmap: number): Ranges {
  const points: [number, number][] = []
  for (let index = 0; index < file.readUInt16BE(cmap + 2); index++) {
    const record = cmap + 4 + 8 * index
    const platform = file.readUInt16BE(record)
    const encoding = file.readUInt16BE(record + 2)
    if (platform !== 0 && !(platform === 3 && (encoding === 1 || encoding === 10))) continue
    const subtable = cmap + file.readUInt32BE(record + 4)
    const format = file.readUInt16BE(subtable)
    if (format === 12) points.push(...format12(file, subtable))
    else if (format === 4) points.push(...format4(file, subtable))
  }
  return joined(points)
}

function format12(file: Buffer, at: number): [number, number][] {
  const groups: [number, number][] = []
  for (let index = 0; index < file.readUInt32BE(at + 12); index++) {
    const group = at + 16 + 12 * index
    let first = file.readUInt32BE(group)
    if (file.readUInt32BE(group + 8) === 0) first++ // glyph 0 is "missing"
    const last = file.readUInt32BE(group + 4)
    if (first <= last) groups.push([first, last])
  }
  return groups
}

function format4(file: Buffer, at: number): [number, number][] {
  const segments = file.readUInt16BE(at + 6) / 2
  const ends = at + 14
  const starts = ends + 2 * segments + 2
  const deltas = starts + 2 * segments
  const offsets = deltas + 2 * segments
  const points: [number, number][] = []
  for (let segment = 0; segment < segments; segment++) {
    const last = file.readUInt16BE(ends + 2 * segment)
    const delta = file.readUInt16BE(deltas + 2 * segment)
    const offset = file.readUInt16BE(offsets + 2 * segment)
    const first = file.readUInt16BE(starts + 2 * segment)
    for (let code = first; code <= last && code !== 0xffff; code++) {
      const listed = offset === 0 ? code : file.readUInt16BE(offsets + 2 * segment + offset + 2 * (code - first))
      const glyph = offset !== 0 && listed === 0 ? 0 : (listed + delta) & 0xffff
      if (glyph !== 0) points.push([code, code])
    }
  }
  return points
}

function joined(points: [number, number][]): Ranges {
  const flat: number[] = []
  for (const [first, last] of points.toSorted((one, other) => one[0] - other[0])) {
    const end = flat.at(-1)
    if (end !== undefined && first <= end + 1) flat[flat.length - 1] = Math.max(end, last)
    else flat.push(first, last)
  }
  return Uint32Array.from(flat)
}

/** OpenType "name": the typographic family (16), else the family (1), in English where there is one. */
function parseFamily(file: Buffer, name: number): string {
  const storage = name + file.readUInt16BE(name + 4)
  let best = ''
  let rank = -1
  for (let index = 0; index < file.readUInt16BE(name + 2); index++) {
    const record = name + 6 + 12 * index
    const id = file.readUInt16BE(record + 6)
    if (file.readUInt16BE(record) !== 3 || (id !== 16 && id !== 1)) continue
    const score = (id === 16 ? 2 : 0) + (file.readUInt16BE(record + 4) === 0x0409 ? 1 : 0)
    if (score <= rank) continue
    const from = storage + file.readUInt16BE(record + 10)
    best = Buffer.from(file.subarray(from, from + file.readUInt16BE(record + 8)))
      .swap16()
      .toString('utf16le')
    rank = score
  }
  return best
}
