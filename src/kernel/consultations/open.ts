// Actions of a case on its consultation: put a draft up, end the period, and let nothing go on before every opinion has its answer.
import { inTenant } from '../database/database.ts'
import { isCalendarDate } from '../deadlines/dates.ts'
import { conflict, invalid } from '../errors.ts'
import { uuidv7 } from '../ids.ts'
import { requirePublic } from '../publication/check-public.ts'
import type { Inputs, Place } from '../cases/action-inputs.ts'
import { recordEvent, type Step, transactionOf } from '../cases/step.ts'
import { mostParagraphs, splitDraft } from './draft.ts'
import { findOfCase, insertConsultation, tallyOpinions, updateAnswered, updateClosed } from './queries.ts'

const words = (inputs: Inputs, name: string): string => {
  const value = inputs[name]
  return typeof value === 'string' ? value.trim() : ''
}

/**
 * open-consultation@1: puts `draft` (text, a paragraph a line) up under `title` until `until` (a date) or the due day of `deadline`, whichever
 * is given; `notes` say why, `because` why the period is shorter than the law has it as a rule. The words are public, so they pass the
 * publication guard. @throws `consultation.draft`, `consultation.until`, `publication.personal`.
 */
export async function openConsultation(step: Step, inputs: Inputs, { element }: Place): Promise<void> {
  const [title, draft, notes] = [words(inputs, 'title'), words(inputs, 'draft'), words(inputs, 'notes')]
  const paragraphs = splitDraft(draft)
  if (title === '' || paragraphs.length === 0 || paragraphs.length > mostParagraphs)
    throw invalid('consultation.draft', `A draft has a title and 1 to ${mostParagraphs} paragraphs.`, [
      { pointer: '/draft', code: 'draft', message: `请写明标题和草案全文，最多${mostParagraphs}段` },
    ])
  const [contact, because] = [words(inputs, 'contact'), words(inputs, 'because')]
  requirePublic({ fields: { title, draft, notes, contact, because }, allowed: { contact: ['phone'] } })
  const closes = closingDay(step, inputs)
  const consultation_id = uuidv7(step.now)
  const { db } = await transactionOf(step)
  const office = step.case.row.handling_office
  const number = await insertConsultation(
    db,
    step.ctx.tenant,
    {
      consultation_id,
      case_id: step.case.row.case_id,
      caseNumber: step.case.row.number,
      element,
      title,
      notes,
      contact,
      organization_id: office,
      shorter_because: because || null,
      opens_on: step.effectiveOn,
      closes_on: closes,
      opened_at: step.now,
    },
    paragraphs,
  )
  recordEvent(step, { type: 'consultation.opened', element, fields: { consultation: number, paragraphs: paragraphs.length, closes } })
}

function closingDay(step: Step, inputs: Inputs): string {
  const until = words(inputs, 'until')
  const rule = words(inputs, 'deadline')
  const due = rule === '' ? undefined : step.case.deadlines.findLast((row) => row.deadline === rule && row.status === 'running')?.due_on
  const closes = until === '' ? due : until
  if (closes === undefined || !isCalendarDate(closes) || closes <= step.effectiveOn)
    throw invalid('consultation.until', 'The period ends on a day after today.', [
      { pointer: '/until', code: 'date', message: '截止日期要在今天以后' },
    ])
  return closes
}

const getOwn = async (step: Step) => {
  const { db } = await transactionOf(step)
  const found = await findOfCase(db, step.ctx.tenant, step.case.row.case_id)
  if (!found) throw conflict('consultation.none', 'This case has put no draft up.')
  return { db, found }
}

/** close-consultation@1: nothing more comes in from the portal; letters that came in time may still be entered until all is answered. */
export async function closeConsultation(step: Step, _inputs: Inputs, { element }: Place): Promise<void> {
  const { db, found } = await getOwn(step)
  await updateClosed(db, step.ctx.tenant, found.consultation_id, step.now)
  const { total } = await tallyOpinions(db, step.ctx.tenant, found.consultation_id)
  recordEvent(step, { type: 'consultation.closed', element, fields: { consultation: found.number, opinions: total } })
}

/**
 * finish-consultation@1: the gate. Refused while an opinion has no answer, is held without a decision, or its author's appeal waits
 * (重大行政决策程序暂行条例 Art 18; the reasoned answer to each is the town's own promise).
 * @throws `consultation.open`, `consultation.unanswered`.
 */
export async function finishConsultation(step: Step, _inputs: Inputs, { element }: Place): Promise<void> {
  const { db, found } = await getOwn(step)
  if (found.closed_at === null) throw conflict('consultation.open', 'The period has not ended.')
  const { total, unanswered, held, appeals } = await tallyOpinions(db, step.ctx.tenant, found.consultation_id)
  if (unanswered > 0 || held > 0 || appeals > 0)
    throw conflict(
      'consultation.unanswered',
      `Not yet: ${unanswered} opinions without an answer, ${held} held without a decision, ${appeals} appeals that wait.`,
    )
  await updateAnswered(db, step.ctx.tenant, found.consultation_id, step.now)
  recordEvent(step, { type: 'consultation.answered', element, fields: { consultation: found.number, opinions: total } })
}

/** The latest consultation of a case, for its pages. */
export const consultationOfCase = (ctx: Step['ctx'], caseId: string) => inTenant(ctx.db, ctx.tenant, (trx) => findOfCase(trx, ctx.tenant, caseId))
