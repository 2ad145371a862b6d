import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

type AxeResult = { violations: { id: string; help: string; nodes: { html: string; failureSummary?: string }[] }[] }

/** What axe finds on the page, one line per finding (WCAG 2.2 A and AA, and axe's best practices). */
export async function accessibilityFindings(page: Page): Promise<string[]> {
  // Evaluated through the debugger, so that a strict Content-Security-Policy of the page stays in force.
  await page.evaluate(axeSource)
  const result: AxeResult = await page.evaluate(
    `axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'], resultTypes: ['violations'] })`,
  )
  return result.violations.flatMap(({ id, help, nodes }) => nodes.map((node) => `${id}: ${help}\n  ${node.html}\n  ${node.failureSummary ?? ''}`))
}

/** Fails with axe's findings. Use a page with scripting on: axe hangs in one whose JavaScript is off. */
export async function expectAccessible(page: Page): Promise<void> {
  // While Turbo goes on to the next page it marks the old one busy.
  await page.locator('html[aria-busy]').waitFor({ state: 'detached' })
  assert.deepEqual(await accessibilityFindings(page), [])
}
