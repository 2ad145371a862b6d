// One running installation: database, keys, logs, renderer, identities. Everything that lives as long as the process.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Clock, systemClock } from '#kernel/clock.ts'
import type { Actor, Ctx, Services } from '#kernel/context.ts'
import { type Database, openDatabase } from '#kernel/database/database.ts'
import { migrate } from '#kernel/database/migrate.ts'
import { fontsFrom } from '#kernel/documents/fonts.ts'
import { createRenderer } from '#kernel/documents/renderer.ts'
import { DomainError, notFound } from '#kernel/errors.ts'
import { folderStore } from '#kernel/files/file-store.ts'
import { createIdentity, type Identity } from '#kernel/identity/identity.ts'
import { openKeyring } from '#kernel/keys/keyring.ts'
import { openLog } from '#kernel/ledger/log.ts'
import type { LogSigner } from '#kernel/ledger/signer.ts'
import { queueAccountMail, queueSignInCode } from '#kernel/notifications/account-mail.ts'
import { newPackageCache } from '#kernel/procedures/packages.ts'
import { listTenants } from '#kernel/towns/create-town.ts'

export type Config = {
  dataDir: string
  databaseUrl?: string | undefined
  baseUrl: string
  demo: boolean
  poolSize?: number
}

export type Installation = {
  config: Config
  database: Database
  clock: Clock
  services: Services
  /** The context of one request or one piece of work. @throws `tenant.not_found`. */
  ctxFor(tenant: string, actor: Actor): Promise<Ctx>
  identityOf(tenant: string): Identity
  /** The signer of a town's log; opened once and held with its lease. */
  logOf(tenant: string): Promise<LogSigner>
  /** Calls `listener` whenever a step of this process was committed; returns what ends that. */
  onWake(listener: (tenant: string) => void): () => void
  close(): Promise<void>
}

/** Opens, migrates and checks; refuses to start rather than guess. `given` is an open database (tests). */
export async function openInstallation(config: Config, clock: Clock = systemClock, given?: Database): Promise<Installation> {
  const database =
    given ??
    (await openDatabase({ dataDir: config.dataDir, databaseUrl: config.databaseUrl, ...(config.poolSize ? { poolSize: config.poolSize } : {}) }))
  if (!given) await prepare(database, config)
  const keyring = openKeyring(join(config.dataDir, 'keys'))
  const renderer = createRenderer({ fontFolders: fontsFrom(config.dataDir) })
  const logs = new Map<string, Promise<LogSigner>>()
  const domain = new URL(config.baseUrl).hostname
  const logOf = (tenant: string) => {
    const known = logs.get(tenant)
    if (known) return known
    const opening = openLog(database.db, { tenant, domain, dataDir: config.dataDir, demo: config.demo || database.kind === 'pglite', clock })
    logs.set(tenant, opening)
    opening.catch(() => logs.delete(tenant))
    return opening
  }
  const listeners = new Set<(tenant: string) => void>()
  const services: Services = {
    keyring,
    renderer,
    packages: newPackageCache(),
    files: folderStore(join(config.dataDir, 'files')),
    promises: { sign: async (ctx, hash, at) => (await logOf(ctx.tenant)).promise(hash, at) },
    wake: (tenant) => {
      for (const listener of listeners) listener(tenant)
    },
    baseUrl: config.baseUrl.replace(/\/$/, ''),
    dataDir: config.dataDir,
    demo: config.demo,
  }
  const zones = new Map<string, string>()
  const ctxFor = async (tenant: string, actor: Actor): Promise<Ctx> => {
    let zone = zones.get(tenant)
    if (zone === undefined) {
      zone = (await listTenants(database.db)).find((town) => town.tenant_id === tenant)?.zone
      if (zone === undefined) throw notFound('tenant.not_found', 'There is no such town.')
      zones.set(tenant, zone)
    }
    // Opened before any transaction: on PGlite there is one connection.
    await logOf(tenant)
    return { db: database.db, actor, tenant, zone, clock, services }
  }
  const identities = new Map<string, Identity>()
  const identityOf = (tenant: string): Identity => {
    const known = identities.get(tenant)
    if (known) return known
    const identity = createIdentity({
      database,
      tenant,
      baseUrl: services.baseUrl,
      secret: keyring.secret('session').toString('hex'),
      // Links and codes live by machine time, whatever the demonstration's clock says.
      clock: systemClock,
      sendMail: async (mail) => queueAccountMail(await ctxFor(tenant, { kind: 'system', work: 'account-mail' }), mail),
      sendCode: async (code) => queueSignInCode(await ctxFor(tenant, { kind: 'system', work: 'sign-in-code' }), code),
      allowLocalProviders: config.demo,
      staffNeedsSecondFactor: !config.demo,
    })
    identities.set(tenant, identity)
    return identity
  }
  return {
    config,
    database,
    clock,
    services,
    ctxFor,
    identityOf,
    logOf,
    onWake: (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    async close() {
      for (const log of logs.values()) (await log.catch(() => undefined))?.close()
      await renderer.close()
      if (!given) await database.close()
    },
  }
}

/** Brings the database to this version. @throws `keys.missing`: new keys beside old data would only hide the loss. */
async function prepare(database: Database, config: Config): Promise<void> {
  try {
    await migrate(database)
    if (existsSync(join(config.dataDir, 'keys', 'root.key')) || (await listTenants(database.db)).length === 0) return
    throw new DomainError(
      'unavailable',
      'keys.missing',
      `The database has towns, but ${config.dataDir}/keys is missing: restore it from where keys are kept.`,
    )
  } catch (error) {
    await database.close()
    throw error
  }
}

/** Refuses a configuration that would be unsafe in production. */
export function checkConfig(config: Config): void {
  if (config.demo) return
  if (!config.databaseUrl)
    throw new DomainError(
      'unavailable',
      'config.pglite',
      'Production needs PostgreSQL: set DATABASE_URL. The embedded database can lose acknowledged writes in a power cut.',
    )
  const { protocol, hostname } = new URL(config.baseUrl)
  const local = hostname === 'localhost' || hostname === '127.0.0.1' || hostname === '[::1]'
  if (protocol !== 'https:' && !local)
    throw new DomainError('unavailable', 'config.plain_http', 'Production needs https: set BASE_URL to the public https address.')
}
