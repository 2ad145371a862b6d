// Decision models of a package: rules/<file>.dmn, read and checked with it.
import { findModelProblems, listInputs, listTables } from '../decisions/check-model.ts'
import { DecisionError, type DecisionModel, openModel } from '../decisions/decisions.ts'
import { checkFeel } from '../engine/conditions.ts'
import type { Element } from '../engine/types.ts'
import type { Form } from '../forms/forms.ts'
import type { PackageFinding } from './charter.ts'
import type { Manifest, Precheck } from './manifest.ts'

/** Models by file name without `.dmn`. */
export type Rules = ReadonlyMap<string, DecisionModel>

/** What `xl:decision` names: `aid.dmn#Eligibility`. */
export type DecisionName = { file: string; decision: string }

/** Undefined when the text is not `<file>.dmn#<decision>`. */
export function parseDecisionName(text: string): DecisionName | undefined {
  const match = /^([a-z][a-z0-9-]*)(?:\.dmn)?#(.+)$/.exec(text.trim())
  return match ? { file: match[1] ?? '', decision: match[2] ?? '' } : undefined
}

/** Reads `files` (name without `.dmn` → text); they may import each other. A file with an error is left out. */
export function readRules(files: [string, string][]): { rules: Rules; findings: PackageFinding[] } {
  const rules = new Map<string, DecisionModel>()
  const findings: PackageFinding[] = []
  for (const [file, text] of files) {
    const place = `rules/${file}.dmn`
    try {
      const model = openModel(
        text,
        files.filter(([other]) => other !== file).map(([, other]) => other),
      )
      const problems = findModelProblems(model).map((message) => ({ place, rule: 'package.rules', severity: 'error' as const, message }))
      findings.push(...problems)
      rules.set(file, model)
    } catch (error) {
      if (!(error instanceof DecisionError)) throw error
      findings.push({ place, rule: 'package.rules', severity: 'error', message: error.message })
    }
  }
  return { rules, findings }
}

type Refuse = (place: string, rule: string, message: string) => void

/** A business-rule task: its decision exists and gets exactly the inputs that it needs. */
export function checkRuleTask(element: Element, rules: Rules, refuse: Refuse): void {
  const place = `diagram.bpmn#${element.id}`
  const { decision, inputs } = element.xl
  if (decision === undefined) return refuse(place, 'package.decision', 'A business-rule task names a decision: xl:decision="<file>.dmn#<decision>".')
  checkInputs(
    place,
    decision,
    inputs.map((input) => input.name),
    [],
    rules,
    refuse,
  )
}

function checkInputs(place: string, decision: string, given: string[], fields: string[], rules: Rules, refuse: Refuse): void {
  const name = parseDecisionName(decision)
  const model = name && rules.get(name.file)
  if (!name || !model) return refuse(place, 'package.decision', `“${decision}” names no file of rules/: write <file>.dmn#<decision>.`)
  const needed = listInputs(model, name.decision)
  if (!needed) return refuse(place, 'package.decision', `rules/${name.file}.dmn has no decision “${name.decision}”.`)
  for (const input of given) if (!needed.includes(input)) refuse(place, 'package.decision-input', `The decision has no input “${input}”.`)
  for (const input of needed)
    if (!given.includes(input) && !fields.includes(input)) refuse(place, 'package.decision-input', `The decision needs the input “${input}”.`)
}

/** A precheck: form and decision exist, every input comes from somewhere, every rule can be told in words. */
export function checkPrechecks(manifest: Manifest, forms: ReadonlyMap<string, Form>, rules: Rules, refuse: Refuse): void {
  manifest.prechecks.forEach((precheck, index) => {
    const place = `procedure.json#/prechecks/${index}`
    const form = forms.get(precheck.form)
    if (!form) return refuse(place, 'package.form', `There is no forms/${precheck.form}.json.`)
    const attachments = Object.entries(form.schema.properties).filter(([, field]) => field['x-tag'] === 'attachment')
    if (attachments.length > 0) refuse(place, 'package.precheck', 'A check before filing takes no files.')
    const names = precheck.inputs.map((input) => input.name)
    checkInputs(place, precheck.decision, names, Object.keys(form.schema.properties), rules, refuse)
    for (const input of precheck.inputs) {
      const problem = checkFeel(input.expression)
      if (problem) refuse(place, 'feel.syntax', `${input.name}: ${problem}`)
    }
    const tables = tablesOf(precheck, rules)
    const main = parseDecisionName(precheck.decision)?.decision
    if (tables[0]?.decision !== main && main !== undefined)
      refuse(place, 'package.precheck', 'The decision is a decision table, named by its name: its rules say the result.')
    for (const { decision, table } of tables)
      for (const rule of table.rules)
        if (rule.id === undefined) refuse(place, 'package.precheck', `A rule of “${decision}” has no id: its words cannot be found.`)
  })
}

function tablesOf(precheck: Precheck, rules: Rules) {
  const name = parseDecisionName(precheck.decision)
  const model = name && rules.get(name.file)
  return name && model ? listTables(model, name.decision) : []
}

/** Texts that prechecks need: title and introduction, the name of each criterion, and what each rule says when it applies. */
export const precheckTexts = (manifest: Manifest, rules: Rules): string[] =>
  manifest.prechecks.flatMap((precheck) => [
    `precheck.${precheck.id}.title`,
    `precheck.${precheck.id}.intro`,
    ...tablesOf(precheck, rules).flatMap(({ decision, table }) => [
      `criterion.${decision}`,
      ...table.rules.flatMap((rule) => (rule.id === undefined ? [] : [`rule.${rule.id}`])),
    ]),
  ])
