// SQL of counting requests. `db` is a transaction of the tenant (`inTenant`).
import { sql } from 'kysely'
import type { CalendarDate } from '../clock.ts'
import type { Db } from '../database/database.ts'

/** How many cases of this procedure were filed in these days under one of these keyed hashes of a name. */
export async function countFiled(
  db: Db,
  tenant: string,
  asked: { procedure: string; lookups: readonly Buffer[]; after: CalendarDate; until: CalendarDate },
): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(distinct c.case_id)::int as count
    from party_lookups l join cases c on c.tenant_id = l.tenant_id and c.case_id = l.case_id
    where l.tenant_id = ${tenant} and l.lookup = any(${asked.lookups}::bytea[]) and c.procedure = ${asked.procedure}
      and c.filed_on > ${asked.after}::date and c.filed_on <= ${asked.until}::date`.execute(db)
  return rows[0]?.count ?? 0
}
