// SQL of answers: grouping by list or by filter, and telling authors. `db` is a transaction of the tenant (`inTenant`).
import { sql } from 'kysely'
import type { Db } from '../database/database.ts'
import { isAnswered, type OpinionFilter, where } from './opinion-queries.ts'
import type { AnswerResult } from './types.ts'

export async function insertGroup(db: Db, tenant: string, consultationId: string, row: { group_id: string; title: string; at: Date }): Promise<void> {
  await sql`insert into opinion_groups (tenant_id, consultation_id, group_id, title, created_at)
    values (${tenant}, ${consultationId}, ${row.group_id}, ${row.title}, ${row.at})`.execute(db)
}

export async function isGroup(db: Db, tenant: string, consultationId: string, groupId: string): Promise<boolean> {
  const { rows } = await sql`select from opinion_groups where tenant_id = ${tenant} and consultation_id = ${consultationId} and group_id = ${groupId}
    for update`.execute(db)
  return rows.length === 1
}

/** Puts these opinions into a group (none: takes them out); those whose author was told of an answer stay where they are. How many moved. */
export async function moveByNumbers(db: Db, tenant: string, consultationId: string, groupId: string | null, numbers: number[]): Promise<number> {
  const { numAffectedRows } = await sql`update opinions o set group_id = ${groupId}::uuid
    where o.tenant_id = ${tenant} and o.consultation_id = ${consultationId} and o.number = any(${numbers}::int[]) and ${movable}`.execute(db)
  return Number(numAffectedRows ?? 0)
}

/** One pass over the table that is changed: a list of numbers asked for again was looked through for each row when the figures of the table were old. */
export async function moveByFilter(db: Db, tenant: string, consultationId: string, groupId: string | null, filter: OpinionFilter): Promise<number> {
  const { numAffectedRows } = await sql`update opinions o set group_id = ${groupId}::uuid
    where ${where(tenant, consultationId, filter)} and ${movable}`.execute(db)
  return Number(numAffectedRows ?? 0)
}

/** An answer that is out stays with whoever was given it. */
const movable = sql`not ${isAnswered}`

/** Empty groups without an answer are nothing. */
export async function deleteEmptyGroups(db: Db, tenant: string, consultationId: string): Promise<void> {
  await sql`delete from opinion_groups g where g.tenant_id = ${tenant} and g.consultation_id = ${consultationId} and g.answered_at is null
    and not exists (select from opinions o where o.tenant_id = g.tenant_id and o.consultation_id = g.consultation_id and o.group_id = g.group_id)`.execute(
    db,
  )
}

export type Answer = { result: AnswerResult; answer: string; by: string; at: Date }

/** Writes the answer of a group; false when somebody else wrote one since this `version` was read. */
export async function updateAnswer(db: Db, tenant: string, consultationId: string, groupId: string, version: number, row: Answer): Promise<boolean> {
  const { numAffectedRows } =
    await sql`update opinion_groups set result = ${row.result}, answer = ${row.answer}, answered_at = ${row.at}, answered_by = ${row.by},
      version = version + 1
    where tenant_id = ${tenant} and consultation_id = ${consultationId} and group_id = ${groupId} and version = ${version}`.execute(db)
  return numAffectedRows === 1n
}

/** Opinions of an answered group whose authors were not told yet; they are marked as told by the same statement. */
export async function takeUntold(db: Db, tenant: string, consultationId: string, groupId: string, at: Date) {
  const { rows } = await sql<{ number: number; opinion_id: string; sealed: Buffer }>`update opinions set told_at = ${at}
    where tenant_id = ${tenant} and consultation_id = ${consultationId} and group_id = ${groupId} and told_at is null
    returning number, opinion_id, sealed`.execute(db)
  return rows
}

export type Letter = { message_id: string; kind: 'mail' | 'sms'; content: Buffer }

export async function insertLetters(db: Db, tenant: string, caseId: string, textId: string, letters: Letter[], at: Date): Promise<void> {
  await sql`insert into outbox (tenant_id, message_id, case_id, kind, text_id, content, next_at, queued_at)
    select ${tenant}, l.message_id, ${caseId}, l.kind, ${textId}, l.content, ${at}, ${at}
    from unnest(${letters.map((one) => one.message_id)}::uuid[], ${letters.map((one) => one.kind)}::text[], ${letters.map((one) => one.content)}::bytea[])
      as l (message_id, kind, content)`.execute(db)
}
