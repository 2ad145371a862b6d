// An issued document is never changed: a correction is a new document, a withdrawal or a void is a state with a reason.
import { officeOf } from '../access/readers.ts'
import { sealReason } from '../cases/free-words.ts'
import { accessOf } from '../cases/access-of.ts'
import { getCase, loadStep } from '../cases/load-case.ts'
import { shortTexts } from '../cases/new-case.ts'
import { recordService } from '../cases/serve.ts'
import { runStep } from '../cases/run-step.ts'
import { addRow, recordEvent, type Step } from '../cases/step.ts'
import type { IssuedDocument, LoadedCase } from '../cases/types.ts'
import { holdsLane, may } from '../access/rule.ts'
import type { Ctx } from '../context.ts'
import { isCalendarDate } from '../deadlines/dates.ts'
import { conflict, forbidden, invalid } from '../errors.ts'
import { checkForm, type FormData, type Language } from '../forms/forms.ts'
import type { Package } from '../procedures/load-package.ts'
import type { Lane } from '../procedures/manifest.ts'
import { today, type Town } from '../towns/towns.ts'
import { issueDocument } from './issue.ts'

type By = { number: string } | { caseId: string }
/** `element` with `data`: the form that was wrong, as it should have been. */
export type Correction = { reason: string; element?: string; data?: FormData; language?: Language }

/**
 * May this actor correct, withdraw or void this document? Only a post that works on the case in its procedure; and a document
 * that a post signs, only that post: nothing goes out under a name whose holder did not decide it.
 */
export function mayCorrect(ctx: Ctx, loaded: LoadedCase, procedure: Package, town: Town, document: IssuedDocument): boolean {
  const { actor } = ctx
  if (actor.kind !== 'staff' || !may(actor, 'document.correct', accessOf(loaded))) return false
  const rule = procedure.manifest.documents.find((known) => known.id === document.document)
  const signing = rule?.signedBy === undefined ? undefined : procedure.graph.elements[rule.signedBy]?.lane
  const lanes = procedure.manifest.lanes.filter((lane) => signing === undefined || lane.id === signing)
  return lanes.some((lane) => holdsLane(actor, { office: lane.office, posts: lane.posts, organization: officeIn(lane, loaded, town) ?? null }))
}

const officeIn = (lane: Lane, { row }: LoadedCase, town: Town) =>
  officeOf(lane.office, lane.posts, town, { handlingOffice: row.handling_office, superiorOffice: row.superior_office })

/**
 * Issues a new document in place of a wrong one; the wrong one stays, marked as corrected (a void or withdrawn one keeps its state).
 * Limits of the case do not start again. Returns the new document, which has still to be served.
 * @throws `document.not_found`, `document.forbidden`, `document.superseded` (409), `document.reason`, `form.invalid`, `document.glyph`.
 */
export async function correctDocument(ctx: Ctx, by: By, documentId: string, input: Correction): Promise<{ documentId: string; number: string }> {
  return change(ctx, by, documentId, input.reason, async (step, old, reason) => {
    if (step.case.documents.some((known) => known.supersedes === old.document_id))
      throw conflict('document.superseded', 'This document was corrected already: correct the newer one.')
    const changed = input.element !== undefined && input.data !== undefined ? { element: input.element, data: input.data } : undefined
    if (changed) replaceForm(step, changed.element, changed.data, input.language ?? 'zh')
    signAgain(step, old)
    await issueDocument(step, old.document, { supersedes: old.document_id, reason })
    const made = step.case.documents.at(-1)
    if (!made) throw new Error('issuing adds a document')
    if (old.status === 'issued' || old.status === 'served') setStatus(step, old, 'corrected', reason)
    recordEvent(step, {
      type: 'document.corrected',
      ...(changed ? { element: changed.element, data: changed.data } : {}),
      fields: { document: old.document, number: old.number, by: made.number, reason },
    })
    return { documentId: made.document_id, number: made.number }
  })
}

/** Takes a document back; it stays readable with the mark of its withdrawal. @throws as correctDocument, `document.not_in_force` (409). */
export const withdrawDocument = (ctx: Ctx, by: By, documentId: string, reason: string): Promise<void> =>
  change(ctx, by, documentId, reason, async (step, old, words) => {
    if (old.status !== 'issued' && old.status !== 'served') throw notInForce()
    setStatus(step, old, 'withdrawn', words)
    recordEvent(step, { type: 'document.withdrawn', fields: { document: old.document, number: old.number, reason: words } })
  })

