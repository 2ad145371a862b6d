// A report from a phone, with its position and without JavaScript, and the public page about it; axe on every page.
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

async function openPage(javaScriptEnabled: boolean): Promise<Page> {
  const context = await browser.newContext({
    javaScriptEnabled,
    locale: 'zh-CN',
    viewport: { width: 360, height: 740 },
    geolocation: { latitude: 30.123456, longitude: 118.654321, accuracy: 12 },
    permissions: ['geolocation'],
  })
  contexts.push(context)
  return context.newPage()
}

async function report(page: Page, check: (page: Page) => Promise<void>, where: (page: Page) => Promise<void>): Promise<string> {
  await page.goto(`${origin}/t/qingxi/requests`)
  await check(page)
  await page.getByRole('button', { name: '我也要反映' }).click()
  await page.getByRole('radio', { name: '路灯' }).check()
  await check(page)
  await page.getByRole('button', { name: '继续' }).click()
  await page.getByRole('radio', { name: '整夜不亮' }).check()
  await page.getByLabel('具体说说').fill('村口的路灯坏了三天。')
  await check(page)
  await page.getByRole('button', { name: '继续' }).click()
  await page.getByLabel('村、社区').selectOption({ label: '石上村' })
  await where(page)
  await check(page)
  await page.getByRole('button', { name: '继续' }).click()
  await page.getByLabel('称呼').fill('林小满')
  await page.getByRole('button', { name: '继续' }).click()
  await page.getByRole('heading', { level: 1, name: '请核对您填写的内容' }).waitFor()
  await check(page)
  await page.getByRole('button', { name: '提交' }).click()
  await page.getByRole('heading', { level: 1, name: '已经收到' }).waitFor()
  const number = /FW26-[0-9A-Z]{4}-[0-9A-Z]{3}/.exec(await page.locator('main').innerText())?.[0] ?? ''
  await page.goto(`${origin}/t/qingxi/requests/${number}`)
  await check(page)
  return page.locator('main').innerText()
}

test('without JavaScript: kind, its questions, place in words; the public page shows no name', async () => {
  const page = await openPage(false)
  const shown = await report(
    page,
    async () => {},
    async (at) => {
      assert.equal(await at.locator('[data-locate]').isVisible(), false)
      await at.getByLabel('地点').fill('石上村口')
    },
  )
  assert.match(shown, /路灯 · 石上村，石上村口/)
  assert.doesNotMatch(shown, /林小满|坏了三天/)
})

test('with JavaScript: one press fills in the position, and axe finds nothing on any page', async () => {
  const page = await openPage(true)
  const shown = await report(page, expectAccessible, async (at) => {
    await at.getByRole('button', { name: '用我的位置' }).click()
    await at.getByText('位置填好了，误差大约12米。').waitFor()
    assert.equal(await at.locator('#latitude').inputValue(), '30.123456')
  })
  assert.match(shown, /30\.123456, 118\.654321/)
  for (const path of ['/promises', '/figures/requests']) {
    await page.goto(`${origin}/t/qingxi${path}`)
    await expectAccessible(page)
  }
})
