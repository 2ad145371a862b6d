import { sql } from 'kysely'
import type { Ctx } from '../context.ts'
import { inTenant } from '../database/database.ts'

export type OutboxRow = {
  message_id: string
  case_id: string | null
  kind: 'mail' | 'sms' | 'webhook'
  text_id: string
  content: Buffer
  attempts: number
}

/** Takes up to `limit` messages that are due; nobody else gets them before `until`. */
export async function leaseMessages(ctx: Ctx, kinds: string[], now: Date, until: Date, limit: number): Promise<OutboxRow[]> {
  const { rows } = await inTenant(ctx.db, ctx.tenant, (trx) =>
    sql<OutboxRow>`
      update outbox set leased_until = ${until}, attempts = attempts + 1
      where tenant_id = ${ctx.tenant} and message_id in (
        select message_id from outbox
        where tenant_id = ${ctx.tenant} and status = 'waiting' and kind = any(${kinds}::text[]) and next_at <= ${now}
          and (leased_until is null or leased_until <= ${now})
        order by next_at limit ${limit} for update skip locked)
      returning message_id, case_id, kind, text_id, content, attempts`.execute(trx),
  )
  return rows
}

export async function markSent(ctx: Ctx, messageIds: string[], now: Date): Promise<void> {
  if (messageIds.length === 0) return
  await inTenant(ctx.db, ctx.tenant, (trx) =>
    sql`update outbox set status = 'sent', sent_at = ${now}, leased_until = null, last_error = null
      where tenant_id = ${ctx.tenant} and message_id = any(${messageIds}::uuid[])`.execute(trx),
  )
}

/** `nextAt` undefined is the end: the message has failed. */
export const markFailed = (ctx: Ctx, messageId: string, reason: string, nextAt: Date | undefined) =>
  inTenant(ctx.db, ctx.tenant, (trx) =>
    sql`update outbox set status = ${nextAt ? 'waiting' : 'failed'}, next_at = coalesce(${nextAt ?? null}::timestamptz, next_at),
        leased_until = null, last_error = ${reason}
      where tenant_id = ${ctx.tenant} and message_id = ${messageId}`.execute(trx),
  )

export type ListedMessage = OutboxRow & { status: 'waiting' | 'sent' | 'failed'; queued_at: Date; sent_at: Date | null; last_error: string | null }

export async function selectMessages(ctx: Ctx, limit: number): Promise<ListedMessage[]> {
  const { rows } = await inTenant(ctx.db, ctx.tenant, (trx) =>
    sql<ListedMessage>`select message_id, case_id, kind, text_id, content, attempts, status, queued_at, sent_at, last_error from outbox
      where tenant_id = ${ctx.tenant} order by queued_at desc, message_id desc limit ${limit}`.execute(trx),
  )
  return rows
}

/** Wrapped keys of cases, for opening their messages. */
export async function selectKeys(ctx: Ctx, cases: string[]): Promise<{ case_id: string; wrapped: Buffer; wrapping_key: string }[]> {
  // The vault answers only to the tenant of the transaction.
  const { rows } = await inTenant(ctx.db, ctx.tenant, (trx) =>
    sql<{ case_id: string; wrapped: Buffer; wrapping_key: string }>`
      select case_id, wrapped, wrapping_key from vault.get_keys(${ctx.tenant}, ${cases}::uuid[])`.execute(trx),
  )
  return rows
}
