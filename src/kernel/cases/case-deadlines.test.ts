import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { as, type Ctx } from '../context.ts'
import { inTenant } from '../database/database.ts'
import { actorOf } from '../../demo/play-example.ts'
import { openClub } from '../../../tests/support/club.ts'
import { openTestTown, type TestTown } from '../../../tests/support/town.ts'
import { completeTask, sendCaseMessage } from './act.ts'
import { loadCase } from './load-case.ts'
import { openCase } from './open-case.ts'
import type { DeadlineRow, LoadedCase } from './types.ts'
import { watch } from './watch.ts'
import { findNextDue } from './watch-queries.ts'

let town: TestTown
before(async () => {
  town = await openTestTown('2026-03-02T09:00:00+08:00')
  await openClub(town.ctx)
})
after(() => town.close())

const at = (time: string) => town.clock.set(new Date(time))
const load = (caseId: string): Promise<LoadedCase> => loadCase(town.ctx, caseId)

/** A membership filed on Monday 2 March 2026 and handed to civil-affairs. */
async function join(): Promise<{ caseId: string; member: Ctx; officer: Ctx }> {
  at('2026-03-02T09:00:00+08:00')
  const { caseId } = await openCase(as(town.ctx, { kind: 'anonymous' }), { procedure: 'club', data: { name: '林小满' } })
  await inTenant(town.ctx.db, town.tenant, (trx) =>
    sql`update cases set handling_office = 'civil-affairs', readers = readers || array['org:civil-affairs'] where tenant_id = ${town.tenant} and case_id = ${caseId}`.execute(
      trx,
    ),
  )
  await inTenant(town.ctx.db, town.tenant, (trx) =>
    sql`update tasks set organization_id = 'civil-affairs' where tenant_id = ${town.tenant} and case_id = ${caseId}`.execute(trx),
  )
  const officer = as(town.ctx, await actorOf(town.ctx, 'post:handler@civil-affairs', caseId))
  return { caseId, officer, member: as(town.ctx, await actorOf(town.ctx, 'resident:lin', caseId)) }
}

async function deadline(caseId: string, id: string): Promise<DeadlineRow> {
  const row = (await load(caseId)).deadlines.findLast((known) => known.deadline === id)
  assert.ok(row, `deadline ${id}`)
  return row
}

async function complete(ctx: Ctx, caseId: string, element: string, data = {}) {
  const task = (await load(caseId)).tasks.find((known) => known.element === element)
  assert.ok(task, `open task ${element}`)
  await completeTask(ctx, task.task_id, { data })
}

test('a limit whose clock stands is not missed, fires no timer and is no date of the work, however long that takes', async () => {
  const { caseId, officer, member } = await join()
  await complete(officer, caseId, 'Call')
  at('2026-03-04T10:00:00+08:00')
  await sendCaseMessage(officer, { caseId }, 'ask', {})
  at('2026-05-20T10:00:00+08:00')
  await watch(town.ctx)
  const paused = await load(caseId)
  assert.equal((await deadline(caseId, 'answer')).status, 'running')
  assert.equal(paused.row.missed, false)
  assert.equal(paused.row.next_due_on, null)
  assert.ok(((await findNextDue(town.ctx)) ?? new Date(8.64e15)) > town.clock.now(), 'nothing falls due while the clock stands')
  await sendCaseMessage(member, { caseId }, 'supply', {})
  // Ten days from 2 March; 4 March to 20 May do not count: 3 March is the first, the other nine end on 29 May.
  assert.equal((await deadline(caseId, 'answer')).due_on, '2026-05-29')
})

test('a second request while the clock stands does not stop it twice', async () => {
  const { caseId, officer } = await join()
  at('2026-03-04T10:00:00+08:00')
  await sendCaseMessage(officer, { caseId }, 'ask', {})
  await sendCaseMessage(officer, { caseId }, 'ask', {})
  assert.equal((await deadline(caseId, 'answer')).pauses.length, 1)
})

test('more time that is asked for after the limit has passed is refused, and the miss stays visible', async () => {
  const { caseId, officer } = await join()
  at('2026-03-13T00:00:00+08:00')
  await watch(town.ctx)
  assert.equal((await load(caseId)).row.missed, true)
  await assert.rejects(sendCaseMessage(officer, { caseId }, 'prolong', { days: 5 }), { code: 'deadline.not_running' })
  assert.equal((await load(caseId)).row.missed, true)
  assert.equal((await deadline(caseId, 'answer')).due_on, '2026-03-12')
})

