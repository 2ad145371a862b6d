import { sql } from 'kysely'
import type { Ctx } from '../context.ts'
import { inTenant } from '../database/database.ts'

/** Which of these orders (keyed hashes) are cases already, by hash. */
export async function findKnown(ctx: Ctx, hashes: string[]): Promise<Map<string, string>> {
  const { rows } = await inTenant(ctx.db, ctx.tenant, async (trx) => {
    await sql`select set_config('app.sealed', '*', true)`.execute(trx)
    return sql<{ upstream_number: string; case_id: string }>`select upstream_number, case_id from cases
      where tenant_id = ${ctx.tenant} and upstream_number = any(${hashes})`.execute(trx)
  })
  return new Map(rows.map((row) => [row.upstream_number, row.case_id]))
}

/** Cases that came from a source, oldest first, filed or closed on one of these days. */
export async function selectFromSource(ctx: Ctx, source: string, from: string, to: string): Promise<{ case_id: string }[]> {
  const { rows } = await inTenant(ctx.db, ctx.tenant, (trx) =>
    sql<{ case_id: string }>`select case_id from cases
      where tenant_id = ${ctx.tenant} and upstream_source = ${source} and sealed_class is null
        and (filed_on between ${from}::date and ${to}::date or closed_at::date between ${from}::date and ${to}::date)
      order by filed_on, case_id limit 5000`.execute(trx),
  )
  return rows
}
