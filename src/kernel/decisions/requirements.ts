// Decision requirements graphs (DMN 6 and 10.4): decisions from what they require, knowledge models and services as functions.
import { evaluateBoxed, makeBoxedFunction, typeOf } from './boxed.ts'
import { DecisionError, deeper, fail } from './environment.ts'
import { rootScope } from './expressions.ts'
import type { Decision, DecisionService, DrgElement, KnowledgeModel } from './model.ts'
import type { Scope } from './scope.ts'
import type { Run } from './trace.ts'
import { coerce, type FeelType } from './types.ts'
import { type Context, type FeelFunction, isContext, type Value } from './values.ts'

/** `given` finds the value of an input. `known` holds what has been evaluated, `open` what is being evaluated. */
export type Graph = {
  readonly run: Run
  readonly given: (element: DrgElement, type: FeelType | undefined) => Value
  readonly known: Map<DrgElement, Value>
  readonly open: Set<DrgElement>
}

/** The value of an element: of an input what was given, of a knowledge model or service a function. */
export function evaluateElement(element: DrgElement, graph: Graph): Value {
  const known = graph.known.get(element)
  if (known !== undefined) return known
  if (graph.open.has(element)) throw new DecisionError('decision.cycle', `“${element.name}” requires itself.`)
  graph.open.add(element)
  const value = deeper(graph.run.env, () =>
    compute(element, { ...graph, run: { ...graph.run, namespace: element.namespace, element: element.name } }),
  )
  graph.open.delete(element)
  graph.known.set(element, value)
  return value
}

function compute(element: DrgElement, graph: Graph): Value {
  const { run } = graph
  switch (element.k) {
    case 'input': {
      const type = typeOf(run, element.variable.type)
      return coerce(graph.given(element, type), type, run.env, element.name)
    }
    case 'decision':
      return computeDecision(element, graph)
    case 'knowledge':
      return makeKnowledge(element, graph)
    case 'service':
      return makeService(element, graph)
  }
}

function computeDecision(element: Decision, graph: Graph): Value {
  const { run } = graph
  if (!element.logic) return fail(run.env, `“${element.name}” has no logic.`)
  const scope = scopeOf(element, [...element.information, ...element.knowledge], graph)
  return coerce(evaluateBoxed(element.logic, scope, run), typeOf(run, element.variable.type), run.env, element.name)
}

/** What the requirements name, and nothing else. Imported elements are components of a context with the import's name. */
function scopeOf(element: DrgElement, references: string[], graph: Graph): Scope {
  const { workspace } = graph.run
  const values: Context = new Map()
  for (const reference of references) {
    const required = workspace.elements.get(reference)
    if (!required) fail(graph.run.env, `“${element.name}” requires ${reference}, which is not there.`)
    else place(values, element.namespace, required, graph)
  }
  return { values, outer: rootScope, types: workspace.types(element.namespace) }
}

function place(values: Context, namespace: string, required: DrgElement, graph: Graph): void {
  const value = evaluateElement(required, graph)
  const imported =
    required.namespace === namespace
      ? undefined
      : graph.run.workspace.models.get(namespace)?.imports.find((one) => one.namespace === required.namespace)
  if (!imported || imported.name === '') {
    values.set(required.variable.name, value)
    return
  }
  const existing = values.get(imported.name)
  const inner: Context = existing !== undefined && isContext(existing) ? existing : new Map()
  inner.set(required.variable.name, value)
  values.set(imported.name, inner)
}

/** From DMN 1.2 on the variable of an invocable has a function type; before, the type of the result. */
function resultType(element: KnowledgeModel | DecisionService, run: Run): FeelType | undefined {
  let type = typeOf(run, element.variable.type)
  for (let hops = 0; type?.kind === 'named' && hops < 100; hops++) type = type.get()
  return type?.kind === 'function' ? type.result : type
}

function makeKnowledge(element: KnowledgeModel, graph: Graph): Value {
  if (!element.logic) return fail(graph.run.env, `“${element.name}” has no logic.`)
  // A knowledge model may require itself: the function is known before its scope is complete.
  const values: Context = new Map()
  const scope: Scope = { values, outer: rootScope, types: graph.run.workspace.types(element.namespace) }
  const made = makeBoxedFunction(element.logic, scope, graph.run, element.name, resultType(element, graph.run))
  graph.known.set(element, made)
  for (const [name, value] of scopeOf(element, element.knowledge, graph).values) values.set(name, value)
  return made
}

function makeService(element: DecisionService, graph: Graph): Value {
  const { run } = graph
  const inputs = [...element.inputData, ...element.inputDecisions].flatMap((reference) => {
    const found = run.workspace.elements.get(reference)
    return found ? [found] : []
  })
  const types = inputs.map((input) => typeOf({ ...run, namespace: input.namespace }, input.variable.type))
  const made: FeelFunction = {
    kind: 'function',
    name: element.name,
    signatures: [inputs.map((input, index) => ({ name: input.variable.name, type: types[index] }))],
    result: resultType(element, run),
    strict: false,
    call: (args, env) => {
      const known = new Map(inputs.map((input, index) => [input, coerce(args[index] ?? null, types[index], env, input.name)]))
      const inner: Graph = { run: { ...run, env }, given: () => null, known, open: new Set() }
      return coerce(serviceResult(element, inner), resultType(element, run), env, element.name)
    },
  }
  return made
}

function serviceResult(element: DecisionService, graph: Graph): Value {
  const outputs = element.outputs.flatMap((reference) => {
    const found = graph.run.workspace.elements.get(reference)
    return found ? [found] : []
  })
  const [first] = outputs
  if (outputs.length === 1 && first) return evaluateElement(first, graph)
  return new Map(outputs.map((output) => [output.variable.name, evaluateElement(output, graph)]))
}
