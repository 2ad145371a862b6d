// Exhaustive exploration of what a diagram can do, before it may run: every order of completion, every outcome of a condition, every
// event that may happen. Says whether the end can always be reached, and if not, how the case gets stuck.
import { EngineError } from './errors.ts'
import { nextCommands, sideSets } from './choices.ts'
import type { SideSets } from './choices.ts'
import { elementOf } from './run.ts'
import { step } from './step.ts'
import type { Command, EngineState, Graph, Token } from './types.ts'

/** A fault: `trace` is what happened, from the start, e.g. `complete accept`, `condition f1 = true`. */
export type Fault = {
  rule: 'explore.stuck' | 'explore.incident' | 'explore.dead' | 'explore.growth' | 'explore.runaway' | 'explore.limit'
  /** Where: the elements that hold tokens, or the element that is never reached. */
  elements: string[]
  message: string
  trace: string[]
}

/** `complete`: the whole space was seen. Accept a diagram only if it is complete and has no fault. */
export type Exploration = { states: number; transitions: number; complete: boolean; faults: Fault[] }

type Visit = {
  state: EngineState
  places: Map<string, number>
  tokens: number
  key: string
  parent: Visit | undefined
  how: string
  next: string[]
  ended: boolean
  pruned: boolean
}

type Search = {
  graph: Graph
  sides: SideSets
  limit: number
  visits: Map<string, Visit>
  open: Visit[]
  seen: Set<string>
  faults: Fault[]
  transitions: number
  complete: boolean
}

/** As many faults of one kind as an author can use. */
const maximumFaults = 5
/** How often one non-interrupting event is followed at the same time. */
const maximumSide = 2
/** More outcomes of conditions in one step than this are not a diagram that anybody could read. */
const maximumOutcomes = 4096

/**
 * Explores the control states reachable from every start event. Conditions choose freely (the same text gives the same answer within
 * one step, and `not(x)` the opposite of `x`); every error that somebody catches may be thrown; timers, messages and signals may come;
 * a non-interrupting event comes again only while fewer than two of its paths are active. Stops at `limit` states (200,000).
 * `from`: only what can still happen from this state of a running case, which says nothing of dead elements.
 */
export function explore(graph: Graph, { limit = 200_000, from }: { limit?: number; from?: EngineState } = {}): Exploration {
  const search: Search = {
    graph,
    sides: sideSets(graph),
    limit,
    visits: new Map(),
    open: [],
    seen: new Set(),
    faults: [],
    transitions: 0,
    complete: true,
  }
  if (from) arriveAt(search, undefined, from, 'as it stands', undefined)
  else for (const start of elementOf(graph, graph.process).starts) follow(search, undefined, { type: 'start', element: start }, `start ${start}`)
  for (let index = 0; index < search.open.length && search.complete; index++) {
    const visit = search.open[index]
    if (visit && !visit.ended && !visit.pruned) {
      for (const { command, how } of nextCommands(graph, visit.state)) follow(search, visit, command, how)
    }
  }
  if (!search.complete) fault(search, { rule: 'explore.limit', elements: [], message: `The diagram has more than ${limit} states.`, trace: [] })
  else findStuck(search)
  // After an incident nothing goes on, so what is dead can only be told without one.
  const stopped = search.faults.some((one) => one.rule === 'explore.incident' || one.rule === 'explore.runaway')
  if (search.complete && !stopped && !from) findDead(search)
  return { states: search.visits.size, transitions: search.transitions, complete: search.complete, faults: search.faults }
}

// Takes one command with every combination of answers to the conditions that it meets.
function follow(search: Search, from: Visit | undefined, command: Command, how: string): void {
  const pending: boolean[][] = [[]]
  for (let count = 0; count < maximumOutcomes; count++) {
    const answers = pending.pop()
    if (!answers) return
    const { asked, oracle } = ask(search.graph, answers)
    try {
      const result = step(search.graph, from?.state, command, { evaluate: oracle })
      for (let at = answers.length; at < asked.length; at++) pending.push([...asked.slice(0, at).map((a) => a.value), true])
      const label = [how, ...asked.map((a) => `${a.flow} = ${a.value}`)].join(', ')
      for (const effect of result.effects) if ('element' in effect) search.seen.add(effect.element)
      arriveAt(
        search,
        from,
        result.state,
        label,
        result.effects.find((effect) => effect.type === 'incident'),
      )
    } catch (error) {
      if (!(error instanceof EngineError) || error.code !== 'engine.runaway') throw error
      for (let at = answers.length; at < Math.min(asked.length, 12); at++) pending.push([...asked.slice(0, at).map((a) => a.value), true])
      if (from) from.pruned = true
      fault(search, { rule: 'explore.runaway', elements: [], message: error.message, trace: [...traceOf(from), how] })
    }
  }
  search.complete = false
}

