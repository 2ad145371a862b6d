// The structural rules of BPMN 2.0.2 that a diagram must keep before it may run, one function for each kind of element.
import { checkActivity } from './activity-structure.ts'
import { checkEvent } from './event-structure.ts'
import { refuse, report, reportSlip } from './findings.ts'
import type { Compiling } from './findings.ts'
import { checkGateway } from './gateway-structure.ts'
import type { Element, Flow } from './types.ts'

const activities = new Set([
  'userTask',
  'manualTask',
  'receiveTask',
  'serviceTask',
  'sendTask',
  'scriptTask',
  'businessRuleTask',
  'callActivity',
  'task',
  'subProcess',
  'transaction',
  'adHocSubProcess',
])

export const isActivity = (element: Element): boolean => activities.has(element.type)

const isScope = (element: Element) => ['process', 'subProcess', 'eventSubProcess', 'transaction', 'adHocSubProcess'].includes(element.type)

/** Adds a finding for every broken rule of one process. */
export function checkStructure(compiling: Compiling): void {
  const { flows, elements } = compiling.graph
  for (const flow of Object.values(flows)) checkFlow(compiling, flow)
  for (const element of Object.values(elements)) attachBoundary(compiling, element)
  for (const element of Object.values(elements)) {
    checkConnections(compiling, element)
    checkDefault(compiling, element)
    if (isScope(element)) checkScope(compiling, element)
    if (isActivity(element)) checkActivity(compiling, element)
    else if (element.type.endsWith('Gateway')) checkGateway(compiling, element)
    else if (element.type.endsWith('Event')) checkEvent(compiling, element)
  }
}

const choosers = new Set(['exclusiveGateway', 'inclusiveGateway', 'complexGateway'])

// §7.6.1, §8.4.13: a sequence flow does not leave its process or subprocess.
function checkFlow(compiling: Compiling, flow: Flow): void {
  const { elements } = compiling.graph
  const [from, to] = [elements[flow.from], elements[flow.to]]
  if (from?.scope !== to?.scope || from?.scope !== flow.scope) {
    report(compiling, flow.id, 'bpmn.flow-bounds', 'A sequence flow may not cross the border of a subprocess.')
  }
  if (flow.condition === undefined || !from) return
  if (!choosers.has(from.type) && !isActivity(from)) {
    report(compiling, flow.id, 'bpmn.condition-place', 'Only flows out of activities, exclusive and inclusive gateways have conditions.')
  }
  // §8.3.13 (conditional flow): an activity needs another way out.
  if (isActivity(from) && from.out.length < 2)
    reportSlip(compiling, flow.id, 'bpmn.condition-alone', 'A flow with a condition out of an activity needs another flow beside it.')
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
  const compensates = type === 'boundaryEvent' && event?.kind === 'compensate'
  const source = type === 'startEvent' || type === 'boundaryEvent' || type === 'eventSubProcess' || linkIn
  const sink = type === 'endEvent' || type === 'eventSubProcess' || linkOut || compensates
  if (source && element.in.length > 0) {
    const rule = type === 'startEvent' ? 'bpmn.start-incoming' : type === 'boundaryEvent' ? 'bpmn.boundary-incoming' : 'bpmn.incoming'
    report(compiling, id, rule, 'No sequence flow may lead here.')
  }
  if (sink && element.out.length > 0) {
    const rule = type === 'endEvent' ? 'bpmn.end-outgoing' : compensates ? 'bpmn.compensation-outgoing' : 'bpmn.outgoing'
    report(compiling, id, rule, 'No sequence flow may leave here.')
  }
  if (element.forCompensation) return
  if (!source && element.in.length === 0) checkBeginning(compiling, element)
  if (sink || element.out.length > 0) return
  if (isActivity(element)) report(compiling, id, 'bpmn.implicit-end', 'The path ends here without an end event.', 'warning')
  else reportSlip(compiling, id, 'bpmn.no-outgoing', 'Nothing leads on from here.')
}

// §10.5.2: nothing leads here; allowed where the scope has no start event, and for what itself starts the process.
function checkBeginning(compiling: Compiling, element: Element): void {
  const scope = compiling.graph.elements[element.scope]
  if (compiling.profile === 'full' && scope?.starts.includes(element.id)) return
  if (compiling.profile === 'full' && element.type === 'eventBasedGateway' && startsProcess(compiling, element)) return
  report(compiling, element.id, 'bpmn.no-incoming', 'Nothing leads here.')
}

