// The public calendar: hearings, halls taken, periods for comment, votes, days of disclosure; as a page, JSON, iCalendar (RFC 5545) and Atom (RFC 4287).
import ical from 'ical-generator'
import { listPublicDates, type PublicDate } from '#kernel/calendar/public-dates.ts'
import { addDays } from '#kernel/deadlines/dates.ts'
import { listProcedures } from '#kernel/procedures/packages.ts'
import { today } from '#kernel/towns/towns.ts'
import type { Visit } from '#http/visit.ts'
import { formatDate } from '#ui/components/deadline-card.tsx'
import { Table } from '#ui/components/table.tsx'
import { Tag } from '#ui/components/tag.tsx'
import { defineTexts } from '#ui/texts.ts'
import { sayer } from '../library/parts.tsx'
import { jsonAnswer } from './open-data.ts'
import { atomFeed } from './atom.ts'
import { dataLinksOf } from './data-links.ts'
import { portalPage } from './frame.tsx'

const texts = defineTexts({
  zh: {
    title: '公开日程',
    lead: '听证会、征求意见、投票、应当公开的日子和会堂借出的时间，都在这里。会堂只写什么时候借出，不写谁借、做什么。可以加到手机日历里，有变动会自动更新。',
    none: '最近没有安排。',
    past: '已经过去的（保留九十天）',
    day: '日期',
    what: '事项',
    where: '地点',
    who: '单位',
    hearing: '听证会',
    venue: '会堂',
    consultation: '征求意见',
    vote: '投票',
    disclosure: '应当公开',
    to: '{from}至{until}',
    take: '加到日历、订阅、取数据',
    number: '编号{number}',
  },
  en: {
    title: 'Public calendar',
    lead: 'Hearings, periods for comment, votes, days by which something is to be published, and when a hall is taken (not by whom or what for). Add it to your calendar: it follows every change.',
    none: 'Nothing is planned at present.',
    past: 'Past dates (kept for ninety days)',
    day: 'Date',
    what: 'What',
    where: 'Place',
    who: 'Body',
    hearing: 'Hearing',
    venue: 'Hall',
    consultation: 'Public comment',
    vote: 'Vote',
    disclosure: 'To be published',
    to: '{from} to {until}',
    take: 'Calendar, feed and data',
    number: 'No. {number}',
  },
})

type Named = PublicDate & { name: string; body: string }

/** The dates with their names in the visitor's language. */
async function namedDates(visit: Visit): Promise<Named[]> {
  const { ctx, language, town } = visit
  const t = texts(language)
  const procedures = await listProcedures(ctx)
  return (await listPublicDates(ctx)).map((one) => {
    const procedure = one.words && procedures.find(({ slug }) => slug === one.words?.procedure)
    const name =
      one.words && procedure
        ? `${sayer({ visit, procedure })('title')} · ${sayer({ visit, procedure })(`deadline.${one.words.deadline}`)} · ${t('number', { number: one.words.number })}`
        : one.title
    return { ...one, name, body: one.office === null ? '' : (town.organizations.get(one.office)?.name[language] ?? '') }
  })
}

/** `GET /dates` */
export async function datesPage(visit: Visit): Promise<Response> {
  const t = texts(visit.language)
  const dates = await namedDates(visit)
  const day = today(visit.ctx)
  const coming = dates.filter(({ until }) => until >= day)
  const past = dates.filter(({ until }) => until < day).toReversed()
  return portalPage(
    visit,
    { title: t('title'), path: '/dates' },
    <>
      <h1 class="govuk-heading-xl">{t('title')}</h1>
      <p class="govuk-body-l">{t('lead')}</p>
      {coming.length === 0 ? <p class="govuk-body">{t('none')}</p> : <Dates visit={visit} dates={coming} caption={t('title')} />}
      {past.length > 0 && (
        <>
          <h2 class="govuk-heading-m">{t('past')}</h2>
          <Dates visit={visit} dates={past} caption={t('past')} />
        </>
      )}
      <p class="govuk-body-s">
        {t('take')}：
        {dataLinksOf(visit, '/dates').map(({ href, title }) => (
          <>
            <a class="govuk-link" href={href} data-turbo="false">
              {title}
            </a>{' '}
          </>
        ))}
      </p>
    </>,
  )
}

