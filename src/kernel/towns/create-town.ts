import { sql } from 'kysely'
import type { Ctx } from '../context.ts'
import type { Database, Db } from '../database/database.ts'
import type { CalendarEntry, HolidayNotice } from '../deadlines/calendar.ts'
import { recordEntries } from '../registers/registers.ts'
import type { LocalName } from './towns.ts'

export type TenantRow = { tenant_id: string; name: LocalName; zone: string; demo: boolean }

/** All towns of this installation; the list is public. */
export async function listTenants(db: Db): Promise<TenantRow[]> {
  const { rows } = await sql<TenantRow>`select tenant_id, name, zone, demo from tenants order by tenant_id`.execute(db)
  return rows
}

/** Adds a town. Only the owner of the database may: a town cannot make another. */
export async function createTenant(
  database: Database,
  town: { tenant: string; name: LocalName; zone?: string; demo: boolean; settings?: object; at: Date },
): Promise<void> {
  await database.owner((client) =>
    client.query('insert into tenants (tenant_id, name, zone, demo, settings, created_at) values ($1, $2, $3, $4, $5, $6) on conflict do nothing', [
      town.tenant,
      JSON.stringify(town.name),
      town.zone ?? 'Asia/Shanghai',
      town.demo,
      JSON.stringify(town.settings ?? {}),
      town.at,
    ]),
  )
}

/** The holiday notices and days that the product ships with (2007–2026), or those of an imported notice. */
export async function recordHolidays(ctx: Ctx, calendar: { notices: HolidayNotice[]; entries: CalendarEntry[] }, reason: string): Promise<void> {
  await recordEntries(
    ctx,
    'holiday-notices',
    calendar.notices.map((notice) => ({ id: notice.id, data: { ...notice } })),
    reason,
  )
  await recordEntries(
    ctx,
    'holidays',
    calendar.entries.map((entry) => ({ id: entry.date, data: { ...entry } })),
    reason,
  )
}

/** Changes some of a town's settings; the others stay. Only the owner of the database may. */
export async function changeSettings(database: Database, tenant: string, settings: object): Promise<void> {
  await database.owner((client) =>
    client.query('update tenants set settings = settings || $2::jsonb, settings_version = settings_version + 1 where tenant_id = $1', [
      tenant,
      JSON.stringify(settings),
    ]),
  )
}
