// Opening of what waits for an event: timers and subscriptions of catch events, boundaries, event gateways and event subprocesses.
import { addToken, awaited, elementOf } from './run.ts'
import type { Run } from './run.ts'
import type { Element, EventDefinition, Token } from './types.ts'

const fromOutside = new Set<EventDefinition['kind']>(['timer', 'message', 'signal', 'conditional'])

/** Announces what a token waits for. */
export function openWait(run: Run, token: Token): void {
  const event = awaited(elementOf(run.graph, token.at), token)
  if (event?.kind === 'timer') run.effects.push({ type: 'timer.open', element: token.at, token: token.id, timer: event.timer })
  if (event?.kind === 'message' || event?.kind === 'signal') {
    run.effects.push({ type: 'subscription.open', element: token.at, token: token.id, kind: event.kind, name: event.name })
  }
}

/** Boundary events of an activity that was entered (BPMN 2.0.2 §10.5.6, §13.5.3). Errors and escalations need no listener: they look for their handler. */
export function openBoundary(run: Run, owner: Token): void {
  for (const id of elementOf(run.graph, owner.at).boundary) openListeners(run, elementOf(run.graph, id), owner.in, owner.id)
}

/** Event subprocesses of a scope that was entered (§13.5.4): ready as long as the scope is active. */
export function openHandlers(run: Run, scope: Token): void {
  for (const handler of elementOf(run.graph, scope.at).handlers) {
    for (const start of elementOf(run.graph, handler).starts) openListeners(run, elementOf(run.graph, start), scope.id)
  }
}

/** The targets of an event gateway (§13.4.4). */
export function openRace(run: Run, gate: Token): void {
  for (const flow of elementOf(run.graph, gate.at).out) {
    const target = run.graph.flows[flow]?.to
    if (target !== undefined) openListeners(run, elementOf(run.graph, target), gate.in, gate.id)
  }
}

/** One listener for each definition of an event that comes from outside. */
export function openListeners(run: Run, element: Element, scope: string, owner?: string): void {
  if (element.type === 'receiveTask') return listen(run, { at: element.id, in: scope, is: 'listener' }, owner)
  element.events.forEach((event, index) => {
    if (!fromOutside.has(event.kind)) return
    listen(run, index === 0 ? { at: element.id, in: scope, is: 'listener' } : { at: element.id, in: scope, is: 'listener', def: index }, owner)
  })
}

function listen(run: Run, token: Omit<Token, 'id'>, owner: string | undefined): void {
  openWait(run, addToken(run, owner === undefined ? token : { ...token, for: owner }))
}
