// Promises that offices made in public: what, by whom, by when, and whether they were kept (set-public-task@1).
import { sql } from 'kysely'
import type { CalendarDate } from '../clock.ts'
import type { Ctx } from '../context.ts'
import { inTenant } from '../database/database.ts'
import { today } from '../towns/towns.ts'

export const promiseStates = ['open', 'overdue', 'kept', 'kept-late', 'withdrawn'] as const
export type PromiseState = (typeof promiseStates)[number]

export type PublicPromise = {
  title: string
  office: string | null
  promisedOn: CalendarDate
  dueOn: CalendarDate
  endedOn: CalendarDate | null
  state: PromiseState
  /** Number of the case it was made in, when that case stands in public itself. */
  number: string | null
}

const state = (on: CalendarDate) => sql`case
    when p.status = 'withdrawn' then 'withdrawn'
    when p.status = 'kept' then case when p.ended_on > p.due_on then 'kept-late' else 'kept' end
    when p.due_on < ${on}::date then 'overdue' else 'open' end`

/** Overdue ones first, then by date. A promise of a sealed case is nobody's to read. */
export async function listPromises(
  ctx: Ctx,
  query: { states?: PromiseState[]; number?: string; limit: number; offset: number },
): Promise<PublicPromise[]> {
  const on = today(ctx)
  const { rows } = await inTenant(ctx.db, ctx.tenant, async (trx) => {
    await sql`select set_config('app.sealed', '*', true)`.execute(trx)
    return sql<PublicPromise>`select p.title, p.organization_id as office, p.promised_on::text as "promisedOn", p.due_on::text as "dueOn", p.ended_on::text as "endedOn",
        ${state(on)} as state, c.number
      from public_tasks p
        join cases k on k.tenant_id = p.tenant_id and k.case_id = p.case_id and k.sealed_class is null and k.embargo_until is null
        left join public_cases c on c.tenant_id = p.tenant_id and c.case_id = p.case_id
      where p.tenant_id = ${ctx.tenant} ${query.number === undefined ? sql`` : sql`and c.number = ${query.number}`}
        ${query.states ? sql`and ${state(on)} = any(${query.states})` : sql``}
      order by (p.status = 'open') desc, p.due_on ${query.number === undefined ? sql`` : sql`desc`}, p.public_task_id
      limit ${query.limit} offset ${query.offset}`.execute(trx)
  })
  return rows
}

/** How many promises stand in which state. */
export async function countPromises(ctx: Ctx): Promise<Record<PromiseState, number>> {
  const { rows } = await inTenant(ctx.db, ctx.tenant, async (trx) => {
    await sql`select set_config('app.sealed', '*', true)`.execute(trx)
    return sql<{ state: PromiseState; count: number }>`select ${state(today(ctx))} as state, count(*)::int as count from public_tasks p
        join cases k on k.tenant_id = p.tenant_id and k.case_id = p.case_id and k.sealed_class is null and k.embargo_until is null
      where p.tenant_id = ${ctx.tenant} group by 1`.execute(trx)
  })
  const counts = { open: 0, overdue: 0, kept: 0, 'kept-late': 0, withdrawn: 0 }
  for (const row of rows) counts[row.state] = row.count
  return counts
}
