// The yearly report of one procedure: by body, by counted choice, by end and channel, and what bodies failed to do. Every table is suppressed.
import { type RawBuilder, sql } from 'kysely'
import type { Ctx } from '../context.ts'
import { inTenant } from '../database/database.ts'
import type { Package } from '../procedures/load-package.ts'
import { type Published, suppress } from './suppress.ts'

const standing = ['open', 'closed', 'missed'] as const

/**
 * `byOffice`, `byChannel`, `statistics`: open, closed in time, limit missed. `ends`: how cases ended. `breaches`: bodies by duty that was not
 * kept: `missed:<deadline>` (counted once for each period), and the kinds that the procedure finds (finding@1).
 */
export type YearReport = {
  byOffice: Published
  byChannel: Published
  statistics: { id: string; table: Published }[]
  ends: Published
  breaches: Published
}

/** Figures of the cases filed in a year; sealed cases are counted, and nothing of them is shown. */
export async function yearReport(ctx: Ctx, procedure: Package, year: number): Promise<YearReport> {
  const of = sql`c.tenant_id = ${ctx.tenant} and c.procedure = ${procedure.slug} and c.filed_on between ${`${year}-01-01`} and ${`${year}-12-31`}`
  return inTenant(ctx.db, ctx.tenant, async (trx) => {
    await sql`select set_config('app.sealed', '*', true)`.execute(trx)
    const count = async (key: RawBuilder<unknown>, join = sql``): Promise<Published> => {
      const { rows } = await sql<{ key: string; open: number; closed: number; missed: number }>`select ${key} as key,
          count(*) filter (where c.status = 'open' and not c.missed)::int as open, count(*) filter (where c.status = 'closed' and not c.missed)::int as closed,
          count(*) filter (where c.missed)::int as missed
        from cases c ${join} where ${of} group by 1 order by 1`.execute(trx)
      return suppress(
        rows.map((row) => row.key),
        [...standing],
        rows.map((row) => [row.open, row.closed, row.missed]),
      )
    }
    const statistics: YearReport['statistics'] = []
    for (const { id } of procedure.manifest.statistics)
      statistics.push({
        id,
        table: await count(
          sql`coalesce(s.value, '')`,
          sql`left join case_statistics s on s.tenant_id = c.tenant_id and s.case_id = c.case_id and s.name = ${id}`,
        ),
      })
    const ends = await sql<{ key: string; count: number }>`select coalesce(c.outcome, '') as key, count(*)::int as count from cases c
      where ${of} group by 1 order by 1`.execute(trx)
    const breaches = await sql<{ office: string; kind: string; count: number }>`
      select office, kind, count(*)::int as count from (
        select coalesce(c.handling_office, '') as office, 'missed:' || d.deadline as kind from deadlines d join cases c using (tenant_id, case_id)
          where ${of} and d.binds = 'office' and d.missed_at is not null
        union all
        select f.organization_id, f.kind from office_findings f join cases c using (tenant_id, case_id) where ${of}) b
      group by 1, 2 order by 1, 2`.execute(trx)
    return {
      byOffice: await count(sql`coalesce(c.handling_office, '')`),
      byChannel: await count(sql`c.channel`),
      statistics,
      ends: suppress(
        ends.rows.map((row) => row.key),
        ['cases'],
        ends.rows.map((row) => [row.count]),
      ),
      breaches: tableOf(breaches.rows),
    }
  })
}

function tableOf(rows: { office: string; kind: string; count: number }[]): Published {
  const offices = [...new Set(rows.map((row) => row.office))]
  const kinds = [...new Set(rows.map((row) => row.kind))].sort()
  const cell = (office: string, kind: string) => rows.find((row) => row.office === office && row.kind === kind)?.count ?? 0
  return suppress(
    offices,
    kinds,
    offices.map((office) => kinds.map((kind) => cell(office, kind))),
  )
}
