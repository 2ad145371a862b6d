// A shared computer: after signing out, or clearing, “back” shows nothing of what was open before, neither at once nor for a moment.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { serve } from '@hono/node-server'
import type { Browser, Page } from 'playwright-core'
import { createApp } from '#app'
import { openCase } from '#kernel/cases/open-case.ts'
import { as } from '#kernel/context.ts'
import { ensureAssets } from '#ui/build.ts'
import { openBrowser } from '../support/browser.ts'
import { sampleFiling } from '../support/filing.ts'
import { makeStaff } from '../support/staff.ts'
import { openTestTown, type TestTown } from '../support/town.ts'

let town: TestTown
let browser: Browser
let server: ReturnType<typeof serve>
let base = ''
let made = { number: '', receiptCode: '' }
let staff = { email: '', password: '' }

before(async () => {
  await ensureAssets()
  town = await openTestTown()
  const app = createApp(town.installation)
  const origin = await new Promise<string>((resolve) => {
    server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, (info) => resolve(`http://127.0.0.1:${info.port}`))
  })
  base = `${origin}/t/qingxi`
  made = await openCase(as(town.ctx, { kind: 'anonymous' }), { procedure: sampleFiling.procedure, data: sampleFiling.data })
  staff = await makeStaff(town, ['petition-clerk'], '交接班')
  browser = await openBrowser()
})
after(async () => {
  await browser.close()
  await new Promise((resolve) => server.close(resolve))
  await town.close()
})

/** From `left` on it is noted whenever the number of the case stands in the document: on each load, each return, each change of the page. */
async function openNoting(javaScriptEnabled: boolean): Promise<Page> {
  const context = await browser.newContext({ javaScriptEnabled, locale: 'zh-CN' })
  await context.addInitScript((number) => {
    const note = () => {
      if (sessionStorage.getItem('left') === '1' && (document.body?.textContent ?? '').includes(number)) sessionStorage.setItem('seen', location.href)
    }
    addEventListener('pageshow', note)
    new MutationObserver(note).observe(document, { childList: true, subtree: true, characterData: true })
  }, made.number)
  return context.newPage()
}

async function signIn(page: Page): Promise<void> {
  await page.goto(`${base}/sign-in`)
  await page.locator('input[name=email]').fill(staff.email)
  await page.locator('input[name=password]').fill(staff.password)
  await Promise.all([page.waitForURL(/workspace/), page.locator('main form button').first().click()])
  // As links of the program lead there, so that its own cache of pages is in play too.
  await page.goto(`${base}/workspace/cases`)
  await Promise.all([page.waitForURL(/cases\/XF/), page.locator(`main a[href$="/workspace/cases/${made.number}"]`).first().click()])
  await page.locator('h1').waitFor()
}

async function track(page: Page): Promise<void> {
  await page.goto(`${base}/track`)
  await page.locator('input[name=code]').fill(made.receiptCode)
  await Promise.all([page.waitForURL(/cases\//), page.locator('main form button').first().click()])
  await page.goto(`${base}/cases/${made.number}/supplement`)
  await page.goto(`${base}/cases/${made.number}`)
}

const ways = [
  { who: 'an officer signs out', open: signIn, act: '/sign-out', shown: /\/sign-in\b/ },
  { who: 'the holder of a receipt clears', open: track, act: '/clear', shown: /\/(track|cases|cleared|sign-in)\b/ },
] as const

for (const { who, open, act, shown } of ways)
  for (const isScripted of [true, false])
    test(`after ${who}, “back” shows nothing of the case ${isScripted ? 'with' : 'without'} scripts`, async () => {
      const page = await openNoting(isScripted)
      await open(page)
      const names = async () => (await page.content()).includes(made.number)
      assert.ok(await names(), 'the case was on the screen')
      const caseUrl = page.url()
      if (isScripted) await page.evaluate(() => sessionStorage.removeItem('seen'))
      const form = page.locator(`form[action$="${act}"]`).first()
      assert.equal(await form.count(), 1, `${act} is offered on the page of the case`)
      const left = page.waitForURL((url) => url.href !== caseUrl)
      if (isScripted) await form.evaluate((element: HTMLFormElement) => element.requestSubmit())
      else await form.locator('button').evaluate((button: HTMLButtonElement) => button.click())
      await left
      await page.waitForLoadState('load')
      if (isScripted) await page.evaluate(() => sessionStorage.setItem('left', '1'))
      for (let step = 0; step < 3; step++) {
        const answer = await page.goBack({ waitUntil: 'load' })
        if (answer === null && page.url() === 'about:blank') break
        if (step === 0) await page.waitForURL(shown)
        const text = await page.locator('body').innerText()
        for (const word of [sampleFiling.data.name, sampleFiling.data.subject]) assert.ok(!text.includes(word), `${word} on ${page.url()}`)
      }
      // Whoever types the address gets no further.
      const direct = await page.goto(caseUrl, { waitUntil: 'load' })
      assert.ok(!(await page.locator('main').innerText()).includes(sampleFiling.data.subject), `${direct?.status()}`)
      await page.context().close()
    })
