// What only the counter can know (a court's number, an offer of the committee) is asked at the counter; clauses of agreements are the town's.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { createApp } from '#app'
import { openCase } from '#kernel/cases/open-case.ts'
import { DomainError } from '#kernel/errors.ts'
import { loadPackage } from '#kernel/procedures/load-package.ts'
import { getPackageFiles, getProcedure } from '#kernel/procedures/packages.ts'
import { keepEntry } from '#kernel/registers/kept.ts'
import { as } from '#kernel/context.ts'
import { checkRegisters } from '#kernel/cases/check-data.ts'
import { getTown } from '#kernel/towns/towns.ts'
import { ensureAssets } from '#ui/build.ts'
import { actorOf } from '../src/demo/play-example.ts'
import { openTestTown } from './support/town.ts'
import { makeStaff, signInStaff } from './support/staff.ts'
import { Visitor } from './support/visitor.ts'

await ensureAssets()
const town = await openTestTown()
const app = createApp(town.installation)
after(() => town.close())

const matter = {
  kind: 'neighbour',
  subject: '两家排水沟的纠纷',
  description: '邻居翻修院墙时占了排水沟。',
  claim: '恢复排水沟。',
  name: '罗青',
  phone: '000 0000 0041',
  respondentName: '陶小暑',
}

test('a resident is not asked what staff fill in, cannot send it, and the counter is asked', async () => {
  const resident = new Visitor(app)
  const page = await resident.follow(await resident.get('/t/qingxi/matters/mediation/new'))
  assert.match(page.text, /name="subject"/)
  assert.doesNotMatch(page.text, /name="(initiative|courtCaseNumber)"/)
  const about = await resident.get('/t/qingxi/matters/mediation')
  assert.doesNotMatch(about.text, /法院案号/)
  const sent = { procedure: 'mediation', data: { ...matter, courtCaseNumber: '（2026）云民诉前调2号' } }
  await assert.rejects(
    openCase(await town.ctxFor({ kind: 'anonymous' }), sent),
    (error: unknown) => error instanceof DomainError && error.code === 'form.invalid' && error.fields[0]?.pointer === '/courtCaseNumber',
  )
  const desk = await signInStaff(app, town, await makeStaff(town, ['mediation-clerk']))
  const counter = await desk.follow(await desk.get('/t/qingxi/workspace/intake?procedure=mediation'))
  assert.match(counter.text, /name="courtCaseNumber"/)
})

test('a package that makes residents answer a question for staff is refused', async () => {
  const { hash } = await getProcedure(town.ctx, 'mediation')
  const files = await getPackageFiles(town.ctx, hash)
  const filing: { properties: Record<string, Record<string, unknown>> } = JSON.parse(files['forms/filing.json'] ?? '{}')
  Object.assign(filing.properties['claim'] ?? {}, { 'x-filled-by': 'staff' })
  const { findings } = await loadPackage({ ...files, 'forms/filing.json': JSON.stringify(filing) })
  assert.deepEqual(
    findings.map(({ place, rule }) => [place, rule]),
    [['forms/filing.json#/properties/claim', 'package.form']],
  )
})

test('the town adds a clause, words one anew and takes one away; a clause asks for what it leaves open', async () => {
  const clerk = as(town.ctx, await actorOf(town.ctx, 'post:mediation-clerk@justice', ''))
  const shipped = (await getTown(town.ctx)).clauses
  assert.ok(shipped.size >= 8)
  const keep = (clause: string, offered: 'yes' | 'no', text: string) =>
    keepEntry(clerk, 'agreement-clauses', {
      cells: { office: 'justice', clause, offered, title: '共用水渠', titleEn: 'Shared channel', text, textEn: 'They share it.' },
      reason: '',
    })
  await keep('share', 'yes', '双方共用{object}，{by}轮流清理。')
  await keep('costs', 'no', '各自承担。')
  await keep('release', 'yes', '此后两清。')
  const { clauses } = await getTown(town.ctx)
  assert.equal(clauses.size, shipped.size)
  assert.deepEqual([clauses.has('costs'), clauses.get('release')?.text.zh], [false, '此后两清。'])
  const form = (await getProcedure(town.ctx, 'mediation')).forms.get('draft')
  assert.ok(form)
  const complaints = async (data: Record<string, unknown>) =>
    checkRegisters(form, data, await getTown(town.ctx), 'zh').map(({ pointer, code }) => `${pointer} ${code}`)
  assert.deepEqual(await complaints({ clauses: ['share', 'release'] }), ['/object required'])
  assert.deepEqual(await complaints({ clauses: ['share'], object: '两家之间的水渠' }), [])
  assert.deepEqual(await complaints({ clauses: ['pay', 'instalments'] }), ['/payer required', '/amount required', '/instalments required'])
  assert.deepEqual(await complaints({ clauses: ['costs'] }), ['/clauses register'])
})
