// Keys and memory of a town's log, outside the database and its backups: DATA_DIR/ledger/<tenant>/.
//   signer.lock        who holds the lease: one living process per log
//   signer.json        last signed epoch, size and root; replaced whole, synced, before any signature exists
//   keys.<epoch>.json  which keys sign (key-list.ts); log.<epoch>*.key  promise.<epoch>*.key   PKCS #8 PEM, mode 0600
//   policy             the neighbours that witness this log (witnesses.ts)
// If the folder is lost or older than the database, nothing is signed; if it is copied to a second place and used
// there, two logs can be signed that contradict each other, and witnesses will show it.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { takeLock } from '#kernel/database/lock.ts'
import { DomainError } from '../errors.ts'
import { decodeHash, equalBytes, toBase64 } from './bytes.ts'
import { encodeCheckpoint } from './checkpoint.ts'
import { ensureKeyList, type KeyList, makeFirstKeys, signingKeys, writeKeyList } from './key-list.ts'
import { encodeVkey, signNote } from './note.ts'
import { signPromise } from './promise.ts'
import { readIfThere, writeSynced } from './synced-file.ts'
import { emptyRoot, verifyConsistency } from './tree.ts'

/** The last head that was signed. */
export type SignerMemory = { epoch: number; origin: string; size: number; root: Uint8Array }

/** Signs for one log. `close` gives the lease back. */
export type LogSigner = {
  tenant: string
  epoch: number
  origin: string
  /** DATA_DIR/ledger/<tenant>. */
  folder: string
  /** The oldest keys that sign. */
  vkeys: { log: string; promise: string }
  /** All keys that the log ever had in this epoch. `setKeys` writes the list and signs by it from then on. */
  keys(): KeyList
  setKeys(list: KeyList): void
  memory(): SignerMemory
  promise(leafHash: Uint8Array, at: Date): string
  sign(head: { size: number; root: Uint8Array }, proof: Uint8Array[]): string
  /** Nothing is signed any more, for this reason, until the log is opened anew. */
  halt(reason: DomainError): void
  halted(): DomainError | undefined
  /** Runs `work` when all work given before is done: between looking at `memory` and `sign`, nobody else signs. */
  inTurn<T>(work: () => Promise<T>): Promise<T>
  close(): void
}

/** The folder of a town's signer under the lease; `close` gives it back. */
export type SignerFolder = { path: string; tenant: string; close(): void }

/** Takes the lease. Throws `unavailable` `database.locked` while another living process holds it. */
export function openSignerFolder(dataDir: string, tenant: string): SignerFolder {
  const path = join(dataDir, 'ledger', tenant)
  mkdirSync(path, { recursive: true, mode: 0o700 })
  return { path, tenant, close: takeLock(join(path, 'signer.lock')) }
}

/** What was signed last, or undefined in a new folder. A damaged file is a refusal: guessing could fork the log. */
export function readMemory(folder: SignerFolder): SignerMemory | undefined {
  const text = readIfThere(join(folder.path, 'signer.json'))
  if (text === undefined) return undefined
  const memory = parseMemory(text)
  if (!memory) {
    throw new DomainError(
      'unavailable',
      'ledger.signer_unreadable',
      `${join(folder.path, 'signer.json')} cannot be read: restore it, or open a new epoch.`,
    )
  }
  return memory
}

function parseMemory(text: string): SignerMemory | undefined {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null) return undefined
    if (!('epoch' in value && 'origin' in value && 'size' in value && 'root' in value)) return undefined
    const { epoch, origin, size } = value
    const root = typeof value.root === 'string' ? decodeHash(value.root) : undefined
    if (!Number.isSafeInteger(epoch) || !Number.isSafeInteger(size) || typeof epoch !== 'number' || typeof size !== 'number') return undefined
    return typeof origin === 'string' && root && size >= 0 && epoch > 0 ? { epoch, origin, size, root } : undefined
  } catch {
    return undefined
  }
}

