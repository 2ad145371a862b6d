// Names and phrases that exist nowhere else, and a search for them in every form in which bytes could give them away.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { ClientBase } from 'pg'
import type { Database } from '#kernel/database/database.ts'
import { testDatabaseKind } from '../support/database.ts'

/** Chosen so that neither they nor their pairs of characters occur in the library. No real person or number is meant. */
export const canaries = {
  name: '欧阳琢璞',
  latinName: 'Zyxwenna Quorthbel',
  staffName: '司徒缙筠',
  phone: '000 0913 7752',
  email: 'zyxwenna.q@canary-post.example',
  staffEmail: 'qvrist@canary-office.example',
  address: '清溪镇麒铧巷七十三弄',
  idNumber: '00000019130708702X',
  phrase: '后院枇杷树下瓷瓮',
  officerPhrase: '核对樟箧里账册',
  latinPhrase: 'porcelain jar beneath the loquat',
  fileName: '琥珀匣清单',
  fileText: '玳瑁梳一把藏于阁楼',
  password: 'veertig blauwe kraanvogels 88',
}

/** Pairs that search keeps as keyed hashes only. */
const pairs = ['琢璞', '缙筠', '麒铧', '枇杷', '樟箧', '琥珀', '玳瑁']

/** What our own code might make of them before it stores or tells them. */
const turned = [
  canaries.phone.replaceAll(' ', ''),
  canaries.latinName.toLowerCase(),
  canaries.latinName.replaceAll(' ', '+'),
  canaries.email.toUpperCase(),
  canaries.staffEmail.toUpperCase(),
  canaries.idNumber.toLowerCase(),
]

/** Too short to be searched for as they are, but nothing may be stored under their hash without a key. */
const short = [canaries.phone.slice(-4), canaries.idNumber.slice(-4), canaries.name.slice(0, 2), canaries.name.slice(-1)]

/** Who she is and what she files, as the petition's form asks for it. */
export const who = { name: canaries.name, phone: canaries.phone, address: canaries.address, idNumber: canaries.idNumber }
export const matter = {
  subject: canaries.phrase,
  description: `${canaries.phrase}，${canaries.latinPhrase}`,
  claim: `请找回${canaries.phrase}`,
  place: canaries.address,
}

/** A PDF is kept byte for byte, so its text is the best that can be smuggled in. */
export const upload = { name: `${canaries.fileName}.pdf`, bytes: Buffer.from(`%PDF-1.4\n% ${canaries.fileText}\n${canaries.name}\n%%EOF\n`) }

export type Place = { where: string; bytes: Buffer }

/** Where a canary was found, and as what. */
export type Sighting = { canary: string; as: string; where: string }

type Disguise = { as: string; bytes: Buffer }

