// Staff at work in a real browser: the clerk registers and decides, the handler drafts, the head signs, the clerk serves.
// With JavaScript and without; axe and narrow screens on every page. SCREENSHOTS=<folder> keeps pictures.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { serve } from '@hono/node-server'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { createApp } from '#app'
import { loadCase } from '#kernel/cases/load-case.ts'
import { ensureAssets } from '#ui/build.ts'
import { accessibilityFindings } from '../support/accessible.ts'
import { openBrowser } from '../support/browser.ts'
import { petitionSteps } from '../support/petition-steps.ts'
import { type Colleague, makeStaff } from '../support/staff.ts'
import { openTestTown, type TestTown } from '../support/town.ts'

let town: TestTown
let browser: Browser
let server: ReturnType<typeof serve>
let origin = ''
const contexts: BrowserContext[] = []
const people: Record<string, Colleague> = {}
const posts = {
  clerk: 'petition-clerk',
  colleague: 'petition-clerk',
  handler: 'village-construction-handler',
  checker: 'village-construction-head',
  head: 'town-head',
  admin: 'it-admin',
}
type Role = keyof typeof posts
const names: Record<Role, string> = { clerk: '周小满', colleague: '吴一叶', handler: '郑知行', checker: '钱守正', head: '孙长河', admin: '冯数' }

before(async () => {
  await ensureAssets()
  town = await openTestTown()
  const app = createApp(town.installation)
  origin = await new Promise<string>((resolve) => {
    server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, (info) => resolve(`http://127.0.0.1:${info.port}`))
  })
  for (const role of Object.keys(posts) as Role[]) people[role] = await makeStaff(town, [posts[role]], names[role]) // keys of the record above
  browser = await openBrowser()
})
after(async () => {
  for (const context of contexts) await context.close()
  await browser.close()
  await new Promise((resolve) => server.close(resolve))
  await town.close()
})

type Settings = { javaScriptEnabled: boolean; width?: number }

async function signIn(role: Role, settings: Settings): Promise<Page> {
  const context = await browser.newContext({
    javaScriptEnabled: settings.javaScriptEnabled,
    locale: 'zh-CN',
    viewport: { width: settings.width ?? 1280, height: 900 },
  })
  contexts.push(context)
  const page = await context.newPage()
  await page.goto(`${origin}/t/qingxi/sign-in`)
  await page.getByLabel('邮箱').fill(people[role]?.email ?? '')
  await page.getByLabel('密码').fill(people[role]?.password ?? '')
  await page.getByRole('button', { name: '登录' }).click()
  await page.getByRole('heading', { level: 1, name: '待办' }).waitFor()
  return page
}

async function expectNoSidewaysScroll(page: Page) {
  const wide: number = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')
  assert.ok(wide <= 1, `${page.url()} is ${wide} px too wide`)
}

/** Takes the case's task of this name from the inbox. */
async function openTask(page: Page, number: string, title: string) {
  await page.goto(`${origin}/t/qingxi/workspace?q=${number}`)
  await page.getByRole('link', { name: title, exact: true }).click()
  await page.getByRole('heading', { level: 1, name: title }).waitFor()
}

async function submit(page: Page) {
  await page.getByRole('button', { name: '提交', exact: true }).click()
  await page.getByText('办好了').waitFor()
}

async function register(page: Page): Promise<string> {
  await page.getByRole('link', { name: '收件登记' }).click()
  await page.getByLabel('电话', { exact: true }).check()
  await page.locator('#name').fill('林小满')
  await page.locator('#phone').fill('000 0000 0001')
  await page.locator('#subject').fill('村道排水沟堵塞，雨天积水进屋')
  await page.locator('#description').fill('从今年年初起，石上村小学往北的排水沟被泥沙堵住，两次下雨积水都漫进路边三户人家。')
  await page.locator('#claim').fill('请清理排水沟，并说明以后由谁管护。')
  await page.getByRole('button', { name: '登记并出回执' }).click()
  await page.getByText('请把回执码当面交给本人').waitFor()
  return /XF26-[0-9A-Z]{4}-[0-9A-Z]{3}/.exec(await page.content())?.[0] ?? ''
}

async function serveDocument(page: Page) {
  await page.locator('input[name="method"][value="handed"]').check()
  await page.locator('#proof').fill('本人签收')
  await submit(page)
}

