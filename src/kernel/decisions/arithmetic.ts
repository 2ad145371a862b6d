// + - * / ** (DMN 10.3.2.13, tables 45–50). What the tables do not allow is null.
import type { ArithmeticOperator } from './ast.ts'
import { add, type Decimal, divide, integer, multiply, subtract, truncated } from './decimal.ts'
import { power } from './decimal-functions.ts'
import { checkString, type Environment, fail } from './environment.ts'
import {
  addMonths,
  addNanos,
  atMidnightUtc,
  dateOfDays,
  day,
  daysOf,
  floorDivide,
  instantOf,
  localNanos,
  months,
  nanoseconds,
  nanosOfDay,
  timeInstant,
  timeOfNanos,
} from './temporal.ts'
import {
  type FeelDate,
  type FeelDateTime,
  type FeelTime,
  isContext,
  isList,
  kindOf,
  type MonthsDuration,
  type NanosDuration,
  type Value,
} from './values.ts'

/** a operator b. */
export function calculate(operator: ArithmeticOperator, a: Value, b: Value, env: Environment): Value {
  const result = tryCalculate(operator, a, b, env)
  if (result === null && a !== null && b !== null) return fail(env, `${kindOf(a)} ${operator} ${kindOf(b)} has no result.`)
  return result
}

function tryCalculate(operator: ArithmeticOperator, a: Value, b: Value, env: Environment): Value {
  if (typeof a === 'string') return operator === '+' && typeof b === 'string' ? checkString(env, a + b) : null
  if (!isObject(a) || !isObject(b)) return null
  if (a.kind === 'number' && b.kind === 'number') return calculateNumbers(operator, a, b)
  if (operator === '+') return plus(a, b) ?? plus(b, a)
  if (operator === '-') return minus(a, b)
  if (operator === '*') return times(a, b) ?? times(b, a)
  return operator === '/' ? over(a, b) : null
}

type Valued = Exclude<Value, null | boolean | string | Value[] | Map<string, Value>>

const isObject = (value: Value): value is Valued => value !== null && typeof value === 'object' && !isList(value) && !isContext(value)

function calculateNumbers(operator: ArithmeticOperator, a: Decimal, b: Decimal): Decimal | null {
  switch (operator) {
    case '+':
      return add(a, b)
    case '-':
      return subtract(a, b)
    case '*':
      return multiply(a, b)
    case '/':
      return divide(a, b)
    case '**':
      return power(a, b)
  }
}

function plus(a: Valued, b: Valued): Value {
  if (b.kind === 'years and months duration') {
    if (a.kind === 'years and months duration') return safeMonths(a.months + b.months)
    return a.kind === 'date' || a.kind === 'date and time' ? addMonths(a, b.months) : null
  }
  return b.kind === 'days and time duration' ? plusNanos(a, b.nanos) : null
}

function plusNanos(a: Valued, nanos: bigint): Value {
  if (a.kind === 'days and time duration') return nanoseconds(a.nanos + nanos)
  if (a.kind === 'date and time') return addNanos(a, nanos)
  if (a.kind === 'time') return timeOfNanos(nanosOfDay(a) + nanos, a.zone)
  if (a.kind !== 'date') return null
  const days = BigInt(daysOf(a.year, a.month, a.day)) + floorDivide(nanos, day)
  return days > -(10n ** 13n) && days < 10n ** 13n ? dateOfDays(Number(days)) : null
}

function minus(a: Valued, b: Valued): Value {
  if (b.kind === 'years and months duration') return plus(a, months(-b.months))
  if (b.kind === 'days and time duration') return plus(a, nanoseconds(-b.nanos))
  if (a.kind === 'time' && b.kind === 'time') return timesApart(a, b)
  if ((a.kind === 'date' || a.kind === 'date and time') && (b.kind === 'date' || b.kind === 'date and time')) return momentsApart(a, b)
  return null
}

function timesApart(a: FeelTime, b: FeelTime): NanosDuration | null {
  const [x, y] = [timeInstant(a), timeInstant(b)]
  if (x === null && y === null) return nanoseconds(nanosOfDay(a) - nanosOfDay(b))
  return x === null || y === null ? null : nanoseconds(x - y)
}

/** A date is midnight UTC here; a moment with a zone and one without have no distance. */
function momentsApart(a: FeelDate | FeelDateTime, b: FeelDate | FeelDateTime): NanosDuration | null {
  const left = a.kind === 'date' ? atMidnightUtc(a) : a
  const right = b.kind === 'date' ? atMidnightUtc(b) : b
  const [x, y] = [instantOf(left), instantOf(right)]
  if (x === null && y === null) return nanoseconds(localNanos(left) - localNanos(right))
  return x === null || y === null ? null : nanoseconds(x - y)
}

function times(a: Valued, b: Valued): Value {
  if (b.kind !== 'number') return null
  if (a.kind === 'years and months duration') return toMonths(multiply(integer(a.months), b))
  return a.kind === 'days and time duration' ? toNanos(exactProduct(a.nanos, b)) : null
}

const exactProduct = (nanos: bigint, factor: Decimal): Decimal => ({ kind: 'number', c: nanos * factor.c, e: factor.e })

function over(a: Valued, b: Valued): Value {
  if (a.kind === 'years and months duration') {
    if (b.kind === 'number') return toMonths(divide(integer(a.months), b))
    return b.kind === 'years and months duration' ? divide(integer(a.months), integer(b.months)) : null
  }
  if (a.kind !== 'days and time duration') return null
  if (b.kind === 'number') return toNanos(divide(integer(a.nanos), b))
  return b.kind === 'days and time duration' ? divide(integer(a.nanos), integer(b.nanos)) : null
}

function toMonths(count: Decimal | null): MonthsDuration | null {
  return count && count.e < 20 ? safeMonths(Number(truncated(count))) : null
}

const toNanos = (count: Decimal | null) => (count && count.e < 60 ? nanoseconds(truncated(count)) : null)
const safeMonths = (count: number) => (Number.isSafeInteger(count) ? months(count) : null)
