// What a simulated instance's effects mean: lines of the log, and what other instances are told.
import { catchMessage, throwMessage, throwSignal } from './simulation-messages.ts'
import { pathIn, storeResult, variablesAt, compute } from './simulation-data.ts'
import type { Variables } from './simulation-data.ts'
import { addLine, isRunning, send, startInstance } from './simulation-state.ts'
import type { Instance, Simulation } from './simulation-state.ts'
import { closeTimer, openTimer } from './simulation-timers.ts'
import { isCaught } from './step.ts'
import type { Effect, EngineState } from './types.ts'

type Of<T extends Effect['type']> = Extract<Effect, { type: T }>

/** Writes the lines of one step and puts on the list of work what follows from it. */
export function applyEffects(simulation: Simulation, instance: Instance, before: EngineState | undefined, effects: Effect[]): void {
  for (const [index, effect] of effects.entries()) applyEffect(simulation, instance, before, effect, effects.slice(index))
  showConditions(simulation, instance, before)
}

function applyEffect(simulation: Simulation, instance: Instance, before: EngineState | undefined, effect: Effect, rest: Effect[]): void {
  switch (effect.type) {
    case 'entered':
      return showEntered(simulation, instance, effect)
    case 'left':
      return leave(simulation, instance, effect)
    case 'cancelled':
      return showCancelled(simulation, instance, effect)
    case 'task.open':
      return addLine(simulation, instance, effect.element, 'waiting', numberOf(instance, effect.token))
    case 'action':
      return act(simulation, instance, effect)
    case 'timer.open':
      openTimer(simulation, instance, effect)
      return showWaiting(simulation, instance, effect)
    case 'timer.close':
      closeTimer(simulation, instance, effect.token)
      return showLost(simulation, instance, effect.token, rest)
    case 'subscription.open':
      if (effect.kind === 'message') simulation.work.push(() => catchMessage(simulation, instance, effect))
      return showWaiting(simulation, instance, effect)
    case 'thrown':
      return throwOn(simulation, instance, effect, rest)
    case 'caught':
      simulation.races.delete(raceKey(instance, effect.token))
      return addLine(simulation, instance, effect.element, 'caught')
    case 'subscription.close':
      return showLost(simulation, instance, effect.token, rest)
    case 'incident':
      return raise(simulation, instance, effect)
    case 'ended':
      return end(simulation, instance)
    case 'flow':
    case 'event':
    case 'task.close':
      return undefined
  }
}

function numberOf(instance: Instance, id: string): { instance?: number } {
  const [token, parent] = pathIn(instance.state, id)
  return token?.n !== undefined && parent?.is === 'loop' ? { instance: token.n } : {}
}

// Of an activity with several instances each instance is shown; the whole only when there was none.
const isWhole = (instance: Instance, effect: { element: string; instance?: number }) =>
  instance.graph.elements[effect.element]?.loop !== undefined && effect.instance === undefined

function showEntered(simulation: Simulation, instance: Instance, effect: Of<'entered' | 'left' | 'cancelled'>): void {
  if (isWhole(instance, effect)) return void simulation.shown.set(effect.element, 0)
  if (effect.instance === undefined) return addLine(simulation, instance, effect.element, 'entered')
  simulation.shown.set(effect.element, (simulation.shown.get(effect.element) ?? 0) + 1)
  addLine(simulation, instance, effect.element, 'entered', { instance: effect.instance })
}

function leave(simulation: Simulation, instance: Instance, effect: Of<'entered' | 'left' | 'cancelled'>): void {
  const number = effect.instance === undefined ? {} : { instance: effect.instance }
  const element = instance.graph.elements[effect.element]
  if (element?.type.endsWith('Task') || element?.type === 'task') sendByFlows(simulation, instance, effect)
  if (!isWhole(instance, effect)) addLine(simulation, instance, effect.element, 'completed', number)
  else if (simulation.shown.get(effect.element) === 0) {
    addLine(simulation, instance, effect.element, 'entered')
    addLine(simulation, instance, effect.element, 'completed')
  }
}

