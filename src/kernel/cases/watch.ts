// What happens without anybody acting: timers fire, limits are missed, work that lies gets reported up the line.
import { uuidv7 } from '../ids.ts'
import { as, type Ctx, systemActor } from '../context.ts'
import { startOfDate } from '../clock.ts'
import { addWorkdays } from '../deadlines/calendar.ts'
import { getTown, type Post, reportingLine, today, type Town } from '../towns/towns.ts'
import { isPaused, put, recompute, settleEscalation } from './case-deadlines.ts'
import { forCase, sumOf } from './by-itself.ts'
import { fireTimers } from './fire-timers.ts'
import { selectLateTelling } from './glass-queries.ts'
import { untoldSubject } from './glass-told.ts'
import { subjectOfTask } from './open-task.ts'
import { addRow, recordEvent, type Step } from './step.ts'
import { findMissedCases, findOrphanTasks, findOverdueTasks, findProvisional, findUnreportedIncidents, findUnresolved } from './watch-queries.ts'

/** Working days after which open work that nobody took is reported; calendar days between the steps up the line. House rules, not law. */
export type WatchSettings = { orphanAfterWorkdays: number; stepDays: number }
const standard: WatchSettings = { orphanAfterWorkdays: 3, stepDays: 3 }

export type WatchResult = { timers: number; missed: number; orphans: number; raised: number }

/** Limits that are passed are recorded, then timers that are due fire; up to 500 of each. Cheap when nothing is due. */
export async function fireDue(ctx: Ctx): Promise<{ timers: number; missed: number }> {
  const own = as(ctx, systemActor('watch'))
  const now = own.clock.now()
  // A limit that is passed is recorded before a timer of the same instant goes on.
  const missed = await sumOf(await findMissedCases(own, now), ({ case_id }) => forCase(own, case_id, markMissed))
  const timers = await fireTimers(own, now)
  return { timers, missed }
}

/** One round over a town. Safe to run in several processes at once: each act is a step with its own version check. */
export async function watch(ctx: Ctx, settings: WatchSettings = standard): Promise<WatchResult> {
  const own = as(ctx, systemActor('watch'))
  const now = own.clock.now()
  const result = { ...(await fireDue(own)), orphans: 0, raised: 0 }
  const { calendar } = await getTown(own)
  const before = startOfDate(own.zone, addWorkdays(calendar, today(own), -settings.orphanAfterWorkdays))
  for (const task of await findOrphanTasks(own, before))
    result.orphans += await forCase(own, task.case_id, async (step) => escalate(step, 'orphan', task.subject, task.organization_id))
  for (const task of await findOverdueTasks(own))
    result.orphans += await forCase(own, task.case_id, async (step) => escalate(step, 'overdue', `task:${task.subject}`, task.organization_id))
  for (const { case_id, element } of await findUnreportedIncidents(own))
    result.orphans += await forCase(own, case_id, async (step) => escalate(step, 'incident', element, step.case.row.handling_office))
  for (const { case_id } of await selectLateTelling(own, today(own), untoldSubject))
    result.orphans += await forCase(own, case_id, async (step) => escalate(step, 'unacknowledged', untoldSubject, supervisionOf(step.town)))
  const stale = new Date(now.getTime() - settings.stepDays * 86_400_000)
  for (const open of await findUnresolved(own, stale)) result.raised += await forCase(own, open.case_id, async (step) => raise(step, open))
  return result
}

/**
 * Deadlines that run into a year without a notice are computed anew when the calendar has changed (T13); returns how many cases changed.
 * `report` is told before each case and at the end how many of how many were looked at.
 */
export async function recomputeProvisional(ctx: Ctx, report?: (done: number, total: number) => Promise<void>): Promise<number> {
  const own = as(ctx, systemActor('calendar'))
  let changed = 0
  const cases = await findProvisional(own)
  for (const [index, { case_id }] of cases.entries()) {
    await report?.(index, cases.length)
    changed += await forCase(own, case_id, async (step) => {
      const rows = step.case.deadlines.filter((row) => row.status === 'running' && row.calendar_version !== step.town.calendar.version)
      for (const row of rows) {
        const again = recompute(row, step.town, step.ctx.zone, step.now)
        put(step, again)
        recordEvent(step, {
          type: 'deadline.recomputed',
          fields: { deadline: row.deadline, before: row.due_on, after: again.due_on, calendar: again.calendar_version },
        })
      }
      return rows.length > 0
    })
  }
  await report?.(cases.length, cases.length)
  return changed
}

