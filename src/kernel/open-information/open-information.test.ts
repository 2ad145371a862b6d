// Open information over the real application: what is published is found, read and downloaded by everyone, and nothing else is.
import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { createApp } from '#app'
import { ensureAssets } from '#ui/build.ts'
import { loadCase } from '#kernel/cases/load-case.ts'
import { getProcedure } from '#kernel/procedures/packages.ts'
import type { Example } from '#kernel/procedures/worked-examples.ts'
import { playExample } from '#demo/play-example.ts'
import { openTestTown, type TestTown } from '#tests/support/town.ts'
import { expectPage, Visitor } from '#tests/support/visitor.ts'
import { readXml } from '#tests/support/xml.ts'
import { getItem, listCategories, listItems, requestReport } from './open-information.ts'

let town: TestTown
let app: ReturnType<typeof createApp>
const numbers: Record<string, string> = {}
const base = '/t/qingxi/open'

before(async () => {
  await ensureAssets()
  town = await openTestTown('2026-03-02T09:00:00+08:00')
  app = createApp(town.installation)
  for (const name of ['published-in-time', 'nobody-publishes', 'withheld', 'changed-and-published-again', 'taken-down'])
    numbers[name] = await play(name)
})
beforeEach(() => town.clock.set(new Date('2026-06-02T09:00:00+08:00')))
after(() => town.close())

async function play(name: string, change: (example: Example) => Example = (same) => same): Promise<string> {
  const example = (await getProcedure(town.ctx, 'disclosure-item')).examples.get(name)
  assert.ok(example, name)
  town.clock.set(new Date(example.given.at))
  const { caseId } = await playExample(town.ctx, town.clock, 'disclosure-item', change(example))
  return (await loadCase(town.ctx, caseId)).row.number
}

test('only what is public today is listed, in its latest version', async () => {
  const { items, total } = await listItems(town.ctx, {})
  assert.deepEqual(new Set(items.map((item) => item.number)), new Set([numbers['published-in-time'], numbers['changed-and-published-again']]))
  assert.equal(total, 2)
  const changed = await getItem(town.ctx, numbers['changed-and-published-again'] ?? '')
  assert.match(changed.text, /四条/)
  assert.equal(changed.changedOn, '2026-04-02')
  assert.equal(changed.firstPublishedOn, '2026-03-05')
  assert.equal(changed.publishedOn, '2026-04-10')
  for (const name of ['nobody-publishes', 'withheld', 'taken-down'])
    await assert.rejects(getItem(town.ctx, numbers[name] ?? ''), { code: 'item.not_found' }, name)
})

test('words are searched in what is public, and a category counts only its own', async () => {
  assert.equal((await listItems(town.ctx, { q: '溪口 水渠' })).total, 1)
  assert.equal((await listItems(town.ctx, { q: '没有这个词' })).total, 0)
  assert.equal((await listItems(town.ctx, { q: "%' or 1=1" })).total, 0)
  assert.equal((await listItems(town.ctx, { category: 'irrigation' })).total, 2)
  assert.equal((await listItems(town.ctx, { category: 'taking' })).total, 0)
  const categories = await listCategories(town.ctx)
  assert.deepEqual(
    categories.filter((category) => category.count > 0).map(({ id, count }) => [id, count]),
    [['irrigation', 2]],
  )
  // The township's own list (Art 21) stands in the catalogue also while nothing is under it.
  for (const id of ['agriculture', 'irrigation', 'land-transfer', 'homestead', 'taking', 'levies', 'assistance'])
    assert.ok(
      categories.some((category) => category.id === id),
      id,
    )
})

test('what holds an ID number is not published: the act is refused and nothing is shown', async () => {
  const number = await play('published-in-time', (example) => ({
    ...example,
    steps: example.steps.map((step, index, steps) => ({
      ...step,
      ...(step.do === 'file' ? { data: { ...step.data, body: '联系人身份证号110101199003077571。' } } : {}),
      ...(index === steps.length - 1 ? { refused: 'publication.personal' } : {}),
    })),
  }))
  await assert.rejects(getItem(town.ctx, number), { code: 'item.not_found' })
})

test('every page reads in both languages, and the document and data of an item stay at its address', async () => {
  const number = numbers['changed-and-published-again']
  for (const language of ['zh', 'en'] as const)
    for (const path of ['', '?q=水渠', '?category=irrigation', '/guide', '/report', '/report?year=2025', `/items/${number}`]) {
      const answer = await new Visitor(app, { 'accept-language': language }).get(`${base}${path}`)
      assert.equal(answer.status, 200, path)
      expectPage(answer, language, path)
    }
  const visitor = new Visitor(app)
  const pdf = await visitor.get(`${base}/items/${number}/document.pdf`)
  assert.equal(pdf.bytes.subarray(0, 5).toString(), '%PDF-')
  const data: unknown = JSON.parse((await visitor.get(`${base}/items/${number}/data.json`)).text)
  assert.ok(data !== null && typeof data === 'object' && 'title' in data && 'number' in data)
  assert.equal(data.number, number)
  for (const name of ['withheld', 'taken-down', 'nobody-publishes'])
    for (const path of ['', '/document.pdf', '/data.json'])
      assert.equal((await visitor.get(`${base}/items/${numbers[name]}${path}`)).status, 404, `${name}${path}`)
})

test('the feed is well-formed Atom, and an entry keeps its id when it changes', async () => {
  const answer = await new Visitor(app).get(`${base}/feed.xml`)
  assert.match(answer.headers.get('content-type') ?? '', /^application\/atom\+xml/)
  readXml(answer.text)
  assert.equal(answer.text.match(/<entry>/g)?.length, 2)
  assert.match(answer.text, new RegExp(`<id>http://127\\.0\\.0\\.1:3000${base}/items/${numbers['changed-and-published-again']}</id>`))
})

test('the yearly report counts carried-over and new requests, and hides what is small', async () => {
  const requests = await getProcedure(town.ctx, 'disclosure-request')
  const [name] = [...requests.examples].find(([, example]) => example.expect.end === 'Provided') ?? []
  const example = requests.examples.get(name ?? '')
  assert.ok(example)
  for (let n = 0; n < 5; n++) {
    town.clock.set(new Date(example.given.at))
    await playExample(town.ctx, town.clock, 'disclosure-request', example)
  }
  const year = Number(example.given.at.slice(0, 4))
  const report = await requestReport(town.ctx, year)
  assert.deepEqual([report.rows, report.cells, report.total], [['disclosure-request.Provided'], [[0, 5]], 5])
  const [first] = example.steps
  assert.ok(first)
  town.clock.set(new Date(example.given.at))
  await playExample(town.ctx, town.clock, 'disclosure-request', { ...example, steps: [first] })
  const hidden = await requestReport(town.ctx, year)
  assert.deepEqual(
    hidden.rows.map((row, index) => [row, hidden.rowTotals[index]]),
    [
      ['disclosure-request.Provided', null],
      ['disclosure-request.open', null],
    ],
  )
  const next = await requestReport(town.ctx, year + 1)
  assert.deepEqual([next.rows, next.cells], [['disclosure-request.open'], [[null, 0]]])
})
