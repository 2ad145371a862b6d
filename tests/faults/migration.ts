// Ten thousand running cases go over to another version: each with its event, none with another limit, and who does not fit stays and is listed.
import { sql } from 'kysely'
import { completeTask } from '#kernel/cases/act.ts'
import { loadCase } from '#kernel/cases/load-case.ts'
import { openCase } from '#kernel/cases/open-case.ts'
import { type Actor, as, type Ctx } from '#kernel/context.ts'
import { inTenant } from '#kernel/database/database.ts'
import { dryRun, getMigration, planMigration, reviewMigration } from '#kernel/library/migration.ts'
import { listStays } from '#kernel/library/migration-queries.ts'
import { getPackageFiles, getProcedure, publishPackage } from '#kernel/procedures/packages.ts'
import { actorOf } from '../../src/demo/play-example.ts'
import type { BenchTown } from '../../bench/town.ts'
import { sampleFiling } from '../support/filing.ts'
import { renameElement } from '../support/rename-element.ts'

const slug = sampleFiling.procedure
/** Where the second version has another name: cases that stand there do not fit without a word in the plan. */
const [oldName, newName] = ['EnterNational', 'EnterSystem'] as const
const sideBySide = 4

export type MigrationSize = { cases: number; beyond: number }
export type MigrationFigure = { findings: string[]; figures: Record<string, number> }

const staff = (userId: string, duty: string): Actor => ({
  kind: 'staff',
  userId,
  name: userId,
  posts: [{ postId: duty, duty, organizationId: 'town', kind: 'own', acting: false }],
})

/** `beyond`: how many of the cases are registered first, and so stand where the new version has no element of that name. */
export async function migrateMany({ ctx }: BenchTown, size: MigrationSize): Promise<MigrationFigure> {
  const findings: string[] = []
  const expect = (what: string, is: number, wanted: number) => is === wanted || findings.push(`${what}: ${is}, expected ${wanted}`)
  const ids = await fileAll(ctx, size)
  const [author, head] = [as(ctx, staff('author', 'it-admin')), as(ctx, staff('head', 'town-head'))]
  const from = (await getProcedure(ctx, slug)).hash
  const to = await publishNext(ctx, from)
  const before = await limitsOf(ctx)
  const plan = { slug, from, to, moves: {}, reason: '环节改名', basis: '《信访工作条例》第十七条' }
  const [tried, dryRunSeconds] = await timed(() => dryRun(author, plan))
  expect('dry run, fits', tried.fits, size.cases - size.beyond)
  const first = await planMigration(author, plan)
  await reviewMigration(head, first.migration_id, true, '同意')
  const [, seconds] = await timed(() => untilDone(author, first.migration_id))
  expect('stays listed', (await listStays(author, first.migration_id)).length, size.beyond)
  expect('migrated', await eventsOf(ctx), size.cases - size.beyond)
  expect('on the new version', await runningOn(ctx, to), size.cases - size.beyond)
  const second = await planMigration(author, { ...plan, moves: { [oldName]: newName } })
  await reviewMigration(head, second.migration_id, true, '同意')
  await untilDone(author, second.migration_id)
  expect('migrated by the second plan', await eventsOf(ctx), size.cases)
  expect('left on the old version', await runningOn(ctx, from), 0)
  if ((await limitsOf(ctx)) !== before) findings.push('a limit changed')
  // The next act of a case that went over is an act of the new version.
  const row = await loadCase(ctx, ids[0] ?? '')
  if (!row.tasks.some((task) => task.element === newName)) findings.push(`no task ${newName}`)
  return { findings, figures: { ...size, dryRunSeconds, seconds, casesPerSecond: Math.round((size.cases - size.beyond) / seconds) } }
}

async function fileAll(ctx: Ctx, { cases, beyond }: MigrationSize): Promise<string[]> {
  const anonymous = as(ctx, { kind: 'anonymous' })
  const clerk = as(ctx, await actorOf(ctx, 'post:petition-clerk@petition-office', ''))
  const ids: string[] = []
  const numbers = Array.from({ length: cases }, (_, index) => index).values()
  const work = async () => {
    for (const index of numbers) {
      const { caseId } = await openCase(anonymous, { procedure: slug, data: sampleFiling.data })
      if (index >= beyond) continue
      ids.push(caseId)
      const [task] = (await loadCase(ctx, caseId)).tasks
      await completeTask(clerk, task?.task_id ?? '', { data: { category: 'claim', urgent: false, summary: '积水' } })
    }
  }
  await Promise.all(Array.from({ length: sideBySide }, work))
  return ids
}

async function publishNext(ctx: Ctx, from: string): Promise<string> {
  const files = renameElement(await getPackageFiles(ctx, from), oldName, newName)
  const manifest = (files['procedure.json'] ?? '')
    .replace(/"version": "[^"]*"/, '"version": "9.0.0"')
    .replace(/"from": "2022-05-01"\n/, '"from": "2026-03-02"\n')
  return (await publishPackage(ctx, { ...files, 'procedure.json': manifest }, ['author', 'head'], '环节改名')).hash
}

async function untilDone(ctx: Ctx, id: string): Promise<void> {
  while ((await getMigration(ctx, id)).status !== 'done') await new Promise((resolve) => setTimeout(resolve, 100))
}

async function timed<T>(work: () => Promise<T>): Promise<[T, number]> {
  const begun = performance.now()
  const made = await work()
  return [made, Number(((performance.now() - begun) / 1000).toFixed(1))]
}

/** One value of one row. */
async function one(ctx: Ctx, query: (tenant: string) => ReturnType<typeof sql<{ value: string }>>): Promise<string> {
  const { rows } = await inTenant(ctx.db, ctx.tenant, (trx) => query(ctx.tenant).execute(trx))
  return rows[0]?.value ?? ''
}

/** Every limit of every case, as one fingerprint: what it counts from, when it is due, and how it stands. */
const limitsOf = (ctx: Ctx) =>
  one(
    ctx,
    (tenant) => sql<{
      value: string
    }>`select md5(string_agg(row(case_id, deadline, instance, rule, start_on, due_on, due_at, calendar_version, pauses,
      extensions, status)::text, ';' order by case_id, deadline, instance)) as value from deadlines where tenant_id = ${tenant}`,
  )

const eventsOf = async (ctx: Ctx) =>
  Number(
    await one(
      ctx,
      (tenant) =>
        sql<{ value: string }>`select count(distinct case_id)::text as value from events where tenant_id = ${tenant} and type = 'case.migrated'`,
    ),
  )

const runningOn = async (ctx: Ctx, hash: string) =>
  Number(
    await one(
      ctx,
      (tenant) =>
        sql<{ value: string }>`select count(*)::text as value from cases where tenant_id = ${tenant} and package_hash = ${hash} and status = 'open'`,
    ),
  )
