// People, timers and messages on one case at the same moment.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { openClub } from '../../../tests/support/club.ts'
import { petitionSteps } from '../../../tests/support/petition-steps.ts'
import { openTestTown, type TestTown } from '../../../tests/support/town.ts'
import { DomainError } from '../errors.ts'
import { completeTask, sendCaseMessage } from './act.ts'
import { loadCase, loadStep } from './load-case.ts'
import { openCase } from './open-case.ts'
import { performStep } from './perform.ts'
import { runAction } from './actions.ts'
import { watch } from './watch.ts'

let town: TestTown
const { anonymous, holder } = petitionSteps(() => town)
const rounds = 5

before(async () => {
  town = await openTestTown('2026-03-02T09:00:00+08:00')
  await openClub(town.ctx)
})
after(() => town.close())

async function open(): Promise<{ caseId: string; task: (element: string) => Promise<string> }> {
  const { caseId } = await openCase(anonymous(), { procedure: 'club', data: {} })
  await performStep(
    () => loadStep(town.ctx, caseId),
    async (step) => {
      const element = step.procedure.graph.elements['Route']
      assert.ok(element)
      await runAction(step, element, () => 'agriculture')
    },
  )
  const task = async (name: string) => {
    const found = (await loadCase(town.ctx, caseId)).tasks.find((known) => known.element === name)
    assert.ok(found, `open task ${name}`)
    return found.task_id
  }
  return { caseId, task }
}

const outcomes = async (acts: Promise<unknown>[]) =>
  (await Promise.allSettled(acts)).map((result) => {
    if (result.status === 'fulfilled') return 'done'
    assert.ok(result.reason instanceof DomainError, String(result.reason))
    return result.reason.code
  })

test('the same task twice at once: one completes it, the other is told that it is done', async () => {
  const officer = await holder('post:handler@agriculture')
  for (let round = 0; round < rounds; round++) {
    const { task } = await open()
    const id = await task('Answer')
    const results = await outcomes([completeTask(officer, id, { data: {} }), completeTask(officer, id, { data: {} })])
    assert.deepEqual(
      results.toSorted((a, b) => a.localeCompare(b)),
      ['done', 'task.not_open'],
    )
  }
})

test('two tasks of one case at once: both are done', async () => {
  const officer = await holder('post:handler@agriculture')
  for (let round = 0; round < rounds; round++) {
    const { caseId, task } = await open()
    const [answer, call] = [await task('Answer'), await task('Call')]
    assert.deepEqual(await outcomes([completeTask(officer, answer, { data: {} }), completeTask(officer, call, { data: {} })]), ['done', 'done'])
    assert.deepEqual((await loadCase(town.ctx, caseId)).tasks, [])
  }
})

test('a timer and the message that it races with: exactly one of them decides', async () => {
  const officer = await holder('post:handler@agriculture')
  const opened = []
  for (let round = 0; round < rounds; round++) {
    const { caseId, task } = await open()
    await completeTask(officer, await task('Answer'), { data: { on: '2026-03-02' } })
    await completeTask(officer, await task('Call'), { data: {} })
    opened.push(caseId)
  }
  // The last instant of the period: whoever is first.
  town.clock.set(new Date('2026-03-10T00:00:01+08:00'))
  for (const caseId of opened) {
    const { parties } = await loadCase(town.ctx, caseId)
    const member = await town.ctxFor({ kind: 'receipt', caseId, partyId: parties[0]?.partyId ?? '' })
    await outcomes([sendCaseMessage(member, { caseId }, 'object', {}), watch(town.ctx)])
    await watch(town.ctx)
    const { row } = await loadCase(town.ctx, caseId)
    assert.ok(['lapsed', 'heard'].includes(row.outcome ?? ''), `ended by one of them (${row.outcome})`)
    assert.equal(row.state.status, 'completed')
  }
})
