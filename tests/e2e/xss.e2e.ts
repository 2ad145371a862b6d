// Script in every text field of every form, opened in a real browser by everybody who sees it: nothing runs, nothing is injected,
// and no page of ours breaks its own policy.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { serve } from '@hono/node-server'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { createApp } from '#app'
import { openCase } from '#kernel/cases/open-case.ts'
import { as } from '#kernel/context.ts'
import { listProcedures } from '#kernel/procedures/packages.ts'
import { controlOf, type FormSchema } from '#ui/form/form-schema.ts'
import { ensureAssets } from '#ui/build.ts'
import { openBrowser } from '../support/browser.ts'
import { makeStaff } from '../support/staff.ts'
import { openTestTown, type TestTown } from '../support/town.ts'

/** Ways out of text, attribute, address, script, style, title, comment and template. Each marks the window when it runs. */
const payloads = [
  '<script>window.hit=1</script>',
  '"><img src=x onerror=window.hit=1>',
  "'><svg/onload=window.hit=1>",
  '</title><script>window.hit=1</script>',
  '</textarea><script>window.hit=1</script>',
  '--><script>window.hit=1</script>',
  'javascript:window.hit=1',
  '{{constructor.constructor("window.hit=1")()}}${window.hit=1}',
  '<iframe srcdoc="<script>parent.hit=1</script>">',
  '" autofocus onfocus=window.hit=1 x="',
  '<math><mtext></mtext><mglyph><style><!--</style><img title="--&gt;&lt;img src=x onerror=window.hit=1&gt;">',
  '<a href="javascript:window.hit=1" id=injected>点这里</a>',
]
const all = payloads.join(' ')
/** Elements that only a payload makes. */
const injected = 'img[src="x"], iframe, #injected, svg[onload], [onerror], [onfocus], [onload], script:not([src]), math'

let town: TestTown
let browser: Browser
let server: ReturnType<typeof serve>
let origin = ''
const base = '/t/qingxi'
const contexts: BrowserContext[] = []

before(async () => {
  await ensureAssets()
  town = await openTestTown()
  const app = createApp(town.installation)
  origin = await new Promise<string>((resolve) => {
    server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, (info) => resolve(`http://127.0.0.1:${info.port}`))
  })
  browser = await openBrowser()
})
after(async () => {
  for (const context of contexts) await context.close()
  await browser.close()
  await new Promise((resolve) => server.close(resolve))
  await town.close()
})

type Watched = { page: Page; complaints: string[] }

/** A browser that notes what runs, what asks, and what the policy of pages had to stop. */
async function openWatched(): Promise<Watched> {
  const context = await browser.newContext({ locale: 'zh-CN' })
  contexts.push(context)
  const complaints: string[] = []
  await context.addInitScript(() => {
    addEventListener('securitypolicyviolation', (event) => console.error(`policy ${event.violatedDirective} ${event.blockedURI}`))
  })
  const page = await context.newPage()
  page.on('dialog', (dialog) => {
    complaints.push('a dialog')
    void dialog.dismiss()
  })
  page.on('console', (message) => {
    if (/^policy |Content.Security.Policy/i.test(message.text())) complaints.push(message.text())
  })
  page.on('request', (request) => {
    if (!request.url().startsWith(origin) && !request.url().startsWith('data:')) complaints.push(`calls ${request.url()}`)
  })
  return { page, complaints }
}

async function expectClean({ page, complaints }: Watched): Promise<void> {
  await page.waitForLoadState('load')
  assert.equal(await page.evaluate('window.hit'), undefined, `script ran on ${page.url()}`)
  assert.equal(await page.locator(injected).count(), 0, `an element was injected on ${page.url()}`)
  assert.deepEqual(complaints, [], page.url())
}

const visit = async (watched: Watched, path: string): Promise<void> => {
  await watched.page.goto(`${origin}${path}`)
  await expectClean(watched)
}

/** Every text of a form as hostile as its length and pattern allow; choices and dates as they must be. */
function hostileData(schema: FormSchema): Record<string, unknown> {
  const data: Record<string, unknown> = {}
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const isText = property.type === 'string' && !('pattern' in property) && property.format === undefined && property.enum === undefined
    if (!isText || property['x-register'] !== undefined || !['text', 'textarea'].includes(controlOf(property))) continue
    const most = property.maxLength ?? 2000
    data[name] = most < 40 ? '"><b id=injected>'.slice(0, most) : all.slice(0, most)
  }
  return data
}

async function signIn(watched: Watched, email: string, password: string): Promise<void> {
  await watched.page.goto(`${origin}${base}/sign-in`)
  await watched.page.locator('input[name=email]').fill(email)
  await watched.page.locator('input[name=password]').fill(password)
  await Promise.all([watched.page.waitForURL(/workspace|account/), watched.page.locator('main form button').first().click()])
}

test('the watch itself sees script, elements and calls', async () => {
  for (const body of ['<script>window.hit=1</script>', '<p id=injected>', '<link rel=stylesheet href=https://evil.example/x.css>']) {
    const watched = await openWatched()
    await watched.page.route('**/probe', (route) => route.fulfill({ contentType: 'text/html', body: `<!doctype html>${body}` }))
    await watched.page.route('https://evil.example/**', (route) => route.abort())
    await watched.page.goto(`${origin}/probe`)
    await assert.rejects(expectClean(watched), body)
  }
})

