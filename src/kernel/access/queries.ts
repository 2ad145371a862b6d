import { sql } from 'kysely'
import type { CalendarDate } from '../clock.ts'
import type { Ctx } from '../context.ts'
import { inTenant } from '../database/database.ts'

export async function listHeld(ctx: Ctx, userId: string, on: CalendarDate): Promise<{ post_id: string; kind: 'holder' | 'acting' }[]> {
  const { rows } = await inTenant(ctx.db, ctx.tenant, (trx) =>
    sql<{ post_id: string; kind: 'holder' | 'acting' }>`select post_id, kind from post_holders
      where tenant_id = ${ctx.tenant} and user_id = ${userId} and from_on <= ${on} and (to_on is null or to_on >= ${on}) order by post_id`.execute(
      trx,
    ),
  )
  return rows
}

/** Cases that are open to this account under a broken seal at this moment. */
export async function listOpened(ctx: Ctx, userId: string): Promise<string[]> {
  const { rows } = await inTenant(ctx.db, ctx.tenant, (trx) =>
    sql<{ case_id: string }>`select case_id from break_glass
      where tenant_id = ${ctx.tenant} and user_id = ${userId} and is_granted and open_until > ${ctx.clock.now()}`.execute(trx),
  )
  return rows.map((row) => row.case_id)
}

export const insertHolder = (
  ctx: Ctx,
  input: { postId: string; userId: string; from: CalendarDate; to?: CalendarDate; kind?: 'holder' | 'acting' },
) =>
  inTenant(ctx.db, ctx.tenant, (trx) =>
    sql`insert into post_holders (tenant_id, post_id, user_id, from_on, to_on, kind, appointed_by)
        values (${ctx.tenant}, ${input.postId}, ${input.userId}, ${input.from}, ${input.to ?? null}, ${input.kind ?? 'holder'}, ${ctx.actor.kind === 'staff' ? ctx.actor.userId : ctx.actor.kind})
        on conflict (tenant_id, post_id, user_id, from_on) do update set to_on = excluded.to_on, kind = excluded.kind`.execute(trx),
  )
