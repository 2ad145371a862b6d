// Acts of the access rule on an invented procedure: four eyes, proxies, recusal, the unit complained of, a broken seal, hand-over.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { appoint, staffActor } from '../access/posts.ts'
import { as, type Ctx } from '../context.ts'
import { openGuild } from '../../../tests/support/guild.ts'
import { openTestTown, type TestTown } from '../../../tests/support/town.ts'
import { listDemoOutbox } from '../notifications/outbox.ts'
import { assignTask, completeTask, sendCaseMessage, writeMessage } from './act.ts'
import { findAssignees } from './assignees.ts'
import { listEscalations } from './escalations.ts'
import { askGlass, decideGlass, listGlassRequests, listUntold } from './glass.ts'
import { handOverWork } from './hand-over.ts'
import { listCases, listInbox } from './lists.ts'
import { getCase, loadCase } from './load-case.ts'
import { changeMandate, makeMandate } from './mandates.ts'
import type { Filing } from './new-case.ts'
import { openCase } from './open-case.ts'
import { findReceiptActor } from './open-by-receipt.ts'
import { askRecusal, decideRecusal, declareInterest, listRecusalRequests, orderRecusal } from './recuse.ts'
import { nameSubject } from './subjects.ts'
import { viewCase } from './view.ts'
import { listViews } from './views.ts'
import { escalate } from './watch.ts'
import { loadStep } from './load-case.ts'
import { runStep } from './step.ts'

let town: TestTown
const people = [
  'agriculture-handler',
  'agriculture-head',
  'xikou-handler',
  'mediator-one',
  'mediator-two',
  'informer-desk',
  'supervisor',
  'second-supervisor',
  'town-head',
  'county-review-officer',
  'petition-clerk',
  'it-admin',
  'civil-affairs-handler',
] as const

before(async () => {
  town = await openTestTown('2026-03-02T09:00:00+08:00')
  await openGuild(town.ctx)
  for (const post of people) await appoint(town.ctx, { postId: post, userId: `u-${post}`, from: '2026-01-01' })
  await appoint(town.ctx, { postId: 'agriculture-handler', userId: 'u-second', from: '2026-01-01' })
})
after(() => town.close())

/** Whoever holds this post, with what it opens at this moment. */
const at = async (user: string): Promise<Ctx> => as(town.ctx, await staffActor(town.ctx, { userId: `u-${user}`, name: user }))
const anonymous = () => as(town.ctx, { kind: 'anonymous' })

const data = {
  publicWords: '公开的话',
  partyWords: '当事人的话',
  hidden: '内部的话',
  name: '申请人甲',
  phone: '000 0000 1111',
  rivalName: '对方乙',
  rivalPhone: '000 0000 2222',
  village: 'xikou-village',
  office: 'agriculture',
}

async function file(more: Partial<Filing> = {}) {
  const made = await openCase(anonymous(), { procedure: 'guild', data, ...more })
  return { ...made, by: { number: made.number } }
}

const taskOf = async (caseId: string, element: string) =>
  (await loadCase(town.ctx, caseId)).tasks.find((task) => task.element === element)?.task_id ?? ''
const codesSent = async (number: string) =>
  (await listDemoOutbox(town.ctx)).filter((letter) => letter.textId === 'case.party-code' && letter.variables?.['number'] === number)

async function holderOf(number: string, code: string): Promise<Ctx> {
  const actor = await findReceiptActor(anonymous(), number, code)
  assert.ok(actor)
  return as(town.ctx, actor)
}

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

