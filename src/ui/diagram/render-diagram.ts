// A BPMN diagram as SVG: no script, no inline style, words and signs beside every colour.
import type { Language } from '../texts.ts'
import { diagramTexts, stepKind } from './diagram-texts.ts'
import { looks, markSign } from './marks.ts'
import type { Marks } from './marks.ts'
import { readModel } from './read-model.ts'
import type { Bounds, DiagramEdge, DiagramModel, DiagramShape, Point } from './read-model.ts'
import { element, escapeText, round, roundedPath } from './svg.ts'
import { footIcons, gatewayIcons, place, taskIcons, triggerIcon } from './symbols.ts'
import { widthOf, wrapText } from './wrap-text.ts'

/** Names by element id, e.g. from a package's texts; the BPMN file's own names are used otherwise. */
export type Names = Record<string, string>
/** A figure at an element, e.g. how many cases stand there: a short text, and the same in words. */
export type Figures = Record<string, { text: string; title: string; isLate?: boolean }>
type Drawing = { marks: Marks; names: Names; figures: Figures; language: Language }

const ink = '#1c1f1d'
const soft = '#50544f'
const fontSize = 12
const lineHeight = 16

/**
 * The diagram as one `<svg>` string. `definitions` is the root element of bpmn-moddle's `fromXML`.
 * It scales by its viewBox and carries its natural size, so put it into a container that scrolls sideways.
 */
export const renderDiagram = (definitions: unknown, marks: Marks, language: Language, names: Names = {}, figures: Figures = {}): string =>
  renderModel(readModel(definitions), marks, language, names, figures)

/** The same from a model that was read before: plain JSON, so a browser draws it as the server does. */
export function renderModel(model: DiagramModel, marks: Marks, language: Language, names: Names = {}, figures: Figures = {}): string {
  const drawing = { marks, names, figures, language }
  const box = extentOf(model)
  const t = diagramTexts(language)
  const id = `diagram-${model.id.replaceAll(/[^\w-]/g, '')}`
  const steps = model.shapes.filter((shape) => stepKind(shape.kind)?.endsWith('Task')).length
  return element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      viewBox: `${box.x} ${box.y} ${box.width} ${box.height}`,
      width: box.width,
      height: box.height,
      role: 'img',
      'aria-labelledby': `${id}-title ${id}-desc`,
      'font-family': 'PingFang SC, Microsoft YaHei, Noto Sans SC, sans-serif',
      'font-size': fontSize,
      color: ink,
    },
    element('title', { id: `${id}-title` }, escapeText(t('title', { name: names[model.id] ?? (model.name || t('plain')) }))),
    element('desc', { id: `${id}-desc` }, escapeText(t('description', { count: steps }))),
    element('defs', {}, arrow(`${id}-arrow`, ink), arrow(`${id}-open`, soft)),
    ...model.shapes.filter(isContainer).map((shape) => container(shape, drawing)),
    ...model.edges.map((edge) => flow(edge, id, drawing)),
    ...model.shapes.filter((shape) => !isContainer(shape)).map((shape) => node(shape, drawing)),
  )
}

const isContainer = (shape: DiagramShape) =>
  shape.kind === 'Participant' || shape.kind === 'Lane' || (shape.kind === 'SubProcess' && shape.isExpanded) || shape.kind === 'Group'

function extentOf(model: DiagramModel): Bounds {
  const boxes = [
    ...model.shapes.flatMap((shape) => [shape.bounds, ...(shape.label ? [shape.label] : [])]),
    ...model.edges.flatMap((edge) => edge.label ?? []),
  ]
  const points: Point[] = [
    ...boxes.flatMap((box) => [box, { x: box.x + box.width, y: box.y + box.height }]),
    ...model.edges.flatMap((edge) => edge.waypoints),
  ]
  if (points.length === 0) return { x: 0, y: 0, width: 100, height: 60 }
  const [left, top] = [Math.min(...points.map((p) => p.x)) - 16, Math.min(...points.map((p) => p.y)) - 16]
  const [right, bottom] = [Math.max(...points.map((p) => p.x)) + 16, Math.max(...points.map((p) => p.y)) + 22]
  return { x: Math.floor(left), y: Math.floor(top), width: Math.ceil(right - left), height: Math.ceil(bottom - top) }
}

const arrow = (id: string, colour: string) =>
  element(
    'marker',
    { id, viewBox: '0 0 10 10', refX: 9, refY: 5, markerWidth: 7, markerHeight: 7, orient: 'auto-start-reverse' },
    element('path', { d: 'M0 1L10 5L0 9z', fill: colour }),
  )

