// What the rules of a case said, criterion by criterion, for those who handle it: the words that a resident read in the check before filing.
import { listTables } from '../decisions/check-model.ts'
import type { Package } from '../procedures/load-package.ts'
import { parseDecisionName } from '../procedures/rules.ts'
import { type EventRow, payloadField, payloadText } from './dossier.ts'
import type { Criterion, PrecheckResult } from './pre-check.ts'
import { elementTitle, type Say } from './words.ts'

/** The latest result of one business-rule task, as it was recorded: nothing is computed again. */
export type DecisionView = PrecheckResult & { element: string; title: string }

/** Of the decisions that residents can ask beforehand (those have words); others are no criteria. */
export function decisionsOf(events: readonly EventRow[], procedure: Package, say: Say): DecisionView[] {
  const asked = new Set(procedure.manifest.prechecks.map((precheck) => precheck.decision))
  const latest = new Map<string, EventRow>()
  for (const event of events)
    if (event.type === 'decision.made' && event.element && asked.has(payloadText(event, 'decision'))) latest.set(event.element, event)
  return [...latest].map(([element, event]) => ({
    element,
    title: elementTitle(procedure, say, element),
    ...resultOf(procedure, payloadText(event, 'decision'), payloadField(event, 'tables')),
  }))
}

function resultOf(procedure: Package, decision: string, recorded: unknown): PrecheckResult {
  const name = parseDecisionName(decision)
  const model = name && procedure.rules.get(name.file)
  const tables = name && model ? listTables(model, name.decision) : []
  const criteria = tables.map(({ decision: of, table }): Criterion => {
    const rules = rulesOf(recorded, of)
    // A criterion is a table that says yes or no by one rule.
    const [said, ...others] = table.rules.filter((rule) => rule.id !== undefined && rules.includes(rule.id)).map((rule) => rule.results[0]?.text)
    const isPlain = table.outputs.length === 1 && others.length === 0 && (said === 'true' || said === 'false')
    return { decision: of, rules, met: isPlain ? said === 'true' : null }
  })
  const [outcome = { decision: '', rules: [], met: null }, ...rest] = criteria
  return { outcome, criteria: rest }
}

/** Ids of the rules that applied in this table (decision.made: `tables[].rules[].id`). */
function rulesOf(recorded: unknown, decision: string): string[] {
  const table = listOf(recorded).find((known) => field(known, 'decision') === decision)
  return listOf(field(table, 'rules')).flatMap((rule) => {
    const id = field(rule, 'id')
    return typeof id === 'string' ? [id] : []
  })
}

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])
const isRecord = (value: unknown): value is Record<string, unknown> => value !== null && typeof value === 'object' && !Array.isArray(value)
const field = (value: unknown, name: string): unknown => (isRecord(value) ? value[name] : undefined)
