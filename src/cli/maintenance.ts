// Commands on a whole installation: migrations, the demonstration, backup, restore, a new epoch of a log.
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { restoreBackup } from '#kernel/backup/restore.ts'
import { systemClock } from '#kernel/clock.ts'
import { type Database, openDatabase } from '#kernel/database/database.ts'
import { migrate } from '#kernel/database/migrate.ts'
import { conflict, notFound } from '#kernel/errors.ts'
import { type Config, openInstallation } from '#kernel/installation/installation.ts'
import { integrate } from '#kernel/ledger/integrator.ts'
import { freezeLog, type LogOptions, newEpoch } from '#kernel/ledger/log.ts'
import { callOut } from '#kernel/ledger/outgoing.ts'
import type { LogSigner } from '#kernel/ledger/signer.ts'
import { askWitnesses, refuseIfWitnessKnowsMore } from '#kernel/ledger/witnesses.ts'
import { listTenants } from '#kernel/towns/create-town.ts'
import { openDemoClock } from '../demo/demo-clock.ts'
import { makeDemonstration } from '../demo/demo.ts'
import { isRunning, runDataCommand } from './admin-client.ts'
import { printJson, Unusable } from './command.ts'

export async function migrateDatabase(config: Config): Promise<number> {
  const database = await openDatabase({ dataDir: config.dataDir, databaseUrl: config.databaseUrl })
  try {
    printJson({ run: await migrate(database) })
    return 0
  } finally {
    await database.close()
  }
}

export async function foundDemonstration(config: Config): Promise<number> {
  if (!config.demo) throw conflict('demo.production', 'XIANGLI_MODE is production: the demonstration town does not belong there.')
  await refuseRunning(config)
  const clock = openDemoClock(config.dataDir)
  const installation = await openInstallation(config, clock)
  try {
    if ((await listTenants(installation.database.db)).length > 0)
      throw conflict('demo.towns', 'This installation has towns already: the demonstration is founded in an empty one.')
    const { tenant, url, receipts } = await makeDemonstration(installation, clock)
    printJson({ tenant, url, cases: receipts.length, accounts: `${config.dataDir}/demo.json` })
    return 0
  } finally {
    await installation.close()
  }
}

export async function backup(config: Config, file: string): Promise<number> {
  printJson(await runDataCommand(config, 'backup', { file: resolve(file) }))
  process.stderr.write('The keys are not in it: keep DATA_DIR/keys and DATA_DIR/ledger apart from backups, and no backup longer than 35 days.\n')
  return 0
}

export async function restore(config: Config, file: string): Promise<number> {
  await refuseRunning(config)
  const database = await openDatabase({ dataDir: config.dataDir, databaseUrl: config.databaseUrl })
  try {
    printJson(await restoreBackup(database, { file: resolve(file), dataDir: config.dataDir }))
  } finally {
    await database.close()
  }
  if (!existsSync(join(config.dataDir, 'keys', 'root.key')))
    throw conflict(
      'restore.keys_missing',
      'The data is restored. Now put DATA_DIR/keys and DATA_DIR/ledger back from where the keys are kept, then start.',
    )
  return checkLogs(config)
}

/** The start rule decides whether each log may go on; a refusal says what to do, and the data is restored all the same. */
async function checkLogs(config: Config): Promise<number> {
  const installation = await openInstallation(config)
  try {
    for (const { tenant_id: tenant } of await listTenants(installation.database.db)) await installation.logOf(tenant)
    return 0
  } finally {
    await installation.close()
  }
}

export async function newEpochs(config: Config, tenant: string, sure: boolean): Promise<number> {
  if (!sure)
    throw new Unusable('A new epoch cannot be undone, and everybody sees the break. Recover the newest backup if you can; otherwise add --yes.')
  return withLog(config, tenant, async (database, options) => {
    const signer = await newEpoch(database.db, options)
    printJson({ tenant, epoch: signer.epoch, origin: signer.origin, vkeys: signer.vkeys })
    signer.close()
  })
}

/** Opens the database for work on one town's log, while the platform does not run. */
async function withLog(config: Config, tenant: string, work: (database: Database, options: LogOptions) => Promise<void>): Promise<number> {
  await refuseRunning(config)
  const database = await openDatabase({ dataDir: config.dataDir, databaseUrl: config.databaseUrl })
  try {
    if (!(await listTenants(database.db)).some((known) => known.tenant_id === tenant)) throw notFound('tenant.not_found', 'There is no such town.')
    const domain = new URL(config.baseUrl).hostname
    await work(database, { tenant, domain, dataDir: config.dataDir, demo: config.demo || database.kind === 'pglite', clock: systemClock })
    return 0
  } finally {
    await database.close()
  }
}

/** Ends a log's epoch in order: whoever trusts its keys can follow to the next epoch's. */
export async function freeze(config: Config, tenant: string, sure: boolean): Promise<number> {
  if (!sure) throw new Unusable('A frozen log takes nothing more, and verifiers must follow to the next epoch: add --yes.')
  return withLog(config, tenant, async (database, options) => {
    const asking = { ...options, askWitnesses: (opened: LogSigner) => refuseIfWitnessKnowsMore(opened, callOut) }
    const { frozen, signer } = await freezeLog(database.db, asking, async (opened) => {
      while (await integrate(database.db, tenant, opened, systemClock));
      // Nobody submits a closed epoch later.
      await askWitnesses({ db: database.db, signer: opened, clock: systemClock, call: callOut, cache: new Map() })
    })
    printJson({ tenant, frozen: { epoch: frozen.epoch, size: frozen.size }, epoch: signer.epoch, origin: signer.origin, vkeys: signer.vkeys })
    signer.close()
  })
}

async function refuseRunning(config: Config): Promise<void> {
  if (await isRunning(config)) throw conflict('process.running', 'The platform runs on this folder: stop it first.')
}

export async function exportToFile(value: unknown, file: string | undefined): Promise<number> {
  if (file === undefined) printJson(value)
  else await writeFile(resolve(file), `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600, flag: 'wx' })
  return 0
}
