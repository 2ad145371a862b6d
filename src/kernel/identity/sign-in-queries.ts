// The SQL of codes, challenges, passkeys, recovery codes and providers. Rows are sealed and hashed by the callers.
import { type Kysely, sql } from 'kysely'
import { inTenant } from '#kernel/database/database.ts'

type Db = Kysely<unknown>

export async function touchSession(db: Db, tenant: string, sessionId: string, at: Date): Promise<void> {
  await inTenant(db, tenant, (trx) =>
    sql`update auth_sessions set authenticated_at = ${at} where tenant_id = ${tenant} and id = ${sessionId}`.execute(trx),
  )
}

/** Ends the user's sessions but this one; returns how many. */
export async function deleteOtherSessions(db: Db, tenant: string, userId: string, sessionId: string): Promise<number> {
  const deleted = await inTenant(db, tenant, (trx) =>
    sql`delete from auth_sessions where tenant_id = ${tenant} and user_id = ${userId} and id <> ${sessionId}`.execute(trx),
  )
  return Number(deleted.numAffectedRows ?? 0n)
}

export async function findUserByPhone(db: Db, tenant: string, phoneKey: string): Promise<string | undefined> {
  const { rows } = await inTenant(db, tenant, (trx) =>
    sql<{ id: string }>`select id from auth_users where tenant_id = ${tenant} and phone_key = ${phoneKey}`.execute(trx),
  )
  return rows[0]?.id
}

export type CodeRow = {
  code_id: string
  purpose: 'sign_in' | 'again' | 'contact'
  channel: 'sms' | 'mail'
  receiver_key: string
  receiver: string
  user_id: string | null
  code_hash: string
}

export async function insertCode(db: Db, tenant: string, row: CodeRow, expiresAt: Date): Promise<void> {
  await inTenant(db, tenant, (trx) =>
    sql`insert into sign_in_codes (tenant_id, code_id, purpose, channel, receiver_key, receiver, user_id, code_hash, expires_at)
        values (${tenant}, ${row.code_id}, ${row.purpose}, ${row.channel}, ${row.receiver_key}, ${row.receiver}, ${row.user_id}, ${row.code_hash},
          ${expiresAt})`.execute(trx),
  )
}

export async function findCode(db: Db, tenant: string, codeId: string, now: Date): Promise<CodeRow | undefined> {
  const { rows } = await inTenant(db, tenant, (trx) =>
    sql<CodeRow>`select code_id, purpose, channel, receiver_key, receiver, user_id, code_hash from sign_in_codes
        where tenant_id = ${tenant} and code_id = ${codeId} and expires_at > ${now} and used_at is null`.execute(trx),
  )
  return rows[0]
}

/** One try: true for the single try that has the right hash in time; a wrong one is counted, and after `tries` none is right any more. */
export async function tryCodeHash(db: Db, tenant: string, attempt: { codeId: string; hash: string; tries: number; now: Date }): Promise<boolean> {
  const { codeId, hash, tries, now } = attempt
  const { rows } = await inTenant(db, tenant, (trx) =>
    sql<{ right: boolean }>`
      update sign_in_codes set
        used_at = case when code_hash = ${hash} then ${now}::timestamptz end,
        failures = failures + case when code_hash = ${hash} then 0 else 1 end
      where tenant_id = ${tenant} and code_id = ${codeId} and used_at is null and expires_at > ${now} and failures < ${tries}
      returning used_at is not null as right`.execute(trx),
  )
  return rows[0]?.right === true
}

export type ChallengeKind = 'passkey_add' | 'passkey_use' | 'provider'

export async function insertChallenge(
  db: Db,
  tenant: string,
  row: { challenge: string; kind: ChallengeKind; binding: string; payload: string; expiresAt: Date },
): Promise<void> {
  await inTenant(db, tenant, (trx) =>
    sql`insert into sign_in_challenges (tenant_id, challenge, kind, binding, payload, expires_at)
        values (${tenant}, ${row.challenge}, ${row.kind}, ${row.binding}, ${row.payload}, ${row.expiresAt})`.execute(trx),
  )
}

/** Deletes the challenge and gives its payload to the one caller that has the right binding in time. */
export async function takeChallengeRow(
  db: Db,
  tenant: string,
  key: { challenge: string; kind: ChallengeKind; binding: string },
  now: Date,
): Promise<string | undefined> {
  const { rows } = await inTenant(db, tenant, (trx) =>
    sql<{ payload: string }>`delete from sign_in_challenges
        where tenant_id = ${tenant} and challenge = ${key.challenge} and kind = ${key.kind} and binding = ${key.binding} and expires_at > ${now}
        returning payload`.execute(trx),
  )
  return rows[0]?.payload
}

export type PasskeyRow = {
  passkey_id: string
  user_id: string
  credential_id: string
  public_key: Buffer
  counter: number
  transports: string[]
  name: string
  created_at: Date
  last_used_at: Date | null
}

