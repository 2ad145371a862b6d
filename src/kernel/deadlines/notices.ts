// Reads next year's holiday notice from a file that somebody hands in.
import { z } from 'zod'
import { DomainError, invalid } from '#kernel/errors.ts'
import { buildCalendar } from './calendar.ts'
import type { CalendarEntry, HolidayNotice } from './calendar.ts'
import { isCalendarDate, weekdayOf, yearOf } from './dates.ts'

export type ParsedNotices = { entries: CalendarEntry[]; notices: HolidayNotice[] }

const date = z.string().refine(isCalendarDate, { error: 'is not a date like 2027-01-01' })
const year = z.int().min(1949).max(2200)

const ownForm = z.strictObject({
  notices: z
    .array(
      z.strictObject({
        id: z.string().min(1),
        year,
        title: z.string().min(1),
        number: z.string().optional(),
        issuedOn: date.optional(),
        amends: z.boolean().optional(),
        sources: z.array(z.string()).optional(),
        mark: z.string().optional(),
      }),
    )
    .min(1),
  entries: z
    .array(z.strictObject({ date, off: z.boolean(), name: z.string().min(1), notice: z.string().min(1), mark: z.string().optional() }))
    .min(1),
})

/** One file of the public data set holiday-cn. Other keys (`$schema`, `$id`) are ignored. */
const yearFile = z.object({
  year,
  papers: z.array(z.string()),
  days: z.array(z.object({ name: z.string().min(1), date, isOffDay: z.boolean() })),
})

/**
 * Reads our own form `{ notices, entries }` (as registers/holidays/entries.json) or the holiday-cn form `{ year, papers, days }`.
 *
 * Throws `calendar.unreadable` (not JSON, or neither form), `calendar.not_announced` (a year file without days),
 * `calendar.contradiction` (one date twice, differently), `calendar.wrong_year` (a day outside its notice's year and the December before),
 * `calendar.odd_workday` (make-up work on a weekday), `calendar.incomplete` (a whole year's notice lacks a fixed holiday of
 * 全国年节及纪念日放假办法 Art 2), `calendar.unknown_notice`, `calendar.duplicate_notice`.
 */
export function parseNoticeFile(text: string): ParsedNotices {
  const parsed = readForm(parseJson(text))
  const byId = new Map(parsed.notices.map((notice) => [notice.id, notice]))
  if (byId.size < parsed.notices.length) throw invalid('calendar.duplicate_notice', 'Two notices have the same id. Give each its own.')
  for (const entry of parsed.entries) checkEntry(entry, byId.get(entry.notice))
  const { days } = buildCalendar(parsed.entries, parsed.notices)
  for (const notice of parsed.notices) if (!notice.amends) checkComplete(notice.year, days)
  return { entries: [...new Map(parsed.entries.map((entry) => [entry.date, entry])).values()], notices: parsed.notices }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch (cause) {
    throw new DomainError('invalid', 'calendar.unreadable', 'This file is not JSON. Export it again from its source.', { cause })
  }
}

function readForm(value: unknown): ParsedNotices {
  const isYearFile = typeof value === 'object' && value !== null && 'days' in value
  return isYearFile ? fromYearFile(read(yearFile, value)) : fromOwnForm(read(ownForm, value))
}

function read<T>(form: z.ZodType<T>, value: unknown): T {
  const result = form.safeParse(value)
  if (result.success) return result.data
  const fields = result.error.issues.map((issue) => ({
    pointer: issue.path.map((part) => `/${String(part)}`).join(''),
    code: 'calendar.unreadable',
    message: issue.message,
  }))
  const first = fields[0]
  const where = first ? ` First problem, at ${first.pointer || 'the top'}: ${first.message}.` : ''
  throw invalid('calendar.unreadable', `This file is neither { notices, entries } nor { year, papers, days }.${where}`, fields)
}

// zod writes an absent optional key as `undefined` in its type only; the rows are taken over as they are.
function fromOwnForm({ notices, entries }: z.infer<typeof ownForm>): ParsedNotices {
  return { notices, entries }
}

function fromYearFile(file: z.infer<typeof yearFile>): ParsedNotices {
  if (file.days.length === 0)
    throw invalid('calendar.not_announced', `This file has no days for ${file.year}: the notice was not announced when it was made.`)
  const id = String(file.year)
  const entries = file.days.map((day) => ({ date: day.date, off: day.isOffDay, name: day.name, notice: id }))
  return { entries, notices: [{ id, year: file.year, title: `国务院办公厅关于${id}年部分节假日安排的通知`, sources: file.papers }] }
}

function checkEntry(entry: CalendarEntry, notice: HolidayNotice | undefined): void {
  if (!notice) throw invalid('calendar.unknown_notice', `${entry.date} refers to the notice "${entry.notice}", which is not in this file.`)
  const inYear = yearOf(entry.date) === notice.year || entry.date.startsWith(`${notice.year - 1}-12-`)
  if (!inYear) throw invalid('calendar.wrong_year', `${entry.date} cannot belong to the notice for ${notice.year}.`)
  const weekend = [0, 6].includes(weekdayOf(entry.date))
  if (!entry.off && !weekend)
    throw invalid('calendar.odd_workday', `${entry.date} is a weekday, so it cannot be a make-up working day. Check the date.`)
}

/** Holidays with a fixed date; a real notice for a whole year has them all. */
const fixedHolidays = ['01-01', '05-01', '10-01', '10-02', '10-03']

function checkComplete(of: number, days: ReadonlyMap<string, { off: boolean }>): void {
  const missing = fixedHolidays.map((day) => `${of}-${day}`).filter((day) => days.get(day)?.off !== true)
  if (missing.length > 0)
    throw invalid('calendar.incomplete', `The notice for ${of} lacks the statutory holiday ${missing.join(', ')}. Import the whole year.`)
}
