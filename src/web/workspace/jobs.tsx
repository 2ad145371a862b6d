// Background work: how far it is, and what came of it. The page loads anew while something runs, and can be told not to.
import { bindableFilter } from './cases-page.tsx'
import { mayInTown } from '#kernel/access/rule.ts'
import { caseFilesKind, enqueueCaseFiles, readJobFile } from '#kernel/work/case-files.ts'
import { recomputeKind } from '#kernel/work/job-kinds.ts'
import { type Job, listJobs } from '#kernel/work/jobs.ts'
import type { HttpContext } from '#http/route.ts'
import { seeOther } from '#http/page.ts'
import type { Visit } from '#http/visit.ts'
import { Details } from '#ui/components/details.tsx'
import { NotificationBanner } from '#ui/components/notification-banner.tsx'
import { Table } from '#ui/components/table.tsx'
import { Tag, type TagColour } from '#ui/components/tag.tsx'
import { fileResponse } from './document-page.tsx'
import { namesOf, readPost, work, workPage } from './frame.tsx'
import { jobsTexts } from './jobs-texts.ts'
import { isRefusal } from './refusals.ts'
import { timeIn } from './words.ts'

const refreshSeconds = 5

const colours = { waiting: 'grey', running: 'blue', done: 'green', failed: 'red' } as const satisfies Record<Job['status'], TagColour>

export async function jobsPage(visit: Visit, context: HttpContext): Promise<Response> {
  const t = jobsTexts(visit.language)
  const jobs = await listJobs(visit.ctx)
  const names = await namesOf(
    visit,
    jobs.map((job) => job.createdBy),
  )
  const isBusy = jobs.some((job) => job.status === 'waiting' || job.status === 'running')
  const isStill = context.req.query('still') === '1'
  return workPage(
    visit,
    context,
    { title: t('title'), active: 'jobs', ...(isBusy && !isStill ? { refreshSeconds } : {}) },
    <>
      {context.req.query('none') === '1' && <NotificationBanner text={t('noCases')} />}
      <h1 class="govuk-heading-l">{t('title')}</h1>
      <p class="govuk-body-s">
        {t('intro')} {mayInTown(visit.ctx.actor, 'jobs.see-all') && t('introAll')}
      </p>
      {isBusy && (
        <p class="govuk-body-s">
          {!isStill && `${t('refreshing', { seconds: refreshSeconds })} `}
          <a class="govuk-link" href={work(visit, isStill ? '/jobs' : '/jobs?still=1')} data-turbo="false">
            {t(isStill ? 'start' : 'stop')}
          </a>
        </p>
      )}
      {jobs.length === 0 ? (
        <div class="xl-empty">{t('empty')}</div>
      ) : (
        <Table
          class="xl-table--dense xl-table--stack"
          caption={t('caption')}
          captionClass="govuk-visually-hidden"
          head={[t('what'), t('by'), t('state'), t('result')]}
          rows={jobs.map((job) => [
            {
              content: (
                <>
                  <span class="xl-strong">{titleOf(visit, job)}</span>
                  <span class="xl-fine">{timeIn(visit.ctx.zone, job.createdAt)}</span>
                </>
              ),
            },
            names.get(job.createdBy) || t('program'),
            { content: <State visit={visit} job={job} /> },
            { content: <Outcome visit={visit} job={job} /> },
          ])}
        />
      )}
    </>,
  )
}

/** Binds the files of the cases that the list of cases showed. */
export async function jobsPost(visit: Visit, context: HttpContext): Promise<Response> {
  const body = await readPost(visit, context)
  try {
    await enqueueCaseFiles(visit.ctx, bindableFilter(body))
    return seeOther(work(visit, '/jobs'))
  } catch (error) {
    if (!isRefusal(error) || error.code !== 'job.no_cases') throw error
    return seeOther(work(visit, '/jobs?none=1'))
  }
}

/** One bound file; the right to it is asked again. */
export async function jobFile(visit: Visit, context: HttpContext): Promise<Response> {
  const { pdf, name } = await readJobFile(visit.ctx, context.req.param('job') ?? '', context.req.param('number') ?? '')
  return fileResponse(pdf, 'application/pdf', name)
}

function titleOf(visit: Visit, job: Job): string {
  const t = jobsTexts(visit.language)
  if (job.kind === recomputeKind) return t('recompute')
  if (job.kind === caseFilesKind) return t('caseFiles', { count: listOf(job.input['cases']).length })
  return t('other')
}

function State({ visit, job }: { visit: Visit; job: Job }) {
  const t = jobsTexts(visit.language)
  const words = job.status === 'running' && job.attempts > 1 ? t('again', { attempt: job.attempts }) : t(job.status)
  return (
    <>
      <Tag colour={colours[job.status]}>{words}</Tag>
      {job.status === 'running' && (
        <>
          <progress class="xl-progress" aria-label={t('progress')} {...(job.total ? { value: job.done, max: job.total } : {})} />
          {job.total !== undefined && <span class="xl-fine">{t('counted', { done: job.done, total: job.total })}</span>}
        </>
      )}
    </>
  )
}

function Outcome({ visit, job }: { visit: Visit; job: Job }) {
  const t = jobsTexts(visit.language)
  if (job.failure === 'job.lost') return t('failedLost')
  if (job.failure === 'job.account') return t('failedAccount')
  if (job.failure !== undefined) return t('failedOther', { code: job.failure })
  if (!job.result) return '—'
  if (job.kind === recomputeKind) return t('changed', { count: Number(job.result['changed'] ?? 0) })
  if (job.kind === caseFilesKind) return <BoundFiles visit={visit} job={job} result={job.result} />
  return '—'
}

function BoundFiles({ visit, job, result }: { visit: Visit; job: Job; result: Record<string, unknown> }) {
  const t = jobsTexts(visit.language)
  const bound = listOf(result['bound']).filter((number) => typeof number === 'string')
  const skipped = listOf(result['skipped']).filter(isSkipped)
  return (
    <>
      {t('bound', { count: bound.length })} {!job.isOwn && t('othersFile')}
      {job.isOwn && bound.length > 0 && (
        <Details summary={t('open')}>
          <ul class="govuk-list">
            {bound.map((number) => (
              <li>
                <a class="govuk-link" href={work(visit, `/jobs/${job.jobId}/files/${number}`)} data-turbo="false">
                  {number}.pdf
                </a>
              </li>
            ))}
          </ul>
        </Details>
      )}
      {job.isOwn && skipped.length > 0 && (
        <span class="xl-fine">
          {t('skipped', { count: skipped.length })}{' '}
          {skipped.map(({ number, code }) => `${number} ${t(code === 'case.not_found' ? 'skippedNotFound' : 'skippedOther')}`).join('; ')}
        </span>
      )}
    </>
  )
}

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])

const isSkipped = (value: unknown): value is { number: string; code: string } =>
  typeof value === 'object' && value !== null && 'number' in value && 'code' in value && typeof value.number === 'string'
