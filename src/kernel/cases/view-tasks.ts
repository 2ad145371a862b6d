// The open tasks of a case as staff see them: what, by whom, and which of them this officer may take or do.
import { may } from '../access/rule.ts'
import type { CalendarDate } from '../clock.ts'
import type { Ctx } from '../context.ts'
import { accessOf } from './access-of.ts'
import { taskTitle } from './view-forms.ts'
import { nameOf } from './words.ts'

export type TaskView = {
  taskId: string
  element: string
  title: string
  form: string | null
  /** Its number among several of the element, from 1. */
  instance: number | null
  office: string
  assignee: string | null
  due: CalendarDate | null
  version: number
  mayComplete: boolean
  mayClaim: boolean
  mayAssign: boolean
}

/** Every open task of the case; asked for staff only. */
export function tasksOf(ctx: Ctx, seen: Parameters<typeof taskTitle>[0]): TaskView[] {
  const { loaded, town, language } = seen
  return loaded.tasks.map((task) => {
    const access = accessOf(loaded, task)
    return {
      taskId: task.task_id,
      element: task.element,
      title: taskTitle(seen, task),
      form: task.form,
      instance: task.instance,
      office: nameOf(town, task.organization_id, language),
      assignee: task.assignee,
      due: task.due_on,
      version: task.version,
      mayComplete: may(ctx.actor, 'task.complete', access),
      mayClaim: may(ctx.actor, 'task.claim', access),
      mayAssign: may(ctx.actor, 'task.assign', access),
    }
  })
}
