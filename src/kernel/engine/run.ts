// One step's working copy: tokens, queue and effects, and what every rule needs to change them.
import { EngineError } from './errors.ts'
import type { Effect, Element, EngineState, EventDefinition, Flow, Graph, Host, Token } from './types.ts'

/**
 * What is still to do in this step, inside one scope: a token arrives at `node` (by `flow`, or because its event has occurred), the
 * token `leave` goes on, or a throw event that has thrown goes `onward`. A cancelled scope takes its moves with it. `instance` is the
 * number of one instance of a loop, `undoes` the compensation for which the activity runs.
 */
export type Move = { node: string; in: string; flow?: string; caught?: true; leave?: string; onward?: true; instance?: number; undoes?: string }

export type Run = {
  graph: Graph
  host: Host
  tokens: Map<string, Token>
  next: number
  queue: Move[]
  effects: Effect[]
  status: EngineState['status']
  /** Scopes ended by a terminate event in this step. */
  terminated: Set<string>
  /** The last element that consumed a token, by scope. */
  last: Map<string, string>
  /** Tokens whose condition was looked at in this step: data does not change within one. */
  looked: Set<string>
}

/** Ordinary cases hold a handful; this stops a diagram that multiplies tokens for ever. */
const maximumTokens = 1000

export function elementOf(graph: Graph, id: string): Element {
  const element = graph.elements[id]
  if (!element) throw new EngineError('engine.format', `The diagram has no element “${id}”.`)
  return element
}

export function flowOf(graph: Graph, id: string): Flow {
  const flow = graph.flows[id]
  if (!flow) throw new EngineError('engine.format', `The diagram has no sequence flow “${id}”.`)
  return flow
}

export function tokenOf(run: Run, id: string): Token {
  const token = run.tokens.get(id)
  if (!token) throw new EngineError('engine.no_token', `Nothing waits at “${id}” any more.`)
  return token
}

export function addToken(run: Run, token: Omit<Token, 'id'>): Token {
  const added = { id: `t${run.next++}`, ...token }
  run.tokens.set(added.id, added)
  if (run.tokens.size > maximumTokens) throw new EngineError('engine.runaway', `The case would hold more than ${maximumTokens} tokens.`)
  return added
}

/** Takes a token away because it did what it came for. */
export function consume(run: Run, token: Token): void {
  run.tokens.delete(token.id)
  // A scope ends where the last token inside it ended: an event subprocess is left at its own end event.
  run.last.set(token.in, run.last.get(token.id) ?? token.at)
}

/** The loop of which this token is one instance. */
export function loopOf(run: Run, token: Token): Token | undefined {
  const parent = run.tokens.get(token.in)
  return parent?.is === 'loop' && parent.at === token.at ? parent : undefined
}

/** Tokens from `token` out to the process. */
export function pathOf(run: Run, token: Token | undefined): Token[] {
  const path: Token[] = []
  for (let at = token; at; at = run.tokens.get(at.in)) path.push(at)
  return path
}

/** Asks the caller for the value of an expression that belongs to `token` (or to the scope in which it is about to begin). */
export function evaluate(run: Run, expression: string, element: string, token: Token | undefined, values: Record<string, unknown> = {}): unknown {
  const path = pathOf(run, token)
  const counter = path.find((one) => one.n !== undefined && one.is !== 'loop' && loopOf(run, one))?.n
  return run.host.evaluate(expression, element, { path, values: counter === undefined ? values : { loopCounter: counter, ...values } })
}

export const inside = (run: Run, scope: string) => [...run.tokens.values()].filter((token) => token.in === scope)

export const listenersFor = (run: Run, owner: string) => [...run.tokens.values()].filter((token) => token.is === 'listener' && token.for === owner)

/** Cancels a token and everything inside it, innermost first (BPMN 2.0.2 §13.3.2: an interrupted activity is terminated with what it contains). */
export function cancel(run: Run, token: Token): void {
  cancelInside(run, token.id)
  closeListeners(run, token.id)
  if (!run.tokens.delete(token.id)) return
  closeWait(run, token, 'cancelled')
  if (silent.has(token.is) || token.via !== undefined) return
  const instance = loopOf(run, token) ? token.n : undefined
  run.effects.push({ type: 'cancelled', element: token.at, token: token.id, ...(instance !== undefined && { instance }) })
}

// Tokens whose beginning was not announced either, or whose end already was.
const silent = new Set<Token['is']>(['join', 'listener', 'done', 'undo'])

/** Cancels all that a scope contains, also what is on its way, and leaves the scope itself. `keepDone`: it may still be compensated. */
export function cancelInside(run: Run, scope: string, keepDone = false): void {
  run.queue = run.queue.filter((move) => move.in !== scope)
  for (const token of inside(run, scope)) {
    if (run.tokens.has(token.id) && !(keepDone && token.is === 'done')) cancel(run, token)
  }
}

export function closeListeners(run: Run, owner: string): void {
  for (const listener of listenersFor(run, owner)) {
    run.tokens.delete(listener.id)
    closeWait(run, listener, 'cancelled')
  }
}

/** Says that whatever this token waited for is no longer awaited. */
export function closeWait(run: Run, token: Token, how: 'done' | 'cancelled'): void {
  const element = elementOf(run.graph, token.at)
  if (token.is === 'task') {
    run.effects.push({ type: 'task.close', element: token.at, token: token.id, how })
    if (element.message !== undefined) run.effects.push({ type: 'subscription.close', token: token.id })
  }
  if ((token.is !== 'event' && token.is !== 'listener') || token.seen) return
  const kind = awaited(element, token)?.kind
  if (kind === 'timer') run.effects.push({ type: 'timer.close', token: token.id })
  if (kind === 'message' || kind === 'signal') run.effects.push({ type: 'subscription.close', token: token.id })
}

/** What a waiting token waits for, if it waits for an event. */
export function awaited(element: Element, token: Token): EventDefinition | undefined {
  if (element.type === 'receiveTask') {
    return element.message !== undefined && (token.is === 'task' || token.is === 'listener') ? { kind: 'message', name: element.message } : undefined
  }
  if (token.is !== 'event' && token.is !== 'listener') return undefined
  if (token.is === 'event' && element.events.length > 1) return undefined // its listeners wait, one for each definition
  return element.events[token.def ?? 0]
}

export function incident(run: Run, token: Token, why: 'leave' | 'redo', reason: string): void {
  token.is = 'incident'
  token.why = why
  run.effects.push({ type: 'incident', element: token.at, token: token.id, reason })
}
