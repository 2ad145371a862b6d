import assert from 'node:assert/strict'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { before, test } from 'node:test'
import { assetsFolder } from './assets.ts'
import type { Manifest } from './assets.ts'
import { ensureAssets } from './build.ts'
import { foreignColours } from './style/recolour.ts'

let manifest: Manifest
before(async () => {
  manifest = await ensureAssets()
})

const contentOf = (name: string) => readFileSync(join(assetsFolder, manifest.files[name] ?? ''), 'utf8')

test('the style sheet holds no colour, font, crown or address of GOV.UK', () => {
  const css = contentOf('app.css').toLowerCase()
  const found = foreignColours.filter((colour) => new RegExp(`${colour}\\b`).test(css))
  assert.deepEqual(found, [])
  for (const word of ['gds transport', 'crest', 'crown', 'url(']) assert.equal(css.includes(word), false, word)
})

test('the entry script imports the other two by their hashed names and nothing else', () => {
  const imports = Array.from(contentOf('app.js').matchAll(/['"](\.\/[^'"]+)['"]/g), (match) => match[1])
  assert.deepEqual(imports, [`./${manifest.files['turbo.js']}`, `./${manifest.files['govuk.js']}`])
})

test('style and scripts leave 8 KB of the 60 KB for the page itself', () => {
  const sizes = Object.values(manifest.files).map((file) => statSync(join(assetsFolder, `${file}.br`)).size)
  const sum = sizes.reduce((total, size) => total + size, 0)
  assert.ok(sum < 52 * 1024, `${sum} bytes`)
})

test('building again without a change gives the same files', async () => {
  assert.deepEqual(await ensureAssets(), manifest)
})
