// What every journey of a matter needs: a town behind a port, a browser, residents on phones and officers at desks.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { serve } from '@hono/node-server'
import type { BrowserContext, Page } from 'playwright-core'
import { createApp } from '#app'
import { loadCase } from '#kernel/cases/load-case.ts'
import { findCaseId } from '#kernel/cases/queries.ts'
import { getTown } from '#kernel/towns/towns.ts'
import { ensureAssets } from '#ui/build.ts'
import type { ExampleStep } from '#kernel/procedures/worked-examples.ts'
import { getPackage } from '#kernel/procedures/packages.ts'
import { moveTo, type Played, playStep } from '../../src/demo/play-example.ts'
import { accessibilityFindings } from './accessible.ts'
import { openBrowser } from './browser.ts'
import { type Colleague, makeStaff } from './staff.ts'
import { openTestTown } from './town.ts'

const phone = { width: 360, height: 740 }
const desktop = { width: 1280, height: 900 }

/** A step of a worked example, at once or at its time. */
export type Act = Omit<ExampleStep, 'at'> & { at?: string }
export type Journey = Awaited<ReturnType<typeof openJourney>>

/** `procedure`: the matter whose steps `act` plays. Close it. */
export async function openJourney(procedure: string) {
  await ensureAssets()
  const town = await openTestTown()
  const app = createApp(town.installation)
  let server: ReturnType<typeof serve> | undefined
  const origin = await new Promise<string>((resolve) => {
    server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, (info) => resolve(`http://127.0.0.1:${info.port}/t/${town.tenant}`))
  })
  const browser = await openBrowser()
  const contexts: BrowserContext[] = []
  const desks = new Map<string, { page: Page; colleague: Colleague; since: number }>()
  const seen: string[] = []
  // axe hangs in a page whose scripts are off.
  const scripted = new WeakSet<Page>()

  async function openPage(javaScriptEnabled: boolean, viewport: { width: number; height: number }): Promise<Page> {
    const context = await browser.newContext({ javaScriptEnabled, locale: 'zh-CN', viewport, reducedMotion: 'reduce' })
    contexts.push(context)
    context.setDefaultTimeout(15_000)
    const page = await context.newPage()
    if (javaScriptEnabled) scripted.add(page)
    return page
  }

  /** A resident's phone, 360 px wide. */
  const onPhone = (javaScriptEnabled: boolean) => openPage(javaScriptEnabled, phone)

  /** The desk of this post's holder, signed in; the same one each time, signed in anew when days went by. */
  async function atDesk(post: string): Promise<Page> {
    const known = desks.get(post)
    if (known && town.clock.now().getTime() - known.since < 7 * 24 * 3_600_000) return known.page
    assert.ok((await getTown(town.ctx)).posts.has(post), `the post ${post}`)
    const colleague = known?.colleague ?? (await makeStaff(town, [post], `同事${desks.size + 1}`))
    const page = known?.page ?? (await openPage(true, desktop))
    await page.context().clearCookies()
    await page.goto(`${origin}/sign-in`)
    await page.getByLabel('邮箱').fill(colleague.email)
    await page.getByLabel('密码').fill(colleague.password)
    await page.getByRole('button', { name: '登录' }).click()
    await page.getByRole('heading', { level: 1, name: '待办' }).waitFor()
    desks.set(post, { page, colleague, since: town.clock.now().getTime() })
    return page
  }

  /** The page is as wide as its window and axe finds nothing. Each kind of page once, by its name. SCREENSHOTS=<folder> keeps pictures. */
  async function look(page: Page, name: string): Promise<void> {
    const key = `${name}-${page.viewportSize()?.width}`
    if (seen.includes(key)) return
    seen.push(key)
    await page.locator('html[aria-busy]').waitFor({ state: 'detached' })
    const folder = process.env['SCREENSHOTS']
    if (folder) await page.screenshot({ path: join(folder, `${procedure}-${key}.png`), fullPage: true })
    const wide = await page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth')
    assert.ok(wide <= 1, `${name} is ${wide} px too wide`)
    if (scripted.has(page)) assert.deepEqual(await accessibilityFindings(page), [], name)
  }

  /** Fills in the matter (or another of the town) from its first page to the receipt; each page's fields are those of `values` that it has. */
  async function file(page: Page, values: Values, matter = procedure): Promise<{ number: string; code: string }> {
    await page.goto(`${origin}/matters/${matter}/new`)
    for (let step = 1; step < 12; step++) {
      // Its last line: above it stands which step this is.
      const title = (await page.locator('h1').innerText()).split('\n').at(-1) ?? ''
      await fill(page, values)
      await look(page, `filing-${step}`)
      if (title.includes('请核对')) break
      await page.getByRole('button', { name: '继续' }).click()
      await page.locator('h1').filter({ hasNotText: title }).waitFor()
      await page.locator('html[aria-busy]').waitFor({ state: 'detached' })
    }
    await page.getByRole('button', { name: '提交' }).click()
    await page.getByRole('heading', { level: 1, name: '已经收到' }).waitFor()
    await look(page, 'filed')
    const number = /[A-Z]{2,4}26-[0-9A-Z]{4}-[0-9A-Z]{3}/.exec(await page.locator('main').innerText())?.[0] ?? ''
    return { number, code: await codeOn(page) }
  }

  /** The case as its receipt code opens it. */
  async function openByCode(page: Page, code: string): Promise<void> {
    await page.goto(`${origin}/track`)
    await page.getByLabel('回执码').fill(code)
    await page.getByRole('button', { name: '查询' }).click()
    await page.waitForURL(/\/cases\//)
  }

  /** Sends one of the acts that the case offers its party. */
  async function send(page: Page, number: string, name: string, values: Values): Promise<void> {
    await page.goto(`${origin}/cases/${number}/acts/${name}`)
    await fill(page, values)
    await look(page, `act-${name}`)
    await page.locator('main form .govuk-button-group button').first().click()
    await page.waitForURL(/\/cases\/[^/]+\?/)
  }

  /** Opens the task of this title in the case. */
  async function openTask(post: string, number: string, title: string): Promise<Page> {
    const { row, tasks } = await loadCase(town.ctx, (await caseOf(number)).caseId)
    const { texts } = await getPackage(town.ctx, row.package_hash)
    const task = tasks.find(({ element }) => texts.zh[`${row.procedure}.element.${element}`] === title)
    assert.ok(task, `${title} is open`)
    const page = await atDesk(post)
    await page.goto(`${origin}/workspace/tasks/${task.task_id}`)
    assert.match(await page.locator('h1').innerText(), new RegExp(title))
    return page
  }

  async function submit(page: Page): Promise<void> {
    await page.getByRole('button', { name: '提交', exact: true }).click()
    await page.getByText('办好了').waitFor()
  }

  /** One task from its page to “done”, with the fields as `fill` reads them; its page is looked at. */
  async function doTask(post: string, number: string, title: string, values: Values): Promise<void> {
    const page = await openTask(post, number, title)
    await fill(page, values)
    await look(page, title)
    await submit(page)
  }

  /** A case of the matter that came in and went on without a page: the first step files it. Gives its number. */
  async function play(steps: readonly Act[]): Promise<string> {
    const played: Played = { caseId: '', number: '', receiptCode: '', refusals: [] }
    for (const { at = '', ...step } of steps) await playStep(town.ctx, procedure, { at, ...step }, played)
    return played.number
  }

  /** The case of a number, for steps that are played through the kernel. */
  async function caseOf(number: string): Promise<Played> {
    const caseId = (await findCaseId(town.ctx, number)) ?? ''
    assert.notEqual(caseId, '', number)
    return { caseId, number, receiptCode: '', refusals: [] }
  }

  /** Steps of worked examples (`at` may be left out): what is between the pages. The clock goes on to a step's time. */
  async function act(number: string, steps: readonly Act[]): Promise<void> {
    const played = await caseOf(number)
    const { row } = await loadCase(town.ctx, played.caseId)
    for (const { at, ...step } of steps) {
      if (at !== undefined) await moveTo(town.ctx, town.clock, new Date(at))
      await playStep(town.ctx, row.procedure, { at: at ?? '', ...step }, played)
    }
  }

  /** An officer enters a matter at the counter, through the page; its number. */
  async function enter(post: string, slug: string, values: Values): Promise<string> {
    const page = await atDesk(post)
    await page.goto(`${origin}/workspace/intake?procedure=${slug}`)
    await fill(page, values)
    await look(page, `intake-${slug}`)
    await page.locator('main form').getByRole('button').last().click()
    await page.waitForURL(/\/intake\/filed/)
    const number = /[A-Z]{2,4}26-[0-9A-Z]{4}-[0-9A-Z]{3}/.exec(await page.locator('main').innerText())?.[0]
    assert.ok(number, 'the number of what was entered')
    return number
  }

  /** Names of the open tasks' elements. */
  const openTasks = async (number: string) => (await loadCase(town.ctx, (await caseOf(number)).caseId)).tasks.map((task) => task.element)

  async function close(): Promise<void> {
    for (const context of contexts) await context.close()
    await browser.close()
    await new Promise((resolve) => server?.close(resolve))
    await town.close()
  }

  return { town, origin, onPhone, atDesk, look, file, openByCode, send, openTask, doTask, submit, enter, act, play, openTasks, caseOf, close }
}

