// The figures at full size: npm run test:long [-- kill ledger-crash canary calendar walk visibility offline million migration attacks comments races steps].
// Each writes docs/evidence/<name>.json.
// Exit code 1 when anything was found.
import './support/on-postgres.ts'
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { join } from 'node:path'
import { virtualClock } from '#kernel/clock.ts'
import { systemActor } from '#kernel/context.ts'
import { openInstallation } from '#kernel/installation/installation.ts'
import { writeEvidence } from '../bench/measure.ts'
import { ensureAssets } from '../src/ui/build.ts'
import { demoTenant } from '../src/demo/town.ts'
import { dumpFolder, dumpTables, findCanaries } from './faults/canaries.ts'
import { releaseCanaries } from './faults/canary-channels.ts'
import { checkWalk } from './faults/check-walk.ts'
import { checkWriter } from './faults/check-writer.ts'
import { runAndKill } from './faults/kill.ts'
import { runLedgerCrash } from './faults/ledger-crash.ts'
import { type Figure, found, withCluster } from './long/cluster.ts'
import { migration, million, races, steps } from './long/work.ts'
import { randomFrom } from './faults/random.ts'
import { type PostgresCluster } from './support/postgres.ts'
import { makeTemporaryFolder } from './support/temporary.ts'
import { testDatabaseKind } from './support/database.ts'

const seed = 20_261_123

const figures: Record<string, () => Promise<Figure>> = {
  kill,
  'ledger-crash': ledgerCrash,
  canary,
  calendar,
  walk,
  visibility,
  million,
  migration,
  attacks,
  comments,
  offline,
  races,
  steps,
}
if (testDatabaseKind !== 'postgres') throw new Error('the long figures are taken on PostgreSQL')
const asked = process.argv.slice(2)
const wrong = asked.filter((name) => !Object.hasOwn(figures, name))
if (wrong.length > 0) throw new Error(`there is no figure ${wrong.join(', ')}: choose from ${Object.keys(figures).join(', ')}`)
for (const [name, take] of Object.entries(figures)) {
  if (asked.length > 0 && !asked.includes(name)) continue
  const begun = performance.now()
  const figure = await take()
  const seconds = Math.round((performance.now() - begun) / 1000)
  writeEvidence(name, { command: `npm run test:long -- ${name}`, ...figure, figures: { ...toObject(figure.figures), seconds } })
  process.stdout.write(
    `${name}: ${figure.failed} of ${figure.tried} failed, ${seconds} s\n${figure.findings.map((finding) => `  ${finding}\n`).join('')}`,
  )
  if (figure.failed !== 0) process.exitCode = 1
}

/** 200 filings and 200 completions under kill -9 of the process and crashes of the server, which syncs every commit. */
async function kill(): Promise<Figure> {
  return withCluster({ fsync: true }, async (cluster) => {
    const dataDir = makeTemporaryFolder('kill')
    const config = { dataDir, databaseUrl: cluster.url, baseUrl: 'http://127.0.0.1:3000', demo: false }
    try {
      await found(config)
      const workload = { seed, filings: 200, completions: 200 }
      const plan = { url: cluster.url, dataDir, workload, kills: 24, crashes: 6, crashDatabase: () => cluster.restart('immediate') }
      const result = await runAndKill(plan, randomFrom(seed))
      const after = await openInstallation(config)
      const findings = await checkWriter(await after.ctxFor(demoTenant, systemActor('test')), after, workload, result)
      await after.close()
      const { kills, crashes, starts, lostAnswers } = result
      if (kills < plan.kills || crashes < plan.crashes) findings.push(`only ${kills} kills and ${crashes} crashes fell into the work`)
      return {
        seed,
        tried: workload.filings + workload.completions,
        failed: findings.length,
        findings,
        figures: { kills, crashes, starts, lostAnswers },
      }
    } finally {
      rmSync(dataDir, { recursive: true, force: true })
    }
  })
}

/** Forty kills of writers and integrators and three crashes of the server: nothing acknowledged lost or doubled, no two logs. */
async function ledgerCrash(): Promise<Figure> {
  return withCluster({ fsync: true }, async (cluster) => {
    const dataDir = makeTemporaryFolder('ledger-crash')
    const config = { dataDir, databaseUrl: cluster.url, baseUrl: 'http://127.0.0.1:3000', demo: false }
    try {
      await found(config)
      const plan = { url: cluster.url, dataDir, kills: 40, crashes: 3, crashDatabase: () => cluster.restart('immediate') }
      const { findings, acknowledged, look: _look, ...figures } = await runLedgerCrash(plan, randomFrom(seed))
      return { seed, tried: acknowledged, failed: findings.length, findings, figures }
    } finally {
      rmSync(dataDir, { recursive: true, force: true })
    }
  })
}

/** Every channel once more; here the server's own files are looked through too: heaps, indexes, write-ahead log. */
async function canary(): Promise<Figure> {
  return withCluster({ fsync: true }, async (cluster) => {
    const dataDir = makeTemporaryFolder('canary')
    const config = { dataDir, databaseUrl: cluster.url, baseUrl: 'http://127.0.0.1:3000', demo: true }
    try {
      await found(config)
      const clock = virtualClock(new Date('2026-03-02T09:00:00+08:00'))
      const installation = await openInstallation(config, clock)
      const ctx = await installation.ctxFor(demoTenant, systemActor('test'))
      const released = await releaseCanaries({ installation, clock, ctx })
      await installation.database.owner((client) => client.query('checkpoint'))
      const tables = await installation.database.owner(dumpTables)
      await installation.close()
      const places = [...tables, ...dumpFolder(dataDir), ...dumpServer(cluster)]
      const sightings = findCanaries(places)
      const findings = sightings.map(({ canary: word, as, where }) => `${word} as ${as} in ${where}`)
      const megabytes = Math.round(places.reduce((sum, place) => sum + place.bytes.length, 0) / 1e6)
      return { tried: places.length, failed: findings.length, findings, figures: { ...released, megabytes } }
    } finally {
      rmSync(dataDir, { recursive: true, force: true })
    }
  })
}

