// The public list for programs, at addresses that stay: an Atom feed (RFC 4287) and JSON.
import { listPublicCases, type PublicCase } from '#kernel/publication/public-cases.ts'
import { listPromises } from '#kernel/publication/promises.ts'
import { kindText, placeText } from '#kernel/publication/public-words.ts'
import type { HttpContext } from '#http/route.ts'
import type { Visit } from '#http/visit.ts'
import { findShown, type Shown, updatesOf, updateText } from './request-page.tsx'
import { askedFor, filterOf, findListed, queryOf, shownStanding } from './requests-list.ts'
import { requestsTexts } from './requests-texts.ts'

const most = 100
const open = { 'access-control-allow-origin': '*', 'cache-control': 'no-store' }

async function find(visit: Visit, context: HttpContext) {
  const listed = await findListed(visit)
  const asked = askedFor(context, listed)
  const found = await listPublicCases(visit.ctx, { ...filterOf(listed, asked), limit: most, offset: (asked.page - 1) * most })
  const shown = found.flatMap((one): Shown[] => {
    const procedure = listed.procedures.find(({ slug }) => slug === one.procedure)
    return procedure ? [{ visit, one, procedure }] : []
  })
  return { asked, shown }
}

/** `GET /requests.json?kind=&standing=&page=`: a hundred a page, newest first. */
export async function requestsJson(visit: Visit, context: HttpContext): Promise<Response> {
  const { asked, shown } = await find(visit, context)
  const next = `${visit.ctx.services.baseUrl}${visit.base}/requests.json?${queryOf({ ...asked, page: asked.page + 1 })}`
  return json({ requests: shown.map(toJson), ...(shown.length === most ? { next } : {}) })
}

/** `GET /requests/:number.json` */
export async function requestJson(visit: Visit, context: HttpContext): Promise<Response> {
  const shown = await findShown(visit, (context.req.param('file') ?? '').replace(/\.json$/i, ''))
  const promises = await listPromises(visit.ctx, { number: shown.one.number, limit: 20, offset: 0 })
  const updates = await updatesOf(shown)
  return json({
    ...toJson(shown),
    promises: promises.map(({ title, dueOn, endedOn, state }) => ({ title, dueOn, endedOn, state })),
    updates: updates.map((update) => ({ at: update.at.toISOString(), event: update.event, text: updateText(shown, update), words: update.words })),
  })
}

const json = (value: unknown) => new Response(JSON.stringify(value), { headers: { 'content-type': 'application/json; charset=utf-8', ...open } })

function toJson({ visit, one, procedure }: Shown) {
  const { language, town } = visit
  return {
    number: one.number,
    url: addressOf(visit, one),
    procedure: one.procedure,
    category: one.category,
    kind: kindText(procedure, one.category, language),
    status: one.status,
    standing: shownStanding(visit, one),
    office: one.office === null ? null : { id: one.office, name: town.organizations.get(one.office)?.name[language] ?? one.office },
    place: placeText(one, { procedure, town, language }) || null,
    filedAt: one.filed_at.toISOString(),
    updatedAt: one.updated_at.toISOString(),
    closedAt: one.closed_at?.toISOString() ?? null,
    dueOn: one.due_on,
    fields: one.fields,
  }
}

const addressOf = (visit: Visit, one: PublicCase) => `${visit.ctx.services.baseUrl}${visit.base}/requests/${one.number}`

/** `GET /requests.atom?kind=&standing=`: an entry a request, its id stays; `updated` moves with it. */
export async function requestsAtom(visit: Visit, context: HttpContext): Promise<Response> {
  const { asked, shown } = await find(visit, context)
  const t = requestsTexts(visit.language)
  const query = queryOf({ ...asked, page: 1 })
  const self = `${visit.ctx.services.baseUrl}${visit.base}/requests`
  const search = query === '' ? '' : `?${query}`
  const updated = shown.map(({ one }) => one.updated_at.getTime())
  const entries = shown.map(({ one, procedure }) => {
    const place = placeText(one, { procedure, town: visit.town, language: visit.language })
    const kind = kindText(procedure, one.category, visit.language)
    return [
      '<entry>',
      `<id>${xml(addressOf(visit, one))}</id>`,
      `<title>${xml(place === '' ? kind : `${kind} · ${place}`)}</title>`,
      `<link rel="alternate" type="text/html" href="${xml(addressOf(visit, one))}"/>`,
      `<published>${one.filed_at.toISOString()}</published>`,
      `<updated>${one.updated_at.toISOString()}</updated>`,
      one.category === null ? '' : `<category term="${xml(one.category)}" label="${xml(kind)}"/>`,
      `<summary>${xml(t(`state.${shownStanding(visit, one)}`))}</summary>`,
      '</entry>',
    ].join('')
  })
  const feed = [
    '<?xml version="1.0" encoding="utf-8"?>',
    `<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="${visit.language === 'zh' ? 'zh-CN' : 'en'}">`,
    `<id>${xml(`${self}.atom${search}`)}</id>`,
    `<title>${xml(`${visit.town.name[visit.language]} · ${t('title')}`)}</title>`,
    `<updated>${new Date(Math.max(0, ...updated)).toISOString()}</updated>`,
    `<author><name>${xml(visit.town.name[visit.language])}</name></author>`,
    `<link rel="self" type="application/atom+xml" href="${xml(`${self}.atom${search}`)}"/>`,
    `<link rel="alternate" type="text/html" href="${xml(`${self}${search}`)}"/>`,
    ...entries,
    '</feed>',
  ].join('\n')
  return new Response(feed, { headers: { 'content-type': 'application/atom+xml; charset=utf-8', ...open } })
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** Text for XML 1.0: what its section 2.2 does not allow is left out. */
const xml = (text: string) =>
  text.replaceAll(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '').replaceAll(/[&<>"]/g, (mark) => entities[mark] ?? mark)
