import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { openClub } from '../../../tests/support/club.ts'
import { sampleFiling } from '../../../tests/support/filing.ts'
import { openTestTown, type TestTown } from '../../../tests/support/town.ts'
import { appoint } from '../access/posts.ts'
import { as } from '../context.ts'
import { inTenant } from '../database/database.ts'
import { uuidv7 } from '../ids.ts'
import { assignTask, completeTask, returnTask, sendCaseMessage, writeMessage } from './act.ts'
import { listCases, listInbox } from './lists.ts'
import { getCase, loadCase, loadStep } from './load-case.ts'
import { openCase } from './open-case.ts'
import { findByReceipt } from './receipts.ts'
import { issueDocument } from '../documents/issue.ts'
import { watch } from './watch.ts'
import { performStep } from './perform.ts'
import { accept, petitionSteps, register } from '../../../tests/support/petition-steps.ts'

let town: TestTown
const { anonymous, holder, clerk, at, file, taskId, complete, accepted } = petitionSteps(() => town)

before(async () => {
  town = await openTestTown('2026-03-02T09:00:00+08:00')
  await openClub(town.ctx)
})
after(() => town.close())

test('work carries the nearest limit of the office from the moment it is opened, whatever step opened it', async () => {
  const { caseId } = await file()
  const due = async () =>
    (await loadCase(town.ctx, caseId)).tasks
      .map((task) => [task.element, task.due_on])
      .toSorted(([a = ''], [b = '']) => (a ?? '').localeCompare(b ?? ''))
  assert.deepEqual(await due(), [['Register', '2026-03-17']])
  await complete(await clerk(), caseId, 'Register', register)
  assert.deepEqual(await due(), [
    ['DecideAcceptance', '2026-03-17'],
    ['EnterNational', '2026-03-17'],
  ])
})

test('the same idempotency key files once, at the same moment too, and with another body it is refused', async () => {
  const filing = { ...sampleFiling, idempotencyKey: 'k-0123456789' }
  const answers = await Promise.all([openCase(anonymous(), filing), openCase(anonymous(), filing), openCase(anonymous(), filing)])
  assert.equal(new Set(answers.map((answer) => JSON.stringify(answer))).size, 1)
  await assert.rejects(openCase(anonymous(), { ...filing, data: { ...filing.data, claim: '另一个请求。' } }), { code: 'idempotency.reused' })
})

test('two tasks of one case completed at the same moment are both done', async () => {
  const caseId = await accepted()
  await Promise.all([
    complete(await clerk(), caseId, 'ServeAcceptance', { method: 'handed', servedOn: '2026-03-02', proof: '签收单' }),
    complete(await holder('post:handler@civil-affairs'), caseId, 'Investigate', { heard: 'met', findings: '已查看。', evidence: '照片' }),
  ])
  const loaded = await loadCase(town.ctx, caseId)
  assert.deepEqual(loaded.tasks.map((task) => task.element).toSorted(), ['DraftOpinion', 'EnterNational'])
  assert.ok(loaded.content['ServeAcceptance'] && loaded.content['Investigate'])
})

test('documents issued at the same moment take numbers without a gap and without a double', async () => {
  const cases = await Promise.all(
    [1, 2, 3].map(async () => {
      const { caseId } = await file()
      await complete(await clerk(), caseId, 'Register', register)
      return caseId
    }),
  )
  await Promise.all(cases.map(async (caseId) => complete(await clerk(), caseId, 'DecideAcceptance', accept)))
  const { rows } = await inTenant(town.ctx.db, town.tenant, (trx) =>
    sql<{ sequence: number }>`select sequence from documents where tenant_id = ${town.tenant} and series = 'qing-xin-shou' order by sequence`.execute(
      trx,
    ),
  )
  assert.deepEqual(
    rows.map((row) => row.sequence),
    rows.map((_, index) => index + 1),
  )
})

test('a step that is not written leaves no file behind', async () => {
  const { caseId } = await file()
  await complete(await clerk(), caseId, 'Register', register)
  const count = () =>
    readdirSync(join(town.installation.config.dataDir, 'files'), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).length
  const before = count()
  await assert.rejects(
    performStep(
      () => loadStep(town.ctx, caseId),
      async (step) => {
        step.case.row.handling_office = 'civil-affairs'
        step.case.content['DecideAcceptance'] = accept
        await issueDocument(step, 'acceptance')
        throw new Error('the power of the office is out')
      },
    ),
    /power of the office/,
  )
  assert.equal(count(), before)
})

