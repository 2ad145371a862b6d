// What happens when an event occurs or is thrown (BPMN 2.0.2 §13.5): who catches it, and what that cancels.
import { addToken, awaited, cancel, cancelInside, closeListeners, closeWait, consume, elementOf, listenersFor, loopOf, tokenOf } from './run.ts'
import { openHandlers, openWait } from './listen.ts'
import type { Run } from './run.ts'
import type { Element, Token } from './types.ts'

/** The event that `token` (a catch event, receive task or listener) waits for has occurred. `last`: it is a cycle that will not come again. */
export function occur(run: Run, token: Token, last = false): void {
  const element = elementOf(run.graph, token.at)
  if (token.is !== 'listener') return finishWaiting(run, token)
  if (element.all && !allSeen(run, token, element)) return
  run.effects.push({ type: 'caught', element: token.at, token: token.id })
  if (element.type === 'boundaryEvent') return occurAtBoundary(run, token, element, last)
  if (element.type === 'startEvent') return occurInScope(run, token, element, last)
  occurForOwner(run, token, element)
}

// A catch event or a receive task that waits by itself: go on through it.
function finishWaiting(run: Run, token: Token): void {
  run.effects.push({ type: 'caught', element: token.at, token: token.id })
  closeWait(run, token, 'done')
  goOn(run, token)
}

function goOn(run: Run, token: Token): void {
  closeListeners(run, token.id)
  token.is = 'action' // it waits for nothing any more
  run.queue.push({ node: token.at, in: token.in, leave: token.id })
}

function occurAtBoundary(run: Run, token: Token, element: Element, last: boolean): void {
  const host = token.for === undefined ? undefined : run.tokens.get(token.for)
  if (element.interrupting && host) cancel(run, host)
  else rearm(run, token, element, last)
  run.queue.push({ node: element.id, in: token.in, caught: true })
}

function occurInScope(run: Run, token: Token, element: Element, last: boolean): void {
  const scope = tokenOf(run, token.in)
  if (!element.interrupting) rearm(run, token, element, last)
  startHandler(run, element, scope)
}

// A target of an event gateway (the losers are cancelled, §13.4.4), or one part of a multiple catch event.
function occurForOwner(run: Run, token: Token, element: Element): void {
  const owner = tokenOf(run, token.for ?? '')
  if (owner.is !== 'gate') return goOn(run, owner)
  if (elementOf(run.graph, owner.at).allStart) return occurAmongAll(run, token, owner)
  closeListeners(run, owner.id)
  consume(run, owner)
  run.effects.push({ type: 'left', element: owner.at, token: owner.id })
  const flow = elementOf(run.graph, owner.at).out.find((id) => run.graph.flows[id]?.to === element.id)
  if (flow !== undefined) run.effects.push({ type: 'flow', element: flow })
  run.queue.push({ node: element.id, in: token.in, caught: true })
}

// A gateway that starts a process by all of its events: the other events are still awaited.
function occurAmongAll(run: Run, token: Token, owner: Token): void {
  run.tokens.delete(token.id)
  closeWait(run, token, 'done')
  run.queue.push({ node: token.at, in: token.in, caught: true })
  if (listenersFor(run, owner.id).length > 0) return
  consume(run, owner)
  run.effects.push({ type: 'left', element: owner.at, token: owner.id })
}

// Parallel multiple (§10.5.2): remembers this part, and says whether it was the last one missing.
function allSeen(run: Run, token: Token, element: Element): boolean {
  closeWait(run, token, 'done')
  token.seen = true
  const parts = siblings(run, token)
  return parts.length === element.events.length && parts.every((part) => part.seen)
}

const siblings = (run: Run, token: Token) =>
  [...run.tokens.values()].filter((other) => other.is === 'listener' && other.at === token.at && other.in === token.in && other.for === token.for)

// A non-interrupting event may occur again, except a timer that is not a cycle.
function rearm(run: Run, token: Token, element: Element, last: boolean): void {
  const parts = element.all ? siblings(run, token) : [token]
  const spent = last || parts.some((part) => isSpent(element, part))
  for (const part of parts) {
    if (spent) {
      run.tokens.delete(part.id)
      closeWait(run, part, 'done')
    } else if (part.seen) {
      delete part.seen
      openWait(run, part)
    }
  }
}

function isSpent(element: Element, token: Token): boolean {
  const event = awaited(element, token)
  return event?.kind === 'timer' && event.timer.kind !== 'cycle'
}

/** Starts an event subprocess in a scope; an interrupting one first cancels all that runs there (§13.5.4). */
function startHandler(run: Run, start: Element, scope: Token): void {
  if (start.interrupting) {
    cancelInside(run, scope.id, true)
    scope.over = true
  }
  const handler = addToken(run, { at: start.scope, in: scope.id, is: 'scope' })
  run.effects.push({ type: 'entered', element: handler.at, token: handler.id })
  openHandlers(run, handler)
  run.queue.push({ node: start.id, in: handler.id, caught: true })
}

/** A boundary event and the activity that it is on, or the start of an event subprocess and its scope. */
type Catcher = { event: Element; at: Token }

/**
 * Looks for the handler of an error or escalation from `thrower` outwards (§10.5.7, §13.5): the boundary of the activity, then the
 * event subprocesses around it, then the boundary of that scope, and so on. At each place a handler for exactly this code goes
 * before a catch-all. An event subprocess never catches what it throws itself. Changes nothing; undefined when nobody catches.
 */
export function findCatcher(run: Run, kind: 'error' | 'escalation', code: string, thrower: Token): Catcher | undefined {
  for (let from = thrower; ;) {
    const body = loopOf(run, from)
    if (body) from = body
    const boundary = match(run, elementOf(run.graph, from.at).boundary, kind, code)
    if (boundary) return { event: boundary, at: from }
    const scope = run.tokens.get(from.in)
    if (!scope) return undefined
    const start = scope.over ? undefined : findHandler(run, scope, from, kind, code)
    if (start) return { event: start, at: scope }
    from = scope
  }
}

/** Lets the handler take the error or escalation. */
export function take(run: Run, { event, at }: Catcher): void {
  run.effects.push({ type: 'caught', element: event.id, token: at.id })
  if (event.type === 'startEvent') return startHandler(run, event, at)
  if (event.interrupting) cancel(run, at)
  run.queue.push({ node: event.id, in: at.in, caught: true })
}

function findHandler(run: Run, scope: Token, from: Token, kind: 'error' | 'escalation', code: string): Element | undefined {
  const handlers = elementOf(run.graph, scope.at).handlers.filter((id) => id !== from.at)
  return match(
    run,
    handlers.flatMap((id) => elementOf(run.graph, id).starts),
    kind,
    code,
  )
}

function match(run: Run, ids: string[], kind: 'error' | 'escalation', code: string): Element | undefined {
  const candidates = ids.map((id) => elementOf(run.graph, id))
  const catches = (element: Element, name: string | undefined) => element.events.some((event) => event.kind === kind && event.name === name)
  return candidates.find((element) => catches(element, code)) ?? candidates.find((element) => catches(element, undefined))
}

/** A signal reaches everything that waits for it at this moment, each once (§10.5.1 “broadcast”). */
export function broadcast(run: Run, name: string): void {
  const waiting = [...run.tokens.values()].filter((token) => {
    const event = awaited(elementOf(run.graph, token.at), token)
    return event?.kind === 'signal' && event.name === name
  })
  for (const token of waiting) if (run.tokens.has(token.id)) occur(run, token)
}
