// Lockout with back-off, per account and per address, kept in the database: a restart or a second process
// does not give an attacker new guesses (NIST SP 800-63B §5.2.2). Buckets are keyed hashes.
import { type Kysely, sql } from 'kysely'
import { inTenant } from '#kernel/database/database.ts'

export type LockPolicy = {
  /** This many failures are free; the next ones lock. */
  threshold: number
  /** First lock; each further failure doubles it. */
  firstSeconds: number
  longestSeconds: number
}

// An address may be a village service centre with a queue of people behind it: wider, and never locked for long.
export const lockPolicies = {
  account: { threshold: 5, firstSeconds: 60, longestSeconds: 900 },
  address: { threshold: 50, firstSeconds: 60, longestSeconds: 600 },
} satisfies Record<string, LockPolicy>

/** A day without a failure forgets the ones before. */
const forgetSeconds = 86_400

/**
 * Counts an attempt before it is tried, so that parallel guesses cannot outrun the count.
 * Returns undefined when it may be tried, else the seconds to wait; call `refundAttempt` or `clearAttempts` on success.
 */
export async function takeAttempt(db: Kysely<unknown>, tenant: string, bucket: string, policy: LockPolicy, now: Date): Promise<number | undefined> {
  return inTenant(db, tenant, async (transaction) => {
    if (await countAttempt(transaction, tenant, bucket, policy, now)) return undefined
    const locked = await sql<{ locked_until: Date | null }>`
      select locked_until from sign_in_attempts where tenant_id = ${tenant} and bucket = ${bucket}`.execute(transaction)
    const until = locked.rows[0]?.locked_until ?? now
    return Math.max(1, Math.ceil((until.getTime() - now.getTime()) / 1000))
  })
}

/** Forgets an account's failures: it signed in completely. */
export async function clearAttempts(db: Kysely<unknown>, tenant: string, bucket: string): Promise<void> {
  await inTenant(db, tenant, (transaction) =>
    sql`delete from sign_in_attempts where tenant_id = ${tenant} and bucket = ${bucket}`.execute(transaction),
  )
}

/** Takes one attempt back from an address: it succeeded, but others behind the address may still be guessing. */
export async function refundAttempt(db: Kysely<unknown>, tenant: string, bucket: string, policy: LockPolicy): Promise<void> {
  await inTenant(db, tenant, (transaction) =>
    sql`update sign_in_attempts set
          failures = greatest(failures - 1, 0),
          locked_until = case when failures - 1 < ${policy.threshold} then null else locked_until end
        where tenant_id = ${tenant} and bucket = ${bucket}`.execute(transaction),
  )
}

/** Deletes what a day has forgotten. */
export async function purgeAttempts(db: Kysely<unknown>, tenant: string, now: Date): Promise<void> {
  const before = new Date(now.getTime() - forgetSeconds * 1000)
  await inTenant(db, tenant, (transaction) =>
    sql`delete from sign_in_attempts where tenant_id = ${tenant} and last_at < ${before}`.execute(transaction),
  )
}

async function countAttempt(db: Kysely<unknown>, tenant: string, bucket: string, policy: LockPolicy, now: Date): Promise<boolean> {
  const forgotten = new Date(now.getTime() - forgetSeconds * 1000)
  const counted = await sql`
    insert into sign_in_attempts as a (tenant_id, bucket, failures, last_at) values (${tenant}, ${bucket}, 1, ${now})
    on conflict (tenant_id, bucket) do update set
      failures = case when a.last_at < ${forgotten} then 1 else a.failures + 1 end,
      locked_until = case
        when a.last_at < ${forgotten} or a.failures + 1 < ${policy.threshold} then null
        else ${now}::timestamptz + make_interval(secs =>
          least(${policy.firstSeconds}::double precision * power(2, least(a.failures + 1 - ${policy.threshold}, 20)), ${policy.longestSeconds}))
      end,
      last_at = ${now}
    where a.locked_until is null or a.locked_until <= ${now}
    returning 1`.execute(db)
  return counted.rows.length > 0
}
