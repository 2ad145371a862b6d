// Is everything that runs also drawn (BPMN 2.0.2 §12)?
import { report } from './findings.ts'
import type { Compiling } from './findings.ts'
import { child, list, reference } from './moddle.ts'
import type { Moddle } from './moddle.ts'

/** Adds a warning for everything that is not drawn: a resident reads the drawing, and what it leaves out would run unseen. */
export function checkDrawing(compiling: Compiling, definitions: Moddle): void {
  const drawn = new Set<string>()
  for (const diagram of list(definitions, 'diagrams')) {
    const plane = child(diagram, 'plane')
    for (const shape of plane ? list(plane, 'planeElement') : []) drawn.add(reference(shape, 'bpmnElement') ?? '')
  }
  if (drawn.size === 0) return report(compiling, compiling.graph.process, 'di.none', 'The document has no drawing.', 'warning')
  const { elements, flows, process } = compiling.graph
  for (const id of [...Object.keys(elements), ...Object.keys(flows)]) {
    if (id !== process && !drawn.has(id)) report(compiling, id, 'di.missing', 'This element is not drawn.', 'warning')
  }
}
