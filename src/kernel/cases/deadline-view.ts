// A deadline as people read it, with its arithmetic.
import type { CalendarDate } from '../clock.ts'
import type { Ctx } from '../context.ts'
import { daysBetween } from '../deadlines/dates.ts'
import { computeDeadline, type Light, lightOf } from '../deadlines/deadlines.ts'
import { explainDeadline } from '../deadlines/explain.ts'
import type { Language } from '../forms/forms.ts'
import { today, type Town } from '../towns/towns.ts'
import { startOf } from './case-deadlines.ts'
import type { DeadlineRow } from './types.ts'
import type { Say } from './words.ts'

export type DeadlineView = {
  id: string
  title: string
  binds: 'office' | 'party'
  law: string
  article: string
  mark: string
  /** The date on the upstream order that stands in the place of the period. */
  printed?: CalendarDate
  override?: { value: number; source: string; mark: string }
  amount: number
  unit: string
  start: CalendarDate
  due: CalendarDate
  status: DeadlineRow['status']
  metOn: CalendarDate | null
  missed: boolean
  provisional: boolean
  extended: boolean
  light: Light
  /** Calendar days from today to the due date; negative when it has passed. */
  daysLeft: number
  explanation: { summary: string; lines: string[] }
}
export function toDeadlineView(ctx: Ctx, town: Town, row: DeadlineRow, say: Say, language: Language): DeadlineView {
  const due = computeDeadline(row.rule, startOf(row), town.calendar, ctx.zone, { pauses: row.pauses, extensions: row.extensions, asOf: today(ctx) })
  const now = today(ctx)
  return {
    id: row.deadline,
    title: say(`deadline.${row.deadline}`),
    binds: row.binds,
    law: row.rule.law ?? '',
    article: row.rule.article ?? '',
    mark: row.rule.mark,
    ...(row.rule.printed ? { printed: row.rule.printed } : {}),
    ...(row.rule.override ? { override: row.rule.override } : {}),
    amount: row.rule.amount,
    unit: row.rule.unit,
    start: row.start_on,
    due: row.due_on,
    status: row.status,
    metOn: row.met_on,
    missed: row.missed_at !== null,
    provisional: row.provisional,
    extended: row.extensions.length > 0,
    light:
      row.status === 'running'
        ? lightOf(row.due_on, Math.max(1, daysBetween(row.start_on, row.due_on)), now, town.calendar)
        : row.missed_at === null
          ? 'green'
          : 'red',
    daysLeft: daysBetween(now, row.due_on),
    explanation: explainDeadline(due, row.rule, language),
  }
}
