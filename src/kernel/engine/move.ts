// Moving tokens: entering an element, leaving it, and the end of a scope (BPMN 2.0.2 §13.3–13.5).
import { DomainError } from '../errors.ts'
import { broadcast, findCatcher, take } from './catch.ts'
import { choose } from './choose.ts'
import { cancelTransaction, compensate, remember, undoNext } from './compensate.ts'
import { isJoin, joinOnArrival } from './joins.ts'
import { openBoundary, openHandlers, openListeners, openRace, openWait } from './listen.ts'
import { beginLoop, endInstance, thrownByLoop } from './loop.ts'
import { addToken, cancelInside, closeListeners, closeWait, consume, elementOf, evaluate, flowOf, incident, loopOf, pathOf } from './run.ts'
import type { Move, Run } from './run.ts'
import type { Effect, Element, EventDefinition, Token } from './types.ts'

const taskKinds = { userTask: 'user', manualTask: 'manual', receiveTask: 'receive' } as const
const actionKinds = {
  serviceTask: 'service',
  sendTask: 'send',
  scriptTask: 'script',
  businessRuleTask: 'rule',
  callActivity: 'call',
  task: 'task',
} as const

/** Does one move of the queue. */
export function advance(run: Run, move: Move): void {
  const element = elementOf(run.graph, move.node)
  if (move.onward) return follow(run, element, move.in, element.out)
  if (move.leave !== undefined) {
    const token = run.tokens.get(move.leave)
    return token && leave(run, token)
  }
  if (!isJoin(element) || move.flow === undefined) return enter(run, element, move)
  const token = addToken(run, { at: element.id, in: move.in, is: 'join', flow: move.flow })
  tryJoin(run, element, move.in, token)
}

/** Lets a gateway go on at which a token has just arrived, if that is enough. */
export function tryJoin(run: Run, element: Element, scope: string, last: Token): void {
  try {
    const taken = joinOnArrival(run, element, scope)
    if (taken) fireJoin(run, element, scope, taken)
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    incident(run, last, 'redo', error.message)
  }
}

function enter(run: Run, element: Element, move: Move): void {
  const instance = move.instance === undefined ? {} : { n: move.instance }
  const undoes = move.undoes === undefined ? {} : { undoes: move.undoes }
  const isLoop = element.loop !== undefined && move.instance === undefined
  const token = addToken(run, { at: element.id, in: move.in, is: isLoop ? 'loop' : waitOf(element), ...instance, ...undoes })
  run.effects.push({ type: 'entered', element: element.id, token: token.id, ...(move.instance !== undefined && { instance: move.instance }) })
  if (move.caught) return leave(run, token)
  if (isLoop) {
    openBoundary(run, token)
    return startLoop(run, token)
  }
  begin(run, element, token)
}

// The events on the border belong to the activity as a whole, not to one of its instances.
function openBorder(run: Run, token: Token): void {
  if (!loopOf(run, token)) openBoundary(run, token)
}

function startLoop(run: Run, body: Token): void {
  try {
    if (beginLoop(run, body)) finish(run, body)
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    incident(run, body, 'redo', error.message)
  }
}

