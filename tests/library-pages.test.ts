// The library for residents: found, read, compared, downloaded and played without a script.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Hono } from 'hono'
import { createApp } from '#app'
import { packageHash } from '#kernel/procedures/load-package.ts'
import { getPackageFiles, getProcedure, listProcedures } from '#kernel/procedures/packages.ts'
import { samplePdf } from '#kernel/library/sample-document.ts'
import { readZip } from '#kernel/library/zip.ts'
import { ensureAssets } from '#ui/build.ts'
import { testDatabaseKind } from './support/database.ts'
import { sampleFiling } from './support/filing.ts'
import { openTestTown, type TestTown } from './support/town.ts'
import { expectPage, Visitor } from './support/visitor.ts'

const base = '/t/qingxi/procedures'
const slug = sampleFiling.procedure
let town: TestTown
let app: Hono
before(async () => {
  await ensureAssets()
  town = await openTestTown()
  app = createApp(town.installation)
})
after(() => town.close())

test('a procedure is found by its law, and not by what it has not', async () => {
  const visitor = new Visitor(app)
  const found = await visitor.get(`${base}?q=${encodeURIComponent('信访工作条例 第三十四条')}`)
  expectPage(found, 'zh', base)
  assert.match(found.text, new RegExp(`href="${base}/${slug}"`))
  assert.match((await visitor.get(`${base}?q=${encodeURIComponent('足球')}`)).text, /没有找到/)
})

test('the page of a procedure shows drawing, law with marks, limits, forms, documents, examples and versions in both languages', async () => {
  const visitor = new Visitor(app)
  for (const language of ['zh', 'en'] as const) {
    const page = await visitor.get(`${base}/${slug}?lang=${language}`)
    expectPage(page, language, slug)
    assert.match(page.text, /<svg/)
    assert.match(page.text, /信访工作条例/)
    assert.match(page.text, /INF/, 'a mark that is not V:L stays visible')
    assert.match(page.text, /id="form-filing"/)
    assert.match(page.text, /package\.zip/)
  }
  assert.equal((await visitor.get(`${base}/none`)).status, 404)
  assert.equal((await visitor.get(`${base}/${slug}?version=00000000`)).status, 404)
})

test('the package can be downloaded and its fingerprint computed; a sample of a document is a PDF', async () => {
  const visitor = new Visitor(app)
  const zip = await visitor.get(`${base}/${slug}/package.zip`)
  const { hash } = await getProcedure(town.ctx, slug)
  assert.equal(packageHash(await readZip(zip.bytes)), hash)
  assert.equal(packageHash(await getPackageFiles(town.ctx, hash)), hash)
  const pdf = await visitor.get(`${base}/${slug}/documents/referral.pdf`)
  assert.equal(pdf.status, 200, pdf.text.slice(0, 300))
  assert.equal(pdf.bytes.subarray(0, 5).toString(), '%PDF-')
  assert.equal((await visitor.get(`${base}/${slug}/documents/none.pdf`)).status, 404)
})

// What is set does not come from the database: once is enough.
test('every document of every shipped procedure has a sample', { skip: testDatabaseKind === 'postgres' }, async () => {
  const slugs = (await listProcedures(town.ctx)).map((procedure) => procedure.slug)
  const refused: string[] = []
  const samples = slugs.map(async (name) => {
    const procedure = await getProcedure(town.ctx, name)
    for (const { id } of procedure.manifest.documents)
      await samplePdf(town.ctx, procedure, id).catch((error: Error) => refused.push(`${name}/${id}: ${error.message}`))
  })
  await Promise.all(samples)
  assert.ok(slugs.length > 30)
  assert.deepEqual(refused, [])
})

test('an example is played page by page: each step shows the clock, the limits and what was recorded', async () => {
  const visitor = new Visitor(app)
  const first = await visitor.get(`${base}/${slug}/examples/opinion-late`)
  expectPage(first, 'zh', 'example')
  assert.match(first.text, /step=2/)
  let page = first
  let steps = 1
  for (let link = /href="([^"]*)" rel="next"/.exec(page.text)?.[1]; link && steps < 60; link = /href="([^"]*)" rel="next"/.exec(page.text)?.[1]) {
    page = await visitor.get(link.replaceAll('&amp;', '&'))
    steps++
  }
  assert.ok(steps > 5)
  assert.match(page.text, /超期/)
  const script = JSON.parse((await visitor.get(`${base}/${slug}/examples/opinion-late/script.json`)).text)
  assert.deepEqual(Object.keys(script), ['script', 'stage', 'models'])
  assert.equal((await visitor.get(`${base}/${slug}/examples/none`)).status, 404)
})

test('a version does not differ from itself', async () => {
  assert.match((await new Visitor(app).get(`${base}/${slug}/compare`)).text, /都一样/)
})
