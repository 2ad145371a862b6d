// What offices promised, by when, and whether they kept it.
import { countPromises, listPromises, promiseStates, type PublicPromise } from '#kernel/publication/promises.ts'
import type { HttpContext } from '#http/route.ts'
import type { Visit } from '#http/visit.ts'
import { formatDate } from '#ui/components/deadline-card.tsx'
import { pageItems, Pagination } from '#ui/components/pagination.tsx'
import { type Light, StatusLight } from '#ui/components/status-light.tsx'
import { Table } from '#ui/components/table.tsx'
import { Back, portalPage } from './frame.tsx'
import { requestsTexts } from './requests-texts.ts'

const perPage = 50

/** `GET /promises?state=&page=` */
export async function promisesPage(visit: Visit, context: HttpContext): Promise<Response> {
  const { base, ctx, language } = visit
  const t = requestsTexts(language)
  const asked = promiseStates.find((state) => state === context.req.query('state'))
  const counts = await countPromises(ctx)
  const total = asked ? counts[asked] : promiseStates.reduce((sum, state) => sum + counts[state], 0)
  const last = Math.max(1, Math.ceil(total / perPage))
  const page = Math.min(Math.max(1, Math.trunc(Number(context.req.query('page')) || 1)), last)
  const found = await listPromises(ctx, { ...(asked ? { states: [asked] } : {}), limit: perPage, offset: (page - 1) * perPage })
  const query = asked ? `state=${asked}&` : ''
  return portalPage(
    visit,
    {
      title: t('promisesTitle'),
      path: '/promises',
      query: asked ? `state=${asked}` : '',
      before: <Back href={`${base}/requests`}>{t('listBack')}</Back>,
    },
    <>
      <h1 class="govuk-heading-xl">{t('promisesTitle')}</h1>
      <p class="govuk-body-l">{t('promisesLead')}</p>
      <ul class="govuk-list">
        {promiseStates.map((state) => (
          <li>
            <a class="govuk-link" href={`${base}/promises?state=${state}`} aria-current={asked === state ? 'page' : undefined}>
              {t(`promise.${state}`)}
            </a>{' '}
            {counts[state]}
          </li>
        ))}
        {asked && (
          <li>
            <a class="govuk-link" href={`${base}/promises`}>
              {t('all')}
            </a>
          </li>
        )}
      </ul>
      {found.length === 0 ? <p class="xl-empty">{t('noPromises')}</p> : <Promises visit={visit} found={found} />}
      {last > 1 && <Pagination items={pageItems(page, last, (number) => `${base}/promises?${query}page=${number}`)} />}
    </>,
  )
}

function Promises({ visit, found }: { visit: Visit; found: PublicPromise[] }) {
  const { base, language, town } = visit
  const t = requestsTexts(language)
  return (
    <Table
      head={[t('what'), t('who'), t('when'), t('how')]}
      firstCellIsHeader
      asCards
      rows={found.map((promise) => [
        {
          content:
            promise.number === null ? (
              promise.title
            ) : (
              <a class="govuk-link" href={`${base}/requests/${promise.number}`}>
                {promise.title}
              </a>
            ),
        },
        { content: promise.office === null ? '' : (town.organizations.get(promise.office)?.name[language] ?? '') },
        { content: formatDate(promise.dueOn, language) },
        { content: <PromiseState visit={visit} promise={promise} /> },
      ])}
    />
  )
}

const lights: Record<PublicPromise['state'], Light> = { open: 'amber', overdue: 'red', kept: 'green', 'kept-late': 'amber', withdrawn: 'grey' }

/** The state in colour, shape and word, with the day on which it ended. */
export function PromiseState({ visit, promise }: { visit: Visit; promise: PublicPromise }) {
  const t = requestsTexts(visit.language)
  const ended =
    promise.endedOn !== null && promise.state !== 'withdrawn' ? `（${t('endedOn', { date: formatDate(promise.endedOn, visit.language) })}）` : ''
  return (
    <StatusLight light={lights[promise.state]}>
      {t(`promise.${promise.state}`)}
      {ended}
    </StatusLight>
  )
}
