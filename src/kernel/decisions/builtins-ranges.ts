// Relations between points and ranges (DMN 10.3.4.9, table 78; Allen's interval algebra).
import { equals, order } from './compare.ts'
import { define } from './define.ts'
import { type Environment, fail } from './environment.ts'
import { type FeelRange, isRange, type Value } from './values.ts'

/** Where a range ends; null is without limit. */
type Edges = FeelRange

class Incomparable extends Error {}

const orderOf = (a: Value, b: Value): number => {
  const distance = order(a, b)
  if (distance === null) throw new Incomparable()
  return distance
}

/** Starts: no start lies before everything. Ends: no end lies after everything. */
const starts = (a: Edges, b: Edges) =>
  a.start === null || b.start === null ? (a.start === b.start ? 0 : a.start === null ? -1 : 1) : orderOf(a.start, b.start)
const ends = (a: Edges, b: Edges) => (a.end === null || b.end === null ? (a.end === b.end ? 0 : a.end === null ? 1 : -1) : orderOf(a.end, b.end))
const endToStart = (a: Edges, b: Edges) => (a.end === null || b.start === null ? 1 : orderOf(a.end, b.start))
const pointToStart = (point: Value, range: Edges) => (range.start === null ? 1 : orderOf(point, range.start))
const pointToEnd = (point: Value, range: Edges) => (range.end === null ? -1 : orderOf(point, range.end))

const rangeBefore = (a: Edges, b: Edges) => {
  const gap = endToStart(a, b)
  return gap < 0 || (gap === 0 && !(a.endIncluded && b.startIncluded))
}
const pointBefore = (point: Value, range: Edges) => {
  const gap = pointToStart(point, range)
  return gap < 0 || (gap === 0 && !range.startIncluded)
}
const pointAfter = (point: Value, range: Edges) => {
  const gap = pointToEnd(point, range)
  return gap > 0 || (gap === 0 && !range.endIncluded)
}
const meets = (a: Edges, b: Edges) => a.endIncluded && b.startIncluded && endToStart(a, b) === 0
const reaches = (a: Edges, b: Edges) => {
  const gap = endToStart(a, b)
  return gap > 0 || (gap === 0 && a.endIncluded && b.startIncluded)
}
const startsEarlier = (a: Edges, b: Edges) => starts(a, b) < 0 || (starts(a, b) === 0 && a.startIncluded && !b.startIncluded)
const endsNotLater = (a: Edges, b: Edges) => ends(a, b) < 0 || (ends(a, b) === 0 && (!a.endIncluded || b.endIncluded))
const startsNotLater = (a: Edges, b: Edges) => starts(a, b) < 0 || (starts(a, b) === 0 && (a.startIncluded || !b.startIncluded))
const overlapsBefore = (a: Edges, b: Edges) => startsEarlier(a, b) && reaches(a, b) && endsNotLater(a, b)
const overlapsAfter = (a: Edges, b: Edges) => startsEarlier(b, a) && reaches(b, a) && endsNotLater(b, a)
const contains = (a: Edges, b: Edges) => startsNotLater(a, b) && endsNotLater(b, a)
const holds = (range: Edges, point: Value) => !pointBefore(point, range) && !pointAfter(point, range)
const finishes = (a: Edges, b: Edges) => a.endIncluded === b.endIncluded && ends(a, b) === 0 && startsNotLater(b, a)
const begins = (a: Edges, b: Edges) => a.startIncluded === b.startIncluded && starts(a, b) === 0 && endsNotLater(a, b)

type Relation = {
  points?: (a: Value, b: Value) => boolean
  pointRange?: (a: Value, b: Edges) => boolean
  rangePoint?: (a: Edges, b: Value) => boolean
  ranges?: (a: Edges, b: Edges) => boolean
}

const relation = (name: string, cases: Relation) => {
  const signatures = [
    cases.points && 'point1, point2',
    cases.pointRange && 'point, range',
    cases.rangePoint && 'range, point',
    cases.ranges && 'range1, range2',
  ]
  return define(
    name,
    signatures.flatMap((names) => (names ? [names] : [])),
    ([a = null, b = null], env) => relate(name, cases, a, b, env),
  )
}

function relate(name: string, cases: Relation, a: Value, b: Value, env: Environment): Value {
  if (a === null || b === null) return fail(env, `${name} takes no null.`)
  try {
    if (isRange(a)) return (isRange(b) ? cases.ranges?.(a, b) : cases.rangePoint?.(a, b)) ?? fail(env, `${name} does not take these.`)
    return (isRange(b) ? cases.pointRange?.(a, b) : cases.points?.(a, b)) ?? fail(env, `${name} does not take these.`)
  } catch (error) {
    if (error instanceof Incomparable) return fail(env, `${name}: the values cannot be compared.`)
    throw error
  }
}

export const rangeFunctions = [
  relation('before', { points: (a, b) => orderOf(a, b) < 0, pointRange: pointBefore, rangePoint: (a, b) => pointAfter(b, a), ranges: rangeBefore }),
  relation('after', {
    points: (a, b) => orderOf(a, b) > 0,
    pointRange: pointAfter,
    rangePoint: (a, b) => pointBefore(b, a),
    ranges: (a, b) => rangeBefore(b, a),
  }),
  relation('meets', { ranges: meets }),
  relation('met by', { ranges: (a, b) => meets(b, a) }),
  relation('overlaps', { ranges: (a, b) => reaches(a, b) && reaches(b, a) }),
  relation('overlaps before', { ranges: overlapsBefore }),
  relation('overlaps after', { ranges: overlapsAfter }),
  relation('finishes', { pointRange: (a, b) => b.endIncluded && pointToEnd(a, b) === 0, ranges: finishes }),
  relation('finished by', { rangePoint: (a, b) => a.endIncluded && pointToEnd(b, a) === 0, ranges: (a, b) => finishes(b, a) }),
  relation('includes', { rangePoint: holds, ranges: contains }),
  relation('during', { pointRange: (a, b) => holds(b, a), ranges: (a, b) => contains(b, a) }),
  relation('starts', { pointRange: (a, b) => b.startIncluded && pointToStart(a, b) === 0, ranges: begins }),
  relation('started by', { rangePoint: (a, b) => a.startIncluded && pointToStart(b, a) === 0, ranges: (a, b) => begins(b, a) }),
  relation('coincides', {
    points: (a, b) => orderOf(a, b) === 0,
    ranges: (a, b) =>
      equals(a, b) === true || (starts(a, b) === 0 && ends(a, b) === 0 && a.startIncluded === b.startIncluded && a.endIncluded === b.endIncluded),
  }),
]
