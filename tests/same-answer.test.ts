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
      const task = taskOf(procedure, precheck.decision)
      assert.ok(task?.xl.decision, `no business-rule task runs ${precheck.decision} or a decision of its file`)
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
        for (const { name, expression } of precheck.inputs) before[name] = evaluateFeel(expression, { ...household, parameters, case: { on: today } })
        // Officers find the same in the application and wherever they look.
        const context = { ...seenBy(procedure, household), parameters, case: { on: today } }
        const later = Object.fromEntries(
          task.xl.inputs.map(({ name, expression, value }) => [name, evaluateFeel(expression ?? value ?? '', context)]),
        )
        const mine = runDecision(procedure, precheck.decision, before)
        const theirs = runDecision(procedure, task.xl.decision, later)
        const [criteria, known] = [criteriaOf(mine.trace), criteriaOf(theirs.trace)]
        if (task.xl.decision === precheck.decision) {
          assert.deepEqual(theirs.value, mine.value, JSON.stringify(household))
          assert.deepEqual(known, criteria)
        }
        const shared = Object.keys(known).filter((decision) => decision in criteria)
        assert.ok(shared.length > 0, 'they have no criterion in common')
        for (const decision of shared) assert.deepEqual(known[decision], criteria[decision], `${decision} ${JSON.stringify(household)}`)
        outcomes.add(JSON.stringify(mine.value))
      }
      assert.ok(outcomes.size > 2, `only ${outcomes.size} answers came out`)
    })
  }
}

/** The task that runs the same decision; or, where officers see less than a person knows of herself, one of the same file. */
function taskOf({ graph }: Package, decision: string) {
  const tasks = Object.values(graph.elements)
  const fileOf = (reference: string | undefined) => reference?.split('#')[0]
  return tasks.find(({ xl }) => xl.decision === decision) ?? tasks.find(({ xl }) => fileOf(xl.decision) === fileOf(decision))
}

const criteriaOf = (trace: ReturnType<typeof runDecision>['trace']): Record<string, (string | undefined)[]> =>
  Object.fromEntries(trace.map(({ decision, rules }) => [decision, rules.map((rule) => rule.id)]))

/** The household as the application and each officer's form hold it: a field that a form does not ask is not there. */
function seenBy(procedure: Package, household: Record<string, unknown>): Record<string, unknown> {
  const asked = (form: string | undefined) => {
    const names = Object.keys(procedure.forms.get(form ?? '')?.schema.properties ?? {})
    return Object.fromEntries(Object.entries(household).filter(([name]) => names.includes(name)))
  }
  const tasks = Object.values(procedure.graph.elements).filter((element) => element.type === 'userTask')
  return { ...Object.fromEntries(tasks.map((task) => [task.id, asked(task.xl.form)])), filing: asked('filing') }
}

const today = '2026-11-23'

function someAnswer(property: FormField, random: Random): unknown {
  if (property.type === 'boolean') return random.below(2) === 0
  if (property.enum) return random.pick(property.enum)
  if (property.format === 'date') return random.pick(['2025-01-06', '2026-05-23', '2026-05-24', '2026-11-20'])
  return random.pick([0, 1, 2, 3, 15, 16, 59, 60, 71, 790, 800, 2400, 2401, 6000, 20_000, 60_000]) || 1
}
