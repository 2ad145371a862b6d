// Reads of the public standing: anyone may ask, so nothing here needs an actor's right, only a town.
import { sql } from 'kysely'
import type { Ctx } from '../context.ts'
import { inTenant } from '../database/database.ts'
import type { FormData } from '../forms/forms.ts'
import type { PublicStanding } from '../procedures/manifest.ts'

export type PublicCase = {
  case_id: string
  number: string
  procedure: string
  category: string | null
  status: 'open' | 'closed'
  outcome: string | null
  office: string | null
  place_id: string | null
  filed_at: Date
  updated_at: Date
  closed_at: Date | null
  due_on: string | null
  standing: PublicStanding
  fields: FormData
}
export type PublicUpdate = {
  update_id: string
  number: string
  procedure: string
  at: Date
  status: 'open' | 'closed'
  event: string | null
  words: string | null
}

export type PublicQuery = {
  procedures: string[]
  numbers?: string[] | undefined
  categories?: string[] | undefined
  statuses?: string[] | undefined
  standings?: PublicStanding[] | undefined
  from?: Date | undefined
  to?: Date | undefined
  updatedFrom?: Date | undefined
  updatedTo?: Date | undefined
  limit: number
  offset: number
}

const columns = sql`case_id, number, procedure, category, status, outcome, office, place_id, filed_at, updated_at, closed_at, due_on::text as due_on, standing, fields`

/** Newest first. `numbers` overrides every other filter. */
export async function listPublicCases(ctx: Ctx, query: PublicQuery): Promise<PublicCase[]> {
  const { rows } = await inTenant(ctx.db, ctx.tenant, (trx) =>
    sql<PublicCase>`select ${columns} from public_cases
      where tenant_id = ${ctx.tenant} and procedure = any(${query.procedures})
        ${query.numbers ? sql`and number = any(${query.numbers})` : filters(query)}
      order by filed_at desc, number limit ${query.limit} offset ${query.offset}`.execute(trx),
  )
  return rows
}

/** How many cases a query finds, whatever its page. */
export async function countPublicCases(ctx: Ctx, query: Omit<PublicQuery, 'limit' | 'offset' | 'numbers'>): Promise<number> {
  const { rows } = await inTenant(ctx.db, ctx.tenant, (trx) =>
    sql<{ count: number }>`select count(*)::int as count from public_cases
      where tenant_id = ${ctx.tenant} and procedure = any(${query.procedures}) ${filters(query)}`.execute(trx),
  )
  return rows[0]?.count ?? 0
}

function filters({ categories, statuses, standings, from, to, updatedFrom, updatedTo }: Omit<PublicQuery, 'limit' | 'offset'>) {
  return sql`${categories ? sql`and category = any(${categories})` : sql``} ${statuses ? sql`and status = any(${statuses})` : sql``}
    ${standings ? sql`and standing = any(${standings})` : sql``} ${from ? sql`and filed_at >= ${from}` : sql``} ${to ? sql`and filed_at <= ${to}` : sql``}
    ${updatedFrom ? sql`and updated_at >= ${updatedFrom}` : sql``} ${updatedTo ? sql`and updated_at <= ${updatedTo}` : sql``}`
}

/** Updates of public cases, oldest first. */
export async function listPublicUpdates(
  ctx: Ctx,
  query: { procedures: string[]; numbers?: string[] | undefined; from: Date; to: Date; limit: number; offset: number },
): Promise<PublicUpdate[]> {
  const { rows } = await inTenant(ctx.db, ctx.tenant, (trx) =>
    sql<PublicUpdate>`select u.update_id, c.number, c.procedure, u.at, u.status, u.event, u.words
      from public_updates u join public_cases c on c.tenant_id = u.tenant_id and c.case_id = u.case_id
      where u.tenant_id = ${ctx.tenant} and u.at >= ${query.from} and u.at <= ${query.to} and c.procedure = any(${query.procedures})
        ${query.numbers ? sql`and c.number = any(${query.numbers})` : sql``}
      order by u.at, u.update_id limit ${query.limit} offset ${query.offset}`.execute(trx),
  )
  return rows
}

/** Public words of whoever sent the request; the caller has checked them. */
export async function addPublicWords(ctx: Ctx, update: { updateId: string; caseId: string; at: Date; words: string | null }): Promise<void> {
  await inTenant(ctx.db, ctx.tenant, (trx) =>
    sql`insert into public_updates (tenant_id, update_id, case_id, at, status, words)
      select ${ctx.tenant}, ${update.updateId}, case_id, ${update.at}, status, ${update.words} from public_cases
      where tenant_id = ${ctx.tenant} and case_id = ${update.caseId}`.execute(trx),
  )
}