test('more time that was given before the limit passed but recorded after it counts by the day it was given', async () => {
  const { caseId, officer } = await join()
  at('2026-03-13T00:00:00+08:00')
  await watch(town.ctx)
  await sendCaseMessage(officer, { caseId }, 'prolong', { days: 5, on: '2026-03-12' })
  const row = await deadline(caseId, 'answer')
  assert.deepEqual([row.due_on, row.status, row.missed_at], ['2026-03-17', 'running', null])
})

test('more time goes no further than the law, and once', async () => {
  const { caseId, officer } = await join()
  await assert.rejects(sendCaseMessage(officer, { caseId }, 'prolong', { days: 6 }), { code: 'deadline.extension_amount' })
  await sendCaseMessage(officer, { caseId }, 'prolong', { days: 5 })
  await assert.rejects(sendCaseMessage(officer, { caseId }, 'prolong', { days: 1 }), { code: 'deadline.extensions_used' })
})

test('a period in hours runs from its instant, also when it is made longer', async () => {
  const { caseId, officer } = await join()
  assert.equal(new Date((await deadline(caseId, 'call')).due_at).toISOString(), '2026-03-03T01:00:00.000Z')
  await sendCaseMessage(officer, { caseId }, 'wait-for-call', { days: 2 })
  assert.equal(new Date((await deadline(caseId, 'call')).due_at).toISOString(), '2026-03-03T03:00:00.000Z')
})

test('the last instant of a period in hours is in time, and one after it is not', async () => {
  const first = await join()
  at('2026-03-03T09:00:00.000+08:00')
  await complete(first.officer, first.caseId, 'Call')
  assert.equal((await deadline(first.caseId, 'call')).status, 'met')
  const second = await join()
  at('2026-03-03T09:00:00.001+08:00')
  await complete(second.officer, second.caseId, 'Call')
  assert.equal((await deadline(second.caseId, 'call')).status, 'missed')
})

test('an act in time by its date is in time when it is recorded after the limit was found missed', async () => {
  const { caseId, officer } = await join()
  at('2026-03-13T08:00:00+08:00')
  await watch(town.ctx)
  await complete(officer, caseId, 'Answer', { on: '2026-03-12' })
  const row = await deadline(caseId, 'answer')
  assert.deepEqual([row.status, row.met_on, row.missed_at], ['met', '2026-03-12', null])
})

test('a right that has lapsed is not heard in the moment before the timer is looked at', async () => {
  const { caseId, officer, member } = await join()
  await complete(officer, caseId, 'Call')
  await complete(officer, caseId, 'Answer')
  assert.equal((await deadline(caseId, 'object')).due_on, '2026-03-09')
  at('2026-03-10T00:00:01+08:00')
  await assert.rejects(sendCaseMessage(member, { caseId }, 'object', {}), { code: 'message.not_awaited' })
})

test('a right is heard until the end of its last day', async () => {
  const { caseId, officer, member } = await join()
  await complete(officer, caseId, 'Answer')
  at('2026-03-09T23:59:59+08:00')
  await sendCaseMessage(member, { caseId }, 'object', {})
  assert.equal((await deadline(caseId, 'object')).status, 'met')
})

test('what is reported once is reported again when it happens again', async () => {
  const { caseId, officer } = await join()
  at('2026-03-13T00:00:00+08:00')
  await watch(town.ctx)
  await complete(officer, caseId, 'Answer')
  const { rows } = await inTenant(town.ctx.db, town.tenant, (trx) =>
    sql<{ open: number; all: number }>`select count(*) filter (where resolved_at is null)::int as open, count(*)::int as all from escalations
      where tenant_id = ${town.tenant} and case_id = ${caseId} and kind = 'overdue' and subject = 'answer'`.execute(trx),
  )
  assert.deepEqual(rows[0], { open: 0, all: 1 })
  await inTenant(town.ctx.db, town.tenant, (trx) =>
    sql`insert into escalations (tenant_id, escalation_id, case_id, kind, subject, level, opened_at)
      values (${town.tenant}, gen_random_uuid(), ${caseId}, 'overdue', 'answer', 1, ${town.clock.now()})`.execute(trx),
  )
})
