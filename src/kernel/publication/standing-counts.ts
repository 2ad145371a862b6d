// Honest counts of public cases: by kind and by month, what became of them, in fixed tables through the one suppressor.
import { sql } from 'kysely'
import type { Ctx } from '../context.ts'
import { inTenant } from '../database/database.ts'
import { today } from '../towns/towns.ts'
import { type Published, suppressTogether } from './suppress.ts'

/** Solved is what the person agreed to; open is told apart by whether its limit has passed. */
export const countedStandings = [
  'solved',
  'answered',
  'promised',
  'declined',
  'not-ours',
  'merged',
  'withdrawn',
  'disputed',
  'open',
  'overdue',
] as const
export type CountedStanding = (typeof countedStandings)[number]

type Row = { kind: string; month: string; standing: CountedStanding; count: number }

/** Cases filed in a year: `kinds` has a row for each category (`procedure/category`), `months` one for each month (`2026-03`). */
export async function countStandings(ctx: Ctx, procedures: string[], year: number): Promise<{ kinds: Published; months: Published }> {
  const { rows } = await inTenant(ctx.db, ctx.tenant, (trx) =>
    sql<Row>`select procedure || '/' || coalesce(category, '') as kind, to_char(filed_at at time zone ${ctx.zone}, 'YYYY-MM') as month,
        case when standing = 'open' and due_on < ${today(ctx)}::date then 'overdue' else standing end as standing, count(*)::int as count
      from public_cases
      where tenant_id = ${ctx.tenant} and procedure = any(${procedures}) and extract(year from filed_at at time zone ${ctx.zone}) = ${year}
      group by 1, 2, 3`.execute(trx),
  )
  const columns = [...countedStandings]
  const tableOf = (by: 'kind' | 'month') => {
    const names = [...new Set(rows.map((row) => row[by]))].toSorted()
    const cell = (name: string, standing: CountedStanding) =>
      rows.reduce((sum, row) => (row[by] === name && row.standing === standing ? sum + row.count : sum), 0)
    return { rows: names, counts: names.map((name) => columns.map((column) => cell(name, column))) }
  }
  const [kinds, months] = suppressTogether(columns, [tableOf('kind'), tableOf('month')])
  if (!kinds || !months) throw new Error('two tables give two tables')
  return { kinds, months }
}
