// SQL of consultations and their drafts. `db` is a transaction of the tenant (`inTenant`).
import { sql } from 'kysely'
import type { Ctx } from '../context.ts'
import { type Db, inTenant } from '../database/database.ts'
import type { Paragraph } from './draft.ts'
import { noGroup } from './opinion-queries.ts'
import type { Consultation, OpinionGroup } from './types.ts'

const columns = sql`consultation_id, case_id, number, title, notes, contact, organization_id, shorter_because, opens_on::text as opens_on,
  closes_on::text as closes_on, opened_at, closed_at, answered_at, last_number`

export type NewConsultation = Omit<Consultation, 'closed_at' | 'answered_at' | 'last_number' | 'number'> & { element: string; caseNumber: string }

/** Puts one up; its number is the case's, with a count from the second on. */
export async function insertConsultation(db: Db, tenant: string, row: NewConsultation, paragraphs: Paragraph[]): Promise<string> {
  const { rows } = await sql<{ number: string }>`
    insert into consultations (tenant_id, consultation_id, case_id, number, element, title, notes, contact, organization_id, shorter_because, opens_on, closes_on, opened_at)
    select ${tenant}, ${row.consultation_id}, ${row.case_id}, ${row.caseNumber} || case when count(*) = 0 then '' else '-' || (count(*) + 1) end, ${row.element},
      ${row.title}, ${row.notes}, ${row.contact}, ${row.organization_id}, ${row.shorter_because}, ${row.opens_on}::date, ${row.closes_on}::date, ${row.opened_at}
    from consultations where tenant_id = ${tenant} and case_id = ${row.case_id} returning number`.execute(db)
  await sql`insert into consultation_paragraphs (tenant_id, consultation_id, number, is_heading, text)
    select ${tenant}, ${row.consultation_id}, p.number, p.is_heading, p.text
    from unnest(${paragraphs.map(({ number }) => number)}::int[], ${paragraphs.map(({ isHeading }) => isHeading)}::boolean[],
      ${paragraphs.map(({ text }) => text)}::text[]) as p (number, is_heading, text)`.execute(db)
  return rows[0]?.number ?? row.caseNumber
}

/** Newest closing day first. */
export async function selectConsultations(ctx: Ctx, limit: number): Promise<Consultation[]> {
  const { rows } = await inTenant(ctx.db, ctx.tenant, (trx) =>
    sql<Consultation>`select ${columns} from consultations where tenant_id = ${ctx.tenant} order by closes_on desc, number limit ${limit}`.execute(
      trx,
    ),
  )
  return rows
}

export async function findConsultation(db: Db, tenant: string, number: string): Promise<Consultation | undefined> {
  const { rows } = await sql<Consultation>`select ${columns} from consultations where tenant_id = ${tenant} and number = ${number}`.execute(db)
  return rows[0]
}

export async function findById(db: Db, tenant: string, id: string): Promise<Consultation | undefined> {
  const { rows } = await sql<Consultation>`select ${columns} from consultations where tenant_id = ${tenant} and consultation_id = ${id}`.execute(db)
  return rows[0]
}

/** The latest consultation of a case. */
export async function findOfCase(db: Db, tenant: string, caseId: string): Promise<Consultation | undefined> {
  const { rows } = await sql<Consultation>`select ${columns} from consultations where tenant_id = ${tenant} and case_id = ${caseId}
    order by opened_at desc, number desc limit 1`.execute(db)
  return rows[0]
}

export async function selectParagraphs(db: Db, tenant: string, consultationId: string): Promise<Paragraph[]> {
  const { rows } = await sql<Paragraph>`select number, is_heading as "isHeading", text from consultation_paragraphs
    where tenant_id = ${tenant} and consultation_id = ${consultationId} order by number`.execute(db)
  return rows
}

/** Ends the period, once. */
export async function updateClosed(db: Db, tenant: string, consultationId: string, at: Date): Promise<void> {
  await sql`update consultations set closed_at = ${at} where tenant_id = ${tenant} and consultation_id = ${consultationId} and closed_at is null`.execute(
    db,
  )
}

export async function updateAnswered(db: Db, tenant: string, consultationId: string, at: Date): Promise<void> {
  await sql`update consultations set answered_at = ${at} where tenant_id = ${tenant} and consultation_id = ${consultationId}`.execute(db)
}

/** How a consultation stands: opinions in all, of each standing, without an answer, and appeals that wait. */
export type Tally = { total: number; shown: number; held: number; withheld: number; unanswered: number; ungrouped: number; appeals: number }

export async function tallyOpinions(db: Db, tenant: string, consultationId: string): Promise<Tally> {
  const { rows } = await sql<Tally>`
    select coalesce(sum(n.count), 0)::int as total, coalesce(sum(n.count) filter (where n.status = 'shown'), 0)::int as shown,
      coalesce(sum(n.count) filter (where n.status = 'held'), 0)::int as held, coalesce(sum(n.count) filter (where n.status = 'withheld'), 0)::int as withheld,
      coalesce(sum(n.count) filter (where g.answered_at is null), 0)::int as unanswered,
      coalesce(sum(n.count) filter (where n.group_id = ${noGroup}::uuid), 0)::int as ungrouped,
      (select count(*)::int from opinions o where o.tenant_id = ${tenant} and o.consultation_id = ${consultationId}
        and o.appealed_at is not null and o.appeal_result is null) as appeals
    from opinion_counts n left join opinion_groups g on g.tenant_id = n.tenant_id and g.consultation_id = n.consultation_id and g.group_id = n.group_id
    where n.tenant_id = ${tenant} and n.consultation_id = ${consultationId}`.execute(db)
  const [row] = rows
  if (!row) throw new Error('a count without a row')
  return row
}

/** How many opinions each paragraph has; the draft as a whole is 0. */
export async function countByParagraph(db: Db, tenant: string, consultationId: string): Promise<Map<number, number>> {
  const { rows } = await sql<{ paragraph: number; count: number }>`select paragraph, sum(count)::int as count from opinion_counts
    where tenant_id = ${tenant} and consultation_id = ${consultationId} group by 1`.execute(db)
  return new Map(rows.map(({ paragraph, count }) => [paragraph, count]))
}

/** Groups with how many opinions they answer, the largest first. */
export async function selectGroups(db: Db, tenant: string, consultationId: string, limit = 1000): Promise<OpinionGroup[]> {
  const { rows } = await sql<OpinionGroup>`
    select g.group_id, g.title, g.result, g.answer, g.answered_at, g.version, coalesce(n.count, 0)::int as opinions
    from opinion_groups g
      left join (select group_id, sum(count) as count from opinion_counts where tenant_id = ${tenant} and consultation_id = ${consultationId} group by group_id) n
        on n.group_id = g.group_id
    where g.tenant_id = ${tenant} and g.consultation_id = ${consultationId} order by opinions desc, g.created_at limit ${limit}`.execute(db)
  return rows
}

/** The case's key, wrapped; undefined when it was erased. */
export async function selectKey(db: Db, tenant: string, caseId: string): Promise<{ wrapped: Buffer; wrapping_key: string } | undefined> {
  const { rows } = await sql<{ wrapped: Buffer; wrapping_key: string }>`
    select wrapped, wrapping_key from vault.get_keys(${tenant}, array[${caseId}]::uuid[])`.execute(db)
  return rows[0]
}
