// When a timer of a case is due: with its deadline, at a date, after a duration, or again and again.
import { momentIn } from '../clock.ts'
import { addDuration, parseCycle, parseDuration } from '../engine/iso-time.ts'
import type { TimerDefinition } from '../engine/types.ts'
import { invalid } from '../errors.ts'
import { evaluate } from './case-data.ts'
import { findRunning } from './case-deadlines.ts'
import type { Step } from './step.ts'

/** A row of `timers`: `every` and `times_left` are those of a cycle (`times_left` null: for ever). */
export type TimerDue = { deadline: string | null; due_at: string; every: string | null; times_left: number | null }

/** @throws `deadline.not_running`, `timer.unreadable`, `engine.feel`. */
export function timerDue(step: Step, timer: TimerDefinition, token: string): TimerDue {
  if (timer.kind === 'deadline') {
    const running = findRunning(step, timer.deadline)
    if (!running) throw invalid('deadline.not_running', `The diagram waits for deadline “${timer.deadline}”, which is not running.`)
    return { deadline: timer.deadline, due_at: running.due_at, every: null, times_left: null }
  }
  const text = isLiteralTime(timer.expression) ? timer.expression : String(evaluate(step, timer.expression, token))
  const due = timer.kind === 'cycle' ? cycleDue(step, text) : { at: onceDue(step, timer.kind, text), every: null, times_left: null }
  if (!due || Number.isNaN(due.at?.getTime() ?? Number.NaN)) throw invalid('timer.unreadable', `The timer “${timer.expression}” gives no time.`)
  return { deadline: null, due_at: due.at?.toISOString() ?? '', every: due.every, times_left: due.times_left }
}

/** `P3D`, `R2/P7D`, `2026-05-01…` as written in a diagram, rather than FEEL. */
export const isLiteralTime = (text: string): boolean => /^(P\d|PT|R\d*\/|\d{4}-\d\d)/.test(text)

function onceDue(step: Step, kind: 'date' | 'duration', text: string): Date | undefined {
  if (kind === 'date') return momentIn(step.ctx.zone, text)
  const duration = parseDuration(text)
  return duration && addDuration(step.now, duration)
}

function cycleDue(step: Step, text: string): { at: Date; every: string; times_left: number | null } | undefined {
  const cycle = parseCycle(text)
  if (!cycle || cycle.times === 0) return undefined
  return { at: cycle.start ?? addDuration(step.now, cycle.every), every: text, times_left: cycle.times ?? null }
}

/** When a cycle comes again: the first of its times after now, so that a standstill is not made up for by many at once. */
export function nextOfCycle(every: string, dueAt: Date, now: Date): Date | undefined {
  const cycle = parseCycle(every)
  if (!cycle) return undefined
  let at = addDuration(dueAt, cycle.every)
  while (at <= now) at = addDuration(at, cycle.every)
  return at
}
