// Structural rules that the graph no longer shows: pools and message flows, lanes, data, artifacts (BPMN 2.0.2 §8–§10).
import { report, reportSlip } from './findings.ts'
import type { Compiling } from './findings.ts'
import { checkMessageFlows } from './message-flow-structure.ts'
import { child, list, reference, text } from './moddle.ts'
import type { Moddle } from './moddle.ts'
import { timesOf } from './read-events.ts'
import type { Graph } from './types.ts'

/** Adds a finding for every rule that the document breaks, and binds compensation events to what compensates. */
export function checkDocument(compiling: Compiling, definitions: Moddle, graphs: Graph[]): void {
  checkMessageFlows(compiling, definitions, graphs)
  for (const root of list(definitions, 'rootElements')) {
    if (root.$type === 'bpmn:Collaboration') for (const one of list(root, 'participants')) checkParticipant(compiling, one)
    if (root.$type === 'bpmn:CorrelationProperty') checkCorrelation(compiling, root)
    if (root.$type !== 'bpmn:Process') continue
    compiling.executable = root['isExecutable'] === true
    if (root['processType'] === 'Public' && compiling.executable)
      report(compiling, text(root, 'id') ?? '', 'bpmn.executable-public', 'A public process is not executable.')
    checkLanes(compiling, root)
    checkContents(compiling, root, graphs)
  }
}

// §9.2.1, table 9.3.
function checkParticipant(compiling: Compiling, participant: Moddle): void {
  const multiplicity = child(participant, 'participantMultiplicity')
  if (!multiplicity) return
  const [minimum, maximum] = [Number(multiplicity['minimum'] ?? 0), Number(multiplicity['maximum'] ?? 1)]
  if (maximum < 1 || maximum < minimum)
    report(compiling, text(participant, 'id') ?? '', 'bpmn.multiplicity', 'The maximum is at least one and not below the minimum.')
}

// §8.4.2 correlation.
function checkCorrelation(compiling: Compiling, property: Moddle): void {
  const id = text(property, 'id') ?? ''
  const retrievals = list(property, 'correlationPropertyRetrievalExpression')
  if (retrievals.length === 0) report(compiling, id, 'bpmn.correlation-retrieval', 'A correlation property says how it is read from a message.')
  for (const one of retrievals) {
    if (!child(one, 'messageRef')) report(compiling, id, 'bpmn.correlation-message', 'A retrieval expression belongs to a message.')
    if (!child(one, 'messagePath')) report(compiling, id, 'bpmn.correlation-path', 'A retrieval expression has a message path.')
  }
}

// §10.8 lanes.
function checkLanes(compiling: Compiling, process: Moddle): void {
  const ids = new Set(idsIn(process))
  for (const set of list(process, 'laneSets')) checkLaneSet(compiling, set, ids)
}

function checkLaneSet(compiling: Compiling, set: Moddle, ids: Set<string>): void {
  const taken = new Set<string>()
  for (const lane of list(set, 'lanes')) {
    for (const node of list(lane, 'flowNodeRef')) {
      const id = text(node, 'id') ?? ''
      if (!ids.has(id)) report(compiling, id, 'bpmn.lane-foreign', 'A lane holds only what its own process contains.')
      if (taken.has(id)) report(compiling, id, 'bpmn.lane-twice', 'An element is in one lane of a set.')
      taken.add(id)
    }
    const inner = child(lane, 'childLaneSet')
    if (inner) checkLaneSet(compiling, inner, ids)
  }
}

const idsIn = (scope: Moddle): string[] => list(scope, 'flowElements').flatMap((one) => [text(one, 'id') ?? '', ...idsIn(one)])

function checkContents(compiling: Compiling, scope: Moddle, graphs: Graph[]): void {
  for (const association of list(scope, 'artifacts').filter((one) => one.$type === 'bpmn:Association')) {
    checkAssociation(compiling, association, graphs)
  }
  for (const element of list(scope, 'flowElements')) {
    checkFlowElement(compiling, element)
    checkContents(compiling, element, graphs)
  }
}

function checkAssociation(compiling: Compiling, association: Moddle, graphs: Graph[]): void {
  const [source, target] = [reference(association, 'sourceRef'), reference(association, 'targetRef')]
  if (source === undefined || target === undefined)
    return report(compiling, text(association, 'id') ?? '', 'bpmn.association-ends', 'An association has two ends.')
  const elements = graphs.flatMap((graph) => graph.elements[source] ?? [])
  const [event] = elements
  if (event?.type !== 'boundaryEvent' || !event.events.some((one) => one.kind === 'compensate')) return
  if (event.handler !== undefined) report(compiling, source, 'bpmn.compensation-handlers', 'A compensation event leads to one activity.')
  event.handler = target
}

