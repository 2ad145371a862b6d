import { checkFeel } from './conditions.ts'
import { refuse, report, reportIncomplete, reportSlip } from './findings.ts'
import type { Compiling } from './findings.ts'
import { child, list, parseXl, reference, stripEquals, text } from './moddle.ts'
import type { Moddle } from './moddle.ts'
import type { EventDefinition, TimerDefinition } from './types.ts'

/** The event definitions of an event (BPMN 2.0.2 §10.5.5), in document order; what cannot be run or is incomplete is reported. */
export function readEvents(compiling: Compiling, moddle: Moddle, id: string): EventDefinition[] {
  return [...list(moddle, 'eventDefinitions'), ...list(moddle, 'eventDefinitionRef')].flatMap(
    (definition) => readEvent(compiling, moddle, definition, id) ?? [],
  )
}

/** One of them; `event` is what carries it. */
export function readEvent(compiling: Compiling, event: Moddle, definition: Moddle, id: string): EventDefinition | undefined {
  switch (definition.$type) {
    case 'bpmn:MessageEventDefinition':
      return named(compiling, definition, id, 'message', 'messageRef')
    case 'bpmn:SignalEventDefinition':
      return named(compiling, definition, id, 'signal', 'signalRef')
    case 'bpmn:LinkEventDefinition': {
      const name = text(definition, 'name')
      if (name !== undefined) return { kind: 'link', name }
      report(compiling, id, 'bpmn.link-name', 'A link event needs a name.')
      return undefined
    }
    case 'bpmn:ErrorEventDefinition':
      return coded(compiling, event, definition, id, 'error', 'errorRef', 'errorCode')
    case 'bpmn:EscalationEventDefinition':
      return coded(compiling, event, definition, id, 'escalation', 'escalationRef', 'escalationCode')
    case 'bpmn:TimerEventDefinition': {
      const timer = readTimer(event, definition)
      if (timer) return { kind: 'timer', timer }
      reportIncomplete(compiling, id, 'bpmn.timer', 'A timer needs a date, a duration, a cycle or a deadline of the package.')
      // In a sketch of others it is due as soon as time passes.
      return compiling.profile === 'full' ? { kind: 'timer', timer: { kind: 'duration', expression: 'PT0.001S' } } : undefined
    }
    case 'bpmn:ConditionalEventDefinition':
      return readConditional(compiling, definition, id)
    case 'bpmn:TerminateEventDefinition':
      return { kind: 'terminate' }
    case 'bpmn:CancelEventDefinition':
      refuse(compiling, id, 'A procedure may not use transactions.')
      return { kind: 'cancel' }
    case 'bpmn:CompensateEventDefinition': {
      refuse(compiling, id, 'A procedure may not use compensation: what was done is put right by a person.')
      const activity = reference(definition, 'activityRef')
      return { kind: 'compensate', wait: definition['waitForCompletion'] !== false, ...(activity !== undefined && { activity }) }
    }
    default:
      report(compiling, id, 'profile.unsupported', `The engine does not run ${definition.$type.replace('bpmn:', '')} yet.`)
      return undefined
  }
}

// §10.5.5 conditional.
function readConditional(compiling: Compiling, definition: Moddle, id: string): EventDefinition | undefined {
  const body = child(definition, 'condition')
  const condition = body && text(body, 'body')
  if (condition === undefined) {
    reportIncomplete(compiling, id, 'bpmn.condition', 'A conditional event needs its condition.')
    return compiling.profile === 'full' ? { kind: 'conditional', condition: 'false' } : undefined
  }
  const wrong = checkFeel(condition)
  if (wrong) reportSlip(compiling, id, 'feel.condition', wrong)
  return { kind: 'conditional', condition: stripEquals(condition) }
}

function named(compiling: Compiling, definition: Moddle, id: string, kind: 'message' | 'signal', property: string): EventDefinition | undefined {
  const target = child(definition, property)
  const name = target && (text(target, 'name') ?? text(target, 'id'))
  if (name !== undefined) return { kind, name }
  reportSlip(compiling, id, 'bpmn.event-definition', `This event does not say which ${kind}.`)
  return compiling.profile === 'full' ? { kind, name: id } : undefined
}

function coded(
  compiling: Compiling,
  event: Moddle,
  definition: Moddle,
  id: string,
  kind: 'error' | 'escalation',
  property: string,
  code: string,
): EventDefinition | undefined {
  const target = child(definition, property)
  const name = target && (text(target, code) ?? text(target, 'name') ?? text(target, 'id'))
  if (name !== undefined) return { kind, name }
  const throws = event.$type === 'bpmn:EndEvent' || event.$type === 'bpmn:IntermediateThrowEvent'
  if (!throws) return { kind }
  reportSlip(compiling, id, 'bpmn.event-definition', `This event does not say which ${kind} it throws.`)
  return compiling.profile === 'full' ? { kind, name: '' } : undefined
}

/** How many of date, duration and cycle a timer definition has: it may have one. */
export const timesOf = (definition: Moddle): string[] =>
  ['timeDate', 'timeDuration', 'timeCycle'].filter((property) => child(definition, property) !== undefined)

function readTimer(event: Moddle, definition: Moddle): TimerDefinition | undefined {
  const deadline = parseXl(definition).deadline ?? parseXl(event).deadline
  if (deadline !== undefined) return { kind: 'deadline', deadline }
  for (const [property, kind] of [
    ['timeDate', 'date'],
    ['timeDuration', 'duration'],
    ['timeCycle', 'cycle'],
  ] as const) {
    const expression = child(definition, property)
    const body = expression && text(expression, 'body')
    if (body !== undefined) return { kind, expression: stripEquals(body) }
  }
  return undefined
}
