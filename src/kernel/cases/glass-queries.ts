import { type RawBuilder, sql } from 'kysely'
import { overseenCases } from '../access/readable.ts'
import type { CalendarDate } from '../clock.ts'
import type { Ctx } from '../context.ts'
import { type Db, inTenant } from '../database/database.ts'

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

/** Reads rows of break_glass `g` with their cases `c`, sealed ones too: what is shown of them is asked of the rule. */
const inGlass = <T>(ctx: Ctx, work: (trx: Db) => Promise<T>): Promise<T> =>
  inTenant(ctx.db, ctx.tenant, async (trx) => {
    await sql`select set_config('app.sealed', '*', true)`.execute(trx)
    return work(trx)
  })

/** The case was not erased: after that there is nobody left to tell. */
const ofCase = sql`break_glass g join cases c on c.tenant_id = g.tenant_id and c.case_id = g.case_id and length(c.content) > 0`

/** Requests of the last month that nobody has decided and that this actor may decide; older ones have lapsed. Access comes before the limit. */
export async function selectWaitingGlass(ctx: Ctx): Promise<GlassRow[]> {
  const since = new Date(ctx.clock.now().getTime() - 31 * 86_400_000)
  const me = ctx.actor.kind === 'staff' ? ctx.actor.userId : ''
  const { rows } = await inGlass(ctx, (trx) =>
    sql<GlassRow>`select g.glass_id, g.case_id, g.user_id, g.post_id, g.purpose, g.reason, g.asked_at, g.decided_at from ${ofCase}
      where g.tenant_id = ${ctx.tenant} and g.decided_at is null and g.asked_at > ${since} and g.user_id <> ${me} and ${overseenCases(ctx)}
      order by g.asked_at, g.glass_id limit 200`.execute(trx),
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

export type UntoldRow = { glass_id: string; case_id: string; number: string; tell_by: CalendarDate }

/** Parties who could not be reached when a seal was broken, and by when a letter has to go out: of cases that this actor oversees. */
export async function selectUntold(ctx: Ctx): Promise<UntoldRow[]> {
  const { rows } = await inGlass(ctx, (trx) => untold(ctx, sql`${overseenCases(ctx)}`, 200).execute(trx))
  return rows
}

/** The same for one case; for the step that reaches its party. */
export async function selectUntoldOf(ctx: Ctx, caseId: string): Promise<UntoldRow[]> {
  const { rows } = await inGlass(ctx, (trx) => untold(ctx, sql`g.case_id = ${caseId}`, 1000).execute(trx))
  return rows
}

const untold = (ctx: Ctx, condition: RawBuilder<unknown>, limit: number) =>
  sql<UntoldRow>`select g.glass_id, g.case_id, c.number, g.tell_by from ${ofCase}
    where g.tenant_id = ${ctx.tenant} and g.is_granted and g.told_at is null and ${condition} order by g.tell_by, g.glass_id limit ${limit}`

/** Cases of which a party was to be told by yesterday, was not, and nobody has reported it. */
export async function selectLateTelling(ctx: Ctx, on: CalendarDate, subject: string): Promise<{ case_id: string }[]> {
  const { rows } = await inGlass(ctx, (trx) =>
    sql<{ case_id: string }>`select distinct g.case_id from ${ofCase}
      where g.tenant_id = ${ctx.tenant} and g.is_granted and g.told_at is null and g.tell_by < ${on}::date
        and not exists (select 1 from escalations e where e.tenant_id = g.tenant_id and e.case_id = g.case_id and e.kind = 'unacknowledged'
          and e.subject = ${subject} and e.resolved_at is null) limit 200`.execute(trx),
  )
  return rows
}

/** The letter about it did not arrive: it counts as not told. */
export const markUntold = (ctx: Ctx, caseId: string): Promise<unknown> =>
  inTenant(ctx.db, ctx.tenant, (trx) =>
    sql`update break_glass set told_at = null where tenant_id = ${ctx.tenant} and case_id = ${caseId} and is_granted and told_at is not null
        and not exists (select 1 from events e where e.tenant_id = ${ctx.tenant} and e.case_id = ${caseId} and e.type = 'glass.told' and e.actor_kind = 'staff' and e.recorded_at > break_glass.decided_at)`.execute(
      trx,
    ),
  )

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
