import { addToken, awaited, cancelInside, closeListeners, elementOf, incident, loopOf, tokenOf } from './run.ts'
import { broadcast, findCatcher, occur, take } from './catch.ts'
import { EngineError } from './errors.ts'
import { openHandlers, openListeners } from './listen.ts'
import { lookAtConditions } from './watch.ts'
import { act, advance, finish, leave } from './move.ts'
import { activateAdHoc, completeScope, synchronise } from './scopes.ts'
import type { Run } from './run.ts'
import type { Command, Element, EngineState, Graph, Host, StepResult, Token } from './types.ts'

/** Automatic moves within one command: far above any real diagram: only a loop without a wait state reaches it. */
const maximumMoves = 2_000

/**
 * Applies one command to a case and runs on until every token waits for somebody (BPMN 2.0.2 §13). Pure: the given state is not
 * changed, and the same arguments give the same result. `state` is undefined for `start` (or for the message that starts a case).
 * Effects come in the order in which they occur. A signal thrown inside the case has already reached the case itself; the caller
 * passes it to other cases only. Throws EngineError when the command does not fit the state.
 */
export function step(graph: Graph, state: EngineState | undefined, command: Command, host: Host): StepResult {
  const run = open(graph, state, host)
  if (state === undefined) start(run, command)
  else apply(run, command)
  settle(run)
  return { state: { format: 1, status: run.status, next: run.next, tokens: [...run.tokens.values()] }, effects: run.effects }
}

function open(graph: Graph, state: EngineState | undefined, host: Host): Run {
  if (state && state.format !== 1) throw new EngineError('engine.format', 'This state was written by a newer version of the engine.')
  if (state && state.status !== 'running') throw new EngineError('engine.ended', 'This case has ended.')
  const tokens = new Map((state?.tokens ?? []).map((token) => [token.id, { ...token }]))
  return {
    graph,
    host,
    tokens,
    next: state?.next ?? 0,
    queue: [],
    effects: [],
    status: 'running',
    terminated: new Set(),
    last: new Map(),
    looked: new Set(),
  }
}

function settle(run: Run): void {
  for (let moves = 0; moves < maximumMoves; moves++) {
    if (run.status !== 'running') return
    const move = run.queue.shift()
    if (move) advance(run, move)
    else if (!completeScope(run) && !synchronise(run) && !lookAtConditions(run)) return
  }
  throw new EngineError('engine.runaway', 'The diagram runs in a circle without waiting for anybody.')
}

function start(run: Run, command: Command): void {
  const elements = findStarts(run.graph, command)
  if (elements.length === 0) throw new EngineError('engine.no_start', 'The diagram has no such start event.')
  const root: Token = { id: `t${run.next++}`, at: run.graph.process, in: '', is: 'scope' }
  run.tokens.set(root.id, root)
  run.effects.push({ type: 'entered', element: root.at, token: root.id })
  openHandlers(run, root)
  for (const element of elements) {
    run.queue.push(isImplicit(element) ? { node: element.id, in: root.id } : { node: element.id, in: root.id, caught: true })
    openOthers(run, element, root)
  }
}

// A process without a start event begins at everything that nothing leads to (§10.5.2), and goes through it.
const isImplicit = (element: Element) => element.type !== 'startEvent' && element.events.length === 0 && element.message === undefined

function findStarts(graph: Graph, command: Command): Element[] {
  const starts = elementOf(graph, graph.process).starts.map((id) => elementOf(graph, id))
  if (command.type === 'message') {
    return starts.filter((element) => !element.all && startsBy(element, command.name, command.element)).slice(0, 1)
  }
  if (command.type !== 'start') throw new EngineError('engine.wrong_command', 'This case has not started.')
  if (command.element !== undefined) return starts.filter((element) => element.id === command.element)
  const plain = starts.filter((element) => element.type === 'startEvent' && element.events.length === 0)
  return plain.length > 0 ? plain.slice(0, 1) : starts.filter(isImplicit)
}

const startsBy = (element: Element, name: string, id: string | undefined) =>
  (id === undefined || element.id === id) &&
  (element.message === name || element.events.some((event) => event.kind === 'message' && event.name === name))

// An event gateway that starts a process by all of its events (§10.6.6 “parallel”) waits for the others now.
function openOthers(run: Run, element: Element, root: Token): void {
  const gates = element.in.flatMap((id) => run.graph.flows[id]?.from ?? []).map((id) => elementOf(run.graph, id))
  const gate = gates.find((one) => one.allStart)
  if (!gate) return
  const token = addToken(run, { at: gate.id, in: root.id, is: 'gate' })
  run.effects.push({ type: 'entered', element: gate.id, token: token.id })
  for (const flow of gate.out) {
    const other = run.graph.flows[flow]?.to
    if (other !== undefined && other !== element.id) openListeners(run, elementOf(run.graph, other), root.id, token.id)
  }
}

function apply(run: Run, command: Command): void {
  switch (command.type) {
    case 'start':
      throw new EngineError('engine.started', 'This case has already started.')
    case 'complete':
      return finish(run, expect(run, command.token, 'task'))
    case 'done':
      return finish(run, expect(run, command.token, 'action'))
    case 'error':
      return fail(run, command.token, command.code)
    case 'escalation':
      return escalate(run, expect(run, command.token, 'action'), command.code)
    case 'timer':
      return occur(run, timerToken(run, command.token), command.last)
    case 'message':
      return receive(run, command.name, command.token)
    case 'signal':
      return broadcast(run, command.name)
    case 'terminate':
      return terminate(run)
    case 'check':
      return
    case 'activate':
      if (activateAdHoc(run, command.element)) return
      throw new EngineError('engine.wrong_command', `“${command.element}” cannot be begun by hand.`)
    case 'retry':
      return retry(run, expect(run, command.token, 'incident'))
    case 'skip':
      return skip(run, expect(run, command.token, 'incident'))
  }
}

