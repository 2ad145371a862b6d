import { sql } from 'kysely'
import type { Ctx } from '../context.ts'
import { inTenant } from '../database/database.ts'

/** Drafts whose time is over or that were filed; files that hung on them go with their rows. Returns ids of files to remove. */
export async function deleteExpiredDrafts(ctx: Ctx, now: Date): Promise<string[]> {
  return inTenant(ctx.db, ctx.tenant, async (trx) => {
    const { rows } = await sql<{ file_id: string }>`
      with gone as (delete from drafts where tenant_id = ${ctx.tenant} and expires_at <= ${now} returning draft_id)
      delete from files f using gone where f.tenant_id = ${ctx.tenant} and f.draft_id = gone.draft_id and f.case_id is null
      returning f.file_id`.execute(trx)
    return rows.map((row) => row.file_id)
  })
}

export const deleteIdempotencyKeys = (ctx: Ctx, before: Date) =>
  inTenant(ctx.db, ctx.tenant, (trx) => sql`delete from idempotency_keys where tenant_id = ${ctx.tenant} and created_at < ${before}`.execute(trx))

export type KeyRow = { case_id: string; wrapped: Buffer; wrapping_key: string }

/** Case keys that are wrapped under another key than `current`. */
export async function selectOldKeys(ctx: Ctx, current: string, limit: number): Promise<KeyRow[]> {
  // The vault answers only to the tenant of the transaction: without one it would say that no key is old, and old ones are destroyed.
  const { rows } = await inTenant(ctx.db, ctx.tenant, (trx) =>
    sql<KeyRow>`select case_id, wrapped, wrapping_key from vault.keys_under(${ctx.tenant}, ${current}, ${limit})`.execute(trx),
  )
  return rows
}

export const updateKeys = (ctx: Ctx, keys: KeyRow[]) =>
  inTenant(ctx.db, ctx.tenant, (trx) =>
    sql`select vault.rewrap_key(${ctx.tenant}, k.case_id, k.wrapped, k.wrapping_key)
      from unnest(${keys.map((key) => key.case_id)}::uuid[], ${keys.map((key) => key.wrapped)}::bytea[], ${keys.map((key) => key.wrapping_key)}::text[])
        as k (case_id, wrapped, wrapping_key)`.execute(trx),
  )

export type ViewRow = {
  view_id: string
  case_id: string
  on: string
  viewed_at: Date
  user_id: string
  post_id: string | null
  purpose: string
  fields: string[]
}

/** Marks all uncommitted views before `before` and returns them, oldest first. For the caller's transaction. */
export async function commitViews(ctx: Ctx, before: Date): Promise<ViewRow[]> {
  const { rows } = await sql<ViewRow>`
    with marked as (
      update case_views set committed = true where tenant_id = ${ctx.tenant} and not committed and viewed_at < ${before}
      returning view_id, case_id, viewed_at, user_id, post_id, purpose, fields)
    select *, (viewed_at at time zone ${ctx.zone})::date as on from marked order by view_id`.execute(ctx.db)
  return rows
}
