// The desk of a consultation: who may work on it, its opinions with what is sealed, and what is shown under the published rules.
import { levelFor } from '../access/rule.ts'
import { accessOf } from '../cases/access-of.ts'
import { loadCase } from '../cases/load-case.ts'
import { tokensOf } from '../cases/search.ts'
import type { LoadedCase } from '../cases/types.ts'
import { recordView } from '../cases/views.ts'
import type { Ctx } from '../context.ts'
import { type Db, inTenant } from '../database/database.ts'
import { conflict, DomainError, forbidden, invalid, notFound } from '../errors.ts'
import { uuidv7 } from '../ids.ts'
import { decrypt, decryptJson } from '../keys/keyring.ts'
import { appendPublication, type Publication } from '../ledger/append.ts'
import { requirePublic } from '../publication/check-public.ts'
import { findOpinion, lockConsultation, type OpinionRow, updateAppealResult, updateModeration } from './opinion-queries.ts'
import { findConsultation } from './queries.ts'
import { type Consultation, type ModerationRule, moderationRules, type SealedOpinion } from './types.ts'

/** An officer at a consultation; `key` is the case's. */
export type Desk = { consultation: Consultation; case: Pick<LoadedCase, 'row'>; key: Buffer; userId: string }

/**
 * Opens the desk for an officer who may read the case as one. Everybody else finds nothing there: the public page is elsewhere.
 * @throws `consultation.not_found`.
 */
export async function openDesk(ctx: Ctx, number: string): Promise<Desk> {
  const absent = () => notFound('consultation.not_found', 'There is no consultation here that you can work on.')
  const { actor } = ctx
  if (actor.kind !== 'staff') throw absent()
  const consultation = await inTenant(ctx.db, ctx.tenant, (trx) => findConsultation(trx, ctx.tenant, number))
  if (!consultation) throw absent()
  const loaded = await loadCase(ctx, consultation.case_id)
  const level = levelFor(actor, 'case.message', accessOf(loaded))
  if (level !== 'officers' && level !== 'sealed') throw absent()
  return { consultation, case: loaded, key: loaded.key, userId: actor.userId }
}

export type OpinionAtDesk = Omit<OpinionRow, 'sealed' | 'payload' | 'appeal'> & SealedOpinion & { sent: string; appeal: string | null }

/** One opinion with name, contact and the words as they came; that it was looked at is recorded. @throws `opinion.not_found`. */
export async function readOpinion(ctx: Ctx, desk: Desk, number: number): Promise<OpinionAtDesk> {
  const row = await inTenant(ctx.db, ctx.tenant, (trx) => getOpinion(trx, ctx, desk, number))
  await recordView(ctx, desk.case, 'opinion', ['words', 'name', 'contact'])
  return openRow(ctx, desk.key, row)
}

async function getOpinion(db: Db, ctx: Ctx, { consultation }: Desk, number: number): Promise<OpinionRow> {
  const row = Number.isInteger(number) ? await findOpinion(db, ctx.tenant, consultation.consultation_id, number) : undefined
  if (!row) throw notFound('opinion.not_found', 'There is no opinion with this number.')
  return row
}

export function openRow(ctx: Ctx, key: Buffer, { sealed, payload: _payload, appeal, ...row }: OpinionRow): OpinionAtDesk {
  const open = openSealed(ctx, key, row.opinion_id, sealed)
  return {
    ...row,
    ...(open.name === undefined ? {} : { name: open.name }),
    ...(open.contact === undefined ? {} : { contact: open.contact }),
    words: open.words,
    sent: open.words,
    appeal: appeal && decrypt(key, appeal, `opinion-appeal/${ctx.tenant}/${row.opinion_id}`).toString(),
  }
}

export const openSealed = (ctx: Ctx, key: Buffer, opinionId: string, sealed: Buffer) =>
  decryptJson<SealedOpinion>(key, sealed, `opinion/${ctx.tenant}/${opinionId}`)

export const isModerationRule = (rule: string): rule is ModerationRule => moderationRules.some((known) => known === rule)

/**
 * Decides what is shown: `show` the words as they came, `cover` them with `shown` (what is blacked out is personal data, nothing else), or
 * `withhold` under a published rule. The author reads rule and reason with her code and may appeal once. What an opinion is for or against
 * is no ground, and a withheld opinion is answered like any other.
 * @throws `moderation.rule`, `moderation.reason`, `moderation.cover`, `publication.personal`.
 */
