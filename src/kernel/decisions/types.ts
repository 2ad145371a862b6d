// Types and conformance (DMN 10.3.2.9): `null` conforms to every type, a value that does not conform becomes null.
import type { Environment } from './environment.ts'
import { fail, spend } from './environment.ts'
import { atMidnightUtc } from './temporal.ts'
import { type FeelFunction, isContext, isFunction, isList, isRange, kindOf, type Value } from './values.ts'

export type SimpleName =
  | 'number'
  | 'string'
  | 'boolean'
  | 'date'
  | 'time'
  | 'date and time'
  | 'years and months duration'
  | 'days and time duration'
  | 'duration'

export type FeelType =
  | { kind: 'any' }
  | { kind: 'null' }
  | { kind: 'simple'; name: SimpleName }
  | { kind: 'list' | 'range'; of: FeelType }
  | { kind: 'context'; fields: Map<string, FeelType> }
  | { kind: 'function'; parameters: FeelType[] | undefined; result: FeelType }
  /** A type with allowed values: `allows` says whether a value of `base` is one. */
  | { kind: 'restricted'; base: FeelType; allows(value: Value, env: Environment): boolean }
  /** An item definition that may refer to itself. */
  | { kind: 'named'; name: string; get(): FeelType }

export const anyType: FeelType = { kind: 'any' }
const simple = (name: SimpleName): FeelType => ({ kind: 'simple', name })

const builtInTypes: Record<string, FeelType> = {
  any: anyType,
  null: anyType,
  number: simple('number'),
  string: simple('string'),
  boolean: simple('boolean'),
  date: simple('date'),
  time: simple('time'),
  'date and time': simple('date and time'),
  datetime: simple('date and time'),
  'years and months duration': simple('years and months duration'),
  yearmonthduration: simple('years and months duration'),
  'days and time duration': simple('days and time duration'),
  daytimeduration: simple('days and time duration'),
  duration: simple('duration'),
  list: { kind: 'list', of: anyType },
  range: { kind: 'range', of: anyType },
  context: { kind: 'context', fields: new Map() },
  function: { kind: 'function', parameters: undefined, result: anyType },
}

/** The built-in type of a name, also in the spelling of DMN 1.1 (`dateTime`, `dayTimeDuration`). */
export function findBuiltInType(name: string): FeelType | undefined {
  const key = name.toLowerCase()
  return Object.hasOwn(builtInTypes, key) ? builtInTypes[key] : undefined
}

/** Whether a value is of a type (null is of every type). */
export function conforms(value: Value, type: FeelType, env: Environment): boolean {
  if (value === null) return true
  switch (type.kind) {
    case 'any':
      return true
    case 'null':
      return false
    case 'simple': {
      const kind = kindOf(value)
      return kind === type.name || (type.name === 'duration' && (kind === 'years and months duration' || kind === 'days and time duration'))
    }
    case 'list':
      if (!isList(value)) return false
      spend(env, Math.ceil(value.length / 10))
      return value.every((item) => conforms(item, type.of, env))
    case 'range':
      return isRange(value) && conforms(value.start, type.of, env) && conforms(value.end, type.of, env)
    case 'context':
      return isContext(value) && [...type.fields].every(([name, field]) => value.has(name) && conforms(value.get(name) ?? null, field, env))
    case 'function':
      return isFunction(value) && functionConforms(value, type)
    case 'restricted':
      return conforms(value, type.base, env) && type.allows(value, env)
    case 'named':
      return conforms(value, type.get(), env)
  }
}

/**
 * `value instance of type` (DMN 10.3.2.8): null is of no type but Null; inside lists and contexts null conforms. Allowed values do not
 * count: they are no part of the type.
 */
export const isInstance = (value: Value, type: FeelType, env: Environment): boolean =>
  value === null ? type.kind === 'null' : conforms(value, withoutRestrictions(type), env)

