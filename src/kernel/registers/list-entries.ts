import { sql } from 'kysely'
import type { Ctx } from '../context.ts'
import { inTenant } from '../database/database.ts'

/** What a register says now, by entry. The caller names the shape, which the register's schema fixes. */
export async function listEntries<T extends object>(ctx: Ctx, register: string): Promise<(T & { id: string })[]> {
  const { rows } = await inTenant(ctx.db, ctx.tenant, (trx) =>
    sql<{
      entry_id: string
      data: T
    }>`select entry_id, data from register_current where tenant_id = ${ctx.tenant} and register = ${register} order by entry_id`.execute(trx),
  )
  return rows.map((row) => ({ ...row.data, id: row.entry_id }))
}
