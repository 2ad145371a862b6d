// Brings a database to the shape this code needs: migrations/NNNN-name.sql, in order, forward only.
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ClientBase } from 'pg'
import { DomainError } from '#kernel/errors.ts'
import { appRole, sqlState } from './database.ts'
import type { Database } from './database.ts'

type Migration = { number: number; name: string; text: string; sha256: string }
type Applied = { number: number; name: string; sha256: string }

const ownFolder = fileURLToPath(new URL('./migrations', import.meta.url))
/** What the program runs as, and what owns the keys of the cases. */
const roles = [appRole, 'xiangli_keys']
/** Any fixed number will do: it only has to be the same in every process. */
const lockNumber = 7_139_204_116

/**
 * Runs what is missing and returns the names of what was run, each in one transaction. Two processes may call it at
 * once. Throws `unavailable`: `database.migration_changed`, `database.newer`, `database.migration_out_of_order`,
 * `database.rights_missing` (with the SQL for an administrator), `database.migration_failed`.
 */
export async function migrate(database: Database, folder: string = ownFolder): Promise<string[]> {
  const migrations = await readMigrations(folder)
  return database.owner(async (client) => {
    await client.query('select pg_advisory_lock($1)', [lockNumber])
    try {
      await createRoles(client)
      await createTable(client)
      const run: string[] = []
      for (const migration of findPending(migrations, await readApplied(client))) {
        if (await runMigration(client, migration)) run.push(migration.name)
      }
      return run
    } finally {
      await client.query('select pg_advisory_unlock($1)', [lockNumber])
    }
  })
}

/** The names of the migrations that this database still lacks; the same refusals as `migrate`. */
export async function pendingMigrations(database: Database, folder: string = ownFolder): Promise<string[]> {
  const migrations = await readMigrations(folder)
  const applied = await database.owner(async (client) => {
    const { rows } = await client.query<{ there: boolean }>(`select to_regclass('schema_migrations') is not null as there`)
    return rows[0]?.there ? readApplied(client) : []
  })
  return findPending(migrations, applied).map((migration) => migration.name)
}

async function readMigrations(folder: string): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort()
  const migrations = await Promise.all(names.map((name) => readMigration(folder, name)))
  const numbers = new Set(migrations.map((migration) => migration.number))
  if (numbers.size !== migrations.length) throw new Error(`two migrations in ${folder} have the same number`)
  return migrations
}

async function readMigration(folder: string, file: string): Promise<Migration> {
  if (!/^\d{4}-[a-z0-9-]+\.sql$/.test(file)) throw new Error(`a migration is named NNNN-name.sql, not ${file}`)
  // A checkout may have changed the line ends; that changes nothing for the database.
  const text = (await readFile(join(folder, file), 'utf8')).replaceAll('\r\n', '\n')
  return { number: Number(file.slice(0, 4)), name: file.slice(0, -'.sql'.length), text, sha256: createHash('sha256').update(text).digest('hex') }
}

/**
 * Before the first migration, because roles need more rights than tables: an administrator may have made them already.
 * They belong to the whole cluster, so another database's migration may be creating them at the same time.
 */
async function createRoles(client: ClientBase): Promise<void> {
  const { rows } = await client.query<{ order: string }>(
    `with wanted as (
       select name, oid from unnest($1::text[]) as w (name) left join pg_roles on rolname = name)
     select format('create role %I nologin', name) as order from wanted where oid is null
     union all
     select format('grant %I to %I', name, current_user) from wanted where oid is null or not pg_has_role(current_user, oid, 'member')`,
    [roles],
  )
  for (const [index, { order }] of rows.entries()) {
    const missing = rows.slice(index).map((row) => `${row.order};`)
    await orderRole(client, order, missing.join(' '))
  }
}

