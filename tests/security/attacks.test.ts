// The attack suite: every attack by its name, against the real server. `npm run test:long -- attacks` writes the figures.
// Runs on postgres only: it goes through the whole server, and the SQL below it runs on both databases in the kernel's own tests.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { kinds } from './attack.ts'
import { allAttacks } from './all.ts'
import { openWorld, type World } from './world.ts'

let world: World
before(async () => {
  world = await openWorld()
})
after(() => world.close())

test('at least 150 attacks, each with a name of its own, of every kind', () => {
  const names = allAttacks.map((attack) => `${attack.kind}: ${attack.name}`)
  assert.deepEqual(
    names.filter((name, index) => names.indexOf(name) !== index),
    [],
  )
  assert.ok(names.length >= 150, `${names.length}`)
  for (const kind of Object.keys(kinds))
    assert.ok(
      allAttacks.some((attack) => attack.kind === kind),
      kind,
    )
})

for (const [kind, title] of Object.entries(kinds))
  describe(title, () => {
    for (const attack of allAttacks.filter((known) => known.kind === kind)) test(attack.name, async () => attack.run(world))
  })
