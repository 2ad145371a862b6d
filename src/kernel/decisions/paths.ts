// `value.name` and `list[filter]` (DMN 10.3.2.5, 10.3.2.13 table 53 and 54).
import { integer, toInteger } from './decimal.ts'
import { checkList, type Environment, fail, spend } from './environment.ts'
import { findEntry, type Scope, within } from './scope.ts'
import { nanoseconds, offsetSeconds, second, weekday } from './temporal.ts'
import { type ClockTime, isContext, isList, isNumber, kindOf, type Value } from './values.ts'

/** A component of a context, a property of a temporal value or range, or the list of those of a list's items. */
export function findProperty(value: Value, name: string, env: Environment): Value {
  if (isContext(value)) return findEntry(value, name) ?? (value.has(name) ? null : fail(env, `The context has no “${name}”.`))
  if (isList(value)) {
    spend(env, value.length)
    return value.map((item) => findProperty(item, name, env))
  }
  const property = readProperty(value, name)
  return property === undefined ? fail(env, `${kindOf(value)} has no “${name}”.`) : property
}

function readProperty(value: Value, name: string): Value | undefined {
  if (value === null || typeof value !== 'object' || isList(value) || isContext(value)) return undefined
  switch (value.kind) {
    case 'date':
      return pick(name, { year: value.year, month: value.month, day: value.day, weekday: weekday(value) })
    case 'date and time':
      return (
        pick(name, { year: value.year, month: value.month, day: value.day, weekday: weekday(value) }) ?? readClock(value, name, offsetSeconds(value))
      )
    case 'time':
      return readClock(value, name, value.zone && 'offset' in value.zone ? value.zone.offset : null)
    case 'years and months duration':
      return pick(name, { years: Math.trunc(value.months / 12), months: value.months % 12 })
    case 'days and time duration':
      return readDays(value.nanos, name)
    case 'range':
      return new Map<string, Value>([
        ['start', value.start],
        ['end', value.end],
        ['start included', value.startIncluded],
        ['end included', value.endIncluded],
      ]).get(name)
    default:
      return undefined
  }
}

const pick = (name: string, parts: Record<string, number>): Value | undefined =>
  Object.hasOwn(parts, name) ? integer((parts[name] ?? 0) || 0) : undefined

function readClock(time: ClockTime, name: string, offset: number | null): Value | undefined {
  if (name === 'time offset') return offset === null ? null : nanoseconds(BigInt(offset) * second)
  if (name === 'timezone') return time.zone && 'id' in time.zone ? time.zone.id : null
  return pick(name, { hour: time.hour, minute: time.minute, second: time.second })
}

function readDays(nanos: bigint, name: string): Value | undefined {
  const seconds = nanos / second
  const parts: Record<string, bigint> = {
    days: seconds / 86_400n,
    hours: (seconds / 3600n) % 24n,
    minutes: (seconds / 60n) % 60n,
    seconds: seconds % 60n,
  }
  return Object.hasOwn(parts, name) ? integer(parts[name] ?? 0n) : undefined
}

/**
 * The item at a place (from 1, or from -1 at the end) when the filter is a number, else the items for which it is true.
 * Inside the filter `item` and the components of the item are in scope.
 */
export function filterList(target: Value, filter: (scope: Scope) => Value, scope: Scope, env: Environment): Value {
  const list = isList(target) ? target : target === null ? [] : [target]
  checkList(env, list.length)
  const kept: Value[] = []
  if (list.length === 0) return isNumber(filter(within(scope, new Map([['item', null]])))) ? fail(env, 'The list has no such place.') : []
  for (const [index, item] of list.entries()) {
    const wanted = filter(itemScope(scope, item))
    if (index === 0 && isNumber(wanted)) return itemAt(list, toInteger(wanted), env)
    if (wanted !== null && typeof wanted !== 'boolean') return fail(env, 'A filter is a number or true or false.')
    if (wanted === true) kept.push(item)
  }
  return kept
}

function itemScope(scope: Scope, item: Value): Scope {
  const outer = within(scope, new Map([['item', item]]))
  return isContext(item) ? within(outer, item) : outer
}

function itemAt(list: Value[], place: number | undefined, env: Environment): Value {
  const found = place === undefined || place === 0 ? undefined : list.at(place > 0 ? place - 1 : place)
  return found === undefined ? fail(env, 'The list has no such place.') : found
}
