// What a model asks for and what is wrong with it, before it ever decides.
import { type Node, partsOf } from './ast.ts'
import { builtInProperties } from './builtins.ts'
import { DecisionError } from './environment.ts'
import type { DecisionModel } from './decisions.ts'
import { rootNames } from './expressions.ts'
import type { Boxed, DecisionTable, DrgElement, FunctionLogic, ItemDefinition, Variable } from './model.ts'
import { nameTable, normalizeName } from './names.ts'
import { parseExpression, parseIteration, parseUnaryTests, type ParseScope } from './parse.ts'
import { SyntaxProblem } from './scan.ts'
import { findBuiltInType } from './types.ts'
import { boxedParts, findElement, type Workspace } from './workspace.ts'

/** A decision with everything that it requires, directly or through others; empty when there is no such decision. */
function requiredBy(workspace: Workspace, nameOrId: string): DrgElement[] {
  const found = new Set<DrgElement>()
  const visit = (element: DrgElement | undefined): void => {
    if (!element || found.has(element)) return
    found.add(element)
    const next = element.k === 'decision' ? [...element.information, ...element.knowledge] : element.k === 'knowledge' ? element.knowledge : []
    const served = element.k === 'service' ? [...element.inputData, ...element.inputDecisions, ...element.outputs] : []
    for (const reference of [...next, ...served]) visit(workspace.elements.get(reference))
  }
  const first = findElement(workspace, nameOrId)
  if (first?.k === 'decision') visit(first)
  return [...found]
}

/** The names of the inputs that a decision needs; undefined when the model has no decision of this name or id. */
export function listInputs({ workspace }: DecisionModel, nameOrId: string): string[] | undefined {
  const elements = requiredBy(workspace, nameOrId)
  return elements.length === 0 ? undefined : elements.flatMap((element) => (element.k === 'input' ? [element.variable.name] : []))
}

/** The tables by which a decision is made, the decision's own first, each with the decision that it belongs to. */
export function listTables({ workspace }: DecisionModel, nameOrId: string): { decision: string; table: DecisionTable }[] {
  return requiredBy(workspace, nameOrId).flatMap((element) =>
    element.k === 'decision' && element.logic?.k === 'table' ? [{ decision: element.name, table: element.logic.table }] : [],
  )
}

/** The name of a decision's only output, when its logic is a table that names it. */
export function soleOutput({ workspace }: DecisionModel, nameOrId: string): string | undefined {
  const element = findElement(workspace, nameOrId)
  if (element?.k !== 'decision' || element.logic?.k !== 'table' || element.logic.table.outputs.length !== 1) return undefined
  return element.logic.table.outputs[0]?.name
}

/** Problems of the model's own elements, as sentences: unreadable expressions, unknown names, types and references, decisions without logic. */
export function findModelProblems({ workspace }: DecisionModel): string[] {
  const known = namesIn(workspace)
  const names = new Set([...known].map(normalizeName))
  const scope: ParseScope = {
    names: nameTable(known, rootNames),
    properties: nameTable([...builtInProperties, ...known]),
    types: workspace.typeNames,
  }
  return workspace.main.elements.flatMap((element) => {
    const problems = referenceProblems(workspace, element)
    const type = element.variable.type
    if (type !== undefined && !isKnownType(workspace, element.namespace, type)) problems.push(`the type “${type}” is not known`)
    if (element.k === 'decision' && !element.logic) problems.push('it has no logic')
    eachBoxed(element, (boxed) => {
      if (boxed.type !== undefined && !isKnownType(workspace, element.namespace, boxed.type)) problems.push(`the type “${boxed.type}” is not known`)
      for (const { text, tests } of textsOf(boxed)) problems.push(...textProblems(text, tests, scope, names))
    })
    return [...new Set(problems)].map((problem) => `“${element.name}”: ${problem}.`)
  })
}

function referenceProblems(workspace: Workspace, element: DrgElement): string[] {
  const references = element.k === 'decision' ? [...element.information, ...element.knowledge] : element.k === 'knowledge' ? element.knowledge : []
  return references.filter((reference) => !workspace.elements.has(reference)).map((reference) => `it requires “${reference}”, which is not there`)
}

const isKnownType = (workspace: Workspace, namespace: string, name: string): boolean =>
  findBuiltInType(name) !== undefined ||
  [...workspace.models.values()].some((model) =>
    model.types.some((type) => type.name === name || (model.namespace !== namespace && name.endsWith(`.${type.name}`))),
  )

