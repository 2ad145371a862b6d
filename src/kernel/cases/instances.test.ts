import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { listEscalations, listEventNames } from '../../../tests/support/case-facts.ts'
import { openPanel } from '../../../tests/support/panel.ts'
import { petitionSteps } from '../../../tests/support/petition-steps.ts'
import { openTestTown, type TestTown } from '../../../tests/support/town.ts'
import { moveTo } from '../../demo/play-example.ts'
import { DomainError } from '../errors.ts'
import { completeTask } from './act.ts'
import { listsOf } from './case-data.ts'
import { listInbox } from './lists.ts'
import { getCase, loadCase, loadStep } from './load-case.ts'
import { openCase } from './open-case.ts'
import { viewCase } from './view.ts'

let town: TestTown
const { anonymous, holder } = petitionSteps(() => town)

before(async () => {
  town = await openTestTown('2026-03-02T09:00:00+08:00')
  await openPanel(town.ctx, 'panel')
  await openPanel(town.ctx, 'panel-in-turn', { sequential: true })
  await openPanel(town.ctx, 'panel-first-yes', { completion: 'some r in Reply satisfies r.vote = "yes"' })
})
after(() => town.close())

const offices = ['agriculture', 'civil-affairs', 'village-construction']

async function ask(slug: string, bodies = offices): Promise<string> {
  const { caseId } = await openCase(anonymous(), { procedure: slug, data: { name: '林小满' } })
  const { tasks } = await loadCase(town.ctx, caseId)
  await completeTask(await holder('post:handler@agriculture'), tasks[0]?.task_id ?? '', { data: { offices: bodies, until: '2026-03-05' } })
  return caseId
}

async function reply(caseId: string, office: string, vote: 'yes' | 'no'): Promise<void> {
  const { tasks } = await loadCase(town.ctx, caseId)
  const task = tasks.find((known) => known.element === 'Reply' && known.organization_id === office)
  assert.ok(task, `a task for ${office}`)
  await completeTask(await holder(`post:handler@${office}`), task.task_id, { data: { vote, words: `${office} says ${vote}` } })
}

test('every body that is asked gets a task of its own, which says for whom it is, and may read the case', async () => {
  const caseId = await ask('panel')
  const { tasks } = await loadCase(town.ctx, caseId)
  assert.deepEqual(
    tasks.map(({ element, organization_id, instance, limit_on, due_on }) => [element, organization_id, instance, limit_on, due_on]),
    offices.map((office, index) => ['Reply', office, index + 1, '2026-03-05', '2026-03-05']),
  )
  const other = await holder('post:handler@civil-affairs')
  const view = await viewCase(other, { caseId }, 'zh')
  assert.deepEqual(
    view.tasks.filter((task) => task.mayComplete).map((task) => [task.title, task.instance]),
    [[`element.Reply（${view.tasks[1]?.office ?? ''}）`, 2]],
  )
  const inbox = await listInbox(other, { procedure: 'panel' }, {}, 'zh')
  assert.ok(inbox.items.some((item) => item.number === view.number && item.title.includes('第2份')))
})

test('answers are a list outside, one’s own answer inside, and the rule that counts them decides', async () => {
  const caseId = await ask('panel')
  await reply(caseId, 'village-construction', 'yes')
  await reply(caseId, 'agriculture', 'no')
  await reply(caseId, 'civil-affairs', 'yes')
  const step = await loadStep(town.ctx, caseId)
  assert.deepEqual(listsOf(step)['Reply'], [
    { instance: 1, office: 'agriculture', vote: 'no', words: 'agriculture says no' },
    { instance: 2, office: 'civil-affairs', vote: 'yes', words: 'civil-affairs says yes' },
    { instance: 3, office: 'village-construction', vote: 'yes', words: 'village-construction says yes' },
  ])
  assert.equal(listsOf(step)['Note']?.[2]?.['line'], 'village-construction: village-construction says yes')
  assert.deepEqual(step.case.content['Judge'], { outcome: 'yes' })
  assert.deepEqual(
    step.case.tasks.map((task) => [task.element, task.instance]),
    [['Close', null]],
  )
  assert.ok(!JSON.stringify(step.case.row.state).includes('agriculture'), 'the state of the engine holds no value')
})

