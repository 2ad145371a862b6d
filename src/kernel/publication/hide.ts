// A case that is sealed after it stood in public leaves the public lists with the step that seals it.
import { sql } from 'kysely'
import type { Ctx } from '../context.ts'

/** `ctx` carries the transaction of the step. */
export async function hidePublic({ db, tenant }: Ctx, caseId: string): Promise<void> {
  await sql`delete from public_updates where tenant_id = ${tenant} and case_id = ${caseId}`.execute(db)
  await sql`delete from public_cases where tenant_id = ${tenant} and case_id = ${caseId}`.execute(db)
}
