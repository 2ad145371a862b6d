// Visits without a signal in a real browser on a phone: 5 surveys with three photos each over a line that breaks, sent twice.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { ensureAssets } from '#ui/build.ts'
import { randomFrom } from '../faults/random.ts'
import { openBrowser } from '../support/browser.ts'
import { runVisits } from '../support/field-visits.ts'
import { openTestTown, type TestTown } from '../support/town.ts'

let town: TestTown
let browser: Browser
before(async () => {
  await ensureAssets()
  town = await openTestTown()
  browser = await openBrowser()
})
after(async () => {
  await browser.close()
  await town.close()
})

test('five surveys with three photos each come in once, whatever the line does, and nothing lies in clear on the phone', async () => {
  const figures = await runVisits(town, browser, 5, randomFrom(17), process.env['SCREENSHOTS'])
  assert.deepEqual(figures.findings, [])
  assert.ok(
    figures.breaks.every((count) => count > 0),
    `the line broke both times: ${figures.breaks.join(' and ')}`,
  )
})
