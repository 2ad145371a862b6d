// A due date in plain words, for the resident and for the court.
import { offsetOf } from '#kernel/clock.ts'
import type { CalendarDate } from '#kernel/clock.ts'
import { daysBetween } from './dates.ts'
import type { DueDate, ExplainedDay, Rule } from './deadlines.ts'
import { wordings } from './wording.ts'
import type { Language, Wording } from './wording.ts'

/**
 * One sentence and the steps that lead to it: start, counted and skipped stretches, pauses, extensions, the move off rest days, and
 * whether the date is provisional. Names the law and article given in `rule`. Chinese is the original, English follows it.
 */
export function explainDeadline(due: DueDate, rule: Rule, language: Language): { summary: string; lines: string[] } {
  const words = wordings[language]
  const lines = [
    startLine(due, rule, words),
    ...due.extensions.map((extension) => words.extended(extension)),
    ...(rule.unit === 'hour' ? hourLines(due, words) : stretches(due.days.slice(1)).map((stretch) => stretchLine(stretch, due, words))),
    ...(due.due === due.nominal ? [] : [words.moved(words.day(due.nominal), words.day(due.due))]),
    ...(due.open ? [words.open] : []),
    ...due.provisionalYears.map((year) => words.provisional(year)),
  ]
  return { summary: summaryOf(due, rule, words), lines }
}

function summaryOf(due: DueDate, rule: Rule, words: Wording): string {
  const end = rule.unit === 'hour' ? words.instant(wallTime(due.zone, due.dueAt)) : words.endOfDay(words.day(due.due))
  const start = due.startedAt ? words.instant(wallTime(due.zone, due.startedAt)) : words.day(due.startedOn)
  const basis = rule.law === undefined ? '' : words.basis(rule.law, rule.article)
  const state = due.open ? words.onlyEarliest : due.provisional ? words.onlyProvisional : ''
  const period = words.period(rule.amount, rule.unit)
  return words.summary({ period, changes: changesOf(due, words), start, end, byHour: rule.unit === 'hour', basis, state })
}

function changesOf(due: DueDate, words: Wording): string {
  const longer = due.extensions.map(({ amount, unit }) => words.longer(amount, unit))
  const still = due.days.filter((day) => day.why === 'paused').length
  return longer.join('') + (still === 0 ? '' : words.stoodStill(still))
}

function startLine(due: DueDate, rule: Rule, words: Wording): string {
  if (rule.unit !== 'hour' || !due.startedAt) return words.start(words.day(due.startedOn))
  return words.startHour(words.instant(wallTime(due.zone, due.startedAt)))
}

function hourLines(due: DueDate, words: Wording): string[] {
  const paused = stretches(due.days).filter((stretch) => stretch.why === 'paused')
  return paused.map((stretch) => stretchLine(stretch, due, words))
}

type Stretch = { from: CalendarDate; to: CalendarDate; first?: number; last?: number; why: ExplainedDay['why']; name?: string }

// Days in a row that are treated alike read as one line. Ordinary counted days keep no holiday name: it changes nothing for them.
function stretches(days: ExplainedDay[]): Stretch[] {
  const list: Stretch[] = []
  for (const day of days) {
    const name = day.why === 'counted' ? undefined : day.name
    const open = list.at(-1)
    if (open && open.why === day.why && open.name === name) {
      open.to = day.date
      if (day.number !== undefined) open.last = day.number
      continue
    }
    list.push({
      from: day.date,
      to: day.date,
      why: day.why,
      ...(name === undefined ? {} : { name }),
      ...(day.number === undefined ? {} : { first: day.number, last: day.number }),
    })
  }
  return list
}

function stretchLine(stretch: Stretch, due: DueDate, words: Wording): string {
  const span = stretch.from === stretch.to ? words.day(stretch.from) : words.span(words.day(stretch.from), words.day(stretch.to))
  const length = daysBetween(stretch.from, stretch.to) + 1
  const name = stretch.name === undefined ? '' : words.holiday(stretch.name)
  const numbers = words.numbers(stretch.first ?? 0, stretch.last ?? 0)
  switch (stretch.why) {
    case 'start':
    case 'counted':
      return words.counted(span, length, numbers)
    case 'make-up work':
      return words.makeUp(span, name, numbers)
    case 'weekend':
      return words.weekend(span, length)
    case 'holiday':
      return words.off(span, name, length)
    case 'paused':
      return words.paused(span, length, pauseReason(due, stretch))
    case 'rolled':
      return words.rolled(span)
  }
}

function pauseReason(due: DueDate, stretch: Stretch): string | undefined {
  const reasons = due.pauses.filter((pause) => pause.from <= stretch.to && (pause.open || pause.to >= stretch.from)).map((pause) => pause.reason)
  return [...new Set(reasons.filter((reason) => reason !== undefined))].join(', ') || undefined
}

/** `2026-09-21 15:30` on the wall clock of a zone. */
const wallTime = (zone: string, instant: Date): string =>
  new Date(instant.getTime() + offsetOf(zone, instant)).toISOString().slice(0, 16).replace('T', ' ')
