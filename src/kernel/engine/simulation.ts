// Runs all processes of one BPMN file in memory on a virtual clock, with messages between them (`xiangli run`).
import { virtualClock } from '../clock.ts'
import { invalid } from '../errors.ts'
import { EngineError } from './errors.ts'
import { parseDuration } from './iso-time.ts'
import { applyEffects, finishAction } from './simulation-effects.ts'
import { assign, compute, pathIn, storeResult, variablesAt } from './simulation-data.ts'
import type { Variables } from './simulation-data.ts'
import { deliver, outsideMessage, throwSignal } from './simulation-messages.ts'
import { isRunning, send, settle, startInstance } from './simulation-state.ts'
import type { Instance, Line, Simulation } from './simulation-state.ts'
import { advanceClock, advanceTo, armStarts, fireDue, untilIdle } from './simulation-timers.ts'
import type { Compiled, Element, Graph, Token } from './types.ts'

/** What one asks of a run; each acts after everything waits. `index` is the number of one of several instances, from 0. */
export type Step =
  | { do: 'data'; data: Variables }
  | { do: 'start'; element: string }
  | { do: 'complete'; element: string; index?: number; data?: Variables }
  | { do: 'error'; element: string; index?: number; code: string }
  | { do: 'message'; name: string; data?: Variables }
  | { do: 'signal'; name: string }
  | { do: 'advance'; duration: string }
  | { do: 'until'; until: string }

export type Result = { lines: Line[]; end: 'completed' | 'waiting' | 'failed'; reason?: string }

/**
 * Runs a compiled file (profile `full`, without errors) through `steps`. Data that comes first is there at the start; processes that
 * begin by themselves begin then, unless a step starts them or another process calls them. An activity that some step completes by
 * name waits for it, also if the run would pass over it. A step that does not fit ends the run as failed. Throws DomainError
 * `run.unusable` for a step that names what the file does not have.
 */
export function simulate(compiled: Compiled, steps: Step[], options: { at?: Date; note?: (text: string) => void } = {}): Result {
  const simulation = openSimulation(compiled, steps, options)
  const first = steps.findIndex((step) => step.do !== 'data')
  const given = first < 0 ? steps : steps.slice(0, first)
  for (const step of given) if (step.do === 'data') Object.assign(simulation.data, structuredClone(step.data))
  armStarts(
    simulation,
    simulation.graphs.filter((graph) => !isCalled(simulation, graph)),
  )
  const started = steps.flatMap((step) => (step.do === 'start' && !isAdHoc(simulation, step.element) ? [graphOf(simulation, step.element)] : []))
  try {
    for (const graph of simulation.graphs) if (!started.includes(graph) && !isCalled(simulation, graph)) startByItself(simulation, graph)
    fireDue(simulation)
    for (const step of steps.slice(given.length)) {
      take(simulation, step)
      fireDue(simulation)
    }
  } catch (error) {
    if (!(error instanceof EngineError)) throw error
    return { lines: simulation.lines, end: 'failed', reason: error.message }
  }
  return { lines: simulation.lines, ...outcomeOf(simulation) }
}

function openSimulation(compiled: Compiled, steps: Step[], options: { at?: Date; note?: (text: string) => void }): Simulation {
  const simulation: Simulation = {
    graphs: compiled.graphs,
    collaboration: compiled.collaboration,
    clock: virtualClock(options.at ?? new Date('2026-01-01T00:00:00Z')),
    lines: [],
    note: options.note ?? (() => {}),
    instances: [],
    timers: [],
    kept: [],
    work: [],
    data: {},
    manual: new Set(),
    seen: new Set(),
    races: new Map(),
    shown: new Map(),
    apply: (instance, before, effects) => applyEffects(simulation, instance, before, effects),
  }
  const named = steps.flatMap((step) => (step.do === 'complete' || step.do === 'error' ? [idOf(simulation, step.element)] : []))
  simulation.manual = new Set(named)
  return simulation
}