test('a document cannot have been served before it was issued, nor an act done before the matter came in or tomorrow', async () => {
  const caseId = await accepted()
  const serve = async (servedOn: string) => complete(await clerk(), caseId, 'ServeAcceptance', { method: 'handed', servedOn, proof: '签收单' })
  await assert.rejects(serve('2026-03-03'), { code: 'form.invalid' })
  await assert.rejects(serve('2020-01-01'), { code: 'form.invalid' })
  const letter = await openCase(await clerk(), { ...sampleFiling, entry: { channel: 'letter', receivedOn: '2026-02-20' } })
  await complete(await clerk(), letter.caseId, 'Register', register)
  await complete(await clerk(), letter.caseId, 'DecideAcceptance', accept)
  await assert.rejects(complete(await clerk(), letter.caseId, 'ServeAcceptance', { method: 'handed', servedOn: '2026-02-25', proof: '签收单' }), {
    code: 'service.before_issue',
  })
})

test('a matter entered by staff needs a real date on which it came in', async () => {
  for (const receivedOn of ['2026-02-30', '', 'yesterday', '2026-3-1'])
    await assert.rejects(openCase(await clerk(), { ...sampleFiling, entry: { channel: 'letter', receivedOn } }), { code: 'case.received_on' })
  await assert.rejects(openCase(await clerk(), { ...sampleFiling, entry: { channel: 'letter', receivedOn: '2026-12-31' } }), {
    code: 'case.received_later',
  })
})

test('a matter of an upstream system is entered once', async () => {
  const entry = { channel: 'upstream', receivedOn: '2026-03-01', upstreamSource: '12345', upstreamNumber: 'A-1' } as const
  await openCase(await clerk(), { ...sampleFiling, entry })
  await assert.rejects(openCase(await clerk(), { ...sampleFiling, entry }), { code: 'case.upstream_known' })
})

test('nothing that somebody typed gets into the column of the place, which is in clear', async () => {
  await assert.rejects(openCase(anonymous(), { ...sampleFiling, data: { ...sampleFiling.data, village: '林小满' } }), { code: 'form.invalid' })
  await assert.rejects(openCase(anonymous(), { procedure: 'club', data: { village: '林小满' } }), { code: 'form.invalid' })
})

test('a file that was never sent is refused by name of the field', async () => {
  const data = { ...sampleFiling.data, attachments: [uuidv7(new Date(0))] }
  await assert.rejects(openCase(anonymous(), { ...sampleFiling, data }), { code: 'form.invalid' })
  const { caseId } = await file()
  await assert.rejects(writeMessage(await clerk(), { caseId }, '请看附件', [uuidv7(new Date(0))]), { code: 'file.not_found' })
  await assert.rejects(writeMessage(await clerk(), { caseId }, '请看附件', ['../../root.key']), { code: 'file.not_found' })
})

test('account and electronic service are the filer’s own, not those of whoever else is named', async () => {
  const resident = as(town.ctx, { kind: 'resident', accountId: 'account-lin' })
  const { caseId } = await openCase(resident, {
    procedure: 'club',
    data: { name: '林小满', rival: '何川' },
    accountId: 'account-lin',
    electronicService: true,
  })
  const { parties } = await loadCase(town.ctx, caseId)
  assert.deepEqual(
    parties.map((party) => [party.role, party.accountId, party.electronicService]),
    [
      ['member', 'account-lin', true],
      ['rival', null, false],
    ],
  )
})

test('an act without a form takes no data', async () => {
  const { caseId, receiptCode } = await openCase(anonymous(), { procedure: 'club', data: { name: '林小满' } })
  const receipt = await findByReceipt(town.ctx, receiptCode)
  assert.ok(receipt)
  await assert.rejects(sendCaseMessage(as(town.ctx, { kind: 'receipt', ...receipt }), { caseId }, 'supply', { anything: 'x' }), { code: 'form.none' })
})