export async function moderate(
  ctx: Ctx,
  desk: Desk,
  number: number,
  act: { do: 'show' } | { do: 'cover'; shown: string; reason: string } | { do: 'withhold'; rule: string; reason: string },
): Promise<void> {
  const now = ctx.clock.now()
  if (act.do !== 'show' && act.reason.trim().length < 2)
    throw invalid('moderation.reason', 'Say why.', [{ pointer: '/reason', code: 'required', message: '请写明理由，作者会看到' }])
  if (act.do === 'withhold' && !isModerationRule(act.rule))
    throw invalid('moderation.rule', 'Only the published rules are grounds.', [{ pointer: '/rule', code: 'enum', message: '请选择公布的规则之一' }])
  await inTenant(ctx.db, ctx.tenant, async (trx) => {
    await lockConsultation(trx, ctx.tenant, desk.consultation.consultation_id)
    const row = await getOpinion(trx, ctx, desk, number)
    if (row.appealed_at !== null) throw conflict('moderation.appealed', 'The author has appealed: another officer decides on that.')
    const { words } = openSealed(ctx, desk.key, row.opinion_id, row.sealed)
    const shown = act.do === 'withhold' ? null : act.do === 'cover' ? coveredOf(words, act.shown) : words
    if (shown !== null) requirePublic({ fields: { words: shown } })
    await updateModeration(trx, ctx.tenant, desk.consultation.consultation_id, number, {
      status: shown === null ? 'withheld' : 'shown',
      shown,
      tokens: shown === null ? [] : tokensOf(ctx, shown),
      rule: act.do === 'withhold' ? act.rule : act.do === 'cover' ? 'personal' : null,
      reason: act.do === 'show' ? null : act.reason.trim().slice(0, 1000),
      by: desk.userId,
      at: now,
    })
    await appendModeration(ctx, trx, desk, row, {
      action: shown === null ? 'withdraw' : 'publish',
      record: { shown, rule: act.do === 'withhold' ? act.rule : null, reason: act.do === 'show' ? null : act.reason.trim() },
    })
  })
}

/** Each decision about what is shown is in the log, so that none of them can be undone unseen. */
const appendModeration = (ctx: Ctx, trx: Db, { consultation }: Desk, { number }: OpinionRow, act: Pick<Publication, 'action' | 'record'>) =>
  appendPublication(ctx, trx, { of: `${consultation.consultation_id}/${number}`, source: uuidv7(ctx.clock.now()), ...act })

/** Covering takes characters away and puts █ there; it never changes or adds a word. @throws `moderation.cover`. */
function coveredOf(words: string, typed: string): string {
  const shown = typed.replaceAll('\r', '').trim()
  const parts = shown.split(/█+/u)
  let at = 0
  const fits = parts.every((part, index) => {
    const found = index === 0 ? (words.startsWith(part) ? 0 : -1) : words.indexOf(part, at)
    at = found + part.length
    return found >= 0
  })
  const last = parts.at(-1) ?? ''
  if (!fits || shown === '' || !(last === '' || words.endsWith(last)))
    throw invalid('moderation.cover', 'Cover only: no word may be changed.', [
      { pointer: '/shown', code: 'cover', message: '只能用█盖住个人信息，不能改动、增删别的字' },
    ])
  return shown
}

/** Decides the author's appeal, by another officer than the one who withheld it. @throws `appeal.same_person`, `appeal.none`. */
export async function decideAppeal(ctx: Ctx, desk: Desk, number: number, decision: { result: string; reason: string }): Promise<void> {
  const { reason } = decision
  const result = decision.result === 'shown' ? 'shown' : 'kept'
  if (decision.result !== result || reason.trim().length < 2)
    throw invalid('moderation.reason', 'Decide and say why.', [{ pointer: '/reason', code: 'required', message: '请作出决定并写明理由' }])
  await inTenant(ctx.db, ctx.tenant, async (trx) => {
    await lockConsultation(trx, ctx.tenant, desk.consultation.consultation_id)
    const row = await getOpinion(trx, ctx, desk, number)
    if (row.appealed_at === null || row.appeal_result !== null) throw conflict('appeal.none', 'No appeal waits here.')
    if (row.moderated_by === desk.userId) throw forbidden('appeal.same_person', 'Another officer than the one who withheld it decides.')
    const { words } = openSealed(ctx, desk.key, row.opinion_id, row.sealed)
    const own = { by: desk.userId, at: ctx.clock.now() }
    if (result === 'shown') {
      requirePublic({ fields: { words } })
      await updateModeration(trx, ctx.tenant, desk.consultation.consultation_id, number, {
        status: 'shown',
        shown: words,
        tokens: tokensOf(ctx, words),
        rule: null,
        reason: row.reason,
        ...own,
      })
    }
    const isNew = await updateAppealResult(trx, ctx.tenant, desk.consultation.consultation_id, number, {
      result,
      reason: reason.trim().slice(0, 1000),
      by: desk.userId,
    })
    if (!isNew) throw new DomainError('conflict', 'appeal.none', 'This appeal was decided already.')
    const record = { appeal: result, shown: result === 'shown' ? words : null, reason: reason.trim() }
    await appendModeration(ctx, trx, desk, row, { action: result === 'shown' ? 'publish' : 'withdraw', record })
  })
}