test('one after the other: the next body is asked when the one before has answered', async () => {
  const caseId = await ask('panel-in-turn')
  for (const office of offices) {
    const { tasks } = await loadCase(town.ctx, caseId)
    assert.deepEqual(
      tasks.map((task) => task.organization_id),
      [office],
    )
    await reply(caseId, office, 'no')
  }
  const { row, content } = await loadCase(town.ctx, caseId)
  assert.deepEqual([row.outcome, content['Judge']], ['refused', { outcome: 'no' }])
})

test('when the completion condition holds, the other bodies need not answer any more', async () => {
  const caseId = await ask('panel-first-yes')
  await reply(caseId, 'civil-affairs', 'no')
  assert.equal((await loadCase(town.ctx, caseId)).tasks.length, 2)
  await reply(caseId, 'agriculture', 'yes')
  const { tasks } = await loadCase(town.ctx, caseId)
  assert.ok(!tasks.some((task) => task.element === 'Reply'))
})

test('a decision that no rule answers is an error that the diagram may catch, and its reason is recorded', async () => {
  const caseId = await ask('panel', ['agriculture'])
  await reply(caseId, 'agriculture', 'yes')
  const { tasks } = await loadCase(town.ctx, caseId)
  assert.deepEqual(
    tasks.map((task) => task.element),
    ['Repair'],
  )
})

test('nobody to ask: the element with several instances is over at once', async () => {
  const caseId = await ask('panel', [])
  assert.deepEqual(
    (await loadCase(town.ctx, caseId)).tasks.map((task) => task.element),
    ['Repair'],
  )
})

test('a body that is not in the register is refused on the form, before anything is asked', async () => {
  await assert.rejects(ask('panel', ['nowhere']), (error) => error instanceof DomainError && error.code === 'form.invalid')
})

test('a repeating timer comes as often as it says and stops when the work is done', async () => {
  const caseId = await ask('panel')
  for (const office of offices) await reply(caseId, office, 'yes')
  await moveTo(town.ctx, town.clock, new Date('2026-03-06T12:00:00+08:00'))
  const reminded = async () => (await listEventNames(town.ctx, caseId)).filter((name) => name === 'reminded').length
  assert.equal(await reminded(), 2)
  await moveTo(town.ctx, town.clock, new Date('2026-03-20T12:00:00+08:00'))
  assert.equal(await reminded(), 3)
  const { tasks } = await loadCase(town.ctx, caseId)
  await completeTask(await holder('post:handler@agriculture'), tasks[0]?.task_id ?? '', { data: {} })
  assert.equal((await getCase(town.ctx, { caseId }, 'case.read')).loaded.row.outcome, 'agreed')
})

test('a body that lets its own day pass is reported up its own line; the others are not', async () => {
  const { caseId } = await openCase(anonymous(), { procedure: 'panel', data: {} })
  const { tasks } = await loadCase(town.ctx, caseId)
  await completeTask(await holder('post:handler@agriculture'), tasks[0]?.task_id ?? '', { data: { offices, until: '2026-03-25' } })
  await reply(caseId, 'civil-affairs', 'yes')
  await moveTo(town.ctx, town.clock, new Date('2026-03-26T09:00:00+08:00'))
  const escalated = await listEscalations(town.ctx, caseId)
  assert.ok(
    escalated.some((one) => one.startsWith('overdue:task:Reply#1')),
    escalated.join(', '),
  )
  assert.ok(
    escalated.some((one) => one.startsWith('overdue:task:Reply#3')),
    escalated.join(', '),
  )
  assert.ok(!escalated.some((one) => one.includes('Reply#2')), escalated.join(', '))
})
