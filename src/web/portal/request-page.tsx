// One public request: where it stands, who is at work, what was answered and promised, and what happened when.
import { dateIn, endOfDate } from '#kernel/clock.ts'
import { notFound } from '#kernel/errors.ts'
import type { Package } from '#kernel/procedures/load-package.ts'
import { listPromises, type PublicPromise } from '#kernel/publication/promises.ts'
import { listPublicCases, listPublicUpdates, type PublicCase, type PublicUpdate } from '#kernel/publication/public-cases.ts'
import { kindText, placeText, publicFieldTexts, subjectText } from '#kernel/publication/public-words.ts'
import { speaker } from '#kernel/cases/words.ts'
import { today } from '#kernel/towns/towns.ts'
import type { HttpContext } from '#http/route.ts'
import type { Visit } from '#http/visit.ts'
import { formatDate } from '#ui/components/deadline-card.tsx'
import { SummaryList } from '#ui/components/summary-list.tsx'
import { Timeline } from '#ui/components/timeline.tsx'
import { Back, portalPage } from './frame.tsx'
import { PromiseState } from './promises-page.tsx'
import { findListed } from './requests-list.ts'
import { StandingTag } from './requests-page.tsx'
import { requestsTexts } from './requests-texts.ts'
import { formatInstant } from './words.ts'

export type Shown = { visit: Visit; one: PublicCase; procedure: Package }

/** The public case of the address. @throws `page.not_found`. */
export async function findShown(visit: Visit, number: string): Promise<Shown> {
  const { procedures } = await findListed(visit)
  const query = { procedures: procedures.map(({ slug }) => slug), numbers: [number.toUpperCase()], limit: 1, offset: 0 }
  const [one] = await listPublicCases(visit.ctx, query)
  const procedure = procedures.find(({ slug }) => slug === one?.procedure)
  if (!one || !procedure) throw notFound('page.not_found', 'There is no such public request.')
  return { visit, one, procedure }
}

export const updatesOf = ({ visit, one }: Shown): Promise<PublicUpdate[]> =>
  listPublicUpdates(visit.ctx, {
    procedures: [one.procedure],
    numbers: [one.number],
    from: new Date(0),
    to: endOfDate(visit.ctx.zone, today(visit.ctx)),
    limit: 1000,
    offset: 0,
  })

export const updateText = ({ visit, procedure }: Pick<Shown, 'visit' | 'procedure'>, update: PublicUpdate): string =>
  update.event === null ? requestsTexts(visit.language)('by') : speaker(procedure, visit.language)(`event.${update.event}`)

/** `GET /requests/:number` */
export async function requestPage(visit: Visit, context: HttpContext): Promise<Response> {
  const shown = await findShown(visit, context.req.param('number') ?? '')
  const { one, procedure } = shown
  const { base, language, town } = visit
  const t = requestsTexts(language)
  const kind = subjectText(one, procedure) ?? kindText(procedure, one.category, language)
  const place = placeText(one, { procedure, town, language })
  const title = place === '' ? kind : `${kind} · ${place}`
  const promises = await listPromises(visit.ctx, { number: one.number, limit: 20, offset: 0 })
  return portalPage(
    visit,
    {
      title: `${one.number} ${title}`,
      path: `/requests/${one.number}`,
      active: 'requests',
      before: <Back href={`${base}/requests`}>{t('listBack')}</Back>,
    },
    <>
      <h1 class="govuk-heading-l govuk-!-margin-bottom-2">
        <span class="govuk-caption-l">{one.number}</span>
        {title}
      </h1>
      <p class="govuk-body">
        <StandingTag visit={visit} one={one} />
      </p>
      <Facts {...shown} />
      <Words {...shown} />
      {promises.map((promise) => (
        <Promised visit={visit} promise={promise} />
      ))}
      <h2 class="govuk-heading-m">{t('history')}</h2>
      <History {...shown} updates={await updatesOf(shown)} />
      <h2 class="govuk-heading-m">{t('mine')}</h2>
      <p class="govuk-body">
        {t('mineText')}{' '}
        <a class="govuk-link" href={`${base}/track`}>
          {t('track')}
        </a>
      </p>
    </>,
  )
}

function Facts({ visit, one, procedure }: Shown) {
  const { ctx, language, town } = visit
  const t = requestsTexts(language)
  const office = one.office === null ? undefined : town.organizations.get(one.office)?.name[language]
  const place = placeText(one, { procedure, town, language })
  const { latitude = '', longitude = '' } = procedure.manifest.serviceRequest ?? {}
  const [north, east] = [one.fields[`filing.${latitude}`], one.fields[`filing.${longitude}`]]
  return (
    <SummaryList
      rows={[
        { key: t('office'), value: office ?? t('noOffice') },
        place !== '' && { key: t('place'), value: place },
        typeof north === 'number' &&
          typeof east === 'number' && {
            key: t('position'),
            value: (
              <>
                {north}, {east}{' '}
                <a class="govuk-link" href={`geo:${north},${east}`}>
                  {t('positionLink')}
                </a>
              </>
            ),
          },
        { key: t('filed'), value: formatDate(dateIn(ctx.zone, one.filed_at), language) },
        one.status === 'open' && one.due_on !== null && { key: t('due'), value: formatDate(one.due_on, language) },
        one.closed_at !== null && { key: t('closed'), value: formatDate(dateIn(ctx.zone, one.closed_at), language) },
      ]}
    />
  )
}

function Words({ visit, one, procedure }: Shown) {
  const { language, town } = visit
  const t = requestsTexts(language)
  const fields = publicFieldTexts(one, { procedure, town, language })
  const isShown = fields.some(({ path }) => path === `filing.${procedure.manifest.serviceRequest?.description}`)
  const rows = (isFiled: boolean) => fields.filter((field) => field.isFiled === isFiled).map(({ label, text }) => ({ key: label, value: text }))
  return (
    <>
      <h2 class="govuk-heading-m">{t('asked')}</h2>
      <SummaryList rows={rows(true)} />
      {procedure.manifest.serviceRequest !== undefined && !isShown && <p class="govuk-hint">{t('withheld')}</p>}
      <h2 class="govuk-heading-m">{t('answer')}</h2>
      {rows(false).length > 0 ? <SummaryList rows={rows(false)} /> : <p class="govuk-body">{t('noAnswer')}</p>}
    </>
  )
}

function Promised({ visit, promise }: { visit: Visit; promise: PublicPromise }) {
  const t = requestsTexts(visit.language)
  return (
    <SummaryList
      card={{ title: { content: t('promise'), headingLevel: 3 } }}
      rows={[
        { key: t('what'), value: promise.title },
        { key: t('when'), value: formatDate(promise.dueOn, visit.language) },
        { key: t('how'), value: <PromiseState visit={visit} promise={promise} /> },
      ]}
    />
  )
}

function History({ visit, procedure, updates }: Shown & { updates: PublicUpdate[] }) {
  const t = requestsTexts(visit.language)
  return (
    <Timeline
      label={t('history')}
      items={updates.map((update) => ({
        title: updateText({ visit, procedure }, update),
        at: formatInstant(update.at, visit.ctx.zone, visit.language),
        datetime: update.at.toISOString(),
        ...(update.words === null ? {} : { body: <p class="govuk-body">{update.words}</p> }),
      }))}
    />
  )
}
