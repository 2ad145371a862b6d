// Finding a person's case at the counter, when the number is lost.
import { sql } from 'kysely'
import { inReading, readableCases } from '../access/readable.ts'
import type { Ctx } from '../context.ts'
import { lookupHashes } from './search.ts'

/**
 * Finding a named case at the counter: exact name with the last four of phone or ID; only cases this actor may read.
 * The look is logged to each case found.
 */
export async function findAtCounter(ctx: Ctx, input: { name: string; tail: string }): Promise<string[]> {
  const [lookup] = lookupHashes(ctx, { name: input.name, phone: input.tail })
  if (!lookup || ctx.actor.kind !== 'staff') return []
  const { rows } = await inReading(ctx, (trx) =>
    sql<{
      number: string
    }>`with found as (select distinct c.case_id, c.number, c.filed_at from party_lookups l join cases c on c.tenant_id = l.tenant_id and c.case_id = l.case_id
        where l.tenant_id = ${ctx.tenant} and l.lookup = ${lookup} and ${readableCases(ctx)}),
      logged as (insert into case_views (tenant_id, view_id, case_id, viewed_at, user_id, post_id, purpose, fields)
        select ${ctx.tenant}, gen_random_uuid(), case_id, ${ctx.clock.now()}, ${ctx.actor.kind === 'staff' ? ctx.actor.userId : ''}, ${ctx.actor.kind === 'staff' ? (ctx.actor.posts[0]?.postId ?? null) : null}, 'counter-search', array['name'] from found)
      select number from found order by filed_at desc`.execute(trx),
  )
  return rows.map((row) => row.number)
}
