// Opening a town's log: the start rule that a log which contradicts its own signatures is not continued.
import { randomUUID } from 'node:crypto'
import type { Clock } from '#kernel/clock.ts'
import { inTenant } from '#kernel/database/database.ts'
import type { Db } from '#kernel/database/database.ts'
import { DomainError, invalid } from '../errors.ts'
import { equalBytes, toBase64 } from './bytes.ts'
import { announceKeys } from './announce.ts'
import { destroyKey, keyRoles, makeFirstKeys } from './key-list.ts'
import { encodeLeaf } from './leaf.ts'
import { closeLogsBefore, insertLeaf, insertLog, moveHead, selectHead, selectLogs } from './queries.ts'
import type { HeadRow, LogKey, LogRow } from './queries.ts'
import { fork, openSigner, openSignerFolder, readMemory, refuseRollback, startEpoch } from './signer.ts'
import type { LogSigner, SignerFolder, SignerMemory } from './signer.ts'
import { databaseHashes } from './storage.ts'
import { emptyRoot, leafHash, treeRoot } from './tree.ts'

/**
 * `domain` is the installation's, e.g. `example.org`; `demo` marks a log that proves nothing (PGlite, demonstrations).
 * `witnessed` is what witnesses last saw of this log: the start rule holds for them too. `askWitnesses` asks them before
 * anything is signed and throws when one knows more than the database.
 */
export type LogOptions = {
  tenant: string
  domain: string
  dataDir: string
  demo: boolean
  clock: Clock
  witnessed?: { by: string; size: number; root: Uint8Array }[]
  askWitnesses?: ((signer: LogSigner) => Promise<void>) | undefined
}

/** `ledger.<domain>/<tenant>/<epoch>`, the log's name and key name; begins with `demo.` for a demonstration. */
export function originOf({ tenant, domain, demo }: Pick<LogOptions, 'tenant' | 'domain' | 'demo'>, epoch: number): string {
  if (!/^[a-z0-9.-]+$/.test(domain)) throw invalid('ledger.domain', 'The domain of a log has lower-case letters, digits, dots and hyphens only.')
  return `${demo ? 'demo.' : ''}ledger.${domain}/${tenant}/${epoch}`
}

/**
 * Takes the lease of the town's log and opens it, making epoch 1 when there is neither a log nor a signer.
 * Refuses (`unavailable`, with what to do) when database, signer folder and witnesses do not fit together:
 * `ledger.rollback`, `ledger.fork`, `ledger.signer_missing`, `ledger.signer_behind`, `ledger.origin_changed`.
 */
export async function openLog(db: Db, options: LogOptions): Promise<LogSigner> {
  return underLease(options, async (folder) => {
    const memory = readMemory(folder)
    const [log] = await inTenant(db, options.tenant, (trx) => selectLogs(trx, options.tenant))
    if (!log && !memory) return beginEpoch(db, folder, options, 1)
    if (!memory) throw refuse('ledger.signer_missing', `DATA_DIR/ledger/${options.tenant} is missing`, 'restore it from where keys are kept')
    // An epoch that was begun in the folder and has signed nothing: the last start was interrupted.
    if (memory.size === 0 && memory.epoch === (log?.epoch ?? 0) + 1) return beginEpoch(db, folder, options, memory.epoch)
    if (!log || log.epoch < memory.epoch)
      throw refuse('ledger.rollback', 'The database is older than what was signed', 'recover a newer backup of the database')
    if (log.epoch > memory.epoch) throw refuse('ledger.signer_behind', 'The signer folder is of an earlier epoch', 'restore the newer folder')
    checkOrigin(log, memory, options)
    await inTenant(db, options.tenant, (trx) => checkStart(trx, options, memory))
    const signer = openSigner(folder, memory, options.clock.now())
    await options.askWitnesses?.(signer)
    return signer
  })
}

/** Opens the folder; gives the lease back when `work` fails. */
async function underLease(options: LogOptions, work: (folder: SignerFolder) => Promise<LogSigner>): Promise<LogSigner> {
  const folder = openSignerFolder(options.dataDir, options.tenant)
  try {
    return await work(folder)
  } catch (error) {
    folder.close()
    throw error
  }
}

function refuse(code: string, what: string, todo: string): DomainError {
  return new DomainError('unavailable', code, `${what}: ${todo}, or open a new epoch (xiangli ledger new-epoch). Nothing is signed until then.`)
}

function checkOrigin(log: LogRow, memory: SignerMemory, options: LogOptions): void {
  if (log.origin === memory.origin && log.origin === originOf(options, log.epoch)) return
  throw refuse('ledger.origin_changed', `The log is named ${log.origin}, this installation ${originOf(options, log.epoch)}`, 'set the domain back')
}

