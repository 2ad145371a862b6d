// The same diagram as an ordered list, for who cannot or does not want to look at a picture.
import type { Language } from '../texts.ts'
import { diagramTexts, stepKind } from './diagram-texts.ts'
import type { Mark } from './diagram-texts.ts'
import { readModel } from './read-model.ts'
import type { DiagramModel, DiagramShape } from './read-model.ts'
import type { Marks } from './marks.ts'
import type { Names } from './render-diagram.ts'

/** One step: its state and kind in words, and what may come after it. */
export type DiagramStep = { id: string; name: string; kind: string; state: Mark | 'later'; stateText: string; next: string[] }

/** What was done, where it stands, what may come: the steps in the order of the flow, first from each start. */
export function diagramAsList(definitions: unknown, marks: Marks, language: Language, names: Names = {}): DiagramStep[] {
  const model = readModel(definitions)
  const t = diagramTexts(language)
  const byId = new Map(model.shapes.map((shape) => [shape.id, shape]))
  const titleOf = (shape: DiagramShape) => names[shape.id] ?? (shape.name || kindText(shape, t))
  return inFlowOrder(model).map((shape) => {
    const state = marks[shape.id] ?? 'later'
    const next = model.edges
      .filter((edge) => edge.kind === 'SequenceFlow' && edge.source === shape.id)
      .flatMap((edge) => {
        const target = byId.get(edge.target ?? '')
        const condition = names[edge.id] ?? edge.name
        if (!target) return []
        return [condition ? t('when', { condition, name: titleOf(target) }) : titleOf(target)]
      })
    return { id: shape.id, name: titleOf(shape), kind: kindText(shape, t), state, stateText: t(state), next }
  })
}

function kindText(shape: DiagramShape, t: ReturnType<typeof diagramTexts>): string {
  const kind = stepKind(shape.kind)
  return kind ? t(kind) : shape.kind
}

/** Breadth first from the nodes that nothing leads to; boundary events follow what they sit on by position. */
function inFlowOrder(model: DiagramModel): DiagramShape[] {
  const steps = model.shapes.filter((shape) => stepKind(shape.kind))
  const flows = model.edges.filter((edge) => edge.kind === 'SequenceFlow')
  const entered = new Set(flows.map((edge) => edge.target))
  const byPosition = (a: DiagramShape, b: DiagramShape) => a.bounds.x - b.bounds.x || a.bounds.y - b.bounds.y
  const starts = steps.filter((shape) => shape.kind === 'StartEvent').toSorted(byPosition)
  const others = steps.filter((shape) => !entered.has(shape.id) && shape.kind !== 'StartEvent').toSorted(byPosition)
  const order = new Map<string, DiagramShape>()
  for (const first of [starts, others, steps]) {
    const waiting = [...first]
    for (let shape = waiting.shift(); shape; shape = waiting.shift()) {
      if (order.has(shape.id)) continue
      order.set(shape.id, shape)
      const after = new Set(flows.filter((edge) => edge.source === shape?.id).map((edge) => edge.target))
      waiting.push(...steps.filter((step) => after.has(step.id)))
    }
  }
  return [...order.values()]
}
