// Arithmetic on calendar dates. Everything runs on UTC midnights, so the zone of the process never matters.
import type { CalendarDate } from '#kernel/clock.ts'
import { invalid } from '#kernel/errors.ts'

const dayLength = 86_400_000

/** Is this text a real date `YYYY-MM-DD`? */
export function isCalendarDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false
  const at = Date.parse(`${text}T00:00:00Z`)
  return !Number.isNaN(at) && toDate(at) === text
}

/** Throws `date.unreadable` unless `text` is a real date `YYYY-MM-DD`. */
export function parseCalendarDate(text: string, pointer = ''): CalendarDate {
  if (isCalendarDate(text)) return text
  const message = `"${text}" is not a date. Write it as year-month-day, for example 2026-09-21.`
  throw invalid('date.unreadable', message, [{ pointer, code: 'date.unreadable', message }])
}

/** The date `days` later (earlier when negative). */
export const addDays = (date: CalendarDate, days: number): CalendarDate => toDate(toUtc(date) + days * dayLength)

/** Whole days from `from` to `to`; negative when `to` is earlier. */
export const daysBetween = (from: CalendarDate, to: CalendarDate): number => (toUtc(to) - toUtc(from)) / dayLength

/** 0 Sunday … 6 Saturday. */
export const weekdayOf = (date: CalendarDate): number => new Date(toUtc(date)).getUTCDay()

export const yearOf = (date: CalendarDate): number => Number(date.slice(0, 4))

/** The matching date `months` later, or the end of that month where it has no such day (民法典 Art 202). */
export function addMonths(date: CalendarDate, months: number): CalendarDate {
  const [year = 0, month = 1, day = 1] = date.split('-').map(Number)
  const last = new Date(Date.UTC(year, month + months, 0))
  last.setUTCDate(Math.min(day, last.getUTCDate()))
  return toDate(last.getTime())
}

const toUtc = (date: CalendarDate): number => Date.parse(`${date}T00:00:00Z`)
const toDate = (at: number): CalendarDate => new Date(at).toISOString().slice(0, 10)
