// Moving tokens: entering an element, leaving it, joining, and the end of a scope (BPMN 2.0.2 §13.3–13.5).
import { broadcast, findCatcher, take } from './catch.ts'
import { choose } from './choose.ts'
import { openBoundary, openHandlers, openListeners, openRace, openWait } from './listen.ts'
import { addToken, cancelInside, closeListeners, closeWait, consume, elementOf, flowOf, incident, inside } from './run.ts'
import type { Move, Run } from './run.ts'
import type { Effect, Element, EventDefinition, Token } from './types.ts'

const taskKinds = { userTask: 'user', manualTask: 'manual', receiveTask: 'receive' } as const
const actionKinds = { serviceTask: 'service', sendTask: 'send', scriptTask: 'script', businessRuleTask: 'rule' } as const

/** Does one move of the queue. */
export function advance(run: Run, move: Move): void {
  const element = elementOf(run.graph, move.node)
  if (move.onward) return follow(run, element, move.in, element.out)
  if (move.leave !== undefined) {
    const token = run.tokens.get(move.leave)
    return token && leave(run, token)
  }
  if (isJoin(element) && move.flow !== undefined) {
    addToken(run, { at: element.id, in: move.in, is: 'join', flow: move.flow })
    if (element.type === 'parallelGateway') joinParallel(run, element, move.in)
    return
  }
  enter(run, element, move)
}

const isJoin = (element: Element) => (element.type === 'parallelGateway' || element.type === 'inclusiveGateway') && element.in.length > 1

function enter(run: Run, element: Element, move: Move): void {
  const token = addToken(run, { at: element.id, in: move.in, is: waitOf(element) })
  run.effects.push({ type: 'entered', element: element.id, token: token.id })
  if (move.caught) return leave(run, token)
  switch (element.type) {
    case 'userTask':
    case 'manualTask':
    case 'receiveTask':
      run.effects.push({ type: 'task.open', element: element.id, token: token.id, kind: taskKinds[element.type] })
      openWait(run, token)
      return openBoundary(run, token)
    case 'serviceTask':
    case 'sendTask':
    case 'scriptTask':
    case 'businessRuleTask':
      act(run, token)
      return openBoundary(run, token)
    case 'subProcess':
      openBoundary(run, token)
      openHandlers(run, token)
      return begin(run, element, token)
    case 'intermediateCatchEvent':
      if (element.events.length === 1) return openWait(run, token)
      return openListeners(run, element, token.in, token.id)
    case 'eventBasedGateway':
      return openRace(run, token)
    case 'intermediateThrowEvent':
    case 'endEvent':
      return raise(run, token, element)
    case 'startEvent':
    case 'boundaryEvent':
    case 'exclusiveGateway':
    case 'parallelGateway':
    case 'inclusiveGateway':
      return leave(run, token)
    case 'process':
    case 'eventSubProcess':
      return // never the target of a flow
  }
}

function waitOf(element: Element): Token['is'] {
  if (element.type in taskKinds) return 'task'
  if (element.type in actionKinds) return 'action'
  if (element.type === 'eventBasedGateway') return 'gate'
  if (element.type === 'subProcess') return 'scope'
  return 'event'
}

/** Asks the caller to run an action. */
export function act(run: Run, token: Token): void {
  const { type } = elementOf(run.graph, token.at)
  if (type === 'serviceTask' || type === 'sendTask' || type === 'scriptTask' || type === 'businessRuleTask') {
    run.effects.push({ type: 'action', element: token.at, token: token.id, kind: actionKinds[type] })
  }
}

function begin(run: Run, element: Element, scope: Token): void {
  for (const start of element.starts) run.queue.push({ node: start, in: scope.id })
}

// Throw and end events (§10.5.4, §13.5.5). The event is over once it has thrown; whether its scope goes on is for the handler to say.
function raise(run: Run, token: Token, element: Element): void {
  const error = element.events.find((event) => event.kind === 'error')
  if (error) return raiseError(run, token, error.name ?? '')
  consume(run, token)
  const thrown: Effect[] = []
  for (const event of element.events) {
    if (event.kind === 'message' || event.kind === 'signal' || event.kind === 'escalation') {
      thrown.push({ type: 'thrown', element: element.id, kind: event.kind, name: event.name ?? '' })
    }
  }
  run.effects.push(...thrown)
  passed(run, token, element)
  run.queue.push({ node: element.id, in: token.in, onward: true })
  for (const event of element.events) deliver(run, token, event)
}

function deliver(run: Run, token: Token, event: EventDefinition): void {
  if (event.kind === 'signal') broadcast(run, event.name)
  if (event.kind === 'escalation') {
    const catcher = findCatcher(run, 'escalation', event.name ?? '', token)
    if (catcher) take(run, catcher)
  }
  // Terminate ends the scope that contains the event and only that one; its parent goes on normally (§13.5.6).
  if (event.kind === 'terminate') {
    cancelInside(run, token.in)
    run.terminated.add(token.in)
  }
}

