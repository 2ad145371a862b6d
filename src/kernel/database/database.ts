// One way to the database, whether PostgreSQL or the embedded PGlite. Everything but migrations, backup and restore
// runs as the application role, so that row-level security holds whatever a query forgets.
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Kysely, PostgresDialect, sql } from 'kysely'
import { Client, Pool, types } from 'pg'
import type { ClientBase, PoolClient, PoolConfig } from 'pg'
import { DomainError } from '#kernel/errors.ts'
import { takeLock } from './lock.ts'
import { startPglite } from './pglite-stream.ts'
import type { Bridge } from './pglite-stream.ts'

/** Queries are written with Kysely's `sql` tag and typed rows; a transaction is a `Db` too. */
export type Db = Kysely<unknown>

/**
 * `db` and `pool` run as the application role. Rows hold `date` as `YYYY-MM-DD`, `bigint` as a number, `numeric` as
 * text and `timestamptz` as `Date`. `owner` runs work as the connecting user: only migrations, backup and restore.
 * On PGlite there is one connection: `db` used inside `owner`, or outside the transaction one is in, fails after 10 s;
 * and PGlite does not interrupt a statement that takes longer than the 30 s that PostgreSQL grants.
 * `dump` is a tarball of the whole embedded database; PostgreSQL refuses it (use pg_dump).
 */
export type Database = {
  kind: 'pglite' | 'postgres'
  db: Db
  pool: Pool
  owner: <T>(work: (client: ClientBase) => Promise<T>) => Promise<T>
  dump: () => Promise<Uint8Array>
  close: () => Promise<void>
}

/** Neither owner of anything nor superuser, and nobody signs in as it. */
export const appRole = 'xiangli_app'

const oldestPostgres = 15
const checkoutMilliseconds = 10_000

/**
 * Opens PostgreSQL when `databaseUrl` is given, else PGlite in `dataDir`/database under the lock `dataDir`/lock.
 * `dump` fills an embedded database that does not exist yet. Throws `unavailable`: `database.locked`,
 * `database.unreadable`, `database.unreachable`, `database.too_old`; the first query throws `database.not_migrated`.
 */
export async function openDatabase(options: {
  dataDir: string
  databaseUrl?: string | undefined
  poolSize?: number
  dump?: Uint8Array
}): Promise<Database> {
  if (options.databaseUrl) return openPostgres(options.databaseUrl, options.poolSize ?? 10)
  await mkdir(options.dataDir, { recursive: true, mode: 0o700 })
  const release = takeLock(join(options.dataDir, 'lock'))
  try {
    return await openBridge(await startPglite({ folder: join(options.dataDir, 'database'), dump: options.dump }), release)
  } catch (error) {
    release()
    throw error
  }
}

/** PGlite in memory, from `dump` if given: for tests and for looking into a backup. */
export async function openMemoryDatabase(dump?: Uint8Array): Promise<Database> {
  return openBridge(await startPglite({ dump }))
}

/** A database over a running bridge; `released` is called once it is closed. */
export async function openBridge(bridge: Bridge, released: () => void = () => {}): Promise<Database> {
  await createEmbeddedRole(bridge)
  // One connection, kept: a second checkout then fails with a clear error instead of waiting for itself for ever.
  const pool = openPool({ stream: bridge.stream, max: 1, idleTimeoutMillis: 0, user: 'postgres', database: 'postgres' })
  return {
    kind: 'pglite',
    db: new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) }),
    pool,
    owner: (work) => asEmbeddedOwner(pool, work),
    dump: () => asEmbeddedOwner(pool, (client) => client.query('checkpoint').then(bridge.dump)),
    close: once(async () => {
      await pool.end()
      await bridge.close()
      released()
    }),
  }
}

