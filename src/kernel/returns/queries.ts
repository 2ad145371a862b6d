import { sql } from 'kysely'
import type { CalendarDate } from '../clock.ts'
import type { Ctx } from '../context.ts'
import { inTenant } from '../database/database.ts'

export type Span = { from: CalendarDate; to: CalendarDate }
export type RowKind = 'procedure' | 'office' | 'outcome'
export type Count = { row: string; counts: string; count: number }

const entries = <T>(ctx: Ctx, id?: string) =>
  inTenant(ctx.db, ctx.tenant, (trx) =>
    // data: what the register's schema let in.
    sql<{ id: string; data: T }>`select entry_id as id, data from register_entries
      where tenant_id = ${ctx.tenant} and register = 'returns' and is_current and data is not null ${id === undefined ? sql`` : sql`and entry_id = ${id}`}
      order by entry_id`.execute(trx),
  )

export const selectReturns = async <T>(ctx: Ctx, id?: string): Promise<{ id: string; data: T }[]> => (await entries<T>(ctx, id)).rows

/**
 * Cases by row for each thing that is counted, each case once: filed in the span, closed in it, open at its end, with a limit of the office
 * missed in it, or with an event that took effect in it. `procedures` undefined: all of them.
 */
export async function countCases(ctx: Ctx, rows: RowKind, counts: string[], procedures: string[] | undefined, { from, to }: Span): Promise<Count[]> {
  const row = {
    procedure: sql`c.procedure`,
    office: sql`coalesce(c.handling_office, '')`,
    outcome: sql`c.procedure || '.' || case when c.status = 'open' or ${closedOn(ctx)} > ${to} then 'open' else coalesce(c.outcome, 'closed') end`,
  }[rows]
  return inTenant(ctx.db, ctx.tenant, async (trx) => {
    // Figures count every case; the suppressor keeps them from pointing at one.
    await sql`select set_config('app.sealed', '*', true)`.execute(trx)
    const found = await Promise.all(
      counts.map((what) =>
        sql<Count>`select ${row} as row, ${what}::text as counts, count(*)::int as count from cases c
          where c.tenant_id = ${ctx.tenant} ${procedures === undefined ? sql`` : sql`and c.procedure = any(${procedures})`} and ${matches(ctx, what, { from, to })}
          group by 1 order by 1`.execute(trx),
      ),
    )
    return found.flatMap((result) => result.rows)
  })
}

const closedOn = (ctx: Ctx) => sql`(c.closed_at at time zone ${ctx.zone})::date`

function matches(ctx: Ctx, what: string, { from, to }: Span) {
  if (what === 'filed') return sql`c.filed_on between ${from} and ${to}`
  if (what === 'closed') return sql`${closedOn(ctx)} between ${from} and ${to}`
  if (what === 'open') return sql`c.filed_on <= ${to} and (c.closed_at is null or ${closedOn(ctx)} > ${to})`
  if (what === 'missed')
    return sql`exists (select from deadlines d where d.tenant_id = c.tenant_id and d.case_id = c.case_id and d.binds = 'office'
      and (d.missed_at at time zone ${ctx.zone})::date between ${from} and ${to})`
  return sql`exists (select from events e where e.tenant_id = c.tenant_id and e.case_id = c.case_id and e.name = ${what.slice('event:'.length)}
    and e.effective_on between ${from} and ${to})`
}