function textProblems(text: string, tests: boolean, scope: ParseScope, names: Set<string>): string[] {
  if (text === '' || text === '-') return []
  try {
    const parsed = tests ? parseUnaryTests(text, scope) : undefined
    const nodes = parsed ? (parsed.any ? [] : parsed.tests.map((test) => test.node)) : expressionOrRange(text, scope)
    return nodes.flatMap((node) => unknownIn(node, names)).map((name) => `“${name}” in “${text.slice(0, 80)}” is not known`)
  } catch (error) {
    if (error instanceof SyntaxProblem) return [`“${text.slice(0, 80)}” cannot be read: ${error.message.replace(/\.$/, '')}`]
    if (error instanceof DecisionError) return [`“${text.slice(0, 80)}” is nested too deeply`]
    throw error
  }
}

function expressionOrRange(text: string, scope: ParseScope): Node[] {
  if (!text.includes('..')) return [parseExpression(text, scope)]
  const { from, to } = parseIteration(text, scope)
  return to ? [from, to] : [from]
}

/** Names that nothing in the model gives. Inside a filter the fields of the items count as well, and only the data know those. */
function unknownIn(node: Node, names: Set<string>): string[] {
  if (node.k === 'name') return names.has(normalizeName(node.name)) || rootNames.names.has(normalizeName(node.name)) ? [] : [node.name]
  if (node.k === 'filter') return unknownIn(node.target, names)
  const own = boundBy(node)
  const inner = own.length === 0 ? names : new Set([...names, ...own.map(normalizeName)])
  const called = node.k === 'call' ? [node.target] : []
  return [...called, ...partsOf(node)].flatMap((part) => unknownIn(part, inner))
}

function boundBy(node: Node): string[] {
  if (node.k === 'for') return [...node.iterators.map((iterator) => iterator.name), 'partial']
  if (node.k === 'some' || node.k === 'every') return node.iterators.map((iterator) => iterator.name)
  if (node.k === 'function') return node.parameters.map((parameter) => parameter.name)
  return node.k === 'context' ? node.entries.map((entry) => entry.name) : []
}

/** Every name that anything of the models gives. */
function namesIn(workspace: Workspace): string[] {
  const names = ['?', 'item', 'partial']
  const addType = (type: ItemDefinition): void => {
    names.push(type.name)
    type.components.forEach(addType)
  }
  for (const model of workspace.models.values()) {
    names.push(...model.imports.map((one) => one.name))
    model.types.forEach(addType)
    for (const element of model.elements) {
      names.push(element.name, element.variable.name)
      eachBoxed(element, (boxed) => names.push(...namesOf(boxed)))
    }
  }
  return names.filter((name) => name !== '')
}

function namesOf(boxed: Boxed): string[] {
  const parameters = (logic: FunctionLogic) => logic.parameters.map((parameter: Variable) => parameter.name)
  switch (boxed.k) {
    case 'context':
      return boxed.entries.flatMap((entry) => entry.variable?.name ?? [])
    case 'relation':
      return boxed.columns.map((column) => column.name)
    case 'table':
      return boxed.table.outputs.flatMap((output) => output.name ?? [])
    case 'function':
      return parameters(boxed.logic)
    case 'invocation':
      return boxed.bindings.map((binding) => binding.name)
    case 'for':
    case 'some':
    case 'every':
      return [boxed.variable]
    default:
      return []
  }
}

/** Visits the boxed expressions of an element, outer before inner. */
function eachBoxed(element: DrgElement, visit: (boxed: Boxed) => void): void {
  const walk = (boxed: Boxed | undefined): void => {
    if (!boxed) return
    visit(boxed)
    insideOf(boxed).forEach(walk)
  }
  if (element.k === 'decision') walk(element.logic)
  if (element.k === 'knowledge' && element.logic) walk({ k: 'function', type: undefined, logic: element.logic })
}

// The match of a filter speaks of fields that only its items know.
const insideOf = (boxed: Boxed): (Boxed | undefined)[] => (boxed.k === 'filter' ? [boxed.domain] : boxedParts(boxed))

/** The FEEL texts directly in a boxed expression; `tests`: unary tests rather than an expression. */
function textsOf(boxed: Boxed): { text: string; tests: boolean }[] {
  if (boxed.k === 'literal') return [{ text: boxed.text, tests: false }]
  if (boxed.k !== 'table') return []
  const { inputs, outputs, rules } = boxed.table
  const tests = (text: string | undefined) => (text === undefined ? [] : [{ text, tests: true }])
  return [
    ...inputs.flatMap((input) => [{ text: input.expression.text, tests: false }, ...tests(input.allowed)]),
    ...outputs.flatMap((output) => [...(output.otherwise ? [{ text: output.otherwise.text, tests: false }] : []), ...tests(output.allowed)]),
    ...rules.flatMap((rule) => [...rule.tests.flatMap(tests), ...rule.results.map((result) => ({ text: result.text, tests: false }))]),
  ]
}
