import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
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
  // What every page loads; the rest is loaded by the pages that need it.
  const loaded = Object.entries(manifest.files).filter(([name]) => ['app.css', 'app.js', 'turbo.js', 'govuk.js'].includes(name))
  assert.equal(loaded.length, 4)
  const sizes = loaded.map(([, file]) => statSync(join(assetsFolder, `${file}.br`)).size)
  const sum = sizes.reduce((total, size) => total + size, 0)
  assert.ok(sum < 52 * 1024, `${sum} bytes`)
})

test('the checking page is one file that can reach nothing: no address, no import, a policy for its own hashes only', () => {
  const page = contentOf('verify.html')
  const [, policy = ''] = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(page) ?? []
  const [script = '', style = ''] = ['script', 'style'].map((tag) => new RegExp(`<${tag}>([^]*?)</${tag}>`).exec(page)?.[1] ?? '')
  const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`
  assert.equal(policy, `default-src 'none'; script-src ${hash(script)}; style-src ${hash(style)}; img-src data:; base-uri 'none'; form-action 'none'`)
  assert.doesNotMatch(page, /https?:\/\/|\b(?:src|href|srcset)=|@import|url\(/)
  assert.doesNotMatch(script, /\bfetch\(|XMLHttpRequest|WebSocket|\bimport\(|\brequire\(|node:|\bBuffer\b/)
  assert.ok(statSync(join(assetsFolder, `${manifest.files['verify.html']}.br`)).size < 25 * 1024)
})

test('building again without a change gives the same files', async () => {
  assert.deepEqual(await ensureAssets(), manifest)
})