function dumpServer(cluster: PostgresCluster) {
  const folder = join(decodeURIComponent(new URL(cluster.url).hostname), 'data')
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(
    (entry) => entry.isFile() && /base|pg_wal|global/.test(entry.parentPath),
  )
  return files.map((entry) => ({ where: `server ${entry.name}`, bytes: readFileSync(join(entry.parentPath, entry.name)) }))
}

/** Ten years of due dates against a naive walk over the days, 20,000 of them. */
async function calendar(): Promise<Figure> {
  const runs = 20_000
  const file = fileURLToPath(new URL('../src/kernel/deadlines/deadlines.property.test.ts', import.meta.url))
  const hook = fileURLToPath(new URL('../src/jsx-hook.js', import.meta.url))
  const { status, stdout } = spawnSync(process.execPath, ['--import', hook, '--test', '--test-reporter=tap', file], {
    encoding: 'utf8',
    env: { ...process.env, XIANGLI_PROPERTY_RUNS: String(runs) },
  })
  const findings = stdout.split('\n').filter((line) => /^\s*not ok/.test(line))
  const properties = stdout.split('\n').filter((line) => /^(not )?ok/.test(line)).length
  return {
    seed: 20_260_921,
    tried: runs,
    failed: status === 0 ? 0 : Math.max(1, findings.length),
    findings,
    figures: { properties, runsOfEach: runs },
  }
}

/** 300 matters of both procedures, worked on at random in ten towns, and the same acts in a twin of each. */
async function walk(): Promise<Figure> {
  const { openTestTown } = await import('./support/town.ts')
  const findings: string[] = []
  const towns = []
  for (let round = 0; round < 10; round++) {
    const [town, twin] = [await openTestTown(), await openTestTown()]
    try {
      const walked = await checkWalk(town, twin, { seed: seed + round, matters: 30, steps: 14 })
      findings.push(...walked.findings)
      towns.push(walked.figures)
    } finally {
      await town.close()
      await twin.close()
    }
  }
  return { seed, tried: towns.reduce((sum, figures) => sum + figures.cases, 0), failed: findings.length, findings, figures: { towns } }
}

/** 240 random cases in six towns on PostgreSQL, every actor and channel, against the oracle; in each town some cases also over HTTP. */
async function visibility(): Promise<Figure> {
  const { openTestTown } = await import('./support/town.ts')
  const { checkVisibility, fillGuild } = await import('./visibility/check.ts')
  await ensureAssets()
  const findings: string[] = []
  const done = { cases: 0, checks: 0, answersOverHttp: 0 }
  const posts = ['agriculture-handler', 'mediator-one', 'informer-desk', 'supervisor', 'county-review-officer', 'shishang-officer'] as const
  for (let round = 0; round < 6; round++) {
    const town = await openTestTown('2026-03-02T09:00:00+08:00')
    try {
      await fillGuild(town, posts)
      const result = await checkVisibility(town, { seed: seed + round, cases: 40, files: 8, http: { posts, cases: 6 } })
      findings.push(...new Set(result.findings))
      done.cases += result.cases
      done.checks += result.checks
      done.answersOverHttp += result.answers
    } finally {
      await town.close()
    }
  }
  return { seed, tried: done.checks + done.answersOverHttp, failed: findings.length, findings, figures: done }
}

/** Every attack by name on both databases; writes docs/security-tests.md. */
async function attacks(): Promise<Figure> {
  const { tried, findings, figures } = await (await import('./security/report.ts')).runAndReport()
  return { tried, failed: findings.length, findings, figures }
}

/** 10,000 comments on one decision on PostgreSQL: p95 of each page under 100 ms, all found, grouped and listed. */
async function comments(): Promise<Figure> {
  const { openTestTown } = await import('./support/town.ts')
  const { takeComments } = await import('./faults/comments.ts')
  const town = await openTestTown('2026-03-02T09:00:00+08:00')
  try {
    const { figures: taken, findings } = await takeComments(town, 10_000, 60)
    return { tried: Object.keys(taken.pages).length * 60, failed: findings.length, findings, figures: taken }
  } finally {
    await town.close()
  }
}

/** 200 visits with three photos each from a real browser without a signal, over a line that breaks, and sent once more. */
async function offline(): Promise<Figure> {
  const { openTestTown } = await import('./support/town.ts')
  const { runVisits } = await import('./support/field-visits.ts')
  const { openBrowser } = await import('./support/browser.ts')
  await ensureAssets()
  const town = await openTestTown()
  const browser = await openBrowser()
  try {
    const { findings, ...figures } = await runVisits(town, browser, 200, randomFrom(seed))
    return { seed, tried: figures.surveys, failed: findings.length, findings, figures }
  } finally {
    await browser.close()
    await town.close()
  }
}

function toObject(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {}
}