// An activity of an ad-hoc subprocess is begun inside a process that runs already.
const isAdHoc = (simulation: Simulation, text: string) =>
  simulation.graphs.some((graph) =>
    Object.values(graph.elements).some((element) => (element.id === text || element.name === text) && graph.elements[element.scope]?.adHoc),
  )

const isCalled = (simulation: Simulation, graph: Graph) =>
  simulation.graphs.some((other) => Object.values(other.elements).some((element) => element.called === graph.process))

// A process with a start event without a trigger, or without any start event, begins by itself; or with a condition that holds.
function startByItself(simulation: Simulation, graph: Graph): void {
  try {
    startInstance(simulation, graph, { type: 'start' })
  } catch (error) {
    if (!(error instanceof EngineError) || error.code !== 'engine.no_start') throw error
    simulation.instances.pop()
    startByCondition(simulation, graph)
  }
}

function startByCondition(simulation: Simulation, graph: Graph): void {
  for (const id of graph.elements[graph.process]?.starts ?? []) {
    for (const event of graph.elements[id]?.events ?? []) {
      if (event.kind !== 'conditional') continue
      const data = { graph, store: new Map([['', simulation.data]]), note: simulation.note }
      if (compute(data, event.condition, simulation.data) !== true) continue
      startInstance(simulation, graph, { type: 'start', element: id })
      return
    }
  }
}

function take(simulation: Simulation, step: Step): void {
  switch (step.do) {
    case 'data':
      return setData(simulation, step.data)
    case 'start':
      return startAt(simulation, step.element)
    case 'complete':
      return complete(simulation, step)
    case 'error':
      return fail(simulation, step)
    case 'message':
      return deliver(simulation, outsideMessage(step.name, step.data ?? {}))
    case 'signal':
      return throwSignal(simulation, step.name)
    case 'advance': {
      const duration = parseDuration(step.duration)
      if (!duration) throw invalid('run.unusable', `“${step.duration}” is not a duration like PT2H or P3D.`)
      return advanceClock(simulation, duration)
    }
    case 'until':
      return step.until === 'idle' ? untilIdle(simulation) : advanceTo(simulation, readInstant(step.until))
  }
}

function readInstant(text: string): Date {
  const instant = new Date(text)
  if (Number.isNaN(instant.getTime())) throw invalid('run.unusable', `“${text}” is neither “idle” nor an instant.`)
  return instant
}

const elementsOf = (simulation: Simulation): Element[] => simulation.graphs.flatMap((graph) => Object.values(graph.elements))

// An element by its id, or by a name that only one has.
function idOf(simulation: Simulation, text: string): string {
  const elements = elementsOf(simulation)
  const found = elements.find((element) => element.id === text) ?? elements.find((element) => element.name === text)
  if (!found) throw invalid('run.unusable', `The file has no element “${text}”.`)
  return found.id
}

function graphOf(simulation: Simulation, text: string): Graph | undefined {
  const participant = simulation.collaboration.participants.find((one) => one.id === text || one.name === text)
  const id = participant?.process ?? idOf(simulation, text)
  return simulation.graphs.find((graph) => graph.elements[id] !== undefined)
}

function startAt(simulation: Simulation, text: string): void {
  const graph = graphOf(simulation, text)
  if (!graph) throw invalid('run.unusable', `“${text}” is a black box.`)
  const starts = graph.elements[graph.process]?.starts ?? []
  const id = elementsOf(simulation).find((element) => element.id === text || element.name === text)?.id
  if (id === undefined || id === graph.process) return void startInstance(simulation, graph, { type: 'start' })
  const active = simulation.instances.find((one) => one.graph === graph && isRunning(one))
  const scope = graph.elements[graph.elements[id]?.scope ?? '']
  if (active && scope?.adHoc) return send(simulation, active, { type: 'activate', element: id })
  const isWithout = starts.includes(id) && graph.elements[id]?.type !== 'startEvent' && graph.elements[id]?.events.length === 0
  startInstance(simulation, graph, isWithout ? { type: 'start' } : { type: 'start', element: id })
}

