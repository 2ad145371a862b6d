// Our components give the same markup as govuk-frontend's own published examples.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { PageContext } from '../context.ts'
import { renderHtml } from '../html.ts'
import { normalizeHtml } from './normalize-html.ts'
import { renderers } from './fixture-options.tsx'

type Fixture = { name: string; options: Record<string, unknown>; html: string }

/** Fixtures whose options we leave out on purpose. This list may only shrink. */
const unsupported: Record<string, string[]> = {
  // The drop zone needs JavaScript; ours is the plain control.
  'file-upload': [
    'enhanced',
    'enhanced, with error message and hint',
    'enhanced, multiple files',
    'enhanced, custom wrapper classes and attributes',
    'translated',
  ],
  // The interruption kind (a page between pages, with its own buttons) is not used.
  panel: [
    'interruption',
    'interruption-with-content-with-long-line-length',
    'interruption-with-headings-content-and-lists',
    'interruption with custom classes',
    'interruption, with actions classes and attributes',
    'interruption, submit action',
    'interruption, button link',
    'interruption, no actions',
    'interruption, no actions items',
  ],
}

const library = dirname(createRequire(import.meta.url).resolve('govuk-frontend/package.json'))
const fixturesOf = (component: string): Fixture[] =>
  JSON.parse(readFileSync(join(library, `dist/govuk/components/${component}/fixtures.json`), 'utf8')).fixtures

for (const [component, render] of Object.entries(renderers)) {
  const left = new Set(unsupported[component])
  for (const fixture of fixturesOf(component)) {
    if (left.delete(fixture.name)) continue
    test(`${component}: "${fixture.name}" has the markup of govuk-frontend`, async () => {
      const ours = await renderHtml(<PageContext.Provider value={{ language: 'en' }}>{render(fixture.options)}</PageContext.Provider>)
      assert.equal(normalizeHtml(ours), normalizeHtml(fixture.html))
    })
  }
  test(`${component}: every fixture named as unsupported still exists`, () => assert.deepEqual([...left], []))
}

test('461 fixtures are compared and 14 are left out', () => {
  const all = Object.keys(renderers).reduce((sum, component) => sum + fixturesOf(component).length, 0)
  const out = Object.values(unsupported).flat().length
  assert.deepEqual({ compared: all - out, out }, { compared: 461, out: 14 })
})
