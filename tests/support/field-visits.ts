// Visits in a real browser: sheets taken along, filled in without a signal, and sent twice over a line that breaks. The second time the phone
// holds all of it again, as one does whose storage was put back, and its own outbox sends it anew.
import assert from 'node:assert/strict'
import { serve } from '@hono/node-server'
import { sql } from 'kysely'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import sharp from 'sharp'
import { createApp } from '#app'
import { loadCase } from '#kernel/cases/load-case.ts'
import { inTenant } from '#kernel/database/database.ts'
import { cleanUpload } from '#kernel/files/clean-upload.ts'
import { readUpload } from '#kernel/files/uploads.ts'
import { openBreakingLine } from './breaking-line.ts'
import type { Random } from '../faults/random.ts'
import { makeStaff } from './staff.ts'
import type { TestTown } from './town.ts'
import { canary, openVisits } from './visits-to-make.ts'

const pin = 'xi-liu-3'
/** Photos that differ from each other, as JPEG. */
async function takePhotos(seed: number): Promise<{ name: string; mimeType: string; buffer: Buffer }[]> {
  const draw = (number: number) => {
    const noise = Buffer.alloc(480 * 640 * 3)
    let state = seed * 31 + number + 1
    for (let at = 0; at < noise.length; at++) noise[at] = (state = (state * 1_103_515_245 + 12_345) % 2_147_483_648) >>> 20
    return sharp(noise, { raw: { width: 640, height: 480, channels: 3 } })
      .jpeg({ quality: 90 })
      .toBuffer()
  }
  return Promise.all([0, 1, 2].map(async (number) => ({ name: `${seed}-${number}.jpg`, mimeType: 'image/jpeg', buffer: await draw(number) })))
}

/** `breaks` and `rounds` (presses of “send”) of the first and of the second sending. */
export type VisitFigures = { surveys: number; photos: number; photoBytes: number; breaks: number[]; rounds: number[]; findings: string[] }

/** The whole way with `count` surveys of three photos each. `findings` is empty when nothing was lost or doubled. */
export async function runVisits(town: TestTown, browser: Browser, count: number, random: Random, shots?: string): Promise<VisitFigures> {
  const cases = await openVisits(town, count)
  const colleague = await makeStaff(town, ['aid-surveyor-1'], '沈行舟')
  const app = createApp(town.installation)
  let server: ReturnType<typeof serve> | undefined
  const port = await new Promise<number>((resolve) => {
    server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, (info) => resolve(info.port))
  })
  const line = await openBreakingLine(port, random)
  const context = await browser.newContext({ locale: 'zh-CN', viewport: { width: 360, height: 740 }, serviceWorkers: 'allow' })
  const sent = new Map<string, { url: string; body: string }>()
  context.on('request', (request) => {
    if (request.url().endsWith('/finish')) sent.set(request.url(), { url: request.url(), body: request.postData() ?? '' })
  })
  const findings: string[] = []
  try {
    const page = await signIn(context, line.origin, colleague)
    await takeAlong(page, line.origin)
    if (shots) await page.screenshot({ path: `${shots}/field-list.png`, fullPage: true })
    await context.setOffline(true)
    await page.reload()
    await unlock(page)
    for (let index = 0; index < count; index++) await fillIn(page, index, shots)
    await untilRest(page)
    assert.equal(await page.locator('#field-status').textContent(), `现在没有信号。填好的都存在手机里。 还有${count}份没有上传`)
    if (shots) await page.screenshot({ path: `${shots}/field-unsent.png`, fullPage: true })
    findings.push(...(await findInClear(page)))
    const packed = await page.evaluate<number>(packAway)
    await context.setOffline(false)
    // A photo has some 300 KB in two pieces: most surveys are cut in the middle.
    line.breakFromNow(700_000)
    const first = await sendAll(page, count)
    if (shots) await page.screenshot({ path: `${shots}/field-sent.png`, fullPage: true })
    const firstBreaks = line.breaks()
    findings.push(...(await checkTown(town, cases)))

    await context.setOffline(true)
    await page.evaluate<void>(putBack)
    await page.reload()
    await unlock(page)
    await untilRest(page)
    assert.match((await page.locator('#field-status').textContent()) ?? '', new RegExp(`还有${count}份没有上传`))
    await context.setOffline(false)
    // The photos lie over there already: what goes now is an announcement and its answer.
    line.breakFromNow(8_000)
    const second = await sendAll(page, count)
    const breaks = [firstBreaks, line.breaks() - firstBreaks]
    line.mend()
    findings.push(...(await replay(page, [...sent.values()], count)), ...(await checkTown(town, cases)))
    return { surveys: count, photos: count * 3, photoBytes: packed, breaks, rounds: [first, second], findings }
  } finally {
    await context.close()
    await line.close()
    await new Promise((resolve) => server?.close(resolve))
  }
}