async function orderRole(client: ClientBase, order: string, missing: string): Promise<void> {
  try {
    await client.query(order)
  } catch (cause) {
    // duplicate_object, or the unique violation of two at once
    if (['42710', '23505'].includes(sqlState(cause) ?? '')) return
    if (sqlState(cause) !== '42501') throw cause
    throw rightsMissing(`An administrator of PostgreSQL has to run: ${missing}`, cause)
  }
}

async function createTable(client: ClientBase): Promise<void> {
  try {
    await client.query(`create table if not exists schema_migrations (
      number int primary key, name text not null, sha256 text not null, applied_at timestamptz not null default now())`)
  } catch (cause) {
    if (sqlState(cause) !== '42501') throw cause
    const { rows } = await client.query<{ name: string }>('select quote_ident(current_user) as name')
    throw rightsMissing(`An administrator of PostgreSQL has to run: grant create, usage on schema public to ${rows[0]?.name};`, cause)
  }
}

async function readApplied(client: ClientBase): Promise<Applied[]> {
  const { rows } = await client.query<Applied>('select number, name, sha256 from schema_migrations order by number')
  return rows
}

function findPending(migrations: Migration[], applied: Applied[]): Migration[] {
  const known = new Map(migrations.map((migration) => [migration.number, migration]))
  for (const row of applied) refuseDifference(row, known.get(row.number))
  const last = applied.at(-1)
  const pending = migrations.filter((migration) => !applied.some((row) => row.number === migration.number))
  const late = pending.find((migration) => last !== undefined && migration.number < last.number)
  if (late) {
    throw refuse(
      'database.migration_out_of_order',
      `Migration ${late.name} is older than ${last?.name}, which has already run. Give it the next number.`,
    )
  }
  return pending
}

function refuseDifference(row: Applied, migration: Migration | undefined): void {
  if (!migration) {
    throw refuse(
      'database.newer',
      `The database has migration ${row.name}, which this version does not know. Install the version that wrote it, or a newer one.`,
    )
  }
  if (migration.sha256 === row.sha256) return
  throw refuse(
    'database.migration_changed',
    `Migration ${row.name} was changed after it had run here. Put its text back and write a new migration for the change.`,
  )
}

/** False when another process has run it meanwhile. The number goes in first, so that the loser of a race waits for the winner. */
async function runMigration(client: ClientBase, migration: Migration): Promise<boolean> {
  await client.query('begin')
  try {
    const mine = await client.query('insert into schema_migrations (number, name, sha256) values ($1, $2, $3) on conflict do nothing', [
      migration.number,
      migration.name,
      migration.sha256,
    ])
    if (mine.rowCount === 1) await client.query(migration.text)
    if (client.getTransactionStatus() !== 'T') throw new Error('a migration may not begin or end a transaction itself')
    await client.query('commit')
    return mine.rowCount === 1
  } catch (cause) {
    await client.query('rollback')
    throw explain(migration, cause)
  }
}

function explain(migration: Migration, cause: unknown): DomainError {
  const message = cause instanceof Error ? cause.message : String(cause)
  if (sqlState(cause) === '42501') {
    return rightsMissing(
      `Migration ${migration.name} is refused (${message}). An administrator of PostgreSQL has to run the order at ${place(migration, cause)}.`,
      cause,
    )
  }
  return refuse(
    'database.migration_failed',
    `Migration ${migration.name} failed at ${place(migration, cause)}: ${message}. Nothing of it was kept.`,
    cause,
  )
}

/** The line of the file that the server complains about, if it says. */
function place(migration: Migration, cause: unknown): string {
  const position = cause instanceof Error && 'position' in cause ? Number(cause.position) : Number.NaN
  if (Number.isNaN(position)) return `${migration.name}.sql`
  return `${migration.name}.sql line ${migration.text.slice(0, position).split('\n').length}`
}

const refuse = (code: string, message: string, cause?: unknown) => new DomainError('unavailable', code, message, { cause })
const rightsMissing = (message: string, cause: unknown) => refuse('database.rights_missing', message, cause)
