// All SQL of retention.
import { sql } from 'kysely'
import type { CalendarDate } from '../clock.ts'
import type { Ctx } from '../context.ts'
import { inTenant } from '../database/database.ts'

export type DisposalRow = {
  case_id: string
  number: string
  procedure: string
  class: string
  disposal: 'erase' | 'archive'
  retain_until: CalendarDate
  status: 'proposed' | 'approved' | 'done' | 'kept'
  proposed_at: Date
  first_by: string | null
  first_at: Date | null
  second_by: string | null
  second_at: Date | null
  done_at: Date | null
}

const own = sql`set_config('app.sealed', '*', true)`

/** Packages with cases whose time is over and that nobody proposed yet; a case without a key was erased before. */
export async function selectDuePackages(ctx: Ctx, on: CalendarDate): Promise<string[]> {
  const { rows } = await inTenant(ctx.db, ctx.tenant, async (trx) => {
    await sql`select ${own}`.execute(trx)
    return sql<{
      package_hash: string
    }>`select distinct package_hash from cases c where tenant_id = ${ctx.tenant} and status = 'closed' and retain_until <= ${on}
      and octet_length(content) > 0 and not exists (select from disposals d where d.tenant_id = c.tenant_id and d.case_id = c.case_id)`.execute(trx)
  })
  return rows.map((row) => row.package_hash)
}

export async function insertProposals(
  ctx: Ctx,
  on: CalendarDate,
  rule: { hash: string; class: string; disposal: 'erase' | 'archive' },
): Promise<number> {
  const { rows } = await inTenant(ctx.db, ctx.tenant, async (trx) => {
    await sql`select ${own}`.execute(trx)
    return sql`insert into disposals (tenant_id, case_id, number, procedure, class, disposal, retain_until, proposed_at)
      select tenant_id, case_id, number, procedure, ${rule.class}, ${rule.disposal}, retain_until, ${ctx.clock.now()} from cases c
      where tenant_id = ${ctx.tenant} and package_hash = ${rule.hash} and status = 'closed' and retain_until <= ${on} and octet_length(content) > 0
      on conflict do nothing returning 1`.execute(trx)
  })
  return rows.length
}

export async function selectDisposals(ctx: Ctx, status: DisposalRow['status'][], limit: number): Promise<DisposalRow[]> {
  const { rows } = await inTenant(ctx.db, ctx.tenant, (trx) =>
    sql<DisposalRow>`select case_id, number, procedure, class, disposal, retain_until, status, proposed_at, first_by, first_at, second_by, second_at, done_at
      from disposals where tenant_id = ${ctx.tenant} and status = any(${status}) order by retain_until, number limit ${limit}`.execute(trx),
  )
  return rows
}

/** What two persons approved, in the order in which it is carried out: what failed before comes after what was never tried. */
export async function selectApproved(ctx: Ctx, limit: number): Promise<Pick<DisposalRow, 'number' | 'disposal'>[]> {
  const { rows } = await inTenant(ctx.db, ctx.tenant, (trx) =>
    sql<Pick<DisposalRow, 'number' | 'disposal'>>`select number, disposal from disposals
      where tenant_id = ${ctx.tenant} and status = 'approved' order by tried_at nulls first, retain_until, number limit ${limit}`.execute(trx),
  )
  return rows
}

export const noteTried = (ctx: Ctx, number: string): Promise<unknown> =>
  inTenant(ctx.db, ctx.tenant, (trx) =>
    sql`update disposals set tried_at = ${ctx.clock.now()} where tenant_id = ${ctx.tenant} and number = ${number} and status = 'approved'`.execute(
      trx,
    ),
  )

/** The first approval, or the second by somebody else; gives the numbers that changed. */
export async function approve(ctx: Ctx, numbers: string[], by: string): Promise<string[]> {
  const now = ctx.clock.now()
  const { rows } = await inTenant(ctx.db, ctx.tenant, (trx) =>
    sql<{ number: string }>`update disposals set
        second_by = case when first_by is null then null else ${by} end, second_at = case when first_by is null then null else ${now}::timestamptz end,
        status = case when first_by is null then 'proposed' else 'approved' end,
        first_by = coalesce(first_by, ${by}), first_at = coalesce(first_at, ${now}::timestamptz)
      where tenant_id = ${ctx.tenant} and number = any(${numbers}) and status = 'proposed' and first_by is distinct from ${by} returning number`.execute(
      trx,
    ),
  )
  return rows.map((row) => row.number)
}

export async function setStatus(ctx: Ctx, number: string, from: DisposalRow['status'][], to: 'done' | 'kept'): Promise<boolean> {
  const { rows } = await inTenant(ctx.db, ctx.tenant, (trx) =>
    sql`update disposals set status = ${to}, done_at = ${ctx.clock.now()} where tenant_id = ${ctx.tenant} and number = ${number} and status = any(${from}) returning 1`.execute(
      trx,
    ),
  )
  return rows.length === 1
}
