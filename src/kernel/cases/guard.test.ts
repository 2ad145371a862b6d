// The access rule on an invented procedure: codes of parties, four eyes, hand-over upwards, jurisdiction, sealed parts, the unit complained of.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { Ctx } from '../context.ts'
import { assignTask, completeTask, writeMessage } from './act.ts'
import { findAssignees } from './assignees.ts'
import { listEscalations } from './escalations.ts'
import { askGlass, listGlassRequests } from './glass.ts'
import { listCases, listInbox } from './lists.ts'
import { loadCase } from './load-case.ts'
import { openCase } from './open-case.ts'
import { nameSubject } from './subjects.ts'
import { viewCase } from './view.ts'
import { listViews } from './views.ts'
import { escalate } from './watch.ts'
import { loadStep } from './load-case.ts'
import { runStep } from './run-step.ts'
import { guildMatter, openGuildTown } from '../../../tests/support/guild-town.ts'

const { town, anonymous, at, file, taskOf, codesSent, holderOf } = await openGuildTown()
const data = guildMatter
after(() => town.close())

test('each party has a code of her own, which only she is sent; none sees how to reach the other', async () => {
  const made = await file()
  assert.deepEqual(made.otherCodes, [], 'online nobody gets the code of another')
  const [letter] = await codesSent(made.number)
  assert.equal(letter?.to, data.rivalPhone)
  const rival = await viewCase(await holderOf(made.number, letter?.variables?.['code'] ?? ''), made.by, 'zh')
  assert.deepEqual(
    rival.parties.map((party) => [party.isMine, party.name, party.phone]),
    [
      [false, data.name, ''],
      [true, data.rivalName, data.rivalPhone],
    ],
  )
  assert.ok(!JSON.stringify(rival).includes(data.phone), 'nor in the filing form')
  assert.ok(JSON.stringify(await viewCase(await holderOf(made.number, made.receiptCode), made.by, 'zh')).includes(data.phone))
})

test('four eyes: who did the work is neither offered its check nor may do it, a colleague may', async () => {
  const { caseId } = await file()
  const [first, second] = [await at('agriculture-handler'), await at('second')]
  await completeTask(first, await taskOf(caseId, 'Work'), { data: {} })
  const check = await taskOf(caseId, 'Check')
  const offered = async (ctx: Ctx) => (await listInbox(ctx, {}, { size: 100 }, 'zh')).items.some((item) => item.taskId === check)
  assert.deepEqual([await offered(first), await offered(second)], [false, true])
  await assert.rejects(completeTask(first, check, { data: {} }), { kind: 'forbidden', code: 'task.four_eyes' })
  await assert.rejects(assignTask(first, check, { assignee: 'u-agriculture-handler' }), { code: 'task.four_eyes' })
  const loaded = await loadCase(town.ctx, caseId)
  const row = loaded.tasks.find((task) => task.task_id === check)
  assert.ok(row)
  assert.ok(!(await findAssignees(first, loaded, row)).includes('u-agriculture-handler'))
  await assert.rejects(assignTask(second, check, { assignee: 'u-agriculture-handler' }), { code: 'task.assignee' })
  await completeTask(second, check, { data: {} })
})

test('a superior body sees nothing before work is handed to it, and its post then reads that case', async () => {
  const petition = await openCase(anonymous(), {
    procedure: 'petition',
    data: { subject: '路灯', description: '坏了。', claim: '修。', name: '某某', phone: '000 0000 1', village: 'xikou-village' },
  })
  const county = await at('county-review-officer')
  await assert.rejects(viewCase(county, { number: petition.number }, 'zh'), { kind: 'not_found' })
  const made = await file()
  await viewCase(county, made.by, 'zh')
  assert.equal((await listCases(county, { q: petition.number }, {}, 'zh')).total, 0)
})

test('jurisdiction is its own axis: a post of one village reads only matters of that village, whatever its line', async () => {
  const [own, other] = [await file(), await file({ data: { ...data, village: 'shishang-village' } })]
  const post = await at('xikou-handler')
  await viewCase(post, own.by, 'zh')
  await assert.rejects(viewCase(post, other.by, 'zh'), { kind: 'not_found' })
  const listed = (await listCases(post, {}, { size: 100 }, 'zh')).items.map((item) => item.number)
  assert.deepEqual([listed.includes(own.number), listed.includes(other.number)], [true, false])
  const work = (await listInbox(post, {}, { size: 100 }, 'zh')).items.map((item) => item.number)
  assert.deepEqual([work.includes(own.number), work.includes(other.number)], [true, false])
})

