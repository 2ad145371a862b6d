import { sql } from 'kysely'
import type { Ctx } from '#kernel/context.ts'
import { inTenant } from '#kernel/database/database.ts'

/** Package events of a case in order. */
export async function listEventNames(ctx: Ctx, caseId: string): Promise<string[]> {
  const { rows } = await inTenant(ctx.db, ctx.tenant, (trx) =>
    sql<{ name: string }>`select name from events where tenant_id = ${ctx.tenant} and case_id = ${caseId} and name is not null order by seq`.execute(
      trx,
    ),
  )
  return rows.map((row) => row.name)
}

/** `<kind>:<subject>` of each escalation. */
export async function listEscalations(ctx: Ctx, caseId: string): Promise<string[]> {
  const { rows } = await inTenant(ctx.db, ctx.tenant, (trx) =>
    sql<{
      name: string
    }>`select kind || ':' || subject as name from escalations where tenant_id = ${ctx.tenant} and case_id = ${caseId} order by opened_at`.execute(
      trx,
    ),
  )
  return rows.map((row) => row.name)
}
