import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { listEscalations } from '../../../tests/support/case-facts.ts'
import { openJointClub } from '../../../tests/support/joint-club.ts'
import { petitionSteps } from '../../../tests/support/petition-steps.ts'
import { openTestTown, type TestTown } from '../../../tests/support/town.ts'
import { moveTo } from '../../demo/play-example.ts'
import { completeTask, sendCaseMessage } from './act.ts'
import { listsOf } from './case-data.ts'
import { getCase, loadCase, loadStep } from './load-case.ts'
import { openCase } from './open-case.ts'
import { viewCase } from './view.ts'

let town: TestTown
const { anonymous, holder } = petitionSteps(() => town)
const lead = () => holder('post:handler@agriculture')

before(async () => {
  town = await openTestTown('2026-03-02T09:00:00+08:00')
  await openJointClub(town.ctx)
})
after(() => town.close())

const open = async () => (await openCase(anonymous(), { procedure: 'joint-club', data: { name: '林小满' } })).caseId

async function ask(caseId: string, offices: string[], until = '2026-03-05') {
  await sendCaseMessage(await lead(), { caseId }, 'ask-help', { offices, until })
}

async function answer(caseId: string, office: string, words: string) {
  const { tasks } = await loadCase(town.ctx, caseId)
  const task = tasks.find((known) => known.element === 'Part' && known.organization_id === office)
  assert.ok(task, `a task for ${office}`)
  await completeTask(await holder(`post:handler@${office}`), task.task_id, { data: { words } })
}

async function close(caseId: string) {
  const { tasks } = await loadCase(town.ctx, caseId)
  await completeTask(await lead(), tasks.find((task) => task.element === 'Close')?.task_id ?? '', { data: {} })
}

test('the lead cannot close while a body that was asked has not answered, and can when all have', async () => {
  const caseId = await open()
  await ask(caseId, ['civil-affairs', 'emergency'])
  await answer(caseId, 'civil-affairs', '已办')
  await assert.rejects(close(caseId), { kind: 'conflict', code: 'task.awaits' })
  await answer(caseId, 'emergency', '已看')
  await close(caseId)
  assert.equal((await loadCase(town.ctx, caseId)).row.status, 'closed')
})

test('a request is ended with a word, which takes the task from the helper; then the lead closes', async () => {
  const caseId = await open()
  await ask(caseId, ['emergency'])
  await sendCaseMessage(await lead(), { caseId }, 'end-help', {})
  assert.deepEqual(
    (await loadCase(town.ctx, caseId)).tasks.map((task) => task.element),
    ['Close'],
  )
  await close(caseId)
})

test('nobody is asked anew before those asked earlier answered; afterwards both rounds can be read and rules see the last', async () => {
  const caseId = await open()
  await ask(caseId, ['civil-affairs'])
  await assert.rejects(ask(caseId, ['emergency']), { code: 'message.not_awaited' })
  const acts = (await viewCase(await lead(), { caseId }, 'zh')).acts.map((act) => act.name)
  assert.ok(!acts.includes('ask-help') && acts.includes('end-help'))
  await answer(caseId, 'civil-affairs', '第一轮')
  await ask(caseId, ['emergency'])
  await answer(caseId, 'emergency', '第二轮')
  const words = (await viewCase(await lead(), { caseId }, 'zh')).forms.flatMap((form) => form.fields.map((field) => field.text))
  assert.ok(words.includes('第一轮') && words.includes('第二轮'))
  const step = await loadStep(town.ctx, caseId)
  assert.deepEqual(listsOf(step)['Part'], [{ instance: 1, office: 'emergency', words: '第二轮' }])
})

test('only the lead asks and ends; a helper reads the case, a body that was not asked does not find it', async () => {
  const caseId = await open()
  await ask(caseId, ['civil-affairs'])
  const helper = await holder('post:handler@civil-affairs')
  await assert.rejects(sendCaseMessage(helper, { caseId }, 'end-help', {}), { code: 'message.forbidden' })
  assert.equal((await getCase(helper, { caseId }, 'case.read')).loaded.row.case_id, caseId)
  await assert.rejects(getCase(await holder('post:handler@emergency'), { caseId }, 'case.read'), { code: 'case.not_found' })
})

test('a helper that lets its day pass is reported up its own line', async () => {
  const caseId = await open()
  await ask(caseId, ['emergency'], '2026-03-04')
  await moveTo(town.ctx, town.clock, new Date('2026-03-05T00:30:00+08:00'))
  assert.ok((await listEscalations(town.ctx, caseId)).includes('overdue:task:Part#1'))
})
