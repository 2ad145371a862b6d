// Loaded once a run by `node --test --test-global-setup`: migrates one database and founds one town, which test files then copy.
// Test processes learn of it by environment variables, which they inherit.
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { virtualClock } from '#kernel/clock.ts'
import { type Database, openDatabase, openMemoryDatabase } from '#kernel/database/database.ts'
import { migrate } from '#kernel/database/migrate.ts'
import { administer, newDatabaseName, startTestServer, testDatabaseKind } from './database.ts'
import { withDatabase } from './postgres.ts'
import { guard, makeTemporaryFolder } from './temporary.ts'
import { defaultTown, openTownOn } from './town.ts'

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
    const { folder, remove } = guardedFolder()
    const migrated = join(folder, 'migrated.tar')
    writeFileSync(migrated, await database.dump())
    process.env.XIANGLI_TEST_DUMP = migrated
    await foundTemplate(database, folder)
    const founded = join(folder, 'founded.tar')
    writeFileSync(founded, await database.dump())
    process.env.XIANGLI_TEST_TOWN_DUMP = founded
    return remove
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
    const founded = newDatabaseName()
    await administer(server.url, `create database ${founded} template ${template}`)
    const { folder, remove } = guardedFolder()
    const town = await openDatabase({ dataDir: '', databaseUrl: withDatabase(server.url, founded) })
    await foundTemplate(town, folder).finally(() => town.close())
    process.env.XIANGLI_TEST_TOWN_TEMPLATE = founded
    return async () => {
      for (const name of [template, founded]) await administer(server.url, `drop database ${name} with (force)`)
      await server.stop()
      await remove()
    }
  } catch (error) {
    await server.stop()
    throw error
  }
}

/** A founded town in `database`, a minute before any test begins; what it keeps in files stays in `folder`/town. */
async function foundTemplate(database: Database, folder: string): Promise<void> {
  const dataDir = join(folder, 'town')
  const installation = await openTownOn(database, dataDir, virtualClock(new Date(new Date(defaultTown.at).getTime() - 60_000)), defaultTown)
  await installation.close()
  process.env.XIANGLI_TEST_TOWN_FOLDER = dataDir
}

function guardedFolder(): { folder: string; remove: () => Promise<void> } {
  const folder = makeTemporaryFolder('dump')
  const callOff = guard(folder)
  const remove = () => {
    rmSync(folder, { recursive: true, force: true })
    callOff()
    return Promise.resolve()
  }
  return { folder, remove }
}
