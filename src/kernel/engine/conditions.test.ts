import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkFeel, evaluateFeel } from './conditions.ts'
import { EngineError } from './errors.ts'

test('an expression is evaluated with the data it is given, with or without a leading equals sign', () => {
  assert.equal(evaluateFeel('= age >= 18 and member = "junior"', { age: 18, member: 'junior' }), true)
  assert.equal(evaluateFeel('some d in dates satisfies d > 3', { dates: [1, 4] }), true)
  assert.equal(evaluateFeel('person.age', { person: { age: 7 } }), 7)
})

test('what is not known is null', () => {
  assert.equal(evaluateFeel('nothing', {}), null)
  assert.equal(evaluateFeel('nothing > 3', {}), null)
})

const refused = [
  ['an expression that cannot be read', 'a >'],
  ['an empty expression', ' = '],
  ['an expression that is too long', `a = "${'x'.repeat(3000)}"`],
  ['an expression of too many parts', Array.from({ length: 300 }, () => 'a').join(' + ')],
  ['loops in loops in loops', 'some a in x satisfies some b in x satisfies some c in x satisfies a = b + c'],
  ['one loop over three lists', 'for a in x, b in x, c in x return a'],
  ['a loop over a huge range', 'for a in 1..1000000000 return a'],
  ['a loop over a range of unknown length', 'for a in 1..n return a'],
  ['the clock', 'now() > deadline'],
  ['the date of today', 'today() > deadline'],
  ['a regular expression', 'matches(name, "(a+)+$")'],
  ['a function of its own', '{f: function(x) f(x)}'],
  ['a call by another name', 'some f in [now] satisfies f() > x'],
] as const

for (const [what, expression] of refused) {
  test(`${what} is refused before it runs`, () => {
    assert.equal(typeof checkFeel(expression), 'string')
    assert.throws(
      () => evaluateFeel(expression, {}),
      (error) => error instanceof EngineError && error.code === 'engine.feel',
    )
  })
}
