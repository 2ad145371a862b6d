// SQL of opinions. `db` is a transaction of the tenant (`inTenant`).
import { sql } from 'kysely'
import type { Db } from '../database/database.ts'
import type { OpinionStatus, PublicOpinion } from './types.ts'

export type NewOpinion = {
  opinion_id: string
  paragraph: number | null
  channel: string
  received_on: string
  filed_at: Date
  sealed: Buffer
  payload: Buffer
  receipt_hash: Buffer
  request_hash: Buffer | null
  status: OpinionStatus
  shown: string | null
  tokens: string[]
  rule: string | null
}

/** Takes the next number. The row of the consultation is locked until the end of the transaction: numbers have no gaps. */
export async function takeNumber(db: Db, tenant: string, consultationId: string): Promise<number> {
  const { rows } = await sql<{ last_number: number }>`update consultations set last_number = last_number + 1
    where tenant_id = ${tenant} and consultation_id = ${consultationId} returning last_number`.execute(db)
  const [row] = rows
  if (!row) throw new Error(`no consultation ${consultationId}`)
  return row.last_number
}

export async function insertOpinion(db: Db, tenant: string, consultationId: string, number: number, row: NewOpinion): Promise<void> {
  await sql`insert into opinions (tenant_id, consultation_id, number, opinion_id, paragraph, channel, received_on, filed_at, sealed, payload, receipt_hash, request_hash,
      status, shown, tokens, rule)
    values (${tenant}, ${consultationId}, ${number}, ${row.opinion_id}, ${row.paragraph}, ${row.channel}, ${row.received_on}::date, ${row.filed_at}, ${row.sealed},
      ${row.payload}, ${row.receipt_hash}, ${row.request_hash}, ${row.status}, ${row.shown}, ${row.tokens}::bigint[], ${row.rule})`.execute(db)
  await addCount(db, tenant, consultationId, row)
}

export async function findByRequest(
  db: Db,
  tenant: string,
  consultationId: string,
  requestHash: Buffer,
): Promise<{ number: number; status: OpinionStatus } | undefined> {
  const { rows } = await sql<{
    number: number
    status: OpinionStatus
  }>`select number, status from opinions where tenant_id = ${tenant} and consultation_id = ${consultationId}
    and request_hash = ${requestHash}`.execute(db)
  return rows[0]
}

/** Filters of a list; `tokens` are the hashes of the pairs that the words must have. */
export type OpinionFilter = {
  paragraph?: number | undefined
  status?: OpinionStatus | undefined
  group?: string | undefined
  standing?: 'ungrouped' | 'unanswered' | 'answered' | 'appealed' | undefined
  tokens?: string[] | undefined
  words?: string | undefined
}

/** Of one opinion `o`: is the answer of its group out? Looked up by the group's key, whatever the planner thinks of the size of the tables. */
export const isAnswered = sql`exists (select from opinion_groups a where a.tenant_id = o.tenant_id and a.consultation_id = o.consultation_id
  and a.group_id = o.group_id and a.answered_at is not null)`

/** The conditions of a filter on `opinions o`. */
export function where(tenant: string, consultationId: string, filter: OpinionFilter) {
  const standing = {
    ungrouped: sql`and o.group_id is null`,
    unanswered: sql`and not ${isAnswered}`,
    answered: sql`and ${isAnswered}`,
    appealed: sql`and o.appealed_at is not null and o.appeal_result is null`,
  }
  return sql`o.tenant_id = ${tenant} and o.consultation_id = ${consultationId}
    ${filter.paragraph === undefined ? sql`` : filter.paragraph === 0 ? sql`and o.paragraph is null` : sql`and o.paragraph = ${filter.paragraph}`}
    ${filter.status === undefined ? sql`` : sql`and o.status = ${filter.status}`}
    ${filter.group === undefined ? sql`` : sql`and o.group_id = ${filter.group}`}
    ${filter.standing === undefined ? sql`` : standing[filter.standing]}
    ${filter.tokens === undefined || filter.tokens.length === 0 ? sql`` : sql`and o.tokens @> ${filter.tokens}::bigint[]`}
    ${filter.words === undefined ? sql`` : sql`and o.shown ilike ${likeOf(filter.words)}`}`
}

const likeOf = (words: string) => `%${words.replaceAll(/[\\%_]/g, '\\$&')}%`

const joined = sql`opinions o left join opinion_groups g on g.tenant_id = o.tenant_id and g.consultation_id = o.consultation_id and g.group_id = o.group_id`

const publicColumns = sql`o.number, o.paragraph, o.received_on::text as received_on, o.shown as words, o.status, o.rule, o.group_id, g.title as group_title,
  case when g.answered_at is not null then g.result end as result, case when g.answered_at is not null then g.answer end as answer`

/** In the order of their numbers. Which ones is settled on narrow rows first; words, titles and answers are fetched for those alone. */
export async function selectOpinions(
  db: Db,
  tenant: string,
  consultationId: string,
  filter: OpinionFilter,
  page: { limit: number; offset: number },
): Promise<PublicOpinion[]> {
  // Numbers have no gaps: of all opinions a page is a range of numbers.
  const wanted = isWide(filter)
    ? sql`o.number > ${page.offset} and o.number <= ${page.offset + page.limit}`
    : sql`o.number = any(array(select o.number from opinions o where ${where(tenant, consultationId, filter)}
        order by o.number limit ${page.limit} offset ${page.offset}))`
  const { rows } = await sql<PublicOpinion>`select ${publicColumns} from ${joined}
    where o.tenant_id = ${tenant} and o.consultation_id = ${consultationId} and ${wanted} order by o.number`.execute(db)
  return rows
}

const isWide = (filter: OpinionFilter) => Object.values(filter).every((value) => value === undefined)

