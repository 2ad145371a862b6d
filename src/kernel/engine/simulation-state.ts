// The running state of a simulation, and how one command reaches one instance.
import type { VirtualClock } from '../clock.ts'
import { EngineError } from './errors.ts'
import { answer, storeResult } from './simulation-data.ts'
import type { Data, Store, Variables } from './simulation-data.ts'
import type { Pending } from './simulation-timers.ts'
import { step } from './step.ts'
import type { Collaboration, Command, Effect, EngineState, Graph, Host } from './types.ts'

/** One thing that happened. `at` is ISO 8601 in UTC; `instance` the number (from 0) of one of several instances of an activity. */
export type Line = {
  at: string
  element: string
  name: string
  type: 'entered' | 'completed' | 'cancelled' | 'waiting' | 'thrown' | 'caught' | 'incident'
  instance?: number
  reason?: string
}

/** One run of one process. `caller`: the call activity that waits for it. */
export type Instance = Data & {
  number: number
  state: EngineState | undefined
  caller?: { instance: Instance; token: string }
  keys: Variables
  failed?: string
}

/** A message that nobody has waited for yet. `target`: only this element. */
export type Message = { name: string; payload: Variables; context: Variables; target?: string; from?: Instance }

export type Simulation = {
  graphs: Graph[]
  collaboration: Collaboration
  clock: VirtualClock
  lines: Line[]
  /** Told what was passed over: scripts and services that are not run, expressions that are not understood. */
  note: (text: string) => void
  instances: Instance[]
  timers: Pending[]
  kept: Message[]
  /** What is still to do before everything waits. */
  work: (() => void)[]
  data: Variables
  /** Ids of elements that wait for somebody although the run would do them by itself. */
  manual: ReadonlySet<string>
  /** Definitions of parallel multiple start events that have occurred, as `element index`. */
  seen: Set<string>
  /** Events behind an event gateway that are awaited, by instance and token. */
  races: Map<string, string>
  /** How many instances a multiple instance has shown, by token of the whole. */
  shown: Map<string, number>
  /** Takes in what one step of an instance said. */
  apply: (instance: Instance, before: EngineState | undefined, effects: Effect[]) => void
}

/** Far above any real diagram: only processes that call or message each other for ever reach it. */
const maximumWork = 20_000

/** Starts one process; `start` says how. Throws EngineError `engine.no_start`. */
export function startInstance(
  simulation: Simulation,
  graph: Graph,
  start: Command,
  options: { variables?: Variables; caller?: Instance['caller'] } = {},
): Instance {
  const root = graph.elements[graph.process]
  const objects = Object.fromEntries((root?.data ?? []).map((name) => [name, null]))
  const store: Store = new Map([['', { ...objects, ...structuredClone(simulation.data), ...options.variables }]])
  const instance: Instance = {
    number: simulation.instances.length,
    graph,
    store,
    note: simulation.note,
    state: undefined,
    keys: {},
    ...(options.caller && { caller: options.caller }),
  }
  simulation.instances.push(instance)
  send(simulation, instance, start)
  return instance
}

/** Sends one command to an instance and takes in all that it says; what follows of it is put on the list of work. */
export function send(simulation: Simulation, instance: Instance, command: Command): void {
  try {
    const host: Host = {
      evaluate: (expression, id, where) => answer(instance, expression, id, where),
      leaving: (path) => storeResult(instance, path, {}),
    }
    const { state, effects } = step(instance.graph, instance.state, command, host)
    const before = instance.state
    instance.state = state
    simulation.apply(instance, before, effects)
  } catch (error) {
    if (!(error instanceof EngineError)) throw error
    if (error.code !== 'engine.runaway') throw error
    instance.failed = error.message
    addLine(simulation, instance, instance.graph.process, 'incident', { reason: error.message })
  }
}

/** Works until every instance waits for somebody. */
export function settle(simulation: Simulation): void {
  for (let count = 0; count < maximumWork; count++) {
    const next = simulation.work.shift()
    if (!next) return
    next()
  }
  const [instance] = simulation.instances.filter(isRunning)
  simulation.work = []
  if (!instance) return
  instance.failed = 'the processes run in a circle without waiting for anybody'
  addLine(simulation, instance, instance.graph.process, 'incident', { reason: instance.failed })
}

export const isRunning = (instance: Instance): boolean => instance.state?.status === 'running' && instance.failed === undefined

export function addLine(
  simulation: Simulation,
  { graph }: { graph: Graph },
  element: string,
  type: Line['type'],
  extra: { instance?: number; reason?: string } = {},
): void {
  simulation.lines.push({ at: simulation.clock.now().toISOString(), element, name: graph.elements[element]?.name ?? '', type, ...extra })
}
