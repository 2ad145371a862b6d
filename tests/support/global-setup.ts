// Loaded once a run by `node --test --test-global-setup`: migrates one database, which every test file then copies.
// Test processes learn of it by environment variables, which they inherit.
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openDatabase, openMemoryDatabase } from '#kernel/database/database.ts'
import { migrate } from '#kernel/database/migrate.ts'
import { administer, newDatabaseName, startTestServer, testDatabaseKind } from './database.ts'
import { withDatabase } from './postgres.ts'
import { guard, makeTemporaryFolder } from './temporary.ts'

let clear: () => Promise<void> = () => Promise.resolve()

export async function globalSetup(): Promise<void> {
  clear = testDatabaseKind === 'postgres' ? await prepareServer() : await prepareDump()
}

export async function globalTeardown(): Promise<void> {
  await clear()
}

async function prepareDump(): Promise<() => Promise<void>> {
  const database = await openMemoryDatabase()
  try {
    await migrate(database)
    const folder = makeTemporaryFolder('dump')
    const callOff = guard(folder)
    const path = join(folder, 'migrated.tar')
    writeFileSync(path, await database.dump())
    process.env.XIANGLI_TEST_DUMP = path
    return () => {
      rmSync(folder, { recursive: true, force: true })
      callOff()
      return Promise.resolve()
    }
  } finally {
    await database.close()
  }
}

async function prepareServer(): Promise<() => Promise<void>> {
  const server = await startTestServer()
  try {
    const template = newDatabaseName()
    await administer(server.url, `create database ${template}`)
    const database = await openDatabase({ dataDir: '', databaseUrl: withDatabase(server.url, template) })
    await migrate(database).finally(() => database.close())
    process.env.XIANGLI_TEST_SERVER = server.url
    process.env.XIANGLI_TEST_TEMPLATE = template
    return async () => {
      await administer(server.url, `drop database ${template} with (force)`)
      await server.stop()
    }
  } catch (error) {
    await server.stop()
    throw error
  }
}
