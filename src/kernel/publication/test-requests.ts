// Requests of a test endpoint: kept for thirty days for the program that is being tried, without anybody's name.
import { sql } from 'kysely'
import type { Ctx } from '../context.ts'
import { inTenant } from '../database/database.ts'

export type TestUpdate = { update_id: string; at: string; description: string; status: string }
export type TestRequest = {
  request_id: string
  key_id: string
  token: string
  service_code: string
  request: Record<string, string | number | null>
  updates: TestUpdate[]
  requested_at: Date
  updated_at: Date
}

const keptDays = 30

/** Stores one and forgets those that are over thirty days old. */
export async function addTestRequest(ctx: Ctx, one: Omit<TestRequest, 'requested_at' | 'updated_at' | 'updates'>): Promise<void> {
  const now = ctx.clock.now()
  await inTenant(ctx.db, ctx.tenant, async (trx) => {
    await sql`delete from api_test_requests where tenant_id = ${ctx.tenant} and requested_at < ${new Date(now.getTime() - keptDays * 86_400_000)}`.execute(
      trx,
    )
    await sql`insert into api_test_requests (tenant_id, request_id, key_id, token, service_code, request, requested_at, updated_at)
      values (${ctx.tenant}, ${one.request_id}, ${one.key_id}, ${one.token}, ${one.service_code}, ${JSON.stringify(one.request)}::jsonb, ${now}, ${now})`.execute(
      trx,
    )
  })
}

export type TestQuery = {
  ids?: string[] | undefined
  token?: string | undefined
  codes?: string[] | undefined
  from?: Date | undefined
  to?: Date | undefined
  limit: number
  offset: number
}

/** Newest first. */
export async function listTestRequests(ctx: Ctx, query: TestQuery): Promise<TestRequest[]> {
  const { rows } = await inTenant(ctx.db, ctx.tenant, (trx) =>
    sql<TestRequest>`select request_id, key_id, token, service_code, request, updates, requested_at, updated_at from api_test_requests
      where tenant_id = ${ctx.tenant} ${query.ids ? sql`and request_id = any(${query.ids})` : sql``} ${query.token === undefined ? sql`` : sql`and token = ${query.token}`}
        ${query.codes ? sql`and service_code = any(${query.codes})` : sql``}
        ${query.from ? sql`and requested_at >= ${query.from}` : sql``} ${query.to ? sql`and requested_at <= ${query.to}` : sql``}
      order by requested_at desc, request_id limit ${query.limit} offset ${query.offset}`.execute(trx),
  )
  return rows
}

export async function addTestUpdate(ctx: Ctx, requestId: string, update: TestUpdate): Promise<void> {
  await inTenant(ctx.db, ctx.tenant, (trx) =>
    sql`update api_test_requests set updates = updates || ${JSON.stringify([update])}::jsonb, updated_at = ${ctx.clock.now()}
      where tenant_id = ${ctx.tenant} and request_id = ${requestId}`.execute(trx),
  )
}
