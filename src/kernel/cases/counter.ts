// Finding a person's case at the counter, when the number is lost.
import { sql } from 'kysely'
import { inReading, readableCases } from '../access/readable.ts'
import type { Ctx } from '../context.ts'
import { invalid } from '../errors.ts'
import { isIdNumber } from '../forms/numbers.ts'
import { listProcedures } from '../procedures/packages.ts'
import { familyOf, idLookupHash, lookupHashes } from './search.ts'

/** A case, and which of its parties the searched name or number is: a code given out is hers and nobody else's. */
export type Found = { number: string; partyId: string }

/**
 * Finding a named case at the counter: exact name with the last four of phone or ID; only cases this actor may read.
 * The look is logged to each case found.
 */
export async function findAtCounter(ctx: Ctx, input: { name: string; tail: string }): Promise<Found[]> {
  const [lookup] = lookupHashes(ctx, { name: input.name, phone: input.tail })
  return lookup ? findLogged(ctx, lookup, 'counter-search', ['name']) : []
}

/**
 * The same by the whole ID number on the card shown, inside one family of matters (`familyOf`): never across families.
 * @throws `counter.id_number` (422).
 */
export async function findByIdNumber(ctx: Ctx, input: { family: string; idNumber: string }): Promise<Found[]> {
  const message = '请按证件填写 18 位身份证号码'
  if (!isIdNumber(input.idNumber)) throw invalid('counter.id_number', message, [{ pointer: '/idNumber', code: 'id-number', message }])
  const families = new Set((await listProcedures(ctx)).map((procedure) => familyOf(procedure.manifest)))
  if (!families.has(input.family)) return []
  return findLogged(ctx, idLookupHash(ctx, input.family, input.idNumber), 'counter-search', ['idNumber'])
}

async function findLogged(ctx: Ctx, lookup: Buffer, purpose: string, fields: string[]): Promise<Found[]> {
  if (ctx.actor.kind !== 'staff') return []
  const { rows } = await inReading(ctx, (trx) =>
    sql<{
      number: string
      party_id: string
    }>`with found as (select distinct c.case_id, c.number, c.filed_at, l.party_id from party_lookups l join cases c on c.tenant_id = l.tenant_id and c.case_id = l.case_id
        where l.tenant_id = ${ctx.tenant} and l.lookup = ${lookup} and ${readableCases(ctx)}),
      logged as (insert into case_views (tenant_id, view_id, case_id, viewed_at, user_id, post_id, purpose, fields)
        select ${ctx.tenant}, gen_random_uuid(), case_id, ${ctx.clock.now()}, ${ctx.actor.kind === 'staff' ? ctx.actor.userId : ''}, ${ctx.actor.kind === 'staff' ? (ctx.actor.posts[0]?.postId ?? null) : null}, ${purpose}, ${fields}::text[] from (select distinct case_id from found) as once)
      select number, party_id from found order by filed_at desc, number`.execute(trx),
  )
  return rows.map((row) => ({ number: row.number, partyId: row.party_id }))
}
