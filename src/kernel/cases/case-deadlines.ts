// Deadlines follow events; no element of a diagram sets a date.
import { computeDeadline, isInTime, type Changes, type Start } from '../deadlines/deadlines.ts'
import { addDays, daysBetween } from '../deadlines/dates.ts'
import { resolveParameter } from '../deadlines/parameters.ts'
import { type CalendarDate, dateIn, endOfDate } from '../clock.ts'
import { conflict } from '../errors.ts'
import type { DeadlineRule, Manifest } from '../procedures/manifest.ts'
import type { Town } from '../towns/towns.ts'
import { postActing } from './access-of.ts'
import { addRow, type Step } from './step.ts'
import type { DeadlineBasis, DeadlineRow } from './types.ts'

/** Starts, ends, pauses and extends every deadline that names this event. `evaluate` reads the extension's amount. */
export function applyEvent(step: Step, event: string, effectiveOn: CalendarDate, evaluate: (expression: string) => unknown): void {
  for (const rule of step.procedure.manifest.deadlines) {
    const running = findRunning(step, rule.id)
    if (rule.ends.includes(event) && running) end(step, running, rule.binds === 'party' ? (step.postedOn ?? effectiveOn) : effectiveOn)
    const left = findRunning(step, rule.id)
    if (!left && rule.starts === event) start(step, rule, effectiveOn)
    if (!left) continue
    pause(step, left, rule, event, effectiveOn)
    const extension = rule.extendedBy.find((known) => known.event === event)
    if (extension) extend(step, findRunning(step, rule.id) ?? left, rule, extension, effectiveOn, evaluate)
  }
}

/** A clock that stands already stands once: a second cause changes nothing until the first is over. */
function pause(step: Step, row: DeadlineRow, rule: DeadlineRule, event: string, on: CalendarDate) {
  const ended = rule.pausedBy.some((known) => known.to === event) && isPaused(row)
  const begun = rule.pausedBy.some((known) => known.from === event) && !isPaused(row)
  if (ended) change(step, row, { pauses: row.pauses.map((open) => (open.open ? { from: open.from, to: on, reason: open.reason ?? event } : open)) })
  else if (begun) change(step, row, { pauses: [...row.pauses, { from: on, open: true, reason: event }] })
}

/** Does the clock stand now? Then no date is due: the limit can neither be missed nor fire a timer. */
export const isPaused = (row: Pick<DeadlineRow, 'pauses'>): boolean => row.pauses.some((known) => known.open === true)

/** The latest instance that has not ended: running, or missed and still owed. */
export function findRunning(step: Step, deadline: string): DeadlineRow | undefined {
  return step.case.deadlines.findLast(
    (row) => row.deadline === deadline && (row.status === 'running' || (row.status === 'missed' && row.met_on === null && row.binds === 'office')),
  )
}

/**
 * May this deadline be extended by an act that takes effect on `on`? Only before it has run out: more time heals no limit that was missed.
 * @throws `deadline.not_running`, `deadline.extensions_used`.
 */
export function checkExtendable(step: Step, deadline: string, on: CalendarDate): void {
  const rule = step.procedure.manifest.deadlines.find((known) => known.id === deadline)
  const running = findRunning(step, deadline)
  if (!rule || !running || (on > running.due_on && !isPaused(running)))
    throw conflict('deadline.not_running', 'The period is not running: there is nothing to extend.')
  const times = Math.max(0, ...rule.extendedBy.map((extension) => extension.times))
  if (running.extensions.length >= times)
    throw conflict('deadline.extensions_used', `The law allows ${times} extension of this period, and it has been used.`)
}

function start(step: Step, rule: DeadlineRule, on: CalendarDate) {
  const { basis: known, effectiveOn } = printedBasis(step, rule, basisOf(step.procedure.manifest, step.town, rule, on), on)
  const basis = rule.unit === 'hour' ? { ...known, startedAt: instantOf(step, effectiveOn).toISOString() } : known
  const instance = step.case.deadlines.filter((row) => row.deadline === rule.id).length + 1
  const due = computeDeadline(basis, startOf({ rule: basis, start_on: effectiveOn }), step.town.calendar, step.ctx.zone)
  put(step, {
    deadline: rule.id,
    instance,
    rule: basis,
    binds: rule.binds,
    start_event: rule.starts,
    start_on: effectiveOn,
    due_on: due.due,
    due_at: due.dueAt.toISOString(),
    provisional: due.provisional,
    calendar_version: due.calendarVersion,
    pauses: [],
    extensions: [],
    status: 'running',
    met_on: null,
    missed_at: null,
  })
}

/**
 * The limit printed on an upstream order, when this deadline takes it: the same day whatever rests lie between, counted in calendar days.
 * An order that came after its own limit is late from the start.
 */
function printedBasis(step: Step, rule: DeadlineRule, basis: DeadlineBasis, on: CalendarDate): { basis: DeadlineBasis; effectiveOn: CalendarDate } {
  const printed = step.case.content['_upstream']?.['limitOn']
  if (!rule.printed || typeof printed !== 'string') return { basis, effectiveOn: on }
  const effectiveOn = printed > on ? on : addDays(printed, -1)
  return { basis: { ...basis, amount: daysBetween(effectiveOn, printed), unit: 'calendar', rollsOver: false, printed }, effectiveOn }
}

