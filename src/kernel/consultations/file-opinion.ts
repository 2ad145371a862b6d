// An opinion comes in: from the portal, the counter, a letter, a telephone call or a meeting. It gets a number, a code and a place in the log.
import { tokensOf } from '../cases/search.ts'
import type { Ctx } from '../context.ts'
import { type Db, inTenant } from '../database/database.ts'
import { isCalendarDate } from '../deadlines/dates.ts'
import { conflict, DomainError, type FieldError, invalid, notFound } from '../errors.ts'
import { codeHash, newReceiptCode, uuidv7 } from '../ids.ts'
import { encryptJson, keyedHash } from '../keys/keyring.ts'
import { toBase64 } from '../ledger/bytes.ts'
import { encodeLeaf } from '../ledger/leaf.ts'
import { commitmentOf, sealPayload } from '../ledger/payload.ts'
import { insertQueue } from '../ledger/queries.ts'
import { leafHash } from '../ledger/tree.ts'
import { checkPublic, type PublicFinding } from '../publication/check-public.ts'
import { today } from '../towns/towns.ts'
import { findByRequest, insertOpinion, takeNumber } from './opinion-queries.ts'
import { findConsultation, selectKey, selectParagraphs } from './queries.ts'
import { isOpen } from './read.ts'
import { type Consultation, type OpinionChannel, opinionChannels, type SealedOpinion } from './types.ts'

export const mostOpinionCharacters = 5000

export type OpinionDraft = {
  /** Number of a paragraph; absent for the draft as a whole. */
  paragraph?: number | undefined
  words: string
  name?: string | undefined
  contact?: string | undefined
  /** Of the form: the same form sent twice is one opinion. */
  key?: string | undefined
  /** Staff only: how it came, and on which day. */
  channel?: OpinionChannel | undefined
  receivedOn?: string | undefined
}

/** `code` is shown once and opens the answer. It is empty when the same form came before; `isShown` is then how that opinion stands now. */
export type FiledOpinion = { number: number; code: string; isShown: boolean; promise: string }

/** What would be held for a look before it is shown: personal data in the words. The portal says so before it is sent. */
export const lookAtWords = (words: string): PublicFinding[] => checkPublic({ text: words })

/** The case's key, opened. @throws `consultation.erased`. */
export async function openKey(ctx: Ctx, db: Db, caseId: string): Promise<Buffer> {
  const key = await selectKey(db, ctx.tenant, caseId)
  if (!key) throw notFound('consultation.erased', 'The case of this consultation was erased.')
  return ctx.services.keyring.unwrap({ wrapped: key.wrapped, wrappingKey: key.wrapping_key })
}

/**
 * Files one opinion; anyone may, without a name. Words with personal data are held until an officer has looked, all others are shown at once.
 * @throws `consultation.closed`, `opinion.invalid` with fields.
 */
export async function fileOpinion(ctx: Ctx, number: string, draft: OpinionDraft): Promise<FiledOpinion> {
  const words = draft.words.replaceAll('\r', '').trim()
  const request = draft.key === undefined || draft.key === '' ? null : keyedHash(ctx.services.keyring.secret(`opinion:${ctx.tenant}`), draft.key)
  const now = ctx.clock.now()
  const code = newReceiptCode()
  const filed = await inTenant(ctx.db, ctx.tenant, async (trx) => {
    const found = await findConsultation(trx, ctx.tenant, number)
    if (!found) throw notFound('consultation.not_found', 'There is no such consultation.')
    const known = request && (await findByRequest(trx, ctx.tenant, found.consultation_id, request))
    if (known) return { number: known.number, code: '', isShown: known.status === 'shown', leaf: undefined }
    const { channel, receivedOn } = entryOf(ctx, found, draft)
    const paragraph = await checkDraft(trx, ctx, found, { ...draft, words })
    const key = await openKey(ctx, trx, found.case_id)
    const place = await takeNumber(trx, ctx.tenant, found.consultation_id)
    const findings = lookAtWords(words)
    const opinion_id = uuidv7(now)
    const sealed: SealedOpinion = { words, ...kept('name', draft.name), ...kept('contact', draft.contact) }
    const payload = sealPayload({
      consultation: found.number,
      number: place,
      ...(paragraph === null ? {} : { paragraph }),
      channel,
      received_on: receivedOn,
      recorded_at: now.toISOString(),
      words,
    })
    const leaf = encodeLeaf('register', now, {
      register: 'opinions',
      entry: found.consultation_id,
      version: String(place),
      commitment: toBase64(commitmentOf(payload)),
    })
    await insertOpinion(trx, ctx.tenant, found.consultation_id, place, {
      opinion_id,
      paragraph,
      channel,
      received_on: receivedOn,
      filed_at: now,
      sealed: encryptJson(key, sealed, `opinion/${ctx.tenant}/${opinion_id}`),
      payload: encryptJson(key, payload, `opinion-payload/${ctx.tenant}/${opinion_id}`),
      receipt_hash: codeHash(code),
      request_hash: request,
      status: findings.length > 0 ? 'held' : 'shown',
      shown: findings.length > 0 ? null : words,
      tokens: findings.length > 0 ? [] : tokensOf(ctx, words),
      rule: findings.length > 0 ? 'personal' : null,
    })
    await insertQueue(trx, ctx.tenant, opinion_id, leaf)
    return { number: place, code, isShown: findings.length === 0, leaf }
  })
  ctx.services.wake(ctx.tenant)
  const { leaf, ...rest } = filed
  return { ...rest, promise: leaf ? await ctx.services.promises.sign(ctx, leafHash(leaf), now) : '' }
}

