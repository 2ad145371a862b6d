// Public comment over the real pages, without script: a resident comments and comes back, an officer groups and answers.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { createApp } from '#app'
import { consultationOfCase } from '#kernel/consultations/open.ts'
import { loadPackage } from '#kernel/procedures/load-package.ts'
import { readPackageFolder } from '#kernel/procedures/packages.ts'
import { ensureAssets } from '#ui/build.ts'
import { makeStaff, signInStaff } from '../../../tests/support/staff.ts'
import { openTestTown, type TestTown } from '../../../tests/support/town.ts'
import { Visitor } from '../../../tests/support/visitor.ts'
import { playExample } from '../../demo/play-example.ts'

let town: TestTown
let resident: Visitor
let officer: Visitor
let page: string
let desk: string

before(async () => {
  await ensureAssets()
  town = await openTestTown('2026-03-02T09:00:00+08:00')
  const { procedure } = await loadPackage(await readPackageFolder(fileURLToPath(new URL('../../../procedures/major-decision/', import.meta.url))))
  const example = procedure?.examples.get('comment-cannot-be-cut-short')
  assert.ok(example)
  const { caseId } = await playExample(town.ctx, town.clock, 'major-decision', { given: example.given, steps: example.steps.slice(0, 5) })
  const found = await consultationOfCase(town.ctx, caseId)
  assert.ok(found)
  const app = createApp(town.installation)
  resident = new Visitor(app)
  officer = await signInStaff(app, town, await makeStaff(town, ['village-construction-handler'], '承办人'))
  page = `/t/${town.tenant}/consultations/${found.number}`
  desk = `/t/${town.tenant}/workspace/consultations/${found.number}`
})
after(() => town.close())

test('a resident finds the draft, comments on a paragraph, and her code shows what became of it', async () => {
  assert.match((await resident.get(`/t/${town.tenant}/consultations`)).text, /清溪镇早市设置办法/)
  assert.match((await resident.get(page)).text, /comment\?paragraph=2/)
  await resident.get(`${page}/comment?paragraph=2`)
  const key = resident.field('key')
  const warned = await resident.post(`${page}/comment`, { paragraph: '2', key, words: '六点太晚，请打13800138000。' })
  assert.equal(warned.status, 422)
  assert.match(warned.text, /电话号码/)
  assert.match(warned.text, /六点太晚/, 'what was typed is still there')
  const filed = await resident.post(`${page}/comment`, { paragraph: '2', key, words: '六点太晚，请五点半开。' })
  assert.equal(filed.status, 200, filed.text)
  const code = /[0-9A-Z]{4}(?:<[^>]*>|[\s-])+[0-9A-Z]{4}(?:<[^>]*>|[\s-])+[0-9A-Z]{4}(?:<[^>]*>|[\s-])+[0-9A-Z]{4}/
    .exec(filed.text)?.[0]
    .replaceAll(/<[^>]*>/g, '')
  assert.ok(code, filed.text)
  assert.match((await resident.get(`${page}/opinions?q=${encodeURIComponent('五点半')}`)).text, /六点太晚，请五点半开/)
  await officer.get(desk)
  assert.equal((await officer.post(desk, { act: 'chosen', number: '1', title: '开市时间' })).status, 303)
  const grouped = await officer.get(desk)
  const group = /name="group" value="([0-9a-f-]{36})"/.exec(grouped.text)?.[1]
  assert.ok(group, grouped.text)
  const version = /name="version" value="(\d+)"/.exec(grouped.text)?.[1] ?? ''
  assert.equal((await officer.post(desk, { act: 'answer', group, version, result: 'adopted', answer: '采纳：改为五点半。' })).status, 303)
  await resident.get(`/t/${town.tenant}/consultations/mine`)
  const own = await resident.post(`/t/${town.tenant}/consultations/mine`, { code })
  assert.match(own.text, /采纳：改为五点半/)
})

test('a letter is entered at the desk, and its code stands on that page alone', async () => {
  await officer.get(desk)
  const answer = await officer.post(desk, { act: 'enter', words: '来信：同意。', channel: 'letter', receivedOn: '2026-03-10' })
  assert.equal(answer.status, 200, answer.text)
  assert.match(answer.text, /编号 2，查询码 [0-9A-Z]{4}-/)
})

test('data and feeds carry the draft, its period and its answers', async () => {
  const data: unknown = JSON.parse((await resident.get(`${page}/opinions.json`)).text)
  assert.match(JSON.stringify(data), /改为五点半/)
  assert.match((await resident.get(`/t/${town.tenant}/consultations.ics`)).text, /DTSTART;VALUE=DATE:20260310[\s\S]*DTEND;VALUE=DATE:20260410/)
  assert.match((await resident.get(`/t/${town.tenant}/consultations.atom`)).text, /<entry>\s*<id>urn:uuid:/)
  assert.match((await resident.get(`${page}/opinions.csv`)).text, /六点太晚/)
})

test('a resident has no desk', async () => {
  assert.notEqual((await resident.get(desk)).status, 200)
})