function withoutRestrictions(type: FeelType, depth = 0): FeelType {
  const target = resolve(type)
  if (depth > 20) return target
  const inner = (one: FeelType) => withoutRestrictions(one, depth + 1)
  if (target.kind === 'restricted') return inner(target.base)
  if (target.kind === 'list' || target.kind === 'range') return { kind: target.kind, of: inner(target.of) }
  if (target.kind === 'context') return { kind: 'context', fields: new Map([...target.fields].map(([name, field]) => [name, inner(field)])) }
  return target
}

function functionConforms(value: FeelFunction, type: Extract<FeelType, { kind: 'function' }>): boolean {
  if (type.parameters === undefined) return true
  const parameters = type.parameters
  return value.signatures.some(
    (signature) =>
      signature.length === parameters.length &&
      parameters.every((parameter, index) => isSubtype(parameter, signature[index]?.type ?? anyType)) &&
      (value.result === undefined || isSubtype(value.result, type.result)),
  )
}

/** Whether every value of `a` is one of `b` (DMN 10.3.2.9.2). */
export function isSubtype(a: FeelType, b: FeelType): boolean {
  const left = resolve(a)
  const right = resolve(b)
  if (right.kind === 'any' || left.kind === 'null') return true
  if (left.kind === 'restricted') return isSubtype(left.base, right)
  if (left.kind === 'simple')
    return right.kind === 'simple' && (left.name === right.name || (right.name === 'duration' && left.name.endsWith(' duration')))
  if (left.kind === 'list') return right.kind === 'list' && isSubtype(left.of, right.of)
  if (left.kind === 'range') return right.kind === 'range' && isSubtype(left.of, right.of)
  if (left.kind === 'context')
    return (
      right.kind === 'context' &&
      [...right.fields].every(([name, field]) => left.fields.has(name) && isSubtype(left.fields.get(name) ?? anyType, field))
    )
  if (left.kind !== 'function' || right.kind !== 'function') return false
  if (right.parameters === undefined) return true
  const { parameters, result } = right
  return (
    left.parameters?.length === parameters.length &&
    left.parameters.every((one, index) => isSubtype(parameters[index] ?? anyType, one)) &&
    isSubtype(left.result, result)
  )
}

function resolve(type: FeelType): FeelType {
  let resolved = type
  for (let hops = 0; resolved.kind === 'named' && hops < 100; hops++) resolved = resolved.get()
  return resolved
}

/** The value as that type: itself, taken from or put into a list of one, or a date as a date and time; null with a warning otherwise (DMN 10.3.2.9.4). */
export function coerce(value: Value, type: FeelType | undefined, env: Environment, where: string): Value {
  if (type === undefined || type.kind === 'any' || value === null) return value
  const converted = convert(value, type, env)
  return converted === undefined ? fail(env, `${where}: ${describeKind(value)} does not conform to ${describe(type)}.`) : converted
}

/** As coerce, but undefined where no conversion fits. */
export function convert(value: Value, type: FeelType, env: Environment): Value | undefined {
  if (conforms(value, type, env)) return value
  const target = resolve(type)
  const base = target.kind === 'restricted' ? resolve(target.base) : target
  if (base.kind === 'simple' && base.name === 'date and time' && kindOf(value) === 'date') {
    const moment = atMidnightUtc(value as Parameters<typeof atMidnightUtc>[0]) // kindOf has just said so
    return conforms(moment, type, env) ? moment : undefined
  }
  if (base.kind === 'list' && !isList(value)) {
    const list = [convert(value, base.of, env) ?? value]
    return conforms(list, type, env) ? list : undefined
  }
  if (isList(value) && value.length === 1 && base.kind !== 'list') return convert(value[0] ?? null, type, env)
  return undefined
}

const describeKind = (value: Value) => `a value of type ${kindOf(value)}`

export function describe(type: FeelType): string {
  switch (type.kind) {
    case 'simple':
    case 'named':
      return type.name
    case 'list':
    case 'range':
      return `${type.kind}<${describe(type.of)}>`
    case 'context':
      return `context<${[...type.fields].map(([name, field]) => `${name}: ${describe(field)}`).join(', ')}>`
    case 'restricted':
      return `${describe(type.base)} with allowed values`
    default:
      return type.kind
  }
}
