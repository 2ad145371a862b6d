// Drives the engine through one act and turns its effects into rows, events and kernel actions.
import { evaluateFeel } from '../engine/conditions.ts'
import { step as engineStep } from '../engine/step.ts'
import type { Command, Effect, Element, TimerDefinition } from '../engine/types.ts'
import { laneOf, officeOf } from '../access/readers.ts'
import { invalid } from '../errors.ts'
import { uuidv7 } from '../ids.ts'
import { runAction } from './actions.ts'
import { applyEvent, cancelDeadlines, findRunning, settleEscalation } from './case-deadlines.ts'
import { tellParties } from './tell.ts'
import { addRow, recordEvent, type Step } from './step.ts'

/** What FEEL may read: form data by element, and the case itself. */
export function feelContext(step: Step): Record<string, unknown> {
  const { row, content, documents } = step.case
  return {
    ...content,
    case: { number: row.number, filedOn: row.filed_on, channel: row.channel },
    documents: Object.fromEntries(documents.map((document) => [document.document, { number: document.number, date: document.issued_on }])),
  }
}

export const evaluate = (step: Step, expression: string): unknown => evaluateFeel(expression.replace(/^=/, ''), feelContext(step))

/** Runs a command and all that follows from it without waiting: actions are done within the step. */
export async function runEngine(step: Step, first: Command, closedBy?: string): Promise<void> {
  const commands: Command[] = [first]
  for (let command = commands.shift(); command; command = commands.shift()) {
    const state = step.isNew && command.type === 'start' ? undefined : step.case.row.state
    const result = engineStep(step.procedure.graph, state, command, { evaluate: (expression) => evaluate(step, expression) })
    step.case.row.state = result.state
    for (const effect of result.effects) {
      const next = await applyEffect(step, effect, closedBy)
      if (next) commands.push(next)
    }
  }
}

async function applyEffect(step: Step, effect: Effect, closedBy: string | undefined): Promise<Command | undefined> {
  if (effect.type === 'action') {
    await runAction(step, elementOf(step, effect.element), (expression) => evaluate(step, expression))
    return { type: 'done', token: effect.token }
  }
  noteEffect(step, effect, closedBy)
  return undefined
}

function noteEffect(step: Step, effect: Exclude<Effect, { type: 'action' }>, closedBy: string | undefined): void {
  switch (effect.type) {
    case 'task.open':
      openTask(step, effect)
      break
    case 'task.close':
      closeTask(step, effect, closedBy)
      break
    case 'timer.open':
      openTimer(step, effect)
      break
    case 'timer.close':
      closeRow(step, 'timers_open', 'timers_close', effect.token)
      break
    case 'subscription.open':
      step.case.subscriptions.push({ token: effect.token, element: effect.element, kind: effect.kind, name: effect.name })
      addRow(step, 'subscriptions_open', { token: effect.token, element: effect.element, kind: effect.kind, name: effect.name })
      break
    case 'subscription.close':
      step.case.subscriptions = step.case.subscriptions.filter((subscription) => subscription.token !== effect.token)
      closeRow(step, 'subscriptions_open', 'subscriptions_close', effect.token)
      break
    case 'event':
      happen(step, effect.name, effect.element)
      break
    case 'incident':
      recordEvent(step, { type: 'case.incident', element: effect.element, fields: { reason: effect.reason } })
      addRow(step, 'incidents', { incident_id: uuidv7(step.now), element: effect.element, token: effect.token, reason: effect.reason })
      break
    case 'ended':
      closeCase(step, effect.element)
      break
    case 'entered':
    case 'left':
    case 'cancelled':
    case 'flow':
    case 'caught':
    case 'thrown':
      break
  }
}

/** Records an event of the package; deadlines and parties follow it. */
export function happen(step: Step, name: string, element?: string): void {
  recordEvent(step, { type: 'procedure.event', name, element })
  step.recorded.push({ name, effectiveOn: step.effectiveOn })
  applyEvent(step, name, step.effectiveOn, (expression) => evaluate(step, expression))
  tellParties(step, name)
}

export function elementOf(step: Step, id: string): Element {
  const element = step.procedure.graph.elements[id]
  if (!element) throw invalid('case.element_unknown', `The procedure has no element “${id}”.`)
  return element
}

