// Decimal numbers of 34 digits (DMN 10.3.2.3.1: IEEE 754-2008 decimal128). A value is coefficient × 10^exponent.
// Operations that leave the range give null, which is what FEEL makes of an arithmetic error.

export type Decimal = { readonly kind: 'number'; readonly c: bigint; readonly e: number }

/** How a result that does not fit is rounded; the names are those of FEEL's rounding functions. */
export type Rounding = 'half even' | 'half up' | 'half down' | 'up' | 'down' | 'floor' | 'ceiling'

export const precision = 34
const maximumExponent = 6144
const minimumExponent = -6176
const small = 10n ** 34n
const powers: bigint[] = [1n]

/** 10^n for n ≥ 0. */
export function tenTo(n: number): bigint {
  if (n > 400) return 10n ** BigInt(n)
  for (let index = powers.length; index <= n; index++) powers.push((powers[index - 1] ?? 1n) * 10n)
  return powers[n] ?? 1n
}

const make = (c: bigint, e: number): Decimal => ({ kind: 'number', c, e })

export const zero = make(0n, 0)
export const one = make(1n, 0)

/** A whole number that is exact in JavaScript, or a bigint. */
export const integer = (value: number | bigint): Decimal => make(BigInt(value), 0)

const absolute = (value: bigint) => (value < 0n ? -value : value)
const digitsOf = (value: bigint) => absolute(value).toString().length

/** Rounds to 34 digits (half even) and checks the range; null when the number is too large. */
export function fit(c: bigint, e: number): Decimal | null {
  if (c < small && c > -small && e >= minimumExponent && e <= 0) return make(c, e)
  if (c === 0n) return zero
  const excess = Math.max(digitsOf(c) - precision, minimumExponent - e)
  if (excess > 0) {
    const rounded = divideRounded(c, tenTo(excess), 'half even')
    return absolute(rounded) === small ? fit(rounded, e + excess) : inRange(make(rounded, e + excess))
  }
  return inRange(make(c, e))
}

const inRange = (value: Decimal) => (value.c !== 0n && digitsOf(value.c) + value.e - 1 > maximumExponent ? null : value)

/** n ÷ d as a whole number under a rounding mode; d > 0. */
export function divideRounded(n: bigint, d: bigint, mode: Rounding): bigint {
  const quotient = n / d
  const rest = n % d
  if (rest === 0n) return quotient
  const away = n < 0n ? -1n : 1n
  const twice = absolute(rest) * 2n
  switch (mode) {
    case 'down':
      return quotient
    case 'up':
      return quotient + away
    case 'floor':
      return n < 0n ? quotient - 1n : quotient
    case 'ceiling':
      return n < 0n ? quotient : quotient + 1n
    case 'half up':
      return twice >= d ? quotient + away : quotient
    case 'half down':
      return twice > d ? quotient + away : quotient
    case 'half even':
      return twice > d || (twice === d && quotient % 2n !== 0n) ? quotient + away : quotient
  }
}

function aligned(a: Decimal, b: Decimal): [bigint, bigint, number] {
  if (a.e === b.e) return [a.c, b.c, a.e]
  if (a.e > b.e) return [a.c * tenTo(a.e - b.e), b.c, b.e]
  return [a.c, b.c * tenTo(b.e - a.e), a.e]
}

export function add(a: Decimal, b: Decimal): Decimal | null {
  const [x, y, e] = aligned(a, b)
  return fit(x + y, e)
}

export function subtract(a: Decimal, b: Decimal): Decimal | null {
  const [x, y, e] = aligned(a, b)
  return fit(x - y, e)
}

export const multiply = (a: Decimal, b: Decimal): Decimal | null => fit(a.c * b.c, a.e + b.e)

export const negate = (a: Decimal): Decimal => make(-a.c, a.e)
export const abs = (a: Decimal): Decimal => (a.c < 0n ? negate(a) : a)

/** a ÷ b to 34 digits; null when b is zero. */
export function divide(a: Decimal, b: Decimal): Decimal | null {
  if (b.c === 0n) return null
  if (a.c === 0n) return zero
  const shift = Math.max(0, precision + 3 + digitsOf(b.c) - digitsOf(a.c))
  const numerator = (b.c < 0n ? -a.c : a.c) * tenTo(shift)
  const denominator = absolute(b.c)
  const quotient = numerator / denominator
  // A sticky digit keeps half-even right when the division does not come out even.
  const rest = numerator % denominator
  const sticky = rest === 0n ? 0n : numerator < 0n ? -1n : 1n
  const result = fit(quotient * 10n + sticky, a.e - b.e - shift - 1)
  return result && strip(result)
}

/** Less, equal, greater: -1, 0, 1. */
export function compare(a: Decimal, b: Decimal): number {
  const [x, y] = aligned(a, b)
  return x < y ? -1 : x > y ? 1 : 0
}

export const isInteger = (a: Decimal): boolean => a.e >= 0 || a.c % tenTo(-a.e) === 0n

/** Whole part as a bigint, towards zero. */
export const truncated = (a: Decimal): bigint => (a.e >= 0 ? a.c * tenTo(a.e) : a.c / tenTo(-a.e))

/** A JavaScript whole number within ±2^53, or undefined when it is none. */
export function toInteger(a: Decimal): number | undefined {
  if (!isInteger(a) || digitsOf(a.c) + a.e > 16) return undefined
  const value = Number(truncated(a))
  return Number.isSafeInteger(value) ? value : undefined
}

/** Rounds to `scale` digits after the point (negative: before it). */
export function rescale(a: Decimal, scale: number, mode: Rounding): Decimal | null {
  if (a.e >= -scale) return a
  return fit(divideRounded(a.c, tenTo(-scale - a.e), mode), -scale)
}

/** a - b × floor(a ÷ b) (DMN 10.3.4.5 modulo); null when b is zero. */
export function modulo(a: Decimal, b: Decimal): Decimal | null {
  if (b.c === 0n) return null
  const [x, y, e] = aligned(a, b)
  const rest = x % y
  return fit(rest !== 0n && rest < 0n !== y < 0n ? rest + y : rest, e)
}

/** Without trailing zeros, so that equal numbers look alike. */
export function strip(a: Decimal): Decimal {
  if (a.c === 0n) return zero
  let { c, e } = a
  while (e < 0 && c % 10n === 0n) {
    c /= 10n
    e++
  }
  return make(c, e)
}

/** `-12.5`: plain digits without exponent or trailing zeros. */
export function format(a: Decimal): string {
  const { c, e } = strip(a)
  if (e >= 0) return (c * tenTo(e)).toString()
  const digits = absolute(c)
    .toString()
    .padStart(-e + 1, '0')
  return `${c < 0n ? '-' : ''}${digits.slice(0, e)}.${digits.slice(e)}`
}

const numeral = /^([+-]?)(\d*)(?:\.(\d+))?(?:[eE]([+-]?\d{1,6}))?$/

/** Reads `-1.5`, `.5` or `2e3`; undefined when the text is no number, null when it is out of range. */
export function parseDecimal(text: string): Decimal | null | undefined {
  const [, sign, whole = '', fraction = '', exponent = '0'] = numeral.exec(text) ?? []
  if (sign === undefined || (whole === '' && fraction === '') || text.length > 8000) return undefined
  const c = BigInt(whole + fraction)
  return fit(sign === '-' ? -c : c, Number(exponent) - fraction.length)
}
