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

test('amounts are decimals, dates are ISO texts', () => {
  assert.equal(evaluateFeel('a + b = 0.3', { a: 0.1, b: 0.2 }), true)
  assert.equal(evaluateFeel('round half up(price * 3, 2)', { price: 0.335 }), 1.01)
  assert.equal(evaluateFeel('date(day) + duration("P1M")', { day: '2026-01-31' }), '2026-02-28')
})

test('names with signs are read when the data have them', () => {
  assert.equal(evaluateFeel('parameters.answer-days + 1', { parameters: { 'answer-days': 10 } }), 11)
  assert.equal(evaluateFeel('Step-2.ok', { 'Step-2': { ok: true } }), true)
})

test('a computation that takes too much is refused, not waited for', () => {
  const list = Array.from({ length: 1000 }, (_, index) => index)
  assert.throws(
    () => evaluateFeel('some a in x satisfies some b in x satisfies a + b < 0', { x: list }),
    (error) => error instanceof EngineError && error.code === 'engine.feel',
  )
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
