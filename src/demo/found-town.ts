// Founds the invented town: bodies, posts, villages, calendar, procedures. Staff accounts are made by whoever needs them.
import { readdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { Ctx } from '#kernel/context.ts'
import type { Database } from '#kernel/database/database.ts'
import { publishPackage, readPackageFolder } from '#kernel/procedures/packages.ts'
import { recordEntries } from '#kernel/registers/registers.ts'
import { createTenant, recordHolidays } from '#kernel/towns/create-town.ts'
import seed from '../../registers/holidays/entries.json' with { type: 'json' }
import { demoName, demoOrganizations, demoPosts, demoTenant, demoVillages } from './town.ts'

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
  await publishLibrary(ctx)
}

/** Publishes every procedure of the library: the shipped version is adopted by the installation. */
export async function publishLibrary(ctx: Ctx): Promise<void> {
  const slugs = (await readdir(library, { withFileTypes: true })).filter((entry) => entry.isDirectory()).map((entry) => entry.name)
  for (const slug of slugs.sort()) await publishPackage(ctx, await readPackageFolder(`${library}${slug}`), ['installation'], '随软件发布')
}
