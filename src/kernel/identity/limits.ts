// Rate limits that survive a restart and hold across processes: one row per bucket and window.
import { isIPv6 } from 'node:net'
import { type Kysely, sql } from 'kysely'
import { inTenant } from '#kernel/database/database.ts'

export type Limit = {
  /** A keyed hash (`Seal.hash`), never a raw address or name. */
  bucket: string
  /** How many takes one window allows. */
  limit: number
  windowSeconds: number
}

export type Allowance = { allowed: boolean; retryAfterSeconds: number }

/** Takes one from the bucket's fixed window at `now`; parallel takes never exceed the limit. */
export async function takeAllowance(db: Kysely<unknown>, tenant: string, limit: Limit, now: Date): Promise<Allowance> {
  const length = limit.windowSeconds * 1000
  const start = Math.floor(now.getTime() / length) * length
  const allowed = await inTenant(db, tenant, (transaction) => insertTake(transaction, tenant, limit, new Date(start), new Date(start + length)))
  return { allowed, retryAfterSeconds: allowed ? 0 : Math.ceil((start + length - now.getTime()) / 1000) }
}

/** True for the first caller within `seconds`, false for everybody after: a code is good for one use. */
export async function takeOnce(db: Kysely<unknown>, tenant: string, use: { bucket: string; seconds: number }, now: Date): Promise<boolean> {
  const expires = new Date(now.getTime() + use.seconds * 1000)
  const taken = await inTenant(db, tenant, (transaction) =>
    sql`insert into rate_limits as r (tenant_id, bucket, window_start, expires_at, count)
        values (${tenant}, ${use.bucket}, 'epoch', ${expires}, 1)
        on conflict (tenant_id, bucket, window_start) do update set expires_at = excluded.expires_at where r.expires_at <= ${now}
        returning 1`.execute(transaction),
  )
  return taken.rows.length > 0
}

/** Deletes windows that ended before `now`; returns how many. */
export async function purgeLimits(db: Kysely<unknown>, tenant: string, now: Date): Promise<number> {
  const purged = await inTenant(db, tenant, (transaction) =>
    sql`delete from rate_limits where tenant_id = ${tenant} and expires_at <= ${now}`.execute(transaction),
  )
  return Number(purged.numAffectedRows ?? 0n)
}

/** What counts as one address: an IPv4 address, or the /64 that a subscriber is given of IPv6 (RFC 6177). */
export function toAddressGroup(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped) return mapped
  if (!isIPv6(address)) return address
  const [head = '', tail = ''] = address.split('%', 1).join('').split('::')
  const left = head.split(':').filter(Boolean)
  const right = tail.split(':').filter(Boolean)
  const middle = address.includes('::') ? Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => '0') : []
  const groups = [...left, ...middle, ...right].slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16))
  return `${groups.join(':')}::/64`
}

async function insertTake(db: Kysely<unknown>, tenant: string, { bucket, limit }: Limit, start: Date, end: Date): Promise<boolean> {
  const taken = await sql`
    insert into rate_limits as r (tenant_id, bucket, window_start, expires_at, count)
    select ${tenant}, ${bucket}, ${start}::timestamptz, ${end}::timestamptz, 1 where ${limit}::integer > 0
    on conflict (tenant_id, bucket, window_start) do update set count = r.count + 1 where r.count < ${limit}
    returning 1`.execute(db)
  return taken.rows.length > 0
}
