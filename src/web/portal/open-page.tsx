// Open information (政府信息公开条例 Art 20, 21, 24): the catalogue with its search, one item, its document and its data, at addresses that stay.
import {
  getItem,
  itemsPerPage,
  listCategories,
  listItems,
  type PublicItem,
  readItemDocument,
  type Category,
} from '#kernel/open-information/open-information.ts'
import type { HttpContext } from '#http/route.ts'
import type { Visit } from '#http/visit.ts'
import { Breadcrumbs } from '#ui/components/breadcrumbs.tsx'
import { formatDate } from '#ui/components/deadline-card.tsx'
import { pageItems, Pagination } from '#ui/components/pagination.tsx'
import { SearchBox } from '#ui/components/search-box.tsx'
import { SummaryList } from '#ui/components/summary-list.tsx'
import { sayer } from '../library/parts.tsx'
import { portalPage } from './frame.tsx'
import { openTexts } from './open-texts.ts'

/** `GET /open?q=&category=&page=` */
export async function openPage(visit: Visit, context: HttpContext): Promise<Response> {
  const { base, language } = visit
  const t = openTexts(language)
  const q = (context.req.query('q') ?? '').trim().slice(0, 100)
  const categories = await listCategories(visit.ctx)
  const category = categories.find((known) => known.id === context.req.query('category'))
  const asked = Number(context.req.query('page') ?? 1)
  const page = Number.isInteger(asked) && asked > 0 && asked < 100_000 ? asked : 1
  const { items, total } = await listItems(visit.ctx, { q, category: category?.id, page })
  const query = (more: Record<string, string>) =>
    new URLSearchParams({ ...(q === '' ? {} : { q }), ...(category ? { category: category.id } : {}), ...more }).toString()
  const last = Math.ceil(total / itemsPerPage)
  const heading = category ? nameOf(visit, category) : t('title')
  return portalPage(
    visit,
    {
      title: heading,
      path: '/open',
      query: query(page > 1 ? { page: String(page) } : {}),
      before: (
        <Breadcrumbs
          items={[{ text: t('home'), href: base }, ...(category ? [{ text: t('title'), href: `${base}/open` }] : []), { text: heading }]}
        />
      ),
    },
    <>
      <h1 class="govuk-heading-xl">{heading}</h1>
      {!category && <p class="govuk-body-l">{t('lead')}</p>}
      <SearchBox action={`${base}/open`} label={t('search')} value={q} />
      <p class="govuk-hint">{total > 0 ? t('found', { count: total }) : q === '' ? t('nothingYet') : t('nothing')}</p>
      <ul class="govuk-list xl-library">
        {items.map((item) => (
          <li>
            <h2 class="govuk-heading-m govuk-!-margin-bottom-1">
              <a class="govuk-link" href={`${base}/open/items/${item.number}`}>
                {item.title}
              </a>
            </h2>
            <p class="govuk-hint govuk-!-margin-bottom-1">
              {[t('published', { date: formatDate(item.publishedOn, language) }), categoryOf(visit, categories, item), item.source]
                .filter(Boolean)
                .join(' · ')}
            </p>
            <p class="govuk-body">{item.text.length > 120 ? `${item.text.slice(0, 120)}…` : item.text}</p>
          </li>
        ))}
      </ul>
      {last > 1 && <Pagination items={pageItems(page, last, (to) => `${base}/open?${query({ page: String(to) })}`)} />}
      {categories.length > 0 && !category && (
        <>
          <h2 class="govuk-heading-l">{t('catalogue')}</h2>
          <Catalogue visit={visit} categories={categories} />
        </>
      )}
      <ul class="govuk-list">
        {[
          ...(category ? [[`${base}/open`, t('all')]] : []),
          [`${base}/open/guide`, t('guide')],
          [`${base}/open/report`, t('reports')],
          [`${base}/open/feed.xml`, t('feed')],
          [`${base}/open/items.json`, t('json')],
        ].map(([href, text]) => (
          <li>
            <a class="govuk-link" href={href} {...(href?.includes('.') ? { 'data-turbo': 'false' } : {})}>
              {text}
            </a>
          </li>
        ))}
      </ul>
    </>,
  )
}

