// Variables of simulated instances: one table for each scope that has its own, looked up from the innermost outwards.
import { DomainError } from '../errors.ts'
import { evaluateFeel } from './conditions.ts'
import { toFeel } from './dialect.ts'
import type { Element, EngineState, Graph, Token, Where } from './types.ts'

export type Variables = Record<string, unknown>

/** The variables of one instance by token; the process itself is under `''`. Kept outside the engine's state, which has no data. */
export type Store = Map<string, Variables>

/** What an instance needs for looking up its data. `note` is told what could not be understood. */
export type Data = { graph: Graph; store: Store; note: (text: string) => void }

/** The value of an expression of any dialect; undefined (with a note) when it cannot be understood or computed. */
export function compute(data: Data, expression: string, variables: Variables): unknown {
  const feel = toFeel(expression)
  if (feel === undefined) {
    data.note(`“${expression}” is no expression that is understood here`)
    return undefined
  }
  try {
    return toPlain(evaluateFeel(feel, variables))
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    data.note(`“${expression}”: ${error.message}`)
    return undefined
  }
}

// Dates and durations of FEEL as text, so that data stays JSON.
function toPlain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toPlain)
  if (value === null || typeof value !== 'object') return value
  const proto: unknown = Object.getPrototypeOf(value)
  if (proto !== Object.prototype && proto !== null) return JSON.parse(JSON.stringify(value)) as unknown // they write themselves as ISO text
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, toPlain(part)]))
}

/** The variables that are seen at `path` (tokens from the innermost to the process), with what the engine adds. */
export function variablesAt(data: Data, path: Token[], values: Variables = {}): Variables {
  const [inner, ...outer] = path
  if (!inner) return { ...data.store.get(''), ...values }
  const around = variablesAt(data, outer)
  return { ...around, ...ownOf(data, inner, outer, around), ...values }
}

// What a token has of its own: made when it is first asked for, since a step may begin and ask at once.
function ownOf(data: Data, token: Token, outer: Token[], around: Variables): Variables | undefined {
  const known = data.store.get(token.id)
  if (known || token.in === '') return known
  const element = data.graph.elements[token.at]
  const [parent] = outer
  const isInstance = parent?.is === 'loop' && parent.at === token.at
  const own: Variables = isInstance && element ? itemOf(data, element, token, parent) : {}
  if (element?.loop === undefined || isInstance) {
    for (const { to, expression } of element?.inputs ?? []) own[to] = compute(data, expression, { ...around, ...own })
  }
  for (const name of element?.data ?? []) own[name] ??= null
  if (Object.keys(own).length > 0) data.store.set(token.id, own)
  return own
}

function itemOf(data: Data, element: Element, token: Token, body: Token): Variables {
  const counter = { loopCounter: token.n ?? 0 }
  const items = data.store.get(`${body.id} items`)?.['items']
  if (element.loop?.kind !== 'multiple' || element.loop.item === undefined || !Array.isArray(items)) return counter
  return { ...counter, [element.loop.item]: items[token.n ?? 0] ?? null }
}

/** Answers the engine: a condition is true or not; the collection of a multiple instance is remembered for its items. */
export function answer(data: Data, expression: string, id: string, { path, values }: Where): unknown {
  const loop = data.graph.elements[id]?.loop
  const isCount = loop?.kind === 'multiple' && expression === (loop.cardinality ?? loop.collection)
  const value = compute(data, expression, countedFrom(data, loop, path, values))
  if (!isCount) return value === true
  const [body] = path
  if (Array.isArray(value) && body) data.store.set(`${body.id} items`, { items: value })
  return value
}

// The collection of the standard is an input of the activity (§10.3.8): its inputs are known before its instances begin.
function countedFrom(data: Data, loop: Element['loop'], path: Token[], values: Variables): Variables {
  const variables = variablesAt(data, path, values)
  const [body] = path
  if (loop?.kind !== 'multiple' || !body) return variables
  const inputs = data.graph.elements[body.at]?.inputs ?? []
  for (const { to, expression } of inputs) if (!(to in variables)) variables[to] = compute(data, expression, variables)
  return variables
}

/** Tokens from one of a stored state outwards. */
export function pathIn(state: EngineState | undefined, id: string): Token[] {
  const byId = new Map((state?.tokens ?? []).map((token) => [token.id, token]))
  const path: Token[] = []
  for (let at = byId.get(id); at; at = byId.get(at.in)) path.push(at)
  return path
}

/** Sets variables where they are known, from `path` outwards, or else in the process. */
export function assign(data: Data, path: Token[], values: Variables): void {
  for (const [name, value] of Object.entries(values)) {
    const owner = path.find((token) => Object.hasOwn(data.store.get(token.id) ?? {}, name))
    const table = data.store.get(owner?.id ?? '') ?? {}
    table[name] = value
    data.store.set(owner?.id ?? '', table)
  }
}

/** What an activity leaves behind: its outputs, or, when it declares none, all that it was given; and the result of an instance. */
export function storeResult(data: Data, path: Token[], result: Variables): void {
  const [token, ...outer] = path
  if (!token) return
  const element = data.graph.elements[token.at]
  const local = { ...variablesAt(data, path), ...result }
  const target = outer[0]?.is === 'loop' ? outer.slice(1) : outer
  if (!element?.outputs) assign(data, path, result)
  for (const { to, expression } of element?.outputs ?? []) assign(data, target, { [to]: compute(data, expression, local) })
  const loop = element?.loop
  if (loop?.kind !== 'multiple' || loop.results === undefined || loop.result === undefined || token.n === undefined) return
  const before: unknown = variablesAt(data, target)[loop.results]
  const list: unknown[] = Array.isArray(before) ? [...before] : []
  list[token.n] = compute(data, loop.result, local) ?? null
  assign(data, target, { [loop.results]: Array.from(list, (one) => one ?? null) })
}