// A message flow out of a task says that its message is sent when it is done (§9.3).
function sendByFlows(simulation: Simulation, instance: Instance, effect: { element: string; instance?: number }): void {
  if (isWhole(instance, effect)) return
  const element = instance.graph.elements[effect.element]
  const flows = simulation.collaboration.messageFlows.filter((flow) => flow.from === effect.element)
  const name = element?.message ?? flows[0]?.message ?? effect.element
  if (element?.type === 'sendTask' || (flows.length > 0 && element?.type !== 'receiveTask')) {
    addLine(simulation, instance, effect.element, 'thrown')
    throwMessage(simulation, instance, effect.element, name)
  }
}

function showCancelled(simulation: Simulation, instance: Instance, effect: Of<'entered' | 'left' | 'cancelled'>): void {
  const number = effect.instance === undefined ? {} : { instance: effect.instance }
  if (!isWhole(instance, effect)) addLine(simulation, instance, effect.element, 'cancelled', number)
  const called = simulation.instances.find((other) => other.caller?.instance === instance && other.caller.token === effect.token)
  if (called) simulation.work.push(() => isRunning(called) && send(simulation, called, { type: 'terminate' }))
}

// Only what stands in the flow is shown as waiting, not the events armed beside an activity.
function showWaiting(simulation: Simulation, instance: Instance, effect: { element: string; token: string }): void {
  const element = instance.graph.elements[effect.element]
  const [token] = pathIn(instance.state, effect.token)
  const owner = token?.for === undefined ? undefined : pathIn(instance.state, token.for)[0]
  const races = owner?.is === 'gate'
  if (element?.type !== 'intermediateCatchEvent' && !(races && element?.type === 'receiveTask')) return
  if (owner?.at === effect.element && token?.def !== undefined) return // one event with several definitions is shown once
  if (races) simulation.races.set(raceKey(instance, effect.token), effect.element)
  addLine(simulation, instance, effect.element, 'waiting')
}

const raceKey = (instance: Instance, token: string) => `${instance.number} ${token}`

// An event behind an event gateway that another one has beaten (or that was cancelled with its gateway).
function showLost(simulation: Simulation, instance: Instance, token: string, rest: Effect[]): void {
  const key = raceKey(instance, token)
  const element = simulation.races.get(key)
  if (element === undefined || !simulation.races.delete(key)) return
  if (!rest.some((effect) => effect.type === 'caught' && effect.token === token)) addLine(simulation, instance, element, 'cancelled')
}

function showConditions(simulation: Simulation, instance: Instance, before: EngineState | undefined): void {
  const known = new Set(before?.tokens.map((token) => token.id))
  for (const token of instance.state?.tokens ?? []) {
    const element = instance.graph.elements[token.at]
    const isCondition = element?.events[token.def ?? 0]?.kind === 'conditional' && (token.is === 'event' || token.is === 'listener')
    if (isCondition && !known.has(token.id)) showWaiting(simulation, instance, { element: token.at, token: token.id })
  }
}

function act(simulation: Simulation, instance: Instance, effect: Of<'action'>): void {
  if (effect.kind === 'call') return call(simulation, instance, effect)
  if (simulation.manual.has(effect.element)) return addLine(simulation, instance, effect.element, 'waiting', numberOf(instance, effect.token))
  simulation.work.push(() => finishAction(simulation, instance, effect.token, runScript(simulation, instance, effect)))
}

/** Completes an action that still waits, with what it gave. */
export function finishAction(simulation: Simulation, instance: Instance, token: string, result: Variables): void {
  const path = pathIn(instance.state, token)
  if (!isRunning(instance) || path[0]?.is !== 'action') return
  storeResult(instance, path, result)
  send(simulation, instance, { type: 'done', token })
}

