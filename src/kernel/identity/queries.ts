// Own SQL over better-auth's tables, where it has no function or needs too many statements. Rows are still sealed.
import { type Kysely, sql } from 'kysely'
import { inTenant } from '#kernel/database/database.ts'
import type { AccountKind } from './auth.ts'

export type SessionRow = {
  session_id: string
  expires_at: Date
  user_id: string
  kind: AccountKind
  name: string
  email_sealed: string
  language: string
  second_factor: boolean
  authenticated_at: Date
  method: SignInMethod
}

/** How a session was begun; `provider_strong` is a provider that asks for a second factor itself. */
export type SignInMethod = 'password' | 'code' | 'passkey' | 'recovery' | 'provider' | 'provider_strong'

export type UserRow = {
  id: string
  kind: AccountKind
  name: string
  email_sealed: string
  phone: string | null
  email_verified: boolean
  language: string
  disabled_at: Date | null
  two_factor_enabled: boolean
  has_password: boolean
}
export type SessionEntry = { sessionId: string; device: string; createdAt: Date; expiresAt: Date }

/** One statement, one round trip; the function sets the town for itself (0002-identity.sql). */
export async function findSession(db: Kysely<unknown>, tenant: string, token: string, now: Date): Promise<SessionRow | undefined> {
  const found = await sql<SessionRow>`select * from find_auth_session(${tenant}, ${token}, ${now})`.execute(db)
  return found.rows[0]
}

export async function listUserRows(db: Kysely<unknown>, tenant: string, filter: { kind: AccountKind } | { userId: string }): Promise<UserRow[]> {
  const condition = 'kind' in filter ? sql`u.kind = ${filter.kind}` : sql`u.id = ${filter.userId}`
  const found = await inTenant(db, tenant, (transaction) =>
    sql<UserRow>`
      select u.id, u.kind, u.name, u.email_sealed, u.phone, u.email_verified, u.language, u.disabled_at, u.two_factor_enabled,
        exists (select 1 from auth_accounts a where a.tenant_id = u.tenant_id and a.user_id = u.id and a.password is not null) as has_password
      from auth_users u where u.tenant_id = ${tenant} and ${condition} order by u.id`.execute(transaction),
  )
  return found.rows
}

export async function listSessionRows(db: Kysely<unknown>, tenant: string, userId: string, now: Date): Promise<SessionEntry[]> {
  const found = await inTenant(db, tenant, (transaction) =>
    sql<SessionEntry>`
      select id as "sessionId", coalesce(user_agent, 'other') as device, created_at as "createdAt", expires_at as "expiresAt"
      from auth_sessions where tenant_id = ${tenant} and user_id = ${userId} and expires_at > ${now} order by created_at desc`.execute(transaction),
  )
  return found.rows
}

/** Deletes one session of the user, or all when no id is given; returns how many. */
export async function deleteSessions(db: Kysely<unknown>, tenant: string, userId: string, sessionId?: string): Promise<number> {
  const deleted = await inTenant(db, tenant, (transaction) =>
    sql`delete from auth_sessions where tenant_id = ${tenant} and user_id = ${userId}
        and (${sessionId ?? null}::text is null or id = ${sessionId ?? null})`.execute(transaction),
  )
  return Number(deleted.numAffectedRows ?? 0n)
}

/** Ends every mailed link and half-finished sign-in of the user. */
export async function deleteVerifications(db: Kysely<unknown>, tenant: string, userId: string): Promise<void> {
  await inTenant(db, tenant, (transaction) =>
    sql`delete from auth_verifications where tenant_id = ${tenant} and value = ${userId}`.execute(transaction),
  )
}

/** Closes or reopens an account; closing ends its sessions and links in the same transaction. False when there is none. */
export async function updateDisabled(db: Kysely<unknown>, tenant: string, userId: string, at: Date | null): Promise<boolean> {
  return inTenant(db, tenant, async (transaction) => {
    const updated = await sql`
      update auth_users set disabled_at = ${at} where tenant_id = ${tenant} and id = ${userId} returning 1`.execute(transaction)
    if (at) {
      await deleteSessions(transaction, tenant, userId)
      await deleteVerifications(transaction, tenant, userId)
    }
    return updated.rows.length > 0
  })
}

/** Removes lost second factors (app, passkeys, recovery codes) and ends all sessions. False when there is no such user. */
export async function deleteSecondFactor(db: Kysely<unknown>, tenant: string, userId: string): Promise<boolean> {
  return inTenant(db, tenant, async (transaction) => {
    await sql`delete from auth_two_factors where tenant_id = ${tenant} and user_id = ${userId}`.execute(transaction)
    await sql`delete from passkeys where tenant_id = ${tenant} and user_id = ${userId}`.execute(transaction)
    await sql`delete from recovery_codes where tenant_id = ${tenant} and user_id = ${userId}`.execute(transaction)
    await deleteSessions(transaction, tenant, userId)
    const updated = await sql`
      update auth_users set two_factor_enabled = false where tenant_id = ${tenant} and id = ${userId} returning 1`.execute(transaction)
    return updated.rows.length > 0
  })
}

export async function updateLanguage(db: Kysely<unknown>, tenant: string, userId: string, language: string): Promise<void> {
  await inTenant(db, tenant, (transaction) =>
    sql`update auth_users set language = ${language} where tenant_id = ${tenant} and id = ${userId}`.execute(transaction),
  )
}

export async function purgeExpired(db: Kysely<unknown>, tenant: string, now: Date): Promise<void> {
  await inTenant(db, tenant, async (transaction) => {
    await sql`delete from auth_sessions where tenant_id = ${tenant} and expires_at <= ${now}`.execute(transaction)
    await sql`delete from auth_verifications where tenant_id = ${tenant} and expires_at <= ${now}`.execute(transaction)
    await sql`delete from sign_in_codes where tenant_id = ${tenant} and expires_at <= ${now}`.execute(transaction)
    await sql`delete from sign_in_challenges where tenant_id = ${tenant} and expires_at <= ${now}`.execute(transaction)
  })
}