async function openPostgres(databaseUrl: string, poolSize: number): Promise<Database> {
  await refuseOldPostgres(databaseUrl)
  const pool = openPool({ connectionString: databaseUrl, max: poolSize, idleTimeoutMillis: 30_000, keepAlive: true })
  return {
    kind: 'postgres',
    db: new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) }),
    pool,
    owner: (work) => asPostgresOwner(databaseUrl, work),
    dump: () => Promise.reject(new DomainError('invalid', 'database.dump_unsupported', 'Use pg_dump for PostgreSQL.')),
    close: once(() => pool.end()),
  }
}

function openPool(config: PoolConfig): Pool {
  const pool = new Pool({ ...config, types: rowTypes, connectionTimeoutMillis: checkoutMilliseconds, onConnect: becomeApplication })
  // An idle connection that breaks is thrown away by the pool, and the next query reports what is wrong.
  pool.on('error', () => {})
  // A client that is lent out has no listener of the pool's. A server that crashes between two of its queries must not end the process;
  // the next query of that client reports it.
  pool.on('connect', (client) => {
    client.on('error', () => {})
    nameHotStatements(client)
  })
  pool.on('release', discardOpenTransaction)
  return pool
}

/** The statements of every step: the server reads and plans each once for a connection, and by name from then on. */
const hotStatements = new Map([
  ['select load_step($1, $2, $3, $4) as found', 'load_step'],
  ['select load_step($1, id, null, $2) as found from unnest($3::uuid[]) id', 'load_steps'],
  ['select commit_step($1::jsonb)', 'commit_step'],
  ['select commit_step(value) from jsonb_array_elements($1::jsonb)', 'commit_steps'],
])

/** Longer ones, as the integrator's, begin with their name as a comment. A name has one text, always the same: `pg` refuses another. */
const ownName = /^\s*\/\*([a-z_]+)\*\//

function nameHotStatements(client: ClientBase): void {
  // The client's own function takes many shapes of arguments; only the shape that Kysely uses is looked at.
  const query: (...given: unknown[]) => unknown = client.query.bind(client)
  const named = (first: unknown, ...rest: unknown[]): unknown => {
    const name = typeof first === 'string' ? (hotStatements.get(first) ?? ownName.exec(first)?.[1]) : undefined
    return name === undefined || !Array.isArray(rest[0]) ? query(first, ...rest) : query({ name, text: first, values: rest[0] }, ...rest.slice(1))
  }
  Object.assign(client, { query: named })
}

/** A client given back in mid-transaction is closed, which rolls back: nobody inherits another's transaction or settings. */
function discardOpenTransaction(error: Error, client: PoolClient): void {
  if (!error && client.getTransactionStatus() !== 'I') void client.end()
}

async function becomeApplication(client: ClientBase): Promise<void> {
  try {
    await client.query(`set role ${appRole}; set time zone 'UTC'; set application_name = 'xiangli';
      set statement_timeout = '30s'; set lock_timeout = '10s'; set idle_in_transaction_session_timeout = '60s'`)
  } catch (cause) {
    if (sqlState(cause) === '22023') {
      throw new DomainError('unavailable', 'database.not_migrated', `The role ${appRole} does not exist: run the migrations first.`, { cause })
    }
    if (sqlState(cause) === '42501') {
      const message = `The database user may not act as ${appRole}. An administrator has to run: grant ${appRole} to <that user>;`
      throw new DomainError('unavailable', 'database.not_granted', message, { cause })
    }
    throw cause
  }
}

/** The embedded database is ours alone, so its role is there from the start. */
async function createEmbeddedRole(bridge: Bridge): Promise<void> {
  const client = new Client({ stream: bridge.stream, user: 'postgres', database: 'postgres' })
  try {
    await client.connect()
    await client.query(
      `do $$ begin if not exists (select from pg_roles where rolname = '${appRole}') then create role ${appRole} nologin; end if; end $$`,
    )
    await client.end()
  } catch (error) {
    await bridge.close()
    throw error
  }
}

async function asEmbeddedOwner<T>(pool: Pool, work: (client: ClientBase) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  try {
    await client.query('reset role; set statement_timeout = 0; set lock_timeout = 0; set idle_in_transaction_session_timeout = 0')
    return await work(client)
  } finally {
    // Closed, not returned: the bridge clears what the work left, and the next client sets its role anew.
    client.release(true)
  }
}

