// The structural rules of BPMN 2.0.2 that a diagram must keep before it may run, one function for each kind of element.
import { report } from './findings.ts'
import type { Compiling } from './findings.ts'
import { checkEvent } from './event-structure.ts'
import type { Element, Flow } from './types.ts'

const activities = new Set(['userTask', 'manualTask', 'receiveTask', 'serviceTask', 'sendTask', 'scriptTask', 'businessRuleTask', 'subProcess'])

export const isActivity = (element: Element): boolean => activities.has(element.type)

/** Adds a finding for every broken rule. */
export function checkStructure(compiling: Compiling): void {
  for (const flow of Object.values(compiling.graph.flows)) checkFlow(compiling, flow)
  for (const element of Object.values(compiling.graph.elements)) attachBoundary(compiling, element)
  for (const element of Object.values(compiling.graph.elements)) {
    checkConnections(compiling, element)
    checkDefault(compiling, element)
    if (element.type === 'process' || element.type === 'subProcess' || element.type === 'eventSubProcess') checkScope(compiling, element)
    else if (element.type.endsWith('Gateway')) checkGateway(compiling, element)
    else if (element.type.endsWith('Event')) checkEvent(compiling, element)
  }
}

// §7.6.1, §8.4.13: a sequence flow does not leave its process or subprocess.
function checkFlow(compiling: Compiling, flow: Flow): void {
  const { elements } = compiling.graph
  const [from, to] = [elements[flow.from], elements[flow.to]]
  if (from?.scope !== to?.scope || from?.scope !== flow.scope) {
    report(compiling, flow.id, 'bpmn.flow-bounds', 'A sequence flow may not cross the border of a subprocess.')
  }
  const conditional = from?.type === 'exclusiveGateway' || from?.type === 'inclusiveGateway' || (from && isActivity(from))
  if (flow.condition !== undefined && !conditional) {
    report(compiling, flow.id, 'bpmn.condition-place', 'Only flows out of activities, exclusive and inclusive gateways have conditions.')
  }
}

// §10.5.4 boundary events: attached to an activity of the same scope.
function attachBoundary(compiling: Compiling, element: Element): void {
  if (element.type !== 'boundaryEvent') return
  const host = element.attachedTo === undefined ? undefined : compiling.graph.elements[element.attachedTo]
  if (host && isActivity(host) && host.scope === element.scope) host.boundary.push(element.id)
  else report(compiling, element.id, 'bpmn.boundary-host', 'A boundary event is attached to an activity of the same scope.')
}

function checkConnections(compiling: Compiling, element: Element): void {
  const { id, type } = element
  if (type === 'process') return
  const [event] = element.events
  const linkIn = type === 'intermediateCatchEvent' && event?.kind === 'link'
  const linkOut = type === 'intermediateThrowEvent' && event?.kind === 'link'
  const source = type === 'startEvent' || type === 'boundaryEvent' || type === 'eventSubProcess' || linkIn
  const sink = type === 'endEvent' || type === 'eventSubProcess' || linkOut
  if (source && element.in.length > 0) {
    const rule = type === 'startEvent' ? 'bpmn.start-incoming' : type === 'boundaryEvent' ? 'bpmn.boundary-incoming' : 'bpmn.incoming'
    report(compiling, id, rule, 'No sequence flow may lead here.')
  }
  if (sink && element.out.length > 0)
    report(compiling, id, type === 'endEvent' ? 'bpmn.end-outgoing' : 'bpmn.outgoing', 'No sequence flow may leave here.')
  if (!source && element.in.length === 0) report(compiling, id, 'bpmn.no-incoming', 'Nothing leads here.')
  if (sink || element.out.length > 0) return
  if (isActivity(element)) report(compiling, id, 'bpmn.implicit-end', 'The path ends here without an end event.', 'warning')
  else report(compiling, id, 'bpmn.no-outgoing', 'Nothing leads on from here.')
}

