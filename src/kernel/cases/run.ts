// Drives the engine through one act and turns its effects into rows, events and kernel actions.
import { step as engineStep } from '../engine/step.ts'
import type { Command, Effect, Element } from '../engine/types.ts'
import { invalid } from '../errors.ts'
import { uuidv7 } from '../ids.ts'
import { runAction } from './actions.ts'
import { answerEngine, evaluate, forgetItems } from './case-data.ts'
import { applyEvent, cancelDeadlines, settleEscalation } from './case-deadlines.ts'
import { decideTask, runScript } from './decide-task.ts'
import { followLapses, nextToken } from './lapses.ts'
import { openTask, subjectOfTask } from './open-task.ts'
import { tellParties } from './tell.ts'
import { addRow, recordEvent, type Step } from './step.ts'
import { timerDue } from './timer-due.ts'

/** Runs a command and all that follows from it without waiting: actions are done within the step. */
export async function runEngine(step: Step, first: Command, closedBy?: string): Promise<void> {
  const commands: Command[] = [first]
  for (let command = commands.shift(); command; command = commands.shift()) {
    const state = step.isNew && command.type === 'start' ? undefined : step.case.row.state
    const from = state && nextToken(step.case.content, state)
    const result = engineStep(step.procedure.graph, from, command, {
      evaluate: (expression, element, where) => answerEngine(step, expression, element, where),
    })
    step.case.row.state = result.state
    if (from) followLapses(step.case.content, step.procedure.graph, from, command, step)
    for (const effect of result.effects) {
      const next = await applyEffect(step, effect, closedBy)
      if (next) commands.push(next)
    }
  }
}

async function applyEffect(step: Step, effect: Effect, closedBy: string | undefined): Promise<Command | undefined> {
  if (effect.type === 'action') return act(step, elementOf(step, effect.element), effect.token)
  noteEffect(step, effect, closedBy)
  return undefined
}

/** Does what the diagram asks of the kernel; what fails by itself is an error of the diagram, and an incident when nothing catches it. */
async function act(step: Step, element: Element, token: string): Promise<Command | undefined> {
  if (element.type === 'businessRuleTask' || element.type === 'scriptTask') {
    const failed = element.type === 'scriptTask' ? runScript(step, element, token) : decideTask(step, element, token)
    if (!failed) return { type: 'done', token }
    recordEvent(step, { type: 'action.failed', element: element.id, fields: { code: failed.code, reason: failed.reason } })
    return { type: 'error', token, code: failed.code }
  }
  const outcome = await runAction(step, element, (expression) => evaluate(step, expression, token), token)
  return outcome === 'later' ? undefined : { type: 'done', token }
}

/** Writes down one effect of the engine. `closedBy`: who completed the task. */
export function noteEffect(step: Step, effect: Exclude<Effect, { type: 'action' }>, closedBy: string | undefined): void {
  switch (effect.type) {
    case 'task.open':
      // What was opened and closed within the step is nobody's work.
      if (isThere(step, effect.token)) openTask(step, elementOf(step, effect.element), effect.token)
      break
    case 'task.close':
      closeTask(step, effect, closedBy)
      break
    case 'timer.open':
      if (isThere(step, effect.token)) openTimer(step, effect)
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
    case 'left':
    case 'cancelled':
      forgetItems(step, effect.token)
      // Nobody waits for the other system any more.
      if (effect.type === 'cancelled' && elementOf(step, effect.element).xl.action?.startsWith('external@'))
        addRow(step, 'actions_end', { token: effect.token, status: 'cancelled' })
      break
    case 'entered':
    case 'flow':
    case 'caught':
    case 'thrown':
      break
  }
}

const isThere = (step: Step, token: string) => step.case.row.state.tokens.some((known) => known.id === token)

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

function closeTask(step: Step, effect: Extract<Effect, { type: 'task.close' }>, closedBy: string | undefined) {
  const task = step.case.tasks.find((known) => known.token === effect.token)
  if (!task) return
  step.case.tasks = step.case.tasks.filter((known) => known !== task)
  settleEscalation(step, 'orphan', subjectOfTask(task))
  if (task.limit_on !== null) settleEscalation(step, 'overdue', `task:${subjectOfTask(task)}`)
  const opened = step.rows['tasks_open']
  if (Array.isArray(opened) && opened.includes(task)) step.rows['tasks_open'] = opened.filter((row) => row !== task)
  else addRow(step, 'tasks_close', { task_id: task.task_id, status: effect.how, closed_by: effect.how === 'done' ? (closedBy ?? null) : null })
}

/** @throws `deadline.not_running`, `timer.unreadable`. */
export function openTimer(step: Step, effect: Extract<Effect, { type: 'timer.open' }>): void {
  addRow(step, 'timers_open', { token: effect.token, element: effect.element, ...timerDue(step, effect.timer, effect.token) })
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
