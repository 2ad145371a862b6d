import { sql } from 'kysely'
import type { Ctx } from '../context.ts'
import { inTenant } from '../database/database.ts'
import { appendRegister } from '../ledger/append.ts'
import type { JsonValue } from '../ledger/canonical-json.ts'
import type { RegisterEntry } from './registers.ts'

/** Closes the versions that change and adds the new ones; returns how many were added. */
export async function insertVersions(ctx: Ctx, register: string, entries: RegisterEntry[], reason: string): Promise<number> {
  const input = JSON.stringify(
    entries.map((entry) => ({ entry_id: entry.id, data: entry.data, valid_from: entry.from ?? null, valid_to: entry.to ?? null })),
  )
  const by = ctx.actor.kind === 'staff' ? ctx.actor.userId : ctx.actor.kind
  return inTenant(ctx.db, ctx.tenant, async (trx) => {
    await sql`insert into registers (tenant_id, register) values (${ctx.tenant}, ${register}) on conflict do nothing`.execute(trx)
    await sql`select 1 from registers where tenant_id = ${ctx.tenant} and register = ${register} for update`.execute(trx)
    const changed = await sql<{ entry_id: string; version: number; data: unknown; valid_from: string | null; valid_to: string | null }>`
      with given as (select * from jsonb_to_recordset(${input}::jsonb) as g(entry_id text, data jsonb, valid_from date, valid_to date)),
      fresh as (select g.entry_id, g.data, g.valid_from, g.valid_to, coalesce(e.version, 0) as old
        from given g left join register_entries e on e.tenant_id = ${ctx.tenant} and e.register = ${register} and e.entry_id = g.entry_id and e.is_current
        where e.version is null or e.data is distinct from nullif(g.data, 'null'::jsonb)),
      closed as (update register_entries e set is_current = false from fresh f
        where e.tenant_id = ${ctx.tenant} and e.register = ${register} and e.entry_id = f.entry_id and e.version = f.old returning e.entry_id)
      select f.entry_id, f.old + 1 as version, nullif(f.data, 'null'::jsonb) as data, f.valid_from, f.valid_to from fresh f left join closed c using (entry_id)`.execute(
      trx,
    )
    await sql`insert into register_entries (tenant_id, register, entry_id, version, data, valid_from, valid_to, recorded_at, recorded_by, reason)
      select ${ctx.tenant}, ${register}, r.entry_id, r.version, r.data, r.valid_from, r.valid_to, ${ctx.clock.now()}, ${by}, ${reason}
      from jsonb_to_recordset(${JSON.stringify(changed.rows)}::jsonb) as r(entry_id text, version int, data jsonb, valid_from date, valid_to date)`.execute(
      trx,
    )
    const { rows } = await sql<{ version: number }>`
      update registers set version = version + 1
      where tenant_id = ${ctx.tenant} and register = ${register} and ${changed.rows.length} > 0 returning version`.execute(trx)
    const recorded = { at: ctx.clock.now().toISOString(), by, reason }
    const versions = changed.rows.map(({ entry_id: entry, version, data, valid_from, valid_to }) => ({
      entry,
      version,
      // From a jsonb column.
      record: { ...recorded, data: data as JsonValue, valid_from, valid_to },
    }))
    await appendRegister(ctx, trx, register, versions, rows[0]?.version ?? 0)
    return changed.rows.length
  })
}
