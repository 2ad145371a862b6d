// Keys and memory of a town's log, outside the database and its backups: DATA_DIR/ledger/<tenant>/.
//   signer.lock        who holds the lease: one living process per log
//   signer.json        last signed epoch, size and root; replaced whole, synced, before any signature exists
//   log.<epoch>.key  promise.<epoch>.key  witness.key   PKCS #8 PEM, mode 0600
// If the folder is lost or older than the database, nothing is signed; if it is copied to a second place and used
// there, two logs can be signed that contradict each other, and witnesses will show it.
import { createPrivateKey, generateKeyPairSync } from 'node:crypto'
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { takeLock } from '#kernel/database/lock.ts'
import { DomainError, invalid } from '../errors.ts'
import { decodeHash, equalBytes, toBase64 } from './bytes.ts'
import { encodeCheckpoint } from './checkpoint.ts'
import { encodeVkey, noteSigner, noteTypes, signNote } from './note.ts'
import type { NoteSigner, NoteType } from './note.ts'
import { promiseKeyName, signPromise } from './promise.ts'
import { emptyRoot, verifyConsistency } from './tree.ts'

/** The last head that was signed. */
export type SignerMemory = { epoch: number; origin: string; size: number; root: Uint8Array }

/** Signs for one log. `close` gives the lease back. */
export type LogSigner = {
  tenant: string
  epoch: number
  origin: string
  vkeys: { log: string; promise: string; witness: string }
  witness: NoteSigner
  memory(): SignerMemory
  promise(leafHash: Uint8Array, at: Date): string
  sign(head: { size: number; root: Uint8Array }, proof: Uint8Array[]): string
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
  if (before !== undefined) writeSynced(folder, `signer.before-${epoch}.json`, before)
  for (const name of [`log.${epoch}.key`, `promise.${epoch}.key`, 'witness.key']) {
    if (readIfThere(join(folder.path, name)) === undefined) writeSynced(folder, name, newKey())
  }
  const memory = { epoch, origin, size: 0, root: emptyRoot }
  writeMemory(folder, memory)
  return memory
}

const newKey = () => generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()

/** A signer for the epoch in the folder's memory. `witnessName` is the key name of the installation as a witness. */
export function openSigner(folder: SignerFolder, memory: SignerMemory, witnessName: string): LogSigner {
  const { epoch, origin } = memory
  const log = readKey(folder, `log.${epoch}.key`, origin, noteTypes.ed25519)
  const promiser = readKey(folder, `promise.${epoch}.key`, promiseKeyName(origin), noteTypes.ed25519)
  const witness = readKey(folder, 'witness.key', witnessName, noteTypes.cosignature)
  let last = memory
  let turn: Promise<unknown> = Promise.resolve()
  return {
    tenant: folder.tenant,
    epoch,
    origin,
    vkeys: { log: encodeVkey(log.verifier), promise: encodeVkey(promiser.verifier), witness: encodeVkey(witness.verifier) },
    witness,
    memory: () => last,
    promise: (hash, at) => signPromise(promiser, hash, at),
    sign: (head, proof) => {
      last = remember(folder, last, head, proof)
      return signNote(encodeCheckpoint(origin, head.size, head.root), log)
    },
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
  writeSynced(folder, 'signer.json', `${JSON.stringify({ epoch, origin, size, root: toBase64(root) })}\n`)
}

/** Replaces a file whole: after a power cut there is the old one or the new one. */
function writeSynced(folder: SignerFolder, name: string, text: string): void {
  const path = join(folder.path, name)
  const draft = openSync(`${path}.draft`, 'w', 0o600)
  try {
    writeFileSync(draft, text)
    fsyncSync(draft)
  } finally {
    closeSync(draft)
  }
  renameSync(`${path}.draft`, path)
  const directory = openSync(folder.path, 'r')
  try {
    fsyncSync(directory)
  } finally {
    closeSync(directory)
  }
}

function readKey(folder: SignerFolder, name: string, keyName: string, type: NoteType): NoteSigner {
  const pem = readIfThere(join(folder.path, name))
  if (pem === undefined)
    throw new DomainError('unavailable', 'ledger.key_missing', `${join(folder.path, name)} is missing: restore it, or open a new epoch.`)
  const { d } = createPrivateKey(pem).export({ format: 'jwk' })
  if (!d) throw invalid('ledger.key_unreadable', `${name} holds no Ed25519 key.`)
  return noteSigner(keyName, type, Buffer.from(d, 'base64url'))
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}
