// Applications that have come as far as the visit.
import assert from 'node:assert/strict'
import { completeTask } from '#kernel/cases/act.ts'
import { loadCase } from '#kernel/cases/load-case.ts'
import { openCase } from '#kernel/cases/open-case.ts'
import { as } from '#kernel/context.ts'
import { actorOf } from '../../src/demo/play-example.ts'
import type { TestTown } from './town.ts'

/** The name of every applicant begins so. */
export const canary = '万秀兰'
const household = {
  registered: 'here',
  village: 'shishang-village',
  members: 3,
  situation: '丈夫摔伤腰，干不了重活。',
  truthful: true,
  checkConsent: true,
  phone: '000 0000 0061',
  idNumber: '000000197001050061',
}

/** `count` applications that wait for their visit; gives the ids of the cases. */
export async function openVisits(town: TestTown, count: number): Promise<string[]> {
  const cases: string[] = []
  const act = async (caseId: string, post: string, element: string, data: Record<string, unknown>) => {
    const { tasks } = await loadCase(town.ctx, caseId)
    const task = tasks.find((known) => known.element === element)
    assert.ok(task, element)
    await completeTask(as(town.ctx, await actorOf(town.ctx, `post:${post}`, caseId)), task.task_id, { data })
  }
  for (let index = 0; index < count; index++) {
    const { caseId } = await openCase(await town.ctxFor({ kind: 'anonymous' }), {
      procedure: 'subsistence-allowance',
      data: { ...household, name: `${canary}${index}` },
    })
    await act(caseId, 'aid-clerk', 'CheckPapers', { outcome: 'complete', related: false })
    await act(caseId, 'aid-surveyor-1', 'StartSurvey', { startedOn: '2026-03-02', first: '调查员甲', second: '调查员乙', method: 'visit' })
    cases.push(caseId)
  }
  return cases
}
