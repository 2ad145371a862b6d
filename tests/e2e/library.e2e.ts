// The library in a real browser: a resident reads a procedure and plays an example; an author changes a text and the drawing, a second
// person publishes, and a new case takes the new version while an old one keeps its own. SCREENSHOTS=<folder> keeps pictures.
import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { serve } from '@hono/node-server'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { createApp } from '#app'
import { loadCase } from '#kernel/cases/load-case.ts'
import { openCase } from '#kernel/cases/open-case.ts'
import { getProcedure } from '#kernel/procedures/packages.ts'
import { ensureAssets } from '#ui/build.ts'
import { expectAccessible } from '../support/accessible.ts'
import { openBrowser } from '../support/browser.ts'
import { sampleFiling } from '../support/filing.ts'
import { type Colleague, makeStaff } from '../support/staff.ts'
import { openTestTown, type TestTown } from '../support/town.ts'

let town: TestTown
let browser: Browser
let server: ReturnType<typeof serve>
let base = ''
const people: Record<string, Colleague> = {}
const contexts: BrowserContext[] = []
const slug = sampleFiling.procedure

before(async () => {
  await ensureAssets()
  town = await openTestTown()
  const app = createApp(town.installation)
  const origin = await new Promise<string>((resolve) => {
    server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, (info) => resolve(`http://127.0.0.1:${info.port}`))
  })
  base = `${origin}/t/qingxi`
  people['author'] = await makeStaff(town, ['it-admin'], '冯数')
  people['head'] = await makeStaff(town, ['town-head'], '孙长河')
  browser = await openBrowser()
})
after(async () => {
  for (const context of contexts) await context.close()
  await browser.close()
  await new Promise((resolve) => server.close(resolve))
  await town.close()
})

async function open(settings: { javaScriptEnabled?: boolean; width?: number } = {}): Promise<Page> {
  const { javaScriptEnabled = true, width = 1280 } = settings
  const context = await browser.newContext({ javaScriptEnabled, locale: 'zh-CN', viewport: { width, height: 900 } })
  contexts.push(context)
  const page = await context.newPage()
  page.setDefaultTimeout(45_000)
  // A page whose policy is broken says so on its console: nothing may.
  page.on('console', (message) => assert.ok(!/Content Security Policy/.test(message.text()), message.text()))
  page.on('pageerror', (error) => assert.fail(error))
  return page
}

async function signIn(who: string, settings: Parameters<typeof open>[0] = {}): Promise<Page> {
  const page = await open(settings)
  await page.goto(`${base}/sign-in`)
  await page.getByLabel('邮箱').fill(people[who]?.email ?? '')
  await page.getByLabel('密码').fill(people[who]?.password ?? '')
  await page.getByRole('button', { name: '登录' }).click()
  await page.getByRole('heading', { level: 1, name: '待办' }).waitFor()
  return page
}

const shots = process.env['SCREENSHOTS']
async function look(page: Page, name: string): Promise<void> {
  if (!shots) return
  mkdirSync(shots, { recursive: true })
  await page.screenshot({ path: join(shots, `${name}.png`), fullPage: true })
}

async function expectNoSidewaysScroll(page: Page) {
  const wide: number = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')
  assert.ok(wide <= 1, `${page.url()} is ${wide} px too wide`)
}

test('a resident finds a procedure, sees the law at each step, and plays an example in the browser', async () => {
  const page = await open()
  await page.goto(`${base}/procedures`)
  await expectAccessible(page)
  await look(page, 'procedures')
  await page.getByLabel('查找流程').fill('信访')
  await page.getByRole('button', { name: '搜索' }).click()
  await page.waitForURL(/[?&]q=/)
  await page.locator('html[aria-busy]').waitFor({ state: 'detached' })
  await page.locator(`main a[href$="/procedures/${slug}"]`).click()
  await page.waitForURL(new RegExp(`/procedures/${slug}$`))
  await page.getByText('《信访工作条例》').filter({ visible: true }).first().waitFor()
  await expectAccessible(page)
  await look(page, 'procedure')
  await page.goto(`${base}/procedures/${slug}/examples/opinion-late`)
  await page.locator('.xl-player[data-ready=true]').waitFor()
  await expectAccessible(page)
  const next = page.getByRole('button', { name: '下一步' })
  const seen = new Set<string>()
  for (let step = 0; step < 60 && (await next.isEnabled()); step++) {
    await next.click()
    seen.add(await page.locator('[data-player=words]').innerText())
  }
  assert.ok(seen.size > 5)
  assert.match([...seen].at(-1) ?? '', /超期/)
  await look(page, 'example')
})

test('without a script, on a phone, the same example is read page by page', async () => {
  const page = await open({ javaScriptEnabled: false, width: 360 })
  for (const path of ['/procedures', `/procedures/${slug}`, `/procedures/${slug}/compare`, `/procedures/${slug}/examples/opinion-late`]) {
    await page.goto(`${base}${path}`)
    await expectNoSidewaysScroll(page)
    await look(page, `phone${path.replaceAll('/', '-')}`)
  }
  await page.getByRole('link', { name: '下一步' }).click()
  assert.match(page.url(), /step=2/)
})

