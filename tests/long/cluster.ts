// What the long figures share: a server of their own with a founded town.
import { systemClock } from '#kernel/clock.ts'
import { systemActor } from '#kernel/context.ts'
import { openDatabase } from '#kernel/database/database.ts'
import { migrate } from '#kernel/database/migrate.ts'
import { openInstallation } from '#kernel/installation/installation.ts'
import type { Evidence } from '../../bench/measure.ts'
import { fillTown, foundTown } from '../../src/demo/found-town.ts'
import { demoTenant } from '../../src/demo/town.ts'
import { administer } from '../support/database.ts'
import { type PostgresCluster, startPostgres, withDatabase } from '../support/postgres.ts'

export type Figure = Omit<Evidence, 'command'> & { findings: string[] }

export async function found(config: { dataDir: string; databaseUrl: string; baseUrl: string; demo: boolean }): Promise<void> {
  const database = await openDatabase(config)
  await migrate(database)
  await foundTown(database, systemClock.now())
  const installation = await openInstallation(config, systemClock, database)
  await fillTown(await installation.ctxFor(demoTenant, systemActor('test')))
  await installation.close()
  await database.close()
}

export async function withCluster<T>(options: { fsync: boolean }, work: (cluster: PostgresCluster) => Promise<T>): Promise<T> {
  const cluster = await startPostgres(options)
  try {
    await administer(cluster.url, 'create database town')
    return await work({ ...cluster, url: withDatabase(cluster.url, 'town') })
  } finally {
    await cluster.stop()
  }
}
