import { awaited, cancelInside, elementOf, incident, tokenOf } from './run.ts'
import { broadcast, findCatcher, occur, take } from './catch.ts'
import { EngineError } from './errors.ts'
import { openHandlers } from './listen.ts'
import { act, advance, completeScope, finish, joinInclusive, leave } from './move.ts'
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
  return { graph, host, tokens, next: state?.next ?? 0, queue: [], effects: [], status: 'running', terminated: new Set(), last: new Map() }
}

function settle(run: Run): void {
  for (let moves = 0; moves < maximumMoves; moves++) {
    if (run.status !== 'running') return
    const move = run.queue.shift()
    if (move) advance(run, move)
    else if (!completeScope(run) && !joinInclusive(run)) return
  }
  throw new EngineError('engine.runaway', 'The diagram runs in a circle without waiting for anybody.')
}

function start(run: Run, command: Command): void {
  const element = findStart(run.graph, command)
  if (!element) throw new EngineError('engine.no_start', 'The diagram has no such start event.')
  const root: Token = { id: `t${run.next++}`, at: run.graph.process, in: '', is: 'scope' }
  run.tokens.set(root.id, root)
  run.effects.push({ type: 'entered', element: root.at, token: root.id })
  openHandlers(run, root)
  run.queue.push({ node: element.id, in: root.id, caught: true })
}

function findStart(graph: Graph, command: Command): Element | undefined {
  const starts = elementOf(graph, graph.process).starts.map((id) => elementOf(graph, id))
  if (command.type === 'message')
    return starts.find((element) => element.events.some((event) => event.kind === 'message' && event.name === command.name))
  if (command.type !== 'start') throw new EngineError('engine.wrong_command', 'This case has not started.')
  return starts.find((element) => (command.element === undefined ? element.events.length === 0 : element.id === command.element))
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
    case 'timer':
      return occur(run, timerToken(run, command.token))
    case 'message':
      return receive(run, command.name, command.token)
    case 'signal':
      return broadcast(run, command.name)
    case 'terminate':
      return terminate(run)
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
  token.is = 'action'
  const { type } = elementOf(run.graph, token.at)
  if (type !== 'endEvent' && type !== 'intermediateThrowEvent') return act(run, token)
  run.tokens.delete(token.id)
  run.queue.push({ node: token.at, in: token.in })
}

function skip(run: Run, token: Token): void {
  if (token.why !== 'redo' || elementOf(run.graph, token.at).type === 'endEvent') {
    throw new EngineError('engine.wrong_command', `“${token.at}” is not an action that could be skipped.`)
  }
  delete token.why
  token.is = 'action'
  finish(run, token)
}

/** Does a scope of this state hold nothing but joins that wait? For tests and repair: such a case cannot go on by itself. */
export function isStuck(state: EngineState): boolean {
  return state.status === 'running' && !state.tokens.some((token) => token.is !== 'join' && token.is !== 'scope')
}
