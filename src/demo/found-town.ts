// Founds the invented town: bodies, posts, villages, calendar, procedures. Staff accounts are made by whoever needs them.
import { readdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { CalendarDate } from '#kernel/clock.ts'
import type { Ctx } from '#kernel/context.ts'
import type { Database } from '#kernel/database/database.ts'
import { publishPackage, readPackageFolder } from '#kernel/procedures/packages.ts'
import { addDays } from '#kernel/deadlines/dates.ts'
import { recordEntries, type RegisterEntry } from '#kernel/registers/registers.ts'
import { createTenant, recordHolidays } from '#kernel/towns/create-town.ts'
import { today } from '#kernel/towns/towns.ts'
import seed from '../../registers/holidays/entries.json' with { type: 'json' }
import { demoReturns } from './returns.ts'
import { demoMediators } from './mediators.ts'
import { demoName, demoOrganizations, demoTenant, demoVillages } from './town.ts'
import { demoPosts } from './town-posts.ts'

const library = fileURLToPath(new URL('../../procedures/', import.meta.url))

/** Adds the tenant; its registers follow with `fillTown`, which needs a context. */
export const foundTown = (database: Database, at: Date) => createTenant(database, { tenant: demoTenant, name: demoName, demo: true, at })

/** Registers and procedures of the library. */
export async function fillTown(ctx: Ctx): Promise<void> {
  const reason = '演示镇初始数据'
  await recordHolidays(ctx, seed, reason)
  await recordEntries(
    ctx,
    'organizations',
    demoOrganizations.map(({ id, ...data }) => ({ id, data })),
    reason,
  )
  await recordEntries(
    ctx,
    'posts',
    demoPosts.map(({ id, ...data }) => ({ id, data })),
    reason,
  )
  await recordEntries(
    ctx,
    'villages',
    demoVillages.map(({ id, ...data }) => ({ id, data })),
    reason,
  )
  await recordEntries(ctx, 'reception-days', receptionDays(today(ctx)), reason)
  await recordEntries(ctx, 'returns', demoReturns, reason)
  await recordEntries(
    ctx,
    'mediators',
    demoMediators.map(({ id, ...data }) => ({ id, data })),
    reason,
  )
  await publishLibrary(ctx)
}

/** Every other week from the day of founding: at the counter, and in a village in between. */
function receptionDays(from: CalendarDate): RegisterEntry[] {
  return [7, 14, 21, 28].map((days, index) => {
    const on = addDays(from, days)
    const isFieldVisit = index % 2 === 1
    const place = isFieldVisit
      ? { zh: '石上村村委会会议室', en: 'Meeting room, Shishang Village' }
      : { zh: '便民服务中心一楼接待室', en: 'Reception room, Public Service Centre' }
    return { id: on, data: { on, from: '09:00', to: '11:30', post: 'town-head', place, isFieldVisit } }
  })
}

/** Publishes every procedure of the library: the shipped version is adopted by the installation. */
export async function publishLibrary(ctx: Ctx): Promise<void> {
  const slugs = (await readdir(library, { withFileTypes: true })).filter((entry) => entry.isDirectory()).map((entry) => entry.name)
  for (const slug of slugs.sort())
    await publishPackage(ctx, await readPackageFolder(`${library}${slug}`), ['installation'], '随软件发布', { isShipped: true })
}
