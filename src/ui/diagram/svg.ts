// Writing SVG as text, with presentation attributes only: a strict Content-Security-Policy drops `style`.
import type { Point } from './read-model.ts'

type Value = string | number | undefined | false

/** One element; attribute values and text are escaped, children are markup already. */
export function element(tag: string, attributes: Record<string, Value>, ...children: string[]): string {
  const written = Object.entries(attributes).flatMap(([name, value]) =>
    value === undefined || value === false ? [] : [` ${name}="${escapeText(String(value))}"`],
  )
  return children.length > 0 ? `<${tag}${written.join('')}>${children.join('')}</${tag}>` : `<${tag}${written.join('')}/>`
}

export function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;').replaceAll("'", '&#39;')
}

export const round = (value: number) => Math.round(value * 10) / 10

/** A path through the points with softly rounded corners. */
export function roundedPath(points: readonly Point[], radius = 6): string {
  const [first, ...rest] = points
  if (!first) return ''
  let path = `M${round(first.x)} ${round(first.y)}`
  rest.forEach((corner, index) => {
    const before = points[index] ?? corner
    const after = rest[index + 1]
    if (!after) path += `L${round(corner.x)} ${round(corner.y)}`
    else {
      const from = towards(corner, before, radius)
      const to = towards(corner, after, radius)
      path += `L${round(from.x)} ${round(from.y)}Q${round(corner.x)} ${round(corner.y)} ${round(to.x)} ${round(to.y)}`
    }
  })
  return path
}

function towards(from: Point, to: Point, distance: number): Point {
  const length = Math.hypot(to.x - from.x, to.y - from.y)
  const share = length === 0 ? 0 : Math.min(distance, length / 2) / length
  return { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share }
}
