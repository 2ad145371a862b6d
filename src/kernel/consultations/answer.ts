// Grouping opinions and answering them: one reasoned answer for all that say the same, each author told.
import type { Ctx } from '../context.ts'
import { type Db, inTenant } from '../database/database.ts'
import { conflict, invalid, notFound } from '../errors.ts'
import { isUuid, uuidv7 } from '../ids.ts'
import { encryptJson } from '../keys/keyring.ts'
import { requirePublic } from '../publication/check-public.ts'
import { getTown } from '../towns/towns.ts'
import * as queries from './answer-queries.ts'
import { type Desk, openSealed } from './desk.ts'
import { contactKind } from './file-opinion.ts'
import { lockConsultation, recount } from './opinion-queries.ts'
import { selectGroups } from './queries.ts'
import { type OpinionQuery, toFilter } from './read.ts'
import { type AnswerResult, answerResults, type OpinionGroup } from './types.ts'

/** Text id of the message to an author. */
export const answeredText = 'consultation.answered'

/** Groups of a consultation, the largest first, with those not answered yet. */
export const listGroups = (ctx: Ctx, desk: Desk): Promise<OpinionGroup[]> =>
  inTenant(ctx.db, ctx.tenant, (trx) => selectGroups(trx, ctx.tenant, desk.consultation.consultation_id))

/** Which opinions: by number, or all that a filter finds. */
export type Selection = { numbers: number[] } | { filter: OpinionQuery }

/**
 * Puts opinions into a group: an existing one, or a new one with this title. Opinions that have an answer stay with it. How many moved.
 * @throws `group.title`, `group.not_found`, `consultation.finished`.
 */
export async function groupOpinions(ctx: Ctx, desk: Desk, into: { group: string } | { title: string }, which: Selection): Promise<number> {
  const { consultation_id: id } = desk.consultation
  requireUnfinished(desk)
  return inTenant(ctx.db, ctx.tenant, async (trx) => {
    await lockConsultation(trx, ctx.tenant, id)
    const group = 'group' in into ? await getGroup(trx, ctx, id, into.group) : await newGroup(trx, ctx, id, into.title)
    const moved = await move(trx, ctx, id, group, which)
    await recount(trx, ctx.tenant, id)
    await tellAnswered(trx, ctx, desk, group)
    await queries.deleteEmptyGroups(trx, ctx.tenant, id)
    return moved
  })
}

const move = (db: Db, ctx: Ctx, id: string, group: string | null, which: Selection) =>
  'numbers' in which
    ? queries.moveByNumbers(db, ctx.tenant, id, group, which.numbers)
    : queries.moveByFilter(db, ctx.tenant, id, group, toFilter(ctx, which.filter))

/** Takes opinions out of the group they are in, unless they have an answer. */
export async function ungroupOpinions(ctx: Ctx, desk: Desk, which: Selection): Promise<number> {
  const { consultation_id: id } = desk.consultation
  requireUnfinished(desk)
  return inTenant(ctx.db, ctx.tenant, async (trx) => {
    await lockConsultation(trx, ctx.tenant, id)
    const moved = await move(trx, ctx, id, null, which)
    await recount(trx, ctx.tenant, id)
    await queries.deleteEmptyGroups(trx, ctx.tenant, id)
    return moved
  })
}

function requireUnfinished({ consultation }: Desk): void {
  if (consultation.answered_at !== null) throw conflict('consultation.finished', 'The answers are out: they are not changed any more.')
}

async function getGroup(db: Db, ctx: Ctx, id: string, group: string): Promise<string> {
  if (!isUuid(group) || !(await queries.isGroup(db, ctx.tenant, id, group))) throw notFound('group.not_found', 'There is no such group.')
  return group
}

async function newGroup(db: Db, ctx: Ctx, id: string, typed: string): Promise<string> {
  const title = typed.trim()
  if (title.length < 2 || title.length > 120)
    throw invalid('group.title', 'A group has a title of 2 to 120 characters.', [
      { pointer: '/title', code: 'required', message: '请用一句话概括这组意见，2至120字' },
    ])
  requirePublic({ fields: { title } })
  const group_id = uuidv7(ctx.clock.now())
  await queries.insertGroup(db, ctx.tenant, id, { group_id, title, at: ctx.clock.now() })
  return group_id
}

export type AnswerDraft = { result: string; answer: string; version: number }

const isResult = (word: string): word is AnswerResult => answerResults.some((known) => known === word)

/**
 * Answers a group: what becomes of what it says, and why. Public, and each author who left a contact is told. How many were told.
 * An answer may be put right until all answers are out; those who were told before are not told again.
 * @throws `answer.invalid`, `answer.stale`, `consultation.finished`, `publication.personal`.
 */
export async function answerGroup(ctx: Ctx, desk: Desk, group: string, draft: AnswerDraft): Promise<number> {
  const { consultation_id: id } = desk.consultation
  const answer = draft.answer.replaceAll('\r', '').trim()
  requireUnfinished(desk)
  const { result } = draft
  if (!isResult(result) || answer.length < 5 || answer.length > 4000)
    throw invalid('answer.invalid', 'Say what becomes of it, and why.', [
      ...(isResult(result) ? [] : [{ pointer: '/result', code: 'enum', message: '请选择采纳情况' }]),
      ...(answer.length < 5 || answer.length > 4000 ? [{ pointer: '/answer', code: 'required', message: '请写明答复和理由，5至4000字' }] : []),
    ])
  requirePublic({ fields: { answer } })
  return inTenant(ctx.db, ctx.tenant, async (trx) => {
    await getGroup(trx, ctx, id, group)
    const row = { result, answer, by: desk.userId, at: ctx.clock.now() }
    if (!(await queries.updateAnswer(trx, ctx.tenant, id, group, draft.version, row)))
      throw conflict('answer.stale', 'A colleague has answered this group meanwhile: read it first.')
    return tellAnswered(trx, ctx, desk, group)
  })
}

/** Queues a message to every author in an answered group who was not told; a group without an answer tells nobody. */
async function tellAnswered(db: Db, ctx: Ctx, desk: Desk, group: string): Promise<number> {
  const { consultation, key } = desk
  const found = (await selectGroups(db, ctx.tenant, consultation.consultation_id)).find((one) => one.group_id === group)
  if (!found?.answered_at) return 0
  const now = ctx.clock.now()
  const town = await getTown(ctx)
  const untold = await queries.takeUntold(db, ctx.tenant, consultation.consultation_id, group, now)
  const letters = untold.flatMap(({ number, opinion_id, sealed }) => {
    const { contact } = openSealed(ctx, key, opinion_id, sealed)
    const kind = contact === undefined ? undefined : contactKind(contact)
    if (contact === undefined || kind === undefined) return []
    const message_id = uuidv7(now)
    const url = `${ctx.services.baseUrl}/t/${ctx.tenant}/consultations/${consultation.number}/opinions/${number}`
    const words =
      kind === 'mail'
        ? {
            to: contact,
            subject: `${town.name.zh}：您对《${consultation.title}》提的意见有了答复`,
            text: `您提的第${number}号意见，现已答复：\n\n${found.answer ?? ''}\n\n${url}\n`,
          }
        : { to: contact, template: answeredText, variables: { number: String(number), consultation: consultation.number, town: town.name.zh } }
    return [{ message_id, kind, content: encryptJson(key, words, `outbox/${ctx.tenant}/${message_id}`) }]
  })
  if (letters.length > 0) await queries.insertLetters(db, ctx.tenant, consultation.case_id, answeredText, letters, now)
  ctx.services.wake(ctx.tenant)
  return letters.length
}
