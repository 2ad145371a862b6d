// Built-in functions on numbers (DMN 10.3.4.5) and on booleans (10.3.4.2).
import { abs, compare, type Decimal, integer, modulo, rescale, type Rounding, toInteger, zero } from './decimal.ts'
import { exponential, naturalLogarithm, squareRoot } from './decimal-functions.ts'
import { define } from './define.ts'
import { type Environment, fail } from './environment.ts'
import { months, nanoseconds } from './temporal.ts'
import { isNumber, type Value } from './values.ts'

const lowestScale = -6111
const highestScale = 6176

const rounding = (name: string, mode: Rounding, scale: 'scale' | 'scale?') =>
  define(name, `n: number, ${scale}: number`, ([n, digits], env) => (isNumber(n) ? round(n, digits, mode, env) : null))

function round(n: Decimal, scale: Value | undefined, mode: Rounding, env: Environment): Value {
  const digits = scale === undefined ? 0 : isNumber(scale) ? toInteger(scale) : undefined
  if (digits === undefined || digits < lowestScale || digits > highestScale) return fail(env, 'There is no such number of digits.')
  return rescale(n, digits, mode)
}

const numeric = (name: string, apply: (value: Decimal) => Value) =>
  define(name, 'number: number', ([value], env) => (isNumber(value) ? (apply(value) ?? fail(env, `${name} of this number has no result.`)) : null))

const isOdd = (value: Decimal): boolean | null => {
  const rest = modulo(value, integer(2))
  return rest && (compare(rest, integer(1)) === 0 ? true : compare(rest, zero) === 0 ? false : null)
}

export const numberFunctions = [
  rounding('decimal', 'half even', 'scale'),
  rounding('floor', 'floor', 'scale?'),
  rounding('ceiling', 'ceiling', 'scale?'),
  rounding('round up', 'up', 'scale'),
  rounding('round down', 'down', 'scale'),
  rounding('round half up', 'half up', 'scale'),
  rounding('round half down', 'half down', 'scale'),
  define('abs', ['n: number', 'n: duration'], ([value]) => {
    if (isNumber(value)) return abs(value)
    if (value === null || typeof value !== 'object' || !('kind' in value)) return null
    if (value.kind === 'years and months duration') return months(Math.abs(value.months))
    return value.kind === 'days and time duration' ? nanoseconds(value.nanos < 0n ? -value.nanos : value.nanos) : null
  }),
  define('modulo', 'dividend: number, divisor: number', ([a, b], env) =>
    isNumber(a) && isNumber(b) ? (modulo(a, b) ?? fail(env, 'Modulo zero has no result.')) : null,
  ),
  numeric('sqrt', squareRoot),
  numeric('log', naturalLogarithm),
  numeric('exp', exponential),
  numeric('odd', isOdd),
  numeric('even', (value) => {
    const odd = isOdd(value)
    return odd === null ? null : !odd
  }),
  define('not', 'negand: Any', ([value], env) =>
    typeof value === 'boolean' ? !value : value === null ? null : fail(env, 'Only true and false have a contrary.'),
  ),
]
