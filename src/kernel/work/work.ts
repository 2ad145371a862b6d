// Background work of one process: everything a town needs done without anybody asking. Several processes may run it.
import { runActions } from '../cases/external-action.ts'
import { fireDue, watch } from '../cases/watch.ts'
import { systemClock } from '../clock.ts'
import { systemActor } from '../context.ts'
import type { Installation } from '../installation/installation.ts'
import { extendLog, integrate } from '../ledger/integrator.ts'
import { auditNightly } from '../ledger/nightly-audit.ts'
import { askWitnesses } from '../ledger/witnesses.ts'
import { type TileCache } from '../ledger/storage.ts'
import { logError, logLine } from '../log.ts'
import { sendOutbox } from '../notifications/outbox.ts'
import type { Outlets } from '../notifications/outlets.ts'
import { proposeDisposals, runDisposals } from '../retention/disposals.ts'
import { listTenants } from '../towns/create-town.ts'
import { commitViewsOfPastDays, pruneCheckpoints, purgeExpired, turnKeys } from './housekeeping.ts'
import { jobHandlers } from './job-kinds.ts'
import { runJobs } from './jobs.ts'
import { type Loop, startLoop } from './loop.ts'

export type Work = { stop(): Promise<void> }

const second = 1000
const minute = 60 * second
const hour = 3600 * second

/** Queue rows the integrator takes at once. */
const batch = 1000

/**
 * Starts the loops of every town, and of towns that are founded later. `stop` lets the rounds in hand finish
 * (a job goes back in line at its next report) and integrates what still waits for the ledger.
 */
export function startWork(installation: Installation, outlets: Outlets = {}): Work {
  const towns = new Map<string, Loop[]>()
  const stopping = new AbortController()
  const stopListening = installation.onWake((tenant) => {
    for (const loop of towns.get(tenant) ?? []) loop.wake()
  })
  const finder = startLoop('towns', '', { busy: 10 * second, idle: 10 * second, most: 10 * second }, async () => {
    for (const { tenant_id: tenant } of await listTenants(installation.database.db)) {
      if (!towns.has(tenant)) towns.set(tenant, startTown(installation, tenant, outlets, stopping.signal))
    }
    return true
  })
  const keys = startDaily('keys', '', async () => {
    const destroyed = await turnKeys(installation)
    if (destroyed.length > 0) logLine('info', 'keys.destroyed', { names: destroyed.join(' ') })
  })
  return {
    async stop() {
      stopListening()
      stopping.abort()
      await Promise.all([finder.stop(), keys.stop()])
      await Promise.all([...towns.values()].flat().map((loop) => loop.stop()))
      for (const tenant of towns.keys()) await integrateRest(installation, tenant)
      outlets.mail?.close()
    },
  }
}

/**
 * Only the ledger and the outbox, the first two, are woken by a step. Between two rounds they let work gather: a checkpoint costs two
 * synced files and two commits, however many leaves it takes in, and a promise is good for a minute.
 */
function startTown(installation: Installation, tenant: string, outlets: Outlets, stopping: AbortSignal): Loop[] {
  const ctxOf = (work: string) => installation.ctxFor(tenant, systemActor(work))
  const cache: TileCache = new Map()
  return [
    startLoop('ledger', tenant, { busy: 0, idle: 100, most: second, least: 75 }, () => integrateOnce(installation, tenant)),
    startLoop('outbox', tenant, { busy: 0, idle: second, most: 5 * second, least: second / 4 }, async () => {
      const { sent, retried, failed } = await sendOutbox(await ctxOf('outbox'), outlets)
      return sent + retried + failed > 0
    }),
    startLoop('actions', tenant, { busy: 0, idle: 2 * second, most: 5 * second }, async () => {
      const { done, retried, failed } = await runActions(await ctxOf('actions'), outlets.external ?? new Map())
      return done + retried + failed > 0
    }),
    startLoop('timers', tenant, { busy: 0, idle: second / 4, most: second / 4 }, async () => {
      const { timers, missed } = await fireDue(await ctxOf('timers'))
      return timers + missed > 0
    }),
    startLoop('watch', tenant, { busy: 5 * second, idle: 5 * second, most: 5 * second }, async () => {
      await watch(await ctxOf('watch'))
      return true
    }),
    startLoop('jobs', tenant, { busy: 0, idle: 2 * second, most: 2 * second }, async () => runJobs(await ctxOf('jobs'), jobHandlers, { stopping })),
    startLoop('views', tenant, { busy: hour / 4, idle: hour / 4, most: hour / 4 }, async () => {
      const leaves = await commitViewsOfPastDays(await ctxOf('views'))
      if (leaves > 0) installation.services.wake(tenant)
      return true
    }),
    startLoop('expired', tenant, { busy: hour, idle: hour, most: hour }, async () => {
      await purgeExpired(await ctxOf('purge'))
      return true
    }),
    startLoop('witnesses', tenant, { busy: minute, idle: minute, most: minute }, async () => {
      const signer = await installation.leaseOf(tenant)
      if (signer) await askWitnesses({ db: installation.database.db, signer, clock: systemClock, call: installation.callOut, cache })
      return true
    }),
    startDaily('audit', tenant, async () => {
      const signer = await installation.leaseOf(tenant)
      if (signer) await auditNightly(await ctxOf('audit'), signer, stopping)
    }),
    startDaily('disposals', tenant, async () => {
      const ctx = await ctxOf('disposal')
      await proposeDisposals(ctx)
      const signer = await installation.leaseOf(tenant)
      if (signer) await runDisposals(ctx, signer)
    }),
    startDaily('checkpoints', tenant, async () => pruneCheckpoints(await ctxOf('checkpoints'))),
    startDaily('identity', tenant, () => installation.identityOf(tenant).purge()),
  ].map((loop, index) => (index < 2 ? loop : withoutWake(loop)))
}

/** Once when a process starts and once a day of machine time, whatever the demonstration's clock says. */
function startDaily(name: string, tenant: string, work: () => Promise<unknown>): Loop {
  let last = 0
  return startLoop(name, tenant, { busy: hour, idle: 30 * second, most: hour }, async () => {
    const now = systemClock.now().getTime()
    if (now - last < 24 * hour) return true
    await work()
    last = now
    return true
  })
}

/** Rare work is not hurried by every step. */
const withoutWake = (loop: Loop): Loop => ({ ...loop, wake: () => {} })

async function integrateOnce(installation: Installation, tenant: string): Promise<boolean> {
  const signer = await installation.leaseOf(tenant)
  if (!signer) return (await extendLog(installation.database.db, tenant, { batch })) > 0
  return (await integrate(installation.database.db, tenant, signer, installation.clock, { batch })) !== undefined
}

async function integrateRest(installation: Installation, tenant: string): Promise<void> {
  try {
    while (await integrateOnce(installation, tenant));
  } catch (error) {
    logError('work', error, { work: 'ledger', tenant })
  }
}
