// What people do with a case: complete a task, send a message of the procedure, claim, assign, return, write.
import { holdsLane, isAtCounter, may, opensPart, partiesOf, type SealedClass } from '../access/rule.ts'
import type { CalendarDate } from '../clock.ts'
import type { Ctx } from '../context.ts'
import { isCalendarDate } from '../deadlines/dates.ts'
import { conflict, forbidden, invalid, notFound } from '../errors.ts'
import { effectiveDate, type FormData, type Language } from '../forms/forms.ts'
import { isUuid, uuidv7 } from '../ids.ts'
import { encryptJson } from '../keys/keyring.ts'
import { today } from '../towns/towns.ts'
import { accessOf, postActing } from './access-of.ts'
import { checkAssignee } from './assignees.ts'
import { storeData } from './case-data.ts'
import { getCase, loadStep, loadTaskStep } from './load-case.ts'
import { checkFiles, checkStepForm, findFiles, refuseFields } from './check-data.ts'
import { doersOf } from './four-eyes.ts'
import { checkAwaited } from './joint.ts'
import { findReceiver, receiveMessage } from './messages.ts'
import { attachFiles } from './new-case.ts'
import { performStep } from './perform.ts'
import { reopenForEntry } from './reopen.ts'
import { elementOf, runEngine } from './run.ts'
import { recordService } from './serve.ts'
import { addAccess, addRow, recordEvent, type Step, transactionOf } from './step.ts'
import { takeSignature } from '../signatures/signatures.ts'
import type { Entry, LoadedCase, TaskRow } from './types.ts'

/** `alongside` is written in the same transaction: all of it or nothing. It may be called again when another act was faster. */
export type TaskInput = { data?: FormData; version?: number; language?: Language; alongside?: (trx: Ctx) => Promise<void> }

/**
 * Completes a task with its form. Another task of the same case done at the same moment does not fail this one.
 * @throws `task.not_found`, `task.forbidden`, `task.not_open` (409), `task.stale` (409), `task.awaits` (409), `form.invalid` (422).
 */
export async function completeTask(ctx: Ctx, taskId: string, input: TaskInput): Promise<{ number: string }> {
  return performStep(
    () => stepOfTask(ctx, taskId),
    async (step) => {
      const task = openTask(step, taskId, 'task.complete', input.version)
      checkAwaited(step, task)
      const sent = checkTaskData(step, task, input)
      await checkFiles(step, task.form, sent, input.language ?? 'zh')
      const form = step.procedure.forms.get(task.form ?? '')
      const data = form ? await takeSignature(step, elementOf(step, task.element), form, sent, input.language ?? 'zh') : sent
      const { actor } = ctx
      storeData(step, task.element, task.token, data)
      attachFiles(step, task.form ?? '', data)
      rememberDoer(step, task.element, task)
      recordEvent(step, {
        type: 'task.completed',
        element: task.element,
        data,
        ...(task.instance === null ? {} : { fields: { instance: task.instance } }),
      })
      const document = elementOf(step, task.element).xl.serves
      if (document) recordService(step, document, data)
      await runEngine(step, { type: 'complete', token: task.token }, actor.kind === 'staff' ? actor.userId : actor.kind)
      if (input.alongside) await input.alongside(await transactionOf(step))
      return { number: step.case.row.number }
    },
  )
}

/** Takes a task for oneself (or gives it to a colleague of the office, with `assignee`); null lays it back. */
export async function assignTask(ctx: Ctx, taskId: string, input: { assignee: string | null; version?: number; reason?: string }): Promise<void> {
  const self = ctx.actor.kind === 'staff' && input.assignee === ctx.actor.userId
  await performStep(
    () => stepOfTask(ctx, taskId),
    async (step) => {
      const task = openTask(step, taskId, self ? 'task.claim' : 'task.assign', input.version)
      if (self && task.assignee !== null && task.assignee !== input.assignee) throw conflict('task.claimed', 'A colleague has taken this task.')
      if (task.assignee === input.assignee) return
      if (!self && input.assignee !== null) await checkAssignee(step.ctx, step.case, task, input.assignee)
      task.assignee = input.assignee
      addRow(step, 'tasks_update', { task_id: task.task_id, assignee: input.assignee, organization_id: task.organization_id })
      recordEvent(step, {
        type: self ? 'task.claimed' : 'task.assigned',
        element: task.element,
        fields: { assignee: input.assignee ?? '', ...(input.reason ? { reason: input.reason } : {}) },
      })
    },
  )
}

/** Lays a claimed task back with a reason; it stays open for the office. */
export const returnTask = (ctx: Ctx, taskId: string, input: { reason: string; version?: number }) => {
  if (input.reason.trim() === '')
    throw invalid('task.reason', 'Say why the task goes back.', [{ pointer: '/reason', code: 'required', message: '请写明理由' }])
  return assignTask(ctx, taskId, { assignee: null, ...input })
}

