import { sql } from 'kysely'
import { inReading, readableCases } from '../access/readable.ts'
import type { Ctx } from '../context.ts'

/** Cases of a procedure that this actor may read, oldest first. */
export async function listCasesOf(ctx: Ctx, procedure: string): Promise<string[]> {
  const { rows } = await inReading(ctx, (trx) =>
    sql<{ case_id: string }>`select c.case_id from cases c where c.tenant_id = ${ctx.tenant} and c.procedure = ${procedure} and ${readableCases(ctx)}
      order by c.filed_on, c.number`.execute(trx),
  )
  return rows.map((row) => row.case_id)
}
