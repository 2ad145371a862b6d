import { sql } from 'kysely'
import type { Ctx } from '../context.ts'
import { inTenant } from '../database/database.ts'

type CodeRow = {
  code_id: string
  case_id: string
  party_id: string
  document: string
  text_hash: string
  code_hash: Buffer
  made_at: Date
  expires_at: Date
}

const tries = 5

export async function insertCode(ctx: Ctx, row: CodeRow): Promise<void> {
  await inTenant(ctx.db, ctx.tenant, (trx) =>
    sql`insert into signing_codes (tenant_id, code_id, case_id, party_id, document, text_hash, code_hash, made_at, expires_at)
      values (${ctx.tenant}, ${row.code_id}, ${row.case_id}, ${row.party_id}, ${row.document}, ${row.text_hash}, ${row.code_hash}, ${row.made_at}, ${row.expires_at})`.execute(
      trx,
    ),
  )
}

export async function countCodes(ctx: Ctx, partyId: string, since: Date): Promise<number> {
  const { rows } = await inTenant(ctx.db, ctx.tenant, (trx) =>
    sql<{
      made: number
    }>`select count(*)::int as made from signing_codes where tenant_id = ${ctx.tenant} and party_id = ${partyId} and made_at > ${since}`.execute(trx),
  )
  return rows[0]?.made ?? 0
}

/** The newest code of a party for a document; asking for it is a try. Outside the step, so that a refused try counts. */
export async function findCode(
  ctx: Ctx,
  by: Pick<CodeRow, 'case_id' | 'party_id' | 'document'>,
  now: Date,
): Promise<Pick<CodeRow, 'code_id' | 'text_hash' | 'code_hash'> | undefined> {
  const { rows } = await inTenant(ctx.db, ctx.tenant, (trx) =>
    sql<CodeRow>`update signing_codes set tries = tries + 1 where tenant_id = ${ctx.tenant} and used_at is null and expires_at > ${now} and tries < ${tries}
      and code_id = (select code_id from signing_codes where tenant_id = ${ctx.tenant} and case_id = ${by.case_id} and party_id = ${by.party_id}
        and document = ${by.document} order by made_at desc, code_id desc limit 1)
      returning code_id, text_hash, code_hash`.execute(trx),
  )
  return rows[0]
}

/** Exactly one caller uses a code. */
export async function useCode(ctx: Ctx, codeId: string, now: Date): Promise<boolean> {
  const { rows } = await inTenant(ctx.db, ctx.tenant, (trx) =>
    sql`update signing_codes set used_at = ${now} where tenant_id = ${ctx.tenant} and code_id = ${codeId} and used_at is null returning code_id`.execute(
      trx,
    ),
  )
  return rows.length === 1
}
