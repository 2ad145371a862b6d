// The public list of what people reported: no names, everything else that helps to see whether it is done.
import type { Package } from '#kernel/procedures/load-package.ts'
import { countPublicCases, listPublicCases, type PublicCase } from '#kernel/publication/public-cases.ts'
import { kindText, placeText, subjectText } from '#kernel/publication/public-words.ts'
import { dateIn } from '#kernel/clock.ts'
import type { HttpContext } from '#http/route.ts'
import type { Visit } from '#http/visit.ts'
import { Button } from '#ui/components/button.tsx'
import { formatDate } from '#ui/components/deadline-card.tsx'
import { FilterBar } from '#ui/components/filter-bar.tsx'
import { pageItems, Pagination } from '#ui/components/pagination.tsx'
import { Select } from '#ui/components/select.tsx'
import { Tag, type TagColour } from '#ui/components/tag.tsx'
import { portalPage } from './frame.tsx'
import { type Asked, askedFor, filterOf, findListed, type Listed, queryOf, shownStanding, standings } from './requests-list.ts'
import { requestsTexts } from './requests-texts.ts'

const perPage = 30

/** `GET /requests?kind=&standing=&page=` */
export async function requestsPage(visit: Visit, context: HttpContext): Promise<Response> {
  const { base, ctx, language } = visit
  const t = requestsTexts(language)
  const listed = await findListed(visit)
  const asked = askedFor(context, listed)
  const filter = filterOf(listed, asked)
  const total = await countPublicCases(ctx, filter)
  const last = Math.max(1, Math.ceil(total / perPage))
  const page = Math.min(asked.page, last)
  const found = await listPublicCases(ctx, { ...filter, limit: perPage, offset: (page - 1) * perPage })
  // Other procedures stand on this list too (a project put forward, say); “report” leads to one that takes requests.
  const fileable = listed.procedures.find(({ manifest }) => manifest.serviceRequest !== undefined && manifest.filedBy.includes('anyone'))
  const query = queryOf({ ...asked, page: 1 })
  const search = query === '' ? '' : `?${query}`
  return portalPage(
    visit,
    { title: t('title'), path: '/requests', query: queryOf({ ...asked, page }), active: 'requests' },
    <>
      <h1 class="govuk-heading-xl">{t('title')}</h1>
      <p class="govuk-body-l">{t('lead')}</p>
      {fileable && <Button href={`${base}/matters/${fileable.slug}/new`}>{t('new')}</Button>}
      <ul class="govuk-list">
        <li>
          <a class="govuk-link" href={`${base}/figures/requests`}>
            {t('counts')}
          </a>
        </li>
        <li>
          <a class="govuk-link" href={`${base}/promises`}>
            {t('promises')}
          </a>
        </li>
      </ul>
      <Filters visit={visit} listed={listed} asked={asked} />
      <h2 class="govuk-heading-m">{t('found', { n: total })}</h2>
      {found.length === 0 && <p class="xl-empty">{t('none')}</p>}
      <ul class="xl-requests">
        {found.map((one) => (
          <Item visit={visit} one={one} procedure={listed.procedures.find(({ slug }) => slug === one.procedure)} />
        ))}
      </ul>
      {last > 1 && <Pagination items={pageItems(page, last, (number) => `${base}/requests?${queryOf({ ...asked, page: number })}`)} />}
      <p class="govuk-body-s">
        <a class="govuk-link" href={`${base}/requests.atom${search}`}>
          {t('feed')}
        </a>{' '}
        ·{' '}
        <a class="govuk-link" href={`${base}/requests.json${search}`}>
          {t('data')}
        </a>
      </p>
    </>,
  )
}

function Filters({ visit, listed, asked }: { visit: Visit; listed: Listed; asked: Asked }) {
  const t = requestsTexts(visit.language)
  const here = `${visit.base}/requests`
  const kind = listed.kinds.find(({ value }) => value === asked.kind)
  const standing = standings.find((known) => known === asked.standing)
  const without = (part: Partial<Asked>) => `${here}?${queryOf({ ...asked, page: 1, ...part })}`
  const chosen = [
    ...(kind ? [{ text: kind.text, removeHref: without({ kind: '' }) }] : []),
    ...(standing ? [{ text: t(`state.${standing}`), removeHref: without({ standing: '' }) }] : []),
  ]
  return (
    <FilterBar action={here} chosen={chosen} clearHref={here} label={t('filters')}>
      <Select
        name="kind"
        id="kind"
        label={t('kind')}
        value={asked.kind}
        items={[{ value: '', text: t('any') }, ...listed.kinds.map(({ value, text }) => ({ value, text }))]}
      />
      <Select
        name="standing"
        id="standing"
        label={t('standing')}
        value={asked.standing}
        items={[{ value: '', text: t('all') }, ...standings.map((known) => ({ value: known, text: t(`state.${known}`) }))]}
      />
    </FilterBar>
  )
}

function Item({ visit, one, procedure }: { visit: Visit; one: PublicCase; procedure: Package | undefined }) {
  const { base, ctx, language, town } = visit
  if (!procedure) return null
  const t = requestsTexts(language)
  const description = procedure.manifest.serviceRequest?.description
  const words = description === undefined ? undefined : one.fields[`filing.${description}`]
  const office = one.office === null ? undefined : town.organizations.get(one.office)?.name[language]
  const place = placeText(one, { procedure, town, language })
  return (
    <li class="xl-requests__item">
      <h3 class="govuk-heading-s govuk-!-margin-bottom-1">
        <a class="govuk-link" href={`${base}/requests/${one.number}`}>
          {subjectText(one, procedure) ?? kindText(procedure, one.category, language)}
          {place !== '' && ` · ${place}`}
        </a>
      </h3>
      {typeof words === 'string' && <p class="govuk-body govuk-!-margin-bottom-1">{Array.from(words).slice(0, 80).join('')}</p>}
      <p class="xl-requests__meta">
        <StandingTag visit={visit} one={one} />
        <span>{t('filedOn', { date: formatDate(dateIn(ctx.zone, one.filed_at), language) })}</span>
        {one.status === 'open' && one.due_on !== null && <DueText visit={visit} one={one} />}
        {office !== undefined && <span>{office}</span>}
      </p>
    </li>
  )
}

function DueText({ visit, one }: { visit: Visit; one: PublicCase }) {
  const date = formatDate(one.due_on ?? '', visit.language)
  return <span>{requestsTexts(visit.language)(shownStanding(visit, one) === 'overdue' ? 'overdueOn' : 'dueOn', { date })}</span>
}

const colours: Record<string, TagColour> = {
  solved: 'green',
  answered: 'teal',
  promised: 'blue',
  overdue: 'red',
  disputed: 'orange',
  declined: 'magenta',
  open: 'yellow',
}

export function StandingTag({ visit, one }: { visit: Visit; one: PublicCase }) {
  const standing = shownStanding(visit, one)
  return <Tag colour={colours[standing] ?? 'grey'}>{requestsTexts(visit.language)(`state.${standing}`)}</Tag>
}