async function markMissed(step: Step): Promise<boolean> {
  const passed = step.case.deadlines.filter(
    (row) => row.binds === 'office' && row.status === 'running' && !isPaused(row) && Date.parse(row.due_at) <= step.now.getTime(),
  )
  for (const row of passed) {
    put(step, { ...row, status: 'missed', missed_at: step.now.toISOString() })
    recordEvent(step, { type: 'deadline.missed', fields: { deadline: row.deadline, due: row.due_on } })
    const office = step.case.tasks[0]?.organization_id ?? step.case.row.handling_office
    await escalate(step, 'overdue', row.deadline, office)
  }
  return passed.length > 0
}

/** Tells the next post up the line; the office's head first, or the town's head when nobody is competent. */
export async function escalate(
  step: Step,
  kind: 'overdue' | 'orphan' | 'bounced' | 'incident' | 'unacknowledged',
  subject: string,
  office: string | null,
  level = 1,
): Promise<boolean> {
  const post = postAtLevel(step.town, step, office, level)
  if (level > 1 && !post) return false
  if (post && !step.escalatedTo.includes(post)) step.escalatedTo.push(post)
  addRow(step, 'escalations', { escalation_id: uuidv7(step.now), kind, subject, level, post_id: post ?? null })
  recordEvent(step, { type: 'case.escalated', fields: { kind, subject, level, reported_to: post ?? '' } })
  return true
}

async function raise(step: Step, open: { kind: 'overdue' | 'orphan'; subject: string; level: number }): Promise<boolean> {
  if (isSettled(step, open)) {
    settleEscalation(step, open.kind, open.subject)
    return true
  }
  const task = taskOf(step, open.subject) ?? (open.kind === 'overdue' ? step.case.tasks[0] : undefined)
  return escalate(step, open.kind, open.subject, task?.organization_id ?? step.case.row.handling_office, open.level + 1)
}

const taskOf = (step: Step, subject: string) => step.case.tasks.find((task) => subjectOfTask(task) === subject.replace(/^task:/, ''))

/** Late work is settled when it is done, also late; work that lies, when it is gone. */
function isSettled(step: Step, { kind, subject }: { kind: 'overdue' | 'orphan'; subject: string }): boolean {
  if (step.case.row.status === 'closed') return true
  if (kind === 'orphan' || subject.startsWith('task:')) return taskOf(step, subject) === undefined
  return !step.case.deadlines.some((row) => row.deadline === subject && row.status === 'missed' && row.met_on === null)
}

/** The body that decides on broken seals, and owes that people are told. */
const supervisionOf = (town: Town): string | null =>
  [...town.posts.values()].find((post) => post.duty === 'supervisor' && town.organizations.get(post.organization)?.kind === 'own')?.organization ??
  null

/** The post `level` steps above the posts that should have done the work. */
function postAtLevel(town: Town, step: Step, office: string | null, level: number): string | undefined {
  const duties = step.case.tasks.flatMap((task) => task.duties)
  const worker =
    [...town.posts.values()].find((post) => post.organization === office && duties.includes(post.duty)) ??
    [...town.posts.values()].find((post) => post.organization === office)
  // The report goes round the unit complained of and its line, and of a sealed case only to posts that may know of it.
  const may = (post: Post) => mayBeTold(step, post)
  const line = worker ? reportingLine(town, worker.id).filter(may) : []
  if (worker && line.length > 0) return line[level - 1]?.id
  const posts = [...town.posts.values()].filter((post) => town.organizations.get(post.organization)?.kind === 'own' && may(post))
  const isRound = step.case.subjects.length > 0 || step.case.row.sealed_class !== null
  const others = isRound ? posts.filter((post) => post.duty === 'supervisor') : []
  const heads = worker ? [] : posts.filter((post) => post.reportsTo === undefined).slice(0, 1)
  return [...heads, ...others][level - 1]?.id
}

function mayBeTold(step: Step, post: Post): boolean {
  const { excluded, sealed_class } = step.case.row
  if (excluded.includes(`post:${post.id}`) || excluded.includes(`org:${post.organization}`)) return false
  return sealed_class === null || (post.clears?.includes(sealed_class) ?? false)
}