/** The database must hold everything that was ever signed or witnessed, unchanged. */
async function checkStart(db: Db, options: LogOptions, memory: SignerMemory): Promise<void> {
  const head = await getHead(db, options.tenant, memory.epoch)
  const witnessed = (options.witnessed ?? []).map(({ size, root }) => ({ ...memory, size, root }))
  for (const known of [memory, ...witnessed]) {
    refuseRollback(known, head)
    if (known.size === 0) continue
    const hashes = databaseHashes(db, options.tenant, memory.epoch, head.size, new Map())
    if (!equalBytes(await treeRoot(known.size, hashes), known.root)) throw fork(known)
  }
}

async function getHead(db: Db, tenant: string, epoch: number): Promise<HeadRow> {
  const head = await selectHead(db, tenant, epoch, false)
  if (!head) throw refuse('ledger.rollback', 'The database has no head for this log', 'recover a backup of the database')
  return head
}

/**
 * The folder first: an epoch in the database without keys could not be told from lost keys. The first leaf of a later
 * epoch names what the one before had signed (`previous`, or what the database says), so that the break is on the record.
 */
async function beginEpoch(db: Db, folder: SignerFolder, options: LogOptions, epoch: number, previous?: SignerMemory): Promise<LogSigner> {
  const started = readMemoryLeniently(folder)
  const memory = started?.epoch === epoch ? started : startEpoch(folder, epoch, originOf(options, epoch))
  const signer = openSigner(folder, memory, options.clock.now())
  const at = options.clock.now()
  const keys = listedKeys(signer)
  await inTenant(db, options.tenant, async (trx) => {
    const before = previous ?? (await findHead(trx, options.tenant))
    if (!(await insertLog(trx, options.tenant, { epoch, origin: memory.origin, keys, root: emptyRoot, at }))) return
    await closeLogsBefore(trx, options.tenant, epoch, at)
    if (before) await insertFirstLeaf(trx, options.tenant, epoch, epochLeaf(at, before))
  })
  return signer
}

/** The keys of a signer as the database keeps them, for everybody to see: also those that were dropped. */
export const listedKeys = (signer: LogSigner): LogKey[] =>
  keyRoles.flatMap((role) => signer.keys()[role].map(({ vkey, state }) => ({ role, vkey, ...(state === 'dropped' ? { dropped: true } : {}) })))

/** Not through the queue: leaves that wait there from the time before must come after it. */
async function insertFirstLeaf(db: Db, tenant: string, epoch: number, leaf: Uint8Array): Promise<void> {
  const hash = leafHash(leaf)
  await insertLeaf(db, tenant, epoch, { index: 0, source: randomUUID(), leaf, hash })
  await moveHead(db, tenant, epoch, 0, { size: 1, root: hash, frontier: hash })
}

const epochLeaf = (at: Date, { origin, size, root }: SignerMemory) =>
  encodeLeaf('epoch', at, { previous: origin, size: String(size), root: toBase64(root) })

/** The newest log of the database and its head. */
async function findHead(db: Db, tenant: string): Promise<SignerMemory | undefined> {
  const [log] = await selectLogs(db, tenant)
  const head = log && (await selectHead(db, tenant, log.epoch, false))
  return head && { epoch: log.epoch, origin: log.origin, size: head.size, root: head.root }
}

/**
 * Gives the log up where it is and begins the next epoch under new keys: for when the database or the signer folder
 * cannot be recovered. The log must not be open in another process. Leaves that wait in the queue go into the new epoch.
 */
export async function newEpoch(db: Db, options: LogOptions): Promise<LogSigner> {
  return underLease(options, async (folder) => {
    const memory = readMemoryLeniently(folder)
    const before = await inTenant(db, options.tenant, (trx) => findHead(trx, options.tenant))
    const epoch = Math.max(memory?.epoch ?? 0, before?.epoch ?? 0) + 1
    return beginEpoch(db, folder, options, epoch, memory ?? before)
  })
}

/**
 * Ends an epoch in order and begins the next: its keys are announced under the old ones, its first leaf names the final
 * checkpoint, and the old log keys are destroyed. `finish` integrates what waits and signs it. The old log stays readable.
 */
export async function freezeLog(
  db: Db,
  options: LogOptions,
  finish: (signer: LogSigner) => Promise<void>,
): Promise<{ frozen: SignerMemory; signer: LogSigner }> {
  const opened = await openLog(db, options)
  // The lease is given back with `opened`; what follows goes on under it.
  const folder: SignerFolder = { path: opened.folder, tenant: options.tenant, close: () => opened.close() }
  try {
    const epoch = opened.epoch + 1
    const next = makeFirstKeys(folder.path, epoch, originOf(options, epoch))
    await announceKeys(db, opened, options.clock, [next.log, next.promise], () => finish(opened))
    const frozen = opened.memory()
    const signer = await beginEpoch(db, folder, options, epoch, frozen)
    for (const { file } of opened.keys().log) destroyKey(folder.path, file)
    return { frozen, signer }
  } catch (error) {
    folder.close()
    throw error
  }
}

/** A damaged memory is no reason not to begin anew. */
function readMemoryLeniently(folder: SignerFolder): SignerMemory | undefined {
  try {
    return readMemory(folder)
  } catch (error) {
    if (error instanceof DomainError) return undefined
    throw error
  }
}
