// DMN 1.1–1.5: opens models and decides. Pure: no clock, no files, no network; imported models are given with the model.
import { DecisionError, fail, withinStack } from './environment.ts'
import { compoundKeys, type EvaluationOptions, openEnvironment } from './expressions.ts'
import { invoke } from './invoke.ts'
import { fromJson, toJson, toJsonText } from './json.ts'
import type { DrgElement } from './model.ts'
import { type NameTable, nameTable, normalizeName } from './names.ts'
import { readModel } from './read-model.ts'
import { evaluateElement, type Graph } from './requirements.ts'
import type { TableTrace } from './trace.ts'
import type { FeelType } from './types.ts'
import { isContext, isFunction, type Value } from './values.ts'
import { findElement, openWorkspace, type Workspace } from './workspace.ts'
import { SyntaxProblem } from './scan.ts'

export { DecisionError } from './environment.ts'

/** A model ready to decide. Keep it: expressions are parsed once. */
export type DecisionModel = { readonly workspace: Workspace }

/** `guessTemporal`: strings that look like a date, time or duration are one where an input has no type (JSON knows none). */
export type DecisionOptions = EvaluationOptions & { guessTemporal?: boolean }

export type DecisionResult = {
  /** Plain data; dates, times and durations as ISO strings. */
  value: unknown
  /** The same as JSON text, numbers with all their digits. */
  text: string
  /** Why something is null (DMN 10.3.2.13: errors of FEEL are null). */
  warnings: string[]
  /** Every decision table that was used: its inputs, the rules that applied, and the inputs those rules looked at. */
  trace: (Omit<TableTrace, 'inputs' | 'output'> & { inputs: { expression: string; value: unknown }[]; output: unknown })[]
}

/**
 * Reads a DMN file and those it imports, directly or through others (`siblings`: texts of files, found by their namespace).
 * Throws DecisionError `decision.unreadable` or `decision.import`.
 */
export function openModel(xml: string, siblings: readonly string[] = []): DecisionModel {
  return { workspace: openWorkspace(readModel(xml), siblings.map(readModel)) }
}

/** The names of what can be decided or called. */
export const listDecisions = (model: DecisionModel): { id: string; name: string; kind: 'decision' | 'service' | 'knowledge' }[] =>
  model.workspace.main.elements.flatMap(({ id, name, k }) => (k === 'input' ? [] : [{ id, name, kind: k }]))

/**
 * Evaluates a decision, or calls a decision service or knowledge model, by name or id. `input` holds the values by name, those of imported
 * inputs also inside an object with the import's name. Throws DecisionError `decision.not_found`, `decision.cycle` or `decision.budget`.
 */
export function decide(model: DecisionModel, nameOrId: string, input: Record<string, unknown>, options: DecisionOptions = {}): DecisionResult {
  return guarded(() => decideElement(model.workspace, nameOrId, input, options))
}

function decideElement(workspace: Workspace, nameOrId: string, input: Record<string, unknown>, options: DecisionOptions): DecisionResult {
  const element = findElement(workspace, nameOrId)
  if (!element) throw new DecisionError('decision.not_found', `There is no decision “${nameOrId}”.`)
  const env = openEnvironment(options)
  const tables: TableTrace[] = []
  const run = { workspace, env, tables, properties: propertiesFor(workspace, input), namespace: element.namespace, element: element.name }
  const given = (wanted: DrgElement, type: FeelType | undefined) => fromJson(findInput(workspace, wanted, input), type, options.guessTemporal)
  const graph: Graph = { run, given, known: new Map(), open: new Set() }
  const value = evaluateAsked(element, graph, input, options.guessTemporal)
  return {
    value: toJson(value),
    text: toJsonText(value),
    warnings: env.warnings,
    trace: tables.map((table) => ({
      ...table,
      inputs: table.inputs.map(({ expression, value: one }) => ({ expression, value: toJson(one) })),
      output: toJson(table.output),
    })),
  }
}

function evaluateAsked(element: DrgElement, graph: Graph, input: Record<string, unknown>, guess?: boolean): Value {
  const value = evaluateElement(element, graph)
  if (element.k !== 'service' && element.k !== 'knowledge') return value
  if (!isFunction(value)) return fail(graph.run.env, `“${element.name}” cannot be called.`)
  const parameters = value.signatures[0] ?? []
  const args = parameters.map((parameter) => fromJson(readKey(input, parameter.name), parameter.type, guess))
  return invoke(value, args, undefined, graph.run.env)
}

/** Allowed values that cannot be read are an error of the model, not of the program. */
function guarded<T>(work: () => T): T {
  try {
    return withinStack(work)
  } catch (error) {
    if (error instanceof SyntaxProblem)
      throw new DecisionError('decision.syntax', `Allowed values cannot be read: ${error.message}`, { cause: error })
    throw error
  }
}

const readKey = (data: unknown, key: string): unknown =>
  typeof data === 'object' && data !== null && Object.hasOwn(data, key) ? Object.entries(data).find(([name]) => name === key)?.[1] : undefined

function findInput(workspace: Workspace, element: DrgElement, input: Record<string, unknown>): unknown {
  const names = [...workspace.models.values()].flatMap((model) => model.imports).filter((one) => one.namespace === element.namespace)
  for (const { name } of names) {
    const inside = readKey(readKey(input, name), element.variable.name) ?? readKey(input, `${name}.${element.variable.name}`)
    if (inside !== undefined) return inside
  }
  return readKey(input, element.variable.name) ?? readKey(input, element.name)
}

/** The workspace's names and the keys of untyped data that only the data shows. */
function propertiesFor(workspace: Workspace, input: Record<string, unknown>): NameTable {
  const data = fromJson(input)
  const keys = isContext(data) ? compoundKeys(data).filter((key) => !workspace.properties.names.has(normalizeName(key))) : []
  return keys.length === 0 ? workspace.properties : nameTable(keys, workspace.properties)
}
