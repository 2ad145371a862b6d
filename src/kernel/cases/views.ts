// Looking does not write the case: views go to their own stream, batched into the ledger once a day.
import { sql } from 'kysely'
import type { Ctx } from '../context.ts'
import { inTenant } from '../database/database.ts'
import { uuidv7 } from '../ids.ts'
import { getTown } from '../towns/towns.ts'
import { getCase } from './load-case.ts'
import { nameOf } from './words.ts'

/** Records a look by staff. The caller shows nothing when this fails. */
export async function recordView(ctx: Ctx, caseId: string, purpose: string, fields: string[]): Promise<void> {
  const { actor } = ctx
  if (actor.kind !== 'staff') return
  const now = ctx.clock.now()
  await inTenant(ctx.db, ctx.tenant, (trx) =>
    sql`insert into case_views (tenant_id, view_id, case_id, viewed_at, user_id, post_id, purpose, fields)
        values (${ctx.tenant}, ${uuidv7(now)}, ${caseId}, ${now}, ${actor.userId}, ${actor.posts[0]?.postId ?? null}, ${purpose.slice(0, 60)}, ${fields})`.execute(
      trx,
    ),
  )
}

export type LookedAt = { at: Date; by: string; purpose: string; times: number }

/** Who looked at a case, and why: one line for each post, purpose and day. */
export async function listViews(ctx: Ctx, by: { number: string } | { caseId: string }, language: 'zh' | 'en'): Promise<LookedAt[]> {
  const { loaded } = await getCase(ctx, by, 'case.views')
  const town = await getTown(ctx)
  const { rows } = await inTenant(ctx.db, ctx.tenant, (trx) =>
    sql<{
      post_id: string | null
      purpose: string
      at: Date
      times: number
    }>`select post_id, purpose, max(viewed_at) as at, count(*)::int as times from case_views
      where tenant_id = ${ctx.tenant} and case_id = ${loaded.row.case_id} group by post_id, purpose, (viewed_at at time zone ${ctx.zone})::date order by max(viewed_at) desc limit 500`.execute(
      trx,
    ),
  )
  return rows.map((row) => {
    const post = row.post_id === null ? undefined : town.posts.get(row.post_id)
    return {
      at: row.at,
      purpose: row.purpose,
      times: row.times,
      by: post ? `${nameOf(town, post.organization, language)} · ${post.title[language]}` : '',
    }
  })
}
