// Structural rules of activities (BPMN 2.0.2 §10.3, §10.7).
import { report, reportIncomplete } from './findings.ts'
import type { Compiling } from './findings.ts'
import type { Element } from './types.ts'

/** Adds a finding for every rule that an activity breaks. */
export function checkActivity(compiling: Compiling, element: Element): void {
  checkLoop(compiling, element)
  checkTransaction(compiling, element)
  if (element.type === 'callActivity' && element.called === undefined && compiling.profile === 'full')
    reportIncomplete(compiling, element.id, 'bpmn.called-element', 'A call activity says what it calls.')
  if (element.script && element.script.language === undefined)
    report(compiling, element.id, 'bpmn.script-format', 'A script says in which language it is.', 'warning')
  if (element.forCompensation) checkHandler(compiling, element)
}

// §10.3.8 loops and multiple instances.
function checkLoop(compiling: Compiling, { id, loop }: Element): void {
  if (loop?.kind === 'standard') {
    if (loop.maximum !== undefined && loop.maximum < 0) report(compiling, id, 'bpmn.loop-maximum', 'A maximum is not negative.')
    if (loop.condition === undefined && loop.maximum === undefined)
      reportIncomplete(compiling, id, 'bpmn.loop-condition', 'A loop needs a condition or a maximum.')
  }
  if (loop?.kind !== 'multiple') return
  if (loop.cardinality === undefined && loop.collection === undefined)
    reportIncomplete(compiling, id, 'bpmn.multi-count', 'Multiple instances need a cardinality or a collection.')
  if (loop.cardinality !== undefined && loop.collection !== undefined)
    report(compiling, id, 'bpmn.multi-both', 'Multiple instances have a cardinality or a collection, not both.')
}

function checkTransaction(compiling: Compiling, element: Element): void {
  const events = element.boundary.flatMap((id) => compiling.graph.elements[id] ?? [])
  const cancels = events.filter((event) => event.events.some((one) => one.kind === 'cancel'))
  if (element.type !== 'transaction') {
    for (const event of cancels) report(compiling, event.id, 'bpmn.cancel-boundary', 'Only a transaction is cancelled.')
  } else if (cancels.length > 1) report(compiling, element.id, 'bpmn.cancel-once', 'A transaction has one cancel event.')
  const undone = events.filter((event) => event.events.some((one) => one.kind === 'compensate'))
  if (undone.length > 1) report(compiling, element.id, 'bpmn.compensation-once', 'An activity has one compensation event.')
}

// §10.7.2: a compensation handler stands outside the flow.
function checkHandler(compiling: Compiling, element: Element): void {
  if (element.in.length > 0 || element.out.length > 0)
    report(compiling, element.id, 'bpmn.compensation-flow', 'What compensates stands outside the flow: no sequence flow leads to it or from it.')
  const isBound = Object.values(compiling.graph.elements).some((other) => other.handler === element.id)
  if (!isBound) report(compiling, element.id, 'bpmn.compensation-unbound', 'No compensation event leads here.', 'warning')
}
