// A founded town on a test database with a virtual clock: the real kernel, the real keys and log in a temporary folder.
import { type VirtualClock, virtualClock } from '#kernel/clock.ts'
import { type Actor, type Ctx, systemActor } from '#kernel/context.ts'
import { fillTown, foundTown } from '../../src/demo/found-town.ts'
import { demoTenant } from '../../src/demo/town.ts'
import { type Installation, openInstallation } from '#kernel/installation/installation.ts'
import { openTestDatabase } from './database.ts'
import { makeTemporaryFolder } from './temporary.ts'

export type TestTown = {
  installation: Installation
  clock: VirtualClock
  tenant: string
  ctx: Ctx
  ctxFor(actor: Actor): Promise<Ctx>
  close(): Promise<void>
}

export async function openTestTown(at = '2026-03-02T09:00:00+08:00', options: { demo?: boolean; baseUrl?: string } = {}): Promise<TestTown> {
  const { database, close } = await openTestDatabase()
  const clock = virtualClock(new Date(at))
  const folder = makeTemporaryFolder('xiangli-town')
  const installation = await openInstallation(
    { dataDir: folder, baseUrl: options.baseUrl ?? 'http://127.0.0.1:3000', demo: options.demo ?? true },
    clock,
    database,
  )
  await foundTown(database, clock.now())
  const ctx = await installation.ctxFor(demoTenant, systemActor('test'))
  await fillTown(ctx)
  return {
    installation,
    clock,
    ctx,
    tenant: demoTenant,
    ctxFor: (actor) => installation.ctxFor(demoTenant, actor),
    async close() {
      await installation.close()
      await close()
    },
  }
}
