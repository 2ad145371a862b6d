// A person's paper that was posted in time is taken although the period is over; a date put right can give the period back (T3).
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { as, type Ctx } from '../context.ts'
import { inTenant } from '../database/database.ts'
import { actorOf } from '../../demo/play-example.ts'
import { openClub } from '../../../tests/support/club.ts'
import { openTestTown, type TestTown } from '../../../tests/support/town.ts'
import { completeTask, sendCaseMessage } from './act.ts'
import { correctDate } from './correct.ts'
import { loadCase } from './load-case.ts'
import { openCase } from './open-case.ts'
import type { Entry } from './types.ts'
import { viewCase } from './view.ts'
import { watch } from './watch.ts'

let town: TestTown
before(async () => {
  town = await openTestTown('2026-03-02T09:00:00+08:00')
  await openClub(town.ctx)
})
after(() => town.close())

const at = (time: string) => town.clock.set(new Date(time))
const letter = (postedOn: string, receivedOn: string): Entry => ({ channel: 'letter', receivedOn, postedOn, evidence: '邮戳' })
const find = async (caseId: string) => {
  const loaded = await loadCase(town.ctx, caseId)
  return { ...loaded, objection: loaded.deadlines.findLast((row) => row.deadline === 'object') }
}

async function complete(ctx: Ctx, caseId: string, element: string, data = {}) {
  const task = (await loadCase(town.ctx, caseId)).tasks.find((known) => known.element === element)
  assert.ok(task, `open task ${element}`)
  await completeTask(ctx, task.task_id, { data })
}

/** Answered on Monday 2 March 2026, so the objection may be made until 9 March (the 7th is a Saturday); the period is over. */
async function lapsed(isCalled: boolean): Promise<{ caseId: string; officer: Ctx; member: Ctx }> {
  at('2026-03-02T09:00:00+08:00')
  const { caseId } = await openCase(as(town.ctx, { kind: 'anonymous' }), { procedure: 'club', data: { name: '林小满' } })
  await inTenant(town.ctx.db, town.tenant, async (trx) => {
    await sql`update cases set handling_office = 'civil-affairs', readers = readers || array['org:civil-affairs'] where tenant_id = ${town.tenant} and case_id = ${caseId}`.execute(
      trx,
    )
    await sql`update tasks set organization_id = 'civil-affairs' where tenant_id = ${town.tenant} and case_id = ${caseId}`.execute(trx)
  })
  const officer = as(town.ctx, await actorOf(town.ctx, 'post:handler@civil-affairs', caseId))
  if (isCalled) await complete(officer, caseId, 'Call')
  await complete(officer, caseId, 'Answer', { on: '2026-03-02' })
  at('2026-03-10T00:00:01+08:00')
  await watch(town.ctx)
  return { caseId, officer, member: as(town.ctx, await actorOf(town.ctx, 'resident:lin', caseId)) }
}

test('what was posted on the last day and arrives after the case has ended is taken, and the case goes on', async () => {
  const { caseId, officer } = await lapsed(true)
  assert.equal((await find(caseId)).row.outcome, 'lapsed')
  at('2026-03-16T10:00:00+08:00')
  const [act] = (await viewCase(officer, { caseId }, 'zh')).acts
  assert.deepEqual([act?.name, act?.isLate], ['object', true])
  await sendCaseMessage(officer, { caseId }, 'object', {}, 'zh', letter('2026-03-09', '2026-03-16'))
  const { row, objection, links } = await find(caseId)
  assert.deepEqual([objection?.status, objection?.met_on, row.outcome], ['met', '2026-03-09', 'heard'])
  assert.equal(links.length, 1, 'what follows an objection was done')
  const { timeline } = await viewCase(officer, { caseId }, 'zh')
  assert.ok(timeline.some((entry) => entry.text === '恢复办理：申请在期限内寄出，路上的时间不算'))
  // The period of whoever decides next runs from the day on which the paper came.
  assert.equal(timeline.find((entry) => entry.type === 'procedure.event' && entry.text.includes('objected'))?.effectiveOn, '2026-03-16')
  await assert.rejects(sendCaseMessage(officer, { caseId }, 'object', {}, 'zh', letter('2026-03-09', '2026-03-16')), { code: 'case.closed' })
})

