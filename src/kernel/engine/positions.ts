import { elementOf } from './run.ts'
import type { EngineState, Graph, Token } from './types.ts'

/** `done`: completed and not active now; `active`: somebody works or waits here; `waiting`: a join lacks a token; `incident`: it needs help. */
export type Mark = { element: string; mark: 'done' | 'active' | 'waiting' | 'incident'; tokens: number }

const order = ['done', 'waiting', 'active', 'incident'] as const

// The instances of a loop are marked, not what holds them.
const unmarked = new Set<Token['is']>(['listener', 'loop', 'done', 'undo'])

/**
 * Marks for drawing a case on its diagram. `done` is the ids of elements and flows that the case's events say were completed or
 * taken. One mark for each element, the most urgent one. Listeners (armed boundary events and the like) are not marked.
 */
export function positions(graph: Graph, state: EngineState | undefined, done: string[]): Mark[] {
  const marks = new Map<string, Mark>()
  for (const element of done) if (graph.elements[element] || graph.flows[element]) marks.set(element, { element, mark: 'done', tokens: 0 })
  for (const token of state?.tokens ?? []) {
    if (unmarked.has(token.is) || token.via !== undefined || elementOf(graph, token.at).type === 'process') continue
    const mark = token.is === 'incident' ? 'incident' : token.is === 'join' ? 'waiting' : 'active'
    const known = marks.get(token.at)
    const stronger = known && order.indexOf(known.mark) > order.indexOf(mark) ? known.mark : mark
    marks.set(token.at, { element: token.at, mark: stronger, tokens: (known?.tokens ?? 0) + 1 })
  }
  return [...marks.values()]
}
