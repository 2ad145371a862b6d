// Running cases go over to a new version only by a plan: drawn up with a reason and a legal basis, tried on every running case,
// reviewed by a second person, then carried out case by case in the background.
import { as, type Ctx, systemActor } from '../context.ts'
import { conflict, forbidden, invalid, notFound } from '../errors.ts'
import type { Moves } from '../engine/refit.ts'
import { isUuid, uuidv7 } from '../ids.ts'
import { getPackage } from '../procedures/packages.ts'
import { enqueueJob, type Job, type Report } from '../work/jobs.ts'
import { authorOf, checkLibraryAct, toReason } from './drafts.ts'
import { type Explored, fit, migrateCase, type Versions } from './migration-case.ts'
import {
  countOutcomes,
  type DryRun,
  findMigration,
  insertMigration,
  type LiveCase,
  listLiveCases,
  type MigrationRow,
  type StayedCase,
  writeReview,
  writeRun,
  writeStays,
} from './migration-queries.ts'

export type { DryRun, MigrationRow } from './migration-queries.ts'

export const migrationKind = 'migrate-cases'
const portion = 500
const shownNumbers = 20
/** Cases taken over at the same time: each is a transaction of its own. */
const sideBySide = 4
const first = '00000000-0000-0000-0000-000000000000'

export type PlanInput = { slug: string; from: string; to: string; moves: Moves; reason: string; basis: string }

/** What would become of every case that runs on `from` now. Writes nothing. @throws `migration.*`. */
export async function dryRun(ctx: Ctx, plan: Pick<PlanInput, 'slug' | 'from' | 'to' | 'moves'>): Promise<DryRun> {
  const versions = await versionsOf(ctx, plan)
  const run: DryRun = { total: 0, fits: 0, stays: [], places: [], at: ctx.clock.now().toISOString() }
  const explored: Explored = new Map()
  for await (const live of eachLive(ctx, versions.from.hash)) {
    run.total++
    const made = fit(versions, live.state, live.limits, explored)
    if ('code' in made) {
      note(run, made.code, made.element, live.number)
      continue
    }
    run.fits++
    for (const { from, to } of made.moved.filter((one) => one.is !== 'scope')) count(run, from, to)
  }
  run.stays.sort((a, b) => b.count - a.count)
  run.places.sort((a, b) => b.count - a.count)
  return run
}

async function* eachLive(ctx: Ctx, hash: string): AsyncGenerator<LiveCase> {
  for (let after = first; ;) {
    const cases = await listLiveCases(ctx, hash, after, portion)
    yield* cases
    const last = cases.at(-1)
    if (!last || cases.length < portion) return
    after = last.case_id
  }
}

function note(run: DryRun, code: string, element: string, number: string): void {
  const known = run.stays.find((one) => one.code === code && one.element === element)
  if (!known) run.stays.push({ code, element, count: 1, numbers: [number] })
  else {
    known.count++
    if (known.numbers.length < shownNumbers) known.numbers.push(number)
  }
}

function count(run: DryRun, from: string, to: string): void {
  const known = run.places.find((one) => one.from === from && one.to === to)
  if (known) known.count++
  else run.places.push({ from, to, count: 1 })
}

/** @throws `migration.versions`, `migration.moves` naming each override that leads nowhere. */
async function versionsOf(ctx: Ctx, plan: Pick<PlanInput, 'slug' | 'from' | 'to' | 'moves'>): Promise<Versions> {
  const [from, to] = [await getPackage(ctx, plan.from), await getPackage(ctx, plan.to)]
  if (from.slug !== plan.slug || to.slug !== plan.slug || from.hash === to.hash)
    throw invalid('migration.versions', 'A plan leads from one version of a procedure to another of the same.')
  const wrong = Object.entries(plan.moves).filter(([old, next]) => !from.graph.elements[old] || !to.graph.elements[next])
  if (wrong.length > 0)
    throw invalid(
      'migration.moves',
      'An element that is named is not there.',
      wrong.map(([old, next]) => ({ pointer: `/moves/${old}`, code: 'migration.moves', message: `${old} → ${next}` })),
    )
  return { from, to, moves: plan.moves }
}

