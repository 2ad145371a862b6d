// The check before filing and the officer's table: one decision, so for the same household the same answer, criterion by criterion.
import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { runDecision } from '#kernel/cases/decide-task.ts'
import { evaluateFeel } from '#kernel/engine/conditions.ts'
import type { FormField } from '#kernel/forms/forms.ts'
import { loadPackage, type Package } from '#kernel/procedures/load-package.ts'
import { readPackageFolder } from '#kernel/procedures/packages.ts'
import { randomFrom, type Random } from './faults/random.ts'

const library = fileURLToPath(new URL('../procedures/', import.meta.url))
const procedures: Package[] = []
for (const slug of readdirSync(library)) {
  const { procedure } = await loadPackage(await readPackageFolder(`${library}${slug}`))
  if (procedure && procedure.manifest.prechecks.length > 0) procedures.push(procedure)
}

test('some procedures of the library can be checked before filing', () => assert.ok(procedures.length > 0))

for (const procedure of procedures) {
  for (const precheck of procedure.manifest.prechecks) {
    test(`${procedure.slug}: resident and officer get the same answer for the same household`, () => {
      const task = Object.values(procedure.graph.elements).find((element) => element.xl.decision === precheck.decision)
      assert.ok(task, `no business-rule task runs ${precheck.decision}`)
      const parameters = Object.fromEntries(procedure.manifest.parameters.map((row) => [row.id, row.value]))
      const form = procedure.forms.get(precheck.form)
      assert.ok(form)
      const random = randomFrom(2026)
      const outcomes = new Set<string>()
      for (let round = 0; round < 200; round++) {
        const household: Record<string, unknown> = Object.fromEntries(
          Object.entries(form.schema.properties).map(([name, property]) => [name, someAnswer(property, random)]),
        )
        const before: Record<string, unknown> = { ...household }
        for (const { name, expression } of precheck.inputs) before[name] = evaluateFeel(expression, { ...household, parameters })
        // Officers find the same in the application and wherever they look.
        const context = { ...seenBy(procedure, household), parameters }
        const later = Object.fromEntries(
          task.xl.inputs.map(({ name, expression, value }) => [name, evaluateFeel(expression ?? value ?? '', context)]),
        )
        const mine = runDecision(procedure, precheck.decision, before)
        const theirs = runDecision(procedure, precheck.decision, later)
        assert.deepEqual(theirs.value, mine.value, JSON.stringify(household))
        assert.deepEqual(
          theirs.trace.map(({ decision, rules }) => [decision, rules.map((rule) => rule.id)]),
          mine.trace.map(({ decision, rules }) => [decision, rules.map((rule) => rule.id)]),
        )
        outcomes.add(JSON.stringify(mine.value))
      }
      assert.ok(outcomes.size > 2, `only ${outcomes.size} answers came out`)
    })
  }
}

/** The household as the application and each officer's form hold it: a field that a form does not ask is not there. */
function seenBy(procedure: Package, household: Record<string, unknown>): Record<string, unknown> {
  const asked = (form: string | undefined) => {
    const names = Object.keys(procedure.forms.get(form ?? '')?.schema.properties ?? {})
    return Object.fromEntries(Object.entries(household).filter(([name]) => names.includes(name)))
  }
  const tasks = Object.values(procedure.graph.elements).filter((element) => element.type === 'userTask')
  return { ...Object.fromEntries(tasks.map((task) => [task.id, asked(task.xl.form)])), filing: asked('filing') }
}

function someAnswer(property: FormField, random: Random): unknown {
  if (property.type === 'boolean') return random.below(2) === 0
  if (property.enum) return random.pick(property.enum)
  return random.pick([0, 1, 2, 3, 15, 16, 59, 60, 71, 790, 800, 2400, 2401, 6000, 20_000, 60_000]) || 1
}
