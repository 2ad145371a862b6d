// `npm run screenshots`: the pages of the demonstration at phone and desktop width, into docs/screenshots. Words name pages to keep to.
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import sharp from 'sharp'
import { readSettings, startServer } from '../../src/start.ts'
import { openBrowser } from '../support/browser.ts'
import { makeTemporaryFolder } from '../support/temporary.ts'

type Demo = {
  tenant: string
  users: { email: string; password: string; post: string }[]
  receipts: { number: string; code: string; stage: string }[]
}
type Shot = { name: string; path: string; as?: string; receipt?: string; widths?: number[] }

const folder = process.env['SHOTS'] ?? join(import.meta.dirname, '../../docs/screenshots')
const words = process.argv.slice(2)
const names: Record<number, string> = { 360: 'phone', 1280: 'desktop' }

const shots: Shot[] = [
  { name: 'portal', path: '' },
  { name: 'matter', path: '/matters/petition' },
  { name: 'matters', path: '/matters' },
  { name: 'filing', path: '/matters/petition/new' },
  { name: 'track', path: '/track' },
  { name: 'opening', path: '/opening' },
  { name: 'integrity', path: '/integrity' },
  { name: 'requests', path: '/requests' },
  { name: 'request', path: 'request' },
  { name: 'promises', path: '/promises' },
  { name: 'request-figures', path: '/figures/requests' },
  { name: 'request-kind', path: '/matters/service-request/new/kind' },
  { name: 'request-where', path: '/matters/service-request/new/where' },
  { name: 'upstream', path: '/workspace/upstream', as: 'hotline-clerk' },
  { name: 'verify', path: '/verify' },
  { name: 'checker', path: '/verify.html' },
  { name: 'procedures', path: '/procedures' },
  { name: 'procedure', path: '/procedures/petition' },
  { name: 'example', path: '/procedures/petition/examples/opinion-late?step=6' },
  { name: 'library', path: '/workspace/library', as: 'it-admin' },
  { name: 'sign-in', path: '/sign-in' },
  { name: 'by-code', path: '/sign-in/by-code?via=phone' },
  { name: 'again', path: '/sign-in/again', as: 'petition-clerk' },
  { name: 'security', path: '/account/security', as: 'petition-clerk' },
  { name: 'providers', path: '/workspace/settings/providers', as: 'it-admin' },
  { name: 'case', path: 'case', receipt: 'any' },
  { name: 'receipt', path: 'slip', receipt: 'any' },
  { name: 'inbox', path: '/workspace', as: 'petition-clerk' },
  { name: 'inbox-handler', path: '/workspace', as: 'village-construction-handler' },
  { name: 'task', path: 'task', as: 'petition-clerk' },
  { name: 'work-case', path: 'work-case', as: 'petition-clerk' },
  { name: 'cases', path: '/workspace/cases', as: 'petition-clerk' },
  { name: 'intake', path: '/workspace/intake', as: 'petition-clerk' },
  { name: 'counter', path: '/workspace/counter', as: 'petition-clerk' },
  { name: 'late', path: '/workspace/late', as: 'town-head' },
  { name: 'incidents', path: '/workspace/incidents', as: 'town-head' },
  { name: 'day-sheet', path: '/workspace/day-sheet', as: 'petition-clerk' },
  { name: 'data-protection', path: '/workspace/data-protection', as: 'it-admin' },
  { name: 'public-preview', path: '/workspace/public-preview', as: 'it-admin' },
  { name: 'my-data', path: 'my-data', receipt: 'any' },
  { name: 'people', path: '/workspace/people', as: 'it-admin' },
  { name: 'hand-over', path: '/workspace/people/hand-over', as: 'it-admin' },
  { name: 'break-glass', path: '/workspace/break-glass', as: 'supervisor' },
  { name: 'case-access', path: 'case-access', as: 'petition-clerk' },
  { name: 'proxies', path: 'proxies', receipt: 'any' },
  { name: 'recusal', path: 'recusal', receipt: 'any' },
  { name: 'settings', path: '/workspace/settings', as: 'it-admin' },
  { name: 'open', path: '/open' },
  { name: 'open-guide', path: '/open/guide' },
  { name: 'returns', path: '/workspace/returns', as: 'it-admin' },
  { name: 'callbacks', path: '/workspace/callbacks', as: 'petition-clerk' },
  { name: 'account', path: '/workspace/account', as: 'petition-clerk' },
]

