// Every procedure of the library: it loads without a finding, its paths end, and each worked example comes out as it says.
// PostgreSQL plays all examples; the embedded database, where a step costs twice as much, each sixth, and looks at the diagrams.
import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { after, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { loadCase } from '#kernel/cases/load-case.ts'
import { checkAdverse } from '#kernel/engine/adverse.ts'
import { explore } from '#kernel/engine/explore.ts'
import { loadPackage, type Package } from '#kernel/procedures/load-package.ts'
import type { CaseExpectation } from '#kernel/procedures/worked-examples.ts'
import { readPackageFolder } from '#kernel/procedures/packages.ts'
import { playExample } from '../src/demo/play-example.ts'
import { listEscalations, listEventNames } from './support/case-facts.ts'
import { testDatabaseKind } from './support/database.ts'
import { openTestTown, type TestTown } from './support/town.ts'

const library = fileURLToPath(new URL('../procedures/', import.meta.url))
const slugs = readdirSync(library)
const isEmbedded = testDatabaseKind === 'pglite'
const packages = new Map<string, Package>()
for (const slug of slugs) {
  const { procedure, findings } = await loadPackage(await readPackageFolder(`${library}${slug}`))
  if (isEmbedded) test(`${slug} loads without a finding`, () => assert.deepEqual(findings, []))
  if (procedure) packages.set(slug, procedure)
}

for (const [slug, procedure] of packages) {
  if (isEmbedded)
    test(`${slug}: every reachable state can end, and nothing adverse is decided without a person`, () => {
      const { faults, complete } = explore(procedure.graph)
      assert.deepEqual(faults, [])
      assert.ok(complete, 'the whole state space was seen')
      assert.deepEqual(
        checkAdverse(
          procedure.graph,
          procedure.manifest.adverse.map((row) => row.element),
        ),
        [],
      )
    })
  describe(`${slug}: worked examples`, () => {
    for (const [index, [name, example]] of [...procedure.examples].entries()) {
      if (isEmbedded && index % 6 !== 0) continue
      test(`${name}: ${example.title}`, async () => {
        // Times of other examples do not matter to a case; a changed calendar does.
        const town = example.steps.some((step) => step.do === 'import-holidays') ? await openTown() : await sharedTown()
        town.clock.set(new Date(example.given.at))
        const played = await playExample(town.ctx, town.clock, slug, example)
        await expectCase(town, played.caseId, example.expect, procedure)
        const { links } = await loadCase(town.ctx, played.caseId)
        for (const [role, expected] of Object.entries(example.expect.linked ?? {})) {
          const link = links.find((known) => known.role === role)
          assert.ok(link, `linked case ${role}`)
          const other = [...packages.values()].find((known) => known.slug === procedure.manifest.links[role])
          assert.ok(other)
          await expectCase(town, link.case_id, expected, other)
        }
      })
    }
  })
}

const towns: TestTown[] = []
async function openTown(): Promise<TestTown> {
  const town = await openTestTown('2007-01-01T00:00:00+08:00')
  towns.push(town)
  return town
}
let shared: Promise<TestTown> | undefined
const sharedTown = () => (shared ??= openTown())
after(async () => {
  for (const town of towns) await town.close()
})

async function expectCase(town: TestTown, caseId: string, expected: CaseExpectation, procedure: Package) {
  const loaded = await loadCase(town.ctx, caseId)
  const names = await listEventNames(town.ctx, caseId)
  if (expected.end !== undefined)
    assert.equal(loaded.row.outcome, expected.end, `end (events: ${names.join(', ')}; open: ${loaded.tasks.map((task) => task.element).join(', ')})`)
  if (expected.open) assert.deepEqual(loaded.tasks.map((task) => task.element).sort(), [...expected.open].sort(), 'open tasks')
  if (expected.events) assertInOrder(names, expected.events)
  if (expected.documents)
    assert.deepEqual(
      loaded.documents.map((document) => document.document),
      expected.documents,
      'documents',
    )
  for (const deadline of expected.deadlines ?? []) {
    const row = loaded.deadlines.findLast((known) => known.deadline === deadline.id)
    assert.ok(row, `deadline ${deadline.id}`)
    if (deadline.due !== undefined) assert.equal(row.due_on, deadline.due, `${deadline.id} due`)
    const met = row.status === 'met' ? true : row.status === 'missed' ? false : null
    assert.equal(met, deadline.met, `${deadline.id} met (${row.status})`)
    if (deadline.provisional !== undefined) assert.equal(row.provisional, deadline.provisional, `${deadline.id} provisional`)
  }
  if (expected.told)
    assertInOrder(
      names.filter((name) => procedure.manifest.parties.some((party) => party.told.includes(name))),
      expected.told,
    )
  if (expected.escalated) {
    const escalated = await listEscalations(town.ctx, caseId)
    for (const wanted of expected.escalated) assert.ok(escalated.includes(wanted), `escalated ${wanted} (was: ${escalated.join(', ')})`)
  }
}

function assertInOrder(actual: string[], wanted: string[]) {
  let from = 0
  for (const name of wanted) {
    const found = actual.indexOf(name, from)
    assert.ok(found >= 0, `event ${name} in order (recorded: ${actual.join(', ')})`)
    from = found + 1
  }
}
