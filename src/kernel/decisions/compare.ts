// Equality and order (DMN 10.3.2.13, tables 42–44). null stands for “cannot be compared”.
import { compare as compareDecimals } from './decimal.ts'
import { type Environment, spend } from './environment.ts'
import { instantOf, localNanos, nanosOfDay, timeInstant, daysOf } from './temporal.ts'
import { type Context, type FeelDateTime, type FeelRange, type FeelTime, isContext, isList, type Value } from './values.ts'

/** a = b: null for values of different types. With `env` the work on lists and contexts is counted. */
export function equals(a: Value, b: Value, env?: Environment): boolean | null {
  if (a === null || b === null) return a === b
  if (typeof a === 'string' || typeof a === 'boolean') return typeof a === typeof b ? a === b : null
  if (typeof b === 'string' || typeof b === 'boolean') return null
  if (isList(a)) return isList(b) ? listsEqual(a, b, env) : null
  if (isContext(a)) return isContext(b) ? contextsEqual(a, b, env) : null
  if (isList(b) || isContext(b) || a.kind !== b.kind) return null
  if (a.kind === 'range' && b.kind === 'range') return rangesEqual(a, b, env)
  if (a.kind === 'function') return a === b
  if (a.kind === 'date and time' && b.kind === 'date and time') return zonesMatch(a, b) && order(a, b) === 0
  if (a.kind === 'time' && b.kind === 'time') return zonesMatch(a, b) && order(a, b) === 0
  return order(a, b) === 0
}

const zoneKind = (value: FeelDateTime | FeelTime) => (value.zone === null ? 'none' : 'id' in value.zone ? 'named' : 'offset')
const zonesMatch = (a: FeelDateTime | FeelTime, b: FeelDateTime | FeelTime) => zoneKind(a) === zoneKind(b)

function listsEqual(a: Value[], b: Value[], env?: Environment): boolean | null {
  if (a.length !== b.length) return false
  if (env) spend(env, Math.ceil(a.length / 10))
  let result: boolean | null = true
  for (const [index, item] of a.entries()) {
    const equal = equals(item, b[index] ?? null, env)
    if (equal === false) return false
    result = equal && result
  }
  return result
}

function contextsEqual(a: Context, b: Context, env?: Environment): boolean | null {
  if (env) spend(env, Math.ceil(a.size / 10))
  if (a.size !== b.size || [...a.keys()].some((key) => !b.has(key))) return false
  return allOf(
    [...a].map(([key, value]) => [value, b.get(key) ?? null]),
    env,
  )
}

function rangesEqual(a: FeelRange, b: FeelRange, env?: Environment): boolean | null {
  if (a.startIncluded !== b.startIncluded || a.endIncluded !== b.endIncluded || a.excluded !== b.excluded) return false
  return allOf(
    [
      [a.start, b.start],
      [a.end, b.end],
    ],
    env,
  )
}

function allOf(pairs: [Value, Value][], env?: Environment): boolean | null {
  let result: boolean | null = true
  for (const [a, b] of pairs) {
    const equal = equals(a, b, env)
    if (equal === false) return false
    result = equal && result
  }
  return result
}

/** Negative, zero, positive; null when the two have no order. */
export function order(a: Value, b: Value): number | null {
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b)
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object' || isList(a) || isList(b) || isContext(a) || isContext(b))
    return null
  if (a.kind === 'number' && b.kind === 'number') return compareDecimals(a, b)
  if (a.kind === 'date' && b.kind === 'date') return daysOf(a.year, a.month, a.day) - daysOf(b.year, b.month, b.day)
  if (a.kind === 'date and time' && b.kind === 'date and time') return moments(instantOf(a), instantOf(b), localNanos(a), localNanos(b))
  if (a.kind === 'time' && b.kind === 'time') return moments(timeInstant(a), timeInstant(b), nanosOfDay(a), nanosOfDay(b))
  if (a.kind === 'years and months duration' && b.kind === 'years and months duration') return a.months - b.months
  if (a.kind === 'days and time duration' && b.kind === 'days and time duration') return sign(a.nanos, b.nanos)
  return null
}

// With a zone on one side only there is no order.
function moments(a: bigint | null, b: bigint | null, localA: bigint, localB: bigint): number | null {
  if (a === null && b === null) return sign(localA, localB)
  return a === null || b === null ? null : sign(a, b)
}

const sign = (a: bigint, b: bigint) => (a < b ? -1 : a > b ? 1 : 0)

/** By code points, which UTF-16 order is not above U+FFFF. */
function compareText(a: string, b: string): number {
  if (a === b) return 0
  let at = 0
  while (at < a.length && at < b.length && a.charCodeAt(at) === b.charCodeAt(at)) at++
  return fixed(a.charCodeAt(at)) - fixed(b.charCodeAt(at))
}

const fixed = (unit: number) => (Number.isNaN(unit) ? -1 : unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit)

/** Whether a range holds a value; null when they cannot be compared. */
export function includes(range: FeelRange, value: Value): boolean | null {
  if (range.excluded) {
    const equal = equals(range.start, value)
    return equal === null ? null : !equal
  }
  if (range.start !== null && range.end !== null && range.startIncluded && range.endIncluded && range.start === range.end)
    return equals(range.start, value)
  const low = range.start === null ? true : within(order(range.start, value), range.startIncluded)
  const high = range.end === null ? true : within(order(value, range.end), range.endIncluded)
  if (value === null || low === null || high === null) return null
  return low && high
}

const within = (distance: number | null, included: boolean): boolean | null =>
  distance === null ? null : distance < 0 || (included && distance === 0)
