// From the id of a task to its case, for callers that only hold the id.
import type { Ctx } from '../context.ts'
import { DomainError, notFound } from '../errors.ts'
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
