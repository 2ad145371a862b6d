// Evaluates a parsed FEEL expression (DMN 10.3.2.13). Errors of FEEL are null with a warning; only an exceeded budget throws.
import { calculate } from './arithmetic.ts'
import type { ComparisonOperator, Node, TestNode, TypeNode, UnaryTests } from './ast.ts'
import { equals, includes, order } from './compare.ts'
import { negate } from './decimal.ts'
import { checkList, type Environment, fail, spend } from './environment.ts'
import { filterList, findProperty } from './paths.ts'
import { inferType } from './infer.ts'
import { invoke } from './invoke.ts'
import { iterate } from './iterate.ts'
import { findValue, type Scope, within } from './scope.ts'
import { months, nanoseconds } from './temporal.ts'
import { anyType, coerce, type FeelType, findBuiltInType, isInstance } from './types.ts'
import { type FeelFunction, type FeelRange, isFunction, isList, isNumber, isRange, kindOf, type Value } from './values.ts'

/** The value of an expression. */
export function evaluate(node: Node, scope: Scope, env: Environment): Value {
  spend(env, 1)
  switch (node.k) {
    case 'literal':
      return node.value
    case 'name':
      return findValue(scope, node.name) ?? unknownName(node.name, scope, env)
    case 'list':
      checkList(env, node.items.length)
      return node.items.map((item) => evaluate(item, scope, env))
    case 'context':
      return evaluateContext(node, scope, env)
    case 'range':
      return evaluateRange(node, scope, env)
    case 'bound':
      return evaluateBound(node.operator, evaluate(node.operand, scope, env))
    case 'negative':
      return evaluateNegative(evaluate(node.operand, scope, env), env)
    case 'arithmetic':
      return calculate(node.operator, evaluate(node.left, scope, env), evaluate(node.right, scope, env), env)
    case 'comparison':
      return compareValues(node.operator, evaluate(node.left, scope, env), evaluate(node.right, scope, env), env)
    case 'between':
      return evaluateBetween(node, scope, env)
    case 'in':
      return evaluateIn(node.tests, evaluate(node.value, scope, env), scope, env)
    case 'and':
    case 'or':
      return evaluateLogic(node, scope, env)
    case 'if':
      return evaluate(evaluate(node.condition, scope, env) === true ? node.whenTrue : node.whenFalse, scope, env)
    case 'for':
      return evaluateFor(node, scope, env)
    case 'some':
    case 'every':
      return evaluateQuantified(node, scope, env)
    case 'function':
      return makeFunction(node, scope, env)
    case 'call':
      return evaluateCall(node, scope, env)
    case 'path':
      return findProperty(evaluate(node.target, scope, env), node.name, env)
    case 'filter':
      return filterList(evaluate(node.target, scope, env), (inner) => evaluate(node.filter, inner, env), scope, env)
    case 'instance':
      return isInstance(evaluate(node.value, scope, env), resolveType(node.type, scope.types), env)
  }
}

function unknownName(name: string, scope: Scope, env: Environment): null {
  return findValue(scope, name) === undefined ? fail(env, `“${name}” is not known here.`) : null
}

function evaluateContext(node: Extract<Node, { k: 'context' }>, scope: Scope, env: Environment): Value {
  const values = new Map<string, Value>()
  const inner = within(scope, values)
  for (const entry of node.entries) {
    if (values.has(entry.name)) return fail(env, `The context has “${entry.name}” twice.`)
    values.set(entry.name, evaluate(entry.value, inner, env))
  }
  return values
}

function evaluateRange(node: Extract<Node, { k: 'range' }>, scope: Scope, env: Environment): Value {
  const start = node.start ? evaluate(node.start, scope, env) : null
  const end = node.end ? evaluate(node.end, scope, env) : null
  if ((node.start && start === null) || (node.end && end === null)) return fail(env, 'A range has an end that is null.')
  if (start !== null && end !== null && order(start, end) === null) return fail(env, 'The ends of a range cannot be compared.')
  return { kind: 'range', start, end, startIncluded: node.startIncluded, endIncluded: node.endIncluded }
}

/** `< 5` as a value is the range without a start (DMN 10.3.2.7). */
function evaluateBound(operator: ComparisonOperator, value: Value): FeelRange {
  const none = { kind: 'range', start: null, end: null, startIncluded: false, endIncluded: false } as const
  switch (operator) {
    case '<':
      return { ...none, end: value }
    case '<=':
      return { ...none, end: value, endIncluded: true }
    case '>':
      return { ...none, start: value }
    case '>=':
      return { ...none, start: value, startIncluded: true }
    case '=':
      return { ...none, start: value, end: value, startIncluded: true, endIncluded: true }
    case '!=':
      return { ...none, start: value, end: value, excluded: true }
  }
}

function evaluateNegative(value: Value, env: Environment): Value {
  if (isNumber(value)) return negate(value)
  if (value !== null && typeof value === 'object' && 'kind' in value) {
    if (value.kind === 'years and months duration') return months(-value.months)
    if (value.kind === 'days and time duration') return nanoseconds(-value.nanos)
  }
  return fail(env, `- ${kindOf(value)} has no result.`)
}

function compareValues(operator: ComparisonOperator, a: Value, b: Value, env: Environment): Value {
  if (operator === '=' || operator === '!=') {
    const equal = equals(a, b, env)
    if (equal === null) return fail(env, `${kindOf(a)} ${operator} ${kindOf(b)} cannot be compared.`)
    return operator === '=' ? equal : !equal
  }
  const distance = order(a, b)
  if (distance === null) return fail(env, `${kindOf(a)} ${operator} ${kindOf(b)} cannot be compared.`)
  if (operator === '<') return distance < 0
  if (operator === '<=') return distance <= 0
  return operator === '>' ? distance > 0 : distance >= 0
}

