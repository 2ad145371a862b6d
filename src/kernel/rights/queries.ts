// All SQL of the rights of the person.
import { sql } from 'kysely'
import { inReading, readableCases } from '../access/readable.ts'
import type { CalendarDate } from '../clock.ts'
import type { Ctx } from '../context.ts'
import { type Db, inTenant } from '../database/database.ts'

export type RequestKind = 'copy' | 'contacts' | 'correct' | 'erase' | 'consent'
export type RequestRow = {
  request_id: string
  case_id: string
  party_id: string
  kind: RequestKind
  status: 'open' | 'granted' | 'refused'
  words: Buffer
  asked_at: Date
  due_on: CalendarDate | null
  decided_at: Date | null
}

/** `db` is the transaction of the step that records the event. */
export async function insertRequest(
  db: Db,
  ctx: Ctx,
  row: Omit<RequestRow, 'asked_at' | 'decided_at'> & { decided_by: string | null },
): Promise<void> {
  const now = ctx.clock.now()
  await sql`insert into personal_requests (tenant_id, request_id, case_id, party_id, kind, status, words, asked_at, due_on, decided_at, decided_by)
    values (${ctx.tenant}, ${row.request_id}, ${row.case_id}, ${row.party_id}, ${row.kind}, ${row.status}, ${row.words}, ${now}, ${row.due_on},
      ${row.status === 'open' ? null : now}, ${row.decided_by})`.execute(db)
}

/** Decides an open request; false when somebody was faster. */
export async function updateRequest(db: Db, ctx: Ctx, requestId: string, status: 'granted' | 'refused', words: Buffer, by: string): Promise<boolean> {
  const { rows } = await sql`update personal_requests set status = ${status}, words = ${words}, decided_at = ${ctx.clock.now()}, decided_by = ${by}
    where tenant_id = ${ctx.tenant} and request_id = ${requestId} and status = 'open' returning 1`.execute(db)
  return rows.length === 1
}

export async function selectRequests(ctx: Ctx, caseId: string): Promise<RequestRow[]> {
  const { rows } = await inTenant(ctx.db, ctx.tenant, (trx) =>
    sql<RequestRow>`select request_id, case_id, party_id, kind, status, words, asked_at, due_on, decided_at from personal_requests
      where tenant_id = ${ctx.tenant} and case_id = ${caseId} order by asked_at desc, request_id`.execute(trx),
  )
  return rows
}

/** Open requests on cases that this actor may read, the most urgent first. */
export async function selectOpenRequests(ctx: Ctx): Promise<Pick<RequestRow, 'request_id' | 'case_id' | 'words' | 'asked_at' | 'due_on'>[]> {
  const { rows } = await inReading(ctx, (trx) =>
    sql<Pick<RequestRow, 'request_id' | 'case_id' | 'words' | 'asked_at' | 'due_on'>>`select r.request_id, r.case_id, r.words, r.asked_at, r.due_on
      from personal_requests r join cases c on c.tenant_id = r.tenant_id and c.case_id = r.case_id
      where r.tenant_id = ${ctx.tenant} and r.status = 'open' and ${readableCases(ctx)} order by r.due_on, r.asked_at limit 200`.execute(trx),
  )
  return rows
}

/** New name and contacts of a party, with the hashes by which the counter finds her. */
export async function updateIdentity(
  db: Db,
  ctx: Ctx,
  place: { caseId: string; partyId: string },
  identity: Buffer,
  lookups: Buffer[],
): Promise<void> {
  const mine = sql`tenant_id = ${ctx.tenant} and case_id = ${place.caseId} and party_id = ${place.partyId}`
  await sql`update parties set identity = ${identity} where ${mine}`.execute(db)
  await sql`delete from party_lookups where ${mine}`.execute(db)
  for (const lookup of lookups)
    await sql`insert into party_lookups (tenant_id, lookup, case_id, party_id) values (${ctx.tenant}, ${lookup}, ${place.caseId}, ${place.partyId})
      on conflict do nothing`.execute(db)
}

export async function endElectronicService(db: Db, ctx: Ctx, place: { caseId: string; partyId: string }): Promise<void> {
  await sql`update parties set electronic_service = false where tenant_id = ${ctx.tenant} and case_id = ${place.caseId} and party_id = ${place.partyId}`.execute(
    db,
  )
}
