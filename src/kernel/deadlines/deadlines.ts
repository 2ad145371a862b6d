// The deadline clock. Pure: the same rule, start, calendar and changes always give the same date and the same explanation.
import { dateIn, endOfDate, startOfDate } from '#kernel/clock.ts'
import type { CalendarDate } from '#kernel/clock.ts'
import { invalid } from '#kernel/errors.ts'
import { addWorkdays, dayKind, missingNotice } from './calendar.ts'
import type { Calendar } from './calendar.ts'
import { addDays, addMonths, daysBetween, parseCalendarDate } from './dates.ts'

export type Unit = 'calendar' | 'workday' | 'month' | 'year' | 'hour'

/** A period as a law states it. `rollsOver` false: a last day on a rest day stays there; otherwise it moves (T2). */
export type Rule = { amount: number; unit: Unit; rollsOver?: boolean; law?: string; article?: string }

/** The day on which the event took effect, or for hours its instant. */
export type Start = { effectiveOn: CalendarDate } | { at: Date }

/** Days `from` to `to`, both included, do not count. `open`: the clock still stands. */
export type Pause = { from: CalendarDate; reason?: string } & ({ to: CalendarDate; open?: false } | { open: true; to?: undefined })

/** More time, approved on `on` by the post `by`. */
export type Extension = { amount: number; unit: Unit; on: CalendarDate; reason: string; by: string }

/** `asOf`: an open pause counts up to and including this day; without it, only its first day. */
export type Changes = { pauses?: Pause[]; extensions?: Extension[]; asOf?: CalendarDate }

/**
 * One day of the explanation. `number` runs through the period and its extensions.
 * Not counted: the start (T1), skipped days, paused days (T10), and days after the nominal end; `rolled` is the day the end moved to.
 */
export type ExplainedDay = {
  date: CalendarDate
  counted: boolean
  number?: number
  why: 'start' | 'counted' | 'weekend' | 'holiday' | 'make-up work' | 'paused' | 'rolled'
  name?: string
}

/**
 * `due` ends at `dueAt` (24:00 in the town's zone, or the instant for hours). `nominal` is the end before it moved off rest days.
 * `provisional`: one of `provisionalYears` has no notice yet, so recompute when it is loaded (T13).
 * `open`: a pause has no end yet, so `due` is only the earliest date.
 */
export type DueDate = {
  due: CalendarDate
  dueAt: Date
  nominal: CalendarDate
  startedOn: CalendarDate
  startedAt?: Date
  zone: string
  provisional: boolean
  provisionalYears: number[]
  open: boolean
  pauses: Pause[]
  extensions: Extension[]
  calendarVersion: string
  days: ExplainedDay[]
}

/** The longest single period in days, against slips of the keyboard; the longest in the law is 20 years (民法典 Art 188). */
const longest = 10_000

/**
 * When a period ends, and why.
 *
 * - T1 (民法典 Art 200–202): the day of the event is not counted. Months and years end on the matching date, else at the month's end.
 * - T2 (Art 203): a last day on a rest day moves to the first working day after it. Hours run from the instant and do not move.
 * - T10: a paused day does not count, whatever the unit. For months and years the period first becomes the calendar days up to its
 *   matching date, and then each paused day among them adds one. A pause before the start or after the end changes nothing;
 *   overlapping pauses count once. Hours stand still from 00:00 of the first paused day to 24:00 of the last.
 * - An extension starts at the end of the period before that end has moved off rest days; the end moves once, at last.
 * - T13: for working days every day walked must be announced; for the rest only the last day and those it moves over.
 *
 * Throws `deadline.amount`, `deadline.unit`, `deadline.pause` or `date.unreadable`.
 */
