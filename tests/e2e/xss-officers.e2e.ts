// Script in what officers write: forms of tasks, answers, messages, registers, names of posts and offices, texts of the library, drafts.
// Each field has a mark of its own; every page that shows it, in the workspace and in public, is opened in a real browser: nothing runs.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { serve } from '@hono/node-server'
import type { Hono } from 'hono'
import type { Browser, Page } from 'playwright-core'
import { createApp, routeGroups } from '#app'
import { writeMessage } from '#kernel/cases/act.ts'
import { consultationOfCase } from '#kernel/consultations/open.ts'
import { as } from '#kernel/context.ts'
import { draftFromPublished, saveDraft } from '#kernel/library/drafts.ts'
import type { Package } from '#kernel/procedures/load-package.ts'
import { getProcedure } from '#kernel/procedures/packages.ts'
import type { ExampleStep } from '#kernel/procedures/worked-examples.ts'
import { keepEntry } from '#kernel/registers/kept.ts'
import { listEntries } from '#kernel/registers/list-entries.ts'
import { recordEntries } from '#kernel/registers/registers.ts'
import { ensureAssets } from '#ui/build.ts'
import { controlOf, type FormSchema } from '#ui/form/form-schema.ts'
import { actorOf, moveTo, type Played, playStep } from '../../src/demo/play-example.ts'
import { openBrowser } from '../support/browser.ts'
import { makeStaff, signInStaff } from '../support/staff.ts'
import { openTestTown, type TestTown } from '../support/town.ts'
import { Visitor } from '../support/visitor.ts'

/** Worked examples whose officers write what residents and the public read. */
const played = [
  ['service-request', 'promise-kept'],
  ['petition', 'decided-in-time'],
  ['disclosure-item', 'published-in-time'],
  ['village-disclosure', 'question-answered'],
  ['mediation', 'agreed-late'],
  ['major-decision', 'every-opinion-is-answered'],
] as const
const base = '/t/qingxi'

let town: TestTown
let app: Hono
let desk: Visitor
let browser: Browser
let page: Page
let server: ReturnType<typeof serve>
let origin = ''
/** What was written where, by its mark; and the marks that were seen, as text, on some page. */
const marks = new Map<string, string>()
const seen = new Set<string>()
const complaints: string[] = []
const cases: { slug: string; number: string; code: string; caseId: string }[] = []
const publicPages = new Set<string>()
const deskPages = new Set<string>()

/** Leaves an attribute of either kind and an element, and names itself when it runs. Short fields get the beginning of it. */
function hostile(where: string, most = 2000): string {
  const mark = `q${marks.size + 1}q`
  marks.set(mark, where)
  const text = `${mark}"'></title></textarea><img src=x onerror=window.hit='${mark}'><b class=injected>`
  return most >= text.length ? text : most >= 24 ? `${mark}"'><b class=injected>`.slice(0, most) : mark.slice(0, most)
}

/** The same step with every free text of an officer made hostile. */
function poison(procedure: Package, step: ExampleStep): ExampleStep {
  if (!step.actor?.startsWith('post:') || step.refused !== undefined || (step.case ?? 'main') !== 'main' || !step.data) return step
  const { data } = step
  if (step.do === 'answer') return { ...step, data: { ...data, title: hostile('group', 120), answer: hostile('answer') } }
  if (step.do !== 'complete' && step.do !== 'file') return step
  const form = step.do === 'file' ? 'filing' : (procedure.graph.elements[step.task ?? '']?.xl.form ?? '')
  const schema = procedure.forms.get(form)?.schema as FormSchema | undefined // the form's schema, as both modules read it
  const changed = Object.entries(data).map(([name, value]) => {
    const property = schema?.properties?.[name]
    const isText =
      typeof value === 'string' &&
      property?.type === 'string' &&
      !('pattern' in property) &&
      property.format === undefined &&
      property.enum === undefined &&
      property['x-register'] === undefined &&
      ['text', 'textarea'].includes(controlOf(property))
    if (!isText) return [name, value]
    // Comments are on paragraphs: a text of several lines keeps the others.
    const [, ...others] = value.split('\n')
    return [name, [hostile(`${procedure.slug} ${step.task ?? step.do} ${name}`, property.maxLength), ...others].join('\n')]
  })
  return { ...step, data: Object.fromEntries(changed) }
}

