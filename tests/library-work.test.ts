// The workshop of the library over its pages, without a script: draft, edit every part, check, send, publish, plan.
// Runs on postgres only: half a minute of pages over one library; library.test.ts tries its tables on both.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Hono } from 'hono'
import { createApp } from '#app'
import { getPackageFiles, getProcedure } from '#kernel/procedures/packages.ts'
import { readZip, writeZip } from '#kernel/library/zip.ts'
import { ensureAssets } from '#ui/build.ts'
import { sampleFiling } from './support/filing.ts'
import { makeStaff, signInStaff } from './support/staff.ts'
import { openTestTown, type TestTown } from './support/town.ts'
import { expectPage, type Visitor } from './support/visitor.ts'

const slug = sampleFiling.procedure
const base = '/t/qingxi/workspace/library'
let town: TestTown
let app: Hono
let author: Visitor
let head: Visitor
let clerk: Visitor
before(async () => {
  await ensureAssets()
  town = await openTestTown()
  app = createApp(town.installation)
  author = await signInStaff(app, town, await makeStaff(town, ['it-admin'], '冯数'))
  head = await signInStaff(app, town, await makeStaff(town, ['town-head'], '孙长河'))
  clerk = await signInStaff(app, town, await makeStaff(town, ['petition-clerk'], '周小满'))
})
after(() => town.close())

async function startDraft(): Promise<string> {
  await author.get(`${base}/${slug}`)
  const answer = await author.post(`${base}/${slug}`, { _act: 'draft' })
  assert.equal(answer.status, 303, answer.text)
  return answer.location ?? ''
}

/** Opens a part, posts what is typed, and follows. */
async function change(address: string, fields: Record<string, string | File>) {
  await author.get(address)
  const answer = await author.post(address, { _act: 'save', _version: author.field('_version'), ...fields })
  assert.equal(answer.status, 303, answer.text.slice(0, 3000))
  return author.follow(answer)
}

test('a clerk finds no workshop', async () => {
  for (const path of ['', `/${slug}`]) assert.equal((await clerk.get(`${base}${path}`)).status, 404)
  assert.doesNotMatch((await clerk.get('/t/qingxi/workspace')).text, /workspace\/library/)
})

test('each part of a draft is a page in both languages', async () => {
  const draft = await startDraft()
  for (const language of ['zh', 'en'] as const) {
    for (const part of [
      '',
      '/diagram',
      '/forms?form=filing&field=subject',
      '/texts?q=title',
      '/manifest',
      '/rules',
      '/documents?name=opinion',
      '/files',
      '/try',
    ]) {
      const address = `${draft}${part}`
      const page = await author.get(`${address}${address.includes('?') ? '&' : '?'}lang=${language}`)
      assert.equal(page.status, 200, part)
      expectPage(page, language, part)
    }
  }
  await author.get(`${base}?lang=zh`)
})

