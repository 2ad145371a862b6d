// Rights only; behaviour is in cases.test.ts.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { actorOf } from '../../demo/play-example.ts'
import { sampleFiling } from '../../../tests/support/filing.ts'
import { openTestTown, type TestTown } from '../../../tests/support/town.ts'
import { assignTask, completeTask, sendCaseMessage, writeMessage } from '../cases/act.ts'
import { findAtCounter } from '../cases/counter.ts'
import { lateByOffice } from '../cases/late.ts'
import { countInbox, listCases, listInbox } from '../cases/lists.ts'
import { getCase, loadCase } from '../cases/load-case.ts'
import { type Acknowledgement, openCase } from '../cases/open-case.ts'
import { findByReceipt } from '../cases/receipts.ts'
import { viewCase } from '../cases/view.ts'
import { type Actor, as, type Ctx } from '../context.ts'
import { inTenant } from '../database/database.ts'
import { findMissedCases } from '../cases/watch-queries.ts'
import { type CaseAccess, isShown, keysOf, levelFor, may } from './rule.ts'

let town: TestTown
let filed: Acknowledgement
let task: string
const holder = async (post: string) => as(town.ctx, await actorOf(town.ctx, post, ''))
const actor = (kind: Actor): Ctx => as(town.ctx, kind)
const counter = { name: sampleFiling.data.name, tail: sampleFiling.data.phone.slice(-4) }
const register = { category: 'claim', urgent: false, summary: '排水沟堵塞。' }

before(async () => {
  town = await openTestTown('2026-03-02T09:00:00+08:00')
  filed = await openCase(actor({ kind: 'resident', accountId: 'lin' }), { ...sampleFiling, accountId: 'lin' })
  task = (await loadCase(town.ctx, filed.caseId)).tasks[0]?.task_id ?? ''
})
after(() => town.close())

const outsiders = ['post:handler@agriculture', 'post:village-officer@shishang-village', 'post:review-head@county-petition-bureau', 'post:it-admin']

test('staff of another office find neither the case nor its task, by whatever way they come', async () => {
  for (const post of outsiders) {
    const ctx = await holder(post)
    const by = { number: filed.number }
    await assert.rejects(viewCase(ctx, by, 'zh'), { kind: 'not_found' }, post)
    await assert.rejects(writeMessage(ctx, by, '您好'), { kind: 'not_found' }, post)
    await assert.rejects(sendCaseMessage(ctx, by, 'withdraw', {}), { kind: 'not_found' }, post)
    await assert.rejects(completeTask(ctx, task, { data: register }), { kind: 'not_found' }, post)
    await assert.rejects(assignTask(ctx, task, { assignee: null }), { kind: 'not_found' }, post)
    assert.equal((await listInbox(ctx, {}, {}, 'zh')).total, 0, post)
    assert.equal((await countInbox(ctx)).all, 0, post)
    assert.equal((await listCases(ctx, { q: filed.number }, {}, 'zh')).total, 0, post)
    assert.deepEqual(await findAtCounter(ctx, counter), [], post)
    assert.deepEqual(await lateByOffice(ctx, 'zh'), [], post)
  }
})

test('whoever may read a case but not do its task is told so', async () => {
  const supervisor = await holder('post:supervisor')
  await viewCase(supervisor, { number: filed.number }, 'zh')
  await assert.rejects(completeTask(supervisor, task, { data: register }), { kind: 'forbidden', code: 'task.forbidden' })
})

test('a resident sees her own case and no other; nobody sees any without being somebody', async () => {
  await viewCase(actor({ kind: 'resident', accountId: 'lin' }), { number: filed.number }, 'zh')
  for (const other of [actor({ kind: 'resident', accountId: 'he' }), actor({ kind: 'anonymous' })])
    await assert.rejects(viewCase(other, { number: filed.number }, 'zh'), { kind: 'not_found' })
  assert.equal((await listCases(actor({ kind: 'resident', accountId: 'he' }), {}, {}, 'zh')).total, 0)
  assert.equal((await listCases(actor({ kind: 'anonymous' }), {}, {}, 'zh')).total, 0)
})