function checkFlowElement(compiling: Compiling, element: Moddle): void {
  const id = text(element, 'id') ?? ''
  if (element.$type === 'bpmn:DataObjectReference' && !child(element, 'dataObjectRef'))
    reportSlip(compiling, id, 'bpmn.data-reference', 'A data object reference refers to a data object.')
  if (element.$type.endsWith('Gateway')) checkDirection(compiling, element, id)
  if (element.$type === 'bpmn:EventBasedGateway' || element.$type === 'bpmn:ReceiveTask') checkInstantiate(compiling, element, id)
  if (element.$type === 'bpmn:AdHocSubProcess' && element['triggeredByEvent'] === true)
    report(compiling, id, 'bpmn.ad-hoc-handler', 'An event subprocess is not ad-hoc.')
  for (const name of ['startQuantity', 'completionQuantity'] as const) {
    const quantity = element[name]
    if (typeof quantity !== 'number' || quantity === 1) continue
    if (quantity < 1) report(compiling, id, 'bpmn.quantity', 'An activity takes and gives at least one token.')
    else report(compiling, id, 'profile.unsupported', 'An activity takes and gives one token.')
  }
  for (const definition of list(element, 'eventDefinitions')) {
    if (timesOf(definition).length > 1) report(compiling, id, 'bpmn.timer-one', 'A timer has one of date, duration and cycle.')
  }
  const loop = child(element, 'loopCharacteristics')
  if (loop?.$type === 'bpmn:MultiInstanceLoopCharacteristics') checkBehavior(compiling, loop, id)
  checkData(compiling, element, id)
}

// §10.6.1 the direction that the author declared.
function checkDirection(compiling: Compiling, gateway: Moddle, id: string): void {
  const direction = gateway['gatewayDirection']
  const [incoming, outgoing] = [list(gateway, 'incoming').length, list(gateway, 'outgoing').length]
  const wrong =
    (direction === 'Converging' && outgoing > 1) ||
    (direction === 'Diverging' && incoming > 1) ||
    (direction === 'Mixed' && (incoming < 2 || outgoing < 2) && incoming + outgoing > 0)
  if (wrong) reportSlip(compiling, id, 'bpmn.gateway-direction', `This gateway is not ${String(direction).toLowerCase()}.`)
}

// §10.3.3, §10.6.6: what starts a process has nothing before it.
function checkInstantiate(compiling: Compiling, element: Moddle, id: string): void {
  const instantiates = element['instantiate'] === true
  if (element['eventGatewayType'] === 'Parallel' && !instantiates)
    report(compiling, id, 'bpmn.event-gateway-parallel', 'Only an event gateway that starts the process waits for all of its events.')
  if (!instantiates) return
  const before = element.$parent
  const flows = isScope(before) ? list(before, 'flowElements').filter((one) => one.$type === 'bpmn:SequenceFlow') : []
  if (flows.some((flow) => reference(flow, 'targetRef') === id))
    report(compiling, id, 'bpmn.instantiate-incoming', 'No sequence flow leads to what starts a process.')
}

const isScope = (value: unknown): value is Moddle => typeof value === 'object' && value !== null && '$type' in value

// §10.3.8, table 10.27: which event a multiple instance throws.
function checkBehavior(compiling: Compiling, loop: Moddle, id: string): void {
  const behavior = loop['behavior']
  const missing =
    (behavior === 'None' && !child(loop, 'noneBehaviorEventRef')) ||
    (behavior === 'One' && !child(loop, 'oneBehaviorEventRef')) ||
    (behavior === 'Complex' && list(loop, 'complexBehaviorDefinition').length === 0)
  if (missing) report(compiling, id, 'bpmn.multi-behavior', 'This behaviour of multiple instances names the event that it throws.')
}

// §10.4.1, §10.4.2 inputs, outputs and data associations.
function checkData(compiling: Compiling, element: Moddle, id: string): void {
  const io = child(element, 'ioSpecification')
  if (io) {
    if (list(io, 'inputSets').length === 0) reportSlip(compiling, id, 'bpmn.input-set', 'An input/output specification has an input set.')
    if (list(io, 'outputSets').length === 0) reportSlip(compiling, id, 'bpmn.output-set', 'An input/output specification has an output set.')
    const sets = [...list(io, 'inputSets'), ...list(io, 'outputSets')]
    const used = new Set(sets.flatMap((set) => [...list(set, 'dataInputRefs'), ...list(set, 'dataOutputRefs')]))
    for (const one of [...list(io, 'dataInputs'), ...list(io, 'dataOutputs')]) {
      if (!used.has(one)) reportSlip(compiling, text(one, 'id') ?? '', 'bpmn.data-set', 'Every data input and output is in a set.')
    }
  }
  for (const association of [...list(element, 'dataInputAssociations'), ...list(element, 'dataOutputAssociations')]) {
    checkDataAssociation(compiling, association, id)
  }
}

function checkDataAssociation(compiling: Compiling, association: Moddle, id: string): void {
  const at = text(association, 'id') ?? id
  if (!child(association, 'targetRef') && list(association, 'assignment').length === 0)
    reportSlip(compiling, at, 'bpmn.data-association-target', 'A data association has a target.')
  if (list(association, 'sourceRef').length > 1 && !child(association, 'transformation'))
    reportSlip(compiling, at, 'bpmn.data-association-sources', 'A data association with several sources has a transformation.')
}
