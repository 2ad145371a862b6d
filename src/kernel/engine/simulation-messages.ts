// Messages and signals between simulated instances (BPMN 2.0.2 §8.4.2, §9.3): to whom a message goes, and which instance it means.
import { compute, pathIn, storeResult, variablesAt } from './simulation-data.ts'
import type { Variables } from './simulation-data.ts'
import { addLine, isRunning, send, startInstance } from './simulation-state.ts'
import type { Instance, Message, Simulation } from './simulation-state.ts'
import { waitingFor } from './step.ts'
import { awaited } from './run.ts'
import type { Element, Graph, Token } from './types.ts'

/** Sends what `element` throws: along its message flows, or to whoever waits for the name. */
export function throwMessage(simulation: Simulation, from: Instance, element: string, name: string): void {
  const context = variablesAt(from, [])
  const inputs = from.graph.elements[element]?.inputs ?? []
  const payload = Object.fromEntries(inputs.map(({ to, expression }) => [to, compute(from, expression, context)]))
  rememberKeys(simulation, from, { name, payload, context })
  const flows = simulation.collaboration.messageFlows.filter((flow) => flow.from === element)
  const message: Message = { name, payload, context, from }
  if (flows.length === 0) simulation.work.push(() => deliver(simulation, message))
  for (const flow of flows) {
    if (isBlackBox(simulation, flow.to)) continue
    simulation.work.push(() => deliver(simulation, { ...message, name: flow.message ?? name, target: flow.to }))
  }
}

const isBlackBox = (simulation: Simulation, id: string) => {
  const participant = simulation.collaboration.participants.find((one) => one.id === id)
  return participant !== undefined && !simulation.graphs.some((graph) => graph.process === participant.process)
}

/** Gives a message to one instance that waits for it, or starts a process with it, or keeps it until somebody waits. */
export function deliver(simulation: Simulation, message: Message): void {
  const waiting = findWaiting(simulation, message)
  if (waiting) return receive(simulation, waiting.instance, waiting.token, message)
  for (const graph of graphsFor(simulation, message)) {
    const start = graph.elements[graph.process]?.starts.map((id) => graph.elements[id]).find((one) => one && startsWith(simulation, one, message))
    if (start) return startWith(simulation, graph, start, message)
  }
  simulation.kept.push(message)
}

// The participant or the process that a message flow leads to; without one, all of them.
function graphsFor(simulation: Simulation, { target }: Message): Graph[] {
  if (target === undefined) return simulation.graphs
  const process = simulation.collaboration.participants.find((one) => one.id === target)?.process
  return simulation.graphs.filter((graph) => graph.process === process || graph.elements[target])
}

function isMeant(simulation: Simulation, element: Element, name: string, message: Message): boolean {
  if (message.target !== undefined && message.target === element.id) return true
  const isPool = message.target !== undefined && simulation.collaboration.participants.some((one) => one.id === message.target)
  if (message.target !== undefined && !isPool) return false
  const called = simulation.collaboration.names[message.name] ?? message.name
  return name === called || element.id === message.name || element.name === message.name
}

function findWaiting(simulation: Simulation, message: Message): { instance: Instance; token: Token } | undefined {
  for (const graph of graphsFor(simulation, message)) {
    for (const instance of simulation.instances.filter((one) => one.graph === graph && isRunning(one))) {
      const tokens = instance.state?.tokens ?? []
      const names = new Set(tokens.flatMap((token) => messageOf(graph, token, message, simulation) ?? []))
      const [token] = [...names]
        .flatMap((name) => waitingFor(graph, tokens, name))
        .filter((one) => messageOf(graph, one, message, simulation) !== undefined && correlates(simulation, instance, one, message))
      if (token) return { instance, token }
    }
  }
  return undefined
}

// The name under which this token waits for the message, if it does.
function messageOf(graph: Graph, token: Token, message: Message, simulation: Simulation): string | undefined {
  const element = graph.elements[token.at]
  const event = element && !token.seen ? awaited(element, token) : undefined
  return element && event?.kind === 'message' && isMeant(simulation, element, event.name, message) ? event.name : undefined
}

function receive(simulation: Simulation, instance: Instance, token: Token, message: Message): void {
  const element = instance.graph.elements[token.at]
  const event = element && awaited(element, token)
  if (event?.kind !== 'message') return
  rememberKeys(simulation, instance, message)
  storeResult(instance, pathIn(instance.state, token.id), message.payload)
  send(simulation, instance, { type: 'message', name: event.name, token: token.id })
}

