// The iterations of `for`, `some` and `every` (DMN 10.3.2.13, 10.3.2.14): over lists, ranges of whole numbers and ranges of dates.
import type { IteratorNode, Node } from './ast.ts'
import { integer, toInteger } from './decimal.ts'
import { checkList, type Environment, fail, spend } from './environment.ts'
import { type Scope, within } from './scope.ts'
import { dateOfDays, daysOf } from './temporal.ts'
import { isList, isNumber, isRange, kindOf, type Value } from './values.ts'

/**
 * Calls `visit` for each combination of the iterators' values, in order, until it says false. False when a domain is null or no list.
 */
export function iterate(
  iterators: IteratorNode[],
  scope: Scope,
  env: Environment,
  evaluate: (node: Node, scope: Scope, env: Environment) => Value,
  visit: (scope: Scope) => boolean,
): boolean {
  let complete = true
  const step = (index: number, at: Scope): boolean => {
    const iterator = iterators[index]
    if (!iterator) return visit(at)
    const from = evaluate(iterator.from, at, env)
    const domain = iterator.to ? between(from, evaluate(iterator.to, at, env), env) : toDomain(from, env)
    if (!domain) {
      complete = false
      return false
    }
    return domain.every((value) => {
      spend(env, 1)
      return step(index + 1, within(at, new Map([[iterator.name, value]])))
    })
  }
  step(0, scope)
  return complete
}

/** What a value gives to iterate over: a list itself, a closed range its members, another value itself; null for null. */
export function toDomain(value: Value, env: Environment): Value[] | null {
  if (isList(value)) return value
  if (value === null) return fail(env, 'There is nothing to repeat over.')
  if (!isRange(value)) return [value]
  const members = between(value.start, value.end, env)
  if (!members) return null
  return members.slice(value.startIncluded ? 0 : 1, value.endIncluded ? members.length : members.length - 1)
}

function between(from: Value, to: Value, env: Environment): Value[] | null {
  if (isNumber(from) && isNumber(to)) return count(toInteger(from), toInteger(to), env, (value) => integer(value))
  if (from !== null && to !== null && typeof from === 'object' && typeof to === 'object' && 'kind' in from && 'kind' in to) {
    if (from.kind === 'date' && to.kind === 'date') {
      return count(daysOf(from.year, from.month, from.day), daysOf(to.year, to.month, to.day), env, dateOfDays)
    }
  }
  return fail(env, `No repetition from ${kindOf(from)} to ${kindOf(to)}.`)
}

function count(from: number | undefined, to: number | undefined, env: Environment, make: (value: number) => Value): Value[] | null {
  if (from === undefined || to === undefined) return fail(env, 'A repetition goes from one whole number to another.')
  const length = Math.abs(to - from) + 1
  checkList(env, length)
  const direction = to < from ? -1 : 1
  return Array.from({ length }, (_, index) => make(from + direction * index))
}
