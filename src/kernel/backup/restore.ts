// Brings a backup into an empty database of either kind, and its files into an empty folder.
import { copyFile, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ClientBase } from 'pg'
import type { Database } from '../database/database.ts'
import { migrate } from '../database/migrate.ts'
import { DomainError } from '../errors.ts'
import { checkBackup, damaged, type EndLine, type Header, readLines, type Row } from './format.ts'
import { countRows, isEmpty, readApplied, type Table, writeRows, writeSequence } from './queries.ts'

export type RestoreResult = { at: string; tables: number; rows: number; files: number; migrated: string[] }

const migrationsFolder = fileURLToPath(new URL('../database/migrations', import.meta.url))
const portion = 500
/** Text of one portion at most, so that a few large rows do not fill the memory. */
const portionLength = 16 * 1024 * 1024

/**
 * Checks the whole file, brings the empty database to the backup's migrations, loads all of it in one transaction,
 * compares counts, and then runs the migrations that are newer than the backup. Whether the log may go on is decided
 * when it is opened: an older backup than what was signed is refused there (ledger.rollback).
 * @throws DomainError `backup.damaged`, `backup.unreadable`, `backup.newer`, `restore.not_empty`, `restore.files_not_empty`.
 */
export async function restoreBackup(database: Database, options: { file: string; dataDir: string }): Promise<RestoreResult> {
  const { header, end } = await checkBackup(options.file)
  const files = join(options.dataDir, 'files')
  if ((await readdir(files).catch(() => [])).length > 0)
    throw new DomainError('conflict', 'restore.files_not_empty', `${files} is not empty: move it away first. Nothing was restored.`)
  if (!(await database.owner(isEmpty)))
    throw new DomainError('conflict', 'restore.not_empty', 'The database is not empty: restore into a new one. Nothing was restored.')
  await migrateTo(database, header)
  await database.owner(async (client) => {
    await client.query('begin')
    try {
      await loadAll(client, options.file, files)
      await compareCounts(client, end)
      await client.query('commit')
    } catch (error) {
      await client.query('rollback')
      await rm(files, { recursive: true, force: true })
      throw error
    }
  })
  const migrated = await migrate(database)
  const rows = Object.values(end.counts).reduce((sum, count) => sum + count, 0)
  return { at: header.at, tables: Object.keys(end.counts).length, rows, files: end.files, migrated }
}

/** Runs exactly the migrations that the backup had. */
async function migrateTo(database: Database, { migrations }: Header): Promise<void> {
  const known = await readdir(migrationsFolder)
  const unknown = migrations.find(({ name }) => !known.includes(`${name}.sql`))
  if (unknown) throw newer(unknown.name)
  const folder = await mkdtemp(join(tmpdir(), 'xiangli-migrations-'))
  try {
    for (const { name } of migrations) await copyFile(join(migrationsFolder, `${name}.sql`), join(folder, `${name}.sql`))
    await migrate(database, folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  const applied = await database.owner(readApplied)
  const other = migrations.find(({ name, sha256 }) => applied.find((row) => row.name === name)?.sha256 !== sha256)
  if (other) throw newer(other.name)
}

const newer = (name: string) =>
  new DomainError(
    'invalid',
    'backup.newer',
    `The backup was made with migration ${name}, which this version does not have in that form: install the version that wrote it.`,
  )

/** The open table and its rows that wait to be written. */
type Portion = { table: Table | undefined; rows: Row[]; length: number }

async function loadAll(client: ClientBase, file: string, filesFolder: string): Promise<void> {
  const open: Portion = { table: undefined, rows: [], length: 0 }
  for await (const { text, line } of readLines(file)) {
    if (line.kind === 'row') await addRow(client, open, line.value, text.length)
    else await flush(client, open)
    if (line.kind === 'table') open.table = { name: line.value.table, columns: checkTypes(line.value.columns) }
    if (line.kind === 'sequence') await writeSequence(client, line.value)
    if (line.kind === 'file') await writeOne(join(filesFolder, line.value.file), Buffer.from(line.value.bytes, 'base64'))
  }
}

/** A type is put into a statement as it stands. */
function checkTypes(columns: Table['columns']): Table['columns'] {
  if (columns.some(({ type }) => !/^[a-z][a-z0-9 (),]*(\[\])?$/.test(type))) throw damaged('a column has an unknown type')
  return columns
}

async function addRow(client: ClientBase, open: Portion, row: Row, length: number): Promise<void> {
  if (!open.table || row.length !== open.table.columns.length) throw damaged('a row does not fit its table')
  open.rows.push(row)
  open.length += length
  if (open.rows.length >= portion || open.length >= portionLength) await flush(client, open)
}

async function flush(client: ClientBase, open: Portion): Promise<void> {
  if (open.table && open.rows.length > 0) await writeRows(client, open.table, open.rows)
  open.rows = []
  open.length = 0
}

async function writeOne(path: string, bytes: Buffer): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  await writeFile(path, bytes, { mode: 0o600, flag: 'wx' })
}

async function compareCounts(client: ClientBase, end: EndLine): Promise<void> {
  for (const [name, count] of Object.entries(end.counts)) {
    const found = await countRows(client, name)
    if (found !== count) throw damaged(`${name} has ${found} rows instead of ${count}`)
  }
}
