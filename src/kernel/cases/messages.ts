// Messages of the procedure: withdraw, appeal, extend, and those between linked cases.
import { conflict } from '../errors.ts'
import { evaluate, storeData, type DataSource } from './case-data.ts'
import { effectiveDate, type FormData } from '../forms/forms.ts'
import type { Entry, SubscriptionRow } from './types.ts'
import type { Actor } from '../context.ts'
import { checkExtendable, findRunning, isPaused } from './case-deadlines.ts'
import { elementOf, runEngine } from './run.ts'
import { isOnceAtATime } from './joint.ts'
import { recordEvent, type Step } from './step.ts'

/** The waiting element that takes this message. @throws `case.closed`, `message.not_awaited` (409). */
export function findReceiver(step: Step, name: string): SubscriptionRow {
  if (step.case.row.status === 'closed') throw conflict('case.closed', 'The case has ended.')
  const found = step.case.subscriptions.find(
    (subscription) => subscription.kind === 'message' && subscription.name === name && isAddressed(step, step.ctx.actor, subscription),
  )
  if (!found) throw conflict('message.not_awaited', 'The case does not wait for this now.')
  return found
}

/** Where each instance waits for one party (`xl:party`), only that party's word counts there; staff enter it for the first that is missing. */
export function isAddressed(source: DataSource, actor: Actor, { element, token }: SubscriptionRow): boolean {
  if (isOnceAtATime(source, element)) return false
  const expression = source.procedure.graph.elements[element]?.xl.ext['party']
  if (expression === undefined || (actor.kind !== 'receipt' && actor.kind !== 'resident')) return true
  const wanted = evaluate(source, expression, token)
  return source.case.parties.some(
    (party) => party.partyId === wanted && (actor.kind === 'receipt' ? party.partyId === actor.partyId : party.accountId === actor.accountId),
  )
}

/** Stores the message's form under its element and lets the engine go on. The caller checked who sends it and the form. */
export async function receiveMessage(step: Step, name: string, data: FormData, entry?: Entry): Promise<void> {
  const receiver = findReceiver(step, name)
  const element = elementOf(step, receiver.element)
  const extendsDeadline = element.xl.ext['extends']
  const form = element.xl.form === undefined ? undefined : step.procedure.forms.get(element.xl.form)
  step.effectiveOn = (form && effectiveDate(form, data)) ?? entry?.receivedOn ?? step.effectiveOn
  if (extendsDeadline) checkExtendable(step, extendsDeadline, step.effectiveOn)
  if (entry?.postedOn !== undefined) step.postedOn = entry.postedOn
  if (element.xl.event !== undefined) checkRight(step, element.xl.event)
  storeData(step, receiver.element, receiver.token, data)
  recordEvent(step, { type: 'message.received', element: receiver.element, data, fields: { message: name, ...entryFields(entry) } })
  await runEngine(step, { type: 'message', name, token: receiver.token })
}

/** A party's right lapses with its period (an act is judged by the day it took effect), whether or not the timer has fired yet. */
function checkRight(step: Step, event: string) {
  const lapsed = step.procedure.manifest.deadlines
    .filter((rule) => rule.binds === 'party' && rule.ends.includes(event))
    .some((rule) => {
      const running = findRunning(step, rule.id)
      return running !== undefined && !isPaused(running) && (step.postedOn ?? step.effectiveOn) > running.due_on
    })
  if (lapsed) throw conflict('message.not_awaited', 'The period for this has ended.')
}

/** How it reached the office, when staff entered it for a person without a screen. */
const entryFields = (entry: Entry | undefined) =>
  entry
    ? { channel: entry.channel, ...(entry.postedOn ? { posted_on: entry.postedOn } : {}), ...(entry.evidence ? { evidence: entry.evidence } : {}) }
    : {}
