import { report } from './findings.ts'
import type { Compiling } from './findings.ts'
import { child, list, parseXl, stripEquals, text } from './moddle.ts'
import type { Moddle } from './moddle.ts'
import type { EventDefinition, TimerDefinition } from './types.ts'

/** The event definitions of an event (BPMN 2.0.2 §10.5.5), in document order; what cannot be run or is incomplete is reported. */
export function readEvents(compiling: Compiling, moddle: Moddle, id: string): EventDefinition[] {
  return [...list(moddle, 'eventDefinitions'), ...list(moddle, 'eventDefinitionRef')].flatMap(
    (definition) => readEvent(compiling, moddle, definition, id) ?? [],
  )
}

function readEvent(compiling: Compiling, event: Moddle, definition: Moddle, id: string): EventDefinition | undefined {
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
      report(compiling, id, 'bpmn.timer', 'A timer needs a date, a duration, a cycle or a deadline of the package.')
      return undefined
    }
    case 'bpmn:TerminateEventDefinition':
      return { kind: 'terminate' }
    default:
      report(compiling, id, 'profile.unsupported', `The engine does not run ${definition.$type.replace('bpmn:', '')} yet.`)
      return undefined
  }
}

function named(compiling: Compiling, definition: Moddle, id: string, kind: 'message' | 'signal', property: string): EventDefinition | undefined {
  const target = child(definition, property)
  const name = target && (text(target, 'name') ?? text(target, 'id'))
  if (name !== undefined) return { kind, name }
  report(compiling, id, 'bpmn.event-definition', `This event does not say which ${kind}.`)
  return undefined
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
  report(compiling, id, 'bpmn.event-definition', `This event does not say which ${kind} it throws.`)
  return undefined
}

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
