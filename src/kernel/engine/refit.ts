// A running case goes over to another version of its diagram: its tokens get their places in the new one, or it does not fit.
// Nothing is done again and nothing is skipped; the caller asks the explorer whether the end can be reached from the new state.
import { openBoundary, openHandlers, openListeners, openRace } from './listen.ts'
import { awaited, type Run } from './run.ts'
import type { Effect, Element, EngineState, EventDefinition, Graph, Token } from './types.ts'

/** Old element → new element; what is not named keeps its id. */
export type Moves = Record<string, string>

/** Why a case does not fit. `element`: where it stands in the old diagram. */
export type Misfit = {
  code: 'gone' | 'other-type' | 'other-scope' | 'other-loop' | 'flow-gone' | 'other-event' | 'other-timer'
  element: string
}

/**
 * `effects` are what opens and closes beside the activities: timers and subscriptions of events that only one of the versions has.
 * `moved` are the places of tokens before and after, by token, where somebody or something is awaited.
 */
export type Refit = { state: EngineState; effects: Effect[]; moved: { token: string; is: Token['is']; from: string; to: string }[] }

/** Puts a state of `from` into `to`. Token ids stay. Pure. */
export function refit(from: Graph, to: Graph, state: EngineState, moves: Moves): Refit | Misfit {
  const place = (id: string) => moves[id] ?? (id === from.process ? to.process : id)
  const byId = new Map(state.tokens.map((token) => [token.id, token]))
  const kept: Token[] = []
  for (const token of state.tokens.filter((one) => one.is !== 'listener')) {
    const made = refitToken({ from, to, place, byId }, token)
    if ('code' in made) return made
    kept.push(made)
  }
  const run: Run = {
    graph: to,
    host: { evaluate: () => undefined },
    tokens: new Map(kept.map((token) => [token.id, token])),
    next: state.next,
    queue: [],
    effects: [],
    status: state.status,
    terminated: new Set(),
    last: new Map(),
    looked: new Set(),
  }
  const stopped = refitListeners({ from, to, place, byId }, run, state)
  if (stopped) return stopped
  const moved = kept
    .filter((token) => token.is !== 'done')
    .map((token) => ({ token: token.id, is: token.is, from: byId.get(token.id)?.at ?? token.at, to: token.at }))
  return { state: { ...state, next: run.next, tokens: [...run.tokens.values()] }, effects: run.effects, moved }
}

type Plan = { from: Graph; to: Graph; place: (id: string) => string; byId: Map<string, Token> }

function refitToken(plan: Plan, token: Token): Token | Misfit {
  const { from, to, place } = plan
  const misfit = (code: Misfit['code']): Misfit => ({ code, element: token.at })
  const before = from.elements[token.at]
  const after = to.elements[place(token.at)]
  if (!before || !after) return misfit('gone')
  if (before.type !== after.type) return misfit('other-type')
  if (!isInPlace(plan, token, after)) return misfit('other-scope')
  if (JSON.stringify(before.loop) !== JSON.stringify(after.loop)) return misfit('other-loop')
  const wrong = token.is === 'event' || token.is === 'task' ? compareEvents(before, after) : undefined
  if (wrong) return misfit(wrong)
  const flow = token.flow === undefined ? undefined : refitFlow(plan, token.flow, after)
  if (token.flow !== undefined && flow === undefined) return misfit('flow-gone')
  const via = token.via?.map((id) => refitFlow(plan, id, after))
  if (via?.includes(undefined)) return misfit('flow-gone')
  return {
    ...token,
    at: after.id,
    ...(flow === undefined ? {} : { flow }),
    ...(via ? { via: via.filter((id) => id !== undefined) } : {}),
  }
}

/** The scope around the token must be the scope around its new element. */
function isInPlace({ to, place, byId }: Plan, token: Token, after: Element): boolean {
  const parent = byId.get(token.in)
  if (!parent) return token.in === '' && after.id === to.process
  return parent.at === token.at ? place(parent.at) === after.id : after.scope === place(parent.at)
}

/** What the token waits for itself: its events, or the message of a receive task. */
function compareEvents(before: Element, after: Element): Misfit['code'] | undefined {
  if (before.message !== after.message) return 'other-event'
  if (before.type !== 'intermediateCatchEvent') return undefined
  if (before.events.length !== after.events.length || before.all !== after.all) return 'other-event'
  for (const [index, event] of before.events.entries()) {
    const other = after.events[index]
    if (JSON.stringify(event) === JSON.stringify(other)) continue
    // A timer is on its way already: another one would begin anew.
    return event.kind === 'timer' && other?.kind === 'timer' ? 'other-timer' : 'other-event'
  }
  return undefined
}

