// Which days are rest days. They are data: weekends, moved by the yearly notice of the State Council (全国年节及纪念日放假办法).
import { createHash } from 'node:crypto'
import type { CalendarDate } from '#kernel/clock.ts'
import { invalid } from '#kernel/errors.ts'
import { addDays, parseCalendarDate, weekdayOf, yearOf } from './dates.ts'

/** A day that differs from the plain week: `off` true is a rest day, false a make-up working day (调休上班). */
export type CalendarEntry = { date: CalendarDate; off: boolean; name: string; notice: string; mark?: string }

/** A notice that fixes the rest days of one year. `amends`: it changes a year that another notice announced. */
export type HolidayNotice = {
  id: string
  year: number
  title: string
  number?: string
  issuedOn?: CalendarDate
  amends?: boolean
  sources?: string[]
  mark?: string
}

/** `version` is a hash of everything below it: a due date records it and is recomputed when it changes. */
export type Calendar = {
  version: string
  announced: ReadonlySet<number>
  days: ReadonlyMap<CalendarDate, { off: boolean; name: string; notice: string }>
}

export type DayKind = {
  rest: boolean
  why: 'weekend' | 'holiday' | 'make-up work' | 'ordinary'
  name?: string
  provisional: boolean
}

/**
 * A notice may move the last days of the December before it (New Year's Day with its weekend and make-up work).
 * No notice of 2007–2026 touched a day before 29 December; this leaves nine days of margin (inference, tested).
 */
export const decemberOpensOn = '12-20'

/**
 * Puts notices and days together. `localEntries` is the town's own table (holidays of ethnic areas, Art 4): it goes over the national days.
 * Throws `calendar.contradiction` when one list gives a date twice with different answers, `date.unreadable` for a bad date.
 */
export function buildCalendar(entries: CalendarEntry[], notices: Pick<HolidayNotice, 'year'>[], localEntries: CalendarEntry[] = []): Calendar {
  const days = new Map([...collect(entries), ...collect(localEntries)])
  const announced = new Set(notices.map((notice) => notice.year))
  return { version: versionOf(days, announced), announced, days }
}

/** What kind of day this is. `provisional`: a notice that is not loaded may still change it. */
export function dayKind(calendar: Calendar, date: CalendarDate): DayKind {
  const provisional = missingNotice(calendar, date) !== undefined
  const entry = calendar.days.get(date)
  if (entry) return { rest: entry.off, why: entry.off ? 'holiday' : 'make-up work', name: entry.name, provisional }
  const weekday = weekdayOf(date)
  const rest = weekday === 0 || weekday === 6
  return { rest, why: rest ? 'weekend' : 'ordinary', provisional }
}

/** The year whose notice is needed before this date is certain; undefined when it is certain. */
export function missingNotice(calendar: Calendar, date: CalendarDate): number | undefined {
  const year = yearOf(date)
  if (!calendar.announced.has(year)) return year
  if (date.slice(5) >= decemberOpensOn && !calendar.announced.has(year + 1)) return year + 1
  return undefined
}

export const isRestDay = (calendar: Calendar, date: CalendarDate): boolean => dayKind(calendar, date).rest

/** `date` itself when it is a working day, else the first working day after it (民法典 Art 203). */
export function nextWorkday(calendar: Calendar, date: CalendarDate): CalendarDate {
  let day = date
  while (isRestDay(calendar, day)) day = addDays(day, 1)
  return day
}

/** The `count`-th working day after `date` (before it when negative); `date` itself is not counted. Says nothing of provisional years. */
export function addWorkdays(calendar: Calendar, date: CalendarDate, count: number): CalendarDate {
  const step = count < 0 ? -1 : 1
  let left = Math.abs(count)
  let day = date
  while (left > 0) {
    day = addDays(day, step)
    if (!isRestDay(calendar, day)) left--
  }
  return day
}

function collect(entries: CalendarEntry[]): Map<CalendarDate, { off: boolean; name: string; notice: string }> {
  const days = new Map<CalendarDate, { off: boolean; name: string; notice: string }>()
  for (const { date, off, name, notice } of entries) {
    parseCalendarDate(date)
    const earlier = days.get(date)
    if (earlier && earlier.off !== off) {
      throw invalid('calendar.contradiction', `${date} is both a rest day (${name}) and a working day. Keep the row that the latest notice says.`)
    }
    days.set(date, { off, name, notice })
  }
  return days
}

function versionOf(days: Calendar['days'], announced: ReadonlySet<number>): string {
  const rows = [...days].map(([date, { off, name }]) => [date, off, name]).toSorted((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1))
  const years = [...announced].toSorted((a, b) => a - b)
  return createHash('sha256')
    .update(JSON.stringify([years, rows]))
    .digest('hex')
    .slice(0, 16)
}
