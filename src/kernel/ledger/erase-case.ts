// Lawful erasure of a case that has ended: first the log says what is erased and why, then key, salts and values are destroyed.
// The case's row, its leaves and its official numbers stay; a receipt that the resident kept still verifies.
import type { Ctx } from '../context.ts'
import { inTenant } from '../database/database.ts'
import { conflict, DomainError, notFound } from '../errors.ts'
import { dateIn } from '../clock.ts'
import { auditRead } from './audit-queries.ts'
import { coveredBy, erasureLeaf, erasureSource, rangesOf } from './erasure-leaf.ts'
import { destroyValues, findCaseToErase, selectPlaces, type Place } from './erase-queries.ts'
import { integrate } from './integrator.ts'
import { insertQueue, selectCheckpoint, selectLeafBySource } from './queries.ts'
import type { LogSigner } from './signer.ts'

/** `covers` are the ranges by epoch; `files` is how many were removed from the file store. */
export type Erasure = { number: string; basis: string; covers: { epoch: number; ranges: string[] }[]; files: number }

/**
 * `basis` is public for ever: a slug that names the law, e.g. `pipl-47` or `retention-ended` (which asks that retention is over).
 * Interrupted, it is run again: leaves that are in the log are not appended twice.
 * @throws `case.not_found`, `erase.open`, `erase.retained`, `erase.done`, `erase.not_integrated`, `erase.changed`, `ledger.leaf_malformed`.
 */
export async function eraseCase(ctx: Ctx, signer: LogSigner, { number, basis }: { number: string; basis: string }): Promise<Erasure> {
  const found = await getErasable(ctx, number, basis)
  await integrateAll(ctx, signer)
  const places = await auditRead(ctx.db, ctx.tenant, (trx) => selectPlaces(trx, ctx.tenant, found.case_id))
  const covers: Erasure['covers'] = []
  for (const [epoch, mine] of Map.groupBy(places, (place) => place.epoch)) {
    covers.push({ epoch, ranges: await appendErasure(ctx, found.case_id, epoch, mine, basis) })
  }
  await integrateAll(ctx, signer)
  const files = await inTenant(ctx.db, ctx.tenant, async (trx) => {
    await requireCovered({ ...ctx, db: trx }, signer, found.case_id, places)
    const gone = await destroyValues(trx, ctx.tenant, found.case_id, found.version, ctx.clock.now())
    // An act on the case in between has written events that nothing covers.
    if (!gone) throw conflict('erase.changed', 'Something was done in this case meanwhile: run the erasure again.')
    return gone
  })
  // Bytes under a key that is gone; removed so that nothing is kept without need.
  for (const file of files) await ctx.services.files.remove(ctx.tenant, file)
  return { number, basis, covers, files: files.length }
}

async function getErasable(ctx: Ctx, number: string, basis: string) {
  const found = await auditRead(ctx.db, ctx.tenant, (trx) => findCaseToErase(trx, ctx.tenant, number))
  if (!found) throw notFound('case.not_found', 'There is no such case in this town.')
  if (!found.has_key) throw conflict('erase.done', 'This case was erased already.')
  if (found.status !== 'closed') throw conflict('erase.open', 'The case has not ended: only a case that has ended is erased.')
  const isOver = found.retain_until !== null && found.retain_until <= dateIn(ctx.zone, ctx.clock.now())
  if (basis === 'retention-ended' && !isOver)
    throw conflict('erase.retained', `The case must be kept until ${found.retain_until ?? 'further notice'}.`)
  return found
}

async function integrateAll(ctx: Ctx, signer: LogSigner): Promise<void> {
  while (await integrate(ctx.db, ctx.tenant, signer, ctx.clock));
}

/** Queues leaves for what no leaf covers yet; gives their ranges. */
async function appendErasure(ctx: Ctx, caseId: string, epoch: number, places: Place[], basis: string): Promise<string[]> {
  const { keyring } = ctx.services
  return inTenant(ctx.db, ctx.tenant, async (trx) => {
    const { covered, parts } = await readErasure({ ...ctx, db: trx }, caseId, epoch)
    const ranges = rangesOf(places.map(({ leaf_index }) => leaf_index).filter((index) => !covered.has(index)))
    for (const [at, range] of ranges.entries()) {
      const part = { tenant: ctx.tenant, caseId, epoch, part: parts + at }
      await insertQueue(trx, ctx.tenant, erasureSource(keyring, part), erasureLeaf(keyring, ctx.clock.now(), part, range, basis))
    }
    return ranges
  })
}

/** The indexes of an epoch that leaves in the log cover for this case, and how many leaves those are. */
export async function readErasure(ctx: Ctx, caseId: string, epoch: number): Promise<{ covered: Set<number>; parts: number; last?: Place }> {
  const covered = new Set<number>()
  let last: Place | undefined
  for (let parts = 0; ; parts++) {
    const place = { tenant: ctx.tenant, caseId, epoch, part: parts }
    const row = await selectLeafBySource(ctx.db, ctx.tenant, erasureSource(ctx.services.keyring, place))
    if (!row) return { covered, parts, ...(last ? { last } : {}) }
    for (const index of coveredBy(ctx.services.keyring, place, row.leaf)) covered.add(index)
    last = { epoch: row.epoch, leaf_index: row.leaf_index }
  }
}

/** Every event's leaf is covered by leaves of a signed tree. */
async function requireCovered(ctx: Ctx, signer: LogSigner, caseId: string, places: Place[]): Promise<void> {
  const signed = (await selectCheckpoint(ctx.db, ctx.tenant, signer.epoch))?.size ?? 0
  for (const [epoch, mine] of Map.groupBy(places, (place) => place.epoch)) {
    const { covered, last } = await readErasure(ctx, caseId, epoch)
    const isSigned = last !== undefined && (last.epoch < signer.epoch || last.leaf_index < signed)
    if (!isSigned || mine.some(({ leaf_index }) => !covered.has(leaf_index)))
      throw new DomainError('unavailable', 'erase.not_integrated', 'The erasure is not in the signed log yet, so nothing was erased: run it again.')
  }
}
