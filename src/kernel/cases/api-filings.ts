// Which program filed a case with its key, and the token that was given for it.
import { sql } from 'kysely'
import type { Ctx } from '../context.ts'
import { inTenant } from '../database/database.ts'

export type ApiFiling = { caseId: string; number: string; keyId: string; partyId: string | null }

/** Remembers the program of a case that it just filed. */
export async function recordApiFiling(ctx: Ctx, filing: { caseId: string; keyId: string; token: string }): Promise<void> {
  await inTenant(ctx.db, ctx.tenant, (trx) =>
    sql`insert into api_filings (tenant_id, case_id, key_id, party_id, token)
      select ${ctx.tenant}, ${filing.caseId}, ${filing.keyId},
        (select party_id from parties where tenant_id = ${ctx.tenant} and case_id = ${filing.caseId} order by added_at, party_id limit 1), ${filing.token}
      on conflict (tenant_id, case_id) do nothing`.execute(trx),
  )
}

/** The case of a number that was filed with a key; undefined for one that came another way. */
export const findApiFiling = (ctx: Ctx, number: string): Promise<ApiFiling | undefined> => find(ctx, sql`c.number = ${number}`)

/** The case that a token was given for. */
export const findByApiToken = (ctx: Ctx, token: string): Promise<ApiFiling | undefined> => find(ctx, sql`f.token = ${token}`)

async function find(ctx: Ctx, condition: ReturnType<typeof sql>): Promise<ApiFiling | undefined> {
  const { rows } = await inTenant(ctx.db, ctx.tenant, (trx) =>
    sql<ApiFiling>`select f.case_id as "caseId", c.number, f.key_id as "keyId", f.party_id as "partyId"
      from api_filings f join public_cases c on c.tenant_id = f.tenant_id and c.case_id = f.case_id
      where f.tenant_id = ${ctx.tenant} and ${condition}`.execute(trx),
  )
  return rows[0]
}
