// The petition of the sample filing, taken to a stage by the people whose work it is.
import assert from 'node:assert/strict'
import { completeTask } from '#kernel/cases/act.ts'
import { loadCase } from '#kernel/cases/load-case.ts'
import { openCase } from '#kernel/cases/open-case.ts'
import { as, type Ctx } from '#kernel/context.ts'
import { actorOf } from '../../src/demo/play-example.ts'
import { sampleFiling } from './filing.ts'
import type { TestTown } from './town.ts'

export const register = { category: 'claim', urgent: false, summary: '排水沟堵塞。' }
export const accept = { outcome: 'accept', office: 'civil-affairs', reasons: '属于本镇职责。' }

/** What a test does with petitions of this town. */
export function petitionSteps(read: () => TestTown) {
  const anonymous = () => as(read().ctx, { kind: 'anonymous' })
  const holder = async (post: string, caseId = '') => as(read().ctx, await actorOf(read().ctx, post, caseId))
  const clerk = () => holder('post:petition-clerk')
  const at = (time: string) => read().clock.set(new Date(time))

  const file = () => openCase(anonymous(), sampleFiling)

  async function taskId(caseId: string, element: string): Promise<string> {
    const task = (await loadCase(read().ctx, caseId)).tasks.find((known) => known.element === element)
    assert.ok(task, `open task ${element}`)
    return task.task_id
  }
  const complete = async (ctx: Ctx, caseId: string, element: string, data = {}) => completeTask(ctx, await taskId(caseId, element), { data })

  async function accepted(): Promise<string> {
    at('2026-03-02T09:00:00+08:00')
    const { caseId } = await file()
    await complete(await clerk(), caseId, 'Register', register)
    await complete(await clerk(), caseId, 'DecideAcceptance', accept)
    return caseId
  }

  async function decided(): Promise<{ caseId: string; receiptCode: string }> {
    at('2026-03-02T09:00:00+08:00')
    const { caseId, receiptCode } = await file()
    await complete(await clerk(), caseId, 'Register', register)
    await complete(await clerk(), caseId, 'DecideAcceptance', accept)
    await complete(await clerk(), caseId, 'ServeAcceptance', { method: 'handed', servedOn: '2026-03-02', proof: '签收单' })
    await complete(await holder('post:handler@civil-affairs'), caseId, 'Investigate', { heard: 'met', findings: '已到现场查看。', evidence: '照片' })
    const opinion = {
      claim: '清理排水沟',
      facts: '情况属实。',
      reasons: '属于本镇职责。',
      outcome: 'supported',
      decision: '十五日内清理。',
      basis: '《信访工作条例》第三十二条。',
    }
    await complete(await holder('post:handler@civil-affairs'), caseId, 'DraftOpinion', opinion)
    await complete(await holder('post:office-head@civil-affairs'), caseId, 'CheckOpinion', { outcome: 'approve' })
    await complete(await holder('post:town-head'), caseId, 'SignOpinion', { outcome: 'sign' })
    return { caseId, receiptCode }
  }

  return { anonymous, holder, clerk, at, file, taskId, complete, accepted, decided }
}
