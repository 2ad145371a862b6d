// All SQL of the office audit. `db` is a transaction of the tenant that sees sealed cases too (`auditRead`).
import { sql } from 'kysely'
import { type Db, inTenant } from '#kernel/database/database.ts'
import type { CalendarDate } from '../clock.ts'

/** One event with its place in the log, or a case without events (`seq` null). `queued` is the leaf that still waits. */
export type AuditRow = {
  case_id: string
  number: string
  event_seq: number
  event_head: Buffer
  wrapped: Buffer | null
  wrapping_key: string | null
  seq: number | null
  event_id: string
  type: string
  name: string | null
  element: string | null
  actor_kind: string
  post_id: string | null
  recorded_at: Date
  effective_on: CalendarDate
  payload: Buffer | null
  commitment: Buffer
  epoch: number | null
  leaf_index: number | null
  leaf: Buffer | null
  leaf_hash: Buffer | null
  queued: Buffer | null
}

/** Sealed cases are audited like all others. */
export const auditRead = <T>(db: Db, tenant: string, work: (trx: Db) => Promise<T>): Promise<T> =>
  inTenant(db, tenant, async (trx) => {
    await sql`select set_config('app.sealed', '*', true)`.execute(trx)
    return work(trx)
  })

/**
 * The next `limit` cases after `after` with key, events, leaves and queue rows: one statement, so one snapshot, whatever
 * is written or integrated meanwhile.
 */
export async function selectCasesToAudit(db: Db, tenant: string, after: string, limit: number): Promise<AuditRow[]> {
  const { rows } = await sql<AuditRow>`
    with page as (
      select c.case_id, c.number, c.event_seq, c.event_head from cases c
      where c.tenant_id = ${tenant} and c.case_id > ${after}::uuid order by c.case_id limit ${limit})
    select p.*, k.wrapped, k.wrapping_key, e.seq, e.event_id, e.type, e.name, e.element, e.actor_kind, e.post_id, e.recorded_at, e.effective_on,
      e.payload, e.commitment, l.epoch, l.leaf_index, l.leaf, l.leaf_hash, q.leaf as queued
    from page p
      left join lateral vault.get_keys(${tenant}, array[p.case_id]) k on true
      left join events e on e.tenant_id = ${tenant} and e.case_id = p.case_id
      left join ledger_leaves l on l.tenant_id = ${tenant} and l.source = e.event_id
      left join ledger_queue q on q.tenant_id = ${tenant} and q.source = e.event_id
    order by p.case_id, e.seq`.execute(db)
  return rows
}

/** Leaves `[from, to)` of an epoch; `known` says whether the source is an event. */
export async function selectLeavesToAudit(db: Db, tenant: string, epoch: number, from: number, to: number) {
  const { rows } = await sql<{ leaf_index: number; source: string; leaf: Buffer; known: boolean }>`
    select l.leaf_index, l.source, l.leaf, exists (select from events e where e.tenant_id = ${tenant} and e.event_id = l.source) as known
    from ledger_leaves l where l.tenant_id = ${tenant} and l.epoch = ${epoch} and l.leaf_index >= ${from} and l.leaf_index < ${to}
    order by l.leaf_index`.execute(db)
  return rows
}

/** Events that stand in the log behind one recorded more than `seconds` later: one pass over the town. */
export async function selectBackdated(db: Db, tenant: string, seconds: number, limit: number) {
  const { rows } = await sql<{ epoch: number; leaf_index: number; source: string }>`
    select epoch, leaf_index, source from (
      select l.epoch, l.leaf_index, l.source, e.recorded_at,
        max(e.recorded_at) over (order by l.epoch, l.leaf_index rows between unbounded preceding and 1 preceding) as latest
      from ledger_leaves l join events e on e.tenant_id = l.tenant_id and e.event_id = l.source where l.tenant_id = ${tenant}) t
    where recorded_at < latest - make_interval(secs => ${seconds}::int) order by epoch, leaf_index limit ${limit}`.execute(db)
  return rows
}

/** Queue rows older than `before`, and rows whose source is in the log with another leaf. */
export async function selectStuck(db: Db, tenant: string, before: Date) {
  const { rows } = await sql<{ source: string; code: 'queue_overdue' | 'conflict' }>`
    select source, 'queue_overdue' as code from ledger_queue where tenant_id = ${tenant} and queued_at < ${before}
    union all select source, 'conflict' from ledger_conflicts where tenant_id = ${tenant} limit 10000`.execute(db)
  return rows
}

/** The last `audit` leaf of an epoch within its last 100,000 leaves. */
export async function selectLastAudit(db: Db, tenant: string, epoch: number): Promise<Buffer | undefined> {
  const { rows } = await sql<{ leaf: Buffer }>`
    select leaf from ledger_leaves where tenant_id = ${tenant} and epoch = ${epoch}
      and leaf_index >= (select size - 100000 from ledger_heads where tenant_id = ${tenant} and epoch = ${epoch})
      and substring(leaf from 1 for 22) = ${Buffer.from('xiangli-leaf/v1\naudit\n')}
    order by leaf_index desc limit 1`.execute(db)
  return rows[0]?.leaf
}