type Waiting = { instance: Instance; token: Token }

/** The number of the instance that waits: its own, or that of the several instances it is part of. */
const numberOf = ({ instance, token }: Waiting): number | undefined =>
  pathIn(instance.state, token.id).find(({ at, n }) => n !== undefined && instance.graph.elements[at]?.loop?.kind === 'multiple')?.n

function findWaiting(simulation: Simulation, element: string, index: number | undefined): Waiting {
  const id = idOf(simulation, element)
  const waiting = simulation.instances
    .filter(isRunning)
    .flatMap((instance): Waiting[] =>
      (instance.state?.tokens ?? [])
        .filter((token) => token.at === id && (token.is === 'task' || token.is === 'action'))
        .map((token) => ({ instance, token })),
    )
  const numbers = waiting.map(numberOf)
  const isNumbered = numbers.some((number) => number !== undefined)
  const found = waiting[index === undefined ? 0 : isNumbered ? numbers.indexOf(index) : index]
  if (found) return found
  throw new EngineError('engine.no_token', `“${element}${index === undefined ? '' : `[${index}]`}” does not wait to be completed now.`)
}

function complete(simulation: Simulation, step: Extract<Step, { do: 'complete' }>): void {
  const { instance, token } = findWaiting(simulation, step.element, step.index)
  const data = step.data ?? {}
  if (token.is === 'action') return finishAction(simulation, instance, token.id, data)
  storeResult(instance, pathIn(instance.state, token.id), data)
  // Diagrams of our packages read a form by the element that it belongs to.
  if (step.data && variablesAt(instance, [])[token.at] === undefined) assign(instance, [], { [token.at]: data })
  send(simulation, instance, { type: 'complete', token: token.id })
}

function fail(simulation: Simulation, step: Extract<Step, { do: 'error' }>): void {
  const { instance, token } = findWaiting(simulation, step.element, step.index)
  send(simulation, instance, { type: 'error', token: token.id, code: step.code })
}

/** Sets data in every running instance and looks at conditions again; instances that start later have it too. */
function setData(simulation: Simulation, values: Variables): void {
  Object.assign(simulation.data, structuredClone(values))
  for (const instance of simulation.instances.filter(isRunning)) {
    assign(instance, [], structuredClone(values))
    simulation.work.push(() => isRunning(instance) && send(simulation, instance, { type: 'check' }))
  }
  for (const graph of simulation.graphs) {
    if (!simulation.instances.some((instance) => instance.graph === graph)) startByCondition(simulation, graph)
  }
  settle(simulation)
}

/** How the run stands: failed by an incident, waiting for somebody, or completed. */
function outcomeOf(simulation: Simulation): { end: 'completed' | 'waiting' | 'failed'; reason?: string } {
  const failed = simulation.instances.find((instance) => instance.failed !== undefined)
  if (failed?.failed !== undefined) return { end: 'failed', reason: failed.failed }
  const running = simulation.instances.filter(isRunning)
  const tokens = running.flatMap((instance) => instance.state?.tokens ?? [])
  const incident = tokens.find((token) => token.is === 'incident')
  const told = simulation.lines.findLast((line) => line.type === 'incident')
  if (incident) return { end: 'failed', reason: `incident at ${incident.at}${told?.reason === undefined ? '' : `: ${told.reason}`}` }
  if (simulation.instances.length === 0) return { end: 'waiting', reason: 'nothing has started' }
  if (running.length === 0) return { end: 'completed' }
  const places = new Set(tokens.filter((token) => !['scope', 'loop', 'listener', 'done', 'undo'].includes(token.is)).map((token) => token.at))
  const stuck = tokens.length > 0 && tokens.every((token) => ['scope', 'join', 'done', 'loop'].includes(token.is))
  return { end: 'waiting', reason: `${stuck ? 'stuck' : 'waiting'} at ${[...places].join(', ')}` }
}
