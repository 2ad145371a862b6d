// Writes the whole database and the files folder into one file (format.ts), from one snapshot, while the program runs.
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import { createGzip, type Gzip } from 'node:zlib'
import type { ClientBase } from 'pg'
import type { Database } from '../database/database.ts'
import { DomainError } from '../errors.ts'
import { format, type FileLine } from './format.ts'
import { listTables, readApplied, readRows, readSequences } from './queries.ts'

export type BackupResult = { file: string; tables: number; rows: number; files: number }

const portion = 500

/**
 * Writes a backup to `file` whole or not at all, mode 0600. The keys are not in it: keep DATA_DIR/keys and
 * DATA_DIR/ledger apart, and no backup longer than 35 days, or its keys are gone (architecture rule 7).
 * @throws DomainError `backup.exists`, `backup.unwritable`.
 */
export async function writeBackup(database: Database, options: { file: string; dataDir: string; at: Date }): Promise<BackupResult> {
  await refuseExisting(options.file)
  const draft = `${options.file}.part`
  const writer = openWriter(draft)
  try {
    const result = await database.owner(async (client) => {
      await client.query('begin isolation level repeatable read read only')
      try {
        return await writeDatabase(client, writer, options.at)
      } finally {
        await client.query('rollback')
      }
    })
    // After the snapshot: a file that a row of it names was written before its row.
    const files = await writeFiles(join(options.dataDir, 'files'), writer)
    await writer.close({ end: true, counts: result.counts, files })
    await syncFile(draft)
    await rename(draft, options.file)
    const rows = Object.values(result.counts).reduce((sum, count) => sum + count, 0)
    return { file: options.file, tables: Object.keys(result.counts).length, rows, files }
  } catch (error) {
    await writer.abandon()
    await rm(draft, { force: true })
    throw error
  }
}

async function refuseExisting(file: string): Promise<void> {
  try {
    const handle = await open(`${file}.part`, 'w', 0o600)
    await handle.close()
  } catch (cause) {
    throw new DomainError('invalid', 'backup.unwritable', `${file} cannot be written: name a file in a folder that exists.`, { cause })
  }
  const there = await open(file, 'r').catch(() => undefined)
  if (!there) return
  await there.close()
  await rm(`${file}.part`, { force: true })
  throw new DomainError('conflict', 'backup.exists', `${file} is there already: a backup never replaces another.`)
}

async function writeDatabase(client: ClientBase, writer: Writer, at: Date): Promise<{ counts: Record<string, number> }> {
  // Texts must not depend on the server's settings.
  await client.query(
    `set local time zone 'UTC'; set local datestyle = 'ISO'; set local intervalstyle = 'postgres'; set local bytea_output = 'hex'; set local extra_float_digits = 1`,
  )
  await writer.line({ format, at: at.toISOString(), migrations: await readApplied(client) })
  const counts: Record<string, number> = {}
  for (const table of await listTables(client)) {
    counts[table.name] = 0
    await writer.line({ table: table.name, columns: table.columns })
    for await (const rows of readRows(client, table, portion)) {
      for (const row of rows) await writer.line(row)
      counts[table.name] = (counts[table.name] ?? 0) + rows.length
    }
  }
  for (const sequence of await readSequences(client)) await writer.line(sequence)
  return { counts }
}

async function writeFiles(folder: string, writer: Writer): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  let count = 0
  for (const entry of entries) {
    if (!entry.isFile() || entry.name.endsWith('.part')) continue
    const path = join(entry.parentPath, entry.name)
    const bytes = await readFile(path).catch(() => undefined)
    // Removed since the folder was listed: an expired draft's.
    if (!bytes) continue
    const line: FileLine = { file: path.slice(folder.length + 1).replaceAll('\\', '/'), bytes: bytes.toString('base64') }
    await writer.line(line)
    count++
  }
  return count
}

type Writer = {
  line(value: unknown): Promise<void>
  close(end: { end: true; counts: Record<string, number>; files: number }): Promise<void>
  abandon(): Promise<void>
}

function openWriter(path: string): Writer {
  const hash = createHash('sha256')
  const zip: Gzip = createGzip({ level: 6 })
  const target = createWriteStream(path, { mode: 0o600 })
  const done = finished(zip.pipe(target))
  done.catch(() => {})
  zip.on('error', (error) => target.destroy(error))
  target.on('error', (error) => zip.destroy(error))
  const write = async (text: string) => {
    if (!zip.write(text)) await Promise.race([once(zip, 'drain'), done])
  }
  return {
    async line(value) {
      const text = `${JSON.stringify(value)}\n`
      hash.update(text)
      await write(text)
    },
    async close(end) {
      await write(`${JSON.stringify({ ...end, sha256: hash.digest('hex') })}\n`)
      zip.end()
      await done
    },
    async abandon() {
      zip.destroy()
      target.destroy()
      await done.catch(() => {})
    },
  }
}

async function syncFile(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
