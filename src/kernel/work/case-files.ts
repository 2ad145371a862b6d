// The whole files (一案一卷) of many cases, bound in the background for the person who asked. Each lies in the file store under its
// own case's key: it can be opened no longer than the case, and only by whoever may take the case out at that moment.
import { createHash } from 'node:crypto'
import { staffActor } from '../access/posts.ts'
import { type CaseFilter, listCases } from '../cases/lists.ts'
import { getCase } from '../cases/load-case.ts'
import { recordView } from '../cases/views.ts'
import { as, type Ctx } from '../context.ts'
import { bindCaseFile } from '../documents/case-file.ts'
import { DomainError, forbidden, invalid, notFound } from '../errors.ts'
import { decrypt, encrypt } from '../keys/keyring.ts'
import { deleteEnded, isOpenAccount } from './job-queries.ts'
import { enqueueJob, getJob, type Job, type Report } from './jobs.ts'

export const caseFilesKind = 'case-files'
/** How many cases one job takes. */
export const mostCaseFiles = 50
const keptDays = 7

/** Files that were bound, and cases that were not, with the code of the reason. By case number. */
export type CaseFilesResult = { bound: string[]; skipped: { number: string; code: string }[] }

/**
 * Queues the newest 50 cases that match: by number, since what was searched for may be a name.
 * @throws `job.no_cases`, `job.staff`.
 */
export async function enqueueCaseFiles(ctx: Ctx, filter: CaseFilter): Promise<string> {
  if (ctx.actor.kind !== 'staff') throw forbidden('job.staff', 'Only staff start background work.')
  const { items } = await listCases(ctx, filter, { size: mostCaseFiles }, 'zh')
  if (items.length === 0) throw invalid('job.no_cases', 'No case matches.')
  return enqueueJob(ctx, caseFilesKind, { cases: items.map((item) => item.number) })
}

/** The handler. Rights are asked for each case, as the person who asked has them now; a case that is refused is skipped. */
export async function bindCaseFiles(ctx: Ctx, job: Job, report: Report): Promise<CaseFilesResult> {
  if (!(await isOpenAccount(ctx, job.createdBy))) throw forbidden('job.account', 'The account that asked for this is closed.')
  const cases = casesOf(job.input)
  const result: CaseFilesResult = { bound: [], skipped: [] }
  for (const [index, number] of cases.entries()) {
    await report({ done: index, total: cases.length, note: number })
    try {
      await bindOne(ctx, job, number)
      result.bound.push(number)
    } catch (error) {
      if (!(error instanceof DomainError)) throw error
      result.skipped.push({ number, code: error.code })
    }
  }
  await report({ done: cases.length, total: cases.length })
  return result
}

async function bindOne(ctx: Ctx, job: Job, number: string): Promise<void> {
  const own = as(ctx, await staffActor(ctx, { userId: job.createdBy, name: '' }))
  const { loaded } = await getCase(own, { number }, 'case.export')
  const { pdf } = await bindCaseFile(own, { caseId: loaded.row.case_id })
  const fileId = fileIdOf(job.jobId, number)
  await ctx.services.files.put(ctx.tenant, fileId, encrypt(loaded.key, pdf, contextOf(ctx, fileId)))
}

/** One bound file, for the person who asked for it. @throws `job.not_found`, `case.not_found`, `file.not_found`. */
export async function readJobFile(ctx: Ctx, jobId: string, number: string): Promise<{ name: string; pdf: Buffer }> {
  const job = await getJob(ctx, jobId)
  if (!job.isOwn || job.kind !== caseFilesKind || job.status !== 'done' || !casesOf(job.input).includes(number)) throw notFound('file.not_found')
  const { loaded } = await getCase(ctx, { number }, 'case.export')
  const fileId = fileIdOf(jobId, number)
  const sealed = await ctx.services.files.get(ctx.tenant, fileId)
  await recordView(ctx, loaded, 'export', ['case-file'])
  return { name: `${number}.pdf`, pdf: decrypt(loaded.key, sealed, contextOf(ctx, fileId)) }
}

/** Deletes jobs that ended a week ago, with what they put into the file store. */
export async function purgeJobs(ctx: Ctx): Promise<void> {
  for (const row of await deleteEnded(ctx, new Date(ctx.clock.now().getTime() - keptDays * 86_400_000))) {
    if (row.kind !== caseFilesKind) continue
    for (const number of casesOf(row.input)) await ctx.services.files.remove(ctx.tenant, fileIdOf(row.job_id, number))
  }
}

function casesOf(input: Record<string, unknown>): string[] {
  const cases = input['cases']
  return Array.isArray(cases) ? cases.filter((item) => typeof item === 'string').slice(0, mostCaseFiles) : []
}

/** The same for every attempt, so that a second one writes over the first and nothing is left behind. */
const fileIdOf = (jobId: string, number: string) => createHash('sha256').update(`${jobId}/${number}`).digest('hex').slice(0, 32)

const contextOf = (ctx: Ctx, fileId: string) => `job-file/${ctx.tenant}/${fileId}`
