import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { groupServices, isForResidents } from './listing.ts'
import { type Manifest, manifestSchema } from './manifest.ts'

const library = new URL('../../../procedures/', import.meta.url)
const shipped = readdirSync(library).map((slug) => ({
  slug,
  manifest: manifestSchema.parse(JSON.parse(readFileSync(new URL(`${slug}/procedure.json`, library), 'utf8'))),
}))

test('every matter that residents file themselves stands under a heading, in a place of its own', () => {
  const services = shipped.filter(isForResidents)
  assert.deepEqual(
    services.filter(({ manifest }) => manifest.listing === undefined).map(({ slug }) => slug),
    [],
  )
  const places = services.map(({ manifest }) => `${manifest.listing?.group} ${manifest.listing?.order}`)
  assert.deepEqual(places.toSorted(), [...new Set(places)].toSorted(), 'no two share a place')
})

test('groups come in their order, services by place, and one without a place stands last', () => {
  const made = (slug: string, listing?: Manifest['listing']) => ({ slug, manifest: { listing, filedBy: ['anyone' as const] } })
  const groups = groupServices([made('z'), made('b', { group: 'tell', order: 2 }), made('c', { group: 'tell', order: 1 }), made('a')])
  assert.deepEqual(
    groups.map(({ group, services }) => [group, ...services.map(({ slug }) => slug)]),
    [
      ['tell', 'c', 'b'],
      ['other', 'a', 'z'],
    ],
  )
})
