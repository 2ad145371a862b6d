// Work that takes longer than a page may: it is queued, done in the background, and watched while it runs.
// `input`, `note` and `result` lie in clear: ids, numbers and codes only, nothing about a person.
import { sql } from 'kysely'
import { mayInTown } from '../access/rule.ts'
import { type Clock, systemClock } from '../clock.ts'
import type { Ctx } from '../context.ts'
import { DomainError, forbidden, notFound } from '../errors.ts'
import { isUuid, uuidv7 } from '../ids.ts'
import { logError } from '../log.ts'
import { endJob, failLost, insertJob, type JobRow, leaseJob, renewJob, returnJob, selectJobs } from './job-queries.ts'

/** `failure` is an error code, e.g. `job.lost`; `createdBy` an account's id, or `system:<work>`. */
export type Job = {
  jobId: string
  kind: string
  input: Record<string, unknown>
  status: JobRow['status']
  done: number
  total: number | undefined
  note: string | undefined
  result: Record<string, unknown> | undefined
  failure: string | undefined
  attempts: number
  createdAt: Date
  createdBy: string
  finishedAt: Date | undefined
  /** Did the person who asks start it? */
  isOwn: boolean
}

export type Progress = { done: number; total?: number; note?: string }
/** Call it after every piece of work: it renews the lease, and ends the handler (by throwing) when the job is no longer this runner's. */
export type Report = (progress: Progress) => Promise<void>
/** Does the work and returns what the job page shows. `ctx` is the program's own; a job that was lost is begun anew from the start. */
export type JobHandler = (ctx: Ctx, job: Job, report: Report) => Promise<Record<string, unknown>>
export type JobHandlers = Record<string, JobHandler>

/** How long a runner may be silent before another takes over; how often a job that was lost is begun again; how often progress is written. */
const leaseMilliseconds = 5 * 60_000
const mostAttempts = 3
const reportMilliseconds = 1000
const mostListed = 100

/**
 * Queues a job; the same one that still waits is not queued twice. Returns its id.
 * @throws `job.staff` (forbidden): only staff and the program itself queue jobs. What the job may do is asked by its handler.
 */
export function enqueueJob(ctx: Ctx, kind: string, input: Record<string, unknown> = {}): Promise<string> {
  return insertJob(ctx, { jobId: uuidv7(ctx.clock.now()), kind, input, createdBy: ownerOf(ctx) })
}

function ownerOf({ actor }: Ctx): string {
  if (actor.kind === 'staff') return actor.userId
  if (actor.kind === 'system') return `system:${actor.work}`
  throw forbidden('job.staff', 'Only staff start background work.')
}

/** The newest jobs this actor may see: one's own; all for the IT administrator. */
export async function listJobs(ctx: Ctx): Promise<Job[]> {
  return (await selectJobs(ctx, visible(ctx), mostListed)).map((row) => toJob(ctx, row))
}

/** @throws `job.not_found`, also for another person's job. */
export async function getJob(ctx: Ctx, jobId: string): Promise<Job> {
  const [row] = isUuid(jobId) ? await selectJobs(ctx, sql`job_id = ${jobId} and ${visible(ctx)}`, 1) : []
  if (!row) throw notFound('job.not_found')
  return toJob(ctx, row)
}

function visible({ actor }: Ctx) {
  if (actor.kind === 'system') return sql`true`
  if (actor.kind !== 'staff') return sql`false`
  return mayInTown(actor, 'jobs.see-all') ? sql`true` : sql`created_by = ${actor.userId}`
}

function toJob({ actor }: Ctx, row: JobRow): Job {
  const code = row.result?.['failure']
  const failure = typeof code === 'string' ? code : 'job.failed'
  return {
    jobId: row.job_id,
    kind: row.kind,
    input: row.input,
    status: row.status,
    done: row.done,
    total: row.total ?? undefined,
    note: row.note ?? undefined,
    result: row.status === 'done' ? (row.result ?? {}) : undefined,
    failure: row.status === 'failed' ? failure : undefined,
    attempts: row.attempts,
    createdAt: row.created_at,
    createdBy: row.created_by,
    finishedAt: row.finished_at ?? undefined,
    isOwn: actor.kind === 'staff' && actor.userId === row.created_by,
  }
}

/** `clock` is machine time, for leases: a demonstration's clock may jump. Once `stopping` is aborted, the job in hand goes back in line. */
export type RunOptions = { clock?: Clock; stopping?: AbortSignal }

/**
 * Runs one job: the one that waits longest, or one whose runner has been silent for five minutes (twice; after that it has failed).
 * Returns whether there was one. Safe in several processes: `attempts` counts the runners, and only the last one's writes count.
 */
export async function runJobs(ctx: Ctx, handlers: JobHandlers, options: RunOptions = {}): Promise<boolean> {
  const clock = options.clock ?? systemClock
  if (options.stopping?.aborted) return false
  await failLost(ctx, clock.now(), mostAttempts, 'job.lost')
  const row = await leaseJob(ctx, Object.keys(handlers), clock.now(), leaseEnd(clock))
  if (!row) return false
  try {
    const handler = handlers[row.kind]
    if (!handler) throw new Error('leased a kind without a handler')
    await endJob(ctx, row, 'done', await handler(ctx, toJob(ctx, row), reporter(ctx, row, clock, options.stopping)))
  } catch (error) {
    await settle(ctx, row, error)
  }
  return true
}

async function settle(ctx: Ctx, row: JobRow, error: unknown): Promise<void> {
  if (error instanceof JobTaken) return
  if (error instanceof JobStopped) {
    await returnJob(ctx, row)
    return
  }
  // An error's message may repeat what somebody typed: only its code is kept.
  if (!(error instanceof DomainError)) logError('job', error, { tenant: ctx.tenant, job: row.job_id, kind: row.kind })
  await endJob(ctx, row, 'failed', { failure: error instanceof DomainError ? error.code : 'job.failed' })
}

class JobTaken extends Error {}
class JobStopped extends Error {}

/** The first report is written at once, later ones once a second. */
function reporter(ctx: Ctx, row: JobRow, clock: Clock, stopping: AbortSignal | undefined): Report {
  let written: number | undefined
  return async ({ done, total, note }) => {
    if (stopping?.aborted) throw new JobStopped()
    const now = clock.now().getTime()
    if (written !== undefined && now - written < reportMilliseconds) return
    written = now
    const progress = { done, total: total ?? null, note: note ?? null }
    if (!(await renewJob(ctx, row, leaseEnd(clock), progress))) throw new JobTaken()
  }
}

const leaseEnd = (clock: Clock) => new Date(clock.now().getTime() + leaseMilliseconds)
