// SQL of the public calendar. Sealed cases are hidden by row-level security and asked for here again; so is what is held back.
import { sql } from 'kysely'
import type { CalendarDate } from '../clock.ts'
import type { Ctx } from '../context.ts'
import { inTenant } from '../database/database.ts'

export type PublicSessionRow = {
  number: string
  procedure: string
  element: string
  organization_id: string | null
  starts_at: Date
  ends_at: Date
  on_date: CalendarDate
  until_date: CalendarDate
  public: { title: string; place: string }
  moved: number
  made_at: Date
  consultation: string | null
}

const shownTo = (ctx: Ctx) => sql`c.sealed_class is null and (c.embargo_until is null or c.embargo_until <= ${ctx.clock.now()})`

/** Sessions in force. What was called off by closing its case before it began is not one of them. */
export async function selectPublicSessions(ctx: Ctx, since: CalendarDate): Promise<PublicSessionRow[]> {
  const { rows } = await inTenant(ctx.db, ctx.tenant, (trx) =>
    sql<PublicSessionRow>`select c.number, c.procedure, s.element, s.organization_id, s.starts_at, s.ends_at, s.public, s.made_at,
        (s.starts_at at time zone ${ctx.zone})::date::text as on_date, (s.ends_at at time zone ${ctx.zone})::date::text as until_date,
        (select count(*)::int from case_sessions o where o.tenant_id = s.tenant_id and o.case_id = s.case_id and o.element = s.element and o.replaced) as moved,
        (select n.number from consultations n where n.tenant_id = s.tenant_id and n.case_id = s.case_id order by n.opened_at desc limit 1) as consultation
      from case_sessions s join cases c on c.tenant_id = s.tenant_id and c.case_id = s.case_id
      where s.tenant_id = ${ctx.tenant} and s.public is not null and not s.replaced and s.starts_at >= ${since}::date
        and (c.closed_at is null or c.closed_at >= s.starts_at) and ${shownTo(ctx)}
      order by s.starts_at limit 500`.execute(trx),
  )
  return rows
}

export type AnnouncedRow = {
  number: string
  procedure: string
  handling_office: string | null
  deadline: string
  instance: number
  due_on: CalendarDate
  extensions: number
  filed_at: Date
  is_item: boolean
}

/** Running days and those kept or missed since. `is_item`: something of the case is public today. */
export async function selectAnnounced(ctx: Ctx, announced: { procedure: string; deadline: string }[], since: CalendarDate): Promise<AnnouncedRow[]> {
  const { rows } = await inTenant(ctx.db, ctx.tenant, (trx) =>
    sql<AnnouncedRow>`select c.number, c.procedure, c.handling_office, d.deadline, d.instance, d.due_on::text as due_on,
        jsonb_array_length(d.extensions) as extensions, c.filed_at,
        exists (select from case_publications p where p.tenant_id = c.tenant_id and p.case_id = c.case_id and p.withdrawn_at is null) as is_item
      from deadlines d join cases c on c.tenant_id = d.tenant_id and c.case_id = d.case_id
        join jsonb_to_recordset(${JSON.stringify(announced)}::jsonb) as a(procedure text, deadline text) on a.procedure = c.procedure and a.deadline = d.deadline
      where d.tenant_id = ${ctx.tenant} and d.due_on >= ${since}::date and d.status <> 'cancelled' and ${shownTo(ctx)}
      order by d.due_on limit 500`.execute(trx),
  )
  return rows
}
