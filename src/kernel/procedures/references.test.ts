// What a package names and nobody has is found when it is loaded.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { loadPackage } from './load-package.ts'
import { readPackageFolder } from './packages.ts'

const folder = fileURLToPath(new URL('../../../procedures/hall-booking', import.meta.url))

/** Rules and places of the findings after `change` to one field of the filing form. */
async function withField(change: object): Promise<string[]> {
  const files = await readPackageFolder(folder)
  const form: { properties: Record<string, object> } = JSON.parse(files['forms/filing.json'] ?? '')
  Object.assign(form.properties['village'] ?? assert.fail('no field'), change)
  files['forms/filing.json'] = JSON.stringify(form)
  return (await loadPackage(files)).findings.map(({ rule, place }) => `${rule} ${place}`)
}

test('a field that chooses from a register which nobody keeps is refused', async () => {
  assert.deepEqual(await withField({}), [])
  assert.deepEqual(await withField({ 'x-register': 'halls' }), ['package.register forms/filing.json#/properties/village'])
  assert.deepEqual(await withField({ 'x-basis': 'no-law' }), ['package.law forms/filing.json#/properties/village'])
})
