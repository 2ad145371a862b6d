import { invalid } from '../errors.ts'

export type JsonValue = null | boolean | number | string | JsonValue[] | { [name: string]: JsonValue }

const maxDepth = 64

/**
 * The canonical form of a JSON value (RFC 8785): no spaces, names sorted by UTF-16 code units, ECMAScript numbers.
 * Refuses what JSON cannot say: undefined, NaN, infinities, lone surrogates, values nested deeper than 64.
 */
export function canonicalJson(value: JsonValue, depth = 0): string {
  if (depth > maxDepth) throw invalid('ledger.json_deep', 'The value is nested too deeply.')
  if (value === null || typeof value === 'boolean') return String(value)
  if (typeof value === 'number' && Number.isFinite(value)) return JSON.stringify(value)
  if (typeof value === 'string' && value.isWellFormed()) return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item, depth + 1)).join(',')}]`
  if (typeof value === 'object' && isPlain(value)) {
    const members = Object.keys(value).toSorted(byCodeUnit)
    return `{${members.map((name) => `${canonicalJson(name)}:${canonicalJson(value[name] ?? null, depth + 1)}`).join(',')}}`
  }
  throw invalid('ledger.json_value', 'The value cannot be written as JSON (RFC 8785).')
}

/** A Date or a Buffer would silently become something else; a member that is undefined would become null. */
const isPlain = (value: object) => {
  const prototype: unknown = Object.getPrototypeOf(value)
  return (prototype === Object.prototype || prototype === null) && !Object.values(value).includes(undefined)
}

const byCodeUnit = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
