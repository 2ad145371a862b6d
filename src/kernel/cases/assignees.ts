// To whom a task may be given: the rule is asked for each colleague, so that no list offers somebody who may not do it.
import { listColleagues } from '../access/holders.ts'
import { staffActor } from '../access/posts.ts'
import { may } from '../access/rule.ts'
import { as, type Ctx, systemActor } from '../context.ts'
import { invalid } from '../errors.ts'
import { accessOf } from './access-of.ts'
import type { LoadedCase, TaskRow } from './types.ts'

/** Accounts that hold the duty in the office today and may do this task of this case: not recused, not complained of, not kept off by four eyes. */
export async function findAssignees(ctx: Ctx, loaded: LoadedCase, task: TaskRow): Promise<string[]> {
  const own = as(ctx, systemActor('assign'))
  const colleagues = task.organization_id === null ? [] : await listColleagues(own, task.organization_id, task.duties)
  const access = accessOf(loaded, task)
  const able: string[] = []
  for (const userId of colleagues) if (may(await staffActor(own, { userId, name: '' }), 'task.complete', access)) able.push(userId)
  return able
}

/** @throws `task.assignee` (422). */
export async function checkAssignee(ctx: Ctx, loaded: LoadedCase, task: TaskRow, userId: string): Promise<void> {
  if ((await findAssignees(ctx, loaded, task)).includes(userId)) return
  throw invalid('task.assignee', 'This person cannot do the task.', [
    { pointer: '/assignee', code: 'assignee', message: '请选择本单位可以办理这项工作的人' },
  ])
}
