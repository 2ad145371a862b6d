// How many running cases stand at each element of a procedure. The public sees what the suppressor lets through; staff see exactly
// the cases that they may read.
import { sql } from 'kysely'
import { readableCases } from '../access/readable.ts'
import type { Ctx } from '../context.ts'
import { suppress } from '../publication/suppress.ts'
import { today } from '../towns/towns.ts'
import { countStanding } from './queries.ts'

/** By element. `null` is a figure that is not published. */
export type Standing = Map<string, { running: number | null; overdue: number | null }>

export async function standingOf(ctx: Ctx, slug: string): Promise<Standing> {
  const isStaff = ctx.actor.kind === 'staff'
  const rows = await countStanding(ctx, slug, today(ctx), isStaff ? readableCases(ctx) : sql<boolean>`true`)
  if (isStaff) return new Map(rows.map(({ element, running, overdue }) => [element, { running, overdue }]))
  // Late and in time add up to all that run: neither can be computed from the other.
  const shown = suppress(
    rows.map((row) => row.element),
    ['inTime', 'overdue'],
    rows.map((row) => [row.running - row.overdue, row.overdue]),
  )
  return new Map(shown.rows.map((element, index) => [element, { running: shown.rowTotals[index] ?? null, overdue: shown.cells[index]?.[1] ?? null }]))
}
