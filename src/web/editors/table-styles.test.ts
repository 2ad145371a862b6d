import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { assetsFolder } from '#ui/assets.ts'
import { ensureAssets } from '#ui/build.ts'
import { tableStyles } from './table-styles.ts'

test('the page of the table editor allows the style attributes that its script writes, and no other', async () => {
  const { files } = await ensureAssets()
  const script = readFileSync(join(assetsFolder, files['dmn-modeler.js'] ?? ''), 'utf8')
  // In HTML that the script writes: style="…" as it stands, or joined from a list of rules.
  const plain = Array.from(script.matchAll(/style="((?!'\+)(?:[^"\\]|\\.)*)"/g), ([, value = '']) => value.replaceAll('\\n', '\n'))
  const lists = Array.from(script.matchAll(/style="'\+\w+\((\[(?:"[^"]*",?)+\])\)\+'"/g), ([, list = '[]']) => list)
  const joined = lists.map((list) => Array.from(list.matchAll(/"([^"]*)"/g), ([, rule]) => rule).join(';'))
  assert.equal(joined.length, 3)
  assert.deepEqual([...plain, ...joined].sort(), [...tableStyles].sort())
})
