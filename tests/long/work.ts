// Long figures of the work of cases: races, random diagrams, a million cases, ten thousand that go over to a new version.
import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { virtualClock } from '#kernel/clock.ts'
import { systemActor } from '#kernel/context.ts'
import { openInstallation } from '#kernel/installation/installation.ts'
import { openBench } from '../../bench/town.ts'
import { demoTenant } from '../../src/demo/town.ts'
import { migrateMany } from '../faults/migration.ts'
import { explainMillion } from '../faults/million.ts'
import { runRaces } from '../faults/races.ts'
import { openClub } from '../support/club.ts'
import { makeTemporaryFolder } from '../support/temporary.ts'
import { type Figure, found, withCluster } from './cluster.ts'

/** 10,000 races of two processes on PostgreSQL: the same task, two tasks, a timer against a message and against a completion. */
export async function races(): Promise<Figure> {
  return withCluster({ fsync: false }, async (cluster) => {
    const dataDir = makeTemporaryFolder('races')
    const config = { dataDir, databaseUrl: cluster.url, baseUrl: 'http://127.0.0.1:3000', demo: true }
    try {
      await found(config)
      const installation = await openInstallation(config, virtualClock(new Date('2026-03-02T09:00:00+08:00')))
      const ctx = await installation.ctxFor(demoTenant, systemActor('test'))
      await openClub(ctx)
      const rounds = Number(process.env.XIANGLI_RACE_ROUNDS ?? 2500)
      const { findings, ...taken } = await runRaces(ctx, cluster.url, dataDir, rounds)
      await installation.close()
      return {
        tried: Object.values(taken.races).reduce((sum, count) => sum + count, 0),
        failed: findings.length,
        findings: [...new Set(findings)],
        figures: taken,
      }
    } finally {
      rmSync(dataDir, { recursive: true, force: true })
    }
  })
}

/** Random diagrams in the database, 200 on each of the two. */
export async function steps(): Promise<Figure> {
  const runs = 200
  const path = (file: string) => fileURLToPath(new URL(file, import.meta.url))
  const order = ['--disable-warning=ExperimentalWarning', '--import', path('../../src/jsx-hook.js'), '--test', '--test-reporter=tap']
  const findings = ['pglite', 'postgres'].flatMap((kind) => {
    const env = { ...process.env, XIANGLI_PROPERTY_RUNS: String(runs), XIANGLI_TEST_DATABASE: kind }
    const setup = `--test-global-setup=${path('../support/global-setup.ts')}`
    const { status, stdout } = spawnSync(process.execPath, [...order, setup, path('../../src/kernel/cases/steps.property.test.ts')], {
      encoding: 'utf8',
      env,
    })
    return status === 0 ? [] : [`${kind}: ${stdout.slice(-2000)}`]
  })
  return { tried: 2 * runs, failed: findings.length, findings, figures: { runs } }
}

/** Plans over a million cases: no query that people wait for may read a whole table. */
export async function million(): Promise<Figure> {
  const bench = await openBench()
  try {
    const size = { cases: 1_000_000, open: 20_000 }
    const explained = await bench.withTown(4, (town) => explainMillion(town, size))
    const findings = explained
      .filter((row) => row.wholeTables.length > 0 || row.indexes.length === 0)
      .filter((row) => row.query !== 'one case')
      .map((row) => `${row.query}: reads the whole of ${row.wholeTables.join(', ') || 'a table'}`)
    console.table(
      explained.map(({ query, milliseconds, buffers, indexes, wholeTables }) => ({
        query,
        milliseconds,
        buffers,
        indexes: indexes.join(' '),
        wholeTables: wholeTables.join(' '),
      })),
    )
    return { tried: explained.length, failed: findings.length, findings, figures: { ...size, explained } }
  } finally {
    await bench.close()
  }
}

/** 10,000 running cases by two reviewed plans: 50 of them do not fit the first. */
export async function migration(): Promise<Figure> {
  const bench = await openBench()
  try {
    const size = { cases: 10_000, beyond: 50 }
    const { findings, figures } = await bench.withTown(8, (town) => migrateMany(town, size))
    return { tried: size.cases, failed: findings.length, findings, figures }
  } finally {
    await bench.close()
  }
}
