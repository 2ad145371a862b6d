// Fixed tables for everyone, through the suppressor; there is no free cross-filter.
import { sql } from 'kysely'
import type { Ctx } from '../context.ts'
import { inTenant } from '../database/database.ts'
import { countGlass } from '../cases/glass-queries.ts'
import { type Published, suppress } from './suppress.ts'

const columns = ['open', 'closed', 'missed'] as const

/** Cases filed in a year by procedure slug: open, closed in time, with a missed limit. */
export async function yearFigures(ctx: Ctx, year: number): Promise<Published> {
  const { rows } = await inTenant(ctx.db, ctx.tenant, async (trx) => {
    await sql`select set_config('app.sealed', '*', true)`.execute(trx)
    return sql<{ procedure: string; open: number; closed: number; missed: number }>`select procedure,
        count(*) filter (where status = 'open' and not missed)::int as open, count(*) filter (where status = 'closed' and not missed)::int as closed, count(*) filter (where missed)::int as missed
      from cases where tenant_id = ${ctx.tenant} and filed_on between ${`${year}-01-01`} and ${`${year}-12-31`} group by procedure order by procedure`.execute(
      trx,
    )
  })
  return suppress(
    rows.map((row) => row.procedure),
    [...columns],
    rows.map((row) => [row.open, row.closed, row.missed]),
  )
}

/** How often a seal was asked to be broken in a year, by purpose: granted and refused. Published each year. */
export async function glassFigures(ctx: Ctx, year: number): Promise<Published> {
  const counts = await countGlass(ctx, year)
  return suppress(
    counts.map((row) => row.purpose),
    ['granted', 'refused'],
    counts.map((row) => [row.granted, row.refused]),
  )
}
