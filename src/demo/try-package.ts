// Plays the worked examples of a package on the whole kernel, with a database in memory and an invented town around it.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadCase } from '#kernel/cases/load-case.ts'
import { type VirtualClock, virtualClock } from '#kernel/clock.ts'
import { type Ctx, systemActor } from '#kernel/context.ts'
import { openMemoryDatabase } from '#kernel/database/database.ts'
import { migrate } from '#kernel/database/migrate.ts'
import { openInstallation } from '#kernel/installation/installation.ts'
import { listCaseFacts } from '#kernel/library/queries.ts'
import { compareCase, type Difference } from '#kernel/library/script.ts'
import type { PackageFiles } from '#kernel/procedures/load-package.ts'
import type { CaseExpectation, Example } from '#kernel/procedures/worked-examples.ts'
import { publishPackage } from '#kernel/procedures/packages.ts'
import { fillTown, foundTown } from './found-town.ts'
import { playExample } from './play-example.ts'
import { demoTenant } from './town.ts'

export type Tried = { example: string; title: string; differences: Difference[] }

type Stage = { ctx: Ctx; clock: VirtualClock; close(): Promise<void> }

/** Before any law of the library: examples set the clock themselves. */
const beginning = '2007-01-01T00:00:00+08:00'

/** `report` is told after each example. @throws `procedure.refused` with all findings. */
export async function tryPackage(files: PackageFiles, report: (tried: Tried) => void): Promise<void> {
  let stage = await openStage(files)
  try {
    const procedure = await publishPackage(stage.ctx, files, ['trial'], 'trial')
    for (const [name, example] of procedure.examples) {
      report({ example: name, title: example.title, differences: await tryOne(stage, procedure.slug, example) })
      // A notice that an example loads holds for everything after it.
      if (!example.steps.some((step) => step.do === 'import-holidays')) continue
      await stage.close()
      stage = await openStage(files)
      await publishPackage(stage.ctx, files, ['trial'], 'trial')
    }
  } finally {
    await stage.close()
  }
}

async function openStage(files: PackageFiles): Promise<Stage> {
  if (!files['procedure.json']) throw new Error('a package has procedure.json')
  const folder = await mkdtemp(join(tmpdir(), 'xiangli-trial-'))
  const database = await openMemoryDatabase()
  await migrate(database)
  const clock = virtualClock(new Date(beginning))
  const installation = await openInstallation({ dataDir: folder, baseUrl: 'http://127.0.0.1:3000', demo: true }, clock, database)
  await foundTown(database, clock.now())
  const ctx = await installation.ctxFor(demoTenant, systemActor('trial'))
  await fillTown(ctx)
  return {
    ctx,
    clock,
    async close() {
      await installation.close()
      await database.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function tryOne({ ctx, clock }: Stage, slug: string, example: Example): Promise<Difference[]> {
  try {
    clock.set(new Date(example.given.at))
    const { caseId } = await playExample(ctx, clock, slug, example)
    const { links } = await loadCase(ctx, caseId)
    const linked = await Promise.all(
      Object.entries(example.expect.linked ?? {}).map(async ([role, wanted]) => {
        const link = links.find((known) => known.role === role)
        return link
          ? compare(ctx, link.case_id, wanted, `expect/linked/${role}`)
          : [{ place: `expect/linked/${role}`, message: 'No case was opened.' }]
      }),
    )
    return [...(await compare(ctx, caseId, example.expect, 'expect')), ...linked.flat()]
  } catch (error) {
    return [{ place: 'steps', message: error instanceof Error ? error.message : String(error) }]
  }
}

async function compare(ctx: Ctx, caseId: string, wanted: CaseExpectation, place: string): Promise<Difference[]> {
  const { row, tasks, deadlines, documents } = await loadCase(ctx, caseId)
  const { events, escalated } = await listCaseFacts(ctx, caseId)
  const is = {
    active: tasks.map((task) => task.element),
    events: events.map((name) => ({ name })),
    limits: deadlines.map((limit) => ({ deadline: limit.deadline, due: limit.due_on, status: limit.status, provisional: limit.provisional })),
    documents: documents.map((document) => document.document),
    end: row.outcome,
  }
  const missing = (wanted.escalated ?? []).filter((one) => !escalated.includes(one))
  return [...compareCase(is, wanted, place), ...missing.map((one) => ({ place: `${place}/escalated`, message: `“${one}” was not reported.` }))]
}