const startsProcess = ({ graph }: Compiling, gateway: Element) =>
  gateway.out.some((id) => graph.elements[gateway.scope]?.starts.includes(graph.flows[id]?.to ?? ''))

// §8.4.13, §10.3: the default flow is one of the element's own and has no condition.
function checkDefault(compiling: Compiling, element: Element): void {
  if (element.default === undefined) return
  const flow = compiling.graph.flows[element.default]
  if (!flow || !element.out.includes(element.default)) {
    return report(compiling, element.id, 'bpmn.default-flow', 'The default flow must start here.')
  }
  if (flow.condition !== undefined) report(compiling, flow.id, 'bpmn.default-condition', 'A default flow has no condition.')
  if (!choosers.has(element.type) && !isActivity(element))
    report(compiling, element.id, 'bpmn.default-place', 'Only an element that chooses has a default flow.')
}

// §10.5.2 and §13.5.4: how a process, a subprocess and an event subprocess begin and end.
function checkScope(compiling: Compiling, scope: Element): void {
  const within = Object.values(compiling.graph.elements).filter((element) => element.scope === scope.id)
  const starts = within.filter((element) => element.type === 'startEvent')
  if (scope.type === 'adHocSubProcess') return checkAdHoc(compiling, scope, within)
  checkStartsAndEnds(compiling, scope, within, starts)
  if (scope.type === 'process') return checkProcessStarts(compiling, scope, starts)
  if (starts.length > 1) report(compiling, scope.id, 'bpmn.one-start', 'A subprocess has one start event.')
  for (const start of starts) {
    if (scope.type !== 'eventSubProcess' && start.events.length > 0)
      report(compiling, start.id, 'bpmn.start-trigger', 'The start event of a subprocess has no trigger.')
    if (scope.type === 'eventSubProcess' && start.events.length === 0)
      report(compiling, start.id, 'bpmn.start-trigger', 'The start event of an event subprocess has a trigger.')
  }
}

function checkStartsAndEnds(compiling: Compiling, scope: Element, within: Element[], starts: Element[]): void {
  const ends = within.filter((element) => element.type === 'endEvent')
  const message = 'It has no start event.'
  const own = compiling.profile === 'full' && scope.starts.length > 0
  if (starts.length === 0 && (scope.type === 'eventSubProcess' || (within.length > 0 && !own))) report(compiling, scope.id, 'bpmn.no-start', message)
  else if (starts.length === 0) reportSlip(compiling, scope.id, 'bpmn.no-start', message)
  if (starts.length === 0 && ends.length > 0 && own && scope.type !== 'eventSubProcess')
    reportSlip(compiling, scope.id, 'bpmn.end-without-start', 'Where there is an end event there is a start event.')
  if (starts.length > 0 && ends.length === 0)
    report(compiling, scope.id, 'bpmn.start-without-end', 'Where there is a start event there is an end event.', 'warning')
}

function checkProcessStarts(compiling: Compiling, scope: Element, starts: Element[]): void {
  if (starts.filter((start) => start.events.length === 0).length > 1)
    reportSlip(compiling, scope.id, 'bpmn.start-trigger', 'Only one start event of a process may be without a trigger.')
  for (const start of starts) {
    if (start.events.some((event) => !['message', 'timer', 'signal', 'conditional'].includes(event.kind)))
      report(compiling, start.id, 'bpmn.start-trigger', 'A process starts by itself, by a message, a timer, a signal or a condition.')
    else if (start.events.some((event) => event.kind === 'signal' || event.kind === 'conditional'))
      refuse(compiling, start.id, 'A case starts by itself, by a message or by a timer.')
    if (start.all) refuse(compiling, start.id, 'A case starts with one event.')
  }
}

// §10.3.5 ad-hoc subprocess.
function checkAdHoc(compiling: Compiling, scope: Element, within: Element[]): void {
  if (!within.some(isActivity)) report(compiling, scope.id, 'bpmn.ad-hoc-empty', 'An ad-hoc subprocess contains an activity.')
  for (const element of within) {
    if (element.type === 'startEvent' || element.type === 'endEvent')
      report(compiling, element.id, 'bpmn.ad-hoc-events', 'An ad-hoc subprocess has no start and no end event.')
  }
}