export function computeDeadline(rule: Rule, start: Start, calendar: Calendar, zone: string, changes: Changes = {}): DueDate {
  const extensions = (changes.extensions ?? []).toSorted((a, b) => a.on.localeCompare(b.on))
  const pauses = changes.pauses ?? []
  const periods: Period[] = [rule, ...extensions]
  check(periods, pauses)
  const spans = pauses.map((pause) => toSpan(pause, changes.asOf))
  const common = { zone, pauses, extensions, calendarVersion: calendar.version }
  if (rule.unit === 'hour') return { ...common, ...countHours(periods, start, spans, pauses, zone) }
  const startedOn = 'at' in start ? dateIn(zone, start.at) : parseCalendarDate(start.effectiveOn, '/effectiveOn')
  const walk = newWalk(startedOn, spans, calendar)
  for (const period of periods) count(walk, period)
  const nominal = walk.day
  roll(walk, rule.rollsOver ?? true)
  const provisionalYears = [...walk.missing].toSorted((a, b) => a - b)
  return {
    ...common,
    due: walk.day,
    dueAt: endOfDate(zone, walk.day),
    nominal,
    startedOn,
    provisional: provisionalYears.length > 0,
    provisionalYears,
    open: pauses.some((pause) => pause.open && pause.from <= walk.day),
    days: walk.days,
  }
}

/**
 * Was an act in time? By the date it took effect (a postmark counts, not the arrival: T3), or by its instant.
 * A day's end belongs to the next day; the last instant of a period in hours still belongs to it.
 */
export function isInTime(due: Pick<DueDate, 'due' | 'dueAt' | 'startedAt'>, act: Start): boolean {
  if (!('at' in act)) return act.effectiveOn <= due.due
  return due.startedAt ? act.at <= due.dueAt : act.at < due.dueAt
}

export type Light = 'green' | 'amber' | 'red'

/** When amber begins: at this share of the whole period, or this many working days before the end (inference, not law). */
export const amberBegins = { share: 0.3, workdays: 3 }

/**
 * The traffic light of an open deadline: red when overdue, amber when 30 % or 3 working days are left, else green.
 * `total` is the whole period in calendar days, `daysBetween(startedOn, due)`. The last day itself is amber.
 */
export function lightOf(due: CalendarDate, total: number, today: CalendarDate, calendar: Calendar, begins = amberBegins): Light {
  const left = daysBetween(today, due)
  if (left < 0) return 'red'
  if (left <= total * begins.share || addWorkdays(calendar, today, begins.workdays + 1) > due) return 'amber'
  return 'green'
}

type Period = { amount: number; unit: Unit }
type Span = { from: CalendarDate; to: CalendarDate }

function check(periods: Period[], pauses: Pause[]): void {
  const hours = periods[0]?.unit === 'hour'
  for (const { amount, unit } of periods) {
    if (!Number.isInteger(amount) || amount < 1 || amount > longest) {
      throw invalid('deadline.amount', `A period must be a whole number from 1 to ${longest}, not ${amount}.`)
    }
    if ((unit === 'hour') !== hours) throw invalid('deadline.unit', 'Hours can only be extended by hours, and days only by days, months or years.')
  }
  for (const pause of pauses) {
    parseCalendarDate(pause.from, '/pauses')
    if (pause.open) continue
    if (parseCalendarDate(pause.to, '/pauses') < pause.from) {
      throw invalid('deadline.pause', `A pause cannot end (${pause.to}) before it begins (${pause.from}).`)
    }
  }
}

function toSpan(pause: Pause, asOf: CalendarDate | undefined): Span {
  if (!pause.open) return { from: pause.from, to: pause.to }
  return { from: pause.from, to: asOf !== undefined && asOf > pause.from ? asOf : pause.from }
}

type Walk = {
  day: CalendarDate
  number: number
  days: ExplainedDay[]
  missing: Set<number>
  isPaused: (date: CalendarDate) => boolean
  calendar: Calendar
}

function newWalk(startedOn: CalendarDate, spans: Span[], calendar: Calendar): Walk {
  return {
    day: startedOn,
    number: 0,
    days: [{ date: startedOn, counted: false, why: 'start' }],
    missing: new Set(),
    isPaused: (date) => spans.some((span) => span.from <= date && date <= span.to),
    calendar,
  }
}