/** Everything that a canary might have become: encodings, and hashes without a key, which anybody could compute again. */
function disguisesOf(text: string): Disguise[] {
  const plain = Buffer.from(text)
  const wide = Buffer.from(text, 'utf16le')
  const escaped = JSON.stringify(text)
    .slice(1, -1)
    .replaceAll(/[\u0080-\uffff]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`)
  return [
    { as: 'utf8', bytes: plain },
    { as: 'utf16le', bytes: wide },
    { as: 'utf16be', bytes: Buffer.from(wide).swap16() },
    { as: 'hex', bytes: Buffer.from(plain.toString('hex')) },
    { as: 'json escapes', bytes: Buffer.from(escaped) },
    { as: 'percent', bytes: Buffer.from(encodeURIComponent(text)) },
    ...inBase64(plain, 'base64'),
    ...inBase64(wide, 'utf16le base64'),
    ...hashesOf(text),
  ]
}

const hashesOf = (text: string): Disguise[] =>
  ['md5', 'sha1', 'sha256', 'sha512'].flatMap((algorithm) => {
    const hash = createHash(algorithm).update(text).digest()
    const base64 = hash.toString('base64').replace(/=+$/, '')
    return [
      { as: algorithm, bytes: hash },
      { as: `${algorithm} hex`, bytes: Buffer.from(hash.toString('hex')) },
      { as: `${algorithm} base64`, bytes: Buffer.from(base64) },
      { as: `${algorithm} base64url`, bytes: Buffer.from(base64.replaceAll('+', '-').replaceAll('/', '_')) },
    ]
  })

/** A text within base 64 looks different at each of three offsets; the first and last letters depend on its neighbours. */
function inBase64(bytes: Buffer, as: string): Disguise[] {
  return [0, 1, 2].flatMap((offset) => {
    const text = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .replace(/=+$/, '')
    const core = text.slice(offset === 0 ? 0 : offset + 1, (offset + bytes.length) % 3 === 0 ? undefined : -1)
    return [
      { as, bytes: Buffer.from(core) },
      { as: `${as}url`, bytes: Buffer.from(core.replaceAll('+', '-').replaceAll('/', '_')) },
    ]
  })
}

/** `secrets`: codes and tokens that were given out on the way, none of which is stored as it is. */
export function findCanaries(places: Place[], secrets: string[] = []): Sighting[] {
  // A pair's hash without a key is searched for too: that is the whole point of the key.
  const known = [...Object.values(canaries), ...pairs, ...turned].map((canary) => ({ canary, disguises: disguisesOf(canary) }))
  const hashed = short.map((canary) => ({ canary, disguises: hashesOf(canary) }))
  // A code is random enough to be kept under a hash without a key.
  const given = secrets.map((canary) => ({ canary, disguises: disguisesOf(canary).filter(({ as }) => !/^(md5|sha)/.test(as)) }))
  const sightings: Sighting[] = []
  for (const { canary, disguises } of [...known, ...hashed, ...given])
    for (const disguise of disguises.filter(({ bytes }) => bytes.length >= 6))
      for (const { where, bytes } of places) if (bytes.includes(disguise.bytes)) sightings.push({ canary, as: disguise.as, where })
  return sightings
}

/** Every row of every table of every schema but the catalogue's, as text and, where a column holds bytes, as they are. */
export async function dumpTables(client: ClientBase): Promise<Place[]> {
  const { rows: tables } = await client.query<{ schema: string; name: string }>(
    `select n.nspname as schema, c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p', 'm') and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname not like 'pg_t%'`,
  )
  const places: Place[] = []
  for (const { schema, name } of tables) {
    const table = `"${schema}"."${name}"`
    const { rows } = await client.query<{ row: string }>(`select row_to_json(t)::text as row from ${table} t`)
    const { rows: raw } = await client.query<Record<string, unknown>>(`select * from ${table}`)
    const bytes = raw.flatMap((row) => Object.values(row).flatMap((value) => (Buffer.isBuffer(value) ? [value, Buffer.from('\n')] : [])))
    places.push({ where: `${table}`, bytes: Buffer.concat([...rows.map(({ row }) => Buffer.from(`${row}\n`)), ...bytes]) })
  }
  return places
}

/** Every file of a folder, and the names of all of them. */
export function dumpFolder(folder: string): Place[] {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const paths = files.map((entry) => join(entry.parentPath, entry.name))
  return [
    { where: 'file names', bytes: Buffer.from(paths.join('\n')) },
    ...paths.map((path) => ({ where: relative(folder, path), bytes: readFileSync(path) })),
  ]
}

/** What this process writes on standard output and error until `stop`; what goes to standard output, the test's own report, goes on as well. */
export function listen(): { place(): Place; stop(): void } {
  const chunks: Buffer[] = []
  const streams = [process.stdout, process.stderr]
  // Bound, so that it can be put back as it was.
  const before = streams.map((stream) => stream.write.bind(stream))
  for (const [index, stream] of streams.entries()) {
    stream.write = (chunk: string | Uint8Array, ...rest: unknown[]) => {
      chunks.push(Buffer.from(chunk))
      // The overloads of `write` differ in what may be left out; whatever came is handed on.
      return stream === process.stdout ? Reflect.apply(before[index] ?? (() => true), stream, [chunk, ...rest]) : true
    }
  }
  return {
    place: () => ({ where: 'standard output and error', bytes: Buffer.concat(chunks) }),
    stop: () => {
      for (const [index, stream] of streams.entries()) {
        const write = before[index]
        if (write) stream.write = write
      }
    },
  }
}

/** What a PostgreSQL server of our own writes into its log from now on; nothing for the built-in database and for a server elsewhere. */
export async function listenToServer(database: Database): Promise<() => Place[]> {
  if (testDatabaseKind === 'pglite' || process.env.DATABASE_URL !== undefined) return () => []
  const { rows } = await database.owner((client) => client.query<{ folder: string }>(`select current_setting('data_directory') as folder`))
  const log = join(rows[0]?.folder ?? '', '..', 'log')
  const before = readFileSync(log).length
  return () => [{ where: 'log of the database server', bytes: readFileSync(log).subarray(before) }]
}
