// Roots, powers, exponentials and logarithms of decimals, correct to 34 digits: computed in whole numbers scaled by 10^80.
import { type Decimal, divide, fit, integer, isInteger, one, tenTo, toInteger, truncated, zero } from './decimal.ts'

const places = 80
const unit = 10n ** 80n
let ln2: bigint | undefined
let ln10: bigint | undefined

/** Square root; null for a negative number. */
export function squareRoot(a: Decimal): Decimal | null {
  if (a.c < 0n) return null
  if (a.c === 0n) return zero
  let shift = 80
  if ((a.e - shift) % 2 !== 0) shift++
  const scaled = a.c * tenTo(shift)
  const root = integerRoot(scaled)
  const e = (a.e - shift) / 2
  return root * root === scaled ? tidy(root, e) : fit(root * 10n + 1n, e - 1)
}

function integerRoot(n: bigint): bigint {
  let x = 1n << BigInt(Math.ceil(n.toString(2).length / 2))
  for (;;) {
    const next = (x + n / x) >> 1n
    if (next >= x) return x
    x = next
  }
}

function tidy(c: bigint, e: number): Decimal | null {
  while (e < 0 && c % 10n === 0n) {
    c /= 10n
    e++
  }
  return fit(c, e)
}

/** e^x; null when it is too large. */
export function exponential(x: Decimal): Decimal | null {
  if (x.c === 0n) return one
  const size = x.c.toString().length + x.e
  if (size > 6) return x.c < 0n ? zero : null
  const scaled = toScaled(x)
  const tens = scaled / logarithmOfTen()
  return fit(series(scaled - tens * logarithmOfTen()), Number(tens) - places)
}

function series(r: bigint): bigint {
  // e^r = (e^(r/16))^16 keeps the Taylor series short.
  const part = r / 16n
  let term = unit
  let sum = unit
  for (let n = 1n; term !== 0n; n++) {
    term = (term * part) / unit / n
    sum += term
  }
  for (let times = 0; times < 4; times++) sum = (sum * sum) / unit
  return sum
}

const toScaled = (x: Decimal): bigint => (x.e + places >= 0 ? x.c * tenTo(x.e + places) : x.c / tenTo(-x.e - places))

/** Natural logarithm; null for zero and below. */
export function naturalLogarithm(x: Decimal): Decimal | null {
  if (x.c <= 0n) return null
  if (x.c === 1n && x.e === 0) return zero
  return fit(scaledLogarithm(x), -places)
}

function scaledLogarithm(x: Decimal): bigint {
  const digits = x.c.toString().length
  let m = (x.c * unit) / tenTo(digits - 1)
  let result = BigInt(digits - 1 + x.e) * logarithmOfTen()
  while (m > (unit * 3n) / 2n) {
    m /= 2n
    result += logarithmOfTwo()
  }
  return result + 2n * atanh(m - unit, m + unit)
}

function atanh(n: bigint, d: bigint): bigint {
  const y = (n * unit) / d
  const square = (y * y) / unit
  let term = y
  let sum = y
  for (let k = 3n; term !== 0n; k += 2n) {
    term = (term * square) / unit
    sum += term / k
  }
  return sum
}

const logarithmOfTwo = () => (ln2 ??= 2n * atanh(1n, 3n))
const logarithmOfTen = () => (ln10 ??= 3n * logarithmOfTwo() + 2n * atanh(1n, 9n))

/** x^y; null for 0^negative, for a fractional power of a negative number, and when too large. */
export function power(x: Decimal, y: Decimal): Decimal | null {
  if (y.c === 0n) return one
  if (x.c === 0n) return y.c > 0n ? zero : null
  const whole = isInteger(y) ? toInteger(y) : undefined
  if (whole !== undefined && Math.abs(whole) <= 100_000) return wholePower(x, whole)
  if (x.c < 0n) return isInteger(y) ? signed(power({ ...x, c: -x.c }, y), truncated(y)) : null
  const exponent = (scaledLogarithm(x) * y.c) / (y.e < 0 ? tenTo(-y.e) : 1n)
  return exponential({ kind: 'number', c: y.e > 0 ? exponent * tenTo(y.e) : exponent, e: -places })
}

const signed = (value: Decimal | null, exponent: bigint) => (value && exponent % 2n !== 0n ? { ...value, c: -value.c } : value)

function wholePower(x: Decimal, n: number): Decimal | null {
  let result = { c: 1n, e: 0 }
  let base = { c: x.c, e: x.e }
  for (let left = Math.abs(n); left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) result = shorten({ c: result.c * base.c, e: result.e + base.e })
    if (left > 1) base = shorten({ c: base.c * base.c, e: base.e * 2 })
    if (Math.abs(result.e) > 100_000_000) return n > 0 === result.e > 0 ? null : zero
  }
  if (n > 0) return fit(result.c, result.e)
  return divide(one, { kind: 'number', ...result })
}

// Fifty digits between steps are enough for 34 at the end.
function shorten(value: { c: bigint; e: number }): { c: bigint; e: number } {
  const excess = value.c.toString().length - 60
  return excess > 0 ? { c: value.c / tenTo(excess), e: value.e + excess } : value
}

/** Mean of numbers; null for none. */
export function mean(sum: Decimal, count: number): Decimal | null {
  return count === 0 ? null : divide(sum, integer(count))
}

/** Sample standard deviation (DMN 10.3.4.4 stddev); null for fewer than two numbers. */
export function standardDeviation(values: Decimal[], total: Decimal): Decimal | null {
  if (values.length < 2) return null
  const middle = mean(total, values.length)
  if (!middle) return null
  let c = 0n
  for (const value of values) {
    const distance = toScaled(value) - toScaled(middle)
    c += distance * distance
  }
  const variance = divide({ kind: 'number', c, e: -2 * places }, integer(values.length - 1))
  return variance && squareRoot(variance)
}
