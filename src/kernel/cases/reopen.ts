// A case goes back to where it stood before a right lapsed: its paper was posted in time, or the period had been counted from a wrong day.
import { awaited, elementOf as graphElement } from '../engine/run.ts'
import type { Effect, Token } from '../engine/types.ts'
import { findRunning, put, recompute } from './case-deadlines.ts'
import { forgetLapse, type Lapse, openLapse } from './lapses.ts'
import { noteEffect } from './run.ts'
import { recordEvent, type Step } from './step.ts'
import type { Entry } from './types.ts'

/**
 * Takes a message that staff enter after the period is over, when it was posted (or received) before its end. Nothing happens when the
 * case waits for the message anyway, or when the paper came too late: the caller then says so.
 */
export function reopenForEntry(step: Step, name: string, entry: Entry): void {
  if (step.case.row.status === 'open' && step.case.subscriptions.some((known) => known.kind === 'message' && known.name === name)) return
  const on = entry.postedOn ?? entry.receivedOn
  const open = openLapse(step.case, step.procedure, name, on)
  if (!open) return
  put(step, { ...open.row, status: 'running', missed_at: null })
  reopenCase(step, open.lapse, { reason: entry.postedOn === undefined ? 'entered-late' : 'posted-in-time', on })
}

/** Puts the case back to where the lapse kept it. The deadline of the lapse runs again already. */
export function reopenCase(step: Step, lapse: Lapse, why: { reason: 'entered-late' | 'posted-in-time' | 'date-corrected'; on: string }): void {
  const { row } = step.case
  const now = row.state
  recordEvent(step, { type: 'case.reopened', fields: { deadline: lapse.deadline, ...why } })
  row.status = 'open'
  row.outcome = null
  row.closed_at = null
  row.retain_until = null
  for (const deadline of step.case.deadlines)
    if (deadline.status === 'cancelled' && !findRunning(step, deadline.deadline))
      put(step, recompute({ ...deadline, status: 'running' }, step.town, step.ctx.zone, step.now))
  const has = (tokens: Token[], wanted: Token) => tokens.some((token) => token.id === wanted.id && token.at === wanted.at)
  const gone = now.status === 'running' ? now.tokens.filter((token) => !has(lapse.state.tokens, token)) : []
  const back = lapse.state.tokens.filter((token) => now.status !== 'running' || !has(now.tokens, token))
  row.state = { ...lapse.state, next: Math.max(lapse.state.next, now.next) }
  forgetLapse(step.case.content, lapse.deadline)
  for (const token of gone) for (const effect of closing(step, token)) noteEffect(step, effect, undefined)
  for (const token of back) for (const effect of opening(step, token)) noteEffect(step, effect, undefined)
}

type Noted = Exclude<Effect, { type: 'action' }>

function closing(step: Step, token: Token): Noted[] {
  const effects: Noted[] = [{ type: 'timer.close', token: token.id }]
  if (token.is === 'task') effects.push({ type: 'task.close', element: token.at, token: token.id, how: 'cancelled' })
  if (step.case.subscriptions.some((known) => known.token === token.id)) effects.push({ type: 'subscription.close', token: token.id })
  return effects
}

/** What a waiting token waits for, as the engine would have announced it. */
function opening(step: Step, token: Token): Noted[] {
  const element = graphElement(step.procedure.graph, token.at)
  const effects: Noted[] = []
  if (token.is === 'task') {
    const kind = element.type === 'receiveTask' ? 'receive' : element.type === 'manualTask' ? 'manual' : 'user'
    effects.push({ type: 'task.open', element: element.id, token: token.id, kind })
  }
  const event = token.seen ? undefined : awaited(element, token)
  if (event?.kind === 'timer') effects.push({ type: 'timer.open', element: element.id, token: token.id, timer: event.timer })
  if (event?.kind === 'message' || event?.kind === 'signal')
    effects.push({ type: 'subscription.open', element: element.id, token: token.id, kind: event.kind, name: event.name })
  return effects
}
