// Structural rules of events (BPMN 2.0.2 §10.5).
import { refuse, report, reportSlip } from './findings.ts'
import type { Compiling } from './findings.ts'
import type { Element, EventDefinition } from './types.ts'

// Tables 10.84, 10.88, 10.90, 10.93. Which triggers start what is said with the scopes.
const allowed = {
  startEvent: ['message', 'timer', 'signal', 'conditional', 'error', 'escalation', 'compensate'],
  intermediateCatchEvent: ['message', 'timer', 'signal', 'conditional', 'link'],
  intermediateThrowEvent: ['message', 'signal', 'escalation', 'link', 'compensate'],
  boundaryEvent: ['message', 'timer', 'signal', 'conditional', 'error', 'escalation', 'cancel', 'compensate'],
  endEvent: ['message', 'signal', 'error', 'escalation', 'terminate', 'cancel', 'compensate'],
} satisfies Record<string, EventDefinition['kind'][]>

/** Adds a finding for every rule that an event breaks. */
export function checkEvent(compiling: Compiling, element: Element): void {
  const { id, type, events } = element
  if (!(type in allowed)) return
  const kinds: string[] = allowed[type as keyof typeof allowed] // the line above is the check that TypeScript cannot follow
  for (const event of events) {
    if (!kinds.includes(event.kind)) report(compiling, id, 'bpmn.event-kind', `A ${event.kind} event cannot stand here.`)
  }
  const incomplete = compiling.findings.some((finding) => finding.element === id)
  if ((type === 'boundaryEvent' || type === 'intermediateCatchEvent') && events.length === 0 && !incomplete) {
    report(compiling, id, 'bpmn.event-definition', 'This event waits for nothing.')
  }
  checkMultiple(compiling, element)
  checkInterrupting(compiling, element)
  if (events.some((event) => event.kind === 'link')) checkLink(compiling, element)
  if (type === 'endEvent' && events.some((event) => event.kind === 'cancel')) checkCancelEnd(compiling, element)
  if (type === 'boundaryEvent' && events.some((event) => event.kind === 'compensate')) checkCompensated(compiling, element)
  if (type === 'endEvent' || type === 'intermediateThrowEvent') checkThrown(compiling, element)
}

function checkInterrupting(compiling: Compiling, { id, events, interrupting }: Element): void {
  if (interrupting !== false) return
  if (events.some((event) => event.kind === 'error')) report(compiling, id, 'bpmn.error-interrupts', 'An error always interrupts.')
  if (events.some((event) => event.kind === 'cancel')) report(compiling, id, 'bpmn.cancel-interrupts', 'A cancel event always interrupts.')
}

// §10.5.1 multiple and parallel multiple: which kinds this engine combines.
function checkMultiple(compiling: Compiling, element: Element): void {
  if (element.events.length < 2) return
  const single = ['link', 'terminate', 'cancel', 'compensate']
  const alone = element.events.some((event) => single.includes(event.kind) || (element.type === 'endEvent' && event.kind === 'error'))
  const passive = element.all && element.events.some((event) => event.kind === 'error' || event.kind === 'escalation')
  if (alone || passive) report(compiling, element.id, 'profile.unsupported', 'These event definitions cannot be combined.')
}

// §10.5.5 link: throws of one name and exactly one catch of that name, in one scope.
function checkLink(compiling: Compiling, element: Element): void {
  const name = element.events.find((event) => event.kind === 'link')?.name
  const same = Object.values(compiling.graph.elements).filter(
    (other) => other.scope === element.scope && other.events.some((event) => event.kind === 'link' && event.name === name),
  )
  const catches = same.filter((other) => other.type === 'intermediateCatchEvent').length
  const throws = same.filter((other) => other.type === 'intermediateThrowEvent').length
  if (catches > 1) report(compiling, element.id, 'bpmn.link-target', `The link “${name}” has more than one catch in its scope.`)
  if (catches === 0 || throws === 0)
    report(compiling, element.id, 'bpmn.link-pair', `The link “${name}” needs one catch and at least one throw in the same scope.`)
}

// §10.5.3: only inside a transaction, at any depth of its subprocesses.
function checkCancelEnd(compiling: Compiling, element: Element): void {
  const { elements } = compiling.graph
  for (let at = elements[element.scope]; at; at = elements[at.scope]) if (at.type === 'transaction') return
  report(compiling, element.id, 'bpmn.cancel-end', 'A cancel end event stands inside a transaction.')
}

// §10.7.2: the boundary event of compensation leads by an association to what compensates.
function checkCompensated(compiling: Compiling, element: Element): void {
  const handler = element.handler === undefined ? undefined : compiling.graph.elements[element.handler]
  if (!handler)
    return reportSlip(compiling, element.id, 'bpmn.compensation-association', 'An association leads from here to the activity that compensates.')
  if (!handler.forCompensation)
    reportSlip(compiling, handler.id, 'bpmn.compensation-handler', 'The activity that compensates is marked “for compensation”.')
  if (handler.scope !== element.scope)
    report(compiling, handler.id, 'bpmn.compensation-scope', 'What compensates an activity stands in the same scope as the activity.')
}

// §10.5.5 compensation: a named activity exists and can be compensated.
function checkThrown(compiling: Compiling, element: Element): void {
  const { elements } = compiling.graph
  for (const event of element.events) {
    if (event.kind !== 'compensate' || event.activity === undefined) continue
    const target = elements[event.activity]
    const handled = target && [...target.boundary, ...target.handlers.flatMap((id) => elements[id]?.starts ?? [])]
    const isUndone = handled?.some((id) => elements[id]?.events.some((one) => one.kind === 'compensate'))
    const inner = target && Object.values(elements).some((other) => other.scope === target.id && other.forCompensation)
    if (!isUndone && !inner)
      report(compiling, element.id, 'bpmn.compensation-target', `“${event.activity}” is not an activity that can be compensated.`)
  }
  if (element.events.some((event) => event.kind === 'compensate')) refuse(compiling, element.id, 'A procedure may not use compensation.')
}
