import { sql } from 'kysely'
import type { Ctx } from '../context.ts'
import { inTenant } from '../database/database.ts'

export type ActionRow = { action_id: string; case_id: string; element: string; token: string; content: Buffer; attempts: number }

/** Takes up to `limit` actions that are due; nobody else gets them before `until`. */
export async function leaseActions(ctx: Ctx, now: Date, until: Date, limit: number): Promise<ActionRow[]> {
  const { rows } = await inTenant(ctx.db, ctx.tenant, (trx) =>
    sql<ActionRow>`
      update case_actions set leased_until = ${until}, attempts = attempts + 1
      where tenant_id = ${ctx.tenant} and action_id in (
        select action_id from case_actions
        where tenant_id = ${ctx.tenant} and status = 'waiting' and next_at <= ${now} and (leased_until is null or leased_until <= ${now})
        order by next_at limit ${limit} for update skip locked)
      returning action_id, case_id, element, token, content, attempts`.execute(trx),
  )
  return rows
}

export const markActionWaiting = (ctx: Ctx, actionId: string, reason: string, nextAt: Date) =>
  inTenant(ctx.db, ctx.tenant, (trx) =>
    sql`update case_actions set next_at = ${nextAt}, leased_until = null, last_error = ${reason}
      where tenant_id = ${ctx.tenant} and action_id = ${actionId} and status = 'waiting'`.execute(trx),
  )

export const markActionCancelled = (ctx: Ctx, actionId: string) =>
  inTenant(ctx.db, ctx.tenant, (trx) =>
    sql`update case_actions set status = 'cancelled', content = '', ended_at = ${ctx.clock.now()}
      where tenant_id = ${ctx.tenant} and action_id = ${actionId} and status = 'waiting'`.execute(trx),
  )
