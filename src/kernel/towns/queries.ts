import { sql } from 'kysely'
import type { Ctx } from '../context.ts'
import { inTenant } from '../database/database.ts'
import type { ParameterRow } from '../deadlines/parameters.ts'
import type { LocalName } from './towns.ts'

export type TownRow = {
  name: LocalName
  zone: string
  demo: boolean
  settings: Record<string, unknown>
  entries: { register: string; entry_id: string; data: object }[]
  overrides: (ParameterRow & { key: string })[]
}

/** One text that changes whenever the town's settings, registers or local numbers do. */
export async function readVersions(ctx: Ctx): Promise<string> {
  const { rows } = await inTenant(ctx.db, ctx.tenant, (trx) =>
    sql<{ versions: string }>`select concat_ws('/', (select settings_version from tenants where tenant_id = ${ctx.tenant}),
        (select count(*) || ':' || coalesce(max(recorded_at)::text, '') from parameter_overrides where tenant_id = ${ctx.tenant}),
        (select string_agg(register || ':' || version, ',' order by register) from registers where tenant_id = ${ctx.tenant})) as versions`.execute(
      trx,
    ),
  )
  return rows[0]?.versions ?? ''
}

export async function readTown(ctx: Ctx): Promise<TownRow | undefined> {
  const { rows } = await inTenant(ctx.db, ctx.tenant, (trx) =>
    sql<TownRow>`select t.name, t.zone, t.demo, t.settings,
        coalesce((select jsonb_agg(jsonb_build_object('register', register, 'entry_id', entry_id, 'data', data) order by register, entry_id) from register_current
          where tenant_id = t.tenant_id and register in ('agreement-clauses', 'holidays', 'holiday-notices', 'local-rest-days', 'mediators', 'organizations', 'posts', 'villages')), '[]') as entries,
        coalesce((select jsonb_agg(jsonb_build_object('key', procedure || '/' || parameter, 'id', parameter, 'value', value::float8, 'unit', 'calendar', 'law', source, 'from', from_on, 'to', to_on, 'mark', mark, 'source', source))
          from parameter_overrides where tenant_id = t.tenant_id), '[]') as overrides
      from tenants t where t.tenant_id = ${ctx.tenant}`.execute(trx),
  )
  return rows[0]
}