async function signIn(context: BrowserContext, origin: string, colleague: { email: string; password: string }): Promise<Page> {
  const page = await context.newPage()
  await page.goto(`${origin}/t/qingxi/sign-in`)
  await page.getByLabel('邮箱').fill(colleague.email)
  await page.getByLabel('密码').fill(colleague.password)
  await page.getByRole('button', { name: '登录' }).click()
  await page.getByRole('heading', { level: 1, name: '待办' }).waitFor()
  return page
}

async function takeAlong(page: Page, origin: string) {
  await page.goto(`${origin}/t/qingxi/workspace/field/out`)
  await page.getByLabel('外出口令').fill(pin)
  await page.getByRole('button', { name: '带上调查表' }).click()
  await page.locator('#field-status').waitFor()
  // Without the worker in charge the page would not open again without a signal.
  await page.evaluate('navigator.serviceWorker.ready.then(() => undefined)')
  await page.reload()
  await unlock(page)
}

async function unlock(page: Page) {
  await page.getByLabel('外出口令').fill(pin)
  await page.getByRole('button', { name: '打开' }).click()
  await page.locator('#field-status').waitFor()
}

async function fillIn(page: Page, index: number, shots: string | undefined) {
  const row = page.getByRole('listitem').filter({ hasText: new RegExp(`${canary}${index}(，| )`) })
  await row.getByRole('button', { name: '填写' }).click()
  const answer: Record<string, string> = {
    'visitedOn-year': '2026',
    'visitedOn-month': '3',
    'visitedOn-day': '2',
    first: '调查员甲',
    second: '调查员乙',
    householdPresent: `${canary}${index}`,
    monthlyIncome: '1500',
    members: '3',
    savings: '6000',
    findings: `第${index}户，三口人住一处平房。`,
  }
  for (const [name, value] of Object.entries(answer)) await page.locator(`[name="${name}"]`).fill(value)
  for (const name of ['otherHome', 'car']) await page.locator(`[name="${name}"][value="false"]`).check()
  await page.locator('[name="agreed"]').check()
  await page.locator('input[type=file]').setInputFiles(await takePhotos(index))
  await page.getByText('已拍的照片（3张）').waitFor()
  if (shots && index === 0) await page.screenshot({ path: `${shots}/field-sheet.png`, fullPage: true })
  await page.getByRole('button', { name: '填好了' }).click()
  await page.locator('#field-status').waitFor()
}

