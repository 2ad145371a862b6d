// Rules of message flows (BPMN 2.0.2 §7.6.2, §9.3): between participants, from what sends to what receives.
import { report } from './findings.ts'
import type { Compiling } from './findings.ts'
import { child, list, reference, text } from './moddle.ts'
import type { Moddle } from './moddle.ts'
import type { Element, Graph } from './types.ts'

/** Adds a finding for every message flow that breaks a rule. */
export function checkMessageFlows(compiling: Compiling, definitions: Moddle, graphs: Graph[]): void {
  for (const root of list(definitions, 'rootElements').filter((one) => one.$type === 'bpmn:Collaboration')) {
    for (const flow of list(root, 'messageFlows')) checkMessageFlow(compiling, flow, graphs)
  }
}

function checkMessageFlow(compiling: Compiling, flow: Moddle, graphs: Graph[]): void {
  const id = text(flow, 'id') ?? ''
  const [from, to] = [reference(flow, 'sourceRef'), reference(flow, 'targetRef')]
  if (from === undefined || to === undefined) return report(compiling, id, 'bpmn.message-flow-ends', 'A message flow has two ends.')
  const pools = [poolOf(compiling, graphs, from), poolOf(compiling, graphs, to)]
  if (pools[0] !== undefined && pools[0] === pools[1])
    report(compiling, id, 'bpmn.message-flow-pool', 'A message flow leads from one participant to another.')
  if (!maySend(compiling, graphs, from, child(flow, 'sourceRef')))
    report(compiling, id, 'bpmn.message-flow-source', 'A message comes from a participant, an activity or an event that throws a message.')
  if (!mayReceive(compiling, graphs, to, child(flow, 'targetRef')))
    report(compiling, id, 'bpmn.message-flow-target', 'A message goes to a participant, an activity or an event that catches a message.')
}

const elementIn = (graphs: Graph[], id: string) => graphs.flatMap((graph) => graph.elements[id] ?? [])[0]

function poolOf(compiling: Compiling, graphs: Graph[], id: string): string | undefined {
  const participant = compiling.collaboration.participants.find((one) => one.id === id)
  return participant ? (participant.process ?? id) : graphs.find((graph) => graph.elements[id])?.process
}

// A pool, or something that the profile left out of the graph and reported already.
const isOutside = (compiling: Compiling, graphs: Graph[], id: string, end: Moddle | undefined) =>
  compiling.collaboration.participants.some((one) => one.id === id) || (!elementIn(graphs, id) && end !== undefined && !isNode(end))

const isNode = (end: Moddle) => /(Gateway|DataObject|DataObjectReference|SequenceFlow|Lane|Process|TextAnnotation)$/.test(end.$type)

// Others draw message flows at events without saying that they are message events.
const isSketched = (compiling: Compiling, element: Element) => compiling.profile === 'full' && element.events.length === 0

function maySend(compiling: Compiling, graphs: Graph[], id: string, end: Moddle | undefined): boolean {
  if (isOutside(compiling, graphs, id, end)) return true
  const element = elementIn(graphs, id)
  if (!element || element.type === 'process' || element.type.endsWith('Gateway')) return false
  if (!element.type.endsWith('Event')) return element.type !== 'receiveTask'
  const throws = element.type === 'endEvent' || element.type === 'intermediateThrowEvent'
  return throws && (element.events.some((event) => event.kind === 'message') || isSketched(compiling, element))
}

function mayReceive(compiling: Compiling, graphs: Graph[], id: string, end: Moddle | undefined): boolean {
  if (isOutside(compiling, graphs, id, end)) return true
  const element = elementIn(graphs, id)
  if (!element || element.type === 'process' || element.type.endsWith('Gateway')) return false
  if (!element.type.endsWith('Event')) return element.type !== 'sendTask'
  const catches = ['startEvent', 'intermediateCatchEvent', 'boundaryEvent'].includes(element.type)
  return catches && (element.events.some((event) => event.kind === 'message') || isSketched(compiling, element))
}