function startsWith(simulation: Simulation, element: Element, message: Message): boolean {
  if (element.type === 'receiveTask') return isMeant(simulation, element, element.message ?? '', message)
  return element.events.some((event) => event.kind === 'message' && isMeant(simulation, element, event.name, message))
}

function startWith(simulation: Simulation, graph: Graph, element: Element, message: Message): void {
  const index = element.events.findIndex((event) => event.kind === 'message' && isMeant(simulation, element, event.name, message))
  if (!occurs(simulation, element, index)) return
  addLine(simulation, { graph }, element.id, 'caught')
  const instance = startInstance(simulation, graph, { type: 'start', element: element.id }, { variables: message.payload })
  rememberKeys(simulation, instance, message)
}

/** Has a start event occurred with this definition? One of several that must all occur waits for the others. */
export function occurs(simulation: Simulation, element: Element, index: number): boolean {
  if (!element.all) return true
  simulation.seen.add(`${element.id} ${index}`)
  const all = element.events.map((_, at) => `${element.id} ${at}`)
  if (!all.every((part) => simulation.seen.has(part))) return false
  for (const part of all) simulation.seen.delete(part)
  return true
}

/** Somebody waits now: gives the oldest kept message that is meant. */
export function catchMessage(simulation: Simulation, instance: Instance, effect: { token: string; element: string }): void {
  const token = pathIn(instance.state, effect.token)[0]
  if (!token || !isRunning(instance)) return
  const index = simulation.kept.findIndex((message) => {
    if (message.target !== undefined && !graphsFor(simulation, message).includes(instance.graph)) return false
    return messageOf(instance.graph, token, message, simulation) !== undefined && correlates(simulation, instance, token, message)
  })
  const [message] = index < 0 ? [] : simulation.kept.splice(index, 1)
  if (message) receive(simulation, instance, token, message)
}

const correlationsOf = (simulation: Simulation, name: string) => {
  const called = simulation.collaboration.names[name] ?? name
  return simulation.collaboration.correlations.filter((one) => one.message === called)
}

// Every key that both sides have must be the same; what one side does not have does not tell instances apart.
function correlates(simulation: Simulation, instance: Instance, token: Token, message: Message): boolean {
  const element = instance.graph.elements[token.at]
  const event = element && awaited(element, token)
  const name = event?.kind === 'message' ? event.name : message.name
  return correlationsOf(simulation, name).every(({ property, path, data }) => {
    const variables = variablesAt(instance, pathIn(instance.state, token.id))
    const expected = data === undefined ? instance.keys[property] : compute(instance, data, variables)
    const actual = keyOf(instance, message, path)
    return expected === undefined || expected === null || actual === undefined || actual === null || isSame(expected, actual)
  })
}

const isSame = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)

const keyOf = (instance: Instance, message: Message, path: string) => compute(instance, path, { ...message.context, ...message.payload })

// The first message of a conversation gives an instance its keys (§8.4.2).
function rememberKeys(simulation: Simulation, instance: Instance, message: Message): void {
  for (const { property, path } of correlationsOf(simulation, message.name)) {
    instance.keys[property] ??= keyOf(instance, message, path)
  }
}

/** A signal reaches every instance and every start event that waits for it; `from` has already heard it. */
export function throwSignal(simulation: Simulation, name: string, from?: Instance): void {
  const called = simulation.collaboration.names[name] ?? name
  for (const instance of simulation.instances.filter(isRunning)) {
    if (instance !== from) send(simulation, instance, { type: 'signal', name: called })
  }
  for (const graph of simulation.graphs) {
    for (const id of graph.elements[graph.process]?.starts ?? []) {
      const element = graph.elements[id]
      const index = element?.events.findIndex((event) => event.kind === 'signal' && event.name === called) ?? -1
      if (!element || element.type !== 'startEvent' || index < 0 || !occurs(simulation, element, index)) continue
      addLine(simulation, { graph }, id, 'caught')
      startInstance(simulation, graph, { type: 'start', element: id })
    }
  }
}

/** What a message from outside carries. */
export const outsideMessage = (name: string, payload: Variables): Message => ({ name, payload, context: {} })
