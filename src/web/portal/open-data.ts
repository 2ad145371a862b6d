// Open information for programs: JSON of the list and of one item, and an Atom feed (RFC 4287).
import { startOfDate } from '#kernel/clock.ts'
import { getItem, listCategories, listItems, type PublicItem } from '#kernel/open-information/open-information.ts'
import type { HttpContext } from '#http/route.ts'
import type { Visit } from '#http/visit.ts'
import { xml } from './atom.ts'
import { categoryOf } from './open-page.tsx'
import { openTexts } from './open-texts.ts'

const feedLength = 50
const listLength = 100

const addressOf = (visit: Visit, path = '') => `${visit.ctx.services.baseUrl}${visit.base}/open${path}`

/** `GET /open/items.json?q=&category=&page=`: a hundred at a time, newest first; `next` while there are more. */
export async function openItemsJson(visit: Visit, context: HttpContext): Promise<Response> {
  const [q, category] = [context.req.query('q'), context.req.query('category')]
  const asked = Number(context.req.query('page') ?? 1)
  const page = Number.isInteger(asked) && asked > 0 && asked < 100_000 ? asked : 1
  const { items, total } = await listItems(visit.ctx, { q, category, page }, listLength)
  const next = new URLSearchParams({ ...(q ? { q } : {}), ...(category ? { category } : {}), page: String(page + 1) })
  return jsonAnswer({
    total,
    items: items.map((item) => toJson(visit, item)),
    ...(page * listLength < total ? { next: `${addressOf(visit, '/items.json')}?${next.toString()}` } : {}),
  })
}

/** `GET /open/items/:number/data.json` */
export async function openItemJson(visit: Visit, context: HttpContext): Promise<Response> {
  return jsonAnswer(toJson(visit, await getItem(visit.ctx, context.req.param('number') ?? '')))
}

/** `GET /open/feed.xml`: the newest fifty. An entry keeps its id through every version. */
export async function openFeed(visit: Visit): Promise<Response> {
  const { language, town } = visit
  const { items } = await listItems(visit.ctx, {}, feedLength)
  const categories = await listCategories(visit.ctx)
  const updated = items.reduce((latest, item) => (item.publishedAt > latest ? item.publishedAt : latest), new Date(0))
  const title = `${town.name[language]} ${openTexts(language)('title')}`
  const feed = [
    '<?xml version="1.0" encoding="utf-8"?>',
    `<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="${language === 'zh' ? 'zh-CN' : 'en'}">`,
    `<id>${xml(addressOf(visit))}</id>`,
    `<title>${xml(title)}</title>`,
    `<updated>${updated.toISOString()}</updated>`,
    `<author><name>${xml(town.name[language])}</name></author>`,
    `<link rel="self" type="application/atom+xml" href="${xml(addressOf(visit, '/feed.xml'))}"/>`,
    `<link rel="alternate" type="text/html" href="${xml(addressOf(visit))}"/>`,
    ...items.map((item) => entryOf(visit, item, categoryOf(visit, categories, item))),
    '</feed>',
    '',
  ].join('\n')
  return new Response(feed, { headers: { 'content-type': 'application/atom+xml; charset=utf-8', 'cache-control': 'no-cache' } })
}

function entryOf(visit: Visit, item: PublicItem, label: string | undefined): string {
  const address = addressOf(visit, `/items/${item.number}`)
  return [
    '<entry>',
    `<id>${xml(address)}</id>`,
    `<title>${xml(item.title)}</title>`,
    `<published>${startOfDate(visit.ctx.zone, item.firstPublishedOn).toISOString()}</published>`,
    `<updated>${item.publishedAt.toISOString()}</updated>`,
    `<link rel="alternate" type="text/html" href="${xml(address)}"/>`,
    ...(item.hasDocument ? [`<link rel="enclosure" type="application/pdf" href="${xml(`${address}/document.pdf`)}"/>`] : []),
    ...(item.category ? [`<category term="${xml(item.category)}" label="${xml(label ?? item.category)}"/>`] : []),
    `<content type="text">${xml(item.text)}</content>`,
    '</entry>',
  ].join('\n')
}

const toJson = (visit: Visit, item: PublicItem) => ({
  number: item.number,
  url: addressOf(visit, `/items/${item.number}`),
  title: item.title,
  text: item.text,
  category: item.category ?? null,
  source: item.source ?? null,
  made_on: item.madeOn,
  changed_on: item.changedOn ?? null,
  first_published_on: item.firstPublishedOn,
  published_at: item.publishedAt.toISOString(),
  document: item.hasDocument ? addressOf(visit, `/items/${item.number}/document.pdf`) : null,
})

/** What anyone may fetch, from any page. */
export const jsonAnswer = (value: unknown): Response =>
  new Response(JSON.stringify(value), {
    headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-cache', 'access-control-allow-origin': '*' },
  })
