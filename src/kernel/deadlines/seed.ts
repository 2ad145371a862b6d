// The calendar that the product ships with: registers/holidays/entries.json, reviewed by hand.
import seed from '../../../registers/holidays/entries.json' with { type: 'json' }
import { buildCalendar } from './calendar.ts'
import type { Calendar, CalendarEntry } from './calendar.ts'

/** Rest days of the notices for 2007–2026, with a town's own table over them. Needs no database. */
export const shippedCalendar = (localEntries: CalendarEntry[] = []): Calendar => buildCalendar(seed.entries, seed.notices, localEntries)
