// Every worked example of the library comes out in a rehearsal as it does on the real kernel (tests/every-procedure.test.ts).
import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { test } from 'node:test'
import { shippedCalendar } from '../deadlines/seed.ts'
import { loadPackage, type Package } from '../procedures/load-package.ts'
import { readPackageFolder } from '../procedures/packages.ts'
import type { Town } from '../towns/towns.ts'
import { isRehearsable } from './rehearsable.ts'
import { formCheck, toScript, tryExample } from './script.ts'

const library = fileURLToPath(new URL('../../../procedures/', import.meta.url))
const packages = new Map<string, Package>()
for (const slug of readdirSync(library)) {
  const { procedure } = await loadPackage(await readPackageFolder(`${library}${slug}`))
  if (procedure) packages.set(slug, procedure)
}
const find = (slug: string) => packages.get(slug)
const none = new Map()
const town: Town = {
  tenant: 't',
  name: { zh: '', en: '' },
  zone: 'Asia/Shanghai',
  demo: true,
  settings: {},
  calendar: shippedCalendar(),
  organizations: none,
  posts: none,
  villages: none,
  mediators: none,
  clauses: none,
  overrides: none,
}

for (const procedure of packages.values()) {
  for (const [name, example] of procedure.examples) {
    if (!isRehearsable(procedure, example)) continue
    test(`${procedure.slug}/${name} is rehearsed as it says`, () => {
      const { differences, frames } = tryExample(toScript(procedure, example, town, find), example.expect, formCheck(find))
      assert.deepEqual(differences, [])
      assert.ok(frames.length >= example.steps.length)
    })
  }
}

test('an example that expects something else is told so', () => {
  const procedure = packages.get('petition')
  const example = procedure?.examples.get('decided-in-time')
  assert.ok(procedure && example)
  const wrong = { ...example.expect, end: 'NotAccepted', deadlines: [{ id: 'opinion', due: '2030-01-01', met: false }] }
  const { differences } = tryExample(toScript(procedure, example, town, find), wrong, formCheck(find))
  assert.deepEqual(
    differences.map((one) => one.place),
    ['expect/end', 'expect/deadlines', 'expect/deadlines'],
  )
})

test('a form that the data do not fit stops the step, and says which field', () => {
  const procedure = packages.get('petition')
  const example = procedure?.examples.get('decided-in-time')
  assert.ok(procedure && example)
  const steps = example.steps.map((step, index) => (index === 1 ? { ...step, data: { ...step.data, category: 'nothing' } } : step))
  const { differences } = tryExample(toScript(procedure, { ...example, steps }, town, find), example.expect, formCheck(find))
  assert.match(differences[0]?.message ?? '', /form\.invalid: register\/category/)
})