/** Voids a document that never reached anybody; its number stays used. @throws as correctDocument, `document.served` (409). */
export const voidDocument = (ctx: Ctx, by: By, documentId: string, reason: string): Promise<void> =>
  change(ctx, by, documentId, reason, async (step, old, words) => {
    if (old.status === 'served') throw conflict('document.served', 'It was served: withdraw or correct it instead.')
    if (old.status !== 'issued') throw notInForce()
    setStatus(step, old, 'void', words)
    recordEvent(step, { type: 'document.voided', fields: { document: old.document, number: old.number, reason: words } })
  })

/**
 * Records how a corrected document reached the person, when no task of the procedure does (that one served its predecessor).
 * `data`: `method`, `servedOn`, `proof`. @throws `document.not_found`, `document.forbidden`, `document.not_in_force`, `service.*`.
 */
export async function serveDocument(ctx: Ctx, by: By, documentId: string, data: FormData): Promise<void> {
  const { loaded } = await getCase(ctx, by, 'case.read')
  await runStep(
    () => loadStep(ctx, loaded.row.case_id),
    async (step) => {
      const document = find(step, documentId)
      if (!may(ctx.actor, 'document.correct', accessOf(step.case))) throw refused()
      const newest = step.case.documents.findLast((known) => known.document === document.document && known.status === 'issued')
      if (newest?.document_id !== documentId || document.supersedes === null) throw notInForce()
      const on = data['servedOn']
      if (typeof on !== 'string' || !isCalendarDate(on) || on > today(ctx) || on < document.issued_on)
        throw invalid('service.date', 'Say on which day it was served.', [
          { pointer: '/servedOn', code: 'date', message: '请填写送达日期，不早于制发日期、不晚于今天' },
        ])
      step.effectiveOn = on
      recordService(step, document.document, data)
    },
  )
}

async function change<T>(
  ctx: Ctx,
  by: By,
  documentId: string,
  reason: string,
  work: (step: Step, old: IssuedDocument, reason: string) => Promise<T>,
): Promise<T> {
  const { loaded } = await getCase(ctx, by, 'case.read')
  const words = reason.trim()
  return runStep(
    () => loadStep(ctx, loaded.row.case_id),
    async (step) => {
      const old = find(step, documentId)
      if (!mayCorrect(ctx, step.case, step.procedure, step.town, old)) throw refused()
      if (words.length < 2 || words.length > 500)
        throw invalid('document.reason', 'Say why.', [{ pointer: '/reason', code: 'required', message: '请写明理由，最多 500 字' }])
      return work(step, old, words)
    },
  )
}

function find(step: Step, documentId: string): IssuedDocument {
  const found = step.case.documents.find((known) => known.document_id === documentId)
  if (!found) throw conflict('document.not_found', 'There is no such document in this case.')
  return found
}

const refused = () => forbidden('document.forbidden', 'Only the post that signs this document changes its state.')
const notInForce = () => conflict('document.not_in_force', 'This document was corrected, withdrawn or voided already.')

function setStatus(step: Step, document: IssuedDocument, status: 'corrected' | 'withdrawn' | 'void', reason: string) {
  document.status = status
  addRow(step, 'documents_update', {
    document_id: document.document_id,
    status,
    reason: sealReason(step.ctx, step.case.key, document.document_id, reason),
  })
}

function replaceForm(step: Step, element: string, data: FormData, language: Language) {
  const form = step.procedure.forms.get(step.procedure.graph.elements[element]?.xl.form ?? '')
  if (!form || step.case.content[element] === undefined) throw invalid('document.form', 'This case has no such form.')
  const fields = checkForm(form, data, shortTexts(step.procedure, language), language)
  if (fields.length > 0) throw invalid('form.invalid', 'Some answers need a correction. Nothing you typed is lost.', fields)
  step.case.content[element] = data
}

/** The new document carries the name of whoever corrects it today. */
function signAgain(step: Step, old: IssuedDocument) {
  const signedBy = step.procedure.manifest.documents.find((known) => known.id === old.document)?.signedBy
  const { actor } = step.ctx
  if (signedBy === undefined || actor.kind !== 'staff') return
  const lane = step.procedure.manifest.lanes.find((known) => known.id === step.procedure.graph.elements[signedBy]?.lane)
  const post = actor.posts.find((held) => lane?.posts.includes(held.duty) && held.organizationId === officeIn(lane, step.case, step.town))
  step.case.content['_done'] = {
    ...step.case.content['_done'],
    [signedBy]: { user: actor.userId, post: post?.postId ?? '', name: actor.name, on: step.effectiveOn },
  }
}