test('an author changes a text and the drawing, a second person publishes; new cases take it, old ones keep theirs', async () => {
  const anonymous = await town.ctxFor({ kind: 'anonymous' })
  const old = await openCase(anonymous, { procedure: slug, data: sampleFiling.data })
  const before = (await getProcedure(town.ctx, slug)).hash
  const author = await signIn('author')
  await author.getByRole('link', { name: '流程库' }).click()
  await look(author, 'library')
  await expectAccessible(author)
  await author.goto(`${base}/workspace/library/${slug}`)
  await author.getByRole('button', { name: '起草新版本' }).click()
  await author.getByRole('link', { name: '法律与数字' }).click()
  await author.getByLabel('版本号').fill('1.1.0')
  await author.getByLabel('生效日期').fill('2026-03-02')
  await author.getByRole('button', { name: '保存' }).click()
  await author.getByText('已保存').waitFor()
  await look(author, 'draft-manifest')
  await author.getByRole('link', { name: '文字', exact: true }).click()
  const title = author.locator(`textarea[name="zh:${slug}.title"]`)
  await author.locator('[data-island][data-ready=true]').first().waitFor({ state: 'attached' })
  await title.fill('')
  await author.getByText(`There is no text “${slug}.title”.`).waitFor()
  await title.fill('提出信访事项（新版）')
  await author.getByText('没有发现问题。').waitFor()
  await author.getByRole('button', { name: '保存' }).click()
  await author.getByText('已保存').waitFor()
  await author.getByRole('link', { name: '流程图', exact: true }).click()
  await author.locator('[data-island][data-modeler][data-ready=true]').waitFor()
  await look(author, 'draft-diagram')
  assert.ok(await author.locator('.bjs-powered-by').isVisible(), 'the watermark that the licence asks for')
  await author.getByRole('button', { name: '看全图' }).click()
  await author.locator('[data-element-id=SignOpinion]').first().click()
  await author.getByLabel('依据').selectOption('xf-20')
  await author.getByText('没有发现问题。').waitFor()
  await look(author, 'draft-panel')
  await expectAccessible(author)
  await author.getByRole('button', { name: '保存' }).click()
  await author.getByText('已保存').waitFor()
  await author.getByRole('link', { name: '试一试' }).click()
  await author.getByText('相符').first().waitFor()
  await look(author, 'draft-try')
  await author.getByRole('link', { name: '概览' }).click()
  await expectAccessible(author)
  await author.getByLabel('为什么改').fill('标题更清楚')
  await author.getByRole('button', { name: '送审' }).click()
  await author.getByText('待发布').waitFor()
  assert.equal(await author.getByRole('button', { name: '发布', exact: true }).count(), 0)
  const draft = author.url()

  const head = await signIn('head')
  await head.goto(draft)
  await head.getByText('SignOpinion').first().waitFor()
  await look(head, 'draft-review')
  await expectAccessible(head)
  await head.getByLabel('审核意见').fill('同意')
  await head.getByRole('button', { name: '发布', exact: true }).click()
  await head.waitForURL(`${base}/workspace/library/${slug}`)

  const fresh = await openCase(anonymous, { procedure: slug, data: sampleFiling.data })
  const after = await getProcedure(town.ctx, slug)
  assert.notEqual(after.hash, before)
  assert.equal((await loadCase(town.ctx, old.caseId)).row.package_hash, before)
  assert.equal((await loadCase(town.ctx, fresh.caseId)).row.package_hash, after.hash)
  const resident = await open()
  await resident.goto(`${base}/procedures/${slug}`)
  await resident.getByRole('heading', { level: 1, name: '提出信访事项（新版）' }).waitFor()
  await resident.getByRole('link', { name: '与前一版比较' }).first().click()
  await resident.getByText('提出信访事项（新版）').first().waitFor()
  await expectAccessible(resident)
  await look(resident, 'compare')
})

test('the other parts of a draft: forms, documents, and a plan for running cases', async () => {
  const author = await signIn('author')
  await author.goto(`${base}/workspace/library/${slug}`)
  await author.getByLabel('环节对应').waitFor()
  await author.getByLabel('为什么要转').fill('标题更清楚')
  await author.getByLabel('法律依据').fill('《信访工作条例》第十七条')
  await author.getByRole('button', { name: '试算并保存计划' }).click()
  await author.getByText(/旧版本正在办 1 件，能转 1 件/).waitFor()
  await expectAccessible(author)
  await look(author, 'migration')
  await author.goto(`${base}/workspace/library/${slug}`)
  await author.getByRole('button', { name: '起草新版本' }).click()
  await author.waitForURL(/[0-9a-f-]{36}$/)
  const draft = author.url()
  await author.goto(`${draft}/forms?form=register&field=summary`)
  await author.getByLabel('名称（中文）').waitFor()
  await expectAccessible(author)
  await look(author, 'draft-forms')
  await author.goto(`${draft}/documents?name=opinion`)
  await author.getByRole('img', { name: '样张第 1 页' }).waitFor()
  await expectAccessible(author)
  await look(author, 'draft-document')
})

test('the rule table of a draft is edited in the browser', async () => {
  const author = await signIn('author')
  await author.goto(`${base}/workspace/library/${slug}`)
  await author.getByRole('button', { name: '起草新版本' }).click()
  await author.waitForURL(/[0-9a-f-]{36}$/)
  const draft = author.url()
  await author.goto(`${draft}/rules`)
  await author.getByLabel('规则表代号').fill('fee')
  await author.getByRole('button', { name: '新建规则表' }).click()
  await author.goto(`${draft}/rules?name=fee`)
  await author.locator('[data-island][data-modeler][data-ready=true]').waitFor()
  await expectAccessible(author)
  await look(author, 'draft-rules')
})