// An error that nobody catches must be seen by somebody: the token stays as an incident (§13.5.5 leaves it to the engine).
function raiseError(run: Run, token: Token, code: string): void {
  run.effects.push({ type: 'thrown', element: token.at, kind: 'error', name: code })
  const catcher = findCatcher(run, 'error', code, token)
  if (!catcher) return incident(run, token, 'redo', `uncaught error ${code}`)
  consume(run, token)
  passed(run, token, elementOf(run.graph, token.at))
  take(run, catcher)
}

/** The work of an activity is done: closes what waited beside it and leaves it. */
export function finish(run: Run, token: Token): void {
  closeWait(run, token, 'done')
  closeListeners(run, token.id)
  leave(run, token)
}

/** Leaves an element by the flows that its kind and the conditions choose; without any, an incident keeps the token. */
export function leave(run: Run, token: Token): void {
  const element = elementOf(run.graph, token.at)
  const chosen = choose(run, element)
  if (!Array.isArray(chosen)) return incident(run, token, 'leave', chosen.reason)
  consume(run, token)
  passed(run, token, element)
  follow(run, element, token.in, chosen)
}

function passed(run: Run, token: Token, element: Element): void {
  run.effects.push({ type: 'left', element: element.id, token: token.id })
  if (element.xl.event !== undefined) run.effects.push({ type: 'event', element: element.id, name: element.xl.event })
}

function follow(run: Run, element: Element, scope: string, flows: string[]): void {
  for (const id of flows) {
    const flow = flowOf(run.graph, id)
    run.effects.push({ type: 'flow', element: id })
    if (flow.xl.event !== undefined) run.effects.push({ type: 'event', element: id, name: flow.xl.event })
    run.queue.push({ node: flow.to, in: scope, flow: id })
  }
  const link = linkTarget(run, element)
  if (link !== undefined) run.queue.push({ node: link, in: scope, caught: true })
}

// A link event goes on at the catch event of the same name in the same scope (§10.5.5 “Link”).
function linkTarget(run: Run, element: Element): string | undefined {
  const event = element.type === 'intermediateThrowEvent' ? element.events[0] : undefined
  if (event?.kind !== 'link') return undefined
  return Object.values(run.graph.elements).find(
    (other) =>
      other.type === 'intermediateCatchEvent' &&
      other.scope === element.scope &&
      other.events.some((e) => e.kind === 'link' && e.name === event.name),
  )?.id
}

// A parallel join waits for one token on every incoming flow and takes one of each (§13.4.1).
function joinParallel(run: Run, element: Element, scope: string): void {
  const waiting = inside(run, scope).filter((token) => token.is === 'join' && token.at === element.id)
  const taken = element.in.map((flow) => waiting.find((token) => token.flow === flow))
  if (taken.every((token) => token !== undefined)) fireJoin(run, element, scope, taken)
}

function fireJoin(run: Run, element: Element, scope: string, taken: Token[]): void {
  for (const token of taken) run.tokens.delete(token.id)
  enter(run, element, { node: element.id, in: scope })
}

/**
 * Fires one inclusive join that may (§13.4.3): it holds a token, and no other token of its scope can still reach one of its empty
 * incoming flows without also being able to reach an occupied one, on a way that does not pass the join itself.
 */
export function joinInclusive(run: Run): boolean {
  for (const first of run.tokens.values()) {
    const element = elementOf(run.graph, first.at)
    if (first.is !== 'join' || element.type !== 'inclusiveGateway') continue
    const around = inside(run, first.in)
    const waiting = around.filter((token) => token.is === 'join' && token.at === element.id)
    const taken = element.in.flatMap((flow) => waiting.find((token) => token.flow === flow) ?? [])
    const reaches = (token: Token, occupied: boolean) =>
      element.in.some((flow) => taken.some((t) => t.flow === flow) === occupied && element.upstream?.[flow]?.includes(token.at))
    const awaitedTokens = around.filter(
      (token) => token.is !== 'listener' && token.at !== element.id && reaches(token, false) && !reaches(token, true),
    )
    if (awaitedTokens.length > 0) continue
    fireJoin(run, element, first.in, taken)
    return true
  }
  return false
}

/** Completes one scope in which no token is left (§13.3.4, §13.5.6). */
export function completeScope(run: Run): boolean {
  const busy = new Set<string>()
  for (const token of run.tokens.values()) if (token.is !== 'listener') busy.add(token.in)
  for (const scope of run.tokens.values()) {
    if (scope.is !== 'scope' || busy.has(scope.id)) continue
    cancelInside(run, scope.id)
    if (scope.in !== '') finish(run, scope)
    else endCase(run, scope)
    return true
  }
  return false
}

function endCase(run: Run, root: Token): void {
  run.tokens.delete(root.id)
  const outcome = run.terminated.has(root.id) ? 'terminated' : 'completed'
  run.status = outcome
  run.effects.push({ type: 'ended', element: run.last.get(root.id) ?? root.at, outcome })
}