test('a receipt opens its case for its party and nothing else', async () => {
  const receipt = await findByReceipt(town.ctx, filed.receiptCode)
  assert.ok(receipt)
  const other = await openCase(actor({ kind: 'anonymous' }), sampleFiling)
  const ctx = actor({ kind: 'receipt', ...receipt })
  await viewCase(ctx, { number: filed.number }, 'zh')
  await assert.rejects(viewCase(ctx, { number: other.number }, 'zh'), { kind: 'not_found' })
  const forged = actor({ kind: 'receipt', caseId: other.caseId, partyId: receipt.partyId })
  await assert.rejects(viewCase(forged, { number: other.number }, 'zh'), { kind: 'not_found' })
})

test('a party sees no field for officers, no work inside the office, and no incident', async () => {
  const clerk = await holder('post:petition-clerk')
  const { caseId } = await openCase(actor({ kind: 'resident', accountId: 'lin' }), { ...sampleFiling, accountId: 'lin' })
  const own = (await loadCase(town.ctx, caseId)).tasks[0]
  assert.ok(own)
  await completeTask(clerk, own.task_id, { data: { ...register, notes: '内部备注不外传' } })
  const seen = await viewCase(actor({ kind: 'resident', accountId: 'lin' }), { caseId }, 'zh')
  assert.equal(seen.level, 'parties')
  assert.ok(!JSON.stringify(seen).includes('内部备注不外传'))
  assert.ok(JSON.stringify(await viewCase(clerk, { caseId }, 'zh')).includes('内部备注不外传'))
  assert.deepEqual([seen.tasks, seen.incidents], [[], []])
  assert.ok(!seen.timeline.some((entry) => entry.type.startsWith('task.')))
})

test('whoever is recused finds the case nowhere, though her post could read it', async () => {
  const { caseId, number } = await openCase(actor({ kind: 'anonymous' }), sampleFiling)
  const clerk = await holder('post:petition-clerk')
  assert.ok(clerk.actor.kind === 'staff')
  const { userId } = clerk.actor
  const own = (await loadCase(town.ctx, caseId)).tasks[0]
  assert.ok(own)
  const before = await countInbox(clerk)
  assert.ok((await findAtCounter(clerk, counter)).some((found) => found.number === number))
  await inTenant(town.ctx.db, town.tenant, (trx) =>
    sql`insert into recusals (tenant_id, case_id, user_id, ground, declared_at, declared_by)
      values (${town.tenant}, ${caseId}, ${userId}, '亲属', ${town.clock.now()}, ${userId})`.execute(trx),
  )
  await assert.rejects(viewCase(clerk, { number }, 'zh'), { kind: 'not_found' })
  await assert.rejects(completeTask(clerk, own.task_id, { data: register }), { kind: 'not_found' })
  assert.equal((await countInbox(clerk)).all, before.all - 1)
  assert.equal((await listCases(clerk, { q: number }, {}, 'zh')).total, 0)
  assert.ok(!(await findAtCounter(clerk, counter)).some((found) => found.number === number))
})

test('a sealed case is open to nobody on the staff yet, in lists as on the page', async () => {
  const { caseId, number } = await openCase(actor({ kind: 'anonymous' }), sampleFiling)
  await inTenant(town.ctx.db, town.tenant, async (trx) => {
    await sql`select set_config('app.sealed', '*', true)`.execute(trx)
    await sql`update cases set sealed_class = 'accusation' where tenant_id = ${town.tenant} and case_id = ${caseId}`.execute(trx)
  })
  for (const post of ['post:petition-clerk', 'post:supervisor', 'post:town-head']) {
    const ctx = await holder(post)
    await assert.rejects(getCase(ctx, { number }, 'case.read'), { kind: 'not_found' }, post)
    assert.equal((await listCases(ctx, { q: number }, {}, 'zh')).total, 0, post)
  }
  await loadCase(town.ctx, caseId)
})

test('staff of a superior body who may read a case do not speak for its party', async () => {
  await inTenant(town.ctx.db, town.tenant, (trx) =>
    sql`update cases set readers = readers || array['org:county-petition-bureau'] where tenant_id = ${town.tenant} and case_id = ${filed.caseId}`.execute(
      trx,
    ),
  )
  const superior = await holder('post:review-head@county-petition-bureau')
  const view = await viewCase(superior, { number: filed.number }, 'zh')
  assert.deepEqual(view.acts, [])
  await assert.rejects(sendCaseMessage(superior, { number: filed.number }, 'withdraw', { confirmed: true }), { code: 'message.forbidden' })
  await assert.rejects(completeTask(superior, task, { data: register }), { kind: 'forbidden' })
})