async function asPostgresOwner<T>(databaseUrl: string, work: (client: ClientBase) => Promise<T>): Promise<T> {
  const client = await connectPostgres(databaseUrl)
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

async function connectPostgres(databaseUrl: string): Promise<Client> {
  const client = new Client({
    connectionString: databaseUrl,
    types: rowTypes,
    application_name: 'xiangli owner',
    connectionTimeoutMillis: checkoutMilliseconds,
  })
  // A connection that breaks while idle must not end the process; the next query reports it.
  client.on('error', () => {})
  try {
    await client.connect()
    await client.query(`set time zone 'UTC'`)
    return client
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new DomainError('unavailable', 'database.unreachable', `PostgreSQL cannot be reached: ${why}.`, { cause })
  }
}

async function refuseOldPostgres(databaseUrl: string): Promise<void> {
  const version = await asPostgresOwner(databaseUrl, async (client) => {
    const { rows } = await client.query<{ version: number }>(`select current_setting('server_version_num')::int as version`)
    return Math.floor((rows[0]?.version ?? 0) / 10_000)
  })
  if (version >= oldestPostgres) return
  throw new DomainError('unavailable', 'database.too_old', `PostgreSQL ${oldestPostgres} or newer is needed; this server is ${version}.`)
}

const tenantPattern = /^[a-z][a-z0-9-]{1,40}$/
const attempts = 4

/**
 * Runs `work` in one transaction that sees only `tenant` (row-level security on `app.tenant`), joining the transaction
 * that `db` already is. A new transaction is tried again, up to four times, when it lost to another one (40001, 40P01):
 * so `work` must have no effect outside the database.
 */
export async function inTenant<T>(db: Db, tenant: string, work: (trx: Db) => Promise<T>): Promise<T> {
  if (!tenantPattern.test(tenant)) throw new DomainError('invalid', 'tenant.invalid', 'That is not the name of a town.')
  if (db.isTransaction) return joinTenant(db, tenant, work)
  for (let attempt = 1; ; attempt++) {
    try {
      return await db.transaction().execute(async (trx) => {
        await setTenant(trx, tenant)
        return work(trx)
      })
    } catch (error) {
      if (attempt === attempts || !isLostRace(error)) throw error
      await sleep(Math.random() * 20 * 2 ** attempt)
    }
  }
}

/** The setting lives as long as the outer transaction, so it may not change hands within one. */
async function joinTenant<T>(trx: Db, tenant: string, work: (trx: Db) => Promise<T>): Promise<T> {
  const { rows } = await sql<{ current: string | null }>`select current_setting('app.tenant', true) as current`.execute(trx)
  const current = rows[0]?.current || undefined
  if (current !== undefined && current !== tenant) throw new Error(`a transaction of tenant ${current} cannot work for ${tenant}`)
  if (current === tenant) return work(trx)
  await setTenant(trx, tenant)
  const result = await work(trx)
  await setTenant(trx, '')
  return result
}

const setTenant = (trx: Db, tenant: string) => sql`select set_config('app.tenant', ${tenant}, true)`.execute(trx)

const isLostRace = (error: unknown) => ['40001', '40P01'].includes(sqlState(error) ?? '')

/** The five-character SQLSTATE of a database error (PostgreSQL manual, appendix A), or undefined. */
export function sqlState(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

/** `pg` would read a date as local midnight and a bigint as text. */
const rowTypes: NonNullable<PoolConfig['types']> = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') => {
    if (format !== 'binary') {
      if (oid === types.builtins.DATE) return (text: string) => text
      if (oid === types.builtins.INT8) return toSafeInteger
    }
    return types.getTypeParser(oid, format)
    // The declared overloads pair each literal format with its parser; one function answers for both.
  }) as typeof types.getTypeParser,
}

function toSafeInteger(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value)) throw new RangeError(`bigint ${text} does not fit a JavaScript number; select it as text`)
  return value
}

function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined
  return () => (done ??= work())
}
