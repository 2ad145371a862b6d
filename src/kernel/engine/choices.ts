// What may happen next in a state, for the explorer.
import { awaited, elementOf } from './run.ts'
import type { Command, Element, EngineState, Graph, Token } from './types.ts'

export type Choice = { command: Command; how: string }

/** Every command that somebody could send in this state; one of several tokens that are alike in everything stands for all. */
export function nextCommands(graph: Graph, state: EngineState): Choice[] {
  const choices = state.tokens.flatMap((token) => choicesOf(graph, state, token))
  const signals = new Set(state.tokens.flatMap((token) => signalOf(graph, token) ?? []))
  if (state.tokens.some((token) => awaited(elementOf(graph, token.at), token)?.kind === 'conditional')) {
    choices.push({ command: { type: 'check' }, how: 'data changes' })
  }
  for (const name of signals) choices.push({ command: { type: 'signal', name }, how: `signal ${name}` })
  return choices
}

function choicesOf(graph: Graph, state: EngineState, token: Token): Choice[] {
  const element = elementOf(graph, token.at)
  if (token.is === 'task') return [{ command: { type: 'complete', token: token.id }, how: `complete ${token.at}` }]
  if (token.is === 'action') {
    const failures = catchable(graph, state, token).map((code): Choice => ({
      command: { type: 'error', token: token.id, code },
      how: `error ${code} at ${token.at}`,
    }))
    return [{ command: { type: 'done', token: token.id }, how: `done ${token.at}` }, ...failures]
  }
  const event = token.seen ? undefined : awaited(element, token)
  if (event?.kind === 'timer') return [{ command: { type: 'timer', token: token.id }, how: `timer ${token.at}` }]
  if (event?.kind === 'message')
    return [{ command: { type: 'message', name: event.name, token: token.id }, how: `message ${event.name} at ${token.at}` }]
  return []
}

function signalOf(graph: Graph, token: Token): string | undefined {
  const event = token.seen ? undefined : awaited(elementOf(graph, token.at), token)
  return event?.kind === 'signal' ? event.name : undefined
}

// The error codes that some handler around this action catches; a catch-all stands for any code.
function catchable(graph: Graph, state: EngineState, token: Token): string[] {
  const codes = new Set<string>()
  for (let at: Token | undefined = token; at; at = state.tokens.find((other) => other.id === at?.in)) {
    const element = elementOf(graph, at.at)
    const handlers = element.handlers.flatMap((id) => elementOf(graph, id).starts)
    for (const id of [...element.boundary, ...(at.over ? [] : handlers)]) {
      for (const event of elementOf(graph, id).events) if (event.kind === 'error') codes.add(event.name ?? 'any error')
    }
  }
  return [...codes]
}

/** The elements that only a non-interrupting event leads to: `all` per event, `nodes` together. */
export type SideSets = { all: { event: string; heads: Set<string> }[]; nodes: Set<string> }

export function sideSets(graph: Graph): SideSets {
  const all = Object.values(graph.elements)
    .filter((element) => element.interrupting === false)
    .filter((element) => element.type === 'boundaryEvent' || elementOf(graph, element.scope).type === 'eventSubProcess')
    .map((element) => ({ event: element.id, heads: ownPath(graph, element) }))
  return { all, nodes: new Set(all.flatMap(({ heads }) => [...heads])) }
}

function ownPath(graph: Graph, event: Element): Set<string> {
  if (event.type === 'startEvent') return new Set([event.scope])
  const without = reachable(graph, entries(graph, event), event.id)
  return new Set([...reachable(graph, [event.id], undefined)].filter((id) => !without.has(id)))
}

// Where else tokens begin in this scope.
const entries = (graph: Graph, event: Element) =>
  Object.values(graph.elements)
    .filter((element) => element.scope === event.scope && element.type === 'startEvent')
    .map((element) => element.id)

function reachable(graph: Graph, from: string[], without: string | undefined): Set<string> {
  const found = new Set<string>()
  const open = [...from]
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (id === without || found.has(id)) continue
    found.add(id)
    const element = elementOf(graph, id)
    open.push(...element.out.flatMap((flow) => graph.flows[flow]?.to ?? []), ...element.boundary)
    const [event] = element.type === 'intermediateThrowEvent' ? element.events : []
    if (event?.kind !== 'link') continue
    for (const other of Object.values(graph.elements)) {
      if (
        other.type === 'intermediateCatchEvent' &&
        other.scope === element.scope &&
        other.events.some((e) => e.kind === 'link' && e.name === event.name)
      )
        open.push(other.id)
    }
  }
  return found
}