function evaluateBetween(node: Extract<Node, { k: 'between' }>, scope: Scope, env: Environment): Value {
  const value = evaluate(node.value, scope, env)
  const low = compareValues('>=', value, evaluate(node.low, scope, env), env)
  const high = compareValues('<=', value, evaluate(node.high, scope, env), env)
  if (low === false || high === false) return false
  return low === null || high === null ? null : true
}

function evaluateIn(tests: TestNode[], value: Value, scope: Scope, env: Environment): Value {
  let result: boolean | null = false
  for (const test of tests) {
    const passed = passes(test, value, scope, env)
    if (passed === true) return true
    if (passed === null && tests.length === 1) result = null
  }
  return result
}

/** Whether a value passes the tests of a cell (DMN 10.3.2.13, table 55). Anything but a clear yes is a no. */
export function passesTests(tests: UnaryTests, value: Value, scope: Scope, env: Environment): boolean {
  if (tests.any) return true
  const passed = tests.tests.map((test) => passes(test, value, scope, env))
  return tests.negated ? passed.every((one) => one === false) : passed.includes(true)
}

function passes({ node, usesInput }: TestNode, value: Value, scope: Scope, env: Environment): boolean | null {
  const wanted = evaluate(node, within(scope, new Map([['?', value]])), env)
  if (usesInput) return typeof wanted === 'boolean' ? wanted : null
  if (wanted === null && node.k === 'range') return null
  if (isRange(wanted) && !isRange(value)) return includes(wanted, value)
  if (isList(wanted)) {
    if (isList(value) && equals(value, wanted, env) === true) return true
    return wanted.some((item) => (isRange(item) && !isRange(value) ? includes(item, value) : equals(item, value, env)) === true)
  }
  return equals(wanted, value, env) ?? (isList(value) ? null : false)
}

function evaluateLogic(node: Extract<Node, { k: 'and' | 'or' }>, scope: Scope, env: Environment): Value {
  const decisive = node.k === 'or'
  const left = evaluate(node.left, scope, env)
  if (left === decisive) return decisive
  const right = evaluate(node.right, scope, env)
  if (right === decisive) return decisive
  return typeof left === 'boolean' && typeof right === 'boolean' ? !decisive : null
}

function evaluateFor(node: Extract<Node, { k: 'for' }>, scope: Scope, env: Environment): Value {
  const results: Value[] = []
  const complete = iterate(node.iterators, scope, env, evaluate, (inner) => {
    const values = node.usesPartial ? new Map<string, Value>([['partial', [...results]]]) : undefined
    if (values) spend(env, Math.ceil(results.length / 10))
    results.push(evaluate(node.body, values ? within(inner, values) : inner, env))
    checkLength(results, env)
    return true
  })
  return complete ? results : null
}

function checkLength(results: Value[], env: Environment): void {
  if (results.length > env.budget.list) checkList(env, results.length)
}

function evaluateQuantified(node: Extract<Node, { k: 'some' | 'every' }>, scope: Scope, env: Environment): Value {
  const decisive = node.k === 'some'
  let result: boolean | null = !decisive
  const complete = iterate(node.iterators, scope, env, evaluate, (inner) => {
    const value = evaluate(node.body, inner, env)
    if (value === decisive) result = decisive
    else if (typeof value !== 'boolean') result = null
    return value !== decisive
  })
  return complete ? result : null
}

function evaluateCall(node: Extract<Node, { k: 'call' }>, scope: Scope, env: Environment): Value {
  const target = evaluate(node.target, scope, env)
  if (!isFunction(target)) return fail(env, `${node.target.k === 'name' ? `“${node.target.name}”` : kindOf(target)} is no function.`)
  const args = node.args.map((arg) => evaluate(arg, scope, env))
  return invoke(target, args, node.names, env)
}

function makeFunction(node: Extract<Node, { k: 'function' }>, scope: Scope, env: Environment): Value {
  if (node.external) return fail(env, 'External functions are refused.')
  const parameters = node.parameters.map(({ name, type }) => ({ name, type: type && resolveType(type, scope.types) }))
  const result = inferType(node.body, new Map(parameters.map(({ name, type }) => [name, type ?? anyType])))
  const made: FeelFunction = {
    kind: 'function',
    name: 'the function',
    signatures: [parameters],
    result: result.kind === 'any' ? undefined : result,
    strict: false,
    call: (args, at) =>
      evaluate(node.body, within(scope, new Map(parameters.map(({ name, type }, index) => [name, coerce(args[index] ?? null, type, at, name)]))), at),
  }
  return made
}

/** The type a type expression means. */
export function resolveType(node: TypeNode, types: Scope['types']): FeelType {
  switch (node.k) {
    case 'named':
      return node.name.toLowerCase() === 'null' ? { kind: 'null' } : (findBuiltInType(node.name) ?? types(node.name))
    case 'list':
    case 'range':
      return { kind: node.k, of: resolveType(node.of, types) }
    case 'context':
      return { kind: 'context', fields: new Map(node.fields.map(([name, type]) => [name, resolveType(type, types)])) }
    case 'function':
      return { kind: 'function', parameters: node.parameters.map((one) => resolveType(one, types)), result: resolveType(node.result, types) }
  }
}
