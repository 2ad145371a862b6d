// Built-in functions on contexts (DMN 10.3.4.10).
import { define } from './define.ts'
import { type Environment, fail } from './environment.ts'
import { findEntry } from './scope.ts'
import { type Context, isContext, isList, type Value } from './values.ts'

const asContext = (value: Value | undefined): Context | undefined => (value !== undefined && isContext(value) ? value : undefined)

export const contextFunctions = [
  define('get value', ['m: context, key: string', 'context: context, keys: list<string>'], ([context, key], env) => {
    const keys = typeof key === 'string' ? [key] : key !== undefined && isList(key) ? key : []
    if (keys.length === 0) return fail(env, 'A key is expected.')
    return keys.reduce<Value>(
      (value, one) => (isContext(value) && typeof one === 'string' ? (findEntry(value, one) ?? null) : null),
      asContext(context) ?? null,
    )
  }),
  define('get entries', 'm: context', ([context]) =>
    [...(asContext(context) ?? [])].map(
      ([key, value]) =>
        new Map<string, Value>([
          ['key', key],
          ['value', value],
        ]),
    ),
  ),
  define('context', 'entries: list', ([entries], env) => {
    const made: Context = new Map()
    for (const entry of entries !== undefined && isList(entries) ? entries : []) {
      const key = asContext(entry)?.get('key')
      if (typeof key !== 'string' || !asContext(entry)?.has('value')) return fail(env, 'An entry has a key and a value.')
      if (made.has(key)) return fail(env, `The key “${key}” is there twice.`)
      made.set(key, asContext(entry)?.get('value') ?? null)
    }
    return made
  }),
  define(
    'context put',
    ['context: context, key: string, value: Any', 'context: context, keys: list<string>, value: Any'],
    ([context, key, value], env) => {
      const keys = typeof key === 'string' ? [key] : key !== undefined && isList(key) ? key : []
      if (keys.length === 0 || keys.includes(null)) return fail(env, 'A key is expected.')
      return putAt(
        asContext(context),
        keys.filter((one) => typeof one === 'string'),
        value ?? null,
        env,
      )
    },
  ),
  define('context merge', 'contexts: list', ([contexts], env) => {
    const merged: Context = new Map()
    for (const one of contexts !== undefined && isList(contexts) ? contexts : []) {
      if (!isContext(one)) return fail(env, 'Only contexts can be merged.')
      for (const [key, value] of one) merged.set(key, value)
    }
    return merged
  }),
]

function putAt(context: Context | undefined, [key, ...rest]: string[], value: Value, env: Environment): Value {
  if (!context || key === undefined) return fail(env, 'There is no context at this key.')
  const inner = rest.length === 0 ? value : putAt(asContext(context.get(key)), rest, value, env)
  return inner === null && rest.length > 0 ? null : new Map([...context, [key, inner]])
}