function container(shape: DiagramShape, drawing: Drawing): string {
  const { x, y, width, height } = shape.bounds
  const isPool = shape.kind === 'Participant'
  const isPart = shape.kind === 'SubProcess' || shape.kind === 'Group'
  const look = looks[drawing.marks[shape.id] ?? 'plain']
  const frame = element('rect', {
    x,
    y,
    width,
    height,
    rx: isPart ? 10 : 2,
    fill: isPart ? look.fill : isPool ? '#faf9f5' : 'none',
    stroke: isPart ? look.edge : '#a9aaa2',
    'stroke-width': isPart ? look.width : 1,
    'stroke-dasharray': shape.kind === 'Group' ? '6 4' : undefined,
  })
  const name = nameOf(shape, drawing)
  if (isPart) return frame + textBlock(wrapText(name, (width - 20) / fontSize, 1), x + width / 2, y + 16, true) + badge(shape, drawing)
  if (!shape.isHorizontal) return frame + textBlock(wrapText(name, width / fontSize - 1, 2), x + width / 2, y + 16, isPool)
  const band = isPool ? element('line', { x1: x + 30, y1: y, x2: x + 30, y2: y + height, stroke: '#a9aaa2' }) : ''
  const words = textBlock(wrapText(name, (height - 12) / fontSize, isPool ? 1 : 2), 0, 0, isPool)
  return frame + band + element('g', { transform: `translate(${x + 15} ${y + height / 2}) rotate(-90)` }, words)
}

function flow(edge: DiagramEdge, id: string, drawing: Drawing): string {
  const isMessage = edge.kind === 'MessageFlow'
  const isLoose = isMessage || edge.kind.includes('Association')
  const path = element('path', {
    d: roundedPath(edge.waypoints),
    fill: 'none',
    stroke: isLoose ? soft : ink,
    'stroke-width': 1.3,
    'stroke-dasharray': isMessage ? '6 4' : isLoose ? '2 3' : undefined,
    'marker-end': edge.kind === 'Association' ? undefined : `url(#${id}-${isLoose ? 'open' : 'arrow'})`,
  })
  return path + (edge.isDefault ? slash(edge.waypoints) : '') + flowLabel(edge, drawing)
}

/** The short stroke that BPMN puts across a default flow. */
function slash([from, to]: readonly Point[]): string {
  if (!from || !to) return ''
  const length = Math.hypot(to.x - from.x, to.y - from.y) || 1
  const [x, y] = [from.x + ((to.x - from.x) * 12) / length, from.y + ((to.y - from.y) * 12) / length]
  return element('path', { d: `M${round(x - 4)} ${round(y + 5)}L${round(x + 4)} ${round(y - 5)}`, stroke: ink, 'stroke-width': 1.4 })
}

function flowLabel(edge: DiagramEdge, drawing: Drawing): string {
  const name = drawing.names[edge.id] ?? edge.name
  if (!name) return ''
  const middle = middleOf(edge.waypoints)
  const lines = wrapText(name, Math.max(8, (edge.label?.width ?? 0) / fontSize + 0.5), 3)
  const x = edge.label ? edge.label.x + edge.label.width / 2 : middle.x
  const y = edge.label ? edge.label.y + edge.label.height / 2 : middle.y - 10
  const width = Math.max(...lines.map(widthOf)) * fontSize + 6
  const height = lines.length * lineHeight
  const paper = element('rect', {
    x: round(x - width / 2),
    y: round(y - height / 2),
    width: round(width),
    height,
    fill: '#ffffff',
    'fill-opacity': 0.88,
    rx: 3,
  })
  return paper + textBlock(lines, x, y)
}

function middleOf(points: readonly Point[]): Point {
  const after = Math.max(1, Math.floor(points.length / 2))
  const [a, b] = [points[after - 1] ?? { x: 0, y: 0 }, points[after] ?? points[after - 1] ?? { x: 0, y: 0 }]
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 }
}

function node(shape: DiagramShape, drawing: Drawing): string {
  const drawn = shape.kind.endsWith('Event')
    ? event(shape, drawing)
    : shape.kind.endsWith('Gateway')
      ? gateway(shape, drawing)
      : stepKind(shape.kind)
        ? activity(shape, drawing)
        : thing(shape, drawing)
  return element('g', {}, drawn, badge(shape, drawing), figureAt(shape, drawing))
}

function lookOf(shape: DiagramShape, drawing: Drawing) {
  const look = looks[drawing.marks[shape.id] ?? 'plain']
  return { fill: look.fill, stroke: look.edge, 'stroke-width': look.width, 'stroke-dasharray': look.dash }
}

function activity(shape: DiagramShape, drawing: Drawing): string {
  const { x, y, width, height } = shape.bounds
  const icon = taskIcons[shape.kind] ?? ''
  const look = lookOf(shape, drawing)
  const thick = shape.kind === 'CallActivity' ? 3 : look['stroke-width']
  const feet = footIcons(shape)
  const lines = wrapText(
    nameOf(shape, drawing),
    (width - 12) / fontSize,
    Math.max(1, Math.floor((height - (icon ? 24 : 10) - (feet.length > 0 ? 16 : 0)) / lineHeight)),
  )
  const shift = (icon && lines.length > 2 ? 7 : 0) - (feet.length > 0 ? 7 : 0)
  const foot = feet.map((sign, index) => place(sign, x + width / 2 - feet.length * 8 + index * 17, y + height - 18)).join('')
  return (
    element('rect', { x, y, width, height, rx: 8, ...look, 'stroke-width': thick }) +
    place(icon, x + 5, y + 5) +
    textBlock(lines, x + width / 2, y + height / 2 + shift) +
    foot
  )
}

