import { sql } from 'kysely'
import type { Ctx } from '../context.ts'
import { inTenant } from '../database/database.ts'

export type SessionRow = {
  session_id: string
  element: string
  starts_at: Date
  ends_at: Date
  content: Buffer
  made_at: Date
  replaced: boolean
}

export async function selectSessions(ctx: Ctx, caseId: string): Promise<SessionRow[]> {
  const { rows } = await inTenant(ctx.db, ctx.tenant, (trx) =>
    sql<SessionRow>`select session_id, element, starts_at, ends_at, content, made_at, replaced from case_sessions
      where tenant_id = ${ctx.tenant} and case_id = ${caseId} order by made_at, session_id`.execute(trx),
  )
  return rows
}

/** One feed for each party of a case: a new one ends the one before. */
export async function replaceFeed(ctx: Ctx, feed: { hash: Buffer; caseId: string; partyId: string }): Promise<void> {
  const now = ctx.clock.now()
  await inTenant(ctx.db, ctx.tenant, (trx) =>
    sql`with ended as (update calendar_feeds set ended_at = ${now} where tenant_id = ${ctx.tenant} and case_id = ${feed.caseId} and party_id = ${feed.partyId} and ended_at is null)
      insert into calendar_feeds (tenant_id, feed_hash, case_id, party_id, made_at) values (${ctx.tenant}, ${feed.hash}, ${feed.caseId}, ${feed.partyId}, ${now})`.execute(
      trx,
    ),
  )
}

export async function findFeed(ctx: Ctx, hash: Buffer): Promise<{ case_id: string; party_id: string } | undefined> {
  const { rows } = await inTenant(ctx.db, ctx.tenant, (trx) =>
    sql<{ case_id: string; party_id: string }>`select case_id, party_id from calendar_feeds
      where tenant_id = ${ctx.tenant} and feed_hash = ${hash} and ended_at is null`.execute(trx),
  )
  return rows[0]
}