test('fields are added, moved, changed and removed without a script', async () => {
  const draft = await startDraft()
  const form = `${draft}/forms?form=register`
  await change(form, { _act: 'add', name: 'heardOn' })
  await change(`${form}&field=heardOn`, {
    field: 'heardOn',
    'zh.label': '听取日期',
    'en.label': 'Heard on',
    'zh.hint': '',
    'en.hint': '',
    tag: 'date',
    purpose: '记录何时听取',
    basis: 'xf-31',
    visibility: 'parties',
    required: 'false',
    longest: '',
    choices: '',
  })
  const shown = await author.get(form)
  assert.match(shown.text, /听取日期/)
  await change(form, { _act: 'up', field: 'heardOn' })
  assert.match((await author.get(draft)).text, /没有发现问题/)
  await change(form, { _act: 'remove', field: 'heardOn' })
  assert.doesNotMatch((await author.get(`${form}`)).text, /xl-mono">heardOn/)
})

test('a charter word in a label is found while it is typed, and nothing is saved by asking', async () => {
  const draft = await startDraft()
  await author.get(`${draft}/texts`)
  const key = `zh:${slug}.filing.subject.label`
  const answer = await author.post(`${draft}/texts`, { _act: 'check', _version: author.field('_version'), [key]: '宗教信仰' })
  assert.equal(answer.status, 200)
  assert.match(answer.text, /charter\.belief/)
  assert.match((await author.get(draft)).text, /没有发现问题/)
})

test('every page of the texts of a large procedure can be saved as it stands', async () => {
  const draft = await startDraft()
  const before = await author.get(`${draft}/package.zip`)
  for (const page of [1, 2]) {
    const shown = await author.get(`${draft}/texts?page=${page}`)
    const keys = [...shown.text.matchAll(/<textarea[^>]* name="((?:zh|en):[^"]+)"/g)].map(([, name]) => name ?? '')
    assert.ok(keys.length > 20, `${keys.length} texts on page ${page}`)
    const texts = {
      zh: JSON.parse((await readZip(before.bytes))['texts.zh.json'] ?? ''),
      en: JSON.parse((await readZip(before.bytes))['texts.en.json'] ?? ''),
    }
    const typed = keys.map((name) => [name, String((name.startsWith('zh:') ? texts.zh : texts.en)[name.slice(3)] ?? '')])
    await change(`${draft}/texts?page=${page}`, Object.fromEntries(typed))
  }
  const after = await readZip((await author.get(`${draft}/package.zip`)).bytes)
  const parsed = (files: Record<string, string>) => [files['texts.zh.json'], files['texts.en.json']].map((text) => JSON.parse(text ?? ''))
  assert.deepEqual(parsed(after), parsed(await readZip(before.bytes)))
})

test('a glance answers without looking at every state; only the findings come back to a script', async () => {
  const draft = await startDraft()
  await author.get(`${draft}/texts`)
  const typed = (text: string) => ({ _act: 'glance', _version: author.field('_version'), [`zh:${slug}.title`]: text })
  const sound = await author.post(`${draft}/texts`, typed('新的名称'), { accept: 'text/x-findings' })
  assert.match(sound.text, /^<p[^>]*data-further=""/)
  const wrong = await author.post(`${draft}/texts`, typed(''), { accept: 'text/x-findings' })
  assert.match(wrong.text, /package\.text-missing/)
  assert.match(wrong.text, /缺一段文字/)
  assert.match(wrong.text, new RegExp(`href="${draft}/texts\\?q=${slug}.title"`))
  assert.doesNotMatch(wrong.text, /<html|data-further/)
})

test('the diagram is replaced by a file; a broken one is kept and cannot be sent', async () => {
  const draft = await startDraft()
  await change(`${draft}/diagram`, { file: new File(['<broken'], 'diagram.bpmn') })
  await author.get(draft)
  const sent = await author.post(draft, { _act: 'submit', _version: author.field('_version'), reason: '试试' })
  assert.equal(sent.status, 422)
  assert.match(sent.text, /bpmn\.parse/)
})

test('a zip becomes a draft; a hostile one is refused in words', async () => {
  const files = await getPackageFiles(town.ctx, (await getProcedure(town.ctx, slug)).hash)
  await author.get(base)
  const zip = new File([new Uint8Array(await writeZip(files, slug))], 'p.zip')
  const made = await author.post(base, { _act: 'import', zip })
  assert.match(made.location ?? '', /drafts\//)
  const back = await author.get(`${made.location}/package.zip`)
  assert.deepEqual(back.bytes, Buffer.from(await writeZip(files, slug)))
  await author.get(base)
  const folder = Object.entries(files).map(([path, text]) => new File([text], `${slug}/${path}`))
  const opened = await author.post(base, { _act: 'import', files: folder })
  assert.deepEqual((await author.get(`${opened.location}/package.zip`)).bytes, back.bytes)
  await author.get(base)
  const bad = await author.post(base, { _act: 'import', zip: new File([new Uint8Array(await writeZip({ ...files, 'x.exe': '' }, slug))], 'p.zip') })
  assert.equal(bad.status, 422)
  assert.match(bad.text, /不属于流程包/)
  const fresh = await author.post(base, { _act: 'new', slug: 'street-lamp' })
  assert.match((await author.follow(fresh)).text, /没有发现问题/)
})

test('a second person publishes, then a plan is drawn up, reviewed and shown', async () => {
  const draft = await startDraft()
  await author.get(`${draft}/manifest`)
  const rows = Object.fromEntries(
    [...author.last.matchAll(/name="((?:parameters|law)-\d+-\w+)"[^>]* value="([^"]*)"/g)].map((match) => [match[1] ?? '', match[2] ?? '']),
  )
  await change(`${draft}/manifest`, { version: '1.1.0', from: '2026-03-02', ...rows })
  await author.get(draft)
  const sent = await author.post(draft, { _act: 'submit', _version: author.field('_version'), reason: '新版本' })
  assert.equal(sent.status, 303, sent.text.slice(0, 3000))
  await head.get(draft)
  const done = await head.post(draft, { _act: 'publish', _version: head.field('_version'), reason: '同意' })
  assert.equal(done.status, 303, done.text.slice(0, 3000))
  assert.equal((await getProcedure(town.ctx, slug)).manifest.version, '1.1.0')
  const page = await author.get(`${base}/${slug}`)
  const [to, from] = [...page.text.matchAll(/option value="([0-9a-f]{12})"/g)].map((match) => match[1] ?? '')
  const planned = await author.post(`${base}/${slug}`, {
    _act: 'plan',
    from: from ?? '',
    to: to ?? '',
    moves: '',
    reason: '统一',
    basis: '《信访工作条例》',
  })
  assert.equal(planned.status, 303, planned.text.slice(0, 3000))
  expectPage(await author.follow(planned), 'zh', 'migration')
  await head.get(planned.location ?? '')
  assert.equal((await head.post(planned.location ?? '', { _act: 'approve', reason: '同意' })).status, 303)
  assert.match((await head.get(planned.location ?? '')).text, /正在转/)
})
