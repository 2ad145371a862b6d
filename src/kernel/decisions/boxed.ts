// Evaluates boxed expressions (DMN 10.2 and 10.3.2.13).
import type { Node, UnaryTests } from './ast.ts'
import { deeper, fail, spend } from './environment.ts'
import { evaluate } from './evaluate.ts'
import { rootNames } from './expressions.ts'
import { invoke } from './invoke.ts'
import { toDomain } from './iterate.ts'
import { evaluateTable } from './tables.ts'
import type { Boxed, FunctionLogic, Iteration, Literal } from './model.ts'
import { parseExpression, parseIteration, parseUnaryTests, type ParseScope } from './parse.ts'
import { filterList } from './paths.ts'
import { SyntaxProblem } from './scan.ts'
import { namesOf, type Scope, within } from './scope.ts'
import type { Run } from './trace.ts'
import { coerce, type FeelType } from './types.ts'
import { type FeelFunction, isFunction, type Value } from './values.ts'

export const typeOf = (run: Run, name: string | undefined): FeelType | undefined =>
  name === undefined ? undefined : run.workspace.types(run.namespace)(name)

/** The value of a boxed expression, as its type. */
export function evaluateBoxed(boxed: Boxed | undefined, scope: Scope, run: Run): Value {
  if (!boxed) return fail(run.env, `${run.element}: an expression is missing.`)
  spend(run.env, 1)
  return coerce(
    deeper(run.env, () => evaluatePart(boxed, scope, run)),
    typeOf(run, boxed.k === 'function' ? undefined : boxed.type),
    run.env,
    run.element,
  )
}

function evaluatePart(boxed: Boxed, scope: Scope, run: Run): Value {
  switch (boxed.k) {
    case 'literal':
      return evaluateLiteral(boxed, scope, run)
    case 'context':
      return evaluateContext(boxed, scope, run)
    case 'table':
      return evaluateTable(boxed.table, scope, run, { literal: evaluateLiteral, tests: parseTests })
    case 'invocation':
      return evaluateInvocation(boxed, scope, run)
    case 'function':
      return makeBoxedFunction(boxed.logic, scope, run, 'the function')
    case 'relation':
      return boxed.rows.map(
        (row) =>
          new Map(
            boxed.columns.map((column, index) => [
              column.name,
              coerce(evaluateBoxed(row[index], scope, run), typeOf(run, column.type), run.env, column.name),
            ]),
          ),
      )
    case 'list':
      return boxed.items.map((item) => evaluateBoxed(item, scope, run))
    case 'conditional':
      return evaluateBoxed(evaluateBoxed(boxed.condition, scope, run) === true ? boxed.whenTrue : boxed.whenFalse, scope, run)
    case 'filter':
      return filterList(evaluateBoxed(boxed.domain, scope, run), (inner) => evaluateBoxed(boxed.match, inner, run), scope, run.env)
    case 'for':
      return repeat(boxed, scope, run)
    case 'some':
    case 'every':
      return quantify(boxed, scope, run)
  }
}

/** Trees of expressions already parsed. The names around an expression of a model are the same at each run. */
const trees = new WeakMap<object, Node | SyntaxProblem>()
const testTrees = new WeakMap<object, Map<number, UnaryTests | SyntaxProblem>>()

/** Data with keys that the model does not know is read with those keys, and nothing of it kept. */
const isUsual = (run: Run) => run.properties === run.workspace.properties

const parseScope = (scope: Scope, run: Run): ParseScope => ({
  names: namesOf(scope, rootNames),
  properties: run.properties,
  types: run.workspace.typeNames,
})

function attemptParse<T>(work: () => T): T | SyntaxProblem {
  try {
    return work()
  } catch (error) {
    if (error instanceof SyntaxProblem) return error
    throw error
  }
}

/** The value of a FEEL text; a text that cannot be read gives null with a warning. */
export function evaluateLiteral(literal: Literal, scope: Scope, run: Run): Value {
  if (literal.language !== undefined && !/feel/i.test(literal.language))
    return fail(run.env, `${run.element}: only FEEL is evaluated, not ${literal.language}.`)
  const tree = (isUsual(run) ? trees.get(literal) : undefined) ?? attemptParse(() => parseExpression(literal.text, parseScope(scope, run)))
  if (isUsual(run)) trees.set(literal, tree)
  if (tree instanceof SyntaxProblem) return fail(run.env, `${run.element}: “${literal.text.slice(0, 80)}”: ${tree.message}`)
  return evaluate(tree, scope, run.env)
}

