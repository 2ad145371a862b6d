// Figures for everyone: fixed tables, through the one suppressor.
import { listProcedures } from '#kernel/procedures/packages.ts'
import { smallestShown } from '#kernel/publication/suppress.ts'
import { glassFigures, yearFigures } from '#kernel/publication/figures.ts'
import { ratingFigures } from '#kernel/ratings/ratings.ts'
import { today } from '#kernel/towns/towns.ts'
import type { HttpContext } from '#http/route.ts'
import type { Visit } from '#http/visit.ts'
import { Table } from '#ui/components/table.tsx'
import { defineTexts } from '#ui/texts.ts'
import { accessWords } from '#web/access-words.ts'
import { portalPage } from './frame.tsx'
import { ratingTexts, wordOf } from './rating-page.tsx'

const texts = defineTexts({
  zh: {
    title: '{year} 年办了多少、晚了多少',
    lead: '这些数字直接从办件记录里数出来，不经人手。超过法定期限的，办完以后也一直算在里面。',
    matter: '事项',
    open: '正在办',
    closed: '按期办结',
    missed: '超过期限',
    total: '合计',
    hidden: '不公布',
    note: '少于 {smallest} 件的数字不公布，免得认出是谁；为了不让人倒推，有的邻近数字也一起不公布。',
    none: '{year} 年还没有收到事项。',
    glass: '紧急调阅',
    glassText: '来不及走正常交办时，一人申请、督查办公室另一人批准，可以打开一件事项最长24小时。每次当事人都会知道。',
    glassNone: '{year} 年没有人申请紧急调阅。',
    purpose: '用途',
    granted: '批准',
    refused: '没有批准',
    ratings: '办得好不好',
    ratingsText: '由办事的人自愿评价，一件事评一次。',
    ratingsNone: '{year} 年还没有人评价。',
    before: '{year} 年',
  },
  en: {
    title: 'What was done in {year}, and what was late',
    lead: 'These figures are counted from the record itself. A matter that missed its legal limit stays counted, also after it was closed.',
    matter: 'Matter',
    open: 'In hand',
    closed: 'Closed in time',
    missed: 'Limit missed',
    total: 'Total',
    hidden: 'not shown',
    note: 'Figures under {smallest} are not shown, so that nobody can be recognised; some others are withheld with them so that they cannot be computed back.',
    none: 'No matter was filed in {year}.',
    glass: 'Opened under a broken seal',
    glassText:
      'When a proper hand-over would come too late, one person asks and another of the supervision office decides; one case, 24 hours at most. The parties are told each time.',
    glassNone: 'Nobody asked for it in {year}.',
    purpose: 'For what',
    granted: 'Granted',
    refused: 'Refused',
    ratings: 'How people were served',
    ratingsText: 'Rated by the people themselves if they wish, once for each matter.',
    ratingsNone: 'Nobody rated anything in {year}.',
    before: '{year}',
  },
})

/** `GET /figures?year=`: cases filed in a year, by procedure and how they stand. */
export async function figuresPage(visit: Visit, context: HttpContext): Promise<Response> {
  const t = texts(visit.language)
  const thisYear = Number(today(visit.ctx).slice(0, 4))
  const asked = Number(context.req.query('year') ?? thisYear)
  const year = Number.isInteger(asked) && asked > 2000 && asked <= thisYear ? asked : thisYear
  const figures = await yearFigures(visit.ctx, year)
  const glass = await glassFigures(visit.ctx, year)
  const rated = await ratingFigures(visit.ctx, year)
  const sayRating = ratingTexts(visit.language)
  const words = accessWords(visit.language)
  const titles = new Map(
    (await listProcedures(visit.ctx)).map((procedure) => [
      procedure.slug,
      procedure.texts[visit.language][`${procedure.slug}.title`] ?? procedure.slug,
    ]),
  )
  const show = (count: number | null | undefined) => ({
    content: count === null || count === undefined ? t('hidden') : String(count),
    format: 'numeric',
  })
  const rows = [
    ...figures.rows.map((slug, index) => [
      {
        content: (
          <a class="govuk-link" href={`${visit.base}/figures/${slug}?year=${year}`}>
            {titles.get(slug) ?? slug}
          </a>
        ),
      },
      ...(figures.cells[index] ?? []).map(show),
      show(figures.rowTotals[index]),
    ]),
    [t('total'), ...figures.columnTotals.map(show), show(figures.total)],
  ]
  const head = [
    t('matter'),
    ...figures.columns.map((column) => ({ content: t(isColumn(column) ? column : 'total'), format: 'numeric' })),
    { content: t('total'), format: 'numeric' },
  ]
  return portalPage(
    visit,
    { title: t('title', { year: String(year) }), path: '/figures' },
    <>
      <h1 class="govuk-heading-xl">{t('title', { year: String(year) })}</h1>
      <p class="govuk-body">{t('lead')}</p>
      {figures.rows.length === 0 ? (
        <p class="govuk-body">{t('none', { year: String(year) })}</p>
      ) : (
        <Table head={head} rows={rows} firstCellIsHeader scrollLabel={t('title', { year: String(year) })} />
      )}
      <h2 class="govuk-heading-m">{t('ratings')}</h2>
      <p class="govuk-body">{t('ratingsText')}</p>
      {rated.rows.length === 0 ? (
        <p class="govuk-body">{t('ratingsNone', { year: String(year) })}</p>
      ) : (
        <Table
          head={[
            t('matter'),
            ...rated.columns.map((column) => ({ content: sayRating(wordOf(Number(column))), format: 'numeric' })),
            { content: t('total'), format: 'numeric' },
          ]}
          rows={[
            ...rated.rows.map((slug, index) => [titles.get(slug) ?? slug, ...(rated.cells[index] ?? []).map(show), show(rated.rowTotals[index])]),
            [t('total'), ...rated.columnTotals.map(show), show(rated.total)],
          ]}
          firstCellIsHeader
          scrollLabel={t('ratings')}
        />
      )}
      <h2 class="govuk-heading-m">{t('glass')}</h2>
      <p class="govuk-body">{t('glassText')}</p>
      {glass.rows.length === 0 ? (
        <p class="govuk-body">{t('glassNone', { year: String(year) })}</p>
      ) : (
        <Table
          head={[
            t('purpose'),
            { content: t('granted'), format: 'numeric' },
            { content: t('refused'), format: 'numeric' },
            { content: t('total'), format: 'numeric' },
          ]}
          rows={[
            ...glass.rows.map((purpose, index) => [
              isPurpose(purpose) ? words(`glass.${purpose}`) : purpose,
              ...(glass.cells[index] ?? []).map(show),
              show(glass.rowTotals[index]),
            ]),
            [t('total'), ...glass.columnTotals.map(show), show(glass.total)],
          ]}
          firstCellIsHeader
          scrollLabel={t('glass')}
        />
      )}
      <p class="govuk-hint">{t('note', { smallest: String(smallestShown) })}</p>
      <p class="govuk-body">
        <a class="govuk-link" href={`${visit.base}/figures?year=${year - 1}`}>
          {t('before', { year: String(year - 1) })}
        </a>
      </p>
    </>,
  )
}

const isPurpose = (purpose: string): purpose is 'danger' | 'law' | 'complaint' | 'audit' => ['danger', 'law', 'complaint', 'audit'].includes(purpose)

const isColumn = (column: string): column is 'open' | 'closed' | 'missed' => column === 'open' || column === 'closed' || column === 'missed'
