import { sql } from 'kysely'
import type { Ctx } from '../context.ts'
import { inTenant } from '../database/database.ts'

export type RecusalRequestRow = {
  request_id: string
  party_id: string
  post_id: string
  kind: 'interest' | 'kin' | 'subject' | 'other'
  words: Buffer
  asked_at: Date
  decided_at: Date | null
  is_granted: boolean | null
  answer: Buffer | null
}

export async function selectRecusalRequests(ctx: Ctx, caseId: string): Promise<RecusalRequestRow[]> {
  const { rows } = await inTenant(ctx.db, ctx.tenant, (trx) =>
    sql<RecusalRequestRow>`select request_id, party_id, post_id, kind, words, asked_at, decided_at, is_granted, answer from recusal_requests
      where tenant_id = ${ctx.tenant} and case_id = ${caseId} order by asked_at, request_id`.execute(trx),
  )
  return rows
}
