// Structural rules of events (BPMN 2.0.2 §10.5).
import { report } from './findings.ts'
import type { Compiling } from './findings.ts'
import type { Element, EventDefinition } from './types.ts'

const allowed = {
  startEvent: ['message', 'timer', 'signal', 'error', 'escalation'],
  intermediateCatchEvent: ['message', 'timer', 'signal', 'link'],
  intermediateThrowEvent: ['message', 'signal', 'escalation', 'link'],
  boundaryEvent: ['message', 'timer', 'signal', 'error', 'escalation'],
  endEvent: ['message', 'signal', 'error', 'escalation', 'terminate'],
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
  if (!element.interrupting && element.interrupting !== undefined && events.some((event) => event.kind === 'error')) {
    report(compiling, id, 'bpmn.error-interrupts', 'An error always interrupts.')
  }
  if (events.some((event) => event.kind === 'link')) checkLink(compiling, element)
}

// §10.5.1 multiple and parallel multiple: which kinds this engine combines.
function checkMultiple(compiling: Compiling, element: Element): void {
  if (element.events.length < 2) return
  const alone = element.events.some(
    (event) => event.kind === 'link' || event.kind === 'terminate' || (element.type === 'endEvent' && event.kind === 'error'),
  )
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
  if (catches === 1 && throws > 0) return
  report(compiling, element.id, 'bpmn.link-pair', `The link “${name}” needs one catch and at least one throw in the same scope.`)
}
