// What everybody may read of consultations. Nothing here opens anything sealed.
import { tokensOf } from '../cases/search.ts'
import type { Ctx } from '../context.ts'
import { inTenant } from '../database/database.ts'
import { notFound } from '../errors.ts'
import { today } from '../towns/towns.ts'
import type { Paragraph } from './draft.ts'
import { countOpinions, type OpinionFilter, selectOpinions } from './opinion-queries.ts'
import { countByParagraph, findConsultation, selectConsultations, selectParagraphs, type Tally, tallyOpinions } from './queries.ts'
import type { Consultation, PublicOpinion } from './types.ts'

const absent = () => notFound('consultation.not_found', 'There is no such consultation.')

/** May people still write? The last day belongs to it. */
export const isOpen = (ctx: Ctx, one: Pick<Consultation, 'closed_at' | 'closes_on' | 'opens_on'>): boolean =>
  one.closed_at === null && one.opens_on <= today(ctx) && today(ctx) <= one.closes_on

/** The newest 200, by closing day. */
export const listConsultations = (ctx: Ctx): Promise<Consultation[]> => selectConsultations(ctx, 200)

/** @throws `consultation.not_found`. */
export async function getConsultation(ctx: Ctx, number: string): Promise<Consultation> {
  const found = await inTenant(ctx.db, ctx.tenant, (trx) => findConsultation(trx, ctx.tenant, number))
  if (!found) throw absent()
  return found
}

export type ConsultationView = Consultation & { paragraphs: Paragraph[]; counts: Map<number, number>; tally: Tally; isOpen: boolean }

/** A draft with how many opinions each paragraph has. @throws `consultation.not_found`. */
export async function viewConsultation(ctx: Ctx, number: string): Promise<ConsultationView> {
  return inTenant(ctx.db, ctx.tenant, async (trx) => {
    const found = await findConsultation(trx, ctx.tenant, number)
    if (!found) throw absent()
    return {
      ...found,
      paragraphs: await selectParagraphs(trx, ctx.tenant, found.consultation_id),
      counts: await countByParagraph(trx, ctx.tenant, found.consultation_id),
      tally: await tallyOpinions(trx, ctx.tenant, found.consultation_id),
      isOpen: isOpen(ctx, found),
    }
  })
}

/** `q`: words that what is shown must have; the rest as in `OpinionFilter`. */
export type OpinionQuery = Omit<OpinionFilter, 'tokens' | 'words'> & { q?: string | undefined; page?: number; size?: number }
export type OpinionPage = { items: PublicOpinion[]; total: number; page: number; size: number }

/** Words to the filter: pairs of characters by the index, then the words themselves, since pairs may lie apart. */
export function toFilter(ctx: Ctx, { q, page: _page, size: _size, ...filter }: OpinionQuery): OpinionFilter {
  const typed = (q ?? '').trim().slice(0, 100)
  return typed === '' ? filter : { ...filter, words: typed, tokens: tokensOf(ctx, typed) }
}

/** Opinions with their answers, in the order of their numbers. Those not shown stand in their place without words. */
export async function listOpinions(ctx: Ctx, consultationId: string, query: OpinionQuery): Promise<OpinionPage> {
  const size = Math.min(Math.max(query.size ?? 50, 1), 200)
  const page = Math.max(1, Math.trunc(query.page ?? 1))
  const filter = toFilter(ctx, query)
  return inTenant(ctx.db, ctx.tenant, async (trx) => ({
    items: await selectOpinions(trx, ctx.tenant, consultationId, filter, { limit: size, offset: (page - 1) * size }),
    total: await countOpinions(trx, ctx.tenant, consultationId, filter),
    page,
    size,
  }))
}
