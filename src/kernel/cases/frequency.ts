// How often one applicant has asked for the same kind of thing (政府信息公开条例 Art 35). The number is computed when it is looked at and kept
// nowhere: no counter, list or mark of people comes of it. The officer who registers sees it, and so does the applicant herself.
import { may, partiesOf } from '../access/rule.ts'
import type { CalendarDate } from '../clock.ts'
import type { Ctx } from '../context.ts'
import { inTenant } from '../database/database.ts'
import { addMonths } from '../deadlines/dates.ts'
import { getPackage } from '../procedures/packages.ts'
import { getTown } from '../towns/towns.ts'
import { accessOf } from './access-of.ts'
import { parametersOf } from './case-data.ts'
import { countFiled } from './frequency-queries.ts'
import { lookupHashes } from './search.ts'
import type { LoadedCase } from './types.ts'

/** `count`: this one included, filed after `after`. */
export type Frequency = { count: number; after: CalendarDate }

/**
 * Counts the applicant's cases of this procedure in the months up to the day of filing, where a task says so (`xl:counts`, a parameter in
 * months) and is open. For whoever may do that task, and for the applicant; undefined for everybody else, and for a case without a name.
 */
export async function countRequests(ctx: Ctx, loaded: LoadedCase): Promise<Frequency | undefined> {
  const { row, tasks, parties } = loaded
  const procedure = await getPackage(ctx, row.package_hash)
  const counting = tasks.find(({ element }) => procedure.graph.elements[element]?.xl.ext['counts'] !== undefined)
  const applicant = parties.find((party) => party.role === procedure.manifest.parties[0]?.role)
  if (!counting || !applicant) return undefined
  const isHers = partiesOf(ctx.actor, accessOf(loaded)).parties.includes(applicant.partyId)
  if (!isHers && !may(ctx.actor, 'task.complete', accessOf(loaded, counting))) return undefined
  const parameter = procedure.graph.elements[counting.element]?.xl.ext['counts'] ?? ''
  const months = parametersOf({ procedure, town: await getTown(ctx), effectiveOn: row.filed_on })[parameter]
  const lookups = lookupHashes(ctx, applicant.identity)
  if (months === undefined || lookups.length === 0) return undefined
  const after = addMonths(row.filed_on, -months)
  const asked = { procedure: row.procedure, lookups, after, until: row.filed_on }
  return { count: await inTenant(ctx.db, ctx.tenant, (trx) => countFiled(trx, ctx.tenant, asked)), after }
}
