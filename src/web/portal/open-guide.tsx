// The guide to open information and the yearly report (政府信息公开条例 Art 12, 25, 49, 50): both made from what the installation holds.
import { listCategories, listItems, requestReport } from '#kernel/open-information/open-information.ts'
import { resolveParameter } from '#kernel/deadlines/parameters.ts'
import { listProcedures } from '#kernel/procedures/packages.ts'
import { smallestShown } from '#kernel/publication/suppress.ts'
import { today } from '#kernel/towns/towns.ts'
import type { HttpContext } from '#http/route.ts'
import type { Visit } from '#http/visit.ts'
import { Breadcrumbs } from '#ui/components/breadcrumbs.tsx'
import { Table } from '#ui/components/table.tsx'
import { sayer } from '../library/parts.tsx'
import { portalPage } from './frame.tsx'
import { Catalogue } from './open-page.tsx'
import { openTexts } from './open-texts.ts'
import { amountText, citation, markText } from './words.ts'

const trail = (visit: Visit, title: string) => {
  const t = openTexts(visit.language)
  return (
    <Breadcrumbs
      items={[{ text: t('home'), href: visit.base }, { text: t('title'), href: `${visit.base}/open` }, { text: title }]}
      collapseOnMobile
    />
  )
}

/** `GET /open/guide` */
export async function openGuidePage(visit: Visit): Promise<Response> {
  const { base, language, town } = visit
  const t = openTexts(language)
  const categories = await listCategories(visit.ctx)
  const publishing = [...new Set(categories.map((category) => category.procedure))]
  const requests = (await listProcedures(visit.ctx)).filter((known) => known.manifest.provides.includes('disclosure-request'))
  const duties = new Set(publishing.flatMap((known) => known.manifest.lanes.flatMap((lane) => lane.posts)))
  const bodies = [...town.organizations.values()].filter(
    (body) => body.kind === 'own' && [...town.posts.values()].some((post) => post.organization === body.id && duties.has(post.duty)),
  )
  return portalPage(
    visit,
    { title: t('guideTitle'), path: '/open/guide', before: trail(visit, t('guideTitle')) },
    <>
      <h1 class="govuk-heading-xl">{t('guideTitle')}</h1>
      <p class="govuk-body-l">{t('guideLead')}</p>
      <h2 class="govuk-heading-m">{t('whatTitle')}</h2>
      <p class="govuk-body">{t('whatText')}</p>
      <Limits visit={visit} procedures={publishing} />
      <Catalogue visit={visit} categories={categories} />
      <h2 class="govuk-heading-m">{t('howTitle')}</h2>
      <p class="govuk-body">{t('howText')}</p>
      <h2 class="govuk-heading-m">{t('bodyTitle')}</h2>
      <Table
        head={[t('body'), t('phone'), t('hours'), t('address')]}
        rows={bodies.map((body) => [body.name[language], body.phone ?? '—', body.hours ?? '—', body.address ?? '—'])}
        firstCellIsHeader
        scrollLabel={t('bodyTitle')}
      />
      <h2 class="govuk-heading-m">{t('askTitle')}</h2>
      <p class="govuk-body">{t('askText')}</p>
      {requests.map((procedure) => (
        <p class="govuk-body">
          <a class="govuk-link" href={`${base}/matters/${procedure.slug}`}>
            {sayer({ visit, procedure })('title')}
          </a>
        </p>
      ))}
      {requests.length > 0 && <p class="govuk-body">{t('askLimits')}</p>}
      <Limits visit={visit} procedures={requests} />
      <h2 class="govuk-heading-m">{t('remedyTitle')}</h2>
      <p class="govuk-body">{t('remedyText')}</p>
    </>,
  )
}

/** What binds the office, with its number in force and its article. */
function Limits({ visit, procedures }: { visit: Visit; procedures: Awaited<ReturnType<typeof listProcedures>> }) {
  const t = openTexts(visit.language)
  return (
    <ul class="govuk-list govuk-list--bullet">
      {procedures.flatMap((procedure) =>
        procedure.manifest.deadlines
          .filter((deadline) => deadline.binds === 'office')
          .map((deadline) => {
            const rows = procedure.manifest.parameters.filter((row) => row.id === deadline.parameter)
            const own = visit.town.overrides.get(`${procedure.slug}/${deadline.parameter}`) ?? []
            const { value, mark } = resolveParameter(rows, own, today(visit.ctx))
            const law = procedure.manifest.law.find((known) => known.id === deadline.law)
            return (
              <li>
                {t('limit', {
                  name: sayer({ visit, procedure })(`deadline.${deadline.id}`),
                  amount: amountText(value, deadline.unit, visit.language),
                })}
                <span class="govuk-hint govuk-!-margin-bottom-0">
                  {law && citation(law, visit.language)}
                  {markText(mark, visit.language)}
                </span>
              </li>
            )
          }),
      )}
    </ul>
  )
}

/** `GET /open/report?year=`: the requests of a year, through the suppressor. */
export async function openReportPage(visit: Visit, context: HttpContext): Promise<Response> {
  const { language } = visit
  const t = openTexts(language)
  const thisYear = Number(today(visit.ctx).slice(0, 4))
  const asked = Number(context.req.query('year') ?? thisYear)
  const year = Number.isInteger(asked) && asked > 2000 && asked <= thisYear ? asked : thisYear
  const report = await requestReport(visit.ctx, year)
  const { total } = await listItems(visit.ctx, {}, 1)
  const procedures = await listProcedures(visit.ctx)
  const nameOf = (row: string) => {
    const [slug = '', outcome = ''] = row.split('.')
    const procedure = procedures.find((known) => known.slug === slug)
    return outcome === 'open' || !procedure ? t('open') : sayer({ visit, procedure })(`outcome.${outcome}`)
  }
  const show = (count: number | null | undefined) => ({
    content: count === null || count === undefined ? t('hidden') : String(count),
    format: 'numeric',
  })
  const title = t('reportTitle', { year: String(year) })
  return portalPage(
    visit,
    { title, path: '/open/report', query: `year=${year}`, before: trail(visit, title) },
    <>
      <h1 class="govuk-heading-xl">{title}</h1>
      <p class="govuk-body">{t('reportLead')}</p>
      <h2 class="govuk-heading-m">{t('requests')}</h2>
      {report.rows.length === 0 ? (
        <p class="govuk-body">{t('noRequests', { year: String(year) })}</p>
      ) : (
        <Table
          head={[t('outcome'), ...[t('carried'), t('received'), t('total')].map((content) => ({ content, format: 'numeric' }))]}
          rows={[
            ...report.rows.map((row, index) => [nameOf(row), ...(report.cells[index] ?? []).map(show), show(report.rowTotals[index])]),
            [t('total'), ...report.columnTotals.map(show), show(report.total)],
          ]}
          firstCellIsHeader
          scrollLabel={t('requests')}
        />
      )}
      <p class="govuk-hint">{t('note', { smallest: String(smallestShown) })}</p>
      {year === thisYear && (
        <>
          <h2 class="govuk-heading-m">{t('items')}</h2>
          <p class="govuk-body">{t('itemsText', { count: total })}</p>
        </>
      )}
      <p class="govuk-body">
        <a class="govuk-link" href={`${visit.base}/open/report?year=${year - 1}`}>
          {t('before', { year: String(year - 1) })}
        </a>
      </p>
    </>,
  )
}
