// Rules and scripts of a package that the kernel computes by itself. What they gave is stored and recorded: nothing computes it again.
import { DecisionError, decide, type DecisionResult } from '../decisions/decisions.ts'
import { soleOutput } from '../decisions/check-model.ts'
import type { Element } from '../engine/types.ts'
import { DomainError, invalid } from '../errors.ts'
import type { FormData } from '../forms/forms.ts'
import type { JsonValue } from '../ledger/canonical-json.ts'
import type { Package } from '../procedures/load-package.ts'
import { parseDecisionName } from '../procedures/rules.ts'
import { evaluate, instanceOf, storeData } from './case-data.ts'
import { recordEvent, type Step } from './step.ts'

/** Why the case cannot go on by itself: the code of a BPMN error, which the diagram may catch; else it is an incident. */
export type Failed = { code: string; reason: string }

/**
 * Runs a business-rule task: the result is the element's data (several outputs by their names; one by its name, or `result`).
 * A decision that gives nothing (no rule applies, the table contradicts itself, too much work) fails.
 */
export function decideTask(step: Step, element: Element, token: string): Failed | undefined {
  const name = element.xl.decision ?? ''
  try {
    const inputs = Object.fromEntries(
      element.xl.inputs.map((input) => [
        input.name,
        input.expression === undefined && !input.value?.startsWith('=') ? input.value : evaluate(step, input.expression ?? input.value ?? '', token),
      ]),
    )
    const result = runDecision(step.procedure, name, inputs)
    if (result.value === null) return { code: 'decision.no-result', reason: result.warnings[0] ?? 'no rule applies' }
    storeData(step, element.id, token, toData(step.procedure, name, result.value))
    recordEvent(step, {
      type: 'decision.made',
      element: element.id,
      fields: { decision: name, ...instanceField(step, token), ...traceFields(result) },
    })
    return undefined
  } catch (error) {
    if (error instanceof DecisionError) return { code: error.code, reason: error.message }
    if (error instanceof DomainError && error.code === 'engine.feel') return { code: 'decision.input', reason: error.message }
    throw error
  }
}

/** Computes a script (FEEL); a context is the element's data, anything else stands under the name that the diagram gives, or `result`. */
export function runScript(step: Step, element: Element, token: string): Failed | undefined {
  try {
    const value = evaluate(step, element.script?.text ?? '', token)
    if (value === null) return { code: 'script.no-result', reason: 'the script gives nothing' }
    const data = isContext(value) ? value : { [element.xl.ext['result'] ?? element.script?.result ?? 'result']: value }
    storeData(step, element.id, token, data)
    // It was computed by FEEL, which gives JSON only.
    recordEvent(step, { type: 'script.computed', element: element.id, fields: { ...instanceField(step, token), result: data as JsonValue } })
    return undefined
  } catch (error) {
    if (error instanceof DomainError && error.code === 'engine.feel') return { code: 'script.failed', reason: error.message }
    throw error
  }
}

/** Evaluates `<file>.dmn#<decision>` of a package. @throws DecisionError, `decision.unknown`. */
export function runDecision(procedure: Package, name: string, inputs: Record<string, unknown>): DecisionResult {
  const found = parseDecisionName(name)
  const model = found && procedure.rules.get(found.file)
  if (!found || !model) throw invalid('decision.unknown', `The procedure has no decision “${name}”.`)
  return decide(model, found.decision, inputs)
}

function toData(procedure: Package, name: string, value: unknown): FormData {
  if (isContext(value)) return value
  const found = parseDecisionName(name)
  const model = found && procedure.rules.get(found.file)
  return { [(model && soleOutput(model, found.decision)) ?? 'result']: value }
}

const isContext = (value: unknown): value is FormData => typeof value === 'object' && value !== null && !Array.isArray(value)

/** What decided: the result with all its digits, and for each table its inputs, its rules, and which inputs those looked at. */
function traceFields({ text, trace }: DecisionResult): Record<string, JsonValue> {
  const tables = trace.map(({ decision, inputs, rules }) => ({
    decision,
    // They came from JSON and FEEL.
    inputs: inputs.map(({ expression, value }) => ({ expression, value: value as JsonValue })),
    rules: rules.map(({ rule, id, decidedBy, annotations }) => ({ rule, ...(id === undefined ? {} : { id }), decided_by: decidedBy, annotations })),
  }))
  return { result: text, tables }
}

function instanceField(step: Step, token: string): { instance?: number } {
  const instance = instanceOf(step, token)
  return instance ? { instance: instance.n + 1 } : {}
}
