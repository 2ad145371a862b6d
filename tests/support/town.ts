// A founded town on a test database with a virtual clock: the real kernel, the real keys and log in a temporary folder.
import { cpSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { type VirtualClock, virtualClock } from '#kernel/clock.ts'
import { type Actor, type Ctx, systemActor } from '#kernel/context.ts'
import type { Database } from '#kernel/database/database.ts'
import { fillTown, foundTown } from '../../src/demo/found-town.ts'
import { demoTenant } from '../../src/demo/town.ts'
import { type Installation, openInstallation } from '#kernel/installation/installation.ts'
import { openFoundedDatabase, openTestDatabase } from './database.ts'
import { makeTemporaryFolder } from './temporary.ts'

export type TestTown = {
  installation: Installation
  clock: VirtualClock
  tenant: string
  ctx: Ctx
  ctxFor(actor: Actor): Promise<Ctx>
  close(): Promise<void>
}

type TownOptions = { at: string; demo: boolean; baseUrl: string }

/** The town that most tests work in: founded once a run by global-setup.ts. */
export const defaultTown: TownOptions = { at: '2026-03-02T09:00:00+08:00', demo: true, baseUrl: 'http://127.0.0.1:3000' }

/** A town founded at `at` on a database of its own: a copy of the default one when nothing else is asked for. */
export async function openTestTown(at = defaultTown.at, options: { demo?: boolean; baseUrl?: string } = {}): Promise<TestTown> {
  const asked = { ...defaultTown, ...options, at }
  const clock = virtualClock(new Date(at))
  const dataDir = makeTemporaryFolder('xiangli-town')
  const founded = isDeepStrictEqual(asked, defaultTown) ? await openFoundedDatabase() : undefined
  if (founded) cpSync(founded.folder, dataDir, { recursive: true })
  const { database, close } = founded ?? (await openTestDatabase())
  const installation = founded
    ? await openInstallation({ dataDir, baseUrl: asked.baseUrl, demo: asked.demo }, clock, database)
    : await openTownOn(database, dataDir, clock, asked)
  return {
    installation,
    clock,
    ctx: await installation.ctxFor(demoTenant, systemActor('test')),
    tenant: demoTenant,
    ctxFor: (actor) => installation.ctxFor(demoTenant, actor),
    async close() {
      await installation.close()
      await close()
    },
  }
}

/** Founds the town in a migrated database. */
export async function openTownOn(database: Database, dataDir: string, clock: VirtualClock, options: Omit<TownOptions, 'at'>): Promise<Installation> {
  const installation = await openInstallation({ dataDir, baseUrl: options.baseUrl, demo: options.demo }, clock, database)
  await foundTown(database, clock.now())
  await fillTown(await installation.ctxFor(demoTenant, systemActor('test')))
  return installation
}