test('no setting of one town stays on a connection for the next question', async () => {
  await loadCase(town.ctx, filed.caseId)
  await findMissedCases(town.ctx, town.clock.now())
  await viewCase(await holder('post:petition-clerk'), { number: filed.number }, 'zh')
  for (let round = 0; round < 10; round++) {
    const { rows } = await sql<{ tenant: string | null; sealed: string | null; cases: number; entries: number; organizations: number }>`
      select current_setting('app.tenant', true) as tenant, current_setting('app.sealed', true) as sealed, (select count(*)::int from cases) as cases,
        (select count(*)::int from register_current) as entries, (select count(*)::int from organizations) as organizations`.execute(town.ctx.db)
    const row = rows[0]
    assert.deepEqual([row?.tenant || null, row?.sealed || null, row?.cases, row?.entries, row?.organizations], [null, null, 0, 0, 0])
  }
})

const thing: CaseAccess = {
  caseId: 'c',
  readers: ['duty:clerk@town', 'org:forestry'],
  excluded: [],
  recused: ['r'],
  sealedClass: null,
  placeId: null,
  parties: [{ partyId: 'p', accountId: 'a', blind: false }],
  mandates: [],
  workers: [],
  seals: {},
}
const staff = (userId: string, duty: string, organizationId: string, kind: 'own' | 'superior' = 'own'): Actor => ({
  kind: 'staff',
  userId,
  name: '',
  posts: [{ postId: `${duty}-post`, duty, organizationId, kind, acting: false }],
})

test('the rule gives each relation its level and strangers none', () => {
  assert.equal(levelFor({ kind: 'system', work: 'test' }, 'case.read', thing), 'sealed')
  assert.equal(levelFor({ kind: 'receipt', caseId: 'c', partyId: 'p' }, 'case.read', thing), 'parties')
  assert.equal(levelFor({ kind: 'resident', accountId: 'a' }, 'case.read', thing), 'parties')
  assert.equal(levelFor(staff('u', 'clerk', 'town'), 'case.read', thing), 'officers')
  assert.equal(levelFor(staff('u', 'anything', 'forestry'), 'case.read', thing), 'officers')
  for (const nobody of [
    staff('u', 'clerk', 'forest'),
    staff('r', 'clerk', 'town'),
    { kind: 'anonymous' } as const,
    { kind: 'resident', accountId: 'b' } as const,
  ])
    assert.equal(levelFor(nobody, 'case.read', thing), undefined)
})

test('a task is for its duty in its office; a colleague may assign it and no more', () => {
  const work = { ...thing, task: { duties: ['handler'], organizationId: 'forestry', barred: [] } }
  assert.equal(may(staff('u', 'handler', 'forestry'), 'task.complete', work), true)
  assert.equal(may(staff('u', 'handler', 'water'), 'task.complete', work), false)
  assert.equal(may(staff('u', 'head', 'forestry'), 'task.complete', work), false)
  assert.equal(may(staff('u', 'head', 'forestry'), 'task.assign', work), true)
  assert.equal(may({ kind: 'resident', accountId: 'a' }, 'task.complete', work), false)
  assert.equal(
    may(staff('u', 'handler', 'forestry'), 'task.complete', { ...work, task: { duties: ['handler'], organizationId: null, barred: [] } }),
    false,
  )
})

test('posts of a superior body carry no key that opens cases of every office', () => {
  assert.deepEqual(keysOf(staff('u', 'supervisor', 'county', 'superior')), [
    'post:supervisor-post',
    'handed:county',
    'duty:supervisor@county',
    'org:county',
  ])
})

test('a field is shown at its level and above, and a level that is none of ours shows nothing', () => {
  assert.deepEqual(
    (['public', 'parties', 'officers', 'sealed'] as const).map((level) => isShown('officers', level)),
    [false, false, true, true],
  )
  // A package that was stored before its words were checked.
  assert.equal(isShown('everyone' as 'public', 'public'), false)
})
