// A story's steps in the making: the day and minute reached so far, on working days only.
import type { CalendarDate, Clock } from '#kernel/clock.ts'
import { type Calendar, isRestDay, nextWorkday } from '#kernel/deadlines/calendar.ts'
import type { ExampleStep } from '#kernel/procedures/worked-examples.ts'
import type { Story } from './stories.ts'

export type Plan = {
  story: Story
  calendar: Calendar
  now: Date
  filed: CalendarDate
  /** Date and minute of the day of the step before. */
  date: CalendarDate
  minute: number
  steps: ExampleStep[]
  over: boolean
}

const zone = '+08:00'
const dateOf = (at: Date): CalendarDate => new Date(at.getTime() + 8 * 3_600_000).toISOString().slice(0, 10)
export const plusDays = (date: CalendarDate, days: number): CalendarDate =>
  new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10)

export function newPlan(story: Story, calendar: Calendar, clock: Clock): Plan {
  const now = clock.now()
  let filed = plusDays(dateOf(now), -story.days)
  // Staff write things down on working days.
  while (isRestDay(calendar, filed)) filed = plusDays(filed, -1)
  return { story, calendar, now, filed, date: filed, minute: 0, steps: [], over: false }
}

/**
 * Adds a step `after` calendar days from filing, moved to a working day and behind the step before; nothing happens
 * after now. `next` is the task that this opens: its officer takes it a few minutes later.
 */
export function add(
  plan: Plan,
  after: number,
  time: string,
  step: Omit<ExampleStep, 'at'>,
  next?: { actor: string; task: string; case?: string },
): void {
  const wanted = plusDays(plan.filed, after)
  const date = nextWorkday(plan.calendar, wanted > plan.date ? wanted : plan.date)
  const [hours = 9, minutes = 0] = time.split(':').map(Number)
  let minute = hours * 60 + minutes
  if (date === plan.date && minute <= plan.minute) minute = Math.min(plan.minute + 7, 23 * 60 + 59)
  const at = `${date}T${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}:00${zone}`
  plan.over ||= new Date(at) > plan.now
  if (plan.over) return
  plan.steps.push({ at, ...step })
  Object.assign(plan, { date, minute })
  if (next) add(plan, 0, time, { ...next, do: 'claim' })
}

export const later = (a: CalendarDate, b: CalendarDate) => (a > b ? a : b)
