import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { add, compare, type Decimal, divide, format, modulo, multiply, negate, parseDecimal, rescale, type Rounding, subtract } from './decimal.ts'
import { exponential, naturalLogarithm, power, squareRoot } from './decimal-functions.ts'

const of = (text: string): Decimal => {
  const value = parseDecimal(text)
  assert.ok(value, text)
  return value
}
const shown = (value: Decimal | null) => value && format(value)
const numbers = fc
  .tuple(fc.bigInt({ min: -(10n ** 16n), max: 10n ** 16n }), fc.integer({ min: -20, max: 20 }))
  .map(([c, e]): Decimal => ({ kind: 'number', c, e }))

test('a sum of tenths is exact (10.3.2.3.1)', () => {
  assert.equal(shown(add(of('0.1'), of('0.2'))), '0.3')
  assert.equal(shown(subtract(of('1'), of('0.9'))), '0.1')
})

test('a quotient has 34 digits, rounded half to even, and none by zero', () => {
  assert.equal(shown(divide(of('1'), of('3'))), `0.${'3'.repeat(34)}`)
  assert.equal(shown(divide(of('2'), of('3'))), `0.${'6'.repeat(33)}7`)
  assert.equal(shown(divide(of('10'), of('4'))), '2.5')
  assert.equal(divide(of('1'), of('0')), null)
})

test('products longer than 34 digits are rounded', () => {
  const nines = of('9'.repeat(34))
  assert.equal(shown(multiply(nines, of('10'))), `${'9'.repeat(34)}0`)
  assert.equal(shown(multiply(nines, nines)), `${'9'.repeat(33)}8${'0'.repeat(34)}`)
})

test('numbers beyond 10^6144 have no value', () => {
  assert.equal(multiply(of('1e6000'), of('1e6000')), null)
  assert.equal(power(of('10'), of('7000')), null)
  assert.equal(exponential(of('1000000')), null)
})

test('each rounding mode rounds as its name says, on both sides of zero', () => {
  const rows: [Rounding, string, string][] = [
    ['half even', '2.5', '2'],
    ['half even', '3.5', '4'],
    ['half up', '2.5', '3'],
    ['half up', '-2.5', '-3'],
    ['half down', '2.5', '2'],
    ['half down', '-2.5', '-2'],
    ['up', '2.1', '3'],
    ['up', '-2.1', '-3'],
    ['down', '2.9', '2'],
    ['down', '-2.9', '-2'],
    ['floor', '-2.1', '-3'],
    ['ceiling', '-2.9', '-2'],
  ]
  for (const [mode, from, to] of rows) assert.equal(shown(rescale(of(from), 0, mode)), to, `${mode} ${from}`)
  assert.equal(shown(rescale(of('1234'), -2, 'half even')), '1200')
})

test('modulo has the sign of the divisor (10.3.4.5)', () => {
  const rows = [
    ['12', '5', '2'],
    ['-12', '5', '3'],
    ['12', '-5', '-3'],
    ['-12', '-5', '-2'],
    ['10.1', '4.5', '1.1'],
  ] as const
  for (const [a, b, result] of rows) assert.equal(shown(modulo(of(a), of(b))), result)
})

test('roots, powers, exponentials and logarithms are right to 34 digits', () => {
  assert.equal(shown(squareRoot(of('2'))), '1.414213562373095048801688724209698')
  assert.equal(shown(squareRoot(of('16'))), '4')
  assert.equal(squareRoot(of('-1')), null)
  assert.equal(shown(exponential(of('1'))), '2.718281828459045235360287471352662')
  assert.equal(shown(exponential(of('-2'))), '0.1353352832366126918939994949724844')
  assert.equal(shown(naturalLogarithm(of('10'))), '2.302585092994045684017991454684364')
  assert.equal(shown(naturalLogarithm(of('0.5'))), '-0.6931471805599453094172321214581766')
  assert.equal(shown(power(of('2'), of('0.5'))), '1.414213562373095048801688724209698')
  assert.equal(shown(power(of('1.1'), of('10'))), '2.5937424601')
  assert.equal(shown(power(of('2'), of('-3'))), '0.125')
  assert.equal(shown(power(of('-2'), of('3'))), '-8')
})

test('addition undoes subtraction while the digits suffice', () => {
  fc.assert(
    fc.property(numbers, numbers, (a, b) => {
      fc.pre(Math.abs(a.e - b.e) < 16)
      const back = subtract(add(a, b) ?? a, b)
      assert.ok(back && compare(back, a) === 0)
    }),
  )
})

test('a dividend is divisor × whole quotient + modulo', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n }), fc.bigInt({ min: 1n, max: 10n ** 6n }), (a, b) => {
      const rest = modulo({ kind: 'number', c: a, e: -2 }, { kind: 'number', c: b, e: -1 })
      assert.ok(rest && rest.c >= 0n && compare(rest, { kind: 'number', c: b, e: -1 }) < 0)
    }),
  )
})

test('what is formatted reads back as the same number', () => {
  fc.assert(
    fc.property(numbers, (value) => {
      const back = parseDecimal(format(value))
      assert.ok(back && compare(back, value) === 0)
      assert.equal(compare(negate(negate(value)), value), 0)
    }),
  )
})
