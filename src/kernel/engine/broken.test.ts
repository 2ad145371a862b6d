// Broken diagrams, each refused with its element and the rule. The rows of `compile.test.ts` are not repeated here.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compile } from './compile.ts'
import { full, strict } from './fixtures/broken-profiles.ts'
import { rows } from './fixtures/broken-rows.ts'
import type { Row } from './fixtures/broken-shapes.ts'
import type { Profile } from './types.ts'

const errorsOf = async (xml: string, profile: Profile) =>
  (await compile(xml, { profile })).findings.flatMap((finding) => (finding.severity === 'error' ? `${finding.rule} ${finding.element}` : []))

const check = (row: Row, profile: Profile) => {
  test(`${row[0]} is refused (${profile})`, async () => {
    const errors = await errorsOf(row[1], profile)
    assert.ok(errors.includes(row[2]), `${row[2]} is not in: ${errors.join(', ')}`)
  })
}

for (const row of rows) {
  // A package has one process: with two it is refused for that, before anything else is looked at.
  if ((row[1].match(/<process /g) ?? []).length < 2) check(row, 'package')
  check(row, 'full')
}
for (const row of full) check(row, 'full')
for (const row of strict) {
  check(row, 'package')
  test(`${row[0]} is a warning in a diagram of others`, async () => {
    const { findings } = await compile(row[1], { profile: 'full' })
    assert.ok(findings.some((finding) => `${finding.rule} ${finding.element}` === row[2] && finding.severity === 'warning'))
  })
}

test('there are at least a hundred broken diagrams', () => {
  assert.ok(rows.length + full.length + strict.length >= 100, String(rows.length + full.length + strict.length))
})