test('break-glass: another person of supervision decides, one case opens for reading for a day, the party reads who and why', async () => {
  const made = await file()
  const asker = await at('petition-clerk')
  await assert.rejects(viewCase(asker, made.by, 'zh'), { kind: 'not_found' })
  await askGlass(asker, made.number, { purpose: 'danger', reason: '来人称对方扬言伤人，需要马上核实。' })
  await askGlass(asker, 'GU26-0000-000', { purpose: 'danger', reason: '没有这个编号，回答也一样。' })
  const supervisor = await at('supervisor')
  const [request] = (await listGlassRequests(supervisor)).filter((known) => known.number === made.number)
  assert.ok(request)
  assert.deepEqual(await listGlassRequests(asker), [])
  await assert.rejects(decideGlass(asker, request.glassId, { grant: true, answer: '同意' }), { kind: 'not_found' })
  await assert.rejects(decideGlass(supervisor, request.glassId, { grant: true, answer: '同意', hours: 25 }), { code: 'glass.hours' })
  await decideGlass(supervisor, request.glassId, { grant: true, answer: '情况紧急，同意。' })
  await assert.rejects(decideGlass(supervisor, request.glassId, { grant: true, answer: '再来一次' }), { code: 'glass.decided' })
  const opened = await at('petition-clerk')
  assert.equal((await viewCase(opened, made.by, 'zh')).level, 'officers')
  assert.equal((await listCases(opened, { q: made.number }, {}, 'zh')).total, 1)
  await assert.rejects(writeMessage(opened, made.by, '您好'), { kind: 'not_found' })
  await assert.rejects(getCase(opened, made.by, 'case.export'), { kind: 'not_found' })
  const party = await holderOf(made.number, made.receiptCode)
  assert.ok((await viewCase(party, made.by, 'zh')).timeline.some((entry) => entry.type === 'glass.opened' && entry.text.includes('信访接待员')))
  assert.ok((await listDemoOutbox(town.ctx)).some((letter) => letter.textId === 'case.glass-opened' && letter.to === data.phone))
  town.clock.set(new Date('2026-03-03T09:00:01+08:00'))
  await assert.rejects(viewCase(await at('petition-clerk'), made.by, 'zh'), { kind: 'not_found' })
})

test('a supervisor cannot decide on her own request, and who left no contact is told by letter before a day', async () => {
  const made = await file({ data: { publicWords: '无名', office: 'agriculture', village: 'xikou-village' } })
  await nameSubject(await at('second-supervisor'), made.number, { organizationId: 'civil-affairs', seal: true })
  const clerk = await at('petition-clerk')
  await askGlass(clerk, made.number, { purpose: 'law', reason: '公安机关依法调取，限两小时内提供。' })
  const [request] = (await listGlassRequests(await at('second-supervisor'))).filter((known) => known.number === made.number)
  assert.ok(request)
  const twice = as(town.ctx, {
    ...(await staffActor(town.ctx, { userId: 'u-petition-clerk', name: '' })),
    posts: [...((await at('supervisor')).actor as Extract<Ctx['actor'], { kind: 'staff' }>).posts],
  }) // the clerk also holds the other post
  await assert.rejects(decideGlass(twice, request.glassId, { grant: true, answer: '自己同意自己' }), { kind: 'not_found' })
  await decideGlass(await at('second-supervisor'), request.glassId, { grant: true, answer: '依法提供。' })
  const [untold] = (await listUntold(await at('supervisor'))).filter((row) => row.number === made.number)
  assert.equal(untold?.tellBy, '2026-03-06')
  await viewCase(await at('petition-clerk'), made.by, 'zh')
})

