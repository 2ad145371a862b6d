// Reads what a picture needs out of a parsed BPMN file (BPMN 2.0.2, §12 diagram interchange): shapes, edges, and what they stand for.

export type Bounds = { x: number; y: number; width: number; height: number }
export type Point = { x: number; y: number }
export type DiagramShape = {
  id: string
  /** BPMN type without its prefix: `UserTask`, `StartEvent`, `Lane` … */
  kind: string
  name: string
  bounds: Bounds
  label?: Bounds
  isHorizontal: boolean
  isExpanded: boolean
  /** events: `Timer`, `Message` … without the word EventDefinition */
  trigger?: string
  isInterrupting: boolean
  repeats?: 'loop' | 'parallel' | 'sequential'
}
export type DiagramEdge = {
  id: string
  kind: string
  name: string
  waypoints: Point[]
  label?: Bounds
  source?: string
  target?: string
  isDefault: boolean
}
export type DiagramModel = { id: string; name: string; shapes: DiagramShape[]; edges: DiagramEdge[] }

/** moddle objects have getters from their metamodel; everything is read as unknown and checked. */
type Loose = Record<string, unknown>

/** Turns moddle's definitions (`rootElement` of bpmn-moddle's `fromXML`) into a model; shapes without bounds are left out. */
export function readModel(definitions: unknown): DiagramModel {
  const plane = loose(loose(list(loose(definitions).diagrams)[0]).plane)
  const elements = list(plane.planeElement).map(loose)
  const root = loose(plane.bpmnElement)
  return {
    id: text(root.id) || text(loose(definitions).id) || 'diagram',
    name: text(root.name) || text(loose(list(root.participants)[0]).name),
    shapes: elements.filter((element) => element.bounds).map(toShape),
    edges: elements.filter((element) => element.waypoint).map(toEdge),
  }
}

function toShape(shape: Loose): DiagramShape {
  const element = loose(shape.bpmnElement)
  const trigger = text(loose(list(element.eventDefinitions)[0]).$type)
  return {
    id: text(element.id),
    kind: kindOf(element),
    name: nameOf(element),
    bounds: toBounds(shape.bounds),
    label: labelOf(shape),
    isHorizontal: shape.isHorizontal !== false,
    isExpanded: shape.isExpanded !== false,
    trigger: trigger ? trigger.replace(/^bpmn:/, '').replace('EventDefinition', '') : undefined,
    isInterrupting: element.cancelActivity !== false && element.isInterrupting !== false,
    repeats: repeatsOf(loose(element.loopCharacteristics)),
  }
}

function toEdge(edge: Loose): DiagramEdge {
  const element = loose(edge.bpmnElement)
  const [source, target] = [loose(element.sourceRef), loose(element.targetRef)]
  return {
    id: text(element.id),
    kind: kindOf(element),
    name: nameOf(element),
    waypoints: list(edge.waypoint)
      .map(loose)
      .map((point) => ({ x: number(point.x), y: number(point.y) })),
    label: labelOf(edge),
    source: text(source.id) || undefined,
    target: text(target.id) || undefined,
    isDefault: loose(source.default).id !== undefined && loose(source.default).id === element.id,
  }
}

function repeatsOf(characteristics: Loose): DiagramShape['repeats'] {
  if (!characteristics.$type) return undefined
  if (kindOf(characteristics) === 'StandardLoopCharacteristics') return 'loop'
  return characteristics.isSequential === true ? 'sequential' : 'parallel'
}

const labelOf = (shape: Loose) => (loose(shape.label).bounds ? toBounds(loose(shape.label).bounds) : undefined)
const kindOf = (element: Loose) => text(element.$type).replace(/^\w+:/, '')
/** A text annotation keeps its words in `text`. */
const nameOf = (element: Loose) => text(element.name) || text(element.text)

function toBounds(value: unknown): Bounds {
  const bounds = loose(value)
  return { x: number(bounds.x), y: number(bounds.y), width: number(bounds.width), height: number(bounds.height) }
}

const isLoose = (value: unknown): value is Loose => typeof value === 'object' && value !== null
const loose = (value: unknown): Loose => (isLoose(value) ? value : {})
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])
const text = (value: unknown) => (typeof value === 'string' ? value : '')
const number = (value: unknown) => (typeof value === 'number' && Number.isFinite(value) ? value : 0)
