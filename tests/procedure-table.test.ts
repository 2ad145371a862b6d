// docs/procedures.md says what the packages say, and only rows that exist are claimed.
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { readLibrary, readRows, rowsOf, writeTable } from '../src/cli/procedure-table.ts'

const root = new URL('..', import.meta.url)
const [rows, packages] = [await readRows(), await readLibrary()]

test('docs/procedures.md is up to date: run xiangli procedure table --out docs/procedures.md', () =>
  assert.equal(readFileSync(new URL('docs/procedures.md', root), 'utf8'), writeTable(rows, packages)))

test('every row that a package claims is a row of the reference, once, and what keeps the others exists', () => {
  const ids = rows.map((row) => row.id)
  assert.equal(new Set(ids).size, ids.length)
  const unknown = packages.flatMap(({ slug, manifest }) =>
    manifest.law
      .flatMap(rowsOf)
      .filter((id) => !ids.includes(id))
      .map((id) => `${slug}: ${id}`),
  )
  assert.deepEqual(unknown, [])
  for (const file of rows.flatMap((row) => row.kept ?? [])) assert.ok(existsSync(new URL(file, root)), file)
})

test('a row without a package is not implemented, and an example counts only when it passes through the row', () => {
  const [known] = packages
  assert.ok(known)
  const law = known.manifest.law.find((row) => rowsOf(row).length > 0)
  const id = law === undefined ? undefined : rowsOf(law)[0]
  assert.ok(id)
  const own = rows.filter((row) => row.id === id).map((row) => ({ id: row.id, title: row.title }))
  assert.match(writeTable(own, []), /1 are not implemented/)
  const bare = writeTable(own, [{ ...known, examples: new Map() }])
  assert.match(bare, /have no worked example that passes through them: /)
  assert.doesNotMatch(bare, /examples\//)
})

test('the how-to names elements, files and examples that its procedure has', () => {
  const text = readFileSync(new URL('docs/procedure-howto.md', root), 'utf8')
  const hall = packages.find((known) => known.slug === 'hall-booking')
  assert.ok(hall)
  const examples = [...(/^## 7\.[^]*?^## 8/m.exec(text)?.[0] ?? '').matchAll(/^- .*$/gm)].flatMap(([line]) =>
    [...line.matchAll(/`([a-z]+(?:-[a-z]+)+)`/g)].map(([, name]) => name ?? ''),
  )
  assert.deepEqual(new Set(examples), new Set(hall.examples.keys()))
  const steps = /^`(Filed.*)` — to `(.*)`, or to `(.*)`;/m.exec(text)?.slice(1).join(' → ').split(' → ') ?? []
  assert.ok(steps.length >= 8, steps.join())
  for (const step of steps) assert.ok(hall.graph.elements[step], step)
})