test('what is no id or number of ours is not found, and never reaches the database', async () => {
  const staff = await clerk()
  await assert.rejects(completeTask(staff, '-'.repeat(36), {}), { code: 'task.not_found' })
  await assert.rejects(getCase(staff, { caseId: '-'.repeat(36) }, 'case.read'), { code: 'case.not_found' })
  for (const number of ['XF26-AAAA\0AAA', "' or 1=1 --", 'XF26-0000-000', ''])
    await assert.rejects(getCase(staff, { number }, 'case.read'), { code: 'case.not_found' })
})

test('a page past the end says how many there are, and a page that is no number is the first', async () => {
  const staff = await clerk()
  const { total } = await listInbox(staff, {}, { size: 2 }, 'zh')
  assert.ok(total > 0)
  assert.deepEqual(await listInbox(staff, {}, { page: 500, size: 2 }, 'zh'), { items: [], total, page: 500, size: 2 })
  const odd = await listInbox(staff, {}, { page: Number.NaN, size: -4 }, 'zh')
  assert.deepEqual([odd.page, odd.size, odd.items.length], [1, 1, 1])
  await listInbox(staff, {}, { page: Number.MAX_VALUE }, 'zh')
  assert.equal((await listCases(staff, {}, { page: 500 }, 'zh')).total, (await listCases(staff, {}, {}, 'zh')).total)
  assert.equal((await listCases(staff, { q: '没有\0这样的' }, {}, 'zh')).total, 0)
})

test('work is given only to somebody who may do it', async () => {
  const { caseId } = await file()
  const task = await taskId(caseId, 'Register')
  await assert.rejects(assignTask(await clerk(), task, { assignee: 'nobody' }), { code: 'task.assignee' })
  await appoint(town.ctx, { postId: 'petition-clerk', userId: 'second-clerk', from: '2026-01-01' })
  await appoint(town.ctx, { postId: 'agriculture-handler', userId: 'farmer', from: '2026-01-01' })
  await assert.rejects(assignTask(await clerk(), task, { assignee: 'farmer' }), { code: 'task.assignee' })
  await assignTask(await clerk(), task, { assignee: 'second-clerk' })
  await assert.rejects(assignTask(await clerk(), task, { assignee: 'demo-petition-clerk' }), { code: 'task.claimed' })
  await returnTask(await clerk(), task, { reason: '她请假了' })
  assert.equal((await loadCase(town.ctx, caseId)).tasks[0]?.assignee, null)
})

test('work that lies with somebody who has left is reported', async () => {
  at('2026-03-02T09:00:00+08:00')
  const { caseId } = await file()
  await appoint(town.ctx, { postId: 'petition-clerk', userId: 'leaver', from: '2026-01-01', to: '2026-03-03' })
  await assignTask(await clerk(), await taskId(caseId, 'Register'), { assignee: 'leaver' })
  at('2026-03-06T09:00:01+08:00')
  await watch(town.ctx)
  const { rows } = await inTenant(town.ctx.db, town.tenant, (trx) =>
    sql<{ subject: string }>`select subject from escalations where tenant_id = ${town.tenant} and case_id = ${caseId} and kind = 'orphan'`.execute(
      trx,
    ),
  )
  assert.deepEqual(rows, [{ subject: 'Register' }])
})

test('a case that cannot go on by itself does not keep the watch from the others', async () => {
  at('2026-03-02T09:00:00+08:00')
  const bad = await openCase(anonymous(), { procedure: 'club', data: {} })
  const good = await file()
  const whole = await inTenant(town.ctx.db, town.tenant, async (trx) => {
    const { rows } = await sql<{ content: Buffer }>`select content from cases where tenant_id = ${town.tenant} and case_id = ${bad.caseId}`.execute(
      trx,
    )
    await sql`update cases set content = '\\x00' where tenant_id = ${town.tenant} and case_id = ${bad.caseId}`.execute(trx)
    return rows[0]?.content
  })
  at('2026-04-20T09:00:00+08:00')
  await watch(town.ctx)
  assert.equal((await loadCase(town.ctx, good.caseId)).row.missed, true)
  await inTenant(town.ctx.db, town.tenant, (trx) =>
    sql`update cases set content = ${whole} where tenant_id = ${town.tenant} and case_id = ${bad.caseId}`.execute(trx),
  )
})