function openTask(step: Step, effect: Extract<Effect, { type: 'task.open' }>) {
  const element = elementOf(step, effect.element)
  const lane = laneOf(step.procedure.manifest, step.procedure.graph, effect.element)
  const duties = lane?.posts ?? []
  const { handling_office, superior_office, case_id } = step.case.row
  const organization_id = lane
    ? (officeOf(lane.office, duties, step.town, { handlingOffice: handling_office, superiorOffice: superior_office }) ?? null)
    : null
  const task = {
    task_id: uuidv7(step.now),
    case_id,
    element: effect.element,
    token: effect.token,
    form: element.xl.form ?? null,
    duties,
    organization_id,
    status: 'open' as const,
    assignee: previousAssignee(step, effect.element),
    opened_at: step.now.toISOString(),
    due_on: null,
    version: 1,
  }
  step.case.tasks.push(task)
  addRow(step, 'tasks_open', task)
}

/** Work that comes back goes to the person who did it before. */
function previousAssignee(step: Step, element: string): string | null {
  const user = step.case.content['_done']?.[element] === undefined ? null : doneBy(step, element)
  return user === null || user === '' || step.case.recused.includes(user) ? null : user
}

/** Account of whoever completed this element last; the kernel writes `_done` itself. */
export function doneBy(step: Step, element: string): string | null {
  const done = step.case.content['_done']?.[element]
  return done !== null && typeof done === 'object' && 'user' in done && typeof done.user === 'string' ? done.user : null
}

function closeTask(step: Step, effect: Extract<Effect, { type: 'task.close' }>, closedBy: string | undefined) {
  const task = step.case.tasks.find((known) => known.token === effect.token)
  if (!task) return
  step.case.tasks = step.case.tasks.filter((known) => known !== task)
  settleEscalation(step, 'orphan', task.element)
  const opened = step.rows['tasks_open']
  if (Array.isArray(opened) && opened.includes(task)) step.rows['tasks_open'] = opened.filter((row) => row !== task)
  else addRow(step, 'tasks_close', { task_id: task.task_id, status: effect.how, closed_by: effect.how === 'done' ? (closedBy ?? null) : null })
}

/** @throws `deadline.not_running`, `timer.unreadable`. */
export function openTimer(step: Step, effect: Extract<Effect, { type: 'timer.open' }>): void {
  addRow(step, 'timers_open', { token: effect.token, element: effect.element, ...timerDue(step, effect.timer) })
}

/** A timer follows its deadline; others are computed from FEEL (a date, or a duration from now). */
function timerDue(step: Step, timer: TimerDefinition): { deadline: string | null; due_at: string } {
  if (timer.kind === 'deadline') {
    const running = findRunning(step, timer.deadline)
    if (!running) throw invalid('deadline.not_running', `The diagram waits for deadline “${timer.deadline}”, which is not running.`)
    return { deadline: timer.deadline, due_at: running.due_at }
  }
  const value = evaluate(step, timer.expression)
  const at = timer.kind === 'date' ? Date.parse(String(value)) : step.now.getTime() + durationMilliseconds(String(value))
  if (Number.isNaN(at)) throw invalid('timer.unreadable', `The timer “${timer.expression}” gives no time.`)
  return { deadline: null, due_at: new Date(at).toISOString() }
}

/** `P1DT2H30M` (ISO 8601, days and below: legal periods are deadlines, not timers). */
function durationMilliseconds(text: string): number {
  const match = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(text)
  if (!match) return Number.NaN
  const [days, hours, minutes, seconds] = match.slice(1).map((part) => Number(part ?? 0))
  return ((((days ?? 0) * 24 + (hours ?? 0)) * 60 + (minutes ?? 0)) * 60 + (seconds ?? 0)) * 1000
}

/** Opened and closed in the same step: neither is written. */
function closeRow(step: Step, opened: string, closed: string, token: string) {
  const rows = step.rows[opened]
  if (Array.isArray(rows) && rows.some((row: { token: string }) => row.token === token))
    step.rows[opened] = rows.filter((row: { token: string }) => row.token !== token)
  else addRow(step, closed, token)
}

function closeCase(step: Step, endElement: string) {
  const { row } = step.case
  row.status = 'closed'
  row.outcome = endElement
  row.closed_at = step.now.toISOString()
  const { years } = step.procedure.manifest.retention
  row.retain_until =
    years === undefined ? null : `${Number(step.effectiveOn.slice(0, 4)) + years}${step.effectiveOn.slice(4).replace('-02-29', '-02-28')}`
  recordEvent(step, { type: 'case.closed', element: endElement })
  cancelDeadlines(step)
}
