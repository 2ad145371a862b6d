// From the id of a task to its case, for callers that only hold the id.
import { staffActor } from '../access/posts.ts'
import type { Ctx } from '../context.ts'
import { DomainError, invalid, notFound } from '../errors.ts'
import { getCase } from './load-case.ts'
import { findTaskCase } from './queries.ts'

const absent = () => notFound('task.not_found', 'There is no task here that you can open.')

/** The case of a task, if this actor may read it. @throws `task.not_found`. */
export async function getTaskCase(ctx: Ctx, taskId: string): Promise<{ caseId: string }> {
  const found = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(taskId) ? await findTaskCase(ctx, taskId) : undefined
  if (!found) throw absent()
  try {
    await getCase(ctx, { caseId: found.case_id }, 'case.read')
  } catch (error) {
    // The caller asked for a task, not for a case.
    if (error instanceof DomainError && error.kind === 'not_found') throw absent()
    throw error
  }
  return { caseId: found.case_id }
}

/** A task is given only to somebody who holds a post that may do it. @throws `task.assignee`. */
export async function checkAssignee(ctx: Ctx, taskId: string, assignee: string): Promise<void> {
  const { loaded } = await getCase(ctx, await getTaskCase(ctx, taskId), 'case.read')
  const task = loaded.tasks.find((known) => known.task_id === taskId)
  // A task that is done is refused by the act itself, with a better reason.
  if (!task) return
  const { posts } = await staffActor(ctx, { userId: assignee, name: '' })
  if (posts.some((post) => post.organizationId === task.organization_id && task.duties.includes(post.duty))) return
  throw invalid('task.assignee', 'This person holds no post that may do this task.', [
    { pointer: '/assignee', code: 'assignee', message: '此人没有可以办理这项任务的岗位' },
  ])
}
