// The page that checks receipts, as a resident keeps it: one file, opened from the disk, with no network. It has to
// answer as Node does, step by step, for every vector and every tampering.
import assert from 'node:assert/strict'
import { copyFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { after, before, test } from 'node:test'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { checkTexts } from '#kernel/ledger/check-texts.ts'
import { answerOf, type ReceiptVerdict } from '#kernel/ledger/receipt.ts'
import { wordsOfSteps } from '#kernel/ledger/receipt-words.ts'
import { assetsFolder } from '#ui/assets.ts'
import { ensureAssets } from '#ui/build.ts'
import { expectAccessible } from '../support/accessible.ts'
import { openBrowser } from '../support/browser.ts'
import { type ReceiptCase, receiptCases, receiptCasesAt } from '../support/receipt-cases.ts'
import { makeTemporaryFolder } from '../support/temporary.ts'

const folder = makeTemporaryFolder('checker')
const file = join(folder, 'saved page.html')
let browser: Browser
let context: BrowserContext
const asked: string[] = []

before(async () => {
  const manifest = await ensureAssets()
  copyFileSync(join(assetsFolder, manifest.files['verify.html'] ?? ''), file)
  browser = await openBrowser()
  context = await browser.newContext({ locale: 'zh-CN', viewport: { width: 360, height: 740 }, offline: true })
  context.on('request', (request) => asked.push(request.url()))
})
after(async () => {
  await context.close()
  await browser.close()
  rmSync(folder, { recursive: true })
})

async function openSaved(hash = ''): Promise<Page> {
  const page = await context.newPage()
  await page.clock.setFixedTime(receiptCasesAt)
  await page.goto(`${pathToFileURL(file).href}${hash}`)
  return page
}

type Shown = { answer: string; level: string; steps: Record<string, string> }

/** Fills, presses and waits inside the page: one round trip a case. The attributes are written by src/web/checker/result.ts. */
const check = (page: Page, { receipt, keys, source }: ReceiptCase): Promise<Shown> =>
  page.evaluate(
    async ([typedReceipt, typedKeys, radio]) => {
      const get = <Kind extends Element>(query: string, kind: new () => Kind): Kind => {
        const found = document.querySelector(query)
        if (!(found instanceof kind)) throw new Error(`the page has no ${query}`)
        return found
      }
      get('#receipt', HTMLTextAreaElement).value = typedReceipt
      get('#keys', HTMLTextAreaElement).value = typedKeys
      get(radio, HTMLInputElement).checked = true
      const result = get('#result', HTMLElement)
      result.replaceChildren()
      const shown = new Promise<void>((resolve) => {
        new MutationObserver((_, observer) => {
          if (!result.querySelector('[data-answer]')) return
          observer.disconnect()
          resolve()
        }).observe(result, { childList: true })
      })
      get('form > button', HTMLButtonElement).click()
      await shown
      const { answer = '', level = '' } = get('[data-answer]', HTMLElement).dataset
      const steps = [...result.querySelectorAll<HTMLElement>('[data-step]')].map(({ dataset }) => [dataset['step'], dataset['outcome']])
      return { answer, level, steps: Object.fromEntries(steps) }
    },
    [receipt, keys, `#source-${source}`] as const,
  )

const shownBy = (verdict: ReceiptVerdict): Shown => ({
  answer: answerOf(verdict),
  level: verdict.level,
  steps: Object.fromEntries(wordsOfSteps(verdict, 'zh').map(({ step, outcome }) => [step, outcome])),
})

test('opened from the disk without a network, the page answers every case as Node does', async () => {
  const page = await openSaved()
  const differing: unknown[] = []
  for (const one of receiptCases) {
    // A textarea makes one kind of line end of all.
    const own = { ...one, keys: one.keys.replaceAll('\r\n', '\n') }
    const [here, there] = [shownBy(checkTexts({ ...own, now: receiptCasesAt })), await check(page, own)]
    if (JSON.stringify(here) !== JSON.stringify(there)) differing.push({ name: one.name, node: here, page: there })
  }
  assert.deepEqual(differing, [])
  assert.deepEqual(new Set(asked), new Set([pathToFileURL(file).href]), 'nothing but the file itself was asked for')
  await page.close()
})

test('in both languages, in every state, axe finds nothing and a narrow phone needs no sideways scrolling', async () => {
  const names = ['vector 0', 'no key', 'no JSON', 'another salt', 'one of three witnesses', 'two of three witnesses']
  for (const language of ['zh', 'en']) {
    const page = await openSaved(`#${language}`)
    await expectAccessible(page)
    for (const name of names) {
      const one = receiptCases.find((known) => known.name === name)
      assert.ok(one, name)
      await check(page, one)
      assert.equal(await page.evaluate('document.activeElement.id'), 'result-title')
      await expectAccessible(page)
      const wide: number = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')
      assert.ok(wide <= 1, `${name}: ${wide} px too wide`)
    }
    await page.close()
  }
})

test('by files: chosen, kept over a change of language; and without saying where the key is from there is no answer', async () => {
  const page = await openSaved()
  const one = receiptCases[0]
  assert.ok(one)
  await page.locator('#receipt-file').setInputFiles({ name: 'XF-receipt.json', mimeType: 'application/json', buffer: Buffer.from(one.receipt) })
  await page.locator('#keys-file').setInputFiles({ name: 'keys.txt', mimeType: 'text/plain', buffer: Buffer.from(one.keys) })
  await page.waitForFunction('document.querySelector("#keys").value !== ""')
  await page.getByRole('button', { name: 'English' }).click()
  await page.getByRole('heading', { level: 1, name: 'Check a receipt' }).waitFor()
  await page.getByRole('button', { name: 'Check', exact: true }).click()
  await page.getByText('Choose where the key is from.').waitFor()
  assert.equal(await page.locator('[data-answer]').count(), 0)
  await page.getByRole('radio', { name: 'From elsewhere' }).check()
  await page.getByRole('button', { name: 'Check', exact: true }).click()
  await page.getByRole('heading', { name: 'Checked: it is in the record, unchanged' }).waitFor()
  const [saved] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Save this result' }).click()])
  assert.equal(saved.suggestedFilename(), 'result-of-check.txt')
  await page.close()
})

test('a browser without Ed25519, or without WebCrypto, says that it cannot check, and not that the receipt is wrong', async () => {
  const one = receiptCases[0]
  assert.ok(one)
  for (const [missing, broken] of [
    ['Ed25519', 'crypto.subtle.importKey = () => Promise.reject(new DOMException("no", "NotSupportedError"))'],
    ['subtle', 'Object.defineProperty(crypto, "subtle", { value: undefined })'],
    ['a newer method', 'delete String.prototype.isWellFormed'],
  ]) {
    const page = await context.newPage()
    await page.addInitScript(broken ?? '')
    await page.goto(pathToFileURL(file).href)
    const shown = await check(page, one)
    assert.equal(shown.answer, 'impossible', missing)
    await page.close()
  }
})
