// Lists with names that the law asks for (payment lists): which there are, and one as CSV.
import { exportList, listExports } from '#kernel/exports/export-list.ts'
import { safeCell } from '#kernel/exports/safe-cell.ts'
import type { HttpContext } from '#http/route.ts'
import type { Visit } from '#http/visit.ts'
import { defineTexts } from '#ui/texts.ts'
import { work, workPage } from './frame.tsx'

const texts = defineTexts({
  zh: {
    title: '名册导出',
    lead: '只有法律要求的名册才能导出，例如发放名册。每导出一次，都会记在每一件的查阅记录里。',
    none: '您办理的事项没有可以导出的名册。',
    basis: '依据：{law}（{mark}）',
    download: '下载 CSV',
  },
  en: {
    title: 'Lists',
    lead: 'Only lists that the law asks for can be drawn up, such as payment lists. Each time is recorded with every case on it.',
    none: 'There is no list for the work you do.',
    basis: 'Basis: {law} ({mark})',
    download: 'Download CSV',
  },
})

export async function exportsPage(visit: Visit, context: HttpContext): Promise<Response> {
  const t = texts(visit.language)
  const lists = await listExports(visit.ctx, visit.language)
  return workPage(
    visit,
    context,
    { title: t('title'), active: 'cases' },
    <>
      <h1 class="govuk-heading-l">{t('title')}</h1>
      <p class="govuk-body">{lists.length > 0 ? t('lead') : t('none')}</p>
      {lists.map(({ slug, id, title, law, mark }) => (
        <section>
          <h2 class="govuk-heading-s">{title}</h2>
          <p class="govuk-body-s">{t('basis', { law, mark })}</p>
          <p class="govuk-body">
            <a class="govuk-link" href={work(visit, `/lists/${slug}/${id}/list.csv`)} data-turbo="false" aria-label={`${t('download')} ${title}`}>
              {t('download')}
            </a>
          </p>
        </section>
      ))}
    </>,
  )
}

export async function exportFile(visit: Visit, context: HttpContext): Promise<Response> {
  const { columns, rows } = await exportList(visit.ctx, context.req.param('slug') ?? '', context.req.param('id') ?? '', visit.language)
  const csv = [columns, ...rows].map((row) => row.map(toCell).join(',')).join('\r\n')
  return new Response(`\uFEFF${csv}\r\n`, {
    headers: { 'content-type': 'text/csv; charset=utf-8', 'content-disposition': 'attachment; filename="list.csv"', 'cache-control': 'no-store' },
  })
}

/** RFC 4180. */
const toCell = (value: string): string => `"${safeCell(value).replaceAll('"', '""')}"`