test('caucus is open to the mediator at work and to that party: no other mediator, no head, no rival, no broken seal', async () => {
  const made = await file()
  const [one, two] = [await at('mediator-one'), await at('mediator-two')]
  await completeTask(one, await taskOf(made.caseId, 'Caucus'), { data: { caucusWords: '底线三千', caucusNotes: '私下的判断' } })
  const applicant = (await loadCase(town.ctx, made.caseId)).parties[0]?.partyId ?? ''
  await writeMessage(one, made.by, '单独留言', [], { partyId: applicant, sealed: 'caucus' })
  const open = { purpose: 'sealed:handling', words: '办理需要', fields: ['sealed'], opens: true }
  const seen = async (ctx: Ctx) => {
    const text = JSON.stringify(await viewCase(ctx, made.by, 'zh', open))
    return ['底线三千', '私下的判断', '单独留言'].map((words) => text.includes(words))
  }
  assert.deepEqual(await seen(one), [true, true, true])
  assert.deepEqual(await seen(two), [false, false, false])
  assert.deepEqual(await seen(await at('supervisor')), [false, false, false])
  assert.deepEqual(await seen(await holderOf(made.number, made.receiptCode)), [true, false, true])
  const [letter] = await codesSent(made.number)
  assert.deepEqual(await seen(await holderOf(made.number, letter?.variables?.['code'] ?? '')), [false, false, false])
  const quiet = await viewCase(one, made.by, 'zh')
  assert.ok(quiet.mayOpenMore && !JSON.stringify(quiet).includes('底线三千'), 'not without a purpose')
  await assert.rejects(viewCase(one, made.by, 'zh', { ...open, words: '' }), { code: 'look.words' })
  const looks = await listViews(await holderOf(made.number, made.receiptCode), made.by, 'zh')
  assert.ok(looks.some((look) => look.purpose === 'sealed:handling' && look.words === '办理需要' && look.by.includes('调解员一')))
})

test('who informed is shown to the named post alone, and everywhere else it says that it is kept secret', async () => {
  const made = await file({ data: { ...data, informerName: '举报人丙', informerPhone: '000 0000 3333' } })
  const open = { purpose: 'sealed:law', words: '核实', fields: ['sealed'], opens: true }
  await nameSubject(await at('supervisor'), made.number, { organizationId: 'civil-affairs', seal: true })
  const desk = JSON.stringify(await viewCase(await at('informer-desk'), made.by, 'zh', open))
  assert.ok(desk.includes('举报人丙') && desk.includes('000 0000 3333'))
  for (const ctx of [await at('supervisor'), await holderOf(made.number, made.receiptCode)]) {
    const text = JSON.stringify(await viewCase(ctx, made.by, 'zh', ctx.actor.kind === 'staff' ? open : 'handling'))
    assert.ok(!text.includes('举报人丙') && !text.includes('000 0000 3333') && text.includes('（身份保密）'))
  }
})

test('the unit complained of and its line are out, in lists and reports as on the page; the report goes round them', async () => {
  const made = await file()
  const line = ['agriculture-handler', 'agriculture-head', 'town-head', 'xikou-handler']
  await viewCase(await at('agriculture-handler'), made.by, 'zh')
  await nameSubject(await at('supervisor'), made.number, { organizationId: 'agriculture', name: '某主任' })
  await runStep(
    () => loadStep(town.ctx, made.caseId),
    (step) => escalate(step, 'orphan', 'Work', 'agriculture'),
  )
  for (const user of line) {
    const ctx = await at(user)
    await assert.rejects(viewCase(ctx, made.by, 'zh'), { kind: 'not_found' }, user)
    assert.equal((await listCases(ctx, { q: made.number }, {}, 'zh')).total, 0, user)
    assert.ok(!(await listInbox(ctx, {}, { size: 100 }, 'zh')).items.some((item) => item.number === made.number), user)
    assert.ok(!(await listEscalations(ctx, 'zh')).some((report) => report.number === made.number), user)
    await askGlass(ctx, made.number, { purpose: 'danger', reason: '有人说马上要出事，必须看。' })
  }
  assert.deepEqual(
    (await listGlassRequests(await at('second-supervisor'))).filter((request) => request.number === made.number),
    [],
    'nothing to decide on',
  )
  const reports = [...(await listEscalations(await at('supervisor'), 'zh')), ...(await listEscalations(await at('second-supervisor'), 'zh'))]
  assert.ok(reports.some((report) => report.number === made.number))
  assert.ok(JSON.stringify((await loadCase(town.ctx, made.caseId)).subjects).includes('某主任'))
})

test('a sealed accusation is read and worked on only by posts that clear it, in the body it was handed to', async () => {
  const made = await file()
  await nameSubject(await at('supervisor'), made.number, { organizationId: 'civil-affairs', seal: true })
  for (const user of ['agriculture-handler', 'town-head', 'mediator-one', 'county-review-officer'])
    await assert.rejects(viewCase(await at(user), made.by, 'zh'), { kind: 'not_found' }, user)
  const desk = await at('second-supervisor')
  await viewCase(desk, made.by, 'zh')
  assert.ok((await listInbox(desk, {}, { size: 100 }, 'zh')).items.some((item) => item.number === made.number))
  await completeTask(desk, await taskOf(made.caseId, 'Work'), { data: {} })
  await viewCase(await holderOf(made.number, made.receiptCode), made.by, 'zh')
})
