// The town's open information (政府信息公开条例 Art 20, 21, 24, 26; GI1, GI2): what procedures published as items, read by everyone.
import { loadCase } from '../cases/load-case.ts'
import type { CalendarDate } from '../clock.ts'
import { as, type Ctx, systemActor } from '../context.ts'
import { pdfOf } from '../documents/read-document.ts'
import { notFound } from '../errors.ts'
import type { FormData } from '../forms/forms.ts'
import type { Package } from '../procedures/load-package.ts'
import { listProcedures } from '../procedures/packages.ts'
import { type Published, suppress } from '../publication/suppress.ts'
import { today } from '../towns/towns.ts'
import { countItems, countRequests, type ItemQuery, type ItemRow, selectItems } from './queries.ts'

/** One item. Its number never changes, whatever version of it is public. */
export type PublicItem = {
  number: string
  procedure: string
  title: string
  text: string
  category: string | undefined
  source: string | undefined
  /** When the information came about, and when it last changed: the period for publication runs from the later one (Art 26). */
  madeOn: CalendarDate
  changedOn: string | undefined
  firstPublishedOn: CalendarDate
  publishedOn: CalendarDate
  publishedAt: Date
  hasDocument: boolean
}
export type Category = { id: string; procedure: Package; count: number }
export type ItemFilter = { q?: string | undefined; category?: string | undefined; page?: number | undefined }

export const itemsPerPage = 20

/** Items that are public today, newest first; every word of `q` stands in its title, text or number. */
export async function listItems(ctx: Ctx, filter: ItemFilter, limit = itemsPerPage): Promise<{ items: PublicItem[]; total: number }> {
  const procedures = await publishing(ctx)
  const query: ItemQuery = {
    ...baseQuery(ctx, procedures),
    category: filter.category,
    words: (filter.q ?? '').toLowerCase().split(/\s+/).filter(Boolean).slice(0, 8),
    limit,
    offset: (Math.max(1, filter.page ?? 1) - 1) * limit,
  }
  const [rows, counts] = [await selectItems(ctx, query), await countItems(ctx, query)]
  return { items: rows.map((row) => toItem(row, procedures)), total: counts.reduce((sum, row) => sum + row.count, 0) }
}

/** @throws `item.not_found`: not public today, or never was. */
export async function getItem(ctx: Ctx, number: string): Promise<PublicItem> {
  const { row, procedures } = await findRow(ctx, number)
  return toItem(row, procedures)
}

/** The document that was published with an item, as it was issued. @throws `item.not_found`, `document.not_found`. */
export async function readItemDocument(ctx: Ctx, number: string): Promise<Buffer> {
  const { row } = await findRow(ctx, number)
  const own = as(ctx, systemActor('open-information'))
  const loaded = await loadCase(own, row.case_id)
  const document = loaded.documents.find((known) => known.document_id === row.document_id)
  if (!document) throw notFound('document.not_found')
  return (await pdfOf(own, loaded, document)).pdf
}

/** The whole catalogue: every category that a procedure knows, in its order, also those under which nothing stands yet. */
export async function listCategories(ctx: Ctx): Promise<Category[]> {
  const procedures = await publishing(ctx)
  const counts = new Map(
    (await countItems(ctx, { ...baseQuery(ctx, procedures), words: [], limit: 0, offset: 0 })).map((row) => [row.category, row.count]),
  )
  return procedures.flatMap((procedure) => {
    const [, field = ''] = (procedure.manifest.publication.item?.category ?? '').split('.')
    const choices = procedure.forms.get('filing')?.schema.properties[field]?.enum ?? []
    return choices.flatMap((id) => (typeof id === 'string' ? [{ id, procedure, count: counts.get(id) ?? 0 }] : []))
  })
}

/** Requests for information of a year by outcome, through the suppressor (Art 49, 50; GI14). Rows are `<procedure>.<outcome>` or `….open`. */
export async function requestReport(ctx: Ctx, year: number): Promise<Published> {
  const procedures = (await listProcedures(ctx)).filter((known) => known.manifest.provides.includes('disclosure-request')).map((known) => known.slug)
  const rows = await countRequests(ctx, procedures, `${year}-01-01`, `${year}-12-31`)
  return suppress(
    rows.map((row) => `${row.procedure}.${row.outcome}`),
    ['carried', 'received'],
    rows.map((row) => [row.carried, row.received]),
  )
}

const publishing = async (ctx: Ctx): Promise<Package[]> => (await listProcedures(ctx)).filter((procedure) => procedure.manifest.publication.item)

const baseQuery = (ctx: Ctx, procedures: Package[]) => ({
  parts: Object.fromEntries(
    procedures.flatMap(({ slug, manifest }) => {
      const { item } = manifest.publication
      return item ? [[slug, { title: item.title, text: item.text, category: item.category ?? '' }]] : []
    }),
  ),
  on: today(ctx),
})

async function findRow(ctx: Ctx, number: string): Promise<{ row: ItemRow; procedures: Package[] }> {
  const procedures = await publishing(ctx)
  const [row] = await selectItems(ctx, { ...baseQuery(ctx, procedures), number, words: [], limit: 1, offset: 0 })
  if (!row) throw notFound('item.not_found', 'There is no such public item today.')
  return { row, procedures }
}

function toItem(row: ItemRow, procedures: Package[]): PublicItem {
  const item = procedures.find((procedure) => procedure.slug === row.procedure)?.manifest.publication.item
  return {
    number: row.number,
    procedure: row.procedure,
    title: firstOf(row.content, item?.title ?? []) ?? row.number,
    text: firstOf(row.content, item?.text ?? []) ?? '',
    category: firstOf(row.content, [item?.category ?? '']),
    source: firstOf(row.content, [item?.source ?? '']),
    madeOn: row.made_on,
    changedOn: firstOf(row.content, [item?.changedOn ?? '']),
    firstPublishedOn: row.first_on,
    publishedOn: row.from_on,
    publishedAt: row.published_at,
    hasDocument: row.document_id !== null,
  }
}

function firstOf(content: FormData, paths: readonly string[]): string | undefined {
  const found = paths.map((path) => content[path]).find((value) => typeof value === 'string' && value !== '')
  return typeof found === 'string' ? found : undefined
}