// The first answers are given; what is asked beyond them is false. Within one step the data does not change, so neither do answers.
function ask(graph: Graph, answers: boolean[]) {
  const known = new Map<string, boolean>()
  const asked: { flow: string; value: boolean }[] = []
  const oracle = (expression: string, id: string): boolean | number => {
    const loop = graph.elements[id]?.loop
    const counts = loop?.kind === 'multiple' && expression === (loop.cardinality ?? loop.collection)
    return counts ? howMany(id, expression) : choose(expression, id)
  }
  // Multiple instances are explored with none, one and two.
  const howMany = (id: string, expression: string) => (choose(`${expression} > 0`, id) ? (choose(`${expression} > 1`, id) ? 2 : 1) : 0)
  const choose = (expression: string, flow: string) => {
    const opposite = /^not\s*\((.*)\)$/s.exec(expression)?.[1]?.trim()
    const derived =
      known.get(expression) ?? negate(known.get(`not(${expression})`)) ?? negate(opposite === undefined ? undefined : known.get(opposite))
    if (derived !== undefined) return derived
    const value = expression === 'true' ? true : expression === 'false' ? false : (answers[asked.length] ?? false)
    known.set(opposite === undefined ? expression : `not(${opposite})`, value)
    if (expression !== 'true' && expression !== 'false') asked.push({ flow, value })
    return value
  }
  return { asked, oracle }
}

const negate = (value: boolean | undefined) => (value === undefined ? undefined : !value)

function arriveAt(search: Search, from: Visit | undefined, state: EngineState, how: string, incident: { element?: string } | undefined): void {
  search.transitions++
  if (incident) {
    const elements = incident.element === undefined ? [] : [incident.element]
    if (from) from.pruned = true // reported here, so not once more as stuck
    return fault(search, { rule: 'explore.incident', elements, message: 'The case stops with an incident.', trace: [...traceOf(from), how] })
  }
  const key = keyOf(search.graph, state)
  from?.next.push(key)
  if (search.visits.has(key)) return
  if (search.visits.size >= search.limit) {
    search.complete = false
    return
  }
  const visit: Visit = {
    state,
    places: places(search, state),
    tokens: 0,
    key,
    parent: from,
    how,
    next: [],
    ended: state.status !== 'running',
    pruned: false,
  }
  visit.tokens = total(visit.places)
  visit.pruned = isCrowded(search, state) || grows(search, visit)
  search.visits.set(key, visit)
  search.open.push(visit)
}

// Paths of one non-interrupting event beyond the second add nothing new.
function isCrowded(search: Search, state: EngineState): boolean {
  return search.sides.all.some(({ heads }) => {
    const counts = new Map<string, number>()
    for (const token of state.tokens) {
      if (token.is === 'listener' || !heads.has(token.at)) continue
      const place = `${token.in} ${token.at} ${token.flow ?? ''}`
      counts.set(place, (counts.get(place) ?? 0) + 1)
    }
    return [...counts.values()].some((count) => count > maximumSide)
  })
}

// A state that holds all the tokens of one of its ancestors and more can be repeated for ever (Karp and Miller 1969).
function grows(search: Search, visit: Visit): boolean {
  const now = visit.places
  for (let before = visit.parent; before; before = before.parent) {
    const then = before.places
    if (then.size === 0 || before.tokens >= visit.tokens) continue
    if (![...then].every(([place, count]) => (now.get(place) ?? 0) >= count)) continue
    const more = [...now].filter(([place, count]) => count > (then.get(place) ?? 0)).map(([place]) => place.split('/').at(-1)?.split('|')[0] ?? '')
    fault(search, { rule: 'explore.growth', elements: [...new Set(more)], message: 'Tokens multiply without end.', trace: traceOf(visit) })
    return true
  }
  return false
}

function places(search: Search, state: EngineState): Map<string, number> {
  const counts = new Map<string, number>()
  const byId = new Map(state.tokens.map((token) => [token.id, token]))
  for (const token of state.tokens) {
    // How many instances there are is the data's choice, no growth; growth inside one ends at the limit of states.
    if (token.is === 'listener' || search.sides.nodes.has(token.at) || isInstance(token, byId)) continue
    const place = placeOf(token, byId)
    if (place.split('/').some((part) => search.sides.nodes.has(part))) continue
    counts.set(place, (counts.get(place) ?? 0) + 1)
  }
  return counts
}