function runScript(simulation: Simulation, instance: Instance, effect: Of<'action'>): Variables {
  const element = instance.graph.elements[effect.element]
  const { script } = element ?? {}
  if (element?.type === 'task' || element?.type === 'sendTask') return {}
  if (!script || !/feel/i.test(script.language ?? '')) {
    simulation.note(`${effect.kind} “${effect.element}” is not known here: nothing was done`)
    return {}
  }
  const value = compute(instance, script.text, variablesAt(instance, pathIn(instance.state, effect.token)))
  if (script.result !== undefined) return { [script.result]: value ?? null }
  return isRecord(value) ? value : { [effect.element]: value ?? null }
}

const isRecord = (value: unknown): value is Variables => typeof value === 'object' && value !== null && !Array.isArray(value)

// §10.3.6: the called process of this file runs with the caller's data (or its inputs); another one is a step that does nothing.
function call(simulation: Simulation, instance: Instance, effect: Of<'action'>): void {
  const called = instance.graph.elements[effect.element]?.called
  const graph = simulation.graphs.find((one) => one.process === called)
  if (simulation.manual.has(effect.element)) return addLine(simulation, instance, effect.element, 'waiting', numberOf(instance, effect.token))
  if (!graph) {
    simulation.note(`“${effect.element}” calls “${called ?? ''}”, which is not in this file: nothing was done`)
    simulation.work.push(() => finishAction(simulation, instance, effect.token, {}))
    return
  }
  const variables = structuredClone(variablesAt(instance, pathIn(instance.state, effect.token)))
  const caller = { instance, token: effect.token }
  simulation.work.push(() => {
    if (isRunning(instance) && pathIn(instance.state, effect.token)[0]) startInstance(simulation, graph, { type: 'start' }, { variables, caller })
  })
}

function end(simulation: Simulation, instance: Instance): void {
  const { process } = instance.graph
  addLine(simulation, instance, process, 'completed')
  simulation.timers = simulation.timers.filter((timer) => timer.instance !== instance)
  const { caller } = instance
  if (caller) simulation.work.push(() => finishAction(simulation, caller.instance, caller.token, { ...instance.store.get('') }))
}

function throwOn(simulation: Simulation, instance: Instance, effect: Of<'thrown'>, rest: Effect[]): void {
  addLine(simulation, instance, effect.element, 'thrown')
  if (effect.kind === 'message') throwMessage(simulation, instance, effect.element, effect.name)
  if (effect.kind === 'signal') simulation.work.push(() => throwSignal(simulation, effect.name, instance))
  if (effect.kind !== 'escalation' || isCaughtHere(instance, rest)) return
  const { caller } = instance
  if (!caller) return
  simulation.work.push(() => {
    if (pathIn(caller.instance.state, caller.token)[0]?.is !== 'action') return
    send(simulation, caller.instance, { type: 'escalation', token: caller.token, code: effect.name })
  })
}

const isCaughtHere = (instance: Instance, rest: Effect[]) =>
  rest.some((effect) => effect.type === 'caught' && instance.graph.elements[effect.element]?.events.some((event) => event.kind === 'escalation'))

// An error that its own process does not catch is an error of the call activity, as far out as somebody catches it.
function raise(simulation: Simulation, instance: Instance, effect: Of<'incident'>): void {
  const code = /^uncaught error (.*)$/s.exec(effect.reason)?.[1]
  for (let at = instance; code !== undefined && at.caller; at = at.caller.instance) {
    const { instance: outer, token } = at.caller
    if (!outer.state || !pathIn(outer.state, token)[0] || !isCaught(outer.graph, outer.state, 'error', token, code)) continue
    simulation.work.push(() => {
      cancelCalled(simulation, outer, token)
      send(simulation, outer, { type: 'error', token, code })
    })
    return
  }
  addLine(simulation, instance, effect.element, 'incident', { reason: effect.reason })
}

function cancelCalled(simulation: Simulation, outer: Instance, token: string): void {
  const called = simulation.instances.find((other) => other.caller?.instance === outer && other.caller.token === token)
  if (called && isRunning(called)) send(simulation, called, { type: 'terminate' })
}
