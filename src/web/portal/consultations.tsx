// Public comment for residents: what is open, the draft with a form for each paragraph, opinions with their answers. All without script.
import { listConsultations, listOpinions, viewConsultation } from '#kernel/consultations/read.ts'
import { exportCsv, exportJson, exportXlsx } from '#kernel/consultations/export.ts'
import type { Consultation, PublicOpinion } from '#kernel/consultations/types.ts'
import { notFound } from '#kernel/errors.ts'
import { today } from '#kernel/towns/towns.ts'
import type { HttpContext } from '#http/route.ts'
import type { Visit } from '#http/visit.ts'
import { Details } from '#ui/components/details.tsx'
import { pageItems, Pagination } from '#ui/components/pagination.tsx'
import { SearchBox } from '#ui/components/search-box.tsx'
import { formatDate } from '#ui/components/deadline-card.tsx'
import { Tag } from '#ui/components/tag.tsx'
import { consultationTexts, ruleWords } from './consultation-texts.ts'
import { Back, portalPage } from './frame.tsx'

const pageSize = 50

const stateOf = (visit: Visit, one: Consultation): 'open' | 'closed' | 'answered' =>
  one.answered_at !== null ? 'answered' : one.closed_at === null && today(visit.ctx) <= one.closes_on ? 'open' : 'closed'

const colours = { open: 'green', closed: 'grey', answered: 'blue' } as const

/** `GET /consultations` */
export async function consultationsPage(visit: Visit): Promise<Response> {
  const t = consultationTexts(visit.language)
  const all = await listConsultations(visit.ctx)
  return portalPage(
    visit,
    { title: t('title'), path: '/consultations' },
    <>
      <h1 class="govuk-heading-xl">{t('title')}</h1>
      <p class="govuk-body-l">{t('lead')}</p>
      {all.length === 0 && <p class="govuk-body">{t('none')}</p>}
      <ul class="govuk-list">
        {all.map((one) => (
          <li class="govuk-!-margin-bottom-6">
            <h2 class="govuk-heading-m govuk-!-margin-bottom-1">
              <a class="govuk-link" href={`${visit.base}/consultations/${one.number}`}>
                {one.title}
              </a>
            </h2>
            <Tag colour={colours[stateOf(visit, one)]}>{t(stateOf(visit, one))}</Tag>{' '}
            <span class="govuk-body-s">
              {t('until', { date: formatDate(one.closes_on, visit.language) })} · {t('count', { count: one.last_number })}
            </span>
          </li>
        ))}
      </ul>
      <p class="govuk-body">
        <a class="govuk-link" href={`${visit.base}/consultations/mine`}>
          {t('mine')}
        </a>
      </p>
      <p class="govuk-body-s">
        {t('feed')}：
        <a class="govuk-link" href={`${visit.base}/consultations.ics`} data-turbo="false">
          iCalendar
        </a>{' '}
        <a class="govuk-link" href={`${visit.base}/consultations.atom`} data-turbo="false">
          Atom
        </a>
      </p>
      <Rules visit={visit} />
    </>,
  )
}

const Rules = ({ visit }: { visit: Visit }) => {
  const t = consultationTexts(visit.language)
  return <Details summary={t('rules')}>{t('rulesText')}</Details>
}

/** `GET /consultations/:number` */
export async function consultationPage(visit: Visit, context: HttpContext): Promise<Response> {
  const t = consultationTexts(visit.language)
  const view = await viewConsultation(visit.ctx, context.req.param('number') ?? '')
  const here = `${visit.base}/consultations/${view.number}`
  return portalPage(
    visit,
    { title: view.title, path: `/consultations/${view.number}`, before: <Back href={`${visit.base}/consultations`} /> },
    <>
      <h1 class="govuk-heading-xl">{view.title}</h1>
      <p class="govuk-body">
        <Tag colour={colours[stateOf(visit, view)]}>{t(stateOf(visit, view))}</Tag> {t('until', { date: formatDate(view.closes_on, visit.language) })}
      </p>
      {view.shorter_because !== null && (
        <p class="govuk-body">
          {t('shorter')}：{view.shorter_because}
        </p>
      )}
      <h2 class="govuk-heading-m">{t('notes')}</h2>
      <p class="govuk-body">{view.notes}</p>
      <p class="govuk-body">
        <a class="govuk-link" href={`${here}/opinions`}>
          {t('opinions', { count: view.tally.total })}
        </a>
      </p>
      <h2 class="govuk-heading-m">{t('draft')}</h2>
      {view.isOpen && (
        <p class="govuk-body">
          <a class="govuk-link" href={`${here}/comment`}>
            {t('whole')}
          </a>
        </p>
      )}
      {view.paragraphs.map((paragraph) => (
        <section id={`p${paragraph.number}`} aria-label={t('paragraph', { number: paragraph.number })}>
          {paragraph.isHeading ? (
            <h3 class="govuk-heading-s">{paragraph.text}</h3>
          ) : (
            <p class="govuk-body govuk-!-margin-bottom-1">{paragraph.text}</p>
          )}
          <p class="govuk-body-s">
            {view.isOpen && (
              <a class="govuk-link" href={`${here}/comment?paragraph=${paragraph.number}`}>
                {t('comment')}
                <span class="govuk-visually-hidden">{t('paragraph', { number: paragraph.number })}</span>
              </a>
            )}{' '}
            {(view.counts.get(paragraph.number) ?? 0) > 0 && (
              <a class="govuk-link" href={`${here}/opinions?paragraph=${paragraph.number}`}>
                {t('count', { count: view.counts.get(paragraph.number) ?? 0 })}
                <span class="govuk-visually-hidden">{t('paragraph', { number: paragraph.number })}</span>
              </a>
            )}
          </p>
        </section>
      ))}
      {view.contact !== '' && (
        <>
          <h2 class="govuk-heading-m">{t('contact')}</h2>
          <p class="govuk-body">{view.contact}</p>
        </>
      )}
      <Rules visit={visit} />
      <DataLinks visit={visit} here={here} />
    </>,
  )
}

