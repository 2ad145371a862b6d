// Ratings over the real kernel and pages: one for one case, hers alone, without effect on her; a low one with words is called back by another.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { createApp } from '#app'
import { ensureAssets } from '#ui/build.ts'
import { loadCase } from '#kernel/cases/load-case.ts'
import { as } from '#kernel/context.ts'
import { inTenant } from '#kernel/database/database.ts'
import { getProcedure } from '#kernel/procedures/packages.ts'
import { actorOf, playExample, type Played } from '#demo/play-example.ts'
import { makeStaff, signInStaff } from '#tests/support/staff.ts'
import { openTestTown, type TestTown } from '#tests/support/town.ts'
import { expectPage, Visitor } from '#tests/support/visitor.ts'
import { listCallbacks, rateCase, ratingFigures, readRating, recordCallback } from './ratings.ts'

let town: TestTown
let app: ReturnType<typeof createApp>
const base = '/t/qingxi'

before(async () => {
  await ensureAssets()
  town = await openTestTown('2026-04-20T09:00:00+08:00')
  app = createApp(town.installation)
})
after(() => town.close())

async function play(name = 'declined-with-reasons'): Promise<Played> {
  const example = (await getProcedure(town.ctx, 'hall-booking')).examples.get(name)
  assert.ok(example)
  town.clock.set(new Date(example.given.at))
  return playExample(town.ctx, town.clock, 'hall-booking', example)
}

async function partyCtx({ caseId }: Played) {
  const [party] = (await loadCase(town.ctx, caseId)).parties
  assert.ok(party)
  return as(town.ctx, { kind: 'receipt', caseId, partyId: party.partyId })
}

test('one case has one rating, from its party alone, after it is closed and not for ever', async () => {
  const open = await play('answered-late')
  const asker = await partyCtx(open)
  assert.deepEqual(await readRating(asker, open.number), { state: 'closed' })
  await assert.rejects(rateCase(asker, open.number, { rating: 5, words: '' }), { code: 'rating.closed' })

  const played = await play()
  const ctx = await partyCtx(played)
  assert.deepEqual(await readRating(ctx, played.number), { state: 'open', until: '2026-05-25' })
  for (const rating of [0, 6, 1.5, Number.NaN]) await assert.rejects(rateCase(ctx, played.number, { rating, words: '' }), { code: 'rating.value' })
  await assert.rejects(rateCase(ctx, played.number, { rating: 4, words: '长'.repeat(501) }), { code: 'rating.words' })
  await assert.rejects(rateCase(asker, played.number, { rating: 1, words: '' }), { code: 'case.not_found' })
  const officer = as(town.ctx, await actorOf(town.ctx, 'post:village-officer@shishang-village', played.caseId))
  await assert.rejects(rateCase(officer, played.number, { rating: 5, words: '' }), { code: 'case.not_found' })
  const before = (await loadCase(town.ctx, played.caseId)).row
  const both = await Promise.allSettled([1, 2].map(() => rateCase(ctx, played.number, { rating: 4, words: '答复很快。' })))
  assert.deepEqual(both.map((one) => one.status).toSorted(), ['fulfilled', 'rejected'])
  assert.deepEqual(await readRating(ctx, played.number), { state: 'rated', rating: 4, words: '答复很快。' })
  // Nothing of the case changed: no event, no version, no words in clear.
  assert.deepEqual((await loadCase(town.ctx, played.caseId)).row, before)
  const { rows } = await inTenant(town.ctx.db, town.tenant, (trx) =>
    sql<{ row: string }>`select to_jsonb(r)::text as row from case_ratings r`.execute(trx),
  )
  assert.ok(rows.every((row) => !row.row.includes('答复很快')))

  const late = await play()
  town.clock.set(new Date('2026-05-26T00:00:00+08:00'))
  await assert.rejects(rateCase(await partyCtx(late), late.number, { rating: 1, words: '' }), { code: 'rating.closed' })
})

