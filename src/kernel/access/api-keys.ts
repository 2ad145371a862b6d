// Keys of programs that file requests for people. A key is 256 random bits, shown once; the database keeps its SHA-256.
import { createHash, randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import type { Ctx } from '../context.ts'
import { inTenant } from '../database/database.ts'
import { invalid, notFound } from '../errors.ts'
import { uuidv7 } from '../ids.ts'

export type ApiKey = { keyId: string; name: string; createdAt: Date; revokedAt: Date | null }

/** Makes a key; `key` cannot be read again. @throws `api_key.name_missing`. */
export async function createApiKey(ctx: Ctx, input: { name: string }): Promise<{ keyId: string; key: string }> {
  const name = input.name.trim()
  if (name === '') throw invalid('api_key.name_missing', 'Give the key a name that says which program uses it.')
  const key = `xlk_${ctx.tenant}_${randomBytes(32).toString('base64url')}`
  const now = ctx.clock.now()
  const keyId = uuidv7(now)
  await inTenant(ctx.db, ctx.tenant, (trx) =>
    sql`insert into api_keys (tenant_id, key_id, key_hash, name, created_at) values (${ctx.tenant}, ${keyId}, ${hashOf(key)}, ${name}, ${now})`.execute(
      trx,
    ),
  )
  return { keyId, key }
}

/** The id of a key that is good now; undefined when it is unknown or revoked. */
export async function findApiKey(ctx: Ctx, key: string): Promise<string | undefined> {
  const { rows } = await inTenant(ctx.db, ctx.tenant, (trx) =>
    sql<{ key_id: string }>`select key_id from api_keys where tenant_id = ${ctx.tenant} and key_hash = ${hashOf(key)} and revoked_at is null`.execute(
      trx,
    ),
  )
  return rows[0]?.key_id
}

/** Every key, newest first. */
export async function listApiKeys(ctx: Ctx): Promise<ApiKey[]> {
  const { rows } = await inTenant(ctx.db, ctx.tenant, (trx) =>
    sql<ApiKey>`select key_id as "keyId", name, created_at as "createdAt", revoked_at as "revokedAt" from api_keys
      where tenant_id = ${ctx.tenant} order by created_at desc, key_id desc`.execute(trx),
  )
  return rows
}

/** Ends a key at once. @throws `api_key.not_found`. */
export async function revokeApiKey(ctx: Ctx, keyId: string): Promise<void> {
  const { rows } = await inTenant(ctx.db, ctx.tenant, (trx) =>
    sql`update api_keys set revoked_at = ${ctx.clock.now()} where tenant_id = ${ctx.tenant} and key_id::text = ${keyId} and revoked_at is null returning 1`.execute(
      trx,
    ),
  )
  if (rows.length === 0) throw notFound('api_key.not_found', 'There is no such key in use.')
}

const hashOf = (key: string) => createHash('sha256').update(key).digest()