const DataLinks = ({ visit, here }: { visit: Visit; here: string }) => (
  <p class="govuk-body-s">
    {consultationTexts(visit.language)('data')}：
    {(['json', 'csv', 'xlsx'] as const).map((kind) => (
      <>
        <a class="govuk-link" href={`${here}/opinions.${kind}`} data-turbo="false">
          {kind.toUpperCase()}
        </a>{' '}
      </>
    ))}
  </p>
)

/** `GET /consultations/:number/opinions?q=&paragraph=&page=` */
export async function opinionsPage(visit: Visit, context: HttpContext): Promise<Response> {
  const t = consultationTexts(visit.language)
  const view = await viewConsultation(visit.ctx, context.req.param('number') ?? '')
  const here = `${visit.base}/consultations/${view.number}`
  const q = (context.req.query('q') ?? '').slice(0, 100)
  const asked = Number(context.req.query('paragraph') ?? '')
  const paragraph = Number.isInteger(asked) && asked > 0 ? asked : undefined
  const found = await listOpinions(visit.ctx, view.consultation_id, { q, paragraph, page: Number(context.req.query('page')) || 1, size: pageSize })
  const pages = Math.ceil(found.total / found.size)
  const to = (page: number) =>
    `${here}/opinions?${new URLSearchParams({ ...(q === '' ? {} : { q }), ...(paragraph ? { paragraph: String(paragraph) } : {}), page: String(page) })}`
  return portalPage(
    visit,
    { title: `${t('answers')} ${view.title}`, path: `/consultations/${view.number}/opinions`, before: <Back href={here} /> },
    <>
      <h1 class="govuk-heading-xl">
        <span class="govuk-caption-xl">{view.title}</span>
        {t('answers')}
      </h1>
      <SearchBox action={`${here}/opinions`} label={t('search')} value={q} />
      <p class="govuk-body">
        {paragraph !== undefined && `${t('paragraph', { number: paragraph })} · `}
        {t('found', { count: found.total })}
      </p>
      {found.items.length === 0 && <p class="govuk-body">{t('empty')}</p>}
      {found.items.map((opinion) => (
        <Opinion visit={visit} opinion={opinion} here={here} />
      ))}
      {pages > 1 && (
        <Pagination
          landmarkLabel={t('pages')}
          {...(found.page > 1 ? { previous: { href: to(found.page - 1) } } : {})}
          {...(found.page < pages ? { next: { href: to(found.page + 1) } } : {})}
          items={pageItems(found.page, pages, to)}
        />
      )}
      <DataLinks visit={visit} here={here} />
    </>,
  )
}

function Opinion({ visit, opinion, here }: { visit: Visit; opinion: PublicOpinion; here: string }) {
  const t = consultationTexts(visit.language)
  return (
    <article id={`o${opinion.number}`} class="govuk-!-margin-bottom-6" aria-label={`${opinion.number}`}>
      <p class="govuk-body-s govuk-!-margin-bottom-1">
        <strong>{opinion.number}</strong> · {opinion.received_on}
        {opinion.paragraph !== null && (
          <>
            {' · '}
            <a class="govuk-link" href={`${here}#p${opinion.paragraph}`}>
              {t('paragraph', { number: opinion.paragraph })}
            </a>
          </>
        )}
      </p>
      <p class="govuk-body govuk-!-margin-bottom-1">
        {opinion.words ?? (opinion.status === 'held' ? t('held') : t('withheld', { rule: ruleWords(visit.language, opinion.rule) }))}
      </p>
      <div class="govuk-inset-text govuk-!-margin-top-1">
        {opinion.result === null ? (
          t('noAnswer')
        ) : (
          <>
            <strong>
              {t('answer')}（{t(opinion.result)}）
            </strong>{' '}
            {opinion.answer}
          </>
        )}
      </div>
    </article>
  )
}

/** `GET /consultations/:number/opinions/:opinion`: its place in the list. Numbers have no gaps, so there is an opinion up to their count. */
export async function opinionAddress(visit: Visit, context: HttpContext): Promise<Response> {
  const { number, tally } = await viewConsultation(visit.ctx, context.req.param('number') ?? '')
  const written = context.req.param('opinion') ?? ''
  const opinion = /^[1-9][0-9]{0,8}$/.test(written) ? Number(written) : 0
  if (opinion === 0 || opinion > tally.total) throw notFound('consultation.opinion_not_found', 'There is no such opinion.')
  const page = Math.ceil(opinion / pageSize)
  return new Response(null, {
    status: 302,
    headers: { location: `${visit.base}/consultations/${encodeURIComponent(number)}/opinions?page=${page}#o${opinion}` },
  })
}

/** `GET /consultations/:number/:file`: opinions.csv, .xlsx, .json. */
export async function opinionsFile(visit: Visit, context: HttpContext): Promise<Response> {
  const number = context.req.param('number') ?? ''
  const kind = (context.req.param('file') ?? '').split('.').at(-1)
  const name = { 'content-disposition': `attachment; filename="${encodeURIComponent(number)}.${kind}"` }
  if (kind === 'csv')
    return new Response(await exportCsv(visit.ctx, number, visit.language), { headers: { 'content-type': 'text/csv; charset=utf-8', ...name } })
  if (kind === 'json') return Response.json(await exportJson(visit.ctx, number))
  const type = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
  return new Response(new Uint8Array(await exportXlsx(visit.ctx, number, visit.language)), { headers: { 'content-type': type, ...name } })
}
