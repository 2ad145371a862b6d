// Timers of a simulation: when each is due on the virtual clock, and what happens then.
import { addDuration, parseCycle, parseDuration } from './iso-time.ts'
import type { Duration } from './iso-time.ts'
import { compute, pathIn, variablesAt } from './simulation-data.ts'
import type { Data } from './simulation-data.ts'
import { addLine, isRunning, send, settle, startInstance } from './simulation-state.ts'
import type { Instance, Simulation } from './simulation-state.ts'
import { occurs } from './simulation-messages.ts'
import type { Element, Effect, Graph, TimerDefinition, Token } from './types.ts'

/** A timer that runs: of a token, or of a start event of a process. `left` counts a cycle's firings still to come; absent: for ever. */
export type Pending = {
  due: Date
  element: string
  instance?: Instance
  token?: string
  graph?: Graph
  every?: Duration
  left?: number
  fired: number
}

/** A cycle without an end is followed this often by `untilIdle`. */
const maximumRounds = 100

export function openTimer(simulation: Simulation, instance: Instance, effect: Extract<Effect, { type: 'timer.open' }>): void {
  const timer = readTimer(simulation, instance, effect.timer, pathIn(instance.state, effect.token))
  if (timer) simulation.timers.push({ ...timer, element: effect.element, instance, token: effect.token })
}

export function closeTimer(simulation: Simulation, instance: Instance, token: string): void {
  simulation.timers = simulation.timers.filter((timer) => timer.instance !== instance || timer.token !== token)
}

/** Arms the timer start events of every process that nobody calls. */
export function armStarts(simulation: Simulation, graphs: Graph[]): void {
  for (const graph of graphs) {
    for (const id of graph.elements[graph.process]?.starts ?? []) {
      for (const event of graph.elements[id]?.events ?? []) {
        if (event.kind !== 'timer') continue
        const data: Data = { graph, store: new Map([['', simulation.data]]), note: simulation.note }
        const timer = readTimer(simulation, data, event.timer, [])
        if (timer) simulation.timers.push({ ...timer, element: id, graph })
      }
    }
  }
}

type When = Pick<Pending, 'due' | 'every' | 'left' | 'fired'>

function readTimer(simulation: Simulation, data: Data, timer: TimerDefinition, path: Token[]): When | undefined {
  const now = simulation.clock.now()
  if (timer.kind === 'deadline') {
    simulation.note(`the deadline “${timer.deadline}” belongs to a package: it does not run here`)
    return undefined
  }
  const text = isLiteral(timer.expression) ? timer.expression : String(compute(data, timer.expression, variablesAt(data, path)))
  const when = timer.kind === 'date' ? readDate(text) : timer.kind === 'duration' ? readDuration(text, now) : readCycle(text, now)
  if (!when) simulation.note(`the timer “${timer.expression}” gives no time: it never comes`)
  return when
}

const isLiteral = (text: string) => /^(-?P|R\d*\/|\d{4}-\d\d)/.test(text)

function readDate(text: string): When | undefined {
  const due = new Date(/^\d{4}-\d\d-\d\dT[\d:.]+$/.test(text) ? `${text}Z` : text)
  return Number.isNaN(due.getTime()) ? undefined : { due, fired: 0 }
}

function readDuration(text: string, now: Date): When | undefined {
  const duration = parseDuration(text)
  return duration && { due: addDuration(now, duration), fired: 0 }
}

function readCycle(text: string, now: Date): When | undefined {
  const cycle = parseCycle(text)
  if (!cycle || cycle.times === 0) return undefined
  const due = cycle.start ?? addDuration(now, cycle.every)
  return { due, every: cycle.every, fired: 0, ...(cycle.times !== undefined && { left: cycle.times }) }
}

/** Moves the clock on by a duration; everything that is due on the way happens at its own time. */
export function advanceClock(simulation: Simulation, duration: Duration): void {
  advanceTo(simulation, addDuration(simulation.clock.now(), duration))
}

/** Moves the clock on to an instant. */
export function advanceTo(simulation: Simulation, target: Date): void {
  while (fireNext(simulation, target));
  if (target > simulation.clock.now()) simulation.clock.set(target)
}

/** What is due at this moment, e.g. a date that has passed. */
export function fireDue(simulation: Simulation): void {
  settle(simulation)
  while (fireNext(simulation, simulation.clock.now()));
}

/** Moves the clock on until no timer is left; a cycle without an end is followed a hundred times. */
export function untilIdle(simulation: Simulation): void {
  while (fireNext(simulation, undefined));
}

function fireNext(simulation: Simulation, until: Date | undefined): boolean {
  const candidates = simulation.timers.filter((timer) => (until === undefined ? timer.fired < maximumRounds : timer.due <= until))
  const next = candidates.toSorted((a, b) => a.due.getTime() - b.due.getTime())[0]
  if (!next) return false
  if (next.due > simulation.clock.now()) simulation.clock.set(next.due)
  fire(simulation, next)
  settle(simulation)
  return true
}

function fire(simulation: Simulation, timer: Pending): void {
  timer.fired++
  if (timer.left !== undefined) timer.left--
  const isLast = timer.every === undefined || timer.left === 0
  if (isLast) simulation.timers = simulation.timers.filter((other) => other !== timer)
  else if (timer.every) timer.due = addDuration(timer.due, timer.every)
  const { instance, token, graph } = timer
  if (instance && token !== undefined && isRunning(instance)) {
    send(simulation, instance, isLast ? { type: 'timer', token, last: true } : { type: 'timer', token })
  }
  if (graph) startByTimer(simulation, graph, graph.elements[timer.element])
}

function startByTimer(simulation: Simulation, graph: Graph, element: Element | undefined): void {
  if (!element) return
  const index = element.events.findIndex((event) => event.kind === 'timer')
  if (!occurs(simulation, element, index)) return
  addLine(simulation, { graph }, element.id, 'caught')
  startInstance(simulation, graph, { type: 'start', element: element.id })
}
