import { type RawBuilder, sql } from 'kysely'
import type { Ctx } from '../context.ts'
import { inTenant } from '../database/database.ts'

export type JobRow = {
  job_id: string
  kind: string
  input: Record<string, unknown>
  status: 'waiting' | 'running' | 'done' | 'failed'
  done: number
  total: number | null
  note: string | null
  result: Record<string, unknown> | null
  attempts: number
  created_at: Date
  created_by: string
  finished_at: Date | null
}

const columns = sql.raw('job_id, kind, input, status, done, total, note, result, attempts, created_at, created_by, finished_at')

/** Adds a job, unless the same one of the same person still waits; returns the id of the one that waits. */
export async function insertJob(ctx: Ctx, job: { jobId: string; kind: string; input: unknown; createdBy: string }): Promise<string> {
  const input = JSON.stringify(job.input)
  const { rows } = await inTenant(ctx.db, ctx.tenant, (trx) =>
    sql<{ job_id: string }>`
      with known as (select job_id from jobs where tenant_id = ${ctx.tenant} and status = 'waiting' and attempts = 0 and kind = ${job.kind}
          and created_by = ${job.createdBy} and input = ${input}::jsonb limit 1),
        added as (insert into jobs (tenant_id, job_id, kind, input, created_at, created_by)
          select ${ctx.tenant}, ${job.jobId}::uuid, ${job.kind}, ${input}::jsonb, ${ctx.clock.now()}::timestamptz, ${job.createdBy}
          where not exists (select 1 from known) returning job_id)
      select job_id from known union all select job_id from added`.execute(trx),
  )
  return rows[0]?.job_id ?? job.jobId
}

/** Newest first. */
export const selectJobs = (ctx: Ctx, condition: RawBuilder<unknown>, limit: number): Promise<JobRow[]> =>
  rowsOf(ctx, sql`select ${columns} from jobs where tenant_id = ${ctx.tenant} and ${condition} order by created_at desc, job_id desc limit ${limit}`)

/** The job that waits longest, or one whose lease ran out: now this runner's until `until`. `attempts` is its fencing number. */
export async function leaseJob(ctx: Ctx, kinds: string[], now: Date, until: Date): Promise<JobRow | undefined> {
  const [row] = await rowsOf(
    ctx,
    sql`update jobs set status = 'running', attempts = attempts + 1, leased_until = ${until}
      where tenant_id = ${ctx.tenant} and ${free(now)} and job_id = (
        select job_id from jobs where tenant_id = ${ctx.tenant} and ${free(now)} and kind = any(${kinds}::text[])
        order by created_at, job_id limit 1 for update skip locked)
      returning ${columns}`,
  )
  return row
}

const free = (now: Date) => sql`(status = 'waiting' or (status = 'running' and leased_until <= ${now}))`

/** Jobs whose lease ran out for the last time have failed. */
export const failLost = (ctx: Ctx, now: Date, attempts: number, code: string): Promise<JobRow[]> =>
  rowsOf(
    ctx,
    sql`update jobs set status = 'failed', result = ${JSON.stringify({ failure: code })}::jsonb, finished_at = ${ctx.clock.now()}, leased_until = null
      where tenant_id = ${ctx.tenant} and status = 'running' and leased_until <= ${now} and attempts >= ${attempts} returning ${columns}`,
  )

type Held = Pick<JobRow, 'job_id' | 'attempts'>

/** Writes progress and renews the lease; false when another runner has the job by now. */
export async function renewJob(
  ctx: Ctx,
  job: Held,
  until: Date,
  progress: { done: number; total: number | null; note: string | null },
): Promise<boolean> {
  const rows = await rowsOf(
    ctx,
    sql`update jobs set leased_until = ${until}, done = ${progress.done}, total = ${progress.total}, note = ${progress.note} where ${held(ctx, job)} returning ${columns}`,
  )
  return rows.length > 0
}

/** Ends a job; does nothing when another runner has it by now. */
export const endJob = (ctx: Ctx, job: Held, status: 'done' | 'failed', result: Record<string, unknown>): Promise<JobRow[]> =>
  rowsOf(
    ctx,
    sql`update jobs set status = ${status}, result = ${JSON.stringify(result)}::jsonb, note = null, leased_until = null, finished_at = ${ctx.clock.now()},
        done = case when ${status === 'done'} then coalesce(total, done) else done end
      where ${held(ctx, job)} returning ${columns}`,
  )

/** Puts a job back in line, as if this runner had not had it. */
export const returnJob = (ctx: Ctx, job: Held): Promise<JobRow[]> =>
  rowsOf(ctx, sql`update jobs set status = 'waiting', attempts = attempts - 1, leased_until = null where ${held(ctx, job)} returning ${columns}`)

const held = (ctx: Ctx, job: Held) => sql`tenant_id = ${ctx.tenant} and job_id = ${job.job_id} and status = 'running' and attempts = ${job.attempts}`

/** Deletes jobs that ended before `before` and returns them. */
export const deleteEnded = (ctx: Ctx, before: Date): Promise<JobRow[]> =>
  rowsOf(ctx, sql`delete from jobs where tenant_id = ${ctx.tenant} and finished_at < ${before} returning ${columns}`)

/** Is this an account that may still sign in? */
export async function isOpenAccount(ctx: Ctx, userId: string): Promise<boolean> {
  const { rows } = await inTenant(ctx.db, ctx.tenant, (trx) =>
    sql`select 1 from auth_users where tenant_id = ${ctx.tenant} and id = ${userId} and kind = 'staff' and disabled_at is null`.execute(trx),
  )
  return rows.length > 0
}

async function rowsOf(ctx: Ctx, query: RawBuilder<unknown>): Promise<JobRow[]> {
  const { rows } = await inTenant(ctx.db, ctx.tenant, (trx) => query.execute(trx))
  // Every statement above returns these columns.
  return rows as JobRow[]
}