const kept = (name: 'name' | 'contact', value: string | undefined) => {
  const text = (value ?? '').trim()
  return text === '' ? {} : { [name]: text }
}

/** How it came and when. Only staff enter what came by other ways, and until the answers are out. */
function entryOf(ctx: Ctx, found: Consultation, draft: OpinionDraft): { channel: OpinionChannel; receivedOn: string } {
  const now = today(ctx)
  const byStaff = draft.channel !== undefined && draft.channel !== 'web'
  if (!byStaff) {
    if (!isOpen(ctx, found)) throw conflict('consultation.closed', 'The period for comments has ended.')
    return { channel: 'web', receivedOn: now }
  }
  if (ctx.actor.kind !== 'staff' || !opinionChannels.includes(draft.channel ?? 'web'))
    throw new DomainError('forbidden', 'opinion.channel', 'Only staff enter opinions that came on paper or by telephone.')
  const receivedOn = draft.receivedOn ?? now
  if (!isCalendarDate(receivedOn) || receivedOn > now || receivedOn < found.opens_on || receivedOn > found.closes_on)
    throw invalid('opinion.invalid', 'It was received within the period.', [
      { pointer: '/receivedOn', code: 'date', message: '收到的日期要在征求意见期间以内' },
    ])
  if (found.answered_at !== null) throw conflict('consultation.closed', 'The answers are out already.')
  return { channel: draft.channel ?? 'web', receivedOn }
}

async function checkDraft(db: Db, ctx: Ctx, found: Consultation, draft: OpinionDraft): Promise<number | null> {
  const fields: FieldError[] = []
  if (draft.words === '') fields.push({ pointer: '/words', code: 'required', message: '请写下您的意见' })
  if (draft.words.length > mostOpinionCharacters)
    fields.push({ pointer: '/words', code: 'maxLength', message: `最多${mostOpinionCharacters}字；再长的请分开提交，或者寄书面意见` })
  if ((draft.name ?? '').length > 60) fields.push({ pointer: '/name', code: 'maxLength', message: '姓名最多60字' })
  const contact = (draft.contact ?? '').trim()
  if (contact !== '' && contactKind(contact) === undefined)
    fields.push({ pointer: '/contact', code: 'contact', message: '请填写手机号码或者电子邮箱，也可以不填' })
  const { paragraph } = draft
  const paragraphs = paragraph === undefined ? [] : await selectParagraphs(db, ctx.tenant, found.consultation_id)
  if (paragraph !== undefined && !paragraphs.some((known) => known.number === paragraph))
    fields.push({ pointer: '/paragraph', code: 'enum', message: '草案里没有这一段' })
  if (fields.length > 0) throw invalid('opinion.invalid', 'Some answers need a correction.', fields)
  return paragraph ?? null
}

/** A mail address or a telephone number; undefined for anything else. */
export function contactKind(contact: string): 'mail' | 'sms' | undefined {
  if (/^[^\s@]{1,64}@[^\s@]+\.[^\s@]+$/.test(contact)) return 'mail'
  return /^\+?[0-9][0-9 -]{5,19}$/.test(contact) ? 'sms' : undefined
}
