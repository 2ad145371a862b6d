// A backup is gzip (RFC 1952) over JSON lines (RFC 8259), the same for PGlite and PostgreSQL:
//   {"format":"xiangli-backup/1","at":…,"migrations":[{number,name,sha256}…]}
//   {"table":"public.cases","columns":[{"name","type"}…]}   then one array of texts or nulls for each row
//   {"sequence":"public.x_seq","last":"42","called":true}
//   {"file":"qingxi/ab/<id>","bytes":"<base 64>"}           an encrypted file of a case
//   {"end":true,"counts":{"public.cases":1,…},"files":1,"sha256":"<hex over all lines before this one>"}
// The keys (DATA_DIR/keys, DATA_DIR/ledger) are never in it: kept together, a stolen backup would be readable.
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { createGunzip } from 'node:zlib'
import * as z from 'zod'
import { DomainError } from '../errors.ts'

export const format = 'xiangli-backup/1'

const migration = z.strictObject({ number: z.number().int(), name: z.string(), sha256: z.string() })
const header = z.strictObject({ format: z.literal(format), at: z.iso.datetime(), migrations: z.array(migration) })
const name = /^[a-z_]+\.[a-z0-9_]+$/
const table = z.strictObject({
  table: z.string().regex(name),
  columns: z.array(z.strictObject({ name: z.string().regex(/^[a-z0-9_]+$/), type: z.string() })),
})
const sequence = z.strictObject({ sequence: z.string().regex(name), last: z.string().regex(/^-?\d+$/), called: z.boolean() })
/** As src/kernel/files/file-store.ts names them: nothing in it leads out of the folder. */
const file = z.strictObject({ file: z.string().regex(/^[a-z0-9-]{1,64}\/[a-z0-9-]{2}\/[a-z0-9-]{1,64}$/), bytes: z.base64() })
const end = z.strictObject({ end: z.literal(true), counts: z.record(z.string(), z.number().int()), files: z.number().int(), sha256: z.string() })
const row = z.array(z.string().nullable())

export type Header = z.infer<typeof header>
export type TableLine = z.infer<typeof table>
export type SequenceLine = z.infer<typeof sequence>
export type FileLine = z.infer<typeof file>
export type EndLine = z.infer<typeof end>
export type Row = z.infer<typeof row>

export type Line =
  | { kind: 'header'; value: Header }
  | { kind: 'table'; value: TableLine }
  | { kind: 'sequence'; value: SequenceLine }
  | { kind: 'file'; value: FileLine }
  | { kind: 'end'; value: EndLine }
  | { kind: 'row'; value: Row }

/** Reads one line strictly. @throws `backup.damaged`. */
export function parseLine(text: string): Line {
  const value = parseJson(text)
  if (Array.isArray(value)) return { kind: 'row', value: take(row, value) }
  if (typeof value !== 'object' || value === null) throw damaged('a line is neither a row nor a heading')
  if ('format' in value) return { kind: 'header', value: take(header, value) }
  if ('table' in value) return { kind: 'table', value: take(table, value) }
  if ('sequence' in value) return { kind: 'sequence', value: take(sequence, value) }
  if ('file' in value) return { kind: 'file', value: take(file, value) }
  return { kind: 'end', value: take(end, value) }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw damaged('a line is not JSON', cause)
  }
}

function take<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const read = schema.safeParse(value)
  if (!read.success) throw damaged('a line is not of the form it should have')
  return read.data
}

/** The lines of a backup, with the texts that the trailer's hash is over. @throws `backup.damaged` `backup.unreadable`. */
export async function* readLines(path: string): AsyncGenerator<{ text: string; line: Line }> {
  const source = createReadStream(path)
  const unzip = createGunzip()
  // readline says nothing of errors below it: they are kept and thrown at the end.
  let failure: unknown
  source.on('error', (error) => unzip.destroy(error))
  unzip.on('error', (error) => {
    failure = error
  })
  const lines = createInterface({ input: source.pipe(unzip), crlfDelay: Number.POSITIVE_INFINITY })
  try {
    for await (const text of lines) yield { text, line: parseLine(text) }
  } catch (error) {
    failure ??= error
  } finally {
    lines.close()
    source.destroy()
  }
  if (failure instanceof DomainError) throw failure
  if (failure instanceof Error && 'code' in failure && (failure.code === 'ENOENT' || failure.code === 'EACCES' || failure.code === 'EISDIR'))
    throw new DomainError('invalid', 'backup.unreadable', `${path} cannot be read (${String(failure.code)}).`)
  if (failure) throw damaged('it ends in the middle', failure)
}

/** Reads the whole file once: its trailer must fit all lines before it. Returns header and trailer. @throws `backup.damaged`. */
export async function checkBackup(path: string): Promise<{ header: Header; end: EndLine }> {
  const hash = createHash('sha256')
  const counts = new Map<string, number>()
  let files = 0
  let first: Header | undefined
  let last: EndLine | undefined
  let current = ''
  for await (const { text, line } of readLines(path)) {
    if (last) throw damaged('something follows its end')
    if (!first && line.kind !== 'header') throw damaged('it does not begin with its header')
    if (line.kind === 'end') last = line.value
    else hash.update(`${text}\n`)
    if (line.kind === 'header') first = line.value
    if (line.kind === 'file') files++
    if (line.kind === 'table') counts.set((current = line.value.table), 0)
    if (line.kind === 'row') counts.set(current, (counts.get(current) ?? 0) + 1)
  }
  if (!first || !last) throw damaged('its end is missing')
  if (last.sha256 !== hash.digest('hex')) throw damaged('its content was changed')
  const wanted = Object.entries(last.counts)
  if (files !== last.files || wanted.length !== counts.size || wanted.some(([of, count]) => counts.get(of) !== count))
    throw damaged('its counts are wrong')
  return { header: first, end: last }
}

export const damaged = (what: string, cause?: unknown) =>
  new DomainError('invalid', 'backup.damaged', `This backup cannot be used: ${what}. Nothing was restored.`, { cause })