/** What lies on the phone, byte for byte, as the page's own storage gives it: nobody's name may be read in it. */
async function findInClear(page: Page): Promise<string[]> {
  const found = await page.evaluate<string[], string>(async (name) => {
    const bytesOf = (value: unknown): string => {
      if (value instanceof ArrayBuffer) return new TextDecoder().decode(value)
      if (ArrayBuffer.isView(value)) return new TextDecoder().decode(value.buffer as ArrayBuffer)
      if (typeof value === 'object' && value !== null) return Object.values(value).map(bytesOf).join(' ')
      return String(value)
    }
    const hits: string[] = []
    for (const { name: database = '' } of await indexedDB.databases()) {
      const db = await new Promise<IDBDatabase>((resolve) => {
        const opening = indexedDB.open(database)
        opening.addEventListener('success', () => resolve(opening.result))
      })
      for (const store of db.objectStoreNames) {
        const all = await new Promise<unknown[]>((resolve) => {
          const reading = db.transaction(store).objectStore(store).getAll()
          reading.addEventListener('success', () => resolve(reading.result))
        })
        if (all.some((value) => bytesOf(value).includes(name))) hits.push(`${database}/${store}`)
        if (store === 'photos' && all.some((value) => bytesOf(value).includes('JFIF'))) hits.push(`${database}/${store} (photo)`)
      }
      db.close()
    }
    for (const key of await caches.keys())
      for (const request of await (await caches.open(key)).keys()) {
        const kept = await (await caches.open(key)).match(request)
        if ((await kept?.text())?.includes(name)) hits.push(request.url)
      }
    return hits
  }, canary)
  return found.map((where) => `a name or a photo lies in clear in ${where}`)
}

/** In the page: a copy of what the phone holds, in a database of its own; gives how many bytes of photos it has. */
async function packAway(): Promise<number> {
  const answer = <Value>(request: IDBRequest<Value>) =>
    new Promise<Value>((resolve, reject) => {
      request.addEventListener('success', () => resolve(request.result))
      request.addEventListener('error', () => reject(request.error))
    })
  const [name = ''] = (await indexedDB.databases()).flatMap(({ name: known = '' }) => (known.startsWith('xiangli-field-') ? [known] : []))
  const from = await answer(indexedDB.open(name))
  const opening = indexedDB.open('packed', 1)
  const stores = ['surveys', 'photos', 'sheets']
  opening.addEventListener('upgradeneeded', () => stores.forEach((store) => opening.result.createObjectStore(store)))
  const to = await answer(opening)
  let bytes = 0
  for (const store of stores)
    for (const key of await answer(from.transaction(store).objectStore(store).getAllKeys())) {
      const value: unknown = await answer(from.transaction(store).objectStore(store).get(key))
      await answer(to.transaction(store, 'readwrite').objectStore(store).put(value, key))
      if (store === 'photos') for (const part of Object.values(value ?? {})) bytes += part instanceof ArrayBuffer ? part.byteLength : 0
    }
  from.close()
  to.close()
  return bytes
}

/** In the page: the copy is what the phone holds again, and no receipt ever came. */
async function putBack(): Promise<void> {
  const answer = <Value>(request: IDBRequest<Value>) =>
    new Promise<Value>((resolve, reject) => {
      request.addEventListener('success', () => resolve(request.result))
      request.addEventListener('error', () => reject(request.error))
    })
  const [name = ''] = (await indexedDB.databases()).flatMap(({ name: known = '' }) => (known.startsWith('xiangli-field-') ? [known] : []))
  const [from, to] = [await answer(indexedDB.open('packed')), await answer(indexedDB.open(name))]
  for (const store of ['surveys', 'photos', 'sheets'])
    for (const key of await answer(from.transaction(store).objectStore(store).getAllKeys())) {
      const value: unknown = await answer(from.transaction(store).objectStore(store).get(key))
      await answer(to.transaction(store, 'readwrite').objectStore(store).put(value, key))
    }
  await answer(to.transaction('receipts', 'readwrite').objectStore('receipts').clear())
  from.close()
  to.close()
}

/** The phone has done what it was asked to send, or has given up. With 200 visits a round takes its time. */
const untilRest = (page: Page) => page.locator('#field:not([data-busy])').waitFor({ timeout: 600_000 })