test('work that went on elsewhere in the case stays done, and is not done twice', async () => {
  const { caseId, officer } = await lapsed(false)
  assert.equal((await find(caseId)).row.status, 'open')
  await complete(officer, caseId, 'Call')
  assert.equal((await find(caseId)).row.status, 'closed')
  await sendCaseMessage(officer, { caseId }, 'object', {}, 'zh', letter('2026-03-05', '2026-03-10'))
  const { row, tasks } = await find(caseId)
  assert.deepEqual([row.outcome, tasks], ['heard', []])
})

test('while other work is still open the paper is taken too, and that work stays where it is', async () => {
  const { caseId, officer } = await lapsed(false)
  const before = (await find(caseId)).tasks
  await sendCaseMessage(officer, { caseId }, 'object', {}, 'zh', letter('2026-03-05', '2026-03-10'))
  const { row, tasks, objection } = await find(caseId)
  assert.deepEqual([row.status, tasks.map((task) => task.task_id), objection?.status], ['open', before.map((task) => task.task_id), 'met'])
})

test('a paper that the office received in time and wrote down late is taken', async () => {
  const { caseId, officer } = await lapsed(true)
  await sendCaseMessage(officer, { caseId }, 'object', {}, 'zh', { channel: 'counter', receivedOn: '2026-03-09' })
  assert.equal((await find(caseId)).objection?.status, 'met')
})

test('too late by its postmark, without evidence, ahead of its day, or by the person herself: the case stays closed', async () => {
  const { caseId, officer, member } = await lapsed(true)
  at('2026-03-16T10:00:00+08:00')
  const send = (entry: Entry) => sendCaseMessage(officer, { caseId }, 'object', {}, 'zh', entry)
  await assert.rejects(send(letter('2026-03-10', '2026-03-16')), { code: 'case.closed' })
  await assert.rejects(send({ channel: 'letter', receivedOn: '2026-03-16', postedOn: '2026-03-09' }), { code: 'case.posted_evidence' })
  await assert.rejects(send(letter('2026-03-15', '2026-03-14')), { code: 'case.posted_later' })
  await assert.rejects(send({ channel: 'letter', receivedOn: '2026-03-16' }), { code: 'case.closed' })
  await assert.rejects(sendCaseMessage(member, { caseId }, 'object', {}), { code: 'case.closed' })
  await assert.rejects(sendCaseMessage(officer, { caseId }, 'supply', {}, 'zh', letter('2026-03-09', '2026-03-16')), { code: 'case.closed' })
  assert.equal((await find(caseId)).row.outcome, 'lapsed')
})

test('a date put right after the case has ended moves its periods; one that is not over yet takes the case up again', async () => {
  const { caseId, officer, member } = await lapsed(true)
  await correctDate(officer, { caseId }, { element: 'Answer', on: '2026-03-03', reason: '签收单上是3月3日。' })
  const still = await find(caseId)
  assert.deepEqual([still.row.status, still.objection?.due_on, still.objection?.status], ['closed', '2026-03-09', 'missed'])
  await correctDate(officer, { caseId }, { element: 'Answer', on: '2026-03-09', reason: '签收单上是3月9日。' })
  const again = await find(caseId)
  assert.deepEqual([again.row.status, again.row.outcome, again.objection?.due_on, again.objection?.status], ['open', null, '2026-03-16', 'running'])
  at('2026-03-16T20:00:00+08:00')
  await sendCaseMessage(member, { caseId }, 'object', {})
  assert.equal((await find(caseId)).row.outcome, 'heard')
})

test('a period that was given back and is over at last closes the case again', async () => {
  const { caseId, officer } = await lapsed(true)
  await correctDate(officer, { caseId }, { element: 'Answer', on: '2026-03-09', reason: '签收单上是3月9日。' })
  at('2026-03-17T00:00:01+08:00')
  await watch(town.ctx)
  const { row, objection } = await find(caseId)
  assert.deepEqual([row.status, row.outcome, objection?.status], ['closed', 'lapsed', 'missed'])
})