/** Draws up a plan; the dry run is kept with it, for whoever reviews it. */
export async function planMigration(ctx: Ctx, plan: PlanInput): Promise<MigrationRow> {
  checkLibraryAct(ctx, 'library.migrate')
  const [reason, basis] = [toReason(plan.reason), toBasis(plan.basis)]
  const dry_run = await dryRun(ctx, plan)
  const migration_id = uuidv7(ctx.clock.now())
  const { slug, from: from_hash, to: to_hash, moves } = plan
  const [row] = await insertMigration(ctx, { migration_id, slug, from_hash, to_hash, moves, reason, basis, dry_run, drawn_up_by: authorOf(ctx) })
  if (!row) throw new Error('an insert returns its row')
  return row
}

function toBasis(text: string): string {
  const basis = text.trim()
  if (basis === '' || basis.length > 300)
    throw invalid('migration.basis', 'Name the legal basis.', [{ pointer: '/basis', code: 'required', message: '请写明法律依据，最多300字' }])
  return basis
}

/** @throws `migration.not_found`. */
export async function getMigration(ctx: Ctx, id: string): Promise<MigrationRow> {
  checkLibraryAct(ctx, 'library.migrate')
  const row = isUuid(id) ? await findMigration(ctx, id) : undefined
  if (!row) throw notFound('migration.not_found', 'There is no such plan.')
  return row
}

/**
 * A second person approves the plan, which starts it, or refuses it.
 * @throws `migration.own` for whoever drew it up, `migration.reviewed` (409), `library.forbidden`.
 */
export async function reviewMigration(ctx: Ctx, id: string, approve: boolean, words: string): Promise<MigrationRow> {
  const plan = await getMigration(ctx, id)
  const by = authorOf(ctx)
  if (plan.drawn_up_by === by) throw forbidden('migration.own', 'A second person reviews a plan.')
  const reviewed = await writeReview(ctx, id, { status: approve ? 'approved' : 'refused', by, note: toReason(words), jobId: null })
  if (!reviewed) throw conflict('migration.reviewed', 'This plan was reviewed already.')
  if (approve) await writeRun(ctx, id, 'running', await enqueueJob(ctx, migrationKind, { migration: id }))
  return reviewed
}

export type MigrationResult = { migrated: number; stays: number }

/** The handler of the job. One transaction for each case; begun anew it goes on with those that have not gone over yet. */
export async function runMigration(ctx: Ctx, job: Job, report: Report): Promise<MigrationResult> {
  const id = String(job.input['migration'])
  const plan = isUuid(id) ? await findMigration(ctx, id) : undefined
  if (!plan || (plan.status !== 'approved' && plan.status !== 'running')) throw conflict('migration.not_approved', 'This plan was not approved.')
  const own = as(ctx, systemActor('migration'))
  const versions = await versionsOf(own, { slug: plan.slug, from: plan.from_hash, to: plan.to_hash, moves: plan.moves })
  const words = { migrationId: id, reason: plan.reason, basis: plan.basis }
  const explored: Explored = new Map()
  let done = 0
  for (let after = first; ;) {
    const cases = await listLiveCases(own, plan.from_hash, after, portion)
    const stays: StayedCase[] = []
    const waiting = cases.values()
    const takeOver = async () => {
      for (const live of waiting) {
        const stay = await migrateCase(own, live.case_id, versions, words, explored)
        if (stay) stays.push({ case_id: live.case_id, ...stay })
        await report({ done: ++done, total: Math.max(done, plan.dry_run.total) })
      }
    }
    await Promise.all(Array.from({ length: sideBySide }, takeOver))
    await writeStays(own, id, stays)
    const last = cases.at(-1)
    if (!last || cases.length < portion) break
    after = last.case_id
  }
  await writeRun(own, id, 'done', null)
  return countOutcomes(own, id)
}
