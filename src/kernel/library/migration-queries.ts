import { sql } from 'kysely'
import type { Ctx } from '../context.ts'
import type { EngineState } from '../engine/types.ts'
import { rowsOf } from './queries.ts'

export type DryRun = {
  /** Cases that run on the old version, and how many of them would go over. */
  total: number
  fits: number
  /** Why others stay: how many for one reason at one place, with the numbers of some. */
  stays: { code: string; element: string; count: number; numbers: string[] }[]
  /** How many stand where, before and after. */
  places: { from: string; to: string; count: number }[]
  at: string
}

export type MigrationRow = {
  migration_id: string
  slug: string
  from_hash: string
  to_hash: string
  moves: Record<string, string>
  reason: string
  basis: string
  status: 'planned' | 'approved' | 'refused' | 'running' | 'done'
  dry_run: DryRun
  drawn_up_by: string
  drawn_up_at: Date
  reviewed_by: string | null
  reviewed_at: Date | null
  review_note: string | null
  job_id: string | null
  finished_at: Date | null
}

const columns =
  sql.raw(`migration_id, slug, from_hash, to_hash, moves, reason, basis, status, dry_run, drawn_up_by, drawn_up_at, reviewed_by, reviewed_at,
  review_note, job_id, finished_at`)

type NewMigration = Pick<MigrationRow, 'migration_id' | 'slug' | 'from_hash' | 'to_hash' | 'moves' | 'reason' | 'basis' | 'dry_run' | 'drawn_up_by'>

export const insertMigration = (ctx: Ctx, plan: NewMigration) =>
  rowsOf<MigrationRow>(
    ctx,
    sql`insert into procedure_migrations (tenant_id, migration_id, slug, from_hash, to_hash, moves, reason, basis, dry_run, drawn_up_by, drawn_up_at)
      values (${ctx.tenant}, ${plan.migration_id}, ${plan.slug}, ${plan.from_hash}, ${plan.to_hash}, ${JSON.stringify(plan.moves)}, ${plan.reason}, ${plan.basis},
        ${JSON.stringify(plan.dry_run)}, ${plan.drawn_up_by}, ${ctx.clock.now()}) returning ${columns}`,
  )

export async function findMigration(ctx: Ctx, id: string): Promise<MigrationRow | undefined> {
  return (
    await rowsOf<MigrationRow>(ctx, sql`select ${columns} from procedure_migrations where tenant_id = ${ctx.tenant} and migration_id = ${id}`)
  )[0]
}

export const listMigrations = (ctx: Ctx, slug: string) =>
  rowsOf<MigrationRow>(
    ctx,
    sql`select ${columns} from procedure_migrations where tenant_id = ${ctx.tenant} and slug = ${slug} order by drawn_up_at desc limit 100`,
  )

type Review = { status: 'approved' | 'refused'; by: string; note: string; jobId: string | null }

/** Undefined when it was reviewed meanwhile, or when the reviewer drew it up. */
export async function writeReview(ctx: Ctx, id: string, review: Review): Promise<MigrationRow | undefined> {
  const [row] = await rowsOf<MigrationRow>(
    ctx,
    sql`update procedure_migrations set status = ${review.status}, reviewed_by = ${review.by}, reviewed_at = ${ctx.clock.now()}, review_note = ${review.note}
      where tenant_id = ${ctx.tenant} and migration_id = ${id} and status = 'planned' and drawn_up_by <> ${review.by} returning ${columns}`,
  )
  return row
}

export const writeRun = (ctx: Ctx, id: string, status: 'running' | 'done', jobId: string | null) =>
  rowsOf(
    ctx,
    sql`update procedure_migrations set status = ${status}, job_id = coalesce(${jobId}::uuid, job_id), finished_at = ${status === 'done' ? ctx.clock.now() : null}
      where tenant_id = ${ctx.tenant} and migration_id = ${id} and status in ('approved', 'running')`,
  )

export type LiveCase = { case_id: string; number: string; state: EngineState; limits: string[] }

/** Cases that run on a version, in portions by id, with the limits that run in them. */
export const listLiveCases = (ctx: Ctx, hash: string, after: string, size: number) =>
  rowsOf<LiveCase>(
    ctx,
    sql`select c.case_id, c.number, c.state, array(select distinct d.deadline from deadlines d where d.tenant_id = c.tenant_id and d.case_id = c.case_id
        and (d.status = 'running' or (d.status = 'missed' and d.met_on is null and d.binds = 'office'))) as limits
      from cases c where c.tenant_id = ${ctx.tenant} and c.package_hash = ${hash} and c.status = 'open' and c.case_id > ${after}::uuid
      order by c.case_id limit ${size}`,
    true,
  )

/** Pins a case to another version and lists it as gone over, in the transaction that writes its step; false when it has moved on. */
export async function repin(ctx: Ctx, at: { case_id: string; version: number }, hash: string, migrationId: string): Promise<boolean> {
  const { rows } = await sql`with pinned as (update cases set package_hash = ${hash}
      where tenant_id = ${ctx.tenant} and case_id = ${at.case_id} and version = ${at.version} and status = 'open' returning case_id)
    insert into procedure_migration_cases (tenant_id, migration_id, case_id, outcome, recorded_at)
      select ${ctx.tenant}, ${migrationId}::uuid, case_id, 'migrated', ${ctx.clock.now()}::timestamptz from pinned
    on conflict (tenant_id, migration_id, case_id) do update set outcome = 'migrated', code = null, element = null returning case_id`.execute(ctx.db)
  return rows.length > 0
}

export type StayedCase = { case_id: string; code: string; element: string }

/** Lists cases that stay where they are. */
export const writeStays = (ctx: Ctx, id: string, stays: StayedCase[]) =>
  rowsOf(
    ctx,
    sql`insert into procedure_migration_cases (tenant_id, migration_id, case_id, outcome, code, element, recorded_at)
      select ${ctx.tenant}, ${id}::uuid, r.case_id, 'stays', r.code, r.element, ${ctx.clock.now()}::timestamptz
      from jsonb_to_recordset(${JSON.stringify(stays)}::jsonb) as r(case_id uuid, code text, element text)
      on conflict (tenant_id, migration_id, case_id) do update set code = excluded.code, element = excluded.element
        where procedure_migration_cases.outcome = 'stays'`,
    true,
  )

export type StayRow = { number: string; code: string; element: string }

/** Cases that stayed, by number, for the person who looks after them. */
export const listStays = (ctx: Ctx, id: string) =>
  rowsOf<StayRow>(
    ctx,
    sql`select c.number, m.code, m.element from procedure_migration_cases m join cases c on c.tenant_id = m.tenant_id and c.case_id = m.case_id
      where m.tenant_id = ${ctx.tenant} and m.migration_id = ${id} and m.outcome = 'stays' and m.code <> 'moved-on' order by m.code, m.element, c.number limit 500`,
  )

export async function countOutcomes(ctx: Ctx, id: string): Promise<{ migrated: number; stays: number }> {
  const [row] = await rowsOf<{ migrated: number; stays: number }>(
    ctx,
    sql`select count(*) filter (where outcome = 'migrated')::int as migrated, count(*) filter (where outcome = 'stays' and code <> 'moved-on')::int as stays
      from procedure_migration_cases where tenant_id = ${ctx.tenant} and migration_id = ${id}`,
    true,
  )
  return row ?? { migrated: 0, stays: 0 }
}
