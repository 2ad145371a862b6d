// Pages that no other journey opens, each walked once: Chinese at 360 px, English at 1280 px, axe and no sideways scroll.
// A question with choices shows the words of each choice.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { serve } from '@hono/node-server'
import type { Browser, Page } from 'playwright-core'
import { createApp } from '#app'
import { ensureAssets } from '#ui/build.ts'
import { playStep } from '../../src/demo/play-example.ts'
import { accessibilityFindings } from '../support/accessible.ts'
import { openBrowser } from '../support/browser.ts'
import { sampleFiling } from '../support/filing.ts'
import { makeStaff } from '../support/staff.ts'
import { openTestTown, type TestTown } from '../support/town.ts'

let town: TestTown
let browser: Browser
let server: ReturnType<typeof serve>
let base = ''

before(async () => {
  await ensureAssets()
  town = await openTestTown()
  const app = createApp(town.installation)
  base = await new Promise<string>((resolve) => {
    server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, (info) => resolve(`http://127.0.0.1:${info.port}/t/${town.tenant}`))
  })
  browser = await openBrowser()
})
after(async () => {
  await browser.close()
  await new Promise((resolve) => server.close(resolve))
  await town.close()
})

const newPage = async (): Promise<Page> => (await browser.newContext({ locale: 'zh-CN', reducedMotion: 'reduce' })).newPage()

/** Opens each page in both languages and widths; every finding is told, not only the first. */
async function walk(page: Page, paths: readonly string[]): Promise<void> {
  const findings: string[] = []
  for (const path of paths) {
    for (const [language, width] of [
      ['zh', 360],
      ['en', 1280],
    ] as const) {
      await page.setViewportSize({ width, height: 800 })
      const answer = await page.goto(`${base}${path}${path.includes('?') ? '&' : '?'}lang=${language}`)
      if (answer?.status() !== 200) findings.push(`${path}: ${answer?.status()}`)
      const wide: number = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')
      if (wide > 1) findings.push(`${path} ${width}: ${wide} px too wide`)
      findings.push(...(await accessibilityFindings(page)).map((finding) => `${path} ${language}: ${finding}`))
    }
  }
  assert.deepEqual(findings, [])
}

async function signIn(page: Page, posts: readonly string[]): Promise<void> {
  const colleague = await makeStaff(town, posts)
  await page.goto(`${base}/sign-in`)
  await page.locator('input[name=email]').fill(colleague.email)
  await page.locator('input[name=password]').fill(colleague.password)
  await Promise.all([page.waitForURL(/workspace/), page.locator('main form button').first().click()])
}

/** A case that its party withdrew: closed, so it may be rated. Answers its number and its party's page. */
async function openOwnCase(page: Page): Promise<string> {
  const played = { caseId: '', receiptCode: '', number: '', refusals: [] }
  const at = town.clock.now().toISOString()
  await playStep(town.ctx, sampleFiling.procedure, { at, do: 'file', actor: 'resident:a', data: sampleFiling.data }, played)
  await playStep(town.ctx, sampleFiling.procedure, { at, do: 'message', actor: 'resident:a', name: 'withdraw', data: { confirmed: true } }, played)
  await page.goto(`${base}/track`)
  await page.locator('input[name=number]').fill(played.number)
  await page.locator('input[name=code]').fill(played.receiptCode)
  await Promise.all([page.waitForURL(/cases\//), page.locator('main form button').first().click()])
  return played.number
}

test('what everyone may open', async () => {
  await walk(await newPage(), [
    '/figures',
    '/promises',
    '/votes',
    '/consultations',
    '/consultations/mine',
    '/open',
    '/open/guide',
    '/open/report',
    '/security',
    '/cleared',
    '/sign-in/by-code?via=phone',
    '/matters/extreme-hardship-support/precheck/me',
  ])
})

test('what a party may open, and each choice of the rating has its words', async () => {
  const page = await newPage()
  const number = await openOwnCase(page)
  await walk(
    page,
    ['', '/data', '/proxies', '/recusal', '/sessions', '/rating'].map((path) => `/cases/${number}${path}`),
  )
  await page.goto(`${base}/cases/${number}/rating?lang=zh`)
  await page.getByLabel('满意', { exact: true }).check()
  await page.locator('main form button').click()
  await page.getByText('您的评价：满意').waitFor()
})

test('what staff may open', async () => {
  const page = await newPage()
  await signIn(page, ['it-admin', 'petition-clerk', 'supervisor'])
  await walk(
    page,
    [
      '/upstream',
      '/consultations',
      '/callbacks',
      '/incidents',
      '/break-glass',
      '/data-protection',
      '/public-preview',
      '/lists',
      '/field',
      '/jobs',
      '/people/hand-over',
      '/returns',
      '/settings/providers',
      '/account',
    ].map((path) => `/workspace${path}`),
  )
})