/** The tests of cell `index` of a rule; undefined with a warning when they cannot be read. */
function parseTests(owner: object, index: number, text: string, scope: Scope, run: Run): UnaryTests | undefined {
  let known = testTrees.get(owner)
  if (!known) testTrees.set(owner, (known = new Map()))
  const tests =
    (isUsual(run) ? known.get(index) : undefined) ??
    attemptParse((): UnaryTests => (text === '' ? { any: true } : parseUnaryTests(text, parseScope(scope, run))))
  if (isUsual(run)) known.set(index, tests)
  if (!(tests instanceof SyntaxProblem)) return tests
  fail(run.env, `${run.element}: “${text.slice(0, 80)}”: ${tests.message}`)
  return undefined
}

function evaluateContext(boxed: Extract<Boxed, { k: 'context' }>, scope: Scope, run: Run): Value {
  const values = new Map<string, Value>()
  const inner = within(scope, values)
  for (const { variable, value } of boxed.entries) {
    // The name of a function is known inside it, so that it can call itself.
    if (variable && value?.k === 'function') values.set(variable.name, null)
    // Before DMN 1.2 the type of a function's variable was that of its result.
    const type = value?.k === 'function' ? undefined : typeOf(run, variable?.type)
    const result = coerce(evaluateBoxed(value, inner, run), type, run.env, variable?.name ?? run.element)
    if (!variable) return result
    values.set(variable.name, result)
  }
  return values
}

function evaluateInvocation(boxed: Extract<Boxed, { k: 'invocation' }>, scope: Scope, run: Run): Value {
  const target = evaluateBoxed(boxed.callee, scope, run)
  if (!isFunction(target)) return fail(run.env, `${run.element}: what is invoked is no function.`)
  const args = boxed.bindings.map((binding) => evaluateBoxed(binding.value, scope, run))
  return invoke(target, args, args.length === 0 ? undefined : boxed.bindings.map((binding) => binding.name), run.env)
}

/** A function whose body is boxed. Arguments that do not conform become null. */
export function makeBoxedFunction(logic: FunctionLogic, scope: Scope, run: Run, name: string, result?: FeelType): Value {
  if (logic.external) return fail(run.env, `${name}: external functions are refused.`)
  const parameters = logic.parameters.map((parameter) => ({ name: parameter.name, type: typeOf(run, parameter.type) }))
  const made: FeelFunction = {
    kind: 'function',
    name,
    signatures: [parameters],
    result: result ?? typeOf(run, logic.body?.type),
    strict: false,
    call: (args, env) => {
      const values = new Map(parameters.map((parameter, index) => [parameter.name, coerce(args[index] ?? null, parameter.type, env, parameter.name)]))
      return coerce(evaluateBoxed(logic.body, within(scope, values), { ...run, env }), result, env, name)
    },
  }
  return made
}

function repeat(boxed: Iteration, scope: Scope, run: Run): Value {
  const domain = evaluateDomain(boxed, scope, run)
  if (!domain) return null
  const results: Value[] = []
  for (const value of domain) {
    const values = new Map<string, Value>([
      ['partial', [...results]],
      [boxed.variable, value],
    ])
    spend(run.env, 1 + Math.ceil(results.length / 10))
    results.push(evaluateBoxed(boxed.body, within(scope, values), run))
  }
  return results
}

function quantify(boxed: Iteration, scope: Scope, run: Run): Value {
  const decisive = boxed.k === 'some'
  let result: boolean | null = !decisive
  for (const value of evaluateDomain(boxed, scope, run) ?? [undefined]) {
    if (value === undefined) return null
    const verdict = evaluateBoxed(boxed.body, within(scope, new Map([[boxed.variable, value]])), run)
    if (verdict === decisive) return decisive
    if (typeof verdict !== 'boolean') result = null
  }
  return result
}

function evaluateDomain(boxed: Iteration, scope: Scope, run: Run): Value[] | null {
  const { domain } = boxed
  if (domain?.k !== 'literal' || !domain.text.includes('..')) return toDomain(evaluateBoxed(domain, scope, run), run.env)
  const iteration = attemptParse(() => parseIteration(domain.text, parseScope(scope, run)))
  if (iteration instanceof SyntaxProblem) return fail(run.env, `${run.element}: “${domain.text.slice(0, 80)}”: ${iteration.message}`)
  const from = evaluate(iteration.from, scope, run.env)
  if (!iteration.to) return toDomain(from, run.env)
  return toDomain({ kind: 'range', start: from, end: evaluate(iteration.to, scope, run.env), startIncluded: true, endIncluded: true }, run.env)
}