test('a low rating with words is called back by an officer who did not work on the case, within the limit', async () => {
  const silent = await play()
  await rateCase(await partyCtx(silent), silent.number, { rating: 1, words: '  ' })
  const played = await play()
  await rateCase(await partyCtx(played), played.number, { rating: 2, words: '没有说哪天可以借。' })
  const worked = await actorOf(town.ctx, 'post:village-officer@shishang-village', played.caseId)
  assert.ok(worked.kind === 'staff')
  assert.deepEqual(await listCallbacks(as(town.ctx, worked)), [])
  await assert.rejects(recordCallback(as(town.ctx, worked), played.number, { outcome: 'explained', note: '已说明。' }), { code: 'rating.four_eyes' })
  const elsewhere = await actorOf(town.ctx, 'post:village-officer@xikou-village', played.caseId)
  assert.deepEqual(await listCallbacks(as(town.ctx, elsewhere)), [])
  await assert.rejects(recordCallback(as(town.ctx, elsewhere), played.number, { outcome: 'explained', note: '已说明。' }), { code: 'case.not_found' })
  const other = as(town.ctx, { ...worked, userId: 'somebody-else' })
  // Rated on Thursday 23 April 2026; five working days are over on 30 April.
  assert.deepEqual(await listCallbacks(other), [
    {
      number: played.number,
      procedure: 'hall-booking',
      rating: 2,
      words: '没有说哪天可以借。',
      ratedOn: '2026-04-23',
      dueOn: '2026-04-30',
      isOverdue: false,
    },
  ])
  town.clock.set(new Date('2026-05-01T09:00:00+08:00'))
  assert.equal((await listCallbacks(other))[0]?.isOverdue, true)
  await assert.rejects(recordCallback(other, played.number, { outcome: 'silenced', note: '' }), { code: 'rating.note' })
  await recordCallback(other, played.number, { outcome: 'resolved', note: '已告诉本人第二天可以借。' })
  assert.deepEqual(await listCallbacks(other), [])
  await assert.rejects(recordCallback(other, played.number, { outcome: 'resolved', note: '再记一次。' }), { code: 'rating.called' })
})

test('figures hide what is small and show what is not', async () => {
  assert.deepEqual(
    (await ratingFigures(town.ctx, 2026)).cells.flat().filter((count) => count !== null && count > 0),
    [],
  )
  for (let n = 0; n < 5; n++) {
    const played = await play()
    await rateCase(await partyCtx(played), played.number, { rating: 5, words: '' })
  }
  const figures = await ratingFigures(town.ctx, 2026)
  assert.deepEqual(figures.rows, ['hall-booking'])
  for (const count of [...figures.cells.flat(), ...figures.columnTotals]) assert.ok(count === null || count === 0 || count >= 5)
  assert.deepEqual((await ratingFigures(town.ctx, 2025)).rows, [])
})

test('a person rates on the page without JavaScript, and the officer records the call on hers', async () => {
  const played = await play()
  const person = new Visitor(app)
  await person.get(`${base}/track`)
  const seen = await person.follow(await person.post(`${base}/track`, { code: played.receiptCode }))
  const path = `${base}/cases/${played.number}/rating`
  assert.match(seen.text, new RegExp(`href="${path}"`))
  expectPage(await person.get(path), 'zh', path)
  const empty = await person.post(path, { words: '没有说哪天可以借。' })
  assert.equal(empty.status, 422)
  assert.match(empty.text, /没有说哪天可以借。/)
  const sent = await person.follow(await person.post(path, { rating: '1', words: '没有说哪天可以借。' }))
  assert.match(sent.text, /谢谢，已经收到/)
  expectPage(sent, 'zh', path)
  assert.equal((await new Visitor(app).get(path)).status, 404)

  const desk = await signInStaff(app, town, await makeStaff(town, ['shishang-officer'], '另一位代办员'))
  const list = await desk.get(`${base}/workspace/callbacks`)
  expectPage(list, 'zh', 'callbacks')
  assert.match(list.text, new RegExp(played.number))
  assert.equal((await desk.post(`${base}/workspace/callbacks`, { number: played.number, outcome: '', note: '' })).status, 422)
  const done = await desk.post(`${base}/workspace/callbacks`, { number: played.number, outcome: 'explained', note: '电话里说明了可以借的日期。' })
  assert.doesNotMatch((await desk.follow(done)).text, new RegExp(played.number))
  expectPage(await person.get(`${base}/figures`), 'zh', 'figures')
})