/** The same flow, or the one between the new places of its ends; it must lead to this element. */
function refitFlow({ from, to, place }: Plan, id: string, after: Element): string | undefined {
  if (after.in.includes(id)) return id
  const source = place(from.flows[id]?.from ?? '')
  return after.in.find((flow) => to.flows[flow]?.from === source)
}

/** Listeners of the new version: those that stay keep their token; those that the old version did not have are opened; others are closed. */
function refitListeners(plan: Plan, run: Run, state: EngineState): Misfit | undefined {
  const left = new Set(state.tokens.filter((token) => token.is === 'listener'))
  const fresh: Token[] = []
  for (const token of wantedListeners(run)) {
    const match = [...left].find((candidate) => isSame(plan, candidate, token))
    if (match) left.delete(match)
    // An event that the old version had too, and that waits no more, has occurred: it is not awaited again.
    if (match) run.tokens.set(match.id, { ...match, at: token.at })
    else if (!wasThere(plan, token)) fresh.push(token)
  }
  for (const token of fresh) {
    const before = [...left].find((old) => plan.place(old.at) === token.at && old.in === token.in && old.for === token.for)
    if (before && restarts(plan, before, token)) return { code: 'other-timer', element: before.at }
    open(run, token)
  }
  for (const token of left) close(plan, run, token)
  return undefined
}

/** Would a clock that runs begin anew? One that follows a deadline keeps the deadline's date. */
function restarts({ from, to }: Plan, old: Token, wanted: Token): boolean {
  const before = eventOf(from, old)
  const after = eventOf(to, wanted)
  return before?.kind === 'timer' && after?.kind === 'timer' && after.timer.kind !== 'deadline'
}

/** What would be armed if every activity were entered now; found in a run of its own, whose tokens and effects are thrown away. */
function wantedListeners(run: Run): Token[] {
  const scratch: Run = { ...run, tokens: new Map([...run.tokens].map(([id, token]) => [id, { ...token }])), effects: [] }
  for (const token of run.tokens.values()) arm(scratch, token)
  return [...scratch.tokens.values()].filter((token) => token.is === 'listener')
}

function arm(run: Run, token: Token): void {
  const element = run.graph.elements[token.at]
  if (!element || token.is === 'done' || token.is === 'undo' || token.is === 'incident' || token.is === 'join') return
  const isPart = run.tokens.get(token.in)?.is === 'loop' && run.tokens.get(token.in)?.at === token.at
  if (token.is === 'gate') return element.type === 'eventBasedGateway' ? openRace(run, token) : undefined
  if (token.is === 'event' && element.type === 'intermediateCatchEvent' && element.events.length > 1)
    return openListeners(run, element, token.in, token.id)
  if (element.boundary.length > 0 && !isPart) openBoundary(run, token)
  if (token.is === 'scope' && !token.over) openHandlers(run, token)
}

const isSame = ({ from, to, place }: Plan, old: Token, wanted: Token): boolean =>
  place(old.at) === wanted.at &&
  old.in === wanted.in &&
  old.for === wanted.for &&
  (old.def ?? 0) === (wanted.def ?? 0) &&
  JSON.stringify(eventOf(from, old)) === JSON.stringify(eventOf(to, wanted))

const eventOf = (graph: Graph, token: Token): EventDefinition | undefined => {
  const element = graph.elements[token.at]
  return element && awaited(element, token)
}

/** Had the old version this event at the very place where the token stood? */
function wasThere({ from, to, place, byId }: Plan, wanted: Token): boolean {
  const event = JSON.stringify(eventOf(to, wanted))
  const owner = byId.get(wanted.for ?? wanted.in)?.at
  return Object.values(from.elements).some(
    (element) =>
      place(element.id) === wanted.at &&
      (element.attachedTo === undefined || element.attachedTo === owner) &&
      element.events.some((known) => JSON.stringify(known) === event),
  )
}

function open(run: Run, token: Token): void {
  const added: Token = { ...token, id: `t${run.next++}` }
  run.tokens.set(added.id, added)
  const event = eventOf(run.graph, added)
  if (event?.kind === 'timer') run.effects.push({ type: 'timer.open', element: added.at, token: added.id, timer: event.timer })
  if (event?.kind === 'message' || event?.kind === 'signal')
    run.effects.push({ type: 'subscription.open', element: added.at, token: added.id, kind: event.kind, name: event.name })
}

function close({ from }: Plan, run: Run, token: Token): void {
  if (token.seen) return
  const event = eventOf(from, token)
  if (event?.kind === 'timer') run.effects.push({ type: 'timer.close', token: token.id })
  if (event?.kind === 'message' || event?.kind === 'signal') run.effects.push({ type: 'subscription.close', token: token.id })
}
