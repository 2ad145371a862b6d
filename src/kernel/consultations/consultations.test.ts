import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { declared, makePackage, publishInvented } from '../../../tests/support/club.ts'
import { openTestTown, type TestTown } from '../../../tests/support/town.ts'
import { actorOf } from '../../demo/play-example.ts'
import { completeTask } from '../cases/act.ts'
import { loadCase } from '../cases/load-case.ts'
import { openCase } from '../cases/open-case.ts'
import type { Ctx } from '../context.ts'
import { inTenant } from '../database/database.ts'
import { DomainError } from '../errors.ts'
import { parseLeaf } from '../ledger/leaf.ts'
import { verifyReceipt } from '../ledger/receipt.ts'
import { answerGroup, groupOpinions, listGroups } from './answer.ts'
import { appealOpinion, readOpinionReceipt, readOwnOpinion } from './author.ts'
import { decideAppeal, moderate, openDesk, readOpinion } from './desk.ts'
import { draw, entriesDigest } from './draw.ts'
import { exportCsv, exportJson, exportXlsx } from './export.ts'
import { fileOpinion } from './file-opinion.ts'
import { consultationOfCase } from './open.ts'
import { listOpinions, viewConsultation } from './read.ts'

let town: TestTown
let anyone: Ctx
let officer: Ctx
let colleague: Ctx
let caseId: string
let number: string

const sketch = `
start s form=filing event=filed
service Route action=route-case@1
user Draft form=draft event=drafted
service Open action=open-consultation@1
user Wait form=draft event=waited
service Close action=close-consultation@1
user Answer form=draft event=answered
service Finish action=finish-consultation@1
user Rest form=draft
end e
s -> Route -> Draft -> Open -> Wait -> Close -> Answer -> Finish -> Rest -> e
`

before(async () => {
  town = await openTestTown('2026-03-02T09:00:00+08:00')
  const literal = (name: string, value: string) => ({ name, value })
  const inputs = {
    Route: [literal('office', 'agriculture')],
    Open: [literal('title', '球场用灯规则（草案）'), literal('draft', '第一章 总则\n晚上九点关灯。\n雨天不开灯。'), literal('until', '2026-04-01')],
  }
  const words = { ...declared, type: 'string', maxLength: 100 } as const
  await publishInvented(town.ctx, await makePackage('lights', sketch, inputs, {}, { forms: { draft: { words } } }))
  anyone = await town.ctxFor({ kind: 'anonymous' })
  officer = await town.ctxFor(await actorOf(town.ctx, 'post:handler@agriculture', ''))
  colleague = await town.ctxFor(await actorOf(town.ctx, 'post:office-head@agriculture', ''))
  caseId = (await openCase(anyone, { procedure: 'lights', data: { name: '林小满' } })).caseId
  await done()
  const found = await consultationOfCase(town.ctx, caseId)
  assert.ok(found)
  number = found.number
})
after(() => town.close())

async function done(): Promise<void> {
  const [task] = (await loadCase(town.ctx, caseId)).tasks
  assert.ok(task)
  await completeTask(officer, task.task_id, { data: { words: '好' } })
}

const refused = (code: string) => (error: unknown) => error instanceof DomainError && error.code === code

test('a draft stands in numbered paragraphs, and only until its last day', async () => {
  const view = await viewConsultation(anyone, number)
  assert.deepEqual(
    view.paragraphs.map((one) => [one.number, one.isHeading, one.text]),
    [
      [1, true, '第一章 总则'],
      [2, false, '晚上九点关灯。'],
      [3, false, '雨天不开灯。'],
    ],
  )
  assert.deepEqual([view.opens_on, view.closes_on, view.isOpen], ['2026-03-02', '2026-04-01', true])
})

test('an opinion gets the next number, a code that opens it, and a receipt that proves it', async () => {
  const filed = await fileOpinion(anyone, number, { paragraph: 2, words: '九点太早，建议十点。', name: '何平', contact: 'he@example.org', key: 'k1' })
  assert.equal(filed.number, 1)
  assert.ok(filed.isShown)
  const again = await fileOpinion(anyone, number, { paragraph: 2, words: '九点太早，建议十点。', key: 'k1' })
  assert.deepEqual([again.number, again.code, again.isShown], [1, '', true], 'the same form sent twice is one opinion')
  const own = await readOwnOpinion(anyone, filed.code)
  assert.deepEqual([own.opinion.sent, own.opinion.name], ['九点太早，建议十点。', '何平'])
  const receipt = await readOpinionReceipt(anyone, filed.code)
  const verdict = verifyReceipt(receipt, {})
  assert.ok(
    verdict.steps.every((step) => step.outcome !== 'failed'),
    JSON.stringify(verdict.steps),
  )
  assert.equal(verdict.opened?.values['words'], '九点太早，建议十点。')
  await assert.rejects(readOwnOpinion(anyone, '0000-0000-0000-0000'), refused('receipt.not_found'))
})

