// The symbols of BPMN 2.0.2 §7.2–7.4, drawn small and calm. All paths stand in a 16 × 16 box.
import type { DiagramShape } from './read-model.ts'
import { element } from './svg.ts'

const line = (d: string) =>
  element('path', { d, fill: 'none', stroke: 'currentColor', 'stroke-width': 1.3, 'stroke-linecap': 'round', 'stroke-linejoin': 'round' })
const solid = (d: string) => element('path', { d, fill: 'currentColor' })

const person = line('M8 2.2a2.6 2.6 0 1 1 0 5.2a2.6 2.6 0 1 1 0-5.2M2.8 14c.3-3.6 2.4-5 5.2-5s4.9 1.4 5.2 5z')
const gear = line(
  'M8 5.5a2.5 2.5 0 1 1 0 5a2.5 2.5 0 1 1 0-5M8 1.5v2M8 12.5v2M1.5 8h2M12.5 8h2M3.4 3.4l1.4 1.4M11.2 11.2l1.4 1.4M12.6 3.4l-1.4 1.4M4.8 11.2l-1.4 1.4',
)
const letter = 'M2 4h12v8H2z'
const flap = 'M2 4l6 4.5L14 4'
const table = line('M2 3h12v10H2zM2 6.5h12M6 6.5V13')
const hand = line('M3 9V6.5h6L8 4.5h2.5l3 2.5v5H8.5L3 11.5z')

/** The small sign at a task's corner. */
export const taskIcons: Record<string, string> = {
  UserTask: person,
  ManualTask: hand,
  ServiceTask: gear,
  ScriptTask: line('M4 2.5h8v11H4zM6 5.5h4M6 8h4M6 10.5h3'),
  SendTask: solid(letter) + element('path', { d: flap, fill: 'none', stroke: '#fff', 'stroke-width': 1.2 }),
  ReceiveTask: line(`${letter}${flap}`),
  BusinessRuleTask: table,
}

/** What an event waits for or sends. */
const triggerIcons: Record<string, string> = {
  Timer: line('M8 2.5a5.5 5.5 0 1 1 0 11a5.5 5.5 0 1 1 0-11M8 5v3.2l2.2 1.3'),
  Message: line(`${letter}${flap}`),
  Signal: line('M8 3l5.5 9.5h-11z'),
  Error: line('M3 13L6 4l4 6l3-7'),
  Escalation: line('M8 2.5l4 10l-4-4l-4 4z'),
  Conditional: table,
  Link: line('M3 6.5h6V4l4 4l-4 4V9.5H3z'),
  Compensate: line('M8 4v8L3 8zM13 4v8L8 8z'),
  Terminate: element('circle', { cx: 8, cy: 8, r: 6, fill: 'currentColor' }),
}

/** The sign inside an event; what is thrown is filled by the ring around it, what is caught is not. */
export const triggerIcon = (trigger: string | undefined) => (trigger ? (triggerIcons[trigger] ?? '') : '')

/** The sign inside a gateway. */
export const gatewayIcons: Record<string, string> = {
  ExclusiveGateway: line('M4.5 4.5l7 7M11.5 4.5l-7 7'),
  ParallelGateway: line('M8 2.5v11M2.5 8h11'),
  InclusiveGateway: element('circle', { cx: 8, cy: 8, r: 4.6, fill: 'none', stroke: 'currentColor', 'stroke-width': 1.8 }),
  EventBasedGateway: element('circle', { cx: 8, cy: 8, r: 6.5, fill: 'none', stroke: 'currentColor' }) + line('M8 3.5l4.5 3.3l-1.7 5.2H5.2L3.5 6.8z'),
  ComplexGateway: line('M8 2.5v11M2.5 8h11M4.2 4.2l7.6 7.6M11.8 4.2l-7.6 7.6'),
}

/** Signs at the foot of an activity: parts inside, repetition. */
export function footIcons(shape: DiagramShape): string[] {
  const collapsed = (shape.kind === 'SubProcess' && !shape.isExpanded) || shape.kind === 'CallActivity'
  const repeat = {
    loop: line('M4 9a4 4 0 1 0 1.5-4M5.5 2v3.5H9'),
    parallel: line('M5 3v10M8 3v10M11 3v10'),
    sequential: line('M3 5h10M3 8h10M3 11h10'),
  }
  return [...(collapsed ? [line('M2.5 2.5h11v11h-11zM8 5v6M5 8h6')] : []), ...(shape.repeats ? [repeat[shape.repeats]] : [])]
}

/** An icon placed with its top left corner at x, y. */
export const place = (icon: string, x: number, y: number, size = 16) =>
  icon && element('g', { transform: `translate(${x} ${y})${size === 16 ? '' : ` scale(${size / 16})`}` }, icon)
