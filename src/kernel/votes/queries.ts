import { sql } from 'kysely'
import type { CalendarDate } from '../clock.ts'
import type { Ctx } from '../context.ts'
import type { WrappedKey } from '../keys/keyring.ts'

export type BallotRow = {
  ballot_id: string
  case_id: string
  element: string
  number: string
  question: string
  options: string[]
  choose: number
  batch: number
  opens_on: CalendarDate
  closes_on: CalendarDate
  status: 'open' | 'closed'
  wrapped: Buffer | null
  wrapping_key: string | null
  tally: Buffer | null
  result: BallotResult | null
}

/** Sums of a closed ballot; `votes` stands in the order of the options and is absent when too few took part. */
export type BallotResult = { voters: number; votes?: number[] }

const columns = sql`b.ballot_id, b.case_id, b.element, c.number, b.question, b.options, b.choose, b.batch, b.opens_on::text as opens_on,
  b.closes_on::text as closes_on, b.status, b.wrapped, b.wrapping_key, b.tally, b.result`

/** One ballot. `share` keeps it from being mixed or closed until this transaction ends, `update` also keeps others from voting. */
export async function selectBallot(ctx: Ctx, ballotId: string, lock: 'none' | 'share' | 'update'): Promise<BallotRow | undefined> {
  const { rows } = await sql<BallotRow>`select ${columns} from ballots b join cases c on c.tenant_id = b.tenant_id and c.case_id = b.case_id
    where b.tenant_id = ${ctx.tenant} and b.ballot_id = ${ballotId}
    ${lock === 'none' ? sql`` : lock === 'share' ? sql`for share of b` : sql`for update of b`}`.execute(ctx.db)
  return rows[0]
}

export async function selectBallotOf(ctx: Ctx, caseId: string, element: string): Promise<{ ballot_id: string } | undefined> {
  const { rows } = await sql<{ ballot_id: string }>`select ballot_id from ballots
    where tenant_id = ${ctx.tenant} and case_id = ${caseId} and element = ${element}`.execute(ctx.db)
  return rows[0]
}

/** Ballots that run or ran, the one that closes last first. */
export async function selectBallots(ctx: Ctx, limit: number): Promise<BallotRow[]> {
  const { rows } = await sql<BallotRow>`select ${columns} from ballots b join cases c on c.tenant_id = b.tenant_id and c.case_id = b.case_id
    where b.tenant_id = ${ctx.tenant} order by b.closes_on desc, b.ballot_id limit ${limit}`.execute(ctx.db)
  return rows
}

/** False when this mark stands already. */
export async function insertMark(ctx: Ctx, ballotId: string, mark: Buffer): Promise<boolean> {
  const { numAffectedRows } = await sql`insert into ballot_marks (tenant_id, ballot_id, mark) values (${ctx.tenant}, ${ballotId}, ${mark})
    on conflict do nothing`.execute(ctx.db)
  return Number(numAffectedRows ?? 0n) === 1
}

export async function selectMark(ctx: Ctx, ballotId: string, mark: Buffer): Promise<boolean> {
  const { rows } = await sql`select 1 from ballot_marks where tenant_id = ${ctx.tenant} and ballot_id = ${ballotId} and mark = ${mark}`.execute(
    ctx.db,
  )
  return rows.length > 0
}

export async function insertPooled(ctx: Ctx, ballotId: string, poolId: string, sealed: Buffer): Promise<void> {
  await sql`insert into ballot_pool (tenant_id, ballot_id, pool_id, sealed) values (${ctx.tenant}, ${ballotId}, ${poolId}, ${sealed})`.execute(ctx.db)
}

export async function countPooled(ctx: Ctx, ballotId: string): Promise<number> {
  const { rows } = await sql<{
    n: number
  }>`select count(*)::int as n from ballot_pool where tenant_id = ${ctx.tenant} and ballot_id = ${ballotId}`.execute(ctx.db)
  return rows[0]?.n ?? 0
}

/** Takes the waiting votes out. */
export async function deletePooled(ctx: Ctx, ballotId: string): Promise<{ pool_id: string; sealed: Buffer }[]> {
  const { rows } = await sql<{ pool_id: string; sealed: Buffer }>`delete from ballot_pool
    where tenant_id = ${ctx.tenant} and ballot_id = ${ballotId} returning pool_id, sealed`.execute(ctx.db)
  return rows
}

/** Writes the marks of this batch anew in the order of their hashes: their place in the table tells nothing of who came first. */
export async function reorderMarks(ctx: Ctx, ballotId: string): Promise<void> {
  const { rows } = await sql<{ mark: string }>`delete from ballot_marks
    where tenant_id = ${ctx.tenant} and ballot_id = ${ballotId} and not is_mixed returning encode(mark, 'hex') as mark`.execute(ctx.db)
  const marks = rows.map((row) => row.mark).sort()
  await sql`insert into ballot_marks (tenant_id, ballot_id, mark, is_mixed)
    select ${ctx.tenant}, ${ballotId}, decode(m.mark, 'hex'), true from unnest(${marks}::text[]) with ordinality as m(mark, place) order by m.place`.execute(
    ctx.db,
  )
}

export async function updateTally(ctx: Ctx, ballotId: string, key: WrappedKey, tally: Buffer | null): Promise<void> {
  await sql`update ballots set wrapped = ${key.wrapped}, wrapping_key = ${key.wrappingKey}, tally = ${tally}
    where tenant_id = ${ctx.tenant} and ballot_id = ${ballotId}`.execute(ctx.db)
}

/** Ends a ballot: sums stay, the key and all marks go. Returns how many took part. */
export async function deleteMarks(ctx: Ctx, ballotId: string): Promise<number> {
  const { numAffectedRows } = await sql`delete from ballot_marks where tenant_id = ${ctx.tenant} and ballot_id = ${ballotId}`.execute(ctx.db)
  return Number(numAffectedRows ?? 0n)
}

export async function updateClosed(ctx: Ctx, ballotId: string, result: BallotResult): Promise<void> {
  await sql`update ballots set status = 'closed', wrapped = null, wrapping_key = null, tally = null, result = ${JSON.stringify(result)}::jsonb
    where tenant_id = ${ctx.tenant} and ballot_id = ${ballotId}`.execute(ctx.db)
}

/** Open ballots whose key lies under an older wrapping key. */
export async function selectOldBallots(ctx: Ctx, current: string): Promise<string[]> {
  const { rows } = await sql<{ ballot_id: string }>`select ballot_id from ballots
    where tenant_id = ${ctx.tenant} and wrapping_key is not null and wrapping_key <> ${current}`.execute(ctx.db)
  return rows.map((row) => row.ballot_id)
}

/** What tells two accounts of one person apart from two persons: the keyed hash of her confirmed telephone number, where there is one. */
export async function selectVoter(ctx: Ctx, accountId: string): Promise<{ phone_key: string | null; email_verified: boolean } | undefined> {
  const { rows } = await sql<{ phone_key: string | null; email_verified: boolean }>`select phone_key, email_verified from auth_users
    where tenant_id = ${ctx.tenant} and id = ${accountId} and kind = 'resident' and disabled_at is null`.execute(ctx.db)
  return rows[0]
}
