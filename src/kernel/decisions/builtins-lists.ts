// Built-in functions on lists (DMN 10.3.4.4) and sort (10.3.4.8).
import { equals, order } from './compare.ts'
import { add, divide, integer, multiply, one, toInteger, zero, type Decimal } from './decimal.ts'
import { standardDeviation } from './decimal-functions.ts'
import { type Arguments, define } from './define.ts'
import { checkList, type Environment, fail, spend } from './environment.ts'
import { invoke } from './invoke.ts'
import { isFunction, isList, isNumber, type Value } from './values.ts'

const both = ['list: list', '...n: Any']
const asList = (value: Value | undefined): Value[] => (value !== undefined && isList(value) ? value : [])
const same = (a: Value, b: Value, env?: Environment) => equals(a, b, env) === true

/** A function of numbers, given as one list or as arguments. */
const ofNumbers = (name: string, apply: (numbers: Decimal[]) => Value) =>
  define(name, both, ([list], env) => {
    const items = asList(list)
    if (!items.every((item) => isNumber(item))) return fail(env, `${name} takes numbers.`)
    spend(env, items.length)
    return apply(items)
  })

const extreme = (name: string, sign: number) =>
  define(name, both, ([list], env) => {
    const items = asList(list)
    let best = items[0] ?? null
    for (const item of items) {
      const distance = order(item, best)
      if (distance === null) return fail(env, `${name} takes values that can be compared.`)
      if (distance * sign > 0) best = item
    }
    return best
  })

const quantifier = (name: string, decisive: boolean) =>
  define(name, ['list: list', '...b: Any'], ([list]) => {
    const items = asList(list)
    if (items.includes(decisive)) return decisive
    return items.every((item) => typeof item === 'boolean') ? !decisive : null
  })

const total = (numbers: Decimal[]): Decimal | null => numbers.reduce<Decimal | null>((sum, value) => sum && add(sum, value), zero)

export const listFunctions = [
  define('list contains', 'list: list, element: Any', ([list, element], env) => asList(list).some((item) => same(item, element ?? null, env))),
  define('count', ['list: list', '...c: Any'], ([list], _env, signature) =>
    // null is no list (10.3.4.4), and one null alone is meant as the list.
    signature === 1 && asList(list).every((item) => item === null) ? null : integer(asList(list).length),
  ),
  extreme('min', -1),
  extreme('max', 1),
  ofNumbers('sum', (numbers) => (numbers.length === 0 ? null : total(numbers))),
  ofNumbers('mean', (numbers) => {
    const sum = total(numbers)
    return sum && numbers.length > 0 ? divide(sum, integer(numbers.length)) : null
  }),
  ofNumbers('product', (numbers) =>
    numbers.length === 0 ? null : numbers.reduce<Decimal | null>((product, value) => product && multiply(product, value), one),
  ),
  ofNumbers('median', median),
  ofNumbers('stddev', (numbers) => {
    const sum = total(numbers)
    return sum && standardDeviation(numbers, sum)
  }),
  ofNumbers('mode', mode),
  quantifier('all', false),
  quantifier('any', true),
  define('sublist', 'list: list, start position: number, length?: number', sublist),
  define('append', 'list: list, ...item: Any', ([list, items], env) => limited([...asList(list), ...asList(items)], env)),
  define('concatenate', '...list: Any', ([lists], env) => concatenated(lists, env)),
  define('union', '...list: Any', ([lists], env) => {
    const all = concatenated(lists, env)
    return all && distinct(all, env)
  }),
  define('insert before', 'list: list, position: number, newItem: Any', ([list, position, item], env) => {
    const at = placeIn(asList(list), position, env)
    return at === null ? null : limited(asList(list).toSpliced(at, 0, item ?? null), env)
  }),
  define('remove', 'list: list, position: number', ([list, position], env) => {
    const at = placeIn(asList(list), position, env)
    return at === null ? null : asList(list).toSpliced(at, 1)
  }),
  define('list replace', ['list: list, position: number, newItem: Any', 'list: list, match: function, newItem: Any'], listReplace),
  define('reverse', 'list: list', ([list]) => asList(list).toReversed()),
  define('index of', 'list: list, match: Any', ([list, match], env) =>
    asList(list).flatMap((item, index) => (same(item, match ?? null, env) ? [integer(index + 1)] : [])),
  ),
  define('distinct values', 'list: list', ([list], env) => distinct(asList(list), env)),
  define('flatten', 'list: list', ([list], env) => limited(flattened(asList(list), env), env)),
  define('sort', 'list: list, precedes: function', sort),
]

