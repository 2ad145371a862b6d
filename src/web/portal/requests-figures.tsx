// What became of what people reported, by kind and by month, through the one suppressor.
import { countedStandings, type CountedStanding, countStandings } from '#kernel/publication/standing-counts.ts'
import { kindText } from '#kernel/publication/public-words.ts'
import { type Published, smallestShown } from '#kernel/publication/suppress.ts'
import { today } from '#kernel/towns/towns.ts'
import type { HttpContext } from '#http/route.ts'
import type { Visit } from '#http/visit.ts'
import { formatMonth } from '#ui/components/deadline-card.tsx'
import { Table } from '#ui/components/table.tsx'
import { Back, portalPage } from './frame.tsx'
import { findListed } from './requests-list.ts'
import { requestsTexts } from './requests-texts.ts'

/** `GET /figures/requests?year=` */
export async function requestFiguresPage(visit: Visit, context: HttpContext): Promise<Response> {
  const { base, language } = visit
  const t = requestsTexts(language)
  const thisYear = Number(today(visit.ctx).slice(0, 4))
  const asked = Number(context.req.query('year') ?? thisYear)
  const year = Number.isInteger(asked) && asked > 2000 && asked <= thisYear ? asked : thisYear
  const { procedures } = await findListed(visit)
  const { kinds, months } = await countStandings(
    visit.ctx,
    procedures.map(({ slug }) => slug),
    year,
  )
  const nameOf = (kind: string) => {
    const [slug = '', category = ''] = kind.split('/')
    const procedure = procedures.find((known) => known.slug === slug)
    return procedure ? kindText(procedure, category === '' ? null : category, language) : kind
  }
  return portalPage(
    visit,
    {
      title: t('countsTitle', { year }),
      path: '/figures/requests',
      query: `year=${year}`,
      width: 'wide',
      before: <Back href={`${base}/requests`}>{t('listBack')}</Back>,
    },
    <>
      <h1 class="govuk-heading-xl">{t('countsTitle', { year })}</h1>
      <p class="govuk-body-l">{t('countsLead')}</p>
      {kinds.rows.length === 0 ? (
        <p class="xl-empty">{t('noCounts', { year })}</p>
      ) : (
        <>
          <h2 class="govuk-heading-m">{t('byKind')}</h2>
          <Counts visit={visit} table={kinds} first={t('kind')} nameOf={nameOf} label={t('byKind')} />
          <h2 class="govuk-heading-m">{t('byMonth')}</h2>
          <Counts visit={visit} table={months} first={t('month')} nameOf={(month) => formatMonth(month, visit.language)} label={t('byMonth')} />
        </>
      )}
      <p class="govuk-hint">{t('hiddenNote', { smallest: smallestShown })}</p>
      <p class="govuk-body">
        <a class="govuk-link" href={`${base}/figures/requests?year=${year - 1}`}>
          {t('earlier', { year: year - 1 })}
        </a>
      </p>
    </>,
  )
}

type Part = { visit: Visit; table: Published; first: string; nameOf: (row: string) => string; label: string }

function Counts({ visit, table, first, nameOf, label }: Part) {
  const t = requestsTexts(visit.language)
  const cell = (count: number | null | undefined) => ({
    content: count === null || count === undefined ? t('hidden') : String(count),
    format: 'numeric',
  })
  const isCounted = (column: string): column is CountedStanding => countedStandings.some((known) => known === column)
  return (
    <Table
      class="xl-table--dense"
      head={[
        first,
        ...table.columns.map((column) => ({ content: isCounted(column) ? t(`state.${column}`) : column, format: 'numeric' })),
        { content: t('total'), format: 'numeric' },
      ]}
      rows={[
        ...table.rows.map((row, index) => [nameOf(row), ...(table.cells[index] ?? []).map(cell), cell(table.rowTotals[index])]),
        [t('total'), ...table.columnTotals.map(cell), cell(table.total)],
      ]}
      firstCellIsHeader
      scrollLabel={label}
    />
  )
}