test('words with personal data are held, may be covered but not changed, and the author may appeal to another officer', async () => {
  const words = '请打我电话13800138000，雨天也要开灯。'
  const filed = await fileOpinion(anyone, number, { paragraph: 3, words, key: 'k2' })
  assert.equal(filed.isShown, false)
  const again = await fileOpinion(anyone, number, { paragraph: 3, words, key: 'k2' })
  assert.deepEqual([again.number, again.isShown], [filed.number, false], 'sent again it is held as before')
  const at = (await listOpinions(anyone, (await viewConsultation(anyone, number)).consultation_id, { q: '雨天也要' })).total
  assert.equal(at, 0, 'what is held is not found')
  const desk = await openDesk(officer, number)
  await assert.rejects(moderate(officer, desk, filed.number, { do: 'show' }), refused('publication.personal'))
  await assert.rejects(moderate(officer, desk, filed.number, { do: 'cover', shown: '雨天不要开灯。', reason: '电话' }), refused('moderation.cover'))
  await assert.rejects(moderate(officer, desk, filed.number, { do: 'withhold', rule: 'unwelcome', reason: '不好听' }), refused('moderation.rule'))
  await moderate(officer, desk, filed.number, { do: 'withhold', rule: 'personal', reason: '有电话号码。' })
  await appealOpinion(anyone, filed.code, '盖住电话就可以公开。')
  await assert.rejects(appealOpinion(anyone, filed.code, '再说一次。'), refused('appeal.not_open'))
  await assert.rejects(decideAppeal(officer, desk, filed.number, { result: 'kept', reason: '维持。' }), refused('appeal.same_person'))
  assert.equal((await readOpinion(officer, desk, filed.number)).appeal, '盖住电话就可以公开。')
  await decideAppeal(colleague, await openDesk(colleague, number), filed.number, { result: 'kept', reason: '号码完整，不能公开；意见照常答复。' })
  assert.equal((await readOwnOpinion(anyone, filed.code)).opinion.appeal_result, 'kept')
  // Both decisions are in the log: about the same place, each with its own commitment, and nothing that tells words or author.
  const { rows } = await inTenant(town.ctx.db, town.ctx.tenant, (trx) =>
    sql<{ leaf: Buffer }>`select leaf from ledger_queue where tenant_id = ${town.ctx.tenant} order by qid`.execute(trx),
  )
  const leaves = rows.map(({ leaf }) => parseLeaf(leaf)).flatMap((leaf) => (leaf.kind === 'publication' ? [leaf.fields] : []))
  assert.deepEqual(
    leaves.map(({ action }) => action),
    ['withdraw', 'withdraw'],
  )
  assert.equal(leaves[0]?.publication, leaves[1]?.publication)
  assert.notEqual(leaves[0]?.commitment, leaves[1]?.commitment)
})

test('nobody but officers of the case has a desk', async () => {
  await assert.rejects(openDesk(anyone, number), refused('consultation.not_found'))
  const stranger = await town.ctxFor(await actorOf(town.ctx, 'post:handler@civil-affairs', ''))
  await assert.rejects(openDesk(stranger, number), refused('consultation.not_found'))
})

test('only officers enter what came on paper, within the period', async () => {
  await assert.rejects(fileOpinion(anyone, number, { words: '来信。', channel: 'letter' }), refused('opinion.channel'))
  await assert.rejects(fileOpinion(officer, number, { words: '来信。', channel: 'letter', receivedOn: '2026-02-01' }), refused('opinion.invalid'))
  assert.equal((await fileOpinion(officer, number, { words: '来信：同意。', channel: 'letter', receivedOn: '2026-03-02' })).number, 3)
})

test('the case goes no further until each opinion has its answer; authors with a contact are told once', async () => {
  await done()
  await assert.rejects(fileOpinion(anyone, number, { words: '晚了。' }), refused('consultation.closed'))
  await assert.rejects(done(), refused('consultation.unanswered'))
  const desk = await openDesk(officer, number)
  assert.equal(await groupOpinions(officer, desk, { title: '关灯时间' }, { filter: { q: '九点太早' } }), 1)
  assert.equal(await groupOpinions(officer, desk, { title: '其他' }, { filter: { standing: 'ungrouped' } }), 2)
  const groups = await listGroups(officer, desk)
  const told: number[] = []
  for (const group of groups) {
    const draft = { result: 'adopted', answer: '采纳：改为十点，雨天也开灯。', version: group.version }
    told.push(await answerGroup(officer, desk, group.group_id, draft))
    await assert.rejects(answerGroup(officer, desk, group.group_id, draft), refused('answer.stale'))
  }
  assert.deepEqual(
    told.toSorted((a, b) => a - b),
    [0, 1],
  )
  const { rows } = await inTenant(town.ctx.db, town.tenant, (trx) =>
    sql<{ count: number }>`select count(*)::int as count from outbox where tenant_id = ${town.tenant} and text_id = 'consultation.answered'`.execute(
      trx,
    ),
  )
  assert.equal(rows[0]?.count, 1)
  await done()
  assert.deepEqual(
    (await loadCase(town.ctx, caseId)).tasks.map((task) => task.element),
    ['Rest'],
  )
  await assert.rejects(groupOpinions(officer, await openDesk(officer, number), { title: '再分' }, { numbers: [1] }), refused('consultation.finished'))
})

test('the tables hold what the page shows: no name, no contact, no held words; formulas are harmless', async () => {
  const csv = await exportCsv(anyone, number, 'zh')
  assert.match(csv, /九点太早/)
  assert.doesNotMatch(csv, /何平|he@example\.org|13800138000/)
  const data = JSON.stringify(await exportJson(anyone, number))
  assert.doesNotMatch(data, /何平|13800138000/)
  assert.equal((await exportXlsx(anyone, number, 'en')).subarray(0, 2).toString(), 'PK')
})

test('the draw depends on list and seed alone, seats everybody once, and any other seed gives another order', () => {
  const entries = Array.from({ length: 40 }, (_, index) => `E${index}`)
  const first = draw(entries, 'cm9vdA==', 5, 3)
  assert.deepEqual(first, draw(entries.toReversed(), 'cm9vdA==', 5, 3))
  assert.equal(new Set(first.map(({ entry }) => entry)).size, 40)
  assert.deepEqual([first.filter((one) => one.result === 'seat').length, first.filter((one) => one.result === 'reserve').length], [5, 3])
  assert.notDeepEqual(first, draw(entries, 'cm9vdB==', 5, 3))
  assert.notEqual(entriesDigest(entries), entriesDigest(entries.slice(1)))
})