/** Presses “send” until the phone says that nothing is left. */
async function sendAll(page: Page, count: number): Promise<number> {
  const most = 40 + count * 20
  for (let round = 1; round <= most; round++) {
    const button = page.getByRole('button', { name: '现在上传' })
    await button.click()
    await untilRest(page)
    if (/都上传好了/.test((await page.locator('#field-status').textContent()) ?? '')) return round
  }
  throw new Error(`after ${most} rounds the phone says: ${await page.locator('#field-status').textContent()}`)
}

/** Every survey once more, as a phone would that never got its answer: the same receipt comes back, nothing else happens. */
async function replay(page: Page, sent: { url: string; body: string }[], count: number): Promise<string[]> {
  const kept = await page.locator('#field-receipts li').count()
  const answers = await page.evaluate<{ survey: string; status: number }[], { url: string; body: string }[]>(async (requests) => {
    const base = location.pathname.replace(/\/out$/, '')
    const session: { csrf: string } = await (await fetch(`${base}/session`)).json()
    const results: { survey: string; status: number }[] = []
    for (const { url, body } of requests) {
      const headers = { 'content-type': 'application/json', 'x-csrf-token': session.csrf }
      const answer = await fetch(url, { method: 'POST', headers, body })
      const receipt: { survey?: string } = await answer.json()
      results.push({ survey: receipt.survey ?? '', status: answer.status })
    }
    return results
  }, sent)
  const wrong = answers.filter(({ survey, status }, index) => status !== 200 || !sent[index]?.url.includes(`/${survey}/`))
  return [
    ...(kept === count ? [] : [`the phone keeps ${kept} receipts for ${count} surveys`]),
    ...(answers.length === count ? [] : [`${answers.length} surveys were sent, not ${count}`]),
    ...wrong.map(({ survey, status }) => `sent again, ${survey} was answered with ${status}`),
  ]
}

/** In the town: each visit once, with its three photos, and nothing left over. */
async function checkTown(town: TestTown, cases: string[]): Promise<string[]> {
  const findings: string[] = []
  for (const [index, caseId] of cases.entries()) {
    const { content, tasks } = await loadCase(town.ctx, caseId)
    const visit = content['Visit']
    if (visit?.['findings'] !== `第${index}户，三口人住一处平房。`) findings.push(`visit ${index} is not what was typed`)
    const photos = Array.isArray(visit?.['photos']) ? visit['photos'] : []
    const { rows } = await inTenant(town.ctx.db, town.tenant, (trx) =>
      sql<{
        files: string[]
        visits: number
      }>`select array(select file_id::text from files where tenant_id = ${town.tenant} and case_id = ${caseId} and media_type like 'image/%' order by 1) as files,
        (select count(*)::int from events where tenant_id = ${town.tenant} and case_id = ${caseId} and type = 'task.completed' and element = 'Visit') as visits`.execute(
        trx,
      ),
    )
    const [row] = rows
    if (row?.visits !== 1) findings.push(`visit ${index} was recorded ${row?.visits} times`)
    if (photos.length !== 3 || JSON.stringify(row?.files) !== JSON.stringify(photos.map(String).toSorted()))
      findings.push(`visit ${index} has ${row?.files.length} files`)
    for (const [place, taken] of (await takePhotos(index)).entries()) {
      const kept = await readUpload(town.ctx, { caseId }, String(photos[place])).catch(() => undefined)
      // Drawn anew without its metadata, as every upload is: the same picture gives the same bytes.
      const { bytes } = await cleanUpload({ name: taken.name, bytes: taken.buffer })
      if (!kept?.bytes.equals(bytes)) findings.push(`photo ${place + 1} of visit ${index} is not what was taken`)
    }
    if (!tasks.some((task) => task.element === 'ConfirmVisit')) findings.push(`visit ${index} did not go on`)
  }
  const { rows } = await inTenant(town.ctx.db, town.tenant, (trx) =>
    sql<{ n: number }>`select count(*)::int as n from field_chunks where tenant_id = ${town.tenant}`.execute(trx),
  )
  if (rows[0]?.n !== 0) findings.push(`${rows[0]?.n} pieces were left over`)
  return findings
}