function isInstance(token: Token, byId: Map<string, Token>): boolean {
  for (let at: Token | undefined = token; at; at = byId.get(at.in)) if (at.n !== undefined && at.is !== 'loop') return true
  return false
}

function placeOf(token: Token, byId: Map<string, Token>): string {
  const path = [token.flow === undefined ? token.at : `${token.at}|${token.flow}`]
  for (let at = byId.get(token.in); at; at = byId.get(at.in)) path.unshift(at.at)
  return path.join('/')
}

const total = (counts: Map<string, number>) => [...counts.values()].reduce((sum, count) => sum + count, 0)

// States that differ only in the names of their tokens are the same: the tree is written with sorted branches.
function keyOf(graph: Graph, state: EngineState): string {
  const byElement = (id: string) => graph.elements[id]?.loop
  const write = (token: Token): string => {
    const below = state.tokens.filter((other) => (other.for === undefined ? other.in === token.id : other.for === token.id))
    // How often a loop without a maximum went round does not matter.
    const loop = byElement(token.at)
    const counted = loop?.kind === 'multiple' || (loop?.kind === 'standard' && loop.maximum !== undefined)
    const rounds = token.is === 'loop' && counted ? `#${token.of ?? ''}.${token.done}` : ''
    const self = `${token.at}.${token.is}${token.flow === undefined ? '' : `.${token.flow}`}${token.def ?? ''}${token.seen ? '+' : ''}${token.over ? '!' : ''}${token.on ? '~' : ''}${rounds}`
    return below.length === 0 ? self : `${self}(${below.map(write).toSorted().join(' ')})`
  }
  return state.status === 'running'
    ? state.tokens
        .filter((token) => token.in === '')
        .map(write)
        .join(' ')
    : state.status
}

// Every state must be able to reach the end (soundness: “option to complete”, van der Aalst 1997).
function findStuck(search: Search): void {
  const before = new Map<string, string[]>()
  for (const visit of search.visits.values()) {
    for (const next of visit.next) {
      const list = before.get(next)
      if (list) list.push(visit.key)
      else before.set(next, [visit.key])
    }
  }
  const open = [...search.visits.values()].filter((visit) => visit.ended || visit.pruned).map((visit) => visit.key)
  const good = new Set(open)
  for (let key = open.pop(); key !== undefined; key = open.pop()) {
    for (const previous of before.get(key) ?? []) {
      if (good.has(previous)) continue
      good.add(previous)
      open.push(previous)
    }
  }
  const bad = [...search.visits.values()].filter((visit) => !good.has(visit.key))
  const dead = bad.filter((visit) => visit.next.length === 0)
  for (const visit of dead.length > 0 ? dead : bad.slice(0, 1)) {
    const elements = [...new Set(visit.state.tokens.filter((token) => token.is !== 'listener' && token.is !== 'scope').map((token) => token.at))]
    const message = dead.length > 0 ? 'Nothing can happen any more and the case has not ended.' : 'From here the end cannot be reached.'
    fault(search, { rule: 'explore.stuck', elements, message, trace: traceOf(visit) })
  }
}

function findDead(search: Search): void {
  const ids = [...Object.keys(search.graph.elements), ...Object.keys(search.graph.flows)]
  const dead = ids.filter((id) => !search.seen.has(id))
  // Only where dead paths begin: what comes after a dead element is dead because of it.
  for (const id of dead) {
    const element = search.graph.elements[id]
    const flow = search.graph.flows[id]
    const later = element ? element.in.some((f) => dead.includes(f)) || dead.includes(element.scope) : flow && dead.includes(flow.from)
    if (!later)
      fault(search, { rule: 'explore.dead', elements: [id], message: `“${element?.name ?? flow?.name ?? id}” is never reached.`, trace: [] })
  }
}

function fault(search: Search, found: Fault): void {
  if (search.faults.filter((other) => other.rule === found.rule).length >= maximumFaults) return
  const same = search.faults.some((other) => other.rule === found.rule && other.elements.join() === found.elements.join())
  if (!same || found.elements.length === 0) search.faults.push(found)
}

function traceOf(visit: Visit | undefined): string[] {
  const trace: string[] = []
  for (let at = visit; at; at = at.parent) trace.unshift(at.how)
  return trace
}
