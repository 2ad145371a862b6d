// JSON in and out. Numbers keep all their digits; dates, times and durations are ISO strings.
import { format, integer, parseDecimal } from './decimal.ts'
import { parseDate, parseDateTime, parseDuration, parseTemporal, parseTime } from './temporal-text.ts'
import { toText } from './text.ts'
import type { FeelType } from './types.ts'
import { isContext, isList, isNumber, type Value } from './values.ts'

/** A number of a JSON text that a JavaScript number would round. */
export class ExactNumber {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

/** JSON.parse that keeps the digits of numbers. Throws SyntaxError. */
export function parseJson(text: string): unknown {
  const reviver = (_key: string, value: unknown, context?: { source?: string }) =>
    typeof value === 'number' && context?.source !== undefined && context.source !== String(value) ? new ExactNumber(context.source) : value
  // The third argument (proposal “JSON.parse source text access”, in Node 24) is missing from TypeScript's library.
  return JSON.parse(text, reviver)
}

/** Plain data as a FEEL value; strings are read as dates and the like where `type` says so and, with `guess`, where no type is known. */
export function fromJson(data: unknown, type?: FeelType, guess = false): Value {
  const target = type && plain(type)
  if (data === null || data === undefined || typeof data === 'boolean') return data ?? null
  if (data instanceof ExactNumber) return parseDecimal(data.text) ?? null
  if (typeof data === 'number') return Number.isSafeInteger(data) ? integer(data) : (parseDecimal(String(data)) ?? null)
  if (typeof data === 'bigint') return integer(data)
  if (typeof data === 'string') return fromText(data, target, guess)
  if (Array.isArray(data)) return data.map((item) => fromJson(item, target?.kind === 'list' ? target.of : target, guess))
  if (typeof data !== 'object') return null
  const fields = target?.kind === 'context' ? target.fields : target?.kind === 'list' ? fieldsOf(target.of) : undefined
  return new Map(Object.entries(data).map(([key, value]) => [key, fromJson(value, fields?.get(key), guess)]))
}

const fieldsOf = (type: FeelType) => {
  const target = plain(type)
  return target.kind === 'context' ? target.fields : undefined
}

function plain(type: FeelType): FeelType {
  let at = type
  for (let hops = 0; hops < 100; hops++) {
    if (at.kind === 'named') at = at.get()
    else if (at.kind === 'restricted') at = at.base
    else return at
  }
  return at
}

function fromText(text: string, type: FeelType | undefined, guess: boolean): Value {
  const target = type?.kind === 'list' ? plain(type.of) : type
  if (guess && (target === undefined || target.kind === 'any')) return parseTemporal(text) ?? text
  if (target?.kind !== 'simple') return text
  switch (target.name) {
    case 'date':
      return parseDate(text) ?? text
    case 'time':
      return parseTime(text) ?? text
    case 'date and time':
      return parseDateTime(text) ?? text
    case 'years and months duration':
    case 'days and time duration':
    case 'duration':
      return parseDuration(text) ?? text
    default:
      return text
  }
}

/** A value as JSON text, numbers with all digits. */
export function toJsonText(value: Value): string {
  if (isNumber(value)) return format(value)
  if (isList(value)) return `[${value.map(toJsonText).join(',')}]`
  if (isContext(value)) return `{${[...value].map(([key, entry]) => `${JSON.stringify(key)}:${toJsonText(entry)}`).join(',')}}`
  return JSON.stringify(scalar(value))
}

/** A value as plain data; numbers beyond what JavaScript holds exactly are rounded to its nearest. */
export function toJson(value: Value): unknown {
  if (isNumber(value)) return Number(format(value))
  if (isList(value)) return value.map(toJson)
  if (isContext(value)) return Object.fromEntries([...value].map(([key, entry]) => [key, toJson(entry)]))
  return scalar(value)
}

const scalar = (value: Value): string | boolean | null =>
  value === null || typeof value === 'boolean' || typeof value === 'string' ? value : toText(value)