const colours = { hearing: 'purple', venue: 'yellow', consultation: 'green', vote: 'blue', disclosure: 'grey' } as const

function Dates({ visit, dates, caption }: { visit: Visit; dates: Named[]; caption: string }) {
  const t = texts(visit.language)
  return (
    <Table
      class="xl-table--stack"
      caption={caption}
      captionClass="govuk-visually-hidden"
      head={[t('day'), t('what'), t('where'), t('who')]}
      rows={dates.map((one) => [
        daysOf(visit, one),
        {
          content: (
            <>
              <Tag colour={colours[one.kind]}>{t(one.kind)}</Tag>{' '}
              {one.path === null ? (
                one.name
              ) : (
                <a class="govuk-link" href={`${visit.base}${one.path}`}>
                  {one.name}
                </a>
              )}
            </>
          ),
        },
        one.place || '—',
        one.body || '—',
      ])}
    />
  )
}

function daysOf(visit: Visit, { from, until, start }: Named): string {
  const { language } = visit
  if (start) {
    const clock = new Intl.DateTimeFormat('zh-CN', { timeStyle: 'short', timeZone: visit.ctx.zone }).format(start)
    return `${formatDate(from, language)} ${clock}`
  }
  const [first, last] = [formatDate(from, language), formatDate(until, language)]
  return from === until ? first : texts(language)('to', { from: first, until: last })
}

const addressOf = (visit: Visit, one: Named) => `${visit.ctx.services.baseUrl}${visit.base}${one.path ?? '/dates'}`

/** `GET /dates.json` */
export async function datesJson(visit: Visit): Promise<Response> {
  const dates = await namedDates(visit)
  return jsonAnswer({
    dates: dates.map((one) => ({
      id: one.id,
      kind: one.kind,
      title: one.name,
      place: one.place || null,
      organization: one.office,
      from: one.from,
      until: one.until,
      start: one.start?.toISOString() ?? null,
      end: one.end?.toISOString() ?? null,
      url: addressOf(visit, one),
    })),
  })
}

/** `GET /dates.ics`: hearings with their time, everything else over whole days; one that moves keeps its UID and counts its SEQUENCE up. */
export async function datesCalendar(visit: Visit): Promise<Response> {
  const t = texts(visit.language)
  const host = new URL(visit.ctx.services.baseUrl).hostname
  const calendar = ical({ name: `${visit.town.name[visit.language]} ${t('title')}`, prodId: { company: 'xiangli', product: 'dates' }, ttl: 3600 })
  for (const one of await namedDates(visit))
    calendar.createEvent({
      id: `${one.id}@${visit.ctx.tenant}.${host}`,
      sequence: one.sequence,
      ...(one.start && one.end
        ? { start: one.start, end: one.end }
        : { start: new Date(`${one.from}T00:00:00Z`), end: new Date(`${addDays(one.until, 1)}T00:00:00Z`), allDay: true, timezone: 'UTC' }),
      stamp: one.changedAt,
      summary: one.kind === 'hearing' ? one.name : `${t(one.kind)}：${one.name}`,
      ...(one.place === '' ? {} : { location: one.place }),
      url: addressOf(visit, one),
    })
  return new Response(calendar.toString(), { headers: { 'content-type': 'text/calendar; charset=utf-8' } })
}

/** `GET /dates.atom` */
export async function datesFeed(visit: Visit): Promise<Response> {
  const t = texts(visit.language)
  return atomFeed(visit, {
    path: '/dates',
    self: '/dates.atom',
    title: t('title'),
    entries: (await namedDates(visit)).map((one) => ({
      id: `tag:${new URL(visit.ctx.services.baseUrl).hostname},2026:${visit.ctx.tenant}/dates/${one.id}`,
      title: `${t(one.kind)}：${one.name}`,
      updated: one.changedAt,
      href: addressOf(visit, one),
      summary: [daysOf(visit, one), one.place, one.body].filter((part) => part !== '').join(' · '),
    })),
  })
}