/** From when a period runs: its date, or for hours its instant. */
export const startOf = (row: Pick<DeadlineRow, 'rule' | 'start_on'>): Start =>
  row.rule.unit === 'hour' ? { at: new Date(row.rule.startedAt ?? `${row.start_on}T00:00:00Z`) } : { effectiveOn: row.start_on }

/** When an act of today took effect: now. Of an earlier day only the date is known: it is taken as its end. */
function instantOf(step: Step, on: CalendarDate): Date {
  return on >= dateIn(step.ctx.zone, step.now) ? step.now : endOfDate(step.ctx.zone, on)
}

/** The legal number in force, with the town's own row beside it. */
export function basisOf(manifest: Manifest, town: Town, rule: DeadlineRule, on: CalendarDate): DeadlineBasis {
  const rows = manifest.parameters.filter((row) => row.id === rule.parameter)
  const local = town.overrides.get(`${manifest.slug}/${rule.parameter}`) ?? []
  const number = resolveParameter(rows, local, on)
  const law = manifest.law.find((row) => row.id === rule.law)
  return {
    amount: number.value,
    unit: rule.unit,
    parameter: rule.parameter,
    mark: number.mark,
    ...(law ? { law: law.name, article: law.article } : {}),
    ...(number.overrides ? { override: { value: number.value, source: number.source ?? number.law, mark: number.mark } } : {}),
  }
}

/** An act in time by its effective date is in time, even when it was recorded late: the law's date rules. */
function end(step: Step, row: DeadlineRow, effectiveOn: CalendarDate) {
  const dueAt = new Date(row.due_at)
  // Of an earlier day only the date is known: on the last day itself the doubt is not held against anybody.
  const at = effectiveOn === row.due_on && effectiveOn < dateIn(step.ctx.zone, step.now) ? dueAt : instantOf(step, effectiveOn)
  const inTime = isInTime(
    { due: row.due_on, dueAt, ...(row.rule.startedAt ? { startedAt: new Date(row.rule.startedAt) } : {}) },
    row.rule.unit === 'hour' ? { at } : { effectiveOn },
  )
  settleEscalation(step, 'overdue', row.deadline)
  put(step, { ...row, status: inTime ? 'met' : 'missed', met_on: effectiveOn, missed_at: inTime ? null : (row.missed_at ?? step.now.toISOString()) })
}

function extend(
  step: Step,
  row: DeadlineRow,
  rule: DeadlineRule,
  extension: DeadlineRule['extendedBy'][number],
  on: CalendarDate,
  evaluate: (expression: string) => unknown,
) {
  checkExtendable(step, rule.id, on)
  const amount = Number(evaluate(extension.amount))
  const limits = step.procedure.manifest.parameters.filter((parameter) => parameter.id === extension.parameter)
  const limit = resolveParameter(limits, step.town.overrides.get(`${step.procedure.slug}/${extension.parameter}`) ?? [], on).value
  if (!Number.isInteger(amount) || amount < 1 || amount > limit)
    throw conflict('deadline.extension_amount', `An extension is a whole number from 1 to ${limit}.`)
  const by = step.ctx.actor.kind === 'staff' ? (postActing(step.ctx.actor, step.case) ?? 'staff') : step.ctx.actor.kind
  change(step, row, { extensions: [...row.extensions, { amount, unit: rule.unit, on, reason: extension.event, by }] })
}

function change(step: Step, row: DeadlineRow, changes: Partial<Pick<DeadlineRow, 'pauses' | 'extensions'>>) {
  put(step, recompute({ ...row, ...changes }, step.town, step.ctx.zone, step.now))
}

/** The same row, computed anew: after a pause, an extension, or a newly announced year. */
export function recompute(row: DeadlineRow, town: Town, zone: string, now: Date): DeadlineRow {
  const changes: Changes = { pauses: row.pauses, extensions: row.extensions }
  const due = computeDeadline(row.rule, startOf(row), town.calendar, zone, changes)
  const again = { ...row, due_on: due.due, due_at: due.dueAt.toISOString(), provisional: due.provisional, calendar_version: due.calendarVersion }
  const revived = row.status === 'missed' && row.met_on === null && due.dueAt > now
  return revived ? { ...again, status: 'running', missed_at: null } : again
}

/** Running deadlines of a case that has ended are over. */
export function cancelDeadlines(step: Step): void {
  for (const row of step.case.deadlines) if (row.status === 'running') put(step, { ...row, status: 'cancelled' })
}

/** What was reported up the line is settled: the same thing may be reported again when it happens again. */
export function settleEscalation(step: Step, kind: 'overdue' | 'orphan' | 'incident' | 'unacknowledged', subject: string): void {
  if (!step.isNew) addRow(step, 'resolve_escalations', `${kind}:${subject}`)
}

/** Replaces the row in the case and marks it to be written. */
export function put(step: Step, row: DeadlineRow): void {
  const same = (other: DeadlineRow) => other.deadline === row.deadline && other.instance === row.instance
  const index = step.case.deadlines.findIndex(same)
  if (index < 0) step.case.deadlines.push(row)
  else step.case.deadlines[index] = row
  const written = step.rows['deadlines']
  if (Array.isArray(written)) step.rows['deadlines'] = written.filter((other: DeadlineRow) => !same(other))
  addRow(step, 'deadlines', row)
}
