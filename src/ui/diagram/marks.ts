// How the state of an element looks: always a sign and a word beside the colour (WCAG 1.4.1).
import { markOrder } from './diagram-texts.ts'
import type { Mark } from './diagram-texts.ts'
import { element } from './svg.ts'

/** State by element id; an element without one has not been reached. */
export type Marks = Record<string, Mark>

/** Looks by mark: fill, edge, edge width, dash. Marks also carry a sign and a word, so that colour is never alone. */
export const looks: Record<Mark | 'plain', { fill: string; edge: string; width: number; dash?: string }> = {
  plain: { fill: '#ffffff', edge: '#50544f', width: 1.2 },
  done: { fill: '#e3efec', edge: '#0b5d57', width: 1.4 },
  active: { fill: '#fff6df', edge: '#8a5a00', width: 2.6 },
  overdue: { fill: '#fcecea', edge: '#b3261e', width: 2.6 },
  available: { fill: '#ffffff', edge: '#0b5d57', width: 1.8, dash: '5 3' },
  added: { fill: '#e3efec', edge: '#0b5d57', width: 2.6 },
  removed: { fill: '#fcecea', edge: '#b3261e', width: 2.2, dash: '6 4' },
  changed: { fill: '#fff6df', edge: '#8a5a00', width: 2.6 },
}

const signs: Record<Mark, string> = {
  done: 'M4 8.3l2.7 2.7l5.3-6',
  active: 'M6 4.5l5.5 3.5L6 11.5z',
  overdue: 'M8 3.5v6M8 11.5v1',
  available: 'M8 4v8M4 8h8',
  added: 'M8 4v8M4 8h8',
  removed: 'M4 8h8',
  changed: 'M4 6h8M4 10h8',
}

/** The sign of a mark in a 16 × 16 box: round for what is calm, square for what is late. */
export function markSign(mark: Mark): string {
  const colour = looks[mark].edge
  const ground =
    mark === 'overdue'
      ? element('rect', { x: 0.5, y: 0.5, width: 15, height: 15, rx: 3, fill: colour })
      : element('circle', { cx: 8, cy: 8, r: 7.5, fill: mark === 'available' ? '#ffffff' : colour, stroke: colour })
  return (
    ground +
    element('path', {
      d: signs[mark],
      fill: mark === 'active' ? '#ffffff' : 'none',
      stroke: mark === 'available' ? colour : '#ffffff',
      'stroke-width': mark === 'active' ? 0 : 2,
      'stroke-linecap': 'round',
    })
  )
}

/** The marks that occur, in a fixed order. */
export const marksUsed = (marks: Marks): Mark[] => markOrder.filter((mark) => Object.values(marks).includes(mark))
