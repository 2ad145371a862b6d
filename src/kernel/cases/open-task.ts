// Work that the diagram asks of people: for whom a task is opened, and by when it is owed.
import { laneOf, officeOf } from '../access/readers.ts'
import { isCalendarDate } from '../deadlines/dates.ts'
import type { CalendarDate } from '../clock.ts'
import type { Element } from '../engine/types.ts'
import { invalid } from '../errors.ts'
import { uuidv7 } from '../ids.ts'
import { evaluate, instanceOf } from './case-data.ts'
import { barredFrom } from './four-eyes.ts'
import { addRow, type Step } from './step.ts'
import type { TaskRow } from './types.ts'

/** Names a task in escalations: its element, with its number where there are several. */
export const subjectOfTask = (task: Pick<TaskRow, 'element' | 'instance'>): string =>
  task.instance === null ? task.element : `${task.element}#${task.instance}`

type Worker = { organization_id: string | null; duties: string[] }

/**
 * Opens the task of a user task: for the posts of its lane, or for the body (`xl:office`) or the post (`xl:post`) that an expression names.
 * @throws `case.office_unknown`, `case.post_unknown`, `task.due_unreadable`.
 */
export function openTask(step: Step, element: Element, token: string): void {
  const worker = namedWorker(step, element, token) ?? laneWorker(step, element)
  const instance = instanceOf(step, token)
  const task: TaskRow = {
    task_id: uuidv7(step.now),
    case_id: step.case.row.case_id,
    element: element.id,
    token,
    form: element.xl.form ?? null,
    ...worker,
    status: 'open',
    // Work of one instance is nobody's from before.
    assignee: instance ? null : previousAssignee(step, element.id),
    opened_at: step.now.toISOString(),
    due_on: null,
    limit_on: ownLimit(step, element, token),
    instance: instance ? instance.n + 1 : null,
    version: 1,
    barred: [],
  }
  step.case.tasks.push(task)
  addRow(step, 'tasks_open', task)
}

function laneWorker(step: Step, element: Element): Worker {
  const lane = laneOf(step.procedure.manifest, step.procedure.graph, element.id)
  const duties = lane?.posts ?? []
  const { handling_office, superior_office } = step.case.row
  const office = lane && officeOf(lane.office, duties, step.town, { handlingOffice: handling_office, superiorOffice: superior_office })
  return { organization_id: office ?? null, duties }
}

/** A body or post that the case itself names; it may read the case from now on. */
function namedWorker(step: Step, element: Element, token: string): Worker | undefined {
  const { office, post } = element.xl.ext
  if (post !== undefined) {
    const found = step.town.posts.get(String(evaluate(step, post, token)))
    if (!found) throw invalid('case.post_unknown', 'There is no such post.', [{ pointer: '/post', code: 'post', message: '没有这个岗位' }])
    letRead(step, found.organization, element.id)
    return { organization_id: found.organization, duties: [found.duty] }
  }
  if (office === undefined) return undefined
  const organization = step.town.organizations.get(String(evaluate(step, office, token)))
  if (!organization) throw invalid('case.office_unknown', 'There is no such body.', [{ pointer: '/office', code: 'office', message: '没有这个单位' }])
  letRead(step, organization.id, element.id)
  return { organization_id: organization.id, duties: dutiesAt(step, organization.id, laneWorker(step, element).duties) }
}

/** The lane's duties, if the body has one of them; else every duty there: a body that is asked decides itself who answers. */
function dutiesAt(step: Step, organization: string, wanted: string[]): string[] {
  const there = [...step.town.posts.values()].filter((post) => post.organization === organization).map((post) => post.duty)
  const fitting = wanted.filter((duty) => there.includes(duty))
  return fitting.length > 0 ? fitting : [...new Set(there)]
}

/** Opens the case to a body that the procedure itself would not let read. */
export function letRead(step: Step, organization_id: string, reason: string): void {
  if (organization_id === step.case.row.handling_office || step.case.grants.some((grant) => grant.organization_id === organization_id)) return
  step.case.grants.push({ organization_id, until_on: null })
  addRow(step, 'grants', { organization_id, until_on: null, reason })
}

/** The day by which this task is owed by itself (`xl:due`), whatever limit the case has. */
function ownLimit(step: Step, element: Element, token: string): CalendarDate | null {
  const { due } = element.xl.ext
  if (due === undefined) return null
  const value = evaluate(step, due, token)
  if (value === null || value === '') return null
  const date = typeof value === 'string' ? value.slice(0, 10) : ''
  if (!isCalendarDate(date)) throw invalid('task.due_unreadable', `“${due}” gives no date.`)
  return date
}

/** Work that comes back goes to the person who did it before. */
function previousAssignee(step: Step, element: string): string | null {
  const user = doneBy(step, element)
  const barred = user !== null && barredFrom(step.procedure.graph, step.case.content, element).includes(user)
  return user === null || user === '' || barred || step.case.recused.includes(user) ? null : user
}

/** Account of whoever completed this element last; the kernel writes `_done` itself. */
function doneBy(step: Step, element: string): string | null {
  const done = step.case.content['_done']?.[element]
  return done !== null && typeof done === 'object' && 'user' in done && typeof done.user === 'string' ? done.user : null
}