test('what a person files in every procedure runs nowhere: not for her, not for officers, not for the public', async () => {
  const resident = await openWatched()
  const officer = await openWatched()
  const staff = await makeStaff(town, ['petition-clerk', 'it-admin', 'supervisor'], '<img src=x onerror=window.hit=1>')
  await signIn(officer, staff.email, staff.password)
  let filed = 0
  for (const procedure of await listProcedures(town.ctx)) {
    const form = procedure.forms.get('filing')
    if (!form || !procedure.manifest.filedBy.includes('anyone')) continue
    const made = await fileHostile(procedure.slug, hostileData(form.schema as FormSchema)) // the form's schema, as both modules read it
    if (!made) continue
    filed++
    await resident.page.goto(`${origin}${base}/track`)
    await resident.page.locator('input[name=code]').fill(made.code)
    await Promise.all([resident.page.waitForURL(/cases\//), resident.page.locator('main form button').first().click()])
    await expectClean(resident)
    await resident.page.goto(`${origin}${base}/cases/${made.number}/supplement`)
    await resident.page.locator('textarea[name=text]').fill(all)
    await Promise.all([resident.page.waitForURL(/done/), resident.page.locator('main form button').first().click()])
    await expectClean(resident)
    for (const path of [`/cases/${made.number}`, `/cases/${made.number}/supplement`]) await visit(resident, `${base}${path}`)
    await visit(officer, `${base}/workspace/cases/${made.number}`)
    const tasks = await officer.page
      .locator('a[href*="/workspace/tasks/"]')
      .evaluateAll((links) => links.map((link) => link.getAttribute('href') ?? ''))
    for (const task of new Set(tasks)) await visit(officer, task)
  }
  assert.ok(filed > 0, 'something was filed')
  for (const path of [
    '',
    '/cases',
    '/late',
    '/day-sheet',
    '/people',
    '/jobs',
    '/settings',
    '/account',
    `/cases?q=${encodeURIComponent(all)}`,
    `/counter`,
  ])
    await visit(officer, `${base}/workspace${path}`)
  for (const path of ['', '/matters', '/figures', '/integrity', '/opening', '/terms', '/security']) await visit(resident, `${base}${path}`)
})

/** Files it with whatever else the form needs; undefined when a form needs more than texts. */
async function fileHostile(procedure: string, data: Record<string, unknown>): Promise<{ number: string; code: string } | undefined> {
  try {
    const { number, receiptCode } = await openCase(as(town.ctx, { kind: 'anonymous' }), { procedure, data })
    return { number, code: receiptCode }
  } catch {
    return undefined
  }
}

test('what was typed and refused comes back as text, on every form that anybody may send', async () => {
  const watched = await openWatched()
  for (const path of [
    '/track',
    '/resume',
    '/verify',
    '/sign-in',
    '/sign-up',
    '/account/reset',
    '/matters/petition/new/what',
    '/matters/petition/new/where',
    '/matters/petition/new/who',
  ]) {
    for (const payload of [payloads.slice(0, 6).join(' '), payloads.slice(6).join(' ')]) {
      const answer = await watched.page.goto(`${origin}${base}${path}`)
      if (answer?.status() !== 200) continue
      for (const field of await watched.page
        .locator('main input:not([type=hidden]):not([type=checkbox]):not([type=radio]):not([type=file]), main textarea')
        .all())
        await field.evaluate((element, value) => {
          if (element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement) element.value = value
        }, payload)
      await Promise.all([watched.page.waitForLoadState('load'), watched.page.locator('main form button').first().click()])
      await watched.page.waitForTimeout(50)
      await expectClean(watched)
    }
  }
})

test('what stands in an address runs nowhere', async () => {
  const watched = await openWatched()
  const paths = [
    '/track?number=',
    '/resume?code=',
    '/sign-in?next=',
    '/account/password?token=',
    '/account/confirm?token=',
    '/verify/',
    '/matters/',
    '/cases/',
    '/nowhere/',
    '?lang=',
    '/matters/petition/new/what?from=',
  ]
  const halves = [payloads.slice(0, 6).join(' '), payloads.slice(6).join(' ')]
  for (const path of paths) for (const payload of halves) await visit(watched, `${base}${path}${encodeURIComponent(payload)}`)
})

test('the box that asks for proof works within the policy of pages, and proves itself', async () => {
  const { changeSettings } = await import('#kernel/towns/create-town.ts')
  const { forgetTown } = await import('#kernel/towns/towns.ts')
  await changeSettings(town.installation.database, town.tenant, { proof: 'always' })
  forgetTown(town.ctx)
  const made = await fileHostile('petition', { subject: '路灯不亮', description: '村口的路灯坏了。', claim: '请修好。' })
  const watched = await openWatched()
  await watched.page.goto(`${origin}${base}/track`)
  await watched.page.locator('input[name=code]').fill(made?.code ?? '')
  await watched.page.locator('input[name=altcha][value]').waitFor({ state: 'attached', timeout: 60_000 })
  await watched.page.waitForFunction('document.querySelector("input[name=altcha]").value.length > 100', undefined, { timeout: 60_000 })
  await expectClean(watched)
  await Promise.all([watched.page.waitForURL(/cases\//), watched.page.locator('main form button').first().click()])
})
