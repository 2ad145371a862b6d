// Finding a person's case at the counter, when the number is lost.
import { sql } from 'kysely'
import { inReading, readableCases } from '../access/readable.ts'
import type { Ctx } from '../context.ts'
import { invalid } from '../errors.ts'
import { isIdNumber } from '../forms/numbers.ts'
import { listProcedures } from '../procedures/packages.ts'
import { familyOf, idLookupHash, lookupHashes } from './search.ts'
import type { CaseRow } from './types.ts'
import { recordViews } from './views.ts'

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

type FoundRow = Pick<CaseRow, 'case_id' | 'number' | 'handling_office' | 'readers' | 'place_id' | 'sealed_class'> & { party_id: string }

async function findLogged(ctx: Ctx, lookup: Buffer, purpose: string, fields: string[]): Promise<Found[]> {
  if (ctx.actor.kind !== 'staff') return []
  const { rows } = await inReading(ctx, (trx) =>
    sql<FoundRow>`select c.case_id, c.number, c.handling_office, c.readers, c.place_id, c.sealed_class, l.party_id
        from party_lookups l join cases c on c.tenant_id = l.tenant_id and c.case_id = l.case_id
        where l.tenant_id = ${ctx.tenant} and l.lookup = ${lookup} and ${readableCases(ctx)}
        group by c.case_id, c.number, c.handling_office, c.readers, c.place_id, c.sealed_class, l.party_id, c.filed_at
        order by c.filed_at desc, c.number`.execute(trx),
  )
  const cases = new Map(rows.map((row) => [row.case_id, { row }]))
  await recordViews(ctx, [...cases.values()], purpose, fields)
  return rows.map((row) => ({ number: row.number, partyId: row.party_id }))
}