// §8.4.13, §10.3: the default flow is one of the element's own and has no condition.
function checkDefault(compiling: Compiling, element: Element): void {
  if (element.default === undefined) return
  const flow = compiling.graph.flows[element.default]
  if (!flow || !element.out.includes(element.default)) {
    return report(compiling, element.id, 'bpmn.default-flow', 'The default flow must start here.')
  }
  if (flow.condition !== undefined) report(compiling, flow.id, 'bpmn.default-flow', 'A default flow has no condition.')
  const chooses = element.type === 'exclusiveGateway' || element.type === 'inclusiveGateway' || isActivity(element)
  if (!chooses) report(compiling, element.id, 'bpmn.default-flow', 'Only an element that chooses has a default flow.')
}

function checkGateway(compiling: Compiling, element: Element): void {
  if (element.type === 'eventBasedGateway') return checkRace(compiling, element)
  if (element.type === 'parallelGateway' || element.out.length < 2) return
  for (const id of element.out) {
    if (id !== element.default && compiling.graph.flows[id]?.condition === undefined) {
      report(compiling, id, 'bpmn.condition-missing', 'A flow out of a choosing gateway has a condition or is the default.')
    }
  }
}

// §10.6.6 event-based gateway.
function checkRace(compiling: Compiling, gateway: Element): void {
  if (gateway.out.length < 2) report(compiling, gateway.id, 'bpmn.event-gateway-outgoing', 'An event gateway leads to two events or more.')
  const targets = gateway.out.flatMap((id) => compiling.graph.elements[compiling.graph.flows[id]?.to ?? ''] ?? [])
  for (const target of targets) {
    const catches = target.type === 'intermediateCatchEvent' && target.events.some((event) => event.kind !== 'link')
    const receives = target.type === 'receiveTask' && target.boundary.length === 0 && target.message !== undefined
    if (!catches && !receives)
      report(
        compiling,
        target.id,
        'bpmn.event-gateway-target',
        'An event gateway leads only to events that are caught and to receive tasks without boundary events.',
      )
    if (target.in.length > 1) report(compiling, target.id, 'bpmn.event-gateway-target', 'Only the event gateway may lead here.')
  }
  const receives = targets.some((target) => target.type === 'receiveTask')
  const messages = targets.some((target) => target.type !== 'receiveTask' && target.events.some((event) => event.kind === 'message'))
  if (receives && messages)
    report(compiling, gateway.id, 'bpmn.event-gateway-target', 'An event gateway leads to message events or to receive tasks, not to both.')
  if (new Set(targets).size < targets.length) report(compiling, gateway.id, 'bpmn.event-gateway-target', 'Two flows lead to the same event.')
}

// §10.5.2 and §13.5.4: how a process, a subprocess and an event subprocess begin.
function checkScope(compiling: Compiling, scope: Element): void {
  const starts = scope.starts.flatMap((id) => compiling.graph.elements[id] ?? [])
  const { id, type } = scope
  if (starts.length === 0) report(compiling, id, 'bpmn.no-start', 'It has no start event.')
  if (type === 'process') {
    if (starts.filter((start) => start.events.length === 0).length > 1)
      report(compiling, id, 'bpmn.start-trigger', 'Only one start event of a process may be without a trigger.')
    for (const start of starts) {
      if (start.events.some((event) => event.kind !== 'message' && event.kind !== 'timer'))
        report(compiling, start.id, 'bpmn.start-trigger', 'A process starts by itself, by a message or by a timer.')
    }
    return
  }
  if (starts.length > 1) report(compiling, id, 'bpmn.no-start', 'A subprocess has one start event.')
  for (const start of starts) {
    if (type === 'subProcess' && start.events.length > 0)
      report(compiling, start.id, 'bpmn.start-trigger', 'The start event of a subprocess has no trigger.')
    if (type === 'eventSubProcess' && start.events.length === 0)
      report(compiling, start.id, 'bpmn.start-trigger', 'The start event of an event subprocess has a trigger.')
  }
  if (type === 'eventSubProcess' && compiling.graph.elements[scope.id]?.boundary.length) {
    report(compiling, id, 'bpmn.boundary-host', 'An event subprocess has no boundary events.')
  }
}