before(async () => {
  await ensureAssets()
  town = await openTestTown('2026-03-02T09:00:00+08:00')
  app = createApp(town.installation)
  await poisonTitles()
  const posts = new Set<string>(['it-admin', 'supervisor'])
  const steps: { slug: string; made: Played; step: ExampleStep }[] = []
  const matters: { slug: string; made: Played }[] = []
  for (const [slug, name] of played) {
    const procedure = await getProcedure(town.ctx, slug)
    const example = procedure.examples.get(name) ?? assert.fail(`${slug} has no example ${name}`)
    for (const { actor } of example.steps)
      if (actor?.startsWith('post:')) {
        const holder = await actorOf(town.ctx, actor, '')
        if (holder.kind === 'staff') for (const { postId } of holder.posts) posts.add(postId)
      }
    const made: Played = { caseId: '', receiptCode: '', number: '', refusals: [] }
    steps.push(...example.steps.map((step) => ({ slug, made, step: poison(procedure, step) })))
    matters.push({ slug, made })
  }
  // All of them in one order of time: the clock only goes forward.
  for (const { slug, made, step } of steps.toSorted((one, other) => Date.parse(one.step.at) - Date.parse(other.step.at))) {
    await moveTo(town.ctx, town.clock, new Date(step.at))
    const done = playStep(town.ctx, slug, step, made)
    if (step.refused === undefined) await done
    else await assert.rejects(done, { code: step.refused })
  }
  for (const { slug, made } of matters) cases.push({ slug, number: made.number, code: made.receiptCode, caseId: made.caseId })
  await writeElsewhere()
  desk = await signInStaff(app, town, await makeStaff(town, [...posts], hostile('name of a colleague')))
  origin = await new Promise<string>((resolve) => {
    server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, (info) => resolve(`http://127.0.0.1:${info.port}`))
  })
  browser = await openBrowser()
  page = await (await browser.newContext({ locale: 'zh-CN' })).newPage()
  page.on('dialog', (dialog) => void dialog.dismiss().then(() => complaints.push('a dialog')))
  page.on('console', (message) => {
    if (/Content.Security.Policy/i.test(message.text())) complaints.push(message.text())
  })
})
after(async () => {
  await browser.close()
  await new Promise((resolve) => server.close(resolve))
  await town.close()
})

/** Names of posts and of offices come from registers that the administrator keeps. */
async function poisonTitles(): Promise<void> {
  for (const [register, field] of [
    ['posts', 'title'],
    ['organizations', 'name'],
  ] as const) {
    const entries = await listEntries<Record<string, unknown>>(town.ctx, register)
    const changed = entries.map(({ id, ...data }) => ({
      id: String(id),
      data: { ...data, [field]: { zh: hostile(`${register} ${id}`, 80), en: 'x' } },
    }))
    await recordEntries(town.ctx, register, changed, '测试')
  }
}

/** A message in a case, an entry of a public register, a draft of the library. */
async function writeElsewhere(): Promise<void> {
  const clerk = as(town.ctx, await actorOf(town.ctx, 'post:petition-clerk@petition-office', ''))
  const petition = cases.find(({ slug }) => slug === 'petition') ?? assert.fail()
  await writeMessage(clerk, { caseId: petition.caseId }, hostile('message'))
  const officer = as(town.ctx, await actorOf(town.ctx, 'post:village-officer@shishang-village', ''))
  const cells = {
    village: 'shishang-village',
    item: hostile('asset', 80),
    place: hostile('place', 80),
    quantity: hostile('quantity', 40),
    standing: 'let',
  }
  await keepEntry(officer, 'collective-assets', { cells, reason: '' })
  const admin = as(town.ctx, await actorOf(town.ctx, 'post:it-admin', ''))
  const draft = await draftFromPublished(admin, 'hall-booking')
  const texts = Object.keys(JSON.parse(draft.files['texts.zh.json'] ?? '{}')).map((key) => [key, hostile(`text ${key}`)])
  await saveDraft(admin, draft.draft_id, draft.version, { 'texts.zh.json': JSON.stringify(Object.fromEntries(texts)) })
  for (const part of ['', '/texts', '/forms', '/diagram', '/manifest', '/documents', '/rules', '/files', '/try'])
    deskPages.add(`/workspace/library/drafts/${draft.draft_id}${part}`)
}

const get = async (path: string, visitor: Visitor): Promise<string> => (await visitor.get(path)).text