function limited(list: Value[], env: Environment): Value[] {
  checkList(env, list.length)
  return list
}

function median(numbers: Decimal[]): Value {
  const sorted = numbers.toSorted((a, b) => order(a, b) ?? 0)
  const high = sorted[Math.floor(sorted.length / 2)]
  const low = sorted[Math.ceil(sorted.length / 2) - 1]
  if (!high || !low) return null
  const sum = add(low, high)
  return sum && divide(sum, integer(2))
}

function mode(numbers: Decimal[]): Value {
  const sorted = numbers.toSorted((a, b) => order(a, b) ?? 0)
  const runs: { value: Decimal; count: number }[] = []
  for (const value of sorted) {
    const last = runs.at(-1)
    if (last && same(last.value, value)) last.count++
    else runs.push({ value, count: 1 })
  }
  const most = runs.reduce((highest, run) => Math.max(highest, run.count), 0)
  return runs.filter((run) => run.count === most).map((run) => run.value)
}

/** The index of a place counted from 1, or from -1 at the end; null when there is none. */
function placeIn(list: Value[], position: Value | undefined, env: Environment): number | null {
  const place = isNumber(position) ? toInteger(position) : undefined
  if (place === undefined || place === 0 || Math.abs(place) > list.length) return fail(env, 'The list has no such place.')
  return place > 0 ? place - 1 : list.length + place
}

function sublist([list, start, length]: Arguments, env: Environment): Value {
  const items = asList(list)
  const from = placeIn(items, start, env)
  const count = length === undefined ? items.length : isNumber(length) ? toInteger(length) : undefined
  if (from === null) return null
  if (count === undefined || count < 1 || (length !== undefined && from + count > items.length)) return fail(env, 'The list is not that long.')
  return items.slice(from, from + count)
}

function concatenated(lists: Value | undefined, env: Environment): Value[] | null {
  const all = asList(lists)
  if (all.includes(null)) return fail(env, 'null cannot be joined to a list.')
  return limited(
    all.flatMap((one) => (isList(one) ? one : [one])),
    env,
  )
}

function distinct(list: Value[], env: Environment): Value[] {
  const kept: Value[] = []
  for (const item of list) {
    spend(env, 1 + Math.ceil(kept.length / 10))
    if (!kept.some((other) => same(other, item, env))) kept.push(item)
  }
  return kept
}

function flattened(list: Value[], env: Environment): Value[] {
  spend(env, 1 + list.length)
  return list.flatMap((item) => (isList(item) ? flattened(item, env) : [item]))
}

function listReplace([list, where, newItem]: Arguments, env: Environment): Value {
  const items = asList(list)
  const item = newItem ?? null
  if (where === undefined || !isFunction(where)) {
    const at = placeIn(items, where, env)
    return at === null ? null : items.with(at, item)
  }
  if (!where.strict && where.signatures[0]?.length !== 2) return fail(env, 'The function takes an item and the new item.')
  const replaced: Value[] = []
  for (const old of items) {
    const matches = invoke(where, [old, item], undefined, env)
    if (typeof matches !== 'boolean') return fail(env, 'The function says neither true nor false.')
    replaced.push(matches ? item : old)
  }
  return replaced
}

// Merge sort by hand: a function that contradicts itself must neither throw nor make the number of calls unbounded.
function sort([list, precedes]: Arguments, env: Environment): Value {
  if (precedes === undefined || !isFunction(precedes)) return null
  const merge = (left: Value[], right: Value[]): Value[] => {
    const merged: Value[] = []
    let [l, r] = [0, 0]
    while (l < left.length && r < right.length) {
      const [a, b] = [left[l] ?? null, right[r] ?? null]
      if (invoke(precedes, [b, a], undefined, env) === true) {
        merged.push(b)
        r++
      } else {
        merged.push(a)
        l++
      }
    }
    return [...merged, ...left.slice(l), ...right.slice(r)]
  }
  const halves = (items: Value[]): Value[] => {
    const middle = Math.floor(items.length / 2)
    return items.length < 2 ? items : merge(halves(items.slice(0, middle)), halves(items.slice(middle)))
  }
  return halves(asList(list))
}
