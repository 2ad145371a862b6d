import { type ControlledTransaction, sql } from 'kysely'
import { clearancesOf } from '../access/claims.ts'
import type { Ctx } from '../context.ts'
import { type Db, inTenant } from '../database/database.ts'
import type { CaseRow, DeadlineRow, IssuedDocument, MandateKind, SubscriptionRow, TaskRow } from './types.ts'

export type RawCase = {
  case: CaseRow & { content: string; event_head: string }
  key: { wrapped: string; wrapping_key: string } | null
  tasks: TaskRow[]
  deadlines: DeadlineRow[]
  subscriptions: SubscriptionRow[]
  parties: {
    party_id: string
    role: string
    kind: 'natural' | 'organization'
    identity: string
    account_id: string | null
    receipt_hash: string | null
    electronic_service: boolean
    blind: boolean
  }[]
  links: { role: string; case_id: string }[]
  grants: { organization_id: string; until_on: string | null }[]
  recused: string[]
  documents: IssuedDocument[]
}

/** Beside it, what only the access rule needs. */
export type RawAccess = {
  subjects: { subject_id: string; organization_id: string | null; post_id: string | null; name: string | null }[]
  mandates: {
    mandate_id: string
    party_id: string
    kind: MandateKind
    identity: string
    evidence: string
    file_id: string | null
    acts: string[]
    from_on: string
    to_on: string | null
    account_id: string | null
    made_at: string
    revoked_at: string | null
  }[]
}

/** A case with all that a step needs, in one round trip; undefined when absent or sealed. */
export const findRawCase = (ctx: Ctx, caseId: string) => callLoadStep(ctx, caseId, null)

/** The same for the case of a task: one round trip instead of two. */
export const findRawCaseOfTask = (ctx: Ctx, taskId: string) => callLoadStep(ctx, null, taskId)

/** The text is one of `hotStatements` (database.ts): it must not change without that. */
async function callLoadStep(ctx: Ctx, caseId: string | null, taskId: string | null): Promise<(RawCase & RawAccess) | undefined> {
  const { rows } = await sql<{
    found: (RawCase & RawAccess) | null
  }>`select load_step(${ctx.tenant}, ${caseId}, ${taskId}, ${clearancesOf(ctx.actor).join(',')}) as found`.execute(ctx.db)
  return rows[0]?.found ?? undefined
}

/** Writes a step. The texts are `hotStatements`, or begin with their name. @throws SQLSTATE XL409 when the case has moved on. */
export const callCommitStep = (db: Db, rows: Record<string, unknown>) =>
  'leaves' in rows ? callCommitSteps(db, [rows]) : sql`select commit_step(${JSON.stringify(rows)}::jsonb)`.execute(db)

/** Writes steps of several cases in the order given, all or none, and the leaves of what they make public. @throws SQLSTATE XL409. */
export const callCommitSteps = (db: Db, steps: Record<string, unknown>[]) =>
  steps.some((rows) => 'leaves' in rows)
    ? sql`/*commit_steps_leaves*/ select commit_step(value), case when value ? 'leaves' then commit_leaves(value) end
        from jsonb_array_elements(${JSON.stringify(steps)}::jsonb)`.execute(db)
    : sql`select commit_step(value) from jsonb_array_elements(${JSON.stringify(steps)}::jsonb)`.execute(db)

/** Several cases at once, in no order; those that are absent or sealed are left out. The text is one of `hotStatements`. */
export async function findRawCases(ctx: Ctx, caseIds: string[]): Promise<(RawCase & RawAccess)[]> {
  const { rows } = await sql<{
    found: (RawCase & RawAccess) | null
  }>`select load_step(${ctx.tenant}, id, null, ${clearancesOf(ctx.actor).join(',')}) as found from unnest(${caseIds}::uuid[]) id`.execute(ctx.db)
  return rows.flatMap(({ found }) => found ?? [])
}

export async function beginTransaction(ctx: Ctx): Promise<ControlledTransaction<unknown>> {
  const transaction = await ctx.db.startTransaction().execute()
  try {
    await sql`select set_config('app.tenant', ${ctx.tenant}, true), set_config('app.sealed', '*', true)`.execute(transaction)
  } catch (error) {
    await transaction.rollback().execute()
    throw error
  }
  return transaction
}