test('a proxy acts as far and as long as the party says; what is ended is ended at once', async () => {
  const made = await file({ proxy: { kind: 'relative', name: '代办人丁', phone: '000 0000 4444', evidence: '户口本', acts: ['message'] } })
  assert.ok(made.isProxy)
  const proxy = await holderOf(made.number, made.receiptCode)
  const view = await viewCase(proxy, made.by, 'zh')
  assert.ok(view.isProxy && view.parties[0]?.proxies[0]?.name === '代办人丁')
  await writeMessage(proxy, made.by, '我替她问一下')
  await assert.rejects(getCase(proxy, made.by, 'case.export'), { kind: 'not_found' })
  await assert.rejects(sendCaseMessage(proxy, made.by, 'anything', {}), { kind: 'not_found' })
  const [, own] = [made, (await codesSent(made.number)).find((letter) => letter.to === data.phone)]
  const party = await holderOf(made.number, own?.variables?.['code'] ?? '')
  const mandate = (await viewCase(party, made.by, 'zh')).parties[0]?.proxies[0]?.mandateId ?? ''
  await assert.rejects(changeMandate(proxy, made.number, mandate, { revoke: true }), { kind: 'not_found' })
  await assert.rejects(changeMandate(party, made.number, mandate, { acts: ['message', 'export'], to: null }), { code: 'mandate.wider' })
  await changeMandate(party, made.number, mandate, { acts: [], to: '2026-03-04' })
  await assert.rejects(writeMessage(proxy, made.by, '还想问'), { kind: 'not_found' })
  await viewCase(proxy, made.by, 'zh')
  await changeMandate(party, made.number, mandate, { revoke: true })
  await assert.rejects(viewCase(proxy, made.by, 'zh'), { kind: 'not_found' })
  assert.equal((await listCases(proxy, {}, {}, 'zh')).total, 0)
  const code = await makeMandate(party, made.number, view.parties[0]?.partyId ?? '', {
    kind: 'lawyer',
    name: '律师戊',
    evidence: '委托书',
    acts: [],
    to: '2026-03-10',
  })
  const lawyer = await holderOf(made.number, code)
  await viewCase(lawyer, made.by, 'zh')
  town.clock.set(new Date('2026-03-11T09:00:00+08:00'))
  await assert.rejects(viewCase(lawyer, made.by, 'zh'), { kind: 'not_found' })
  assert.ok((await loadCase(town.ctx, made.caseId)).mandates.every((known) => !known.isInForce))
})

test('recusal: declared, ordered by the head, or asked for by a party and decided with a reason that she reads', async () => {
  const made = await file()
  const party = await holderOf(made.number, made.receiptCode)
  await assert.rejects(askRecusal(party, made.number, { postId: 'emergency-handler', kind: 'kin', ground: '是亲戚' }), { code: 'recusal.post' })
  await askRecusal(party, made.number, { postId: 'agriculture-handler', kind: 'kin', ground: '经办人是对方的表兄' })
  const head = await at('agriculture-head')
  const [request] = await listRecusalRequests(head, made.number)
  assert.ok(request?.mayDecide)
  await assert.rejects(decideRecusal(await at('supervisor'), made.number, request.requestId, { grant: true, answer: '同意' }), {
    code: 'recusal.forbidden',
  })
  await decideRecusal(head, made.number, request.requestId, { grant: true, answer: '情况属实，同意回避。' })
  for (const user of ['agriculture-handler', 'second']) await assert.rejects(viewCase(await at(user), made.by, 'zh'), { kind: 'not_found' })
  const answered = await listRecusalRequests(party, made.number)
  assert.deepEqual([answered[0]?.isGranted, answered[0]?.answer], [true, '情况属实，同意回避。'])
  await orderRecusal(head, made.number, { postId: 'xikou-handler', kind: 'interest', ground: '承包了相邻地块' })
  await assert.rejects(viewCase(await at('xikou-handler'), made.by, 'zh'), { kind: 'not_found' })
  await declareInterest(head, made.by, '本人与申请人同村', 'interest')
  await assert.rejects(viewCase(head, made.by, 'zh'), { kind: 'not_found' })
})

test('work of one person goes to another as a whole, and back to the office where the other may not do it', async () => {
  const [mine, recused] = [await file(), await file()]
  const first = await at('agriculture-handler')
  for (const made of [mine, recused]) await assignTask(first, await taskOf(made.caseId, 'Work'), { assignee: 'u-agriculture-handler' })
  await declareInterest(await at('second'), recused.by, '亲属')
  await assert.rejects(handOverWork(await at('civil-affairs-handler'), { from: 'u-agriculture-handler', to: 'u-second', note: '调岗' }), {
    kind: 'forbidden',
  })
  const done = await handOverWork(await at('it-admin'), { from: 'u-agriculture-handler', to: 'u-second', note: '清人〔2026〕3号' })
  assert.ok(done.moved >= 1 && done.laidBack >= 1)
  const assignee = async (caseId: string) => (await loadCase(town.ctx, caseId)).tasks.find((task) => task.element === 'Work')?.assignee
  assert.deepEqual([await assignee(mine.caseId), await assignee(recused.caseId)], ['u-second', null])
})
