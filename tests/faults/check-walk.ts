// Walks in one town, checks every case, and does the same acts in a second town.
import { sql } from 'kysely'
import { integrate } from '#kernel/ledger/integrator.ts'
import type { TestTown } from '../support/town.ts'
import { checkCase, checkTown, rowsOf } from './invariants.ts'
import { historyOf, repeat, walk } from './random-walk.ts'

export type WalkFigures = {
  cases: number
  closed: number
  events: number
  done: number
  refused: number
  refusals: Record<string, number>
  outcomes: Record<string, number>
}

/** Findings are sentences; empty when all holds. */
export async function checkWalk(
  town: TestTown,
  twin: TestTown,
  plan: { seed: number; matters: number; steps: number },
): Promise<{ findings: string[]; figures: WalkFigures }> {
  const first = await walk(town.ctx, town.clock, plan)
  const second = await repeat(twin.ctx, twin.clock, first.acts)
  const signer = await town.installation.logOf(town.tenant)
  while (await integrate(town.ctx.db, town.tenant, signer, town.clock)) {
    // Until the queue is empty.
  }
  const cases = await rowsOf<{ case_id: string; status: string; outcome: string | null; events: number }>(
    town.ctx,
    sql`select case_id, status, outcome, event_seq as events from cases where tenant_id = ${town.tenant}`,
  )
  const findings = await checkTown(town.ctx)
  for (const { case_id } of cases) findings.push(...(await checkCase(town.ctx, case_id)))
  for (const [matter, caseId] of first.cases) {
    const histories = [await historyOf(town.ctx, caseId), await historyOf(twin.ctx, second.cases.get(matter) ?? caseId)]
    if (histories[0]?.join() !== histories[1]?.join())
      findings.push(`matter ${matter}: the same acts gave another history: ${firstDifference(histories)}`)
  }
  const refused = first.acts.flatMap((act) => (act.refused === undefined ? [] : [act.refused]))
  return {
    findings,
    figures: {
      cases: cases.length,
      closed: cases.filter((row) => row.status === 'closed').length,
      events: cases.reduce((sum, row) => sum + row.events, 0),
      done: first.acts.length - refused.length,
      refused: refused.length,
      refusals: countOf(refused),
      outcomes: countOf(cases.flatMap((row) => row.outcome ?? [])),
    },
  }
}

const countOf = (names: string[]) => Object.fromEntries([...Map.groupBy(names, (name) => name)].map(([name, all]) => [name, all.length]))

function firstDifference([one = [], other = []]: string[][]): string {
  const at = one.findIndex((line, index) => line !== other[index])
  return `“${one[at] ?? 'nothing'}” and “${other[at] ?? 'nothing'}”`
}