/** Anything else cannot be a number, and some texts cannot even be asked for. */
export const isCaseNumber = (text: string): boolean => /^[A-Z]{2,4}\d{2}-[0-9A-Z]{4}-[0-9A-Z]{3}$/.test(text)

/** The program looks the id up before anybody's rights are asked; readers never learn more than “not found”. */
export async function findCaseId(ctx: Ctx, number: string): Promise<string | undefined> {
  if (!isCaseNumber(number)) return undefined
  const { rows } = await sealedRead<{ case_id: string }>(ctx, sql`select case_id from cases where tenant_id = ${ctx.tenant} and number = ${number}`)
  return rows[0]?.case_id
}

export async function findTaskCase(ctx: Ctx, taskId: string): Promise<{ case_id: string; status: string } | undefined> {
  const { rows } = await readAtOnce<{ case_id: string; status: string }>(
    ctx,
    (tenant) => sql`select case_id, status from tasks where tenant_id = ${tenant} and task_id = ${taskId}`,
  )
  return rows[0]
}

/**
 * The party of a code: in the case `caseId`, else in the first case that it opens (a linked case is opened by the same code).
 * A proxy's code names the mandate too; whether that is in force the rule asks.
 */
export async function findReceipt(
  ctx: Ctx,
  receiptHash: Buffer,
  caseId?: string,
): Promise<{ case_id: string; party_id: string; mandate_id: string | null } | undefined> {
  const { rows } = await inTenant(ctx.db, ctx.tenant, (trx) =>
    sql<{
      case_id: string
      party_id: string
      mandate_id: string | null
    }>`select case_id, party_id, mandate_id from (
        select case_id, party_id, null::uuid as mandate_id, added_at from parties where tenant_id = ${ctx.tenant} and receipt_hash = ${receiptHash}
        union all
        select case_id, party_id, mandate_id, made_at from mandates where tenant_id = ${ctx.tenant} and receipt_hash = ${receiptHash}) held
      where (${caseId ?? null}::uuid is null or case_id = ${caseId ?? null}::uuid) order by added_at, case_id`.execute(trx),
  )
  return rows[0]
}

export async function findIdempotent(ctx: Ctx, keyHash: Buffer): Promise<{ request_hash: Buffer; answer: Buffer | null } | undefined> {
  const { rows } = await readAtOnce<{ request_hash: Buffer; answer: Buffer | null }>(
    ctx,
    (tenant) => sql`select request_hash, answer from idempotency_keys where tenant_id = ${tenant} and key_hash = ${keyHash}`,
  )
  return rows[0]
}

/** Next number of a series in a year: the row lock keeps the series without gaps (a rolled-back step gives its number back). */
export async function takeNumber(db: Db, tenant: string, series: string, year: number): Promise<number> {
  const { rows } = await sql<{ last: number }>`insert into document_series (tenant_id, series, year, last) values (${tenant}, ${series}, ${year}, 1)
    on conflict (tenant_id, series, year) do update set last = document_series.last + 1 returning last`.execute(db)
  return rows[0]?.last ?? 1
}

async function sealedRead<T>(ctx: Ctx, query: ReturnType<typeof sql>) {
  return inTenant(ctx.db, ctx.tenant, async (trx) => {
    await sql`select set_config('app.sealed', '*', true)`.execute(trx)
    // The caller names the row's shape; `sql` without a type gives unknown rows.
    return query.execute(trx) as Promise<{ rows: T[] }>
  })
}

/**
 * A single read in one round trip instead of four. `query` has to name the tenant it is given: the row that it comes from sets
 * `app.tenant`, so nothing of the query can run before that, and the setting ends with the statement.
 */
async function readAtOnce<T>(ctx: Ctx, query: (tenant: ReturnType<typeof sql>) => ReturnType<typeof sql>): Promise<{ rows: T[] }> {
  if (ctx.db.isTransaction) return inTenant(ctx.db, ctx.tenant, (trx) => query(sql`${ctx.tenant}::text`).execute(trx) as Promise<{ rows: T[] }>)
  // `offset 0` keeps the planner from merging the two halves. The caller names the row's shape.
  return sql`select found.* from (select set_config('app.tenant', ${ctx.tenant}, true) as tenant offset 0) own
    cross join lateral (${query(sql`own.tenant`)} offset 0) found`.execute(ctx.db) as Promise<{ rows: T[] }>
}
