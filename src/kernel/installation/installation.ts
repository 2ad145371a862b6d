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
import { clamdScanner } from '#kernel/files/clamd.ts'
import { folderStore } from '#kernel/files/file-store.ts'
import { createIdentity, type Identity } from '#kernel/identity/identity.ts'
import { openKeyring } from '#kernel/keys/keyring.ts'
import { openLog } from '#kernel/ledger/log.ts'
import { type CallOut, callOut } from '#kernel/ledger/outgoing.ts'
import { openPromiser, type Promiser } from '#kernel/ledger/promiser.ts'
import type { LogSigner } from '#kernel/ledger/signer.ts'
import { refuseIfWitnessKnowsMore } from '#kernel/ledger/witnesses.ts'
import type { ProxyTest } from '#kernel/net/addresses.ts'
import { queueAccountMail, queueSignInCode } from '#kernel/notifications/account-mail.ts'
import { newPackageCache } from '#kernel/procedures/packages.ts'
import { listTenants } from '#kernel/towns/create-town.ts'
import { openWitness, type Witness } from '#kernel/witness/witness.ts'

export type Config = {
  dataDir: string
  databaseUrl?: string | undefined
  baseUrl: string
  demo: boolean
  poolSize?: number
  /** How logs call their witnesses; tests give their own. */
  callOut?: CallOut
  /** Which addresses are proxies of ours; none if absent. */
  isProxy?: ProxyTest
  /** Where clamd listens: `tcp://host:3310` or `unix:/run/clamd.sock`. */
  clamd?: string | undefined
  /** `mailto:`, `https:` or `tel:` of whoever takes reports of weaknesses (RFC 9116). */
  securityContact?: string | undefined
  /** Whoever sends it reads `/metrics`; without it there is no such page. */
  metricsToken?: string | undefined
}

export type Installation = {
  config: Config
  database: Database
  clock: Clock
  services: Services
  /** The context of one request or one piece of work. @throws `tenant.not_found`. */
  ctxFor(tenant: string, actor: Actor): Promise<Ctx>
  identityOf(tenant: string): Identity
  /** The signer of a town's log; opened once and held with its lease. @throws `database.locked` while another process holds it. */
  logOf(tenant: string): Promise<LogSigner>
  /** The same, or undefined while another process of this installation holds the lease: that one signs. */
  leaseOf(tenant: string): Promise<LogSigner | undefined>
  /** This installation as a witness of its neighbours. */
  witness: Witness
  callOut: CallOut
  /** Calls `listener` whenever a step of this process was committed; returns what ends that. */
  onWake(listener: (tenant: string) => void): () => void
  close(): Promise<void>
}

/** A process without the lease of a log looks so often whether the holder is gone. */
const leaseRetryMilliseconds = 3000

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
  // A demonstration's log, and one whose writes a power cut can lose, say so in their names.
  const isDemo = config.demo || database.kind === 'pglite'
  const call = config.callOut ?? callOut
  const logOf = (tenant: string) => {
    const known = logs.get(tenant)
    if (known) return known
    const opening = openLog(database.db, {
      tenant,
      domain,
      dataDir: config.dataDir,
      demo: isDemo,
      clock,
      askWitnesses: (signer) => refuseIfWitnessKnowsMore(signer, call),
    })
    logs.set(tenant, opening)
    opening.catch(() => logs.delete(tenant))
    return opening
  }
  const leases = new Map<string, number>()
  const leaseOf = async (tenant: string) => {
    const now = systemClock.now().getTime()
    if ((leases.get(tenant) ?? 0) > now) return undefined
    try {
      return await logOf(tenant)
    } catch (error) {
      if (!(error instanceof DomainError) || error.code !== 'database.locked') throw error
      leases.set(tenant, now + leaseRetryMilliseconds)
      return undefined
    }
  }
  const promisers = new Map<string, Promiser>()
  const signPromise = async (tenant: string, hash: Uint8Array, at: Date) => {
    const halted = (await logs.get(tenant)?.catch(() => undefined))?.halted()
    if (halted) throw halted
    const promiser = promisers.get(tenant) ?? openPromiser(config.dataDir, tenant)
    promisers.set(tenant, promiser)
    return promiser.promise(hash, at)
  }
  const listeners = new Set<(tenant: string) => void>()
  const services: Services = {
    keyring,
    renderer,
    packages: newPackageCache(),
    files: folderStore(join(config.dataDir, 'files')),
    scan: config.clamd === undefined ? undefined : clamdScanner(config.clamd),
    promises: { sign: (ctx, hash, at) => signPromise(ctx.tenant, hash, at) },
    wake: (tenant) => {
      for (const listener of listeners) listener(tenant)
    },
    baseUrl: config.baseUrl.replace(/\/$/, ''),
    dataDir: config.dataDir,
    demo: config.demo,
  }
  const zones = new Map<string, string>()
  const ready = new Set<string>()
  const ctxFor = async (tenant: string, actor: Actor): Promise<Ctx> => {
    let zone = zones.get(tenant)
    if (zone === undefined) {
      zone = (await listTenants(database.db)).find((town) => town.tenant_id === tenant)?.zone
      if (zone === undefined) throw notFound('tenant.not_found', 'There is no such town.')
      zones.set(tenant, zone)
    }
    // Opened before any transaction: on PGlite there is one connection. A process without the lease only signs promises.
    if (!ready.has(tenant)) {
      await leaseOf(tenant)
      ready.add(tenant)
    }
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
    leaseOf,
    witness: openWitness(database.db, systemClock, { dataDir: config.dataDir, domain, demo: isDemo }),
    callOut: call,
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