function begin(run: Run, element: Element, token: Token): void {
  switch (element.type) {
    case 'userTask':
    case 'manualTask':
    case 'receiveTask':
      run.effects.push({ type: 'task.open', element: element.id, token: token.id, kind: taskKinds[element.type] })
      openWait(run, token)
      return openBorder(run, token)
    case 'serviceTask':
    case 'sendTask':
    case 'scriptTask':
    case 'businessRuleTask':
    case 'callActivity':
    case 'task':
      act(run, token)
      return openBorder(run, token)
    case 'subProcess':
    case 'transaction':
    case 'adHocSubProcess':
      openBorder(run, token)
      openHandlers(run, token)
      return beginScope(run, element, token)
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
    case 'complexGateway':
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
  if (element.type === 'subProcess' || element.type === 'transaction' || element.type === 'adHocSubProcess') return 'scope'
  return 'event'
}

/** Asks the caller to run an action. */
export function act(run: Run, token: Token): void {
  const { type } = elementOf(run.graph, token.at)
  if (type in actionKinds) {
    const kind = actionKinds[type as keyof typeof actionKinds] // the line above is the check that TypeScript cannot follow
    run.effects.push({ type: 'action', element: token.at, token: token.id, kind })
  }
}

function beginScope(run: Run, element: Element, scope: Token): void {
  if (element.adHoc?.sequential) return beginNext(run, element, scope)
  for (const start of element.starts) run.queue.push({ node: start, in: scope.id })
}

/** Begins the next activity of a sequential ad-hoc subprocess, in document order. */
export function beginNext(run: Run, element: Element, scope: Token): void {
  const start = element.starts[scope.n ?? 0]
  scope.n = (scope.n ?? 0) + 1
  if (start !== undefined) run.queue.push({ node: start, in: scope.id })
}

// Throw and end events (§10.5.4, §13.5.5). The event is over once it has thrown; whether its scope goes on is for the handler to say.
function raise(run: Run, token: Token, element: Element): void {
  const error = element.events.find((event) => event.kind === 'error')
  if (error) return raiseError(run, token, error.name ?? '')
  run.effects.push(...element.events.flatMap((event) => thrownBy(element, event)))
  const undo = element.events.find((event) => event.kind === 'compensate')
  if (undo?.wait) return compensate(run, token, undo, true)
  consume(run, token)
  passed(run, token, element)
  run.queue.push({ node: element.id, in: token.in, onward: true })
  for (const event of element.events) deliver(run, token, event)
}

function thrownBy(element: Element, event: EventDefinition): Effect[] {
  if (event.kind === 'compensate') return [{ type: 'thrown', element: element.id, kind: 'compensation', name: event.activity ?? '' }]
  if (event.kind !== 'message' && event.kind !== 'signal' && event.kind !== 'escalation') return []
  return [{ type: 'thrown', element: element.id, kind: event.kind, name: event.name ?? '' }]
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
  if (event.kind === 'cancel') cancelTransaction(run, token)
  if (event.kind === 'compensate') compensate(run, token, event, false)
}

// The events of several instances are thrown by the activity as a whole: its own boundary may catch them.
function throwFromLoop(run: Run, element: Element, body: Token, event: EventDefinition): void {
  if (event.kind !== 'error') {
    run.effects.push(...thrownBy(element, event))
    return deliver(run, body, event)
  }
  run.effects.push({ type: 'thrown', element: element.id, kind: 'error', name: event.name ?? '' })
  const catcher = findCatcher(run, 'error', event.name ?? '', body)
  if (catcher) take(run, catcher)
  else incident(run, body, 'redo', `uncaught error ${event.name ?? ''}`)
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
  if (token.is === 'scope') run.host.leaving?.(pathOf(run, token))
  const body = loopOf(run, token)
  if (body) return leaveInstance(run, element, token, body)
  const values = element.type === 'complexGateway' ? { waitingForStart: true } : {}
  const chosen = choose(run, element, token, values)
  if (!Array.isArray(chosen)) return incident(run, token, 'leave', chosen.reason)
  consume(run, token)
  remember(run, token, element)
  passed(run, token, element)
  follow(run, element, token.in, chosen)
  const undo = token.undoes === undefined ? undefined : run.tokens.get(token.undoes)
  if (undo) undoNext(run, undo)
  endAdHoc(run, token.in)
}

function leaveInstance(run: Run, element: Element, token: Token, body: Token): void {
  consume(run, token)
  remember(run, token, element)
  run.effects.push({ type: 'left', element: element.id, token: token.id, instance: token.n ?? 0 })
  try {
    for (const event of thrownByLoop(run, body)) throwFromLoop(run, element, body, event)
    // What was thrown may have been caught at the border, and the whole activity be cancelled.
    if (!run.tokens.has(body.id) || !endInstance(run, body)) return
    cancelInside(run, body.id)
    finish(run, body)
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    incident(run, body, 'leave', error.message)
  }
}

// An ad-hoc subprocess is complete when its condition holds after one of its activities (§13.3.5).
function endAdHoc(run: Run, id: string): void {
  const scope = run.tokens.get(id)
  const adHoc = scope && elementOf(run.graph, scope.at).adHoc
  if (!scope || adHoc?.completion === undefined || scope.over || !isComplete(run, adHoc.completion, scope)) return
  scope.over = true
  if (adHoc.cancelRest) cancelInside(run, scope.id, true)
}

/** Does the completion condition of an ad-hoc subprocess hold? */
export function isComplete(run: Run, condition: string, scope: Token): boolean {
  try {
    return evaluate(run, condition, scope.at, scope) === true
  } catch (error) {
    if (error instanceof DomainError) return false // what cannot be computed yet does not hold
    throw error
  }
}

function passed(run: Run, token: Token, element: Element): void {
  run.effects.push({ type: 'left', element: element.id, token: token.id })
  if (element.xl.event !== undefined) run.effects.push({ type: 'event', element: element.id, name: element.xl.event })
}

/** Sends tokens along flows, and over a link. */
export function follow(run: Run, element: Element, scope: string, flows: string[]): void {
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

/** The gateway takes these tokens and goes on. */
export function fireJoin(run: Run, element: Element, scope: string, taken: Token[]): void {
  for (const token of taken) run.tokens.delete(token.id)
  enter(run, element, { node: element.id, in: scope })
}
