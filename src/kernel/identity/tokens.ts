// Bearer tokens for the interfaces (RFC 6750). A token is shown once; the database keeps its SHA-256 only,
// which is enough because a token is 256 random bits.
import { createHash, randomBytes } from 'node:crypto'
import { type Kysely, sql } from 'kysely'
import { inTenant } from '#kernel/database/database.ts'
import { invalid } from '../errors.ts'
import { uuidv7 } from '../ids.ts'

export type TokenUser = { tokenId: string; userId: string; kind: 'staff' | 'resident' }
export type TokenEntry = { tokenId: string; name: string; createdAt: Date; expiresAt: Date | null; revokedAt: Date | null }

const pattern = /^xl_([a-z0-9][a-z0-9-]*)_([A-Za-z0-9_-]{43})$/

/** Creates a token for `userId`; `token` (`xl_<tenant>_<random>`) cannot be read again. */
export async function createToken(
  db: Kysely<unknown>,
  tenant: string,
  input: { userId: string; name: string; expiresAt?: Date | undefined },
  now: Date,
): Promise<{ tokenId: string; token: string }> {
  const name = input.name.trim()
  if (!name)
    throw invalid('token.name_missing', 'Give the token a name that says what uses it.', [
      { pointer: '/name', code: 'required', message: 'Enter a name.' },
    ])
  const token = `xl_${tenant}_${randomBytes(32).toString('base64url')}`
  const tokenId = uuidv7(now)
  await inTenant(db, tenant, (transaction) =>
    sql`insert into api_tokens (tenant_id, token_id, user_id, name, token_hash, created_at, expires_at)
        values (${tenant}, ${tokenId}, ${input.userId}, ${name}, ${hashOf(token)}, ${now}, ${input.expiresAt ?? null})`.execute(transaction),
  )
  return { tokenId, token }
}

/** Whose token this is; undefined when it is unknown, of another town, expired, revoked, or its account is disabled. */
export async function findTokenUser(db: Kysely<unknown>, tenant: string, token: string, now: Date): Promise<TokenUser | undefined> {
  if (pattern.exec(token)?.[1] !== tenant) return undefined
  const found = await inTenant(db, tenant, (transaction) =>
    sql<TokenUser>`
      select t.token_id as "tokenId", u.id as "userId", u.kind
      from api_tokens t join auth_users u on u.tenant_id = t.tenant_id and u.id = t.user_id
      where t.tenant_id = ${tenant} and t.token_hash = ${hashOf(token)}
        and t.revoked_at is null and (t.expires_at is null or t.expires_at > ${now}) and u.disabled_at is null`.execute(transaction),
  )
  return found.rows[0]
}

/** A user's tokens, newest first, without anything that could be used as one. */
export async function listTokens(db: Kysely<unknown>, tenant: string, userId: string): Promise<TokenEntry[]> {
  const found = await inTenant(db, tenant, (transaction) =>
    sql<TokenEntry>`
      select token_id as "tokenId", name, created_at as "createdAt", expires_at as "expiresAt", revoked_at as "revokedAt"
      from api_tokens where tenant_id = ${tenant} and user_id = ${userId} order by created_at desc, token_id desc`.execute(transaction),
  )
  return found.rows
}

/** Ends a user's own token; false when there is none that is still good. */
export async function revokeToken(db: Kysely<unknown>, tenant: string, input: { userId: string; tokenId: string }, now: Date): Promise<boolean> {
  const revoked = await inTenant(db, tenant, (transaction) =>
    sql`update api_tokens set revoked_at = ${now}
        where tenant_id = ${tenant} and user_id = ${input.userId} and token_id = ${input.tokenId} and revoked_at is null
        returning 1`.execute(transaction),
  )
  return revoked.rows.length > 0
}

const hashOf = (token: string) => createHash('sha256').update(token).digest()
