// Legal numbers are rows with their source. A town's own row goes over the national one; how sure a row is stays visible.
import type { CalendarDate } from '#kernel/clock.ts'
import { invalid } from '#kernel/errors.ts'
import unitRows from './day-units.json' with { type: 'json' }

/** In force from `from` to `to`, both included. `mark`: how the number was verified (V:L, V:C: the article was read). */
export type ParameterRow = {
  id: string
  value: number
  unit: string
  law: string
  article?: string
  from: CalendarDate
  to?: CalendarDate
  mark: string
  source?: string
}

/** The row that applies. `overrides` is the national row that a town's own row replaces. */
export type Parameter = ParameterRow & { overrides?: ParameterRow }

/**
 * The value of one parameter on a date: the town's row in force, else the national row in force.
 * Throws `parameter.mixed` (rows of several ids), `parameter.ambiguous` (two rows of one list begin on the same day),
 * `parameter.no_source` (a town's row without its source), `parameter.not_in_force` (none applies on that date).
 */
export function resolveParameter(rows: ParameterRow[], localRows: ParameterRow[], on: CalendarDate): Parameter {
  const ids = new Set([...rows, ...localRows].map((row) => row.id))
  if (ids.size > 1) throw invalid('parameter.mixed', `These rows belong to different parameters: ${[...ids].join(', ')}.`)
  const national = findInForce(rows, on)
  const local = findInForce(localRows, on)
  if (local && !local.source) throw invalid('parameter.no_source', `The town's own row for ${local.id} does not say where its number comes from.`)
  if (local && national) return { ...local, overrides: national }
  const row = local ?? national
  if (!row) throw invalid('parameter.not_in_force', `No number is in force for ${[...ids][0] ?? 'this parameter'} on ${on}.`)
  return row
}

/** Must a page show how sure this number is? Yes, unless every part of its mark says that the article itself was read. */
export function needsMark(row: Pick<ParameterRow, 'mark'>): boolean {
  return !row.mark.split(/[,;]/).every((part) => ['V:L', 'V:C'].includes(part.trim()))
}

/** A row of day-units.json: the law counts working days for all its periods, for these lengths, or up to a length; else calendar days. */
type DayUnitRow = { law: string; article?: string; all?: boolean; amounts?: number[]; atMost?: number; mark: string }

const dayUnitRows: DayUnitRow[] = unitRows

/** How a law counts a period of so many 日. */
export type DayUnit = { unit: 'workday' | 'calendar'; law: string; article?: string; mark: string }

/**
 * Whether `amount` 日 in a law are working or calendar days, where the law has a general rule (T4–T8).
 * A law that is silent counts calendar days (T9, our inference, so it carries the mark INF). Periods that say 工作日 need no rule.
 */
export function dayUnitOf(law: string, amount: number): DayUnit {
  const row = dayUnitRows.find((each) => each.law === law)
  if (!row) return { unit: 'calendar', law, mark: 'INF' }
  const workday = row.all === true || row.amounts?.includes(amount) === true || (row.atMost !== undefined && amount <= row.atMost)
  return { unit: workday ? 'workday' : 'calendar', law, ...(row.article === undefined ? {} : { article: row.article }), mark: row.mark }
}

function findInForce(rows: ParameterRow[], on: CalendarDate): ParameterRow | undefined {
  const [latest, second] = rows
    .filter((row) => row.from <= on && (row.to === undefined || on <= row.to))
    .toSorted((a, b) => b.from.localeCompare(a.from))
  if (latest && second?.from === latest.from) {
    throw invalid('parameter.ambiguous', `Two rows for ${latest.id} both begin on ${latest.from}. End one of them.`)
  }
  return latest
}
