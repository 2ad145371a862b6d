// Timers: how late they fire among many that are open, and how fast many that are due at one instant are worked off.
import { fireDue } from '#kernel/cases/watch.ts'
import { openCase } from '#kernel/cases/open-case.ts'
import { as, type Ctx } from '#kernel/context.ts'
import { makePackage, publishInvented } from '../tests/support/club.ts'
import { quantile } from './measure.ts'
import type { Bench, BenchTown } from './town.ts'

/** A case that waits for one timer. */
const waiting = `
start s form=filing
catch late timer=PT240H
end lapsed
s -> late -> lapsed
`

export type TimerFigures = { open: number; p50: number; p99: number; spread: number; due: number; perSecond: number; seconds: number }

const hours = 3_600_000
const spread = 200

/** `open` timers of later years lie beside; lateness in milliseconds of machine time from due to written. */
export async function benchTimers(bench: Bench, { due, open }: { due: number; open: number }): Promise<TimerFigures> {
  return bench.withTown(10, async (town) => {
    const { ctx, clock } = town
    await publishInvented(ctx, await makePackage('waiting', waiting, {}, {}, { forms: { filing: {} }, manifest: { deadlines: [] } }))
    const late = await openCases(ctx, spread)
    await layBeside(town, late[0] ?? '', open)
    const times = await lateness(town, late)
    await openCases(ctx, due)
    // Nothing is due until the clock is set: then all are, and the loop of the town and this one share them.
    clock.advance(241 * hours)
    const begun = performance.now()
    while ((await countDue(town)) > 0) await fireDue(ctx)
    const seconds = (performance.now() - begun) / 1000
    return { open, p50: quantile(times, 0.5), p99: quantile(times, 0.99), spread, due, perSecond: due / seconds, seconds }
  })
}

async function openCases(ctx: Ctx, count: number): Promise<string[]> {
  const resident = as(ctx, { kind: 'anonymous' })
  const cases: string[] = []
  const rest = Array.from({ length: count }).values()
  const open = async () => {
    for (const _ of rest) cases.push((await openCase(resident, { procedure: 'waiting', data: {} })).caseId)
  }
  await Promise.all(Array.from({ length: 8 }, open))
  return cases
}

/** Rows as they stand in a table of a large town; they are never due here. */
const layBeside = ({ database, ctx }: BenchTown, caseId: string, open: number) =>
  database.owner(async (client) => {
    await client.query(
      `insert into timers (tenant_id, case_id, token, element, due_at)
        select $1, $2, 'beside' || n, 'late', timestamptz '2100-01-01' + n * interval '1 second' from generate_series(1, $3::int) n`,
      [ctx.tenant, caseId, open],
    )
    await client.query('analyze timers')
  })

/** The clock runs like the machine's while one timer after the other falls due, some 20 ms apart. */
async function lateness({ database, clock, ctx }: BenchTown, cases: string[]): Promise<number[]> {
  const start = clock.now().getTime() + 1000
  await database.owner((client) =>
    client.query(
      `update timers t set due_at = $2::timestamptz + r.n * interval '20 milliseconds' from unnest($3::uuid[]) with ordinality as r(case_id, n)
        where t.tenant_id = $1 and t.case_id = r.case_id and t.token not like 'beside%'`,
      [ctx.tenant, new Date(start), cases],
    ),
  )
  const dueAt = new Map(cases.map((caseId, index) => [caseId, start + (index + 1) * 20]))
  const times: number[] = []
  const [machine, town] = [performance.now(), clock.now().getTime()]
  while (dueAt.size > 0) {
    clock.set(new Date(town + performance.now() - machine))
    const rows = await database.owner(async (client) =>
      client.query<{ case_id: string }>(`select case_id from cases where tenant_id = $1 and status = 'closed' and case_id = any($2::uuid[])`, [
        ctx.tenant,
        [...dueAt.keys()],
      ]),
    )
    const now = town + performance.now() - machine
    for (const { case_id: caseId } of rows.rows) {
      times.push(now - (dueAt.get(caseId) ?? now))
      dueAt.delete(caseId)
    }
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  return times
}

const countDue = ({ database, clock }: BenchTown) =>
  database.owner(async (client) => {
    const { rows } = await client.query<{ left: number }>('select count(*)::int as left from timers where due_at <= $1', [clock.now()])
    return rows[0]?.left ?? 0
  })
