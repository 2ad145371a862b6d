// A right that lapsed with its period: where the case would stand had the period not been over (docs/decisions/0015-late-arrivals.md).
import type { CalendarDate } from '../clock.ts'
import { awaited, elementOf } from '../engine/run.ts'
import { evaluateFeel } from '../engine/conditions.ts'
import { EngineError } from '../engine/errors.ts'
import { step as engineStep } from '../engine/step.ts'
import type { Command, EngineState, Graph, Host } from '../engine/types.ts'
import type { Package } from '../procedures/load-package.ts'
import { feelContext, type DataSource } from './case-data.ts'
import type { CaseContent, DeadlineRow, LoadedCase } from './types.ts'

/** `state` is carried on by every later act, so that a paper that was posted in time finds the case as it should have found it. */
export type Lapse = { deadline: string; instance: number; state: EngineState }

/** Kept under `_lapses`, by deadline: the latest of each. Only this file writes it. */
const lapsesOf = (content: CaseContent): Record<string, Lapse> => ({ ...(content['_lapses'] as Record<string, Lapse> | undefined) })

/** Remembers where the case stood before the end of a party's period took it further. */
export function rememberLapse(content: CaseContent, lapse: Lapse): void {
  content['_lapses'] = { ...lapsesOf(content), [lapse.deadline]: lapse }
}

export function forgetLapse(content: CaseContent, deadline: string): void {
  const { [deadline]: _gone, ...rest } = lapsesOf(content)
  if (Object.keys(rest).length > 0) content['_lapses'] = rest
  else delete content['_lapses']
}

/**
 * An act on a case is also done where the case would stand: only what both know, by the same token at the same element.
 * Nothing of it is carried out a second time; what does not fit there belongs to the way that the case took instead.
 */
export function followLapses(content: CaseContent, graph: Graph, before: EngineState, command: Command, source: DataSource): void {
  // Answers without remembering anything: the case itself has been asked already.
  const host: Host = { evaluate: (expression, _element, where) => evaluateFeel(expression, feelContext(source, where.path, where.values)) }
  for (const lapse of Object.values(lapsesOf(content))) {
    if (!knows(lapse.state, before, command)) continue
    // Tokens of both count on together: an id never means two things.
    const state = { ...lapse.state, next: Math.max(lapse.state.next, before.next) }
    try {
      const result = engineStep(graph, state, command, host)
      if (result.state.status === 'running') rememberLapse(content, { ...lapse, state: result.state })
      else forgetLapse(content, lapse.deadline)
    } catch (error) {
      if (!(error instanceof EngineError)) throw error
    }
  }
}

function knows(shadow: EngineState, before: EngineState, command: Command): boolean {
  if (!('token' in command) || command.token === undefined) return command.type === 'message' || command.type === 'signal' || command.type === 'check'
  const at = (state: EngineState) => state.tokens.find((token) => token.id === command.token)?.at
  const here = at(before)
  return here !== undefined && here === at(shadow)
}

/** A counter for tokens that neither the case nor its lapses have used. */
export function nextToken(content: CaseContent, state: EngineState): EngineState {
  const next = Math.max(state.next, ...Object.values(lapsesOf(content)).map((lapse) => lapse.state.next))
  return next === state.next ? state : { ...state, next }
}

/** The lapsed right for which a message that took effect on `on` still came in time; undefined when there is none. */
export function openLapse(
  loaded: LoadedCase,
  procedure: Package,
  name: string,
  on?: CalendarDate,
): { lapse: Lapse; row: DeadlineRow; element: string } | undefined {
  for (const lapse of Object.values(lapsesOf(loaded.content))) {
    const rule = procedure.manifest.deadlines.find((known) => known.id === lapse.deadline)
    const row = loaded.deadlines.find((known) => known.deadline === lapse.deadline && known.instance === lapse.instance)
    if (!rule || !row || row.met_on !== null || (on !== undefined && on > row.due_on) || !isWhole(lapse.state)) continue
    const element = receiverIn(procedure.graph, lapse.state, name, rule.ends)
    if (element !== undefined) return { lapse, row, element }
  }
  return undefined
}

/** Lapses whose period, computed anew, is not over after all. */
export const revivedLapses = (loaded: LoadedCase): Lapse[] =>
  Object.values(lapsesOf(loaded.content)).filter(
    (lapse) =>
      isWhole(lapse.state) &&
      loaded.deadlines.some((row) => row.deadline === lapse.deadline && row.instance === lapse.instance && row.status === 'running'),
  )

/** The element that would take this message there, if the message is what keeps the right. */
function receiverIn(graph: Graph, state: EngineState, name: string, ends: string[]): string | undefined {
  return state.tokens.find((token) => {
    const element = elementOf(graph, token.at)
    const event = awaited(element, token)
    return event?.kind === 'message' && event.name === name && element.xl.event !== undefined && ends.includes(element.xl.event)
  })?.at
}

/** An action that was asked for there but never carried out cannot be made up for. */
const isWhole = (state: EngineState): boolean => !state.tokens.some((token) => token.is === 'action' || token.is === 'incident')
