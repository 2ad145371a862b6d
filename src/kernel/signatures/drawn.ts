// A signature drawn on the screen: strokes in a box of 600 by 200, as SVG path data with whole coordinates and nothing else.

const longest = 12_000
const stroke = /^M\d{1,3} \d{1,3}(?:L\d{1,3} \d{1,3})+$/

/** Why this is no drawn signature; undefined when it is one. A dot or a straight tap is none. */
export function drawnFault(value: unknown): 'missing' | 'malformed' | 'too-small' | undefined {
  if (typeof value !== 'string' || value === '') return 'missing'
  if (value.length > longest) return 'malformed'
  const strokes = value.split(/(?=M)/)
  if (!strokes.every((one) => stroke.test(one))) return 'malformed'
  const points = value
    .split(/[ML]/)
    .slice(1)
    .map((pair) => pair.split(' ').map(Number))
  if (points.some(([x = 0, y = 0]) => x > 600 || y > 200)) return 'malformed'
  const span = (axis: 0 | 1) => Math.max(...points.map((point) => point[axis] ?? 0)) - Math.min(...points.map((point) => point[axis] ?? 0))
  return points.length < 8 || Math.max(span(0), span(1)) < 30 ? 'too-small' : undefined
}

/** The drawing as a picture for a document. The path was checked by `drawnFault`. */
export const drawnPicture = (path: string): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 600 200"><path d="${path}" fill="none" stroke="#000" stroke-width="5" stroke-linecap="round" stroke-linejoin="round"/></svg>`
