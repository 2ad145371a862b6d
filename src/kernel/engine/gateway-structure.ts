// Structural rules of gateways (BPMN 2.0.2 §10.6).
import { report, reportSlip } from './findings.ts'
import type { Compiling } from './findings.ts'
import type { Element } from './types.ts'

/** Adds a finding for every rule that a gateway breaks. */
export function checkGateway(compiling: Compiling, element: Element): void {
  if (element.in.length < 2 && element.out.length < 2)
    report(compiling, element.id, 'bpmn.gateway-degree', 'A gateway splits or joins: it has several flows in or out.', 'warning')
  if (element.type === 'eventBasedGateway') return checkRace(compiling, element)
  if (element.type === 'parallelGateway' || element.type === 'complexGateway' || element.out.length < 2) return
  for (const id of element.out) {
    if (id !== element.default && compiling.graph.flows[id]?.condition === undefined) {
      reportSlip(compiling, id, 'bpmn.condition-missing', 'A flow out of a choosing gateway has a condition or is the default.')
    }
  }
}

// §10.6.6 event-based gateway.
function checkRace(compiling: Compiling, gateway: Element): void {
  const { elements, flows } = compiling.graph
  if (gateway.out.length < 2) report(compiling, gateway.id, 'bpmn.event-gateway-outgoing', 'An event gateway leads to two events or more.')
  const targets = gateway.out.flatMap((id) => elements[flows[id]?.to ?? ''] ?? [])
  for (const target of targets) checkTarget(compiling, target)
  const receives = targets.some((target) => target.type === 'receiveTask')
  const messages = targets.some((target) => target.type !== 'receiveTask' && target.events.some((event) => event.kind === 'message'))
  if (receives && messages)
    report(compiling, gateway.id, 'bpmn.event-gateway-mixed', 'An event gateway leads to message events or to receive tasks, not to both.')
  if (new Set(targets).size < targets.length) report(compiling, gateway.id, 'bpmn.event-gateway-twice', 'Two flows lead to the same event.')
  const starts = elements[gateway.scope]?.starts ?? []
  const isStart = targets.some((target) => starts.includes(target.id)) && gateway.in.length === 0
  if (!isStart) return
  for (const target of targets) {
    const byMessage = target.type === 'receiveTask' || target.events.every((event) => event.kind === 'message')
    if (gateway.allStart && !byMessage)
      report(compiling, target.id, 'bpmn.event-gateway-start', 'A process that starts by several events starts by messages.')
  }
}

function checkTarget(compiling: Compiling, target: Element): void {
  const catches = target.type === 'intermediateCatchEvent' && target.events.some((event) => event.kind !== 'link')
  const receives = target.type === 'receiveTask' && target.message !== undefined
  if (!catches && !receives)
    report(compiling, target.id, 'bpmn.event-gateway-target', 'An event gateway leads only to events that are caught and to receive tasks.')
  if (receives && target.boundary.length > 0)
    report(compiling, target.id, 'bpmn.event-gateway-target', 'A receive task behind an event gateway has no boundary events.')
  if (target.in.length > 1) report(compiling, target.id, 'bpmn.event-gateway-target', 'Only the event gateway may lead here.')
}