/** From the counts where they tell it; words and appeals are looked for among the opinions. */
export async function countOpinions(db: Db, tenant: string, consultationId: string, filter: OpinionFilter): Promise<number> {
  const { rows } =
    filter.words !== undefined || filter.standing === 'appealed'
      ? await sql<{ count: number }>`select count(*)::int as count from opinions o where ${where(tenant, consultationId, filter)}`.execute(db)
      : await sql<{ count: number }>`select coalesce(sum(o.count), 0)::int as count from (
          select tenant_id, consultation_id, nullif(paragraph, 0) as paragraph, status, nullif(group_id, ${noGroup}::uuid) as group_id, count
          from opinion_counts where tenant_id = ${tenant} and consultation_id = ${consultationId}) o
        where ${where(tenant, consultationId, filter)}`.execute(db)
  return rows[0]?.count ?? 0
}

/** Stands for “in no group” where a key needs a value. */
export const noGroup = '00000000-0000-0000-0000-000000000000'

/** One more opinion, within the transaction that took its number. */
async function addCount(db: Db, tenant: string, consultationId: string, { paragraph, status }: NewOpinion): Promise<void> {
  await sql`insert into opinion_counts as c (tenant_id, consultation_id, paragraph, status, group_id, count)
    values (${tenant}, ${consultationId}, ${paragraph ?? 0}, ${status}, ${noGroup}::uuid, 1)
    on conflict (tenant_id, consultation_id, paragraph, status, group_id) do update set count = c.count + 1`.execute(db)
}

/** Keeps numbers, groups and standings of a consultation as they are until the end of the transaction. Taken before any opinion is changed. */
export async function lockConsultation(db: Db, tenant: string, consultationId: string): Promise<void> {
  await sql`select from consultations where tenant_id = ${tenant} and consultation_id = ${consultationId} for update`.execute(db)
}

/** Counts anew after opinions moved or were moderated; the caller holds `lockConsultation`. */
export async function recount(db: Db, tenant: string, consultationId: string): Promise<void> {
  await sql`delete from opinion_counts where tenant_id = ${tenant} and consultation_id = ${consultationId}`.execute(db)
  await sql`insert into opinion_counts (tenant_id, consultation_id, paragraph, status, group_id, count)
    select ${tenant}, ${consultationId}::uuid, coalesce(paragraph, 0), status, coalesce(group_id, ${noGroup}::uuid), count(*)
    from opinions where tenant_id = ${tenant} and consultation_id = ${consultationId} group by 3, 4, 5`.execute(db)
}

/** One opinion with what only its author or an officer may see; bytes are sealed. */
export type OpinionRow = PublicOpinion & {
  consultation_id: string
  opinion_id: string
  channel: string
  filed_at: Date
  sealed: Buffer
  payload: Buffer
  reason: string | null
  moderated_by: string | null
  appeal: Buffer | null
  appealed_at: Date | null
  appeal_result: 'shown' | 'kept' | null
  appeal_reason: string | null
}

const rowColumns = sql`${publicColumns}, o.consultation_id, o.opinion_id, o.channel, o.filed_at, o.sealed, o.payload, o.reason, o.moderated_by, o.appeal, o.appealed_at,
  o.appeal_result, o.appeal_reason`

export async function findOpinion(db: Db, tenant: string, consultationId: string, number: number): Promise<OpinionRow | undefined> {
  const { rows } = await sql<OpinionRow>`select ${rowColumns} from ${joined}
    where o.tenant_id = ${tenant} and o.consultation_id = ${consultationId} and o.number = ${number}`.execute(db)
  return rows[0]
}

export async function findOpinionByCode(db: Db, tenant: string, receiptHash: Buffer): Promise<OpinionRow | undefined> {
  const { rows } =
    await sql<OpinionRow>`select ${rowColumns} from ${joined} where o.tenant_id = ${tenant} and o.receipt_hash = ${receiptHash}`.execute(db)
  return rows[0]
}

export type Moderation = {
  status: OpinionStatus
  shown: string | null
  tokens: string[]
  rule: string | null
  reason: string | null
  by: string
  at: Date
}

/** The caller holds `lockConsultation`. */
export async function updateModeration(db: Db, tenant: string, consultationId: string, number: number, row: Moderation): Promise<void> {
  await sql`update opinions set status = ${row.status}, shown = ${row.shown}, tokens = ${row.tokens}::bigint[], rule = ${row.rule}, reason = ${row.reason},
      moderated_by = ${row.by}, moderated_at = ${row.at}
    where tenant_id = ${tenant} and consultation_id = ${consultationId} and number = ${number}`.execute(db)
  await recount(db, tenant, consultationId)
}

/** The author's appeal; false when there was one already or nothing is withheld. */
export async function updateAppeal(db: Db, tenant: string, opinionId: string, appeal: Buffer, at: Date): Promise<boolean> {
  const { numAffectedRows } = await sql`update opinions set appeal = ${appeal}, appealed_at = ${at}
    where tenant_id = ${tenant} and opinion_id = ${opinionId} and status <> 'shown' and appealed_at is null`.execute(db)
  return numAffectedRows === 1n
}

export async function updateAppealResult(
  db: Db,
  tenant: string,
  consultationId: string,
  number: number,
  row: { result: 'shown' | 'kept'; reason: string; by: string },
): Promise<boolean> {
  const { numAffectedRows } = await sql`update opinions set appeal_result = ${row.result}, appeal_reason = ${row.reason}, appeal_by = ${row.by}
    where tenant_id = ${tenant} and consultation_id = ${consultationId} and number = ${number} and appealed_at is not null and appeal_result is null`.execute(
    db,
  )
  return numAffectedRows === 1n
}