const passkeyColumns = sql`passkey_id, user_id, credential_id, public_key, counter, transports, name, created_at, last_used_at`

export async function insertPasskey(db: Db, tenant: string, row: PasskeyRow): Promise<void> {
  await inTenant(db, tenant, async (trx) => {
    await sql`insert into passkeys (tenant_id, passkey_id, user_id, credential_id, public_key, counter, transports, name, created_at)
        values (${tenant}, ${row.passkey_id}, ${row.user_id}, ${row.credential_id}, ${row.public_key}, ${row.counter}, ${row.transports}::text[],
          ${row.name}, ${row.created_at})`.execute(trx)
    await syncSecondFactor(trx, tenant, row.user_id)
  })
}

export async function listPasskeyRows(db: Db, tenant: string, userId: string): Promise<PasskeyRow[]> {
  const { rows } = await inTenant(db, tenant, (trx) =>
    sql<PasskeyRow>`select ${passkeyColumns} from passkeys where tenant_id = ${tenant} and user_id = ${userId} order by created_at`.execute(trx),
  )
  return rows
}

export async function findPasskey(db: Db, tenant: string, credentialId: string): Promise<PasskeyRow | undefined> {
  const { rows } = await inTenant(db, tenant, (trx) =>
    sql<PasskeyRow>`select ${passkeyColumns} from passkeys where tenant_id = ${tenant} and credential_id = ${credentialId}`.execute(trx),
  )
  return rows[0]
}

/** Notes a use. False when the counter did not advance, or another use with this counter came first (WebAuthn §7.2 step 22). */
export async function advanceCounter(db: Db, tenant: string, passkeyId: string, counter: number, now: Date): Promise<boolean> {
  const { rows } = await inTenant(db, tenant, (trx) =>
    sql`update passkeys set counter = ${counter}, last_used_at = ${now}
        where tenant_id = ${tenant} and passkey_id = ${passkeyId} and (counter < ${counter} or (counter = 0 and ${counter}::bigint = 0))
        returning 1`.execute(trx),
  )
  return rows.length > 0
}

export async function deletePasskey(db: Db, tenant: string, userId: string, passkeyId: string): Promise<boolean> {
  return inTenant(db, tenant, async (trx) => {
    const { rows } = await sql`delete from passkeys where tenant_id = ${tenant} and user_id = ${userId} and passkey_id = ${passkeyId}
        returning 1`.execute(trx)
    await syncSecondFactor(trx, tenant, userId)
    return rows.length > 0
  })
}

/** Staff have a second factor as long as they have an authenticator app or a passkey: then a password alone opens nothing. */
export async function syncSecondFactor(db: Db, tenant: string, userId: string): Promise<void> {
  await inTenant(db, tenant, (trx) =>
    sql`update auth_users u set two_factor_enabled =
          exists (select 1 from auth_two_factors f where f.tenant_id = u.tenant_id and f.user_id = u.id and f.verified)
          or (u.kind = 'staff' and exists (select 1 from passkeys p where p.tenant_id = u.tenant_id and p.user_id = u.id))
        where u.tenant_id = ${tenant} and u.id = ${userId}`.execute(trx),
  )
}

export async function hasApp(db: Db, tenant: string, userId: string): Promise<boolean> {
  const { rows } = await inTenant(db, tenant, (trx) =>
    sql`select 1 from auth_two_factors where tenant_id = ${tenant} and user_id = ${userId} and verified`.execute(trx),
  )
  return rows.length > 0
}

export async function replaceRecoveryCodes(db: Db, tenant: string, userId: string, hashes: string[], now: Date): Promise<void> {
  await inTenant(db, tenant, async (trx) => {
    await sql`delete from recovery_codes where tenant_id = ${tenant} and user_id = ${userId}`.execute(trx)
    await sql`insert into recovery_codes (tenant_id, user_id, code_hash, created_at)
        select ${tenant}, ${userId}, hash, ${now}::timestamptz from unnest(${hashes}::text[]) hash`.execute(trx)
  })
}

/** True for the one caller that uses this code. */
export async function useRecoveryHash(db: Db, tenant: string, userId: string, hash: string, now: Date): Promise<boolean> {
  const { rows } = await inTenant(db, tenant, (trx) =>
    sql`update recovery_codes set used_at = ${now} where tenant_id = ${tenant} and user_id = ${userId} and code_hash = ${hash} and used_at is null
        returning 1`.execute(trx),
  )
  return rows.length > 0
}

export async function countRecoveryRows(db: Db, tenant: string, userId: string): Promise<{ left: number; made: Date | null }> {
  const { rows } = await inTenant(db, tenant, (trx) =>
    sql<{ left: number; made: Date | null }>`select count(*) filter (where used_at is null)::int as left, max(created_at) as made
        from recovery_codes where tenant_id = ${tenant} and user_id = ${userId}`.execute(trx),
  )
  return rows[0] ?? { left: 0, made: null }
}
