import { sql } from 'kysely'
import { inReading, readableCases } from '../access/readable.ts'
import type { CalendarDate } from '../clock.ts'
import type { Ctx } from '../context.ts'
import { inTenant } from '../database/database.ts'

export type RatingRow = {
  case_id: string
  rating: number
  words: Buffer | null
  rated_on: CalendarDate
  callback_due: CalendarDate | null
  called_at: Date | null
  called_outcome: 'resolved' | 'explained' | 'not-reached' | null
}

const columns = sql`r.case_id, r.rating, r.words, r.rated_on::text as rated_on, r.callback_due::text as callback_due, r.called_at, r.called_outcome`

export async function findRating(ctx: Ctx, caseId: string): Promise<RatingRow | undefined> {
  const { rows } = await inTenant(ctx.db, ctx.tenant, (trx) =>
    sql<RatingRow>`select ${columns} from case_ratings r where r.tenant_id = ${ctx.tenant} and r.case_id = ${caseId}`.execute(trx),
  )
  return rows[0]
}

type NewRating = {
  caseId: string
  procedure: string
  office: string | null
  rating: number
  words: Buffer | null
  ratedOn: CalendarDate
  callbackDue: CalendarDate | null
  provisional: boolean
}

/** False when the case has its one rating already. */
export async function insertRating(ctx: Ctx, row: NewRating): Promise<boolean> {
  const { rows } = await inTenant(ctx.db, ctx.tenant, (trx) =>
    sql`insert into case_ratings (tenant_id, case_id, procedure, office, rating, words, rated_at, rated_on, callback_due, provisional)
      values (${ctx.tenant}, ${row.caseId}, ${row.procedure}, ${row.office}, ${row.rating}, ${row.words}, ${ctx.clock.now()}, ${row.ratedOn}, ${row.callbackDue}, ${row.provisional})
      on conflict do nothing returning 1`.execute(trx),
  )
  return rows.length > 0
}

/** Low ratings with words that nobody has called about, of cases that this actor may read; those she has herself worked on are not hers to call. */
export async function selectCallbacks(ctx: Ctx, userId: string, limit: number): Promise<RatingRow[]> {
  const { rows } = await inReading(ctx, (trx) =>
    sql<RatingRow>`select ${columns} from case_ratings r join cases c on c.tenant_id = r.tenant_id and c.case_id = r.case_id
      where r.tenant_id = ${ctx.tenant} and r.callback_due is not null and r.called_at is null and ${readableCases(ctx)}
        and not exists (select from events e where e.tenant_id = r.tenant_id and e.case_id = r.case_id and e.actor_kind = 'staff' and e.actor_id = ${userId})
      order by r.callback_due, r.rated_at limit ${limit}`.execute(trx),
  )
  return rows
}

/** Has this account done anything in the case? */
export async function hasActed(ctx: Ctx, caseId: string, userId: string): Promise<boolean> {
  const { rows } = await inTenant(ctx.db, ctx.tenant, (trx) =>
    sql`select 1 from events where tenant_id = ${ctx.tenant} and case_id = ${caseId} and actor_kind = 'staff' and actor_id = ${userId} limit 1`.execute(
      trx,
    ),
  )
  return rows.length > 0
}

/** False when somebody has called already, or there is nothing to call about. */
export async function closeCallback(ctx: Ctx, caseId: string, by: string, outcome: string, note: Buffer): Promise<boolean> {
  const { rows } = await inTenant(ctx.db, ctx.tenant, (trx) =>
    sql`update case_ratings set called_at = ${ctx.clock.now()}, called_by = ${by}, called_outcome = ${outcome}, called_note = ${note}
      where tenant_id = ${ctx.tenant} and case_id = ${caseId} and callback_due is not null and called_at is null returning 1`.execute(trx),
  )
  return rows.length > 0
}

export async function countRatings(ctx: Ctx, from: CalendarDate, to: CalendarDate): Promise<{ procedure: string; rating: number; count: number }[]> {
  const { rows } = await inTenant(ctx.db, ctx.tenant, (trx) =>
    sql<{ procedure: string; rating: number; count: number }>`select procedure, rating, count(*)::int as count from case_ratings
      where tenant_id = ${ctx.tenant} and rated_on between ${from} and ${to} group by procedure, rating order by procedure, rating`.execute(trx),
  )
  return rows
}