function event(shape: DiagramShape, drawing: Drawing): string {
  const { x, y, width, height } = shape.bounds
  const [cx, cy, r] = [x + width / 2, y + height / 2, width / 2]
  const look = lookOf(shape, drawing)
  const isEnd = shape.kind === 'EndEvent'
  const isBetween = shape.kind.startsWith('Intermediate') || shape.kind === 'BoundaryEvent'
  const dash = shape.isInterrupting ? look['stroke-dasharray'] : '4 3'
  const ring = { cx, cy, ...look, 'stroke-dasharray': dash }
  const outer = element('circle', { ...ring, r, 'stroke-width': isEnd ? Math.max(3, look['stroke-width']) : look['stroke-width'] })
  const inner = isBetween ? element('circle', { ...ring, r: r - 3, fill: 'none', 'stroke-width': 1.1 }) : ''
  return outer + inner + place(triggerIcon(shape.trigger), cx - 8, cy - 8) + outsideLabel(shape, drawing)
}

function gateway(shape: DiagramShape, drawing: Drawing): string {
  const { x, y, width, height } = shape.bounds
  const [cx, cy] = [x + width / 2, y + height / 2]
  const diamond = element('path', {
    d: `M${cx} ${y}L${x + width} ${cy}L${cx} ${y + height}L${x} ${cy}z`,
    'stroke-linejoin': 'round',
    ...lookOf(shape, drawing),
  })
  const size = width * 0.44
  return diamond + place(gatewayIcons[shape.kind] ?? '', round(cx - size / 2), round(cy - size / 2), round(size)) + outsideLabel(shape, drawing)
}

/** Annotations, documents, stores. */
function thing(shape: DiagramShape, drawing: Drawing): string {
  const { x, y, width, height } = shape.bounds
  if (shape.kind === 'TextAnnotation') {
    const lines = wrapText(nameOf(shape, drawing), (width - 12) / fontSize, Math.max(1, Math.floor(height / lineHeight)))
    return (
      element('path', { d: `M${x + 10} ${y}H${x}V${y + height}H${x + 10}`, fill: 'none', stroke: soft }) +
      textBlock(lines, x + width / 2, y + height / 2)
    )
  }
  const fold = Math.min(10, width / 3)
  const sheet = element('path', {
    d: `M${x} ${y}H${x + width - fold}L${x + width} ${y + fold}V${y + height}H${x}z`,
    fill: '#ffffff',
    stroke: soft,
    'stroke-linejoin': 'round',
  })
  return sheet + outsideLabel(shape, drawing)
}

function outsideLabel(shape: DiagramShape, drawing: Drawing): string {
  const lines = wrapText(nameOf(shape, drawing), Math.max(7.5, (shape.label?.width ?? 0) / fontSize + 0.5), 3)
  if (lines.length === 0) return ''
  const x = shape.label ? shape.label.x + shape.label.width / 2 : shape.bounds.x + shape.bounds.width / 2
  const top = shape.label ? shape.label.y : shape.bounds.y + shape.bounds.height + 3
  return textBlock(lines, x, top + (lines.length * lineHeight) / 2)
}

/** Lines centred on a point. */
function textBlock(lines: readonly string[], x: number, y: number, isBold = false): string {
  if (lines.length === 0) return ''
  const first = y - ((lines.length - 1) * lineHeight) / 2 + fontSize * 0.36
  const spans = lines.map((line, index) => element('tspan', { x: round(x), y: round(first + index * lineHeight) }, escapeText(line)))
  return element('text', { 'text-anchor': 'middle', fill: ink, 'font-weight': isBold ? 600 : undefined }, ...spans)
}

/** The sign of a mark, at the upper right corner, with its word for pointer and screen reader. */
function badge(shape: DiagramShape, drawing: Drawing): string {
  const mark = drawing.marks[shape.id]
  if (!mark) return ''
  const { x, y, width } = shape.bounds
  return element(
    'g',
    { transform: `translate(${round(x + width - 11)} ${round(y - 8)})` },
    element('title', {}, escapeText(diagramTexts(drawing.language)(mark))),
    markSign(mark),
  )
}

/** A small plate at the lower left corner. */
function figureAt(shape: DiagramShape, drawing: Drawing): string {
  const figure = drawing.figures[shape.id]
  if (!figure) return ''
  const { x, y, height } = shape.bounds
  const width = Math.max(20, widthOf(figure.text) * fontSize + 10)
  const colour = figure.isLate ? looks.overdue.edge : ink
  return element(
    'g',
    { transform: `translate(${round(x - 8)} ${round(y + height - 10)})` },
    element('title', {}, escapeText(figure.title)),
    element('rect', { width: round(width), height: 20, rx: 10, fill: colour }),
    element('text', { x: round(width / 2), y: 14, 'text-anchor': 'middle', fill: '#ffffff', 'font-weight': 600 }, escapeText(figure.text)),
  )
}

const nameOf = (shape: DiagramShape, drawing: Drawing) => drawing.names[shape.id] ?? shape.name