mkdirSync(folder, { recursive: true })
const dataDir = makeTemporaryFolder('screenshots')
const running = await startServer(readSettings({ PORT: '3199', DATA_DIR: dataDir }))
// The founder's file was written by the demonstration itself.
const demo = JSON.parse(readFileSync(join(dataDir, 'demo.json'), 'utf8')) as Demo
const base = `${running.url}/t/${demo.tenant}`
const browser = await openBrowser()
try {
  for (const shot of shots.filter((known) => words.length === 0 || words.includes(known.name))) await take(browser, shot)
} finally {
  await browser.close()
  await running.stop()
  rmSync(dataDir, { recursive: true, force: true })
}

async function take(opened: Browser, shot: Shot): Promise<void> {
  for (const width of shot.widths ?? [360, 1280]) {
    const context = await opened.newContext({ viewport: { width, height: width === 360 ? 740 : 900 }, locale: 'zh-CN', reducedMotion: 'reduce' })
    const page = await context.newPage()
    try {
      await open(page, shot)
      const wide = await page.evaluate(() => document.documentElement.scrollWidth)
      if (wide > width) console.log(`${shot.name} at ${width}: ${wide} px wide`)
      const picture = await page.screenshot({ fullPage: true })
      await sharp(picture)
        .png({ palette: true, colours: 128, compressionLevel: 9 })
        .toFile(join(folder, `${shot.name}-${names[width]}.png`))
    } catch (error) {
      console.log(`${shot.name} at ${width}: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`)
    } finally {
      await context.close()
    }
  }
}

async function open(page: Page, shot: Shot): Promise<void> {
  if (shot.receipt) {
    await openReceipt(page)
    if (shot.path === 'my-data') await page.goto(`${page.url().split('?')[0]}/data`)
    else if (shot.path !== 'case') await page.goto(`${page.url().split('?')[0]}/${shot.path}`)
    return
  }
  if (shot.as) await signIn(page, shot.as)
  if (shot.path === 'request') {
    // The newest promise leads to a request with an answer and a date.
    await page.goto(`${base}/promises`)
    await page.goto(new URL((await page.locator('main a[href*="/requests/"]').first().getAttribute('href')) ?? '', base).href)
  } else if (shot.path === 'task') {
    await page.goto(`${base}/workspace`)
    await page.goto(new URL((await page.locator('a[href*="/workspace/tasks/"]').first().getAttribute('href')) ?? '', base).href)
  } else if (shot.path === 'work-case' || shot.path === 'case-access') {
    await page.goto(`${base}/workspace/cases`)
    await page.goto(new URL((await page.locator('main a[href*="/workspace/cases/"]').first().getAttribute('href')) ?? '', base).href)
    if (shot.path === 'case-access') await page.goto(`${page.url().split('?')[0]}/access`)
  } else await page.goto(`${base}${shot.path}`)
}

async function signIn(page: Page, post: string): Promise<void> {
  const user = demo.users.find((known) => known.post === post)
  await page.goto(`${base}/sign-in`)
  await page.locator('input[name=email]').fill(user?.email ?? '')
  await page.locator('input[name=password]').fill(user?.password ?? '')
  await Promise.all([page.waitForURL(/workspace/), page.locator('main form button').first().click()])
}

async function openReceipt(page: Page): Promise<void> {
  const receipt = demo.receipts.find((known) => /review|答复|opinion|served/i.test(known.stage)) ?? demo.receipts[0]
  await page.goto(`${base}/track`)
  await page.locator('input[name=number]').fill(receipt?.number ?? '')
  await page.locator('input[name=code]').fill(receipt?.code ?? '')
  await Promise.all([page.waitForURL(/cases\//), page.locator('main form button').first().click()])
}
