// A migrated database for one test file. XIANGLI_TEST_DATABASE says which kind: `pglite` (the default) or `postgres`.
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { Client } from 'pg'
import { openDatabase, openMemoryDatabase } from '#kernel/database/database.ts'
import type { Database } from '#kernel/database/database.ts'
import { migrate } from '#kernel/database/migrate.ts'
import { startPostgres, withDatabase } from './postgres.ts'

/** `url` is set on PostgreSQL: open it again for a second process's view. */
export type TestDatabase = { database: Database; url: string | undefined; close: () => Promise<void> }

export const testDatabaseKind: 'pglite' | 'postgres' = process.env.XIANGLI_TEST_DATABASE === 'postgres' ? 'postgres' : 'pglite'

/**
 * A database of its own with all migrations run. Under global-setup.ts it is a copy of the one migrated there;
 * a file run alone migrates for itself. Close it in `after`: an open one keeps the test process alive.
 */
export async function openTestDatabase(): Promise<TestDatabase> {
  const { XIANGLI_TEST_DUMP: dump, XIANGLI_TEST_SERVER: server, XIANGLI_TEST_TEMPLATE: template } = process.env
  if (testDatabaseKind === 'pglite' && dump !== undefined) return openInMemory(readFileSync(dump))
  if (testDatabaseKind === 'postgres' && server !== undefined && template !== undefined) return openCopy(server, template)
  const test = await openEmptyDatabase()
  await migrate(test.database)
  return test
}

/**
 * A copy of the database in which global-setup.ts founded a town, and the folder with its keys and files (to be copied too);
 * undefined for a file run alone.
 */
export async function openFoundedDatabase(): Promise<(TestDatabase & { folder: string }) | undefined> {
  const { XIANGLI_TEST_TOWN_DUMP: dump, XIANGLI_TEST_TOWN_FOLDER: folder } = process.env
  const { XIANGLI_TEST_SERVER: server, XIANGLI_TEST_TOWN_TEMPLATE: template } = process.env
  if (folder === undefined) return undefined
  if (testDatabaseKind === 'pglite') return dump === undefined ? undefined : { ...(await openInMemory(readFileSync(dump))), folder }
  return server === undefined || template === undefined ? undefined : { ...(await openCopy(server, template)), folder }
}

/** A database of its own without any migration: only for the tests of migrations themselves. */
export async function openEmptyDatabase(): Promise<TestDatabase> {
  if (testDatabaseKind === 'pglite') return openInMemory()
  if (process.env.XIANGLI_TEST_SERVER !== undefined) return openCopy(process.env.XIANGLI_TEST_SERVER, 'template1')
  const server = await startTestServer()
  const test = await openCopy(server.url, 'template1')
  return { ...test, close: () => test.close().then(server.stop) }
}

async function openInMemory(dump?: Uint8Array): Promise<TestDatabase> {
  const database = await openMemoryDatabase(dump)
  return { database, url: undefined, close: database.close }
}

async function openCopy(server: string, template: string): Promise<TestDatabase> {
  const name = newDatabaseName()
  await administer(server, `create database ${name} template ${template}`)
  const url = withDatabase(server, name)
  const database = await openDatabase({ dataDir: '', databaseUrl: url, poolSize: 5 })
  const close = () => database.close().then(() => administer(server, `drop database ${name} with (force)`))
  return { database, url, close }
}

/** The server that DATABASE_URL names, whose databases we only add to, or a cluster of our own. */
export async function startTestServer(): Promise<{ url: string; stop: () => Promise<void> }> {
  const url = process.env.DATABASE_URL
  return url === undefined ? startPostgres() : { url, stop: () => Promise.resolve() }
}

export const newDatabaseName = () => `xiangli_test_${randomBytes(6).toString('hex')}`

/** One order to a server, as the user of `url`. */
export async function administer(url: string, order: string): Promise<void> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(order)
  } finally {
    await client.end()
  }
}
