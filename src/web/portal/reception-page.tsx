// When and where leaders receive people, and every other way in: what the petition regulations ask a town to publish (Art 18).
import { findOfficeWithDuty, type LocalName, today } from '#kernel/towns/towns.ts'
import { listProcedures } from '#kernel/procedures/packages.ts'
import { listEntries } from '#kernel/registers/list-entries.ts'
import type { Visit } from '#http/visit.ts'
import { SummaryList } from '#ui/components/summary-list.tsx'
import { Table } from '#ui/components/table.tsx'
import { defineTexts } from '#ui/texts.ts'
import { portalPage } from './frame.tsx'

const texts = defineTexts({
  zh: {
    title: '领导接待日和反映渠道',
    lead: '有事可以当面找负责人，也可以网上、写信、打电话，效果一样，都会登记、都有编号。',
    days: '近期接待安排',
    none: '近期的接待安排还没有公布。随时可以到窗口来。',
    day: '日期',
    time: '时间',
    who: '谁接待',
    place: '地点',
    field: '（下访）',
    note: '不用预约。几个人一起来的，请推选代表。当天没有谈完的，会登记编号，按期限书面答复。',
    ways: '其他渠道',
    online: '网上反映',
    phone: '电话',
    hours: '办公时间',
    address: '写信、来访地址',
    query: '查进展、查结果',
    queryText: '凭编号和回执码，在“查进展”里看；忘了回执码，可以到窗口或者打电话补。',
    start: '开始填写：{matter}',
  },
  en: {
    title: 'Reception days and ways in',
    lead: 'You may speak to those in charge in person, or write online, by letter or by phone: all count the same, are registered and get a number.',
    days: 'Coming reception days',
    none: 'No coming days are announced yet. The counter is open any time.',
    day: 'Date',
    time: 'Time',
    who: 'Who receives',
    place: 'Place',
    field: ' (in the village)',
    note: 'No appointment is needed. Several people together choose representatives. What is not settled that day gets a number and a written answer in time.',
    ways: 'Other ways',
    online: 'Online',
    phone: 'Phone',
    hours: 'Hours',
    address: 'Address for letters and visits',
    query: 'Progress and results',
    queryText: 'With the number and the receipt code under “Track”; a lost code is issued anew at the counter or by phone.',
    start: 'Begin: {matter}',
  },
})

type Day = { on: string; from: string; to: string; post: string; place: LocalName; isFieldVisit?: boolean }
const mostShown = 20

/** `GET /reception` */
export async function receptionPage(visit: Visit): Promise<Response> {
  const { language, town } = visit
  const t = texts(language)
  const days = (await listEntries<Day>(visit.ctx, 'reception-days'))
    .filter((day) => day.on >= today(visit.ctx))
    .toSorted((a, b) => `${a.on} ${a.from}`.localeCompare(`${b.on} ${b.from}`))
    .slice(0, mostShown)
  const matters = (await listProcedures(visit.ctx)).filter((procedure) => procedure.manifest.provides.includes('reception-days'))
  // The body that registers what these procedures take in.
  const duties = matters.flatMap((procedure) => procedure.manifest.lanes.filter((lane) => lane.office === 'own').flatMap((lane) => lane.posts))
  const office = town.organizations.get(findOfficeWithDuty(town, 'own', duties.slice(0, 1)) ?? '')
  const row = (key: string, value: string | undefined) => (value ? [{ key, value }] : [])
  return portalPage(
    visit,
    { title: t('title'), path: '/reception' },
    <>
      <h1 class="govuk-heading-xl">{t('title')}</h1>
      <p class="govuk-body-l">{t('lead')}</p>
      <h2 class="govuk-heading-m">{t('days')}</h2>
      {days.length === 0 ? (
        <p class="govuk-body">{t('none')}</p>
      ) : (
        <Table
          head={[t('day'), t('time'), t('who'), t('place')]}
          rows={days.map((day) => [
            day.on,
            `${day.from}–${day.to}`,
            town.posts.get(day.post)?.title[language] ?? day.post,
            `${day.place[language]}${day.isFieldVisit ? t('field') : ''}`,
          ])}
          firstCellIsHeader
          scrollLabel={t('days')}
        />
      )}
      <p class="govuk-body">{t('note')}</p>
      <h2 class="govuk-heading-m">{t('ways')}</h2>
      <SummaryList
        rows={[
          ...row(t('phone'), office?.phone),
          ...row(t('hours'), office?.hours),
          ...row(t('address'), office?.address),
          ...row(t('query'), t('queryText')),
        ]}
      />
      <ul class="govuk-list">
        {matters.map((procedure) => (
          <li>
            <a class="govuk-link" href={`${visit.base}/matters/${procedure.slug}`}>
              {t('start', { matter: procedure.texts[language][`${procedure.slug}.title`] ?? procedure.slug })}
            </a>
          </li>
        ))}
      </ul>
    </>,
  )
}
