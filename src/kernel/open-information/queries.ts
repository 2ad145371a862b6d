import { sql } from 'kysely'
import type { CalendarDate } from '../clock.ts'
import type { Ctx } from '../context.ts'
import { inTenant } from '../database/database.ts'
import type { FormData } from '../forms/forms.ts'

export type ItemRow = {
  case_id: string
  number: string
  procedure: string
  content: FormData
  document_id: string | null
  made_on: CalendarDate
  from_on: CalendarDate
  first_on: CalendarDate
  published_at: Date
}
export type ItemQuery = {
  /** Procedures whose publications are items, and where their parts stand among the published fields. */
  parts: Record<string, { title: string[]; text: string[]; category: string }>
  on: CalendarDate
  number?: string | undefined
  category?: string | undefined
  words: string[]
  limit: number
  offset: number
}

/** The part of an item that is shown: of several fields the first that is filled. An older version of it is not searched. */
const partOf = (query: ItemQuery, part: 'title' | 'text') => sql`(select p.content->>f.path
  from jsonb_array_elements_text(${JSON.stringify(query.parts)}::jsonb->c.procedure->${part}) with ordinality as f(path, n)
  where p.content->>f.path <> '' order by f.n limit 1)`
const category = (query: ItemQuery) => sql`p.content->>(${JSON.stringify(query.parts)}::jsonb->c.procedure->>'category')`

/** Sealed and held-back cases are never among them (row-level security hides the sealed; the embargo is asked here). A case stands once, with its latest publication. */
const shown = (ctx: Ctx, query: ItemQuery) => sql`from case_publications p join cases c on c.tenant_id = p.tenant_id and c.case_id = p.case_id
  where p.tenant_id = ${ctx.tenant} and p.withdrawn_at is null and p.from_on <= ${query.on} and (p.until_on is null or p.until_on >= ${query.on})
    and c.procedure = any(${Object.keys(query.parts)}) and c.sealed_class is null and (c.embargo_until is null or c.embargo_until <= ${ctx.clock.now()})
    and not exists (select from case_publications q where q.tenant_id = p.tenant_id and q.case_id = p.case_id and q.withdrawn_at is null
      and q.from_on <= ${query.on} and (q.until_on is null or q.until_on >= ${query.on})
      and (q.published_at, q.publication_id) > (p.published_at, p.publication_id))
    ${query.number === undefined ? sql`` : sql`and c.number = ${query.number}`}
    ${query.category === undefined ? sql`` : sql`and ${category(query)} = ${query.category}`}
    ${sql.join(
      query.words.map((word) => sql`and strpos(lower(concat(${partOf(query, 'title')}, ' ', ${partOf(query, 'text')}, ' ', c.number)), ${word}) > 0`),
      sql` `,
    )}`

/** What is public today, newest first. `words`: in small letters, each somewhere in title, text or number. */
export async function selectItems(ctx: Ctx, query: ItemQuery): Promise<ItemRow[]> {
  const { rows } = await inTenant(ctx.db, ctx.tenant, (trx) =>
    sql<ItemRow>`select c.case_id, c.number, c.procedure, p.content, p.document_id, c.filed_on::text as made_on, p.from_on::text as from_on, p.published_at,
        (select min(o.from_on)::text from case_publications o where o.tenant_id = p.tenant_id and o.case_id = p.case_id and o.element = p.element) as first_on
      ${shown(ctx, query)} order by p.from_on desc, p.published_at desc, c.number limit ${query.limit} offset ${query.offset}`.execute(trx),
  )
  return rows
}

/** How many are public today, by category. */
export async function countItems(ctx: Ctx, query: ItemQuery): Promise<{ category: string | null; count: number }[]> {
  const { rows } = await inTenant(ctx.db, ctx.tenant, (trx) =>
    sql<{ category: string | null; count: number }>`
      select ${category(query)} as category, count(*)::int as count ${shown(ctx, query)} group by 1 order by 1`.execute(trx),
  )
  return rows
}

/** Requests of a year by what became of them: those carried over from before, and those received in it. `open`: not closed by its end. */
export async function countRequests(
  ctx: Ctx,
  procedures: string[],
  from: CalendarDate,
  to: CalendarDate,
): Promise<{ procedure: string; outcome: string; carried: number; received: number }[]> {
  const { rows } = await inTenant(ctx.db, ctx.tenant, async (trx) => {
    await sql`select set_config('app.sealed', '*', true)`.execute(trx)
    return sql<{ procedure: string; outcome: string; carried: number; received: number }>`
      select procedure, case when closed_at is null or (closed_at at time zone ${ctx.zone})::date > ${to} then 'open' else coalesce(outcome, 'closed') end as outcome,
        count(*) filter (where filed_on < ${from})::int as carried, count(*) filter (where filed_on >= ${from})::int as received
      from cases where tenant_id = ${ctx.tenant} and procedure = any(${procedures}) and filed_on <= ${to}
        and (closed_at is null or (closed_at at time zone ${ctx.zone})::date >= ${from})
      group by 1, 2 order by 1, 2`.execute(trx)
  })
  return rows
}
