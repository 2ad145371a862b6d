// Reading what the diagram gives to an action. Whoever acts is told what is missing.
import { isCalendarDate } from '../deadlines/dates.ts'
import type { CalendarDate } from '../clock.ts'
import { invalid } from '../errors.ts'

export type Inputs = Record<string, unknown>

/** The element and token for which an action runs. */
export type Place = { element: string; token: string }

/** @throws `case.action_input`. */
export function text(inputs: Inputs, name: string): string {
  const value = optionalText(inputs, name)
  if (value === undefined) throw invalid('case.action_input', `The action needs “${name}”.`)
  return value
}

/** Undefined when the input is absent, null or empty. @throws `case.action_input` when it is no text. */
export function optionalText(inputs: Inputs, name: string): string | undefined {
  const value = inputs[name]
  if (value === undefined || value === null || value === '') return undefined
  if (typeof value !== 'string') throw invalid('case.action_input', `The action needs “${name}” as a text.`)
  return value
}

/** A text or a list of texts. @throws `case.action_input`. */
export function texts(inputs: Inputs, name: string): string[] {
  const value = inputs[name]
  const list = Array.isArray(value) ? value : value === undefined || value === null ? [] : [value]
  if (!list.every((item) => typeof item === 'string')) throw invalid('case.action_input', `The action needs “${name}” as texts.`)
  return list.flatMap((item) => item.split(',').map((part) => part.trim())).filter((item) => item !== '')
}

/** @throws `case.action_input`. */
export function optionalDate(inputs: Inputs, name: string): CalendarDate | undefined {
  const value = optionalText(inputs, name)?.slice(0, 10)
  if (value !== undefined && !isCalendarDate(value)) throw invalid('case.action_input', `The action needs “${name}” as a date.`)
  return value
}

/** A FEEL context; empty when absent. @throws `case.action_input`. */
export function record(inputs: Inputs, name: string): Record<string, unknown> {
  const value = inputs[name] ?? {}
  if (typeof value !== 'object' || Array.isArray(value)) throw invalid('case.action_input', `The action needs “${name}” as a FEEL context.`)
  return { ...value }
}
