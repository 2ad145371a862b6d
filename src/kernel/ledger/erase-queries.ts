// All SQL of an erasure. `db` is a transaction of the tenant.
import { sql } from 'kysely'
import type { Db } from '#kernel/database/database.ts'
import type { CalendarDate } from '../clock.ts'
import { noGroup } from '../consultations/opinion-queries.ts'

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
 * the log; undefined otherwise. Gives the ids of its files, pieces from the field among them. What stays: the row, times, acts, offices, official numbers, who looked.
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
    // What stood in public in her words. Number, category and standing stay: honest counts do not change when a person is forgotten.
    sql`update public_cases set fields = '{}' where ${mine}`,
    sql`delete from public_updates where ${mine} and words is not null`,
    sql`update opinions o set sealed = '', payload = '', appeal = null, shown = null, tokens = '{}', status = 'withheld', rule = 'erased',
        reason = null, appeal_reason = null from consultations c
      where c.tenant_id = ${tenant} and c.case_id = ${caseId} and o.tenant_id = c.tenant_id and o.consultation_id = c.consultation_id`,
    sql`delete from opinion_counts o using consultations c
      where c.tenant_id = ${tenant} and c.case_id = ${caseId} and o.tenant_id = c.tenant_id and o.consultation_id = c.consultation_id`,
    sql`insert into opinion_counts (tenant_id, consultation_id, paragraph, status, group_id, count)
      select o.tenant_id, o.consultation_id, coalesce(o.paragraph, 0), o.status, coalesce(o.group_id, ${noGroup}::uuid), count(*)
      from opinions o join consultations c on c.tenant_id = o.tenant_id and c.consultation_id = o.consultation_id
      where c.tenant_id = ${tenant} and c.case_id = ${caseId} group by 1, 2, 3, 4, 5`,
    // Who stood in for her, who was complained of, who asked to look, and what she asked of us.
    sql`update mandates set identity = '', evidence = '', account_id = null, receipt_hash = null where ${mine}`,
    sql`update case_subjects set name = null where ${mine}`,
    sql`update break_glass set reason = '', answer = null where ${mine}`,
    sql`update recusal_requests set words = '', answer = null where ${mine}`,
    sql`update case_views set words = null where ${mine}`,
    sql`update api_filings set party_id = null where ${mine}`,
    sql`delete from calendar_feeds where ${mine}`,
    sql`delete from signing_codes where ${mine}`,
    sql`delete from idempotency_keys where ${mine}`,
    sql`delete from drafts where tenant_id = ${tenant} and filed_case = ${caseId}`,
    sql`select vault.destroy_key(${tenant}, ${caseId})`,
  ]) {
    await statement.execute(db)
  }
  const { rows: chunks } = await sql<{ chunk_id: string }>`select k.chunk_id from field_chunks k
    join field_surveys s on s.tenant_id = k.tenant_id and s.survey_id = k.survey_id where s.tenant_id = ${tenant} and s.case_id = ${caseId}`.execute(
    db,
  )
  await sql`delete from field_surveys where ${mine}`.execute(db)
  const { rows } = await sql<{ file_id: string }>`update files set name = '', purged_at = ${at} where ${mine} returning file_id`.execute(db)
  return [...rows.map((row) => row.file_id), ...chunks.map((row) => row.chunk_id)]
}
