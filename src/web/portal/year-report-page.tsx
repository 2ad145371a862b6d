// The yearly report of one procedure, for everyone: fixed tables, through the one suppressor.
import { speaker } from '#kernel/cases/words.ts'
import { getProcedure } from '#kernel/procedures/packages.ts'
import { choicesOf } from '#kernel/publication/statistics.ts'
import { type Published, smallestShown } from '#kernel/publication/suppress.ts'
import { yearReport } from '#kernel/publication/year-report.ts'
import { today } from '#kernel/towns/towns.ts'
import type { HttpContext } from '#http/route.ts'
import type { Visit } from '#http/visit.ts'
import { Table } from '#ui/components/table.tsx'
import { defineTexts } from '#ui/texts.ts'
import { portalPage } from './frame.tsx'

const texts = defineTexts({
  zh: {
    title: '{year}年度报告：{matter}',
    lead: '按当年收到的办件统计，数字直接从办件记录里数出来。只统计事和单位，不统计人。',
    all: '全部年度数字',
    byOffice: '按承办单位',
    byChannel: '按渠道',
    ends: '办理结果',
    breaches: '单位没有做到的',
    breachesText: '超过法定期限的，以及办理中查实没有依法尽责的。办完以后也一直算在里面。说的是单位，不是人。',
    none: '没有。',
    noOffice: '还没有交办',
    notOpen: '正在办',
    unset: '没有填',
    open: '正在办',
    closed: '按期办结',
    missed: '超过期限',
    cases: '件数',
    item: '项目',
    total: '合计',
    hidden: '不公布',
    late: '超期：{deadline}',
    note: '少于 {smallest} 件的数字不公布，免得认出是谁；为了不让人倒推，有的邻近数字也一起不公布。',
    before: '{year} 年',
    web: '网上',
    counter: '窗口',
    letter: '来信',
    phone: '电话',
    visit: '来访',
    upstream: '上级转来',
    case: '由别的办件转来',
  },
  en: {
    title: 'Report for {year}: {matter}',
    lead: 'Of the matters received that year, counted from the record itself. It counts matters and offices, never people.',
    all: 'All figures of the year',
    byOffice: 'By office',
    byChannel: 'By channel',
    ends: 'How they ended',
    breaches: 'What offices failed to do',
    breachesText:
      'Legal limits that were missed, and duties found not to have been kept. They stay counted after the matter is closed. It is about offices, not people.',
    none: 'None.',
    noOffice: 'Not handed out yet',
    notOpen: 'In hand',
    unset: 'Not given',
    open: 'In hand',
    closed: 'Closed in time',
    missed: 'Limit missed',
    cases: 'Cases',
    item: 'Item',
    total: 'Total',
    hidden: 'not shown',
    late: 'Late: {deadline}',
    note: 'Figures under {smallest} are not shown, so that nobody can be recognised; some others are withheld with them so that they cannot be computed back.',
    before: '{year}',
    web: 'Online',
    counter: 'Counter',
    letter: 'Letter',
    phone: 'Phone',
    visit: 'Visit',
    upstream: 'From a superior',
    case: 'From another case',
  },
})
type T = ReturnType<typeof texts>

const channels = ['web', 'counter', 'letter', 'phone', 'visit', 'upstream', 'case'] as const
const columns = ['open', 'closed', 'missed', 'cases'] as const

/** `GET /figures/:slug?year=`. @throws `procedure.not_found`. */
export async function yearReportPage(visit: Visit, context: HttpContext): Promise<Response> {
  const t = texts(visit.language)
  const procedure = await getProcedure(visit.ctx, context.req.param('slug') ?? '')
  const say = speaker(procedure, visit.language)
  const thisYear = Number(today(visit.ctx).slice(0, 4))
  const asked = Number(context.req.query('year') ?? thisYear)
  const year = Number.isInteger(asked) && asked > 2000 && asked <= thisYear ? asked : thisYear
  const report = await yearReport(visit.ctx, procedure, year)
  const title = t('title', { year: String(year), matter: say('title') })
  const office = (id: string) => (id === '' ? t('noOffice') : (visit.town.organizations.get(id)?.name[visit.language] ?? id))
  const channel = (id: string) => t(channels.find((known) => known === id) ?? 'case')
  const breach = (kind: string) => (kind.startsWith('missed:') ? t('late', { deadline: say(`deadline.${kind.slice(7)}`) }) : say(`finding.${kind}`))
  return portalPage(
    visit,
    { title, path: `/figures/${procedure.slug}` },
    <>
      <h1 class="govuk-heading-xl">{title}</h1>
      <p class="govuk-body">{t('lead')}</p>
      <Figures t={t} title={t('byOffice')} table={report.byOffice} row={office} />
      {procedure.manifest.statistics.map(({ id, field }) => (
        <Figures
          t={t}
          title={say(`statistic.${id}`)}
          table={report.statistics.find((known) => known.id === id)?.table}
          row={(value) => (choicesOf(procedure, field).includes(value) ? say(choiceKey(procedure, field, value)) : t('unset'))}
        />
      ))}
      <Figures t={t} title={t('byChannel')} table={report.byChannel} row={channel} />
      <Figures t={t} title={t('ends')} table={report.ends} row={(end) => (end === '' ? t('notOpen') : say(`outcome.${end}`))} />
      <Figures t={t} title={t('breaches')} text={t('breachesText')} table={report.breaches} row={office} column={breach} />
      <p class="govuk-body">
        <a class="govuk-link" href={`${visit.base}/figures?year=${year}`}>
          {t('all')}
        </a>
      </p>
      <p class="govuk-hint">{t('note', { smallest: String(smallestShown) })}</p>
      <p class="govuk-body">
        <a class="govuk-link" href={`${visit.base}/figures/${procedure.slug}?year=${year - 1}`}>
          {t('before', { year: String(year - 1) })}
        </a>
      </p>
    </>,
  )
}

type Procedure = Awaited<ReturnType<typeof getProcedure>>

/** Text of a choice: `<form>.<field>.<choice>`. */
function choiceKey({ graph }: Procedure, path: string, value: string): string {
  const [element = '', name = ''] = path.split('.')
  return `${element === 'filing' ? 'filing' : (graph.elements[element]?.xl.form ?? '')}.${name}.${value}`
}

type FiguresProps = { t: T; title: string; text?: string; table: Published | undefined; row: (id: string) => string; column?: (id: string) => string }

function Figures({ t, title, text, table, row, column }: FiguresProps) {
  const show = (count: number | null | undefined) => ({
    content: count === null || count === undefined ? t('hidden') : String(count),
    format: 'numeric',
  })
  const single = table?.columns.length === 1
  const name = (id: string) => column?.(id) ?? t(columns.find((known) => known === id) ?? 'cases')
  const line = (cells: readonly (number | null)[], total: number | null | undefined) => [...cells.map(show), ...(single ? [] : [show(total)])]
  return (
    <>
      <h2 class="govuk-heading-m">{title}</h2>
      {text && <p class="govuk-body">{text}</p>}
      {!table || table.rows.length === 0 ? (
        <p class="govuk-body">{t('none')}</p>
      ) : (
        <Table
          head={[t('item'), ...[...table.columns.map(name), ...(single ? [] : [t('total')])].map((content) => ({ content, format: 'numeric' }))]}
          rows={[
            ...table.rows.map((id, index) => [row(id), ...line(table.cells[index] ?? [], table.rowTotals[index])]),
            [t('total'), ...line(table.columnTotals, table.total)],
          ]}
          firstCellIsHeader
          scrollLabel={title}
        />
      )}
    </>
  )
}
