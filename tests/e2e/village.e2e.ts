// Village affairs: the village officer keeps a register at her desk; a resident reads, filters and copies it on a phone, with and without JavaScript.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { serve } from '@hono/node-server'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { createApp } from '#app'
import { ensureAssets } from '#ui/build.ts'
import { expectAccessible } from '../support/accessible.ts'
import { openBrowser } from '../support/browser.ts'
import { openPoll } from '../support/poll.ts'
import { openCase } from '#kernel/cases/open-case.ts'
import { makeStaff } from '../support/staff.ts'
import { openTestTown, type TestTown } from '../support/town.ts'

let town: TestTown
let browser: Browser
let server: ReturnType<typeof serve>
let origin = ''
const contexts: BrowserContext[] = []

before(async () => {
  await ensureAssets()
  town = await openTestTown()
  await openPoll(town.ctx)
  await openCase(await town.ctxFor({ kind: 'anonymous' }), { procedure: 'poll', data: { name: '林小满' } })
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

async function openPage(width: number, javaScriptEnabled = true): Promise<Page> {
  const context = await browser.newContext({ javaScriptEnabled, locale: 'zh-CN', viewport: { width, height: 740 } })
  contexts.push(context)
  return context.newPage()
}

/** The rules of accessibility are tried by a script in the page: a page without scripts has only its width looked at. */
async function look(page: Page, name: string, script = true): Promise<void> {
  if (script) await expectAccessible(page)
  const wide = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')
  assert.equal(wide, 0, `${name} scrolls sideways`)
  const folder = process.env['SHOTS']
  if (folder !== undefined) await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true })
}

test('an officer registers an asset of her village at her desk, and is told what is wrong by name', async () => {
  const officer = await makeStaff(town, ['shishang-officer'])
  const page = await openPage(1280)
  await page.goto(`${origin}/t/qingxi/sign-in?next=/t/qingxi/workspace/registers`)
  await page.getByLabel('邮箱').fill(officer.email)
  await page.locator('input[type=password]').fill(officer.password)
  await page.getByRole('button', { name: '登录' }).click()
  await page.goto(`${origin}/t/qingxi/workspace/registers`)
  await look(page, 'keep-registers')
  await page.getByRole('link', { name: '集体资产' }).click()
  await page.getByLabel('资产', { exact: true }).fill('灌溉泵房')
  await page.getByLabel('数量').fill('1处')
  await page.getByLabel('原值（元）').fill('十二万')
  await page.getByRole('button', { name: '保存并公开' }).click()
  await page.getByRole('alert').waitFor()
  await page.getByLabel('原值（元）').fill('120,000')
  await page.getByRole('button', { name: '保存并公开' }).click()
  await page.getByRole('cell', { name: '120,000' }).waitFor()
  await look(page, 'keep-assets')
})

for (const script of [true, false])
  test(`a resident reads and copies it on a phone ${script ? 'with' : 'without'} JavaScript, in both languages`, async () => {
    const page = await openPage(360, script)
    const name = (path: string) => `${path}-${script ? 'phone' : 'noscript'}`
    await page.goto(`${origin}/t/qingxi/villages`)
    await look(page, name('villages'), script)
    await page.getByRole('link', { name: '石上村' }).click()
    await page.getByRole('heading', { name: '石上村' }).waitFor()
    await look(page, name('village'), script)
    await page.getByRole('link', { name: '集体资产' }).click()
    await page.getByText('灌溉泵房').waitFor()
    await look(page, name('register'), script)
    const copy = await page.getByRole('link', { name: 'CSV' }).getAttribute('href')
    const csv = await (await page.request.get(origin + copy)).text()
    assert.match(csv, /石上村民委员会,灌溉泵房,,1处,,120000,集体自用\r\n/)
    for (const path of ['registers', 'dates', 'votes']) {
      await page.goto(`${origin}/t/qingxi/${path}`)
      await look(page, name(path), script)
      await page.goto(`${origin}/t/qingxi/${path}?lang=en`)
      await look(page, `${name(path)}-en`, script)
      await page.goto(`${origin}/t/qingxi/${path}?lang=zh`)
    }
  })
