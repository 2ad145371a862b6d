// Built-in functions that convert (DMN 10.3.4.1): number, string, range; and `is` (10.3.4.6).
import type { Node } from './ast.ts'
import { equals } from './compare.ts'
import { parseDecimal } from './decimal.ts'
import { type Arguments, define } from './define.ts'
import { checkString, type Environment, fail } from './environment.ts'
import { evaluate } from './evaluate.ts'
import { nameTable } from './names.ts'
import { parseExpression } from './parse.ts'
import { SyntaxProblem } from './scan.ts'
import type { Scope } from './scope.ts'
import { temporalFunctions } from './builtins-temporal.ts'
import { toText } from './text.ts'
import { anyType } from './types.ts'
import { isContext, isList, isRange, kindOf, type FeelDateTime, type FeelTime, type Value } from './values.ts'

export const conversionFunctions = [
  define('number', ['from: string, grouping separator?: string?, decimal separator?: string?', 'from: number'], makeNumber),
  define('string', 'from: Any', ([from = null], env) => (from === null ? null : checkString(env, typeof from === 'string' ? from : toText(from)))),
  define('range', 'from: string', ([from], env) => (typeof from === 'string' ? readRange(from, env) : null)),
  define('is', 'value1: Any, value2: Any', ([a = null, b = null]) => isSame(a, b)),
]

function makeNumber([from, grouping = null, point = null]: Arguments, env: Environment): Value {
  if (typeof from !== 'string') return from ?? null
  const group = typeof grouping === 'string' ? grouping : ''
  const decimal = typeof point === 'string' ? point : '.'
  const valid =
    ['', ' ', ',', '.'].includes(group) &&
    ['.', ','].includes(decimal) &&
    (point === null || group !== decimal) &&
    (grouping === null || group !== '')
  if (!valid) return fail(env, 'These are no separators of numbers.')
  const plain = (group === '' ? from : from.replaceAll(group, '')).replace(decimal, '.')
  const doubtful = decimal === ',' && from.replaceAll(group === '' ? '\0' : group, '').includes('.')
  return (doubtful ? undefined : parseDecimal(plain)) ?? fail(env, `“${from}” is no number.`)
}

const literals = new Map(temporalFunctions.map((one) => [one.name, one]))
const literalScope: Scope = { values: new Map(literals), outer: undefined, types: () => anyType }

/** A range written out, its ends literals or `date("…")` and the like. */
function readRange(text: string, env: Environment): Value {
  try {
    const node = parseExpression(text.trim(), { names: nameTable(literals.keys()), properties: nameTable([]), types: nameTable([]) })
    if (node.k === 'range' && isLiteral(node.start) && isLiteral(node.end)) return evaluate(node, literalScope, env)
  } catch (error) {
    if (!(error instanceof SyntaxProblem)) throw error
  }
  return fail(env, `“${text}” is no range.`)
}

function isLiteral(node: Node | undefined): boolean {
  if (!node || node.k === 'literal') return true
  if (node.k === 'negative') return isLiteral(node.operand)
  return node.k === 'call' && node.target.k === 'name' && !node.names && node.args.every((arg) => arg.k === 'literal')
}

/** The same element of the semantic domain: same kind, same clock face and same zone. */
function isSame(a: Value, b: Value): boolean {
  if (kindOf(a) !== kindOf(b)) return false
  if (isList(a) && isList(b)) return a.length === b.length && a.every((item, index) => isSame(item, b[index] ?? null))
  if (isContext(a) && isContext(b)) return a.size === b.size && [...a].every(([key, value]) => b.has(key) && isSame(value, b.get(key) ?? null))
  if (isRange(a) && isRange(b)) return equals(a, b) === true && isSame(a.start, b.start) && isSame(a.end, b.end)
  if (hasClock(a) && hasClock(b) && JSON.stringify(a.zone) !== JSON.stringify(b.zone)) return false
  return equals(a, b) === true
}

const hasClock = (value: Value): value is FeelTime | FeelDateTime => kindOf(value) === 'time' || kindOf(value) === 'date and time'