/**
 * Sends a message of the procedure (withdraw, appeal, extend …) as the person the diagram names (xl:by).
 * `entry`: staff enter it for a person without a screen; it took effect on the day it was received.
 * @throws `case.not_found`, `message.not_awaited`, `message.forbidden`, `deadline.extensions_used`, `form.invalid`.
 */
export async function sendCaseMessage(
  ctx: Ctx,
  by: { number: string } | { caseId: string },
  name: string,
  data: FormData,
  language: Language = 'zh',
  entry?: Entry,
): Promise<void> {
  const { loaded } = await getCase(ctx, by, 'case.send')
  checkMessageEntry(ctx, loaded.row.filed_on, entry)
  await performStep(
    () => loadStep(ctx, loaded.row.case_id),
    async (step) => {
      if (entry) reopenForEntry(step, name, entry)
      const receiver = findReceiver(step, name)
      const element = elementOf(step, receiver.element)
      if (!maySend(step, element.xl.ext['by'])) throw forbidden('message.forbidden', 'This is not yours to ask for in this case.')
      const form = element.xl.form === undefined ? undefined : step.procedure.forms.get(element.xl.form)
      let kept = data
      if (form) {
        const fields = checkStepForm(step, form, data, language)
        refuseFields(fields, language)
        await checkFiles(step, form.id, data, language)
        attachFiles(step, form.id, data)
        kept = await takeSignature(step, element, form, data, language, entry)
      } else if (Object.keys(data).length > 0) throw invalid('form.none', 'This message has no form: send it without data.')
      rememberDoer(step, receiver.element)
      await receiveMessage(step, name, kept, entry)
    },
  )
}

/** The day on which a message reached the office decides whether it was in time; it is entered by staff, never ahead of the day. */
function checkMessageEntry(ctx: Ctx, filedOn: CalendarDate, entry: Entry | undefined) {
  if (!entry) return
  if (ctx.actor.kind !== 'staff') throw forbidden('case.entry_by_staff', 'Only staff may say how and when a matter came in.')
  if (entry.receivedOn > today(ctx) || entry.receivedOn < filedOn)
    throw invalid('case.received_later', 'It was received between the filing and today.', [
      { pointer: '/receivedOn', code: 'date', message: '收到日期不能早于收件之日，也不能晚于今天' },
    ])
  if (entry.postedOn === undefined) return
  if (!isCalendarDate(entry.postedOn) || entry.postedOn > entry.receivedOn || entry.postedOn < filedOn)
    throw invalid('case.posted_later', 'It was posted between the filing and the day it was received.', [
      { pointer: '/postedOn', code: 'date', message: '寄出日期不能早于收件之日，也不能晚于收到日期' },
    ])
  if ((entry.evidence ?? '').trim() === '')
    throw invalid('case.posted_evidence', 'Say what shows the day of posting.', [
      { pointer: '/evidence', code: 'required', message: '请写明寄出日期的依据，例如邮戳、寄件回执' },
    ])
}

/** May this actor send what the diagram says comes from `by`: a party role or a lane? */
export function maySend(step: Pick<Step, 'ctx' | 'case' | 'procedure'>, by: string | undefined): boolean {
  const { actor } = step.ctx
  if (by === undefined) return actor.kind === 'system'
  const rule = step.procedure.manifest.parties.find((party) => party.role === by)
  if (rule) {
    const thing = accessOf(step.case)
    const { parties, represented } = partiesOf(actor, thing)
    const mine =
      may(actor, 'case.send', thing) && step.case.parties.some((party) => party.role === by && [...parties, ...represented].includes(party.partyId))
    // A person without a screen says it at a counter: of the town and its villages, or of the superior body whose own work the procedure is.
    const superior = step.procedure.manifest.lanes.filter((known) => known.office === 'superior').flatMap((known) => known.posts)
    return mine || (isAtCounter(actor, superior) && may(actor, 'case.send', thing))
  }
  const lane = step.procedure.manifest.lanes.find((known) => known.id === by)
  const { handling_office } = step.case.row
  if (lane === undefined || !may(actor, 'case.send', accessOf(step.case))) return false
  return holdsLane(actor, { office: lane.office, posts: lane.posts, ...(lane.office === 'handling' ? { organization: handling_office } : {}) })
}

/** `partyId`: only this party reads the answer. `sealed`: what is said between one party and whoever may open the class. */
export type MessageTo = { partyId?: string; sealed?: SealedClass }

