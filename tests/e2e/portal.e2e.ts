// A resident's journey in a real browser: file, keep the code, track. With JavaScript and without, on a narrow phone; and axe on every page.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { serve } from '@hono/node-server'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { createApp } from '#app'
import { ensureAssets } from '#ui/build.ts'
import { expectAccessible } from '../support/accessible.ts'
import { openBrowser } from '../support/browser.ts'
import { openTestTown, type TestTown } from '../support/town.ts'

let town: TestTown
let browser: Browser
let server: ReturnType<typeof serve>
let origin = ''
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

async function openPage(options: { javaScriptEnabled: boolean; width?: number }): Promise<Page> {
  const context = await browser.newContext({
    javaScriptEnabled: options.javaScriptEnabled,
    locale: 'zh-CN',
    viewport: { width: options.width ?? 360, height: 740 },
  })
  contexts.push(context)
  return context.newPage()
}

/** No page may need sideways scrolling on a narrow phone (WCAG 1.4.10). */
async function expectNoSidewaysScroll(page: Page) {
  const wide: number = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')
  assert.ok(wide <= 1, `${page.url()} is ${wide} px too wide`)
}

async function fileMatter(page: Page, check: (page: Page) => Promise<void>): Promise<{ code: string; number: string }> {
  await page.goto(`${origin}/t/qingxi`)
  await check(page)
  await page.getByRole('link', { name: '信访：反映问题、提出建议和请求' }).click()
  await page.getByRole('heading', { level: 1, name: '信访：反映问题' }).waitFor()
  await check(page)
  await page.getByRole('button', { name: '开始填写' }).first().click()
  await page.getByLabel('一句话说明是什么事').fill('村道排水沟堵塞，雨天积水进屋')
  await page.getByLabel('事情的经过').fill('从二月起，两次下雨积水漫进路边三户人家。')
  await page.getByRole('button', { name: '继续' }).click()
  await page.getByRole('alert').waitFor()
  await check(page)
  assert.equal(await page.getByLabel('事情的经过').inputValue(), '从二月起，两次下雨积水漫进路边三户人家。')
  await page.getByLabel('您希望我们怎么做').fill('请清理排水沟。')
  await page.getByRole('button', { name: '继续' }).click()
  await page.getByLabel('村（社区）').selectOption({ label: '石上村' })
  await check(page)
  await page.getByRole('button', { name: '继续' }).click()
  await page.getByLabel('姓名').fill('林小满')
  await page.getByLabel('联系电话').fill('000 0000 0001')
  await check(page)
  await page.getByRole('button', { name: '继续' }).click()
  await page.getByRole('heading', { level: 1, name: '是不是几个人一起反映' }).waitFor()
  await check(page)
  await page.getByRole('button', { name: '继续' }).click()
  await page.getByRole('heading', { level: 1, name: '材料和其他途径' }).waitFor()
  await check(page)
  await page.getByRole('button', { name: '继续' }).click()
  await page.getByRole('heading', { level: 1, name: '请核对您填写的内容' }).waitFor()
  await check(page)
  await page.getByRole('button', { name: '提交' }).click()
  await page.getByRole('heading', { level: 1, name: '已经收到' }).waitFor()
  await check(page)
  const text = await page.locator('main').innerText()
  const number = /XF26-[0-9A-Z]{4}-[0-9A-Z]{3}/.exec(text)?.[0] ?? ''
  const groups = await page.locator('.xl-code__groups > span').allInnerTexts()
  return { number, code: groups.map((group) => group.replaceAll('-', '').trim()).join('-') }
}

test('without JavaScript, on a phone: file, keep the code, track elsewhere', async () => {
  const page = await openPage({ javaScriptEnabled: false })
  const { code, number } = await fileMatter(page, expectNoSidewaysScroll)
  assert.match(code, /^[0-9A-Z]{4}(-[0-9A-Z]{4}){3}$/)
  const elsewhere = await openPage({ javaScriptEnabled: false })
  await elsewhere.goto(`${origin}/t/qingxi/track`)
  await elsewhere.getByLabel('回执码').fill(code.toLowerCase())
  await elsewhere.getByRole('button', { name: '查询' }).click()
  await elsewhere.getByText('已收到，正在登记。').waitFor()
  assert.match(elsewhere.url(), new RegExp(number))
  await expectNoSidewaysScroll(elsewhere)
})

test('with JavaScript: the same journey, and axe finds nothing on any page of it', async () => {
  const page = await openPage({ javaScriptEnabled: true })
  const { number } = await fileMatter(page, async (at) => {
    await expectNoSidewaysScroll(at)
    await expectAccessible(at)
  })
  for (const path of [
    '/filed/slip',
    `/cases/${number}`,
    `/cases/${number}/slip`,
    `/cases/${number}/acts/withdraw`,
    `/cases/${number}/supplement`,
    '/matters',
    '/track',
    '/verify',
    '/verify/0000000000',
    '/integrity',
    '/opening',
    '/reception',
    '/figures/petition',
    '/terms',
    '/resume',
    '/sign-in',
    '/sign-up',
    '/account/reset',
    '/nowhere',
  ]) {
    for (const language of ['zh', 'en']) {
      await page.goto(`${origin}/t/qingxi${path}?lang=${language}`)
      await expectAccessible(page)
      await expectNoSidewaysScroll(page)
    }
  }
})

test('a journey by keyboard alone: from the start page to the first question and on', async () => {
  const page = await openPage({ javaScriptEnabled: true, width: 1280 })
  await page.goto(`${origin}/t/qingxi/matters/petition`)
  await page.getByRole('button', { name: '开始填写' }).first().focus()
  await page.keyboard.press('Enter')
  await page.getByLabel('一句话说明是什么事').focus()
  await page.keyboard.type('Road lamp is dark')
  await page.keyboard.press('Tab')
  await page.keyboard.type('Since Monday.')
  await page.keyboard.press('Tab')
  await page.keyboard.type('Please mend it.')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { level: 1, name: '在哪里' }).waitFor()
})

test('a page with all its assets stays under 60 KB compressed', async () => {
  const page = await openPage({ javaScriptEnabled: true })
  const { brotliCompressSync } = await import('node:zlib')
  const sizes = new Map<string, number>()
  page.on('response', (response) => {
    void response.body().then(
      (body) => sizes.set(response.url(), brotliCompressSync(body).length),
      () => undefined,
    )
  })
  await page.goto(`${origin}/t/qingxi`, { waitUntil: 'networkidle' })
  const total = [...sizes.values()].reduce((sum, size) => sum + size, 0)
  assert.ok(total > 0 && total < 60 * 1024, `${total} bytes: ${[...sizes].map(([url, size]) => `${url.split('/').at(-1)} ${size}`).join(', ')}`)
})
