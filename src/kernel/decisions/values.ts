// The values of FEEL (DMN 10.3.2.3): null, booleans, strings, decimals, temporal values, lists, contexts, ranges and functions.
import type { Decimal } from './decimal.ts'
import type { Environment } from './environment.ts'
import type { FeelType } from './types.ts'

/** Seconds east of UTC, or the name of a zone of the IANA database. */
export type Zone = { readonly offset: number } | { readonly id: string }

export type FeelDate = { readonly kind: 'date'; readonly year: number; readonly month: number; readonly day: number }
export type ClockTime = { readonly hour: number; readonly minute: number; readonly second: number; readonly nano: number; readonly zone: Zone | null }
export type FeelTime = { readonly kind: 'time' } & ClockTime
export type FeelDateTime = { readonly kind: 'date and time'; readonly year: number; readonly month: number; readonly day: number } & ClockTime
export type MonthsDuration = { readonly kind: 'years and months duration'; readonly months: number }
export type NanosDuration = { readonly kind: 'days and time duration'; readonly nanos: bigint }

/** A missing end is open without limit. `excluded`: every value but `start` (the unary test `!= x`). */
export type FeelRange = {
  readonly kind: 'range'
  readonly start: Value
  readonly end: Value
  readonly startIncluded: boolean
  readonly endIncluded: boolean
  readonly excluded?: boolean
}

/** `rest`: the last parameter takes all further arguments, as a list. `nullable`: null may be given where `type` is another. */
export type Parameter = {
  readonly name: string
  readonly type?: FeelType | undefined
  readonly optional?: boolean
  readonly rest?: boolean
  readonly nullable?: boolean
}

/** `signatures` are tried in order; a function written in FEEL has one. `undefined` stands for an optional argument left out. */
export type FeelFunction = {
  readonly kind: 'function'
  readonly name: string
  readonly signatures: readonly (readonly Parameter[])[]
  readonly result?: FeelType | undefined
  /** An argument of another type makes the result null (built in), rather than the argument. */
  readonly strict: boolean
  call(args: (Value | undefined)[], env: Environment, signature: number): Value
}

export type Context = Map<string, Value>

export type Value =
  | null
  | boolean
  | string
  | Decimal
  | FeelDate
  | FeelTime
  | FeelDateTime
  | MonthsDuration
  | NanosDuration
  | FeelRange
  | FeelFunction
  | Value[]
  | Context

export const isList = (value: Value): value is Value[] => Array.isArray(value)
export const isContext = (value: Value): value is Context => value instanceof Map

/** `null`, `boolean`, `string`, `list`, `context` or the kind of the object. */
export function kindOf(value: Value) {
  if (value === null) return 'null'
  if (typeof value === 'boolean') return 'boolean'
  if (typeof value === 'string') return 'string'
  if (isList(value)) return 'list'
  if (isContext(value)) return 'context'
  return value.kind
}

export const isNumber = (value: Value | undefined): value is Decimal =>
  typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'number'
export const isFunction = (value: Value): value is FeelFunction => kindOf(value) === 'function'
export const isRange = (value: Value): value is FeelRange => kindOf(value) === 'range'
export const isTemporal = (value: Value): value is FeelDate | FeelDateTime => kindOf(value) === 'date' || kindOf(value) === 'date and time'