/** Makes keys and an empty memory for an epoch; the memory of the epoch before is kept beside it. */
export function startEpoch(folder: SignerFolder, epoch: number, origin: string): SignerMemory {
  const before = readIfThere(join(folder.path, 'signer.json'))
  if (before !== undefined) writeSynced(join(folder.path, `signer.before-${epoch}.json`), before)
  makeFirstKeys(folder.path, epoch, origin)
  const memory = { epoch, origin, size: 0, root: emptyRoot }
  writeMemory(folder, memory)
  return memory
}

/** A signer for the epoch in the folder's memory. @throws `ledger.key_missing`. */
export function openSigner(folder: SignerFolder, memory: SignerMemory, at: Date): LogSigner {
  const { epoch, origin } = memory
  let list = ensureKeyList(folder.path, epoch, origin, at)
  let log = signingKeys(folder.path, list, 'log')
  let promisers = signingKeys(folder.path, list, 'promise')
  let last = memory
  let halted: DomainError | undefined
  let turn: Promise<unknown> = Promise.resolve()
  const vkeyOf = ([first]: typeof log) => {
    if (!first) throw new DomainError('unavailable', 'ledger.key_missing', `${folder.path} has no key that signs: restore it, or open a new epoch.`)
    return encodeVkey(first.verifier)
  }
  return {
    tenant: folder.tenant,
    epoch,
    origin,
    folder: folder.path,
    vkeys: {
      get log() {
        return vkeyOf(log)
      },
      get promise() {
        return vkeyOf(promisers)
      },
    },
    keys: () => list,
    setKeys: (next) => {
      // Read before anything changes: a key that is missing leaves all as it was.
      const [logs, promises] = [signingKeys(folder.path, next, 'log'), signingKeys(folder.path, next, 'promise')]
      writeKeyList(folder.path, epoch, next)
      ;[list, log, promisers] = [next, logs, promises]
    },
    memory: () => last,
    promise: (hash, when) => signPromise(promisers, hash, when),
    sign: (head, proof) => {
      if (halted) throw halted
      last = remember(folder, last, head, proof)
      return signNote(encodeCheckpoint(origin, head.size, head.root), ...log)
    },
    halt: (reason) => {
      halted ??= reason
    },
    halted: () => halted,
    inTurn: (work) => {
      const mine = turn.then(work)
      turn = mine.catch(() => {})
      return mine
    },
    close: () => folder.close(),
  }
}

/**
 * Moves the memory to `head` when that extends what was signed, and only if nobody else moved it: then it may be signed.
 * All of it is synchronous, so two calls cannot mix.
 */
function remember(folder: SignerFolder, last: SignerMemory, head: { size: number; root: Uint8Array }, proof: Uint8Array[]): SignerMemory {
  const stored = readMemory(folder)
  if (!stored || stored.epoch !== last.epoch || stored.size !== last.size || !equalBytes(stored.root, last.root)) {
    throw new DomainError('unavailable', 'ledger.signer_changed', 'Somebody else changed signer.json: stop every process but one, and start again.')
  }
  refuseRollback(last, head)
  if (head.size === last.size) return last
  if (last.size > 0 && !verifyConsistency(last.size, head.size, last.root, head.root, proof)) throw fork(last)
  const next = { ...last, ...head }
  writeMemory(folder, next)
  return next
}

/** Refuses a head that is smaller than what was signed, or another one of the same size. */
export function refuseRollback(last: SignerMemory, head: { size: number; root: Uint8Array }): void {
  if (head.size < last.size) {
    const message = `The log signed ${last.size} entries, the database has ${head.size}: recover a newer backup of the database, or open a new epoch (xiangli ledger new-epoch).`
    throw new DomainError('unavailable', 'ledger.rollback', message)
  }
  if (head.size === last.size && !equalBytes(head.root, last.root)) throw fork(last)
}

/** The refusal when the database contradicts what was signed. */
export const fork = (last: SignerMemory) =>
  new DomainError(
    'unavailable',
    'ledger.fork',
    `The first ${last.size} entries are not those that were signed: keep this database as evidence and recover the right one, or open a new epoch (xiangli ledger new-epoch).`,
  )

function writeMemory(folder: SignerFolder, { epoch, origin, size, root }: SignerMemory): void {
  writeSynced(join(folder.path, 'signer.json'), `${JSON.stringify({ epoch, origin, size, root: toBase64(root) })}\n`)
}
