// The one window: every kind of assistance, the questions once, the packages' own tables, and nothing kept.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { as } from '#kernel/context.ts'
import { preCheck } from '#kernel/cases/pre-check.ts'
import { viewCase } from '#kernel/cases/view.ts'
import { getProcedure, listProcedures } from '#kernel/procedures/packages.ts'
import { actorOf, playExample } from '#demo/play-example.ts'
import { ensureAssets } from '#ui/build.ts'
import { createApp } from '#app'
import { dumpTables } from '#tests/faults/canaries.ts'
import { openTestTown, type TestTown } from '#tests/support/town.ts'
import { type Answer, expectPage, Visitor } from '#tests/support/visitor.ts'

let town: TestTown
let app: ReturnType<typeof createApp>
const base = '/t/qingxi'
before(async () => {
  await ensureAssets()
  town = await openTestTown()
  app = createApp(town.installation)
})
after(() => town.close())

const household = {
  registered: 'here',
  members: '3',
  monthlyIncome: '1500',
  savings: '6000',
  otherHome: 'false',
  car: 'false',
  standing: 'allowance',
  rural: 'true',
  noHome: 'false',
  area: '30',
  danger: 'found',
  trouble: 'illness',
  here: 'true',
}
const visitor = async () => {
  const one = new Visitor(app)
  await one.get(`${base}/assistance`)
  return one
}
/** The page's text; it is well made and in this language. */
function read(answer: Answer, language: 'zh' | 'en' = 'zh', status = 200): string {
  assert.equal(answer.status, status)
  expectPage(answer, language, '/assistance')
  assert.doesNotMatch(answer.text, /\{parameter/)
  return answer.text
}
const names = (html: string) => [...html.matchAll(/ name="([A-Za-z-]+)"/g)].map(([, name]) => name ?? '')
const section = (html: string, slug: string) => new RegExp(`<section aria-labelledby="answer-${slug}">.*?</section>`, 's').exec(html)?.[0] ?? ''

test('every matter of assistance that residents may file is on the first page, with a check or without', async () => {
  const html = read(await new Visitor(app).get(`${base}/assistance`))
  const kinds = (await listProcedures(town.ctx)).filter(({ manifest }) =>
    manifest.provides.some((one) => ['social-assistance', 'disaster-relief'].includes(one)),
  )
  const open = kinds.filter(({ manifest }) => manifest.filedBy.includes('anyone'))
  assert.ok(open.length >= 8, String(open.length))
  for (const { slug, manifest } of open)
    assert.ok(html.includes(manifest.prechecks.length > 0 ? `value="${slug}"` : `${base}/matters/${slug}"`), slug)
})

test('what several kinds ask is asked once, and only what was chosen is asked', async () => {
  const one = await visitor()
  const all = read(await one.post(`${base}/assistance`, {}))
  for (const field of ['members', 'monthlyIncome', 'savings', 'standing', 'rural'])
    assert.equal(new Set(names(all).filter((name) => name.endsWith(field))).size, 1, field)
  const few = read(await one.post(`${base}/assistance`, { of: ['housing-assistance', 'dangerous-house-rebuilding'] }))
  assert.ok(names(few).includes('standing') && names(few).includes('danger'))
  assert.ok(!names(few).includes('monthlyIncome'))
})

test('each kind is answered by its own table, criterion by criterion, with its number in force; filing stays open', async () => {
  const one = await visitor()
  const html = read(await one.post(`${base}/assistance`, { step: 'check', ...household }))
  for (const { slug, manifest, texts } of await listProcedures(town.ctx)) {
    const [precheck] = manifest.prechecks
    if (!precheck || !manifest.provides.includes('social-assistance') || !manifest.filedBy.includes('anyone')) continue
    const answer = section(html, slug)
    assert.ok(answer.includes(`${base}/matters/${slug}/new`), slug)
    for (const key of Object.keys(texts.zh)
      .filter((known) => known.startsWith(`${slug}.criterion.`))
      .slice(0, -1))
      assert.ok(answer.includes(texts.zh[key] ?? '-'), key)
  }
  assert.match(section(html, 'housing-assistance'), /农村的房子走“农村危房改造”/)
  const alone = await preCheck(town.ctx, 'dangerous-house-rebuilding', 'me', { rural: true, standing: 'allowance', danger: 'found' })
  assert.deepEqual(alone.outcome.rules, ['all-met'])
  assert.match(section(html, 'dangerous-house-rebuilding'), /按您填的，可以申请。/)
  assert.match(section(html, 'dangerous-house-rebuilding'), /3 条符合，0 条可能不符合，0 条要核实/)
})

test('what nobody filled in settles nothing; what cannot be read is shown at its field, and nothing typed is lost', async () => {
  const one = await visitor()
  const empty = read(await one.post(`${base}/assistance`, { step: 'check', of: 'medical-assistance' }))
  assert.match(section(empty, 'medical-assistance'), /0 条符合，0 条可能不符合，3 条要核实/)
  const wrong = await one.post(`${base}/assistance`, { step: 'check', of: 'subsistence-allowance', members: '三口', savings: '6000' })
  const html = read(wrong, 'zh', 422)
  assert.match(html, /href="#members"/)
  assert.match(html, /value="三口"/)
  assert.match(html, /value="6000"/)
  assert.equal(section(html, 'subsistence-allowance'), '')
})

test('nothing of the answers is stored', async () => {
  const one = await visitor()
  await one.post(`${base}/assistance`, { step: 'check', ...household, savings: '48151623' })
  const tables = await town.installation.database.owner(dumpTables)
  assert.ok(tables.length > 30)
  assert.deepEqual(
    tables.filter(({ bytes }) => bytes.includes('48151623')),
    [],
  )
})

test('in English too', async () => {
  const one = new Visitor(app)
  const html = read(await one.get(`${base}/assistance?lang=en`), 'en')
  assert.match(html, /All assistance, checked at once/)
})

test('whoever decides reads the recorded result of the same table, criterion by criterion; the resident does not', async () => {
  const slug = 'medical-assistance'
  const example = (await getProcedure(town.ctx, slug)).examples.get('head-returns')
  assert.ok(example)
  const { caseId } = await playExample(town.ctx, town.clock, slug, example)
  const officer = as(town.ctx, await actorOf(town.ctx, 'post:medical-aid-officer', caseId))
  const [judged, ...others] = (await viewCase(officer, { caseId }, 'zh')).decisions
  assert.deepEqual(others, [])
  const mine = await preCheck(town.ctx, slug, 'me', { standing: 'rigid', need: 'costs', settled: true, ownCost: 32000 })
  assert.deepEqual({ outcome: judged?.outcome, criteria: judged?.criteria }, mine)
  assert.deepEqual(
    mine.criteria.map(({ met }) => met),
    [true, true, true],
  )
  const party = as(town.ctx, await actorOf(town.ctx, 'party:applicant', caseId))
  assert.deepEqual((await viewCase(party, { caseId }, 'zh')).decisions, [])
})
