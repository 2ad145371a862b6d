// A town on a PostgreSQL of our own that syncs every commit, and a process of one with a pool of a given size.
import { rmSync } from 'node:fs'
import { type VirtualClock, virtualClock } from '#kernel/clock.ts'
import { type Ctx, systemActor } from '#kernel/context.ts'
import { type Database, openDatabase } from '#kernel/database/database.ts'
import { migrate } from '#kernel/database/migrate.ts'
import { type Installation, openInstallation } from '#kernel/installation/installation.ts'
import { integrate } from '#kernel/ledger/integrator.ts'
import { recordAudit } from '#kernel/ledger/nightly-audit.ts'
import { startWork } from '#kernel/work/work.ts'
import { fillTown, foundTown } from '../src/demo/found-town.ts'
import { demoTenant } from '../src/demo/town.ts'
import { type PostgresCluster, startPostgres, withDatabase } from '../tests/support/postgres.ts'
import { makeTemporaryFolder } from '../tests/support/temporary.ts'

export type BenchTown = { installation: Installation; database: Database; ctx: Ctx; clock: VirtualClock }

export type Bench = {
  cluster: PostgresCluster
  /** Runs `work` in an open town with `connections` connections and the background work of a real process. */
  withTown<T>(connections: number, work: (town: BenchTown) => Promise<T>): Promise<T>
  close(): Promise<void>
}

/** The day's audit stands in the log before the work begins: else it would run inside of the first figures, over leaves that have no events. */
async function noteAudit(ctx: Ctx, installation: Installation): Promise<void> {
  const signer = await installation.logOf(ctx.tenant)
  await recordAudit(ctx, { epoch: signer.epoch, size: signer.memory().size, cases: 0, events: 0, alarms: 0, erased: 0, findings: [] })
  while (await integrate(ctx.db, ctx.tenant, signer, ctx.clock));
}

const start = new Date('2026-03-02T09:00:00+08:00')

/** @throws Error when no PostgreSQL can be started. */
export async function openBench(): Promise<Bench> {
  const cluster = await startPostgres({ fsync: true, settings: ['shared_buffers=256MB'] })
  const dataDir = makeTemporaryFolder('bench')
  const url = withDatabase(cluster.url, 'postgres')
  const config = { dataDir, databaseUrl: url, baseUrl: 'http://127.0.0.1:3000', demo: true }
  const first = await openDatabase(config)
  await migrate(first)
  await foundTown(first, start)
  const founding = await openInstallation(config, virtualClock(start), first)
  await fillTown(await founding.ctxFor(demoTenant, systemActor('bench')))
  await founding.close()
  await first.close()
  return {
    cluster,
    async withTown(connections, work) {
      const database = await openDatabase({ ...config, poolSize: connections })
      const clock = virtualClock(start)
      const installation = await openInstallation(config, clock, database)
      await noteAudit(await installation.ctxFor(demoTenant, systemActor('bench')), installation)
      const running = startWork(installation)
      try {
        return await work({ installation, database, clock, ctx: await installation.ctxFor(demoTenant, systemActor('bench')) })
      } finally {
        await running.stop()
        await installation.close()
        await database.close()
      }
    },
    async close() {
      await cluster.stop()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}