function count(walk: Walk, period: Period): void {
  let left = lengthInDays(walk.day, period)
  while (left > 0) {
    walk.day = addDays(walk.day, 1)
    const explained = explainDay(walk, period.unit)
    walk.days.push(explained)
    if (explained.counted) left--
  }
}

function lengthInDays(from: CalendarDate, { amount, unit }: Period): number {
  if (unit === 'month') return daysBetween(from, addMonths(from, amount))
  if (unit === 'year') return daysBetween(from, addMonths(from, amount * 12))
  return amount
}

function explainDay(walk: Walk, unit: Unit): ExplainedDay {
  const date = walk.day
  if (walk.isPaused(date)) return { date, counted: false, why: 'paused' }
  const kind = dayKind(walk.calendar, date)
  const named = kind.name === undefined ? {} : { name: kind.name }
  if (unit === 'workday') noteMissing(walk)
  if (unit === 'workday' && kind.rest) return { date, counted: false, why: kind.why === 'holiday' ? 'holiday' : 'weekend', ...named }
  walk.number++
  const why = unit === 'workday' && kind.why === 'make-up work' ? 'make-up work' : 'counted'
  return { date, counted: true, number: walk.number, why, ...named }
}

// Only a rest day moves the end. Once it moves, it must land on a day that is neither at rest nor paused.
function roll(walk: Walk, rollsOver: boolean): void {
  if (!rollsOver) return
  noteMissing(walk)
  const last = dayKind(walk.calendar, walk.day)
  const lastDay = walk.days.at(-1)
  if (lastDay && last.why === 'make-up work') lastDay.why = 'make-up work'
  if (!last.rest) return
  for (;;) {
    walk.day = addDays(walk.day, 1)
    if (walk.isPaused(walk.day)) {
      walk.days.push({ date: walk.day, counted: false, why: 'paused' })
      continue
    }
    noteMissing(walk)
    const kind = dayKind(walk.calendar, walk.day)
    const named = kind.name === undefined ? {} : { name: kind.name }
    const why = !kind.rest ? 'rolled' : kind.why === 'holiday' ? 'holiday' : 'weekend'
    walk.days.push({ date: walk.day, counted: false, why, ...named })
    if (!kind.rest) return
  }
}

function noteMissing(walk: Walk): void {
  const year = missingNotice(walk.calendar, walk.day)
  if (year !== undefined) walk.missing.add(year)
}

function countHours(periods: Period[], start: Start, spans: Span[], pauses: Pause[], zone: string) {
  if (!('at' in start)) throw invalid('deadline.unit', 'A period in hours starts at an instant, not on a date.')
  let left = periods.reduce((sum, period) => sum + period.amount, 0) * 3_600_000
  let at = start.at.getTime()
  for (const span of spans.toSorted((a, b) => a.from.localeCompare(b.from))) {
    const stops = Math.max(startOfDate(zone, span.from).getTime(), at)
    const resumes = endOfDate(zone, span.to).getTime()
    if (resumes <= at) continue
    if (stops - at >= left) break
    left -= stops - at
    at = resumes
  }
  const dueAt = new Date(at + left)
  const due = dateIn(zone, dueAt)
  const startedOn = dateIn(zone, start.at)
  const open = pauses.some((pause) => pause.open && pause.from <= due)
  const days = explainHours(startedOn, due, spans)
  return { due, dueAt, nominal: due, startedOn, startedAt: start.at, provisional: false, provisionalYears: [], open, days }
}

function explainHours(startedOn: CalendarDate, due: CalendarDate, spans: Span[]): ExplainedDay[] {
  return Array.from({ length: daysBetween(startedOn, due) + 1 }, (_, index) => {
    const date = addDays(startedOn, index)
    const paused = spans.some((span) => span.from <= date && date <= span.to)
    return { date, counted: !paused, why: paused ? 'paused' : index === 0 ? 'start' : 'counted' }
  })
}
