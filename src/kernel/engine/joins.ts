// Which waiting tokens a gateway may join now (BPMN 2.0.2 §13.4).
import { activate } from './complex.ts'
import { elementOf, inside } from './run.ts'
import { canStillCome } from './upstream.ts'
import type { Run } from './run.ts'
import type { Element, Token } from './types.ts'

export const isJoin = (element: Element): boolean =>
  (element.type === 'parallelGateway' || element.type === 'inclusiveGateway' || element.type === 'complexGateway') && element.in.length > 1

/** The tokens that a parallel or complex gateway takes now that one more has arrived; undefined: it waits. */
export function joinOnArrival(run: Run, element: Element, scope: string): Token[] | undefined {
  if (element.type === 'complexGateway') return activate(run, element, scope)
  return element.type === 'parallelGateway' ? joinParallel(run, element, scope) : undefined
}

// A parallel join waits for one token on every incoming flow and takes one of each (§13.4.1).
function joinParallel(run: Run, element: Element, scope: string): Token[] | undefined {
  const waiting = inside(run, scope).filter((token) => token.is === 'join' && token.at === element.id)
  const taken: Token[] = []
  for (const flow of element.in) {
    const token = waiting.find((one) => one.flow === flow)
    if (!token) return undefined
    taken.push(token)
  }
  return taken
}

/**
 * The tokens of one inclusive join that may go on (§13.4.3): it holds a token, and no other token of its scope can still reach one of
 * its empty incoming flows without also being able to reach an occupied one, on a way that does not pass the join itself.
 */
export function joinInclusive(run: Run): { element: Element; scope: string; taken: Token[] } | undefined {
  for (const first of run.tokens.values()) {
    const element = elementOf(run.graph, first.at)
    if (first.is !== 'join' || element.type !== 'inclusiveGateway') continue
    const around = inside(run, first.in)
    const waiting = around.filter((token) => token.is === 'join' && token.at === element.id)
    const taken = element.in.flatMap((flow) => waiting.find((token) => token.flow === flow) ?? [])
    const empty = element.in.filter((flow) => !taken.some((token) => token.flow === flow))
    if (!canStillCome(around, element, empty)) return { element, scope: first.in, taken }
  }
  return undefined
}
