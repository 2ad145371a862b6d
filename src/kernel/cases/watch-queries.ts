import { sql } from 'kysely'
import type { Ctx } from '../context.ts'
import { inTenant } from '../database/database.ts'
import { today } from '../towns/towns.ts'

const most = 500

/** The clock stands: nothing falls due, however long that takes. */
const paused = sql`pauses @> '[{"open": true}]'`
const pausedTimer = sql`exists (select 1 from deadlines d where d.tenant_id = t.tenant_id and d.case_id = t.case_id and d.deadline = t.deadline
    and d.status = 'running' and d.pauses @> '[{"open": true}]')`

export type DueTimer = { case_id: string; token: string; due_at: Date; every: string | null; times_left: number | null }

/**
 * Takes the timers that are due for a minute of machine time (a town's own clock may stand still); nobody else gets them meanwhile,
 * and nobody waits for a row that another process is taking.
 */
export const claimDueTimers = (ctx: Ctx, now: Date) =>
  rowsOf<DueTimer>(
    ctx,
    sql`with due as (
        select t.case_id, t.token from timers t where t.tenant_id = ${ctx.tenant} and t.due_at <= ${now}
          and (t.leased_until is null or t.leased_until <= clock_timestamp()) and not ${pausedTimer}
        order by t.due_at limit ${most} for update of t skip locked)
      update timers t set leased_until = clock_timestamp() + interval '1 minute' from due
      where t.tenant_id = ${ctx.tenant} and t.case_id = due.case_id and t.token = due.token
      returning t.case_id, t.token, t.due_at, t.every, t.times_left`,
  )

/** Gives timers back that were claimed and did not fire. */
export async function releaseTimers(ctx: Ctx, timers: DueTimer[]): Promise<void> {
  if (timers.length === 0) return
  await rowsOf(
    ctx,
    sql`update timers t set leased_until = null from unnest(${timers.map((timer) => timer.case_id)}::uuid[], ${timers.map((timer) => timer.token)}::text[]) as r(case_id, token)
      where t.tenant_id = ${ctx.tenant} and t.case_id = r.case_id and t.token = r.token`,
  )
}

/** When a timer is due now; undefined when it is gone. */
export async function findTimerDue(ctx: Ctx, caseId: string, token: string): Promise<Date | undefined> {
  const [row] = await rowsOf<{ due_at: Date }>(
    ctx,
    sql`select due_at from timers where tenant_id = ${ctx.tenant} and case_id = ${caseId} and token = ${token}`,
  )
  return row?.due_at
}

export const findMissedCases = (ctx: Ctx, now: Date) =>
  rowsOf<{ case_id: string }>(
    ctx,
    sql`select distinct case_id from (
    select case_id from deadlines where tenant_id = ${ctx.tenant} and status = 'running' and binds = 'office' and due_at <= ${now} and not ${paused} order by due_at limit ${most}) d`,
  )

/** Open tasks that nobody has taken, or that lie with somebody who holds no post any more. */
export const findOrphanTasks = (ctx: Ctx, openedBefore: Date) =>
  rowsOf<{ case_id: string; subject: string; organization_id: string | null }>(
    ctx,
    sql`
    select t.case_id, t.element || coalesce('#' || t.instance, '') as subject, t.organization_id from tasks t
    where t.tenant_id = ${ctx.tenant} and t.status = 'open' and t.opened_at <= ${openedBefore}
      and (t.assignee is null or (
        exists (select 1 from post_holders h where h.tenant_id = t.tenant_id and h.user_id = t.assignee)
        and not exists (select 1 from post_holders h where h.tenant_id = t.tenant_id and h.user_id = t.assignee and h.from_on <= ${today(ctx)}
          and (h.to_on is null or h.to_on >= ${today(ctx)}))))
      and not exists (select 1 from escalations e where e.tenant_id = t.tenant_id and e.case_id = t.case_id and e.kind = 'orphan' and e.subject = t.element || coalesce('#' || t.instance, '')
        and e.resolved_at is null)
    order by t.opened_at limit ${most}`,
  )

/** The highest open step of each escalation that has lain since before `stale` and has somebody above it. */
export const findUnresolved = (ctx: Ctx, stale: Date) =>
  rowsOf<{ case_id: string; kind: 'overdue' | 'orphan'; subject: string; level: number }>(
    ctx,
    sql`
    select e.case_id, e.kind, e.subject, e.level from (
      select distinct on (case_id, kind, subject) case_id, kind, subject, level, post_id, opened_at from escalations
      where tenant_id = ${ctx.tenant} and resolved_at is null and kind in ('overdue', 'orphan') order by case_id, kind, subject, level desc) e
    join posts p on p.tenant_id = ${ctx.tenant} and p.post_id = e.post_id and p.reports_to is not null
    where e.opened_at <= ${stale} order by e.opened_at limit ${most}`,
  )

/** Open tasks that are owed by themselves (xl:due) and whose day is over. */
export const findOverdueTasks = (ctx: Ctx) =>
  rowsOf<{ case_id: string; subject: string; organization_id: string | null }>(
    ctx,
    sql`
    select t.case_id, t.element || coalesce('#' || t.instance, '') as subject, t.organization_id from tasks t
    where t.tenant_id = ${ctx.tenant} and t.status = 'open' and t.limit_on < ${today(ctx)}
      and not exists (select 1 from escalations e where e.tenant_id = t.tenant_id and e.case_id = t.case_id and e.kind = 'overdue'
        and e.subject = 'task:' || t.element || coalesce('#' || t.instance, ''))
    order by t.limit_on limit ${most}`,
  )

/** Cases that cannot go on by themselves, of which nobody was told yet. */
export const findUnreportedIncidents = (ctx: Ctx) =>
  rowsOf<{ case_id: string; element: string }>(
    ctx,
    sql`select distinct i.case_id, i.element from incidents i where i.tenant_id = ${ctx.tenant} and i.resolved_at is null
      and not exists (select 1 from escalations e where e.tenant_id = i.tenant_id and e.case_id = i.case_id and e.kind = 'incident' and e.subject = i.element)
    limit ${most}`,
  )

export const findProvisional = (ctx: Ctx) =>
  rowsOf<{ case_id: string }>(ctx, sql`select distinct case_id from deadlines where tenant_id = ${ctx.tenant} and provisional and status = 'running'`)

async function rowsOf<T>(ctx: Ctx, query: ReturnType<typeof sql>): Promise<T[]> {
  return inTenant(ctx.db, ctx.tenant, async (trx) => {
    await sql`select set_config('app.sealed', '*', true)`.execute(trx)
    const { rows } = await query.execute(trx)
    // The statement beside the call names the row's shape.
    return rows as T[]
  })
}

/** When something next happens by itself: a timer or the end of a running limit. */
export async function findNextDue(ctx: Ctx): Promise<Date | undefined> {
  const [row] = await rowsOf<{ next: Date | null }>(
    ctx,
    sql`select least((select t.due_at from timers t where t.tenant_id = ${ctx.tenant} and not ${pausedTimer} order by t.due_at limit 1),
    (select due_at from deadlines where tenant_id = ${ctx.tenant} and status = 'running' and binds = 'office' and not ${paused} order by due_at limit 1)) as next`,
  )
  return row?.next ?? undefined
}
