import { sql } from 'kysely'
import type { CalendarDate } from '../clock.ts'
import type { Ctx } from '../context.ts'
import { inTenant } from '../database/database.ts'

type GlassRow = {
  glass_id: string
  case_id: string
  user_id: string
  post_id: string | null
  purpose: 'danger' | 'law' | 'complaint' | 'audit'
  reason: Buffer
  asked_at: Date
  decided_at: Date | null
}

/** Requests of the last month that nobody has decided; older ones have lapsed. */
export async function selectWaitingGlass(ctx: Ctx): Promise<GlassRow[]> {
  const since = new Date(ctx.clock.now().getTime() - 31 * 86_400_000)
  const { rows } = await inTenant(ctx.db, ctx.tenant, (trx) =>
    sql<GlassRow>`select glass_id, case_id, user_id, post_id, purpose, reason, asked_at, decided_at from break_glass
      where tenant_id = ${ctx.tenant} and decided_at is null and asked_at > ${since} order by asked_at, glass_id limit 200`.execute(trx),
  )
  return rows
}

export async function findGlassCase(ctx: Ctx, glassId: string): Promise<GlassRow | undefined> {
  const { rows } = await inTenant(ctx.db, ctx.tenant, (trx) =>
    sql<GlassRow>`select glass_id, case_id, user_id, post_id, purpose, reason, asked_at, decided_at from break_glass
      where tenant_id = ${ctx.tenant} and glass_id = ${glassId}`.execute(trx),
  )
  return rows[0]
}

/** Parties who could not be reached when a seal was broken: by when a letter has to go out. For the supervision office. */
export async function selectUntold(ctx: Ctx): Promise<{ glass_id: string; case_id: string; tell_by: CalendarDate }[]> {
  const { rows } = await inTenant(ctx.db, ctx.tenant, (trx) =>
    sql<{ glass_id: string; case_id: string; tell_by: CalendarDate }>`select glass_id, case_id, tell_by from break_glass
      where tenant_id = ${ctx.tenant} and is_granted and told_at is null order by tell_by limit 200`.execute(trx),
  )
  return rows
}

export const markTold = (ctx: Ctx, glassId: string): Promise<unknown> =>
  inTenant(ctx.db, ctx.tenant, (trx) =>
    sql`update break_glass set told_at = ${ctx.clock.now()} where tenant_id = ${ctx.tenant} and glass_id = ${glassId} and is_granted and told_at is null`.execute(
      trx,
    ),
  )

/** How often a seal was to be broken in a year, and how often it was. */
export async function countGlass(ctx: Ctx, year: number): Promise<{ purpose: string; granted: number; refused: number }[]> {
  const { rows } = await inTenant(ctx.db, ctx.tenant, (trx) =>
    sql<{
      purpose: string
      granted: number
      refused: number
    }>`select purpose, count(*) filter (where is_granted)::int as granted, count(*) filter (where not is_granted)::int as refused
      from break_glass where tenant_id = ${ctx.tenant} and decided_at is not null and extract(year from asked_at at time zone ${ctx.zone}) = ${year} group by purpose order by purpose`.execute(
      trx,
    ),
  )
  return rows
}
