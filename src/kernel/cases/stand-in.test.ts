// Who stands in, who keeps out, and who breaks a seal, on an invented procedure: break-glass, proxies, recusal, hand-over of work.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { sql } from 'kysely'
import { staffActor } from '../access/posts.ts'
import { as, type Ctx } from '../context.ts'
import { inTenant } from '../database/database.ts'
import { listDemoOutbox } from '../notifications/outbox.ts'
import { assignTask, sendCaseMessage, writeMessage } from './act.ts'
import { askGlass, decideGlass, listGlassRequests } from './glass.ts'
import { listUntold, noteTold } from './glass-told.ts'
import { listEscalations } from './escalations.ts'
import { watch } from './watch.ts'
import { addWorkdays } from '#kernel/deadlines/calendar.ts'
import { getTown, today } from '#kernel/towns/towns.ts'
import { handOverWork } from './hand-over.ts'
import { listCases } from './lists.ts'
import { getCase, loadCase } from './load-case.ts'
import { changeMandate, makeMandate } from './mandates.ts'
import { askRecusal, decideRecusal, declareInterest, listRecusalRequests, orderRecusal } from './recuse.ts'
import { nameSubject } from './subjects.ts'
import { viewCase } from './view.ts'
import { guildMatter, openGuildTown } from '../../../tests/support/guild-town.ts'

const { town, at, file, taskOf, codesSent, holderOf } = await openGuildTown()
const data = guildMatter
after(() => town.close())

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
  assert.ok(untold)
  const wanted = addWorkdays((await getTown(town.ctx)).calendar, today(town.ctx), 3)
  assert.equal(untold.tellBy, wanted)
  await viewCase(await at('petition-clerk'), made.by, 'zh')
  await assert.rejects(noteTold(await at('town-head'), untold.glassId, 'letter'), { code: 'glass.not_found' })
  await assert.rejects(noteTold(await at('supervisor'), untold.glassId, 'somehow'), { code: 'glass.how' })
  const reported = async () => (await listEscalations(await at('supervisor'), 'zh')).filter((one) => one.subject.includes('紧急调阅'))
  town.clock.set(new Date(`${untold.tellBy}T18:00:00+08:00`))
  await watch(town.ctx)
  assert.deepEqual(await reported(), [], 'the day itself still belongs to the period')
  town.clock.advance(86_400_000)
  await watch(town.ctx)
  await watch(town.ctx)
  assert.deepEqual(
    (await reported()).map((one) => [one.number, one.kind]),
    [[made.number, 'unacknowledged']],
    'reported once, to a post that may know of the sealed case',
  )
  await noteTold(await at('supervisor'), untold.glassId, 'letter')
  assert.deepEqual(
    (await listUntold(await at('supervisor'))).filter((row) => row.number === made.number),
    [],
  )
  assert.deepEqual(await reported(), [], 'told late is settled')
  const { timeline } = await viewCase(await holderOf(made.number, made.receiptCode), made.by, 'zh')
  assert.ok(timeline.some((entry) => entry.type === 'glass.told' && entry.text.includes('书信')))
})

test('the lists of broken seals still open when one of their cases has been erased', async () => {
  const [gone, kept] = [await file(), await file()]
  for (const { number } of [gone, kept])
    await askGlass(await at('petition-clerk'), number, { purpose: 'law', reason: '公安机关依法调取，限两小时内提供。' })
  await inTenant(town.ctx.db, town.tenant, (trx) => sql`select vault.destroy_key(${town.tenant}, ${gone.caseId})`.execute(trx))
  const listed = (await listGlassRequests(await at('supervisor'))).map((row) => row.number)
  assert.deepEqual([listed.includes(gone.number), listed.includes(kept.number)], [false, true])
})

test('two hundred requests that a supervisor may not decide do not hide the one that she may', async () => {
  const [barred, open] = [await file(), await file()]
  await inTenant(town.ctx.db, town.tenant, async (trx) => {
    await sql`insert into recusals (tenant_id, case_id, user_id, ground, declared_at, declared_by)
      values (${town.tenant}, ${barred.caseId}, 'u-supervisor', 'kin', ${town.clock.now()}, 'u-supervisor')`.execute(trx)
    await sql`insert into break_glass (tenant_id, glass_id, case_id, user_id, purpose, reason, asked_at)
      select ${town.tenant}, gen_random_uuid(), ${barred.caseId}, 'u-somebody', 'audit', '', ${town.clock.now()} from generate_series(1, 201)`.execute(
      trx,
    )
    await sql`insert into break_glass (tenant_id, glass_id, case_id, user_id, purpose, reason, asked_at, decided_at, decided_by, is_granted, tell_by)
      select ${town.tenant}, gen_random_uuid(), ${barred.caseId}, 'u-somebody', 'audit', '', ${town.clock.now()}, ${town.clock.now()}, 'u-other', true, '2020-01-01'
      from generate_series(1, 201)`.execute(trx)
    await sql`insert into break_glass (tenant_id, glass_id, case_id, user_id, purpose, reason, asked_at, decided_at, decided_by, is_granted, tell_by)
      values (${town.tenant}, gen_random_uuid(), ${open.caseId}, 'u-somebody', 'audit', '', ${town.clock.now()}, ${town.clock.now()}, 'u-other', true, ${today(town.ctx)}::date)`.execute(
      trx,
    )
  })
  town.clock.advance(1000)
  await askGlass(await at('petition-clerk'), open.number, { purpose: 'law', reason: '公安机关依法调取，限两小时内提供。' })
  const supervisor = await at('supervisor')
  assert.deepEqual(
    (await listGlassRequests(supervisor)).filter(({ number }) => [barred.number, open.number].includes(number)).map(({ number }) => number),
    [open.number],
  )
  const untold = (await listUntold(supervisor)).map(({ number }) => number)
  assert.ok(untold.includes(open.number) && !untold.includes(barred.number))
})