/** Every category with what stands under it; nothing is left out because it is empty. */
export function Catalogue({ visit, categories }: { visit: Visit; categories: Category[] }) {
  const t = openTexts(visit.language)
  return (
    <ul class="govuk-list govuk-list--bullet">
      {categories.map((category) => (
        <li>
          {category.count > 0 ? (
            <a class="govuk-link" href={`${visit.base}/open?category=${category.id}`}>
              {nameOf(visit, category)}
            </a>
          ) : (
            nameOf(visit, category)
          )}
          {visit.language === 'zh'
            ? `（${category.count > 0 ? category.count : t('empty')}）`
            : ` (${category.count > 0 ? category.count : t('empty')})`}
        </li>
      ))}
    </ul>
  )
}

/** `GET /open/items/:number` */
export async function openItemPage(visit: Visit, context: HttpContext): Promise<Response> {
  const { base, language } = visit
  const t = openTexts(language)
  const item = await getItem(visit.ctx, context.req.param('number') ?? '')
  const categories = await listCategories(visit.ctx)
  const address = `${base}/open/items/${item.number}`
  const row = (key: string, value: string | undefined) => (value ? { key: { content: key }, value: { content: value } } : undefined)
  const date = (on: string | undefined) => on && formatDate(on, language)
  return portalPage(
    visit,
    {
      title: item.title,
      path: `/open/items/${item.number}`,
      before: (
        <Breadcrumbs items={[{ text: t('home'), href: base }, { text: t('title'), href: `${base}/open` }, { text: item.title }]} collapseOnMobile />
      ),
    },
    <>
      <h1 class="govuk-heading-l">{item.title}</h1>
      {item.text
        .split(/\n+/)
        .filter((line) => line.trim() !== '')
        .map((line) => (
          <p class="govuk-body">{line}</p>
        ))}
      <SummaryList
        rows={[
          row(t('number'), item.number),
          row(t('category'), categoryOf(visit, categories, item)),
          row(t('source'), item.source),
          row(t('made'), date(item.madeOn)),
          row(t('changed'), date(item.changedOn)),
          row(t('first'), date(item.firstPublishedOn)),
          row(t('this'), item.publishedOn === item.firstPublishedOn ? undefined : date(item.publishedOn)),
        ]}
      />
      <ul class="govuk-list">
        {item.hasDocument && (
          <li>
            <a class="govuk-link" href={`${address}/document.pdf`} data-turbo="false">
              {t('download')}
            </a>
          </li>
        )}
        <li>
          <a class="govuk-link" href={`${address}/data.json`} data-turbo="false">
            {t('asData')}
          </a>
        </li>
      </ul>
    </>,
  )
}

/** `GET /open/items/:number/document.pdf` */
export async function openItemDocument(visit: Visit, context: HttpContext): Promise<Response> {
  const number = context.req.param('number') ?? ''
  const pdf = await readItemDocument(visit.ctx, number)
  return new Response(new Uint8Array(pdf), {
    headers: { 'content-type': 'application/pdf', 'content-disposition': `inline; filename="${number}.pdf"`, 'cache-control': 'no-cache' },
  })
}

const nameOf = (visit: Visit, { id, procedure }: Category): string => {
  const [element = '', field = ''] = (procedure.manifest.publication.item?.category ?? '').split('.')
  return sayer({ visit, procedure })(`${element}.${field}.${id}`)
}

/** The words for the category of an item; its own id when the procedure knows it no more. */
export function categoryOf(visit: Visit, categories: Category[], item: PublicItem): string | undefined {
  const known = categories.find((category) => category.id === item.category && category.procedure.slug === item.procedure)
  return known ? nameOf(visit, known) : item.category
}
