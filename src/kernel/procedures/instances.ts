// Elements that run several times by themselves, and repeating timers: what a case can keep of them.
import { checkFeel } from '#kernel/engine/conditions.ts'
import { parseCycle } from '#kernel/engine/iso-time.ts'
import type { Element, Graph } from '#kernel/engine/types.ts'

type Refuse = (place: string, rule: string, message: string) => void

/** Adds a finding for what a case could not keep or compute of an element with several instances, or of a repeating timer. */
export function checkInstances(graph: Graph, element: Element, refuse: Refuse): void {
  const place = `diagram.bpmn#${element.id}`
  const { loop } = element
  for (const event of element.events)
    if (event.kind === 'timer' && event.timer.kind === 'cycle' && parseCycle(event.timer.expression) === undefined)
      refuse(place, 'package.cycle', 'A repeating timer says R, how often, and how far apart: R3/P7D.')
  const expressions = [element.xl.ext['office'], element.xl.ext['post'], element.xl.ext['party']]
  if (loop?.kind === 'multiple') {
    expressions.push(loop.cardinality, loop.collection, loop.completion)
    if (loop.results !== undefined || loop.result !== undefined)
      refuse(place, 'package.instances', 'The results of all instances are read as a list under the element: leave the data output out.')
    if (isInsideMultiple(graph, element))
      refuse(place, 'package.instances', 'An element with several instances stands in another one: put it into a procedure of its own.')
  }
  if (loop?.kind === 'standard') expressions.push(loop.condition)
  for (const expression of expressions) {
    const problem = expression === undefined ? undefined : checkFeel(expression)
    if (problem) refuse(place, 'feel.syntax', problem)
  }
}

function isInsideMultiple(graph: Graph, element: Element): boolean {
  for (let at = graph.elements[element.scope]; at; at = graph.elements[at.scope]) if (at.loop?.kind === 'multiple') return true
  return false
}