/** The page as the server made it holds no markup of ours; the same bytes in the browser, under their own policy, run nothing. */
async function look(path: string, visitor: Visitor = new Visitor(app)): Promise<void> {
  const answer = await visitor.get(path)
  const { text } = answer
  assert.ok(answer.status < 500, `${path}: ${answer.status}`)
  const type = answer.headers.get('content-type') ?? ''
  if (!/html|xml/.test(type)) return
  assert.doesNotMatch(text, /<img src=x|<b class=injected/, path)
  const shown = [...marks.keys()].filter((mark) => text.includes(mark))
  for (const mark of shown) seen.add(mark)
  // Chromium takes longest: pages that show nothing of it are read as text alone.
  if (shown.length === 0 || !type.includes('html') || answer.status !== 200) return
  await page.route(`${origin}${path}`, (route) =>
    route.fulfill({
      status: 200,
      headers: { 'content-type': type, 'content-security-policy': answer.headers.get('content-security-policy') ?? '' },
      body: text,
    }),
  )
  await page.goto(`${origin}${path}`, { waitUntil: 'load' })
  assert.equal(await page.evaluate('window.hit'), undefined, `script ran on ${path}`)
  assert.equal(await page.locator('.injected, img[src="x"], [onerror]').count(), 0, `an element was injected on ${path}`)
  assert.deepEqual(complaints, [], path)
}

test('the watch sees a mark that is not escaped', async () => {
  await page.route('**/probe', (route) => route.fulfill({ contentType: 'text/html', body: `<!doctype html><p>${hostile('probe')}` }))
  await page.goto(`${origin}/probe`)
  await page.waitForFunction('window.hit !== undefined')
  assert.ok((await page.locator('.injected').count()) > 0)
  marks.delete(`q${marks.size}q`)
})

test('pages of the workspace run nothing that officers wrote', async () => {
  for (const { number, caseId } of cases) {
    const consultation = await consultationOfCase(town.ctx, caseId)
    if (consultation) for (const part of ['', '/opinions/1']) deskPages.add(`/workspace/consultations/${consultation.number}${part}`)
    const address = `${base}/workspace/cases/${number}`
    deskPages.add(address.slice(base.length))
    for (const [, href = ''] of (await get(address, desk)).matchAll(/href="([^"#?]+)"/g))
      if ((href.startsWith(`${address}/`) || href.includes('/workspace/tasks/')) && !/\.pdf$|\/files\/|\/pages\//.test(href))
        deskPages.add(href.slice(base.length))
  }
  const plain = routeGroups.flatMap(({ prefix, routes }) =>
    routes.filter(({ method, guard, path }) => method === 'get' && guard === 'staff' && !path.includes(':')).map(({ path }) => `${prefix}${path}`),
  )
  for (const path of [...plain.filter((known) => !/\.(js|pdf)$/.test(known)), ...deskPages]) await look(`${base}${path}`, desk)
})

test('pages of residents and of everybody run nothing that officers wrote', async () => {
  for (const { slug, number, code, caseId } of cases) {
    if (slug === 'disclosure-item') for (const part of ['', '/data.json']) publicPages.add(`/open/items/${number}${part}`)
    if (slug === 'service-request') publicPages.add(`/requests/${number}`)
    const consultation = await consultationOfCase(town.ctx, caseId)
    if (consultation) for (const part of ['', '/opinions', '/comment']) publicPages.add(`/consultations/${consultation.number}${part}`)
    const party = new Visitor(app)
    await party.get(`${base}/track`)
    await party.post(`${base}/track`, { code })
    const address = `${base}/cases/${number}`
    const links = [...(await get(address, party)).matchAll(/href="([^"#?]+)"/g)].map(([, href = '']) => href)
    for (const path of new Set([address, ...links.filter((href) => href.startsWith(`${address}/`) && !/\.(pdf|svg|ics)$|\/files\//.test(href))]))
      await look(path, party)
  }
  const plain = routeGroups.flatMap(({ prefix, routes }) =>
    routes.filter(({ method, guard, path }) => method === 'get' && guard === 'public' && !path.includes(':')).map(({ path }) => `${prefix}${path}`),
  )
  const known = ['/villages/shishang-village', '/registers/collective-assets', '/matters/petition', '/procedures/petition', '/figures/petition']
  for (const path of [...plain, ...known, ...publicPages]) await look(`${base}${path}`)
})

test('every field that was written was seen on some page: nothing passes because it is not shown', () => {
  const unseen = [...marks].filter(([mark]) => !seen.has(mark)).map(([, where]) => where)
  assert.ok(marks.size >= 100, `${marks.size} fields`)
  assert.deepEqual(unseen, [])
})