/** A party's words are hers and the office's; an answer is for all parties unless it is addressed. @throws `message.addressee`. */
function addressee(ctx: Ctx, loaded: LoadedCase, to: MessageTo): { partyId: string | null; sealed: SealedClass | null } {
  const thing = accessOf(loaded)
  const { parties, represented } = partiesOf(ctx.actor, thing)
  const partyId = ctx.actor.kind === 'staff' || ctx.actor.kind === 'system' ? (to.partyId ?? null) : (parties[0] ?? represented[0] ?? null)
  const sealed = to.sealed ?? null
  const known = partyId === null || thing.parties.some((party) => party.partyId === partyId && !party.blind)
  // Whoever seals a message must be able to open it, and it needs a party whose it is.
  const opens = sealed === null || (partyId !== null && opensPart(ctx.actor, thing, { sealed, owners: [partyId] }))
  if (!known || !opens) throw invalid('message.addressee', 'This message cannot be sealed or addressed like that.')
  return { partyId, sealed }
}

/** A plain message between a party and the office; it changes nothing of the procedure. */
export async function writeMessage(
  ctx: Ctx,
  by: { number: string } | { caseId: string },
  text: string,
  files: string[] = [],
  to: MessageTo = {},
): Promise<void> {
  const { loaded } = await getCase(ctx, by, 'case.message')
  const about = addressee(ctx, loaded, to)
  const body = text.trim()
  if (body === '' || body.length > 5000 || !body.isWellFormed() || body.includes('\0'))
    throw invalid('message.text', 'A message has 1 to 5,000 characters.', [{ pointer: '/text', code: 'text', message: '请写 1 至 5000 个字' }])
  await performStep(
    () => loadStep(ctx, loaded.row.case_id),
    async (step) => {
      const message_id = uuidv7(step.now)
      const sealed = encryptJson(step.case.key, { text: body, files }, `message/${ctx.tenant}/${message_id}`)
      addRow(step, 'messages', {
        message_id,
        from_kind: ctx.actor.kind === 'staff' ? 'office' : 'party',
        from_id: ctx.actor.kind === 'staff' ? ctx.actor.userId : null,
        body: sealed.toString('base64'),
      })
      if (about.partyId !== null || about.sealed !== null)
        addAccess(step, 'messages', { message_id, party_id: about.partyId, sealed_class: about.sealed })
      const known = await findFiles(step, files.filter(isUuid))
      if (files.some((file) => !known.has(file))) throw invalid('file.not_found', 'A file named in the message is not there: send it again.')
      recordEvent(step, {
        type: ctx.actor.kind === 'staff' ? 'message.answered' : 'case.supplemented',
        fields: { text: body, files, ...(about.sealed ? { sealed: about.sealed } : {}) },
      })
    },
  )
}

async function stepOfTask(ctx: Ctx, taskId: string): Promise<Step> {
  const step = await loadTaskStep(ctx, taskId)
  if (!step) throw notFound('task.not_found', 'There is no task here that you can open.')
  return step
}

function openTask(step: Step, taskId: string, act: 'task.complete' | 'task.claim' | 'task.assign', version: number | undefined): TaskRow {
  const { actor } = step.ctx
  const task = step.case.tasks.find((known) => known.task_id === taskId)
  if (!task) {
    if (!may(actor, 'case.read', accessOf(step.case))) throw notFound('task.not_found', 'There is no task here that you can open.')
    throw conflict('task.not_open', 'This task was done or is no longer needed.')
  }
  const access = accessOf(step.case, task)
  if (!may(actor, act, access)) {
    if (!may(actor, 'case.read', access)) throw notFound('task.not_found', 'There is no task here that you can open.')
    if (actor.kind === 'staff' && task.barred.includes(actor.userId))
      throw forbidden('task.four_eyes', 'You did the work that this task checks: somebody else has to do it.')
    throw forbidden('task.forbidden', 'This task belongs to another post.')
  }
  if (version !== undefined && version !== task.version) throw conflict('task.stale', 'The task was changed meanwhile: look at it again.')
  return task
}

function checkTaskData(step: Step, task: TaskRow, input: TaskInput): FormData {
  const form = task.form === null ? undefined : step.procedure.forms.get(task.form)
  const data = input.data ?? {}
  const language = input.language ?? 'zh'
  const fields = checkStepForm(step, form, data, language)
  const on = form && effectiveDate(form, data)
  if (fields.length === 0 && on !== undefined) step.effectiveOn = on
  refuseFields(fields, language)
  return data
}

/** Who did this element: signatures and returned work ask for it. */
function rememberDoer(step: Step, element: string, task?: TaskRow) {
  const { actor } = step.ctx
  const user = actor.kind === 'staff' ? actor.userId : ''
  const entry = {
    user,
    post: postActing(actor, step.case, task) ?? '',
    name: actor.kind === 'staff' ? actor.name : '',
    on: step.effectiveOn,
    before: doersOf(step.case.content['_done']?.[element]),
  }
  step.case.content['_done'] = { ...step.case.content['_done'], [element]: entry }
}