/** Text, a date `YYYY-MM-DD` in three boxes, the value of radio buttons or of a list, true for a box to tick, or where a file lies. */
export type Values = Record<string, string | boolean>

/** The receipt code that the page shows. */
export async function codeOn(page: Page): Promise<string> {
  const groups = await page.locator('.xl-code__groups > span').allInnerTexts()
  return groups.map((group) => group.replaceAll('-', '').trim()).join('-')
}

/** Fills the fields of these names that the page has, whatever they are. */
export async function fill(page: Page, values: Values): Promise<void> {
  for (const [name, value] of Object.entries(values)) {
    const field = page.locator(`[name="${name}"]`)
    if (await page.locator(`[name="${name}-year"]`).count()) {
      const parts = String(value).split('-').map(String)
      for (const [index, part] of ['year', 'month', 'day'].entries()) await page.locator(`[name="${name}-${part}"]`).fill(parts[index] ?? '')
      continue
    }
    if ((await field.count()) === 0) continue
    const kind = await field.first().evaluate((element) => (element instanceof HTMLInputElement ? element.type : element.tagName.toLowerCase()))
    if (kind === 'radio') await page.locator(`[name="${name}"][value="${value}"]`).check()
    else if (kind === 'checkbox')
      await (typeof value === 'string' ? page.locator(`[name="${name}"][value="${value}"]`) : field.first()).setChecked(true)
    else if (kind === 'select') await field.selectOption(String(value))
    else if (kind === 'file') await field.setInputFiles(String(value))
    else await field.fill(String(value))
  }
}
