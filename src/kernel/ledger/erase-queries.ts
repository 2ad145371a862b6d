// All SQL of an erasure. `db` is a transaction of the tenant.
import { sql } from 'kysely'
import type { Db } from '#kernel/database/database.ts'
import type { CalendarDate } from '../clock.ts'

/** Where an event's leaf is. */
export type Place = { epoch: number; leaf_index: number }
export type CaseToErase = { case_id: string; status: 'open' | 'closed'; version: number; retain_until: CalendarDate | null; has_key: boolean }

export async function findCaseToErase(db: Db, tenant: string, number: string): Promise<CaseToErase | undefined> {
  const { rows } = await sql<CaseToErase>`
    select c.case_id, c.status, c.version, c.retain_until, exists (select from vault.get_keys(${tenant}, array[c.case_id])) as has_key
    from cases c where c.tenant_id = ${tenant} and c.number = ${number}`.execute(db)
  return rows[0]
}

/** Leaves of the case's events; an event that waits in the queue has none. */
export async function selectPlaces(db: Db, tenant: string, caseId: string): Promise<Place[]> {
  const { rows } = await sql<Place>`
    select l.epoch, l.leaf_index from events e join ledger_leaves l on l.tenant_id = e.tenant_id and l.source = e.event_id
    where e.tenant_id = ${tenant} and e.case_id = ${caseId} order by e.seq`.execute(db)
  return rows
}

/**
 * Destroys the key and every value of a case that tells of a person, when it is still at `version` and all its events are in
 * the log; undefined otherwise. Gives the ids of its files. What stays: the row, times, acts, offices, official numbers, who looked.
 */
export async function destroyValues(db: Db, tenant: string, caseId: string, version: number, at: Date): Promise<string[] | undefined> {
  await sql`select set_config('app.sealed', '*', true)`.execute(db)
  const { rows: whole } = await sql`
    select from cases c where tenant_id = ${tenant} and case_id = ${caseId} and version = ${version} and not exists (
      select from events e where e.tenant_id = ${tenant} and e.case_id = ${caseId} and not exists (
        select from ledger_leaves l where l.tenant_id = ${tenant} and l.source = e.event_id)) for update of c`.execute(db)
  if (whole.length === 0) return undefined
  const mine = sql`tenant_id = ${tenant} and case_id = ${caseId}`
  for (const statement of [
    sql`update cases set content = '', version = version + 1 where ${mine}`,
    sql`update events set payload = null where ${mine}`,
    sql`delete from party_lookups where ${mine}`,
    sql`update parties set identity = '', account_id = null, receipt_hash = null where ${mine}`,
    sql`update case_messages set body = '', from_id = null where ${mine}`,
    sql`delete from case_search where ${mine}`,
    sql`update outbox set content = '', status = case when status = 'waiting' then 'failed' else status end, last_error = null where ${mine}`,
    sql`update documents set content = '', reason = null where ${mine}`,
    sql`update incidents set reason = '', resolution = null where ${mine}`,
    sql`update personal_requests set words = '' where ${mine}`,
    sql`update case_grants set reason = '' where ${mine}`,
    sql`update case_actions set content = '', status = case when status in ('waiting', 'failed') then 'cancelled' else status end where ${mine}`,
    sql`update case_sessions set content = '', public = null where ${mine}`,
    sql`update case_publications set content = '{}', withdrawn_at = coalesce(withdrawn_at, ${at}) where ${mine}`,
    sql`update public_tasks set title = '' where ${mine}`,
    sql`update case_ratings set words = null, called_note = null where ${mine}`,
    sql`delete from idempotency_keys where ${mine}`,
    sql`delete from drafts where tenant_id = ${tenant} and filed_case = ${caseId}`,
    sql`select vault.destroy_key(${tenant}, ${caseId})`,
  ]) {
    await statement.execute(db)
  }
  const { rows } = await sql<{ file_id: string }>`update files set name = '', purged_at = ${at} where ${mine} returning file_id`.execute(db)
  return rows.map((row) => row.file_id)
}
