// One process of several that work on a log and are killed. Arguments: `write` or `integrate`, DATABASE_URL, data folder.
// A writer says each source after its commit, a line each; an integrator says when it holds the lease.
import { randomBytes, randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { systemClock } from '#kernel/clock.ts'
import { inTenant } from '#kernel/database/database.ts'
import { openInstallation } from '#kernel/installation/installation.ts'
import { extendLog, integrate } from '#kernel/ledger/integrator.ts'
import { caseLeaf } from '#kernel/ledger/leaf.ts'
import { openPromiser } from '#kernel/ledger/promiser.ts'
import { insertQueue } from '#kernel/ledger/queries.ts'
import { leafHash } from '#kernel/ledger/tree.ts'
import { tenant } from './workload.ts'

const [, , role, databaseUrl, dataDir = ''] = process.argv
const installation = await persist(() => openInstallation({ dataDir, databaseUrl, baseUrl: 'http://127.0.0.1:3000', demo: false, poolSize: 2 }))
const { db } = installation.database
if (role === 'write') await write()
else await takeIn()

async function write(): Promise<never> {
  const promiser = openPromiser(dataDir, tenant)
  for (;;) {
    const [source, leaf] = [randomUUID(), caseLeaf(systemClock.now(), randomBytes(32))]
    // Tried again under the same source when the answer was lost: the log takes it once.
    await persist(() => inTenant(db, tenant, (trx) => insertQueue(trx, tenant, source, leaf)))
    say({ source, promise: promiser.promise(leafHash(leaf), systemClock.now()) })
    await sleep(5)
  }
}

async function takeIn(): Promise<never> {
  let led = false
  for (;;) {
    await persist(async () => {
      const signer = await installation.leaseOf(tenant)
      if (signer && !led) say({ leads: true })
      led ||= signer !== undefined
      if (signer) await integrate(db, tenant, signer, systemClock, { batch: 50 })
      else await extendLog(db, tenant, { batch: 50 })
    })
    await sleep(10)
  }
}

/** Tries again while the database is away. */
async function persist<T>(act: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await act()
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : ''
      // A fork or a rollback is what the drill looks for: never tried again.
      if (/^ledger\.(fork|rollback|signer|witness)/.test(code)) throw error
      await sleep(100)
    }
  }
}

function say(line: { source: string; promise: string } | { leads: true }): void {
  process.stdout.write(`${JSON.stringify(line)}\n`)
}