for (const javaScriptEnabled of [false, true]) {
  test(`a petition goes from the counter to the opinion served, JavaScript ${javaScriptEnabled ? 'on' : 'off'}`, async () => {
    const settings = { javaScriptEnabled }
    const clerk = await signIn('clerk', settings)
    const number = await register(clerk)
    await openTask(clerk, number, '登记')
    await clerk.locator('input[name="category"][value="claim"]').check()
    await clerk.locator('#summary').fill('村道排水沟堵塞，雨天积水进屋。')
    await clerk.locator('input[name="urgent"][value="false"]').check()
    await submit(clerk)
    await clerk.getByRole('link', { name: '接着办' }).click()
    await clerk.locator('#systemNumber').fill('GX-2026-000123')
    for (const [part, value] of Object.entries({ year: '2026', month: '3', day: '2' })) await clerk.locator(`[name="enteredOn-${part}"]`).fill(value)
    await clerk.locator('#proof').fill('系统回执')
    await submit(clerk)
    await openTask(clerk, number, '审查是否受理')
    await clerk.locator('input[name="outcome"][value="accept"]').check()
    await clerk.locator('#office').selectOption('village-construction')
    await clerk.locator('#reasons').fill('属于本镇职责。')
    await submit(clerk)
    await openTask(clerk, number, '送达受理告知书')
    await serveDocument(clerk)
    const handler = await signIn('handler', settings)
    await openTask(handler, number, '听取陈述、调查核实')
    await handler.locator('input[name="heard"]').first().check()
    await handler.locator('#findings').fill('到现场查看，听取了信访人和村委会的说明。')
    await handler.locator('#evidence').fill('现场照片4张。')
    await submit(handler)
    await openTask(handler, number, '拟写处理意见书')
    await handler.locator('#facts').fill('承办人员到现场查看并听取了双方说明，所反映的情况属实。')
    await handler.locator('#reasons').fill('该事项属于本镇职责，请求有事实和政策依据。')
    await handler.locator('input[name="outcome"][value="supported"]').check()
    await handler.locator('#decision').fill('由承办办公室在15日内办结，并把结果告知信访人。')
    await handler.locator('#basis').fill('《信访工作条例》第三十二条。')
    await handler.getByRole('button', { name: '预览文书草稿' }).click()
    await handler.getByRole('img', { name: /草稿第 1 页/ }).waitFor()
    await submit(handler)
    const checker = await signIn('checker', settings)
    await openTask(checker, number, '核稿')
    await checker.locator('input[value="approve"]').check()
    await submit(checker)
    const head = await signIn('head', settings)
    await openTask(head, number, '审核签发')
    await head.getByRole('img', { name: /草稿第 1 页/ }).waitFor()
    await head.locator('input[value="sign"]').check()
    await submit(head)
    await openTask(clerk, number, '送达处理意见书')
    await serveDocument(clerk)
    await clerk.goto(`${origin}/t/qingxi/workspace/cases/${number}`)
    await clerk.getByText('信访事项处理意见书').first().waitFor()
  })
}

test('fields of a choice appear when it is made', async () => {
  const clerk = await signIn('clerk', { javaScriptEnabled: true })
  const number = await register(clerk)
  await openTask(clerk, number, '登记')
  await clerk.locator('input[name="category"]').first().check()
  assert.equal(await clerk.locator('#urgentReport').isVisible(), false)
  await clerk.locator('input[name="urgent"][value="true"]').check()
  assert.equal(await clerk.locator('#urgentReport').isVisible(), true)
})

test('axe finds nothing, and nothing scrolls sideways at 360 px, on every staff page', async () => {
  const clerk = await signIn('clerk', { javaScriptEnabled: true })
  const number = await register(clerk)
  const slip = '/intake/filed'
  await openTask(clerk, number, '登记')
  const task = new URL(clerk.url()).pathname.replace('/t/qingxi/workspace', '')
  const paper = await findDocument()
  const paths = [
    '',
    task,
    '/cases',
    `/cases/${number}`,
    `/cases/${number}/dates`,
    `/cases/${number}/acts/withdraw`,
    paper,
    '/intake',
    slip,
    '/counter',
    '/late',
    '/day-sheet',
    '/people',
    '/account',
  ]
  const admin = await signIn('admin', { javaScriptEnabled: true })
  const findings: string[] = []
  for (const [page, list] of [
    [clerk, paths],
    [admin, ['/people', '/settings']],
  ] as const) {
    for (const width of [1280, 360]) {
      await page.setViewportSize({ width, height: 900 })
      for (const path of list) {
        await page.goto(`${origin}/t/qingxi/workspace${path}`)
        await keep(
          page,
          `${page === admin ? 'admin' : 'clerk'}${path
            .replaceAll('/', '_')
            .replaceAll(/[0-9a-f-]{36}/g, 'id')
            .replace(number, 'case')}-${width}`,
        )
        await expectNoSidewaysScroll(page)
        findings.push(...(await accessibilityFindings(page)).map((finding) => `${path} ${width}: ${finding}`))
      }
    }
  }
  assert.deepEqual(findings, [])
})

/** The page of a document: the notice of a petition that was just accepted. */
async function findDocument(): Promise<string> {
  const caseId = await petitionSteps(() => town).accepted()
  const { row, documents } = await loadCase(town.ctx, caseId)
  return `/cases/${row.number}/documents/${documents[0]?.document_id}`
}

async function keep(page: Page, name: string) {
  const folder = process.env.SCREENSHOTS
  if (folder) await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true })
}
