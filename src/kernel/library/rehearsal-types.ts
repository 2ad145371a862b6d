// A worked example played without a database: what it needs, and what is seen after each step. Plain JSON both ways, for the browser.
import type { DeadlineRow } from '../cases/types.ts'
import type { CalendarDate } from '../clock.ts'
import type { ParameterRow } from '../deadlines/parameters.ts'
import type { Graph } from '../engine/types.ts'
import type { Manifest } from '../procedures/manifest.ts'
import type { Example } from '../procedures/worked-examples.ts'

/** What the player must know of one procedure. `effective`: form → its field that says on which day the act took effect. */
export type Piece = { slug: string; hash: string; graph: Graph; manifest: Manifest; effective: Record<string, string> }

export type PlainCalendar = { version: string; announced: number[]; days: [CalendarDate, { off: boolean; name: string; notice: string }][] }

/** `pieces`: the procedure and those that its links reach. `calendars`: at the steps that load a holiday notice, what holds after it. */
export type Script = {
  slug: string
  pieces: Record<string, Piece>
  example: Pick<Example, 'given' | 'steps'>
  zone: string
  calendar: PlainCalendar
  calendars: Record<number, PlainCalendar>
  overrides: [string, ParameterRow[]][]
}

/** A limit as it stands. `due` is absent while the clock is stopped. */
export type LimitView = Pick<DeadlineRow, 'deadline' | 'instance' | 'status' | 'provisional' | 'binds'> & { due?: CalendarDate; start: CalendarDate }

/** One case of the example after a step: `main`, or the role of a linked one. */
export type CaseFrame = {
  role: string
  slug: string
  /** Elements where somebody or something is awaited, and those that were completed. */
  active: string[]
  done: string[]
  /** Recorded so far, in order. */
  events: { name: string; on: CalendarDate }[]
  limits: LimitView[]
  documents: string[]
  end: string | null
  stopped?: string
}

/**
 * What is seen after one thing happened. `act`: a step of the example. `time`: a limit or a timer on the way to it. `refused`: a step
 * that the platform refuses; nothing changed. `step` counts the example's steps from 0.
 */
export type Frame = {
  kind: 'act' | 'time' | 'refused'
  step: number
  at: string
  in: string
  /** act, refused: what was done. time: what fell due. */
  element?: string
  limit?: string
  code?: string
  /** It should have gone differently: the example and the procedure do not agree. */
  problem?: string
  cases: CaseFrame[]
}
