// What is late, by office.
import { sql } from 'kysely'
import { inReading, readableCases } from '../access/readable.ts'
import type { CalendarDate } from '../clock.ts'
import type { Ctx } from '../context.ts'
import type { Language } from '../forms/forms.ts'
import { getTown, today } from '../towns/towns.ts'
import { nameOf } from './words.ts'

export type LateOffice = { organizationId: string; office: string; open: number; overdue: number; soon: number; oldestDue: CalendarDate | null }

/** What is late, by office, over the cases this actor may read. */
export async function lateByOffice(ctx: Ctx, language: Language): Promise<LateOffice[]> {
  const town = await getTown(ctx)
  const { rows } = await inReading(ctx, (trx) =>
    sql<{ organization_id: string | null; open: number; overdue: number; soon: number; oldest: CalendarDate | null }>`
      select t.organization_id, count(*)::int as open, count(*) filter (where t.due_on < ${today(ctx)}::date)::int as overdue,
        count(*) filter (where t.due_on between ${today(ctx)}::date and ${today(ctx)}::date + 3)::int as soon, min(t.due_on) as oldest
      from tasks t join cases c on c.tenant_id = t.tenant_id and c.case_id = t.case_id
      where t.tenant_id = ${ctx.tenant} and t.status = 'open' and ${readableCases(ctx)} group by t.organization_id order by overdue desc, open desc`.execute(
      trx,
    ),
  )
  return rows.map((row) => ({
    organizationId: row.organization_id ?? '',
    office: row.organization_id === null ? (language === 'zh' ? '尚无承办单位' : 'No office yet') : nameOf(town, row.organization_id, language),
    open: row.open,
    overdue: row.overdue,
    soon: row.soon,
    oldestDue: row.oldest,
  }))
}
