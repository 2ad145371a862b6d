import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { openClub } from '../../../tests/support/club.ts'
import { sampleFiling } from '../../../tests/support/filing.ts'
import { openTestTown, type TestTown } from '../../../tests/support/town.ts'
import { as } from '../context.ts'
import { inTenant } from '../database/database.ts'
import { assignTask, sendCaseMessage } from './act.ts'
import { getCase, loadCase, loadStep } from './load-case.ts'
import { openCase } from './open-case.ts'
import { findReceiptActor } from './open-by-receipt.ts'
import { findByReceipt, findLinkedReceipt, reissueReceipt } from './receipts.ts'
import { runAction } from './actions.ts'
import { viewCase } from './view.ts'
import { escalate } from './watch.ts'
import { performStep } from './perform.ts'
import { petitionSteps } from '../../../tests/support/petition-steps.ts'

let town: TestTown
const { anonymous, holder, clerk, taskId, complete, accepted, decided } = petitionSteps(() => town)

before(async () => {
  town = await openTestTown('2026-03-02T09:00:00+08:00')
  await openClub(town.ctx)
})
after(() => town.close())

test('open work goes along when a case is handed to another office, and whoever had it lets go', async () => {
  const { caseId } = await openCase(anonymous(), { procedure: 'club', data: {} })
  const route = (office: string) =>
    performStep(
      () => loadStep(town.ctx, caseId),
      async (step) => {
        const element = step.procedure.graph.elements['Route']
        assert.ok(element)
        await runAction(step, element, () => office)
      },
    )
  await route('civil-affairs')
  const first = await holder('post:handler@civil-affairs')
  await assignTask(first, await taskId(caseId, 'Answer'), { assignee: first.actor.kind === 'staff' ? first.actor.userId : null })
  await route('agriculture')
  const { tasks, row } = await loadCase(town.ctx, caseId)
  assert.deepEqual(
    tasks.map((task) => [task.organization_id, task.assignee]),
    [
      ['agriculture', null],
      ['agriculture', null],
    ],
  )
  assert.ok(row.readers.includes('org:agriculture') && !row.readers.includes('org:civil-affairs'))
  await assert.rejects(getCase(first, { caseId }, 'case.read'), { code: 'case.not_found' })
})

test('a linked case may answer the case it came from in the very same step', async () => {
  const { caseId, receiptCode } = await openCase(anonymous(), { procedure: 'club', data: { name: '林小满' } })
  await performStep(
    () => loadStep(town.ctx, caseId),
    async (step) => {
      const { runAction } = await import('./actions.ts')
      const element = step.procedure.graph.elements['Route']
      assert.ok(element)
      await runAction(step, element, () => 'civil-affairs')
    },
  )
  await complete(await holder('post:handler@civil-affairs'), caseId, 'Answer')
  await complete(await holder('post:handler@civil-affairs'), caseId, 'Call')
  const receipt = await findByReceipt(town.ctx, receiptCode)
  assert.ok(receipt)
  await sendCaseMessage(as(town.ctx, { kind: 'receipt', ...receipt }), { caseId }, 'object', {})
  const { row, links } = await loadCase(town.ctx, caseId)
  assert.deepEqual([row.status, row.outcome, links.length], ['closed', 'heard', 1])
})

test('a procedure that opens linked cases without end is stopped, and nothing is written', async () => {
  await assert.rejects(openCase(anonymous(), { procedure: 'endless', data: {} }), { code: 'case.links_endless' })
  const { rows } = await inTenant(town.ctx.db, town.tenant, (trx) =>
    sql<{ n: number }>`select count(*)::int as n from cases where tenant_id = ${town.tenant} and procedure = 'endless'`.execute(trx),
  )
  assert.equal(rows[0]?.n, 0)
})

test('the review of a petition is linked both ways, told to the same person, and opened by the same code', async () => {
  const { caseId, receiptCode } = await decided()
  await complete(await clerk(), caseId, 'ServeOpinion', { method: 'handed', servedOn: '2026-03-02', proof: '签收单' })
  const receipt = await findByReceipt(town.ctx, receiptCode)
  assert.equal(receipt?.caseId, caseId)
  assert.ok(receipt)
  await sendCaseMessage(as(town.ctx, { kind: 'receipt', ...receipt }), { caseId }, 'appeal', { claim: '请撤销原意见。', reasons: '没有清理。' })
  const [link] = (await loadCase(town.ctx, caseId)).links
  assert.equal(link?.role, 'review')
  const review = await loadCase(town.ctx, link.case_id)
  assert.deepEqual(review.links, [{ role: 'origin', case_id: caseId }])
  assert.equal(review.parties[0]?.identity.name, sampleFiling.data.name)
  assert.equal((await findReceiptActor(town.ctx, review.row.number, receiptCode))?.caseId, link.case_id)
  assert.equal((await findByReceipt(town.ctx, receiptCode))?.caseId, caseId, 'without a number the code opens the first case')
  const own = as(town.ctx, { kind: 'receipt', ...receipt })
  assert.deepEqual((await viewCase(own, { caseId }, 'zh')).links, [{ role: 'review', number: review.row.number }])
  const followed = await findLinkedReceipt(own, link.case_id)
  assert.ok(followed)
  assert.equal(
    (await viewCase(as(town.ctx, { kind: 'receipt', caseId: followed.caseId, partyId: followed.partyId }), { caseId: link.case_id }, 'zh')).level,
    'parties',
  )
  const again = await reissueReceipt(await clerk(), (await loadCase(town.ctx, caseId)).row.number, '当面核对')
  assert.equal(await findByReceipt(town.ctx, receiptCode), undefined)
  assert.equal((await findReceiptActor(town.ctx, review.row.number, again))?.caseId, link.case_id)
})

test('an escalation goes one post up the line at a time', async () => {
  const caseId = await accepted()
  await performStep(
    () => loadStep(town.ctx, caseId),
    async (step) => {
      assert.equal(await escalate(step, 'orphan', 'Investigate', 'civil-affairs', 1), true)
      assert.equal(await escalate(step, 'orphan', 'Investigate', 'civil-affairs', 2), true)
      assert.equal(await escalate(step, 'orphan', 'Investigate', 'civil-affairs', 3), false)
    },
  )
  const { row } = await loadCase(town.ctx, caseId)
  assert.ok(row.readers.includes('post:civil-affairs-head') && row.readers.includes('post:town-head'))
})
