import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { expectAccessible } from '#tests/support/accessible.ts'
import { openBrowser } from '#tests/support/browser.ts'
import { openGallery } from '#tests/support/gallery-server.tsx'

let gallery: Awaited<ReturnType<typeof openGallery>>
let browser: Browser
before(async () => {
  gallery = await openGallery()
  browser = await openBrowser()
})
after(async () => {
  await browser?.close()
  await gallery?.close()
})

/** A page at this width, and everything its console complained of. */
async function open(path: string, width: number, javaScriptEnabled = true): Promise<{ page: Page; complaints: string[] }> {
  const context = await browser.newContext({ viewport: { width, height: 800 }, javaScriptEnabled })
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('console', (message) => complaints.push(message.text()))
  page.on('pageerror', (error) => complaints.push(String(error)))
  await page.goto(gallery.origin + path, { waitUntil: 'networkidle' })
  return { page, complaints }
}

for (const path of ['/', '/work', '/?lang=en&edition=large', '/work?lang=en&edition=large']) {
  for (const width of [360, 1280]) {
    test(`the gallery at ${path}, ${width} px wide: axe finds nothing, nothing sticks out, the policy is kept`, async () => {
      const { page, complaints } = await open(path, width)
      await expectAccessible(page)
      assert.equal(await page.evaluate('document.documentElement.scrollWidth <= window.innerWidth'), true)
      assert.deepEqual(complaints, [])
      await page.context().close()
    })
  }
}

test('without JavaScript every tab panel and the copy-free receipt code are there to read', async () => {
  const { page } = await open('/', 360, false)
  assert.equal(await page.getByText('-WA2C', { exact: true }).isVisible(), true)
  assert.equal(await page.getByRole('button', { name: '复制' }).count(), 0)
  await page.context().close()
})

test('the first stop of the keyboard is the way past the navigation', async () => {
  const { page } = await open('/', 360)
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  assert.equal(await page.evaluate('document.activeElement.id'), 'main')
  await page.context().close()
})

test('the large edition is at least a third larger and its lines stay 1.3 apart or more', async () => {
  const measure = `[...document.querySelectorAll('p, li, td, h1, h2, h3, label, a')].filter((e) => e.textContent.trim()).filter((e) => parseFloat(getComputedStyle(e).lineHeight) / parseFloat(getComputedStyle(e).fontSize) < 1.3).map((e) => e.outerHTML)`
  const size = `parseFloat(getComputedStyle(document.querySelector('.xl-timeline__title')).fontSize)`
  const { page } = await open('/', 360)
  const standard = Number(await page.evaluate(size))
  assert.deepEqual(await page.evaluate(measure), [])
  await page.goto(`${gallery.origin}/?edition=large`)
  assert.ok(Number(await page.evaluate(size)) >= standard * 1.33)
  assert.deepEqual(await page.evaluate(measure), [])
  await page.context().close()
})
