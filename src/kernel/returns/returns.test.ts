// Returns over the real kernel and pages: what is counted, what is hidden, and the workbook as another program reads it.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import readExcel from 'read-excel-file/node'
import { createApp } from '#app'
import { ensureAssets } from '#ui/build.ts'
import { getProcedure } from '#kernel/procedures/packages.ts'
import { playExample } from '#demo/play-example.ts'
import { makeStaff, signInStaff } from '#tests/support/staff.ts'
import { openTestTown, type TestTown } from '#tests/support/town.ts'
import { expectPage, type Visitor } from '#tests/support/visitor.ts'
import { fillReturn, recordReturn, spanOf } from './returns.ts'
import { toWorkbook } from './returns-xlsx.ts'

let town: TestTown
let desk: Visitor
let admin: Visitor
const base = '/t/qingxi/workspace/returns'

before(async () => {
  await ensureAssets()
  town = await openTestTown('2026-03-02T09:00:00+08:00')
  const app = createApp(town.installation)
  const { examples } = await getProcedure(town.ctx, 'hall-booking')
  const play = async (name: string) => {
    const example = examples.get(name)
    assert.ok(example, name)
    town.clock.set(new Date(example.given.at))
    await playExample(town.ctx, town.clock, 'hall-booking', example)
  }
  for (let n = 0; n < 6; n++) await play('declined-with-reasons')
  for (let n = 0; n < 2; n++) await play('answered-late')
  town.clock.set(new Date('2026-06-01T09:00:00+08:00'))
  desk = await signInStaff(app, town, await makeStaff(town, ['petition-clerk'], '窗口同事'))
  admin = await signInStaff(app, town, await makeStaff(town, ['it-admin'], '管理同事'))
})
after(() => town.close())

test('a month counts by matter, office and event, each case once', async () => {
  const columns = ['filed', 'closed', 'open', 'missed', 'event:declined'].map((counts) => ({ zh: counts, en: counts, counts }))
  await recordReturn(
    town.ctx,
    'halls',
    { title: { zh: '会堂', en: 'Halls' }, period: 'month', rows: 'outcome', capability: 'venue-booking', columns },
    '测试',
  )
  const april = await fillReturn(town.ctx, 'halls', '2026-04')
  assert.deepEqual(april.figures.rows, ['hall-booking.Declined', 'hall-booking.open'])
  assert.deepEqual(
    april.rowNames.map((name) => name.zh),
    ['借用村会堂：没有借到，已说明理由', '借用村会堂：正在办'],
  )
  // Eight filed: six declined, two open and late. What is under five is hidden, and with it what would give it away.
  assert.deepEqual(april.figures.cells[1]?.slice(0, 4), [null, 0, null, null])
  for (const count of [...april.figures.cells.flat(), ...april.figures.columnTotals])
    assert.ok(count === null || count === 0 || count >= 5, String(count))
  await recordReturn(
    town.ctx,
    'villages',
    {
      title: { zh: '各村会堂', en: 'Village halls' },
      period: 'month',
      rows: 'office',
      capability: 'venue-booking',
      columns: columns.filter((column) => /filed|:/.test(column.counts)),
    },
    '测试',
  )
  const villages = await fillReturn(town.ctx, 'villages', '2026-04')
  assert.deepEqual([villages.figures.rows, villages.figures.cells, villages.rowNames[0]?.zh], [['shishang-village'], [[8, 6]], '石上村民委员会'])
  const may = await fillReturn(town.ctx, 'halls', '2026-05')
  assert.deepEqual(may.figures.rows, ['hall-booking.open'])
  assert.deepEqual(may.figures.cells[0]?.slice(0, 2), [0, 0])
  const march = await fillReturn(town.ctx, 'halls', '2026-03')
  assert.deepEqual(march.figures.rows, [])
})

test('a hidden figure is never in the workbook, and the others are numbers', async () => {
  const read = async (id: string) => {
    const [sheet] = await readExcel(await toWorkbook(await fillReturn(town.ctx, id, '2026-04'), 'zh'))
    return sheet && 'data' in sheet ? sheet.data : []
  }
  const villages = await read('villages')
  assert.equal(villages[0]?.[0], '各村会堂')
  assert.deepEqual(villages[3]?.slice(1, 3), [8, 6])
  const halls = await read('halls')
  assert.deepEqual(halls[2]?.slice(0, 3), ['结果', 'filed', 'closed'])
  assert.deepEqual(halls[4]?.slice(1, 3), ['不公布', 0])
})

test('a period has the shape of its return and has begun', () => {
  assert.deepEqual(spanOf(town.ctx, 'month', '2024-02'), { from: '2024-02-01', to: '2024-02-29' })
  assert.deepEqual(spanOf(town.ctx, 'year', '2026'), { from: '2026-01-01', to: '2026-12-31' })
  for (const [kind, period] of [
    ['month', '2026'],
    ['month', '2026-13'],
    ['month', '2026-07'],
    ['year', '2026-03'],
    ['year', '2027'],
    ['year', "2026'"],
  ] as const)
    assert.throws(() => spanOf(town.ctx, kind, period), { code: 'returns.period' }, `${kind} ${period}`)
})

test('any officer reads a return; only those whose duty it is change what is counted', async () => {
  const list = await desk.get(base)
  expectPage(list, 'zh', base)
  assert.doesNotMatch(list.text, /添加或者修改一张报表/)
  assert.equal((await desk.post(base, { act: 'retire', id: 'halls' })).status, 403)
  const page = await desk.get(`${base}/halls?period=2026-04`)
  expectPage(page, 'zh', `${base}/halls`)
  assert.match(page.text, /不公布/)
  assert.equal((await desk.get(`${base}/halls?period=2031-01`)).status, 422)
  assert.equal((await desk.get(`${base}/nothing?period=2026-04`)).status, 404)
  const file = await desk.get(`${base}/halls/file.xlsx?period=2026-04`)
  assert.equal(file.bytes.subarray(0, 2).toString(), 'PK')
  assert.match((await admin.get(base)).text, /添加或者修改一张报表/)
  const wrong = await admin.post(base, {
    act: 'keep',
    id: 'mine',
    zh: '我的',
    en: 'Mine',
    period: 'year',
    rows: 'office',
    columns: '收到 | Received | everything',
  })
  assert.equal(wrong.status, 422)
  assert.match(wrong.text, /收到 \| Received \| everything/)
  const added = await admin.post(base, {
    act: 'keep',
    id: 'mine',
    zh: '我的',
    en: 'Mine',
    period: 'year',
    rows: 'office',
    columns: '收到 | Received | filed',
  })
  assert.equal(added.status, 303)
  assert.match((await admin.follow(added)).text, /我的/)
})