function expect(run: Run, id: string, is: Token['is']): Token {
  const token = tokenOf(run, id)
  if (token.is !== is) throw new EngineError('engine.wrong_command', `“${token.at}” does not wait for this.`)
  return token
}

// A BPMN error of an action (or of a task whose form was refused by a service): its handler, or an incident.
function fail(run: Run, id: string, code: string): void {
  const token = tokenOf(run, id)
  if (token.is !== 'action' && token.is !== 'task') throw new EngineError('engine.wrong_command', `“${token.at}” cannot fail now.`)
  run.effects.push({ type: 'thrown', element: token.at, kind: 'error', name: code })
  const catcher = findCatcher(run, 'error', code, token)
  if (catcher) return take(run, catcher)
  if (token.is === 'task') throw new EngineError('engine.wrong_command', `Nothing at “${token.at}” catches the error “${code}”.`)
  incident(run, token, 'redo', `uncaught error ${code}`)
}

// What a called process escalates is caught by its caller, or by nobody: then nothing happens (§10.5.7).
function escalate(run: Run, token: Token, code: string): void {
  const catcher = findCatcher(run, 'escalation', code, token)
  if (catcher) take(run, catcher)
}

/** Would somebody in this state catch the error (or escalation) `code` thrown by `token`? */
export function isCaught(graph: Graph, state: EngineState, kind: 'error' | 'escalation', token: string, code: string): boolean {
  const run = open(graph, state, { evaluate: () => undefined })
  return findCatcher(run, kind, code, tokenOf(run, token)) !== undefined
}

function timerToken(run: Run, id: string): Token {
  const token = tokenOf(run, id)
  if (awaited(elementOf(run.graph, token.at), token)?.kind === 'timer' && !token.seen) return token
  throw new EngineError('engine.wrong_command', `“${token.at}” does not wait for a timer.`)
}

function receive(run: Run, name: string, id: string | undefined): void {
  const [token] = waitingFor(run.graph, [...run.tokens.values()], name).filter((candidate) => id === undefined || candidate.id === id)
  if (!token) throw new EngineError('engine.not_waiting', `Nothing waits for the message “${name}” now.`)
  occur(run, token)
}

/**
 * The tokens that wait for a message, in the order in which they would get it: first what waits in the flow, then boundary events,
 * then event subprocesses; the innermost before the outer, the oldest before the newer.
 */
export function waitingFor(graph: Graph, tokens: Token[], name: string): Token[] {
  const found = tokens.filter((token) => {
    const event = awaited(elementOf(graph, token.at), token)
    return event?.kind === 'message' && event.name === name && !token.seen
  })
  const parents = new Map(tokens.map((token) => [token.id, token.in]))
  const depth = (token: Token): number => {
    let levels = 0
    for (let at: string | undefined = token.in; at; at = parents.get(at)) levels++
    return levels
  }
  const rank = (token: Token) => ['boundaryEvent', 'startEvent'].indexOf(elementOf(graph, token.at).type) // -1 for all others
  return found.toSorted((a, b) => rank(a) - rank(b) || depth(b) - depth(a))
}

function terminate(run: Run): void {
  const root = [...run.tokens.values()].find((token) => token.in === '')
  if (!root) throw new EngineError('engine.format', 'The state has no process.')
  cancelInside(run, root.id)
  run.tokens.delete(root.id)
  run.status = 'terminated'
  run.effects.push({ type: 'cancelled', element: root.at, token: root.id }, { type: 'ended', element: root.at, outcome: 'terminated' })
}

function retry(run: Run, token: Token): void {
  const { why } = token
  delete token.why
  if (why === 'leave') return leave(run, token)
  const { type, loop } = elementOf(run.graph, token.at)
  const again = type === 'endEvent' || type === 'intermediateThrowEvent' || (loop && !loopOf(run, token))
  if (token.flow !== undefined || again) return enterAgain(run, token)
  token.is = 'action'
  act(run, token)
}

// Nothing of it has happened yet: as if the token had just arrived.
function enterAgain(run: Run, token: Token): void {
  closeListeners(run, token.id)
  run.tokens.delete(token.id)
  run.queue.push({ node: token.at, in: token.in, ...(token.flow !== undefined && { flow: token.flow }) })
}

function skip(run: Run, token: Token): void {
  const { type, loop } = elementOf(run.graph, token.at)
  if (token.why !== 'redo' || type === 'endEvent' || type.endsWith('Gateway') || (loop && !loopOf(run, token))) {
    throw new EngineError('engine.wrong_command', `“${token.at}” is not an action that could be skipped.`)
  }
  delete token.why
  token.is = 'action'
  finish(run, token)
}

/** Does a scope of this state hold nothing but joins that wait? For tests and repair: such a case cannot go on by itself. */
export function isStuck(state: EngineState): boolean {
  return state.status === 'running' && !state.tokens.some((token) => !['join', 'scope', 'loop', 'done'].includes(token.is) && token.via === undefined)
}
