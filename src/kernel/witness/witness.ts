// This installation as a witness of its neighbours' logs: C2SP tlog-witness and tlog-cosignature (cosignature/v1).
import { createHash } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Clock } from '../clock.ts'
import type { Db } from '../database/database.ts'
import { conflict, DomainError, invalid, notFound } from '../errors.ts'
import { equalBytes } from '../ledger/bytes.ts'
import { cosign } from '../ledger/cosignature.ts'
import { encodeVkey, type NoteSigner, noteTypes, parseVkey, signatureLine, signaturesBy, verifyEd25519, type VerifierKey } from '../ledger/note.ts'
import { readOrMakeKey } from '../ledger/key-files.ts'
import { emptyRoot, verifyConsistency } from '../ledger/tree.ts'
import { type Cosigned, readMemory, writeMemory } from './memory.ts'
import {
  insertEvidence,
  removeWitnessedLog,
  selectEvidence,
  selectWitnessedByHash,
  selectWitnessedLog,
  selectWitnessedLogs,
  settleEvidence,
  updateCosigned,
  updateKeys,
  upsertWitnessedLog,
  type WitnessedLog,
} from './queries.ts'
import { type AddCheckpoint, parseAddCheckpoint } from './request.ts'

/** `folder` holds the key and, for each log, what was cosigned last; both outlive a database that is put back. */
export type Witness = { db: Db; clock: Clock; folder: string; signer: NoteSigner; vkey: string }

/** What is answered to `add-checkpoint`; `size` makes the body one of `text/x.tlog.size`. */
export type WitnessAnswer = { status: 200 | 400 | 403 | 404 | 409 | 422; body: string; isSize?: boolean }

/** Opens the witness in DATA_DIR/ledger/.witness, making its key on first use. No town is called so: names begin with a letter. */
export function openWitness(db: Db, clock: Clock, options: { dataDir: string; domain: string; demo: boolean }): Witness {
  const folder = join(options.dataDir, 'ledger', '.witness')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const signer = readOrMakeKey(join(folder, 'witness.key'), `${options.demo ? 'demo.' : ''}witness.${options.domain}`, noteTypes.cosignature)
  return { db, clock, folder, signer, vkey: encodeVkey(signer.verifier) }
}

/**
 * Checks a submitted checkpoint in the order of the specification and cosigns it. What was cosigned is moved by
 * compare-and-swap under a row lock, and is in a synced file and committed, before the answer exists.
 */
export async function addCheckpoint(witness: Witness, body: Uint8Array): Promise<WitnessAnswer> {
  let request: AddCheckpoint
  try {
    request = parseAddCheckpoint(body)
  } catch (error) {
    if (error instanceof DomainError && error.kind === 'invalid') return refuse(400, error.message)
    throw error
  }
  const { origin, size } = request.checkpoint
  const known = await selectWitnessedLog(witness.db, origin, false)
  if (!known || known.removed_at) return refuse(404, 'This witness does not know the log.')
  const signedBy = trustedSigners(request, known)
  if (signedBy.length === 0) return refuse(403, 'No key that this witness trusts for the log signed the checkpoint.')
  if (request.oldSize > size) return refuse(400, 'The old size is larger than the checkpoint.')
  return witness.db.transaction().execute((trx) => decide({ ...witness, db: trx }, request, signedBy))
}

const refuse = (status: 400 | 403 | 404 | 409 | 422, message: string): WitnessAnswer => ({ status, body: `${message}\n` })

/** Signatures of unknown keys are ignored, as are wrong ones: one that verifies is enough. */
function trustedSigners({ note }: AddCheckpoint, { vkeys }: WitnessedLog): VerifierKey[] {
  return vkeys.map(parseVkey).filter((key) => signaturesBy(note, key).some(({ bytes }) => verifyEd25519(key.publicKey, note.text, bytes)))
}

async function decide(witness: Witness, request: AddCheckpoint, signedBy: VerifierKey[]): Promise<WitnessAnswer> {
  const { origin, size, root } = request.checkpoint
  const row = await selectWitnessedLog(witness.db, origin, true)
  if (!row || row.removed_at) return refuse(404, 'This witness does not know the log.')
  const last = lastCosigned(witness, row)
  const lastSize = last?.size ?? 0
  if (request.oldSize !== lastSize) return { status: 409, body: `${lastSize}\n`, isSize: true }
  const lastRoot = last?.root ?? emptyRoot
  if (size === lastSize && !equalBytes(root, lastRoot)) {
    await keepEvidence(witness, request, 'fork', last)
    return { status: 409, body: `${lastSize}\n`, isSize: true }
  }
  if (!isConsistent(request, lastSize, lastRoot)) {
    await keepEvidence(witness, request, 'unproven', last)
    return refuse(422, 'The consistency proof does not lead from the old tree to this checkpoint.')
  }
  return cosignNow(witness, row, request, signedBy)
}

function isConsistent({ oldSize, proof, checkpoint }: AddCheckpoint, lastSize: number, lastRoot: Uint8Array): boolean {
  if (oldSize === 0) return proof.length === 0 && (checkpoint.size > 0 || equalBytes(checkpoint.root, emptyRoot))
  return verifyConsistency(lastSize, checkpoint.size, lastRoot, checkpoint.root, proof)
}

/**
 * The larger of what the database and what the folder says: a database that was put back does not make us forget.
 * @throws `unavailable` `witness.memory_differs` when the two contradict each other.
 */
function lastCosigned({ folder }: Witness, { origin, size, root, note }: WitnessedLog): Cosigned | undefined {
  const stored = size !== null && root !== null && note !== null ? { origin, size, root, note } : undefined
  const remembered = readMemory(folder, origin)
  if (!remembered || (stored && stored.size > remembered.size)) return stored
  if (stored && stored.size === remembered.size && !equalBytes(stored.root, remembered.root)) {
    const message = `Database and folder remember different trees of ${origin}: keep both as evidence and ask its operator.`
    throw new DomainError('unavailable', 'witness.memory_differs', message)
  }
  return remembered
}

async function keepEvidence(witness: Witness, request: AddCheckpoint, code: 'fork' | 'unproven', last: Cosigned | undefined): Promise<void> {
  const { origin, size, root } = request.checkpoint
  const cosigned = last?.note ?? null
  await insertEvidence(witness.db, {
    origin,
    code,
    old_size: request.oldSize,
    size,
    root,
    request: request.text,
    cosigned,
    seen_at: witness.clock.now(),
  })
}

async function cosignNow(witness: Witness, row: WitnessedLog, request: AddCheckpoint, signedBy: VerifierKey[]): Promise<WitnessAnswer> {
  const { origin, size, root } = request.checkpoint
  const { text } = request.note
  const at = witness.clock.now()
  const line = cosign(text, witness.signer, Math.floor(at.getTime() / 1000))
  const logLines = signedBy.flatMap((key) =>
    signaturesBy(request.note, key)
      .filter(({ bytes }) => verifyEd25519(key.publicKey, text, bytes))
      .slice(0, 1)
      .map(({ bytes }) => signatureLine(key, bytes)),
  )
  const note = `${text}\n${logLines.join('')}${line}`
  writeMemory(witness.folder, { origin, size, root, note })
  if (!(await updateCosigned(witness.db, origin, row.size, { size, root, note, at }))) {
    throw conflict('witness.moved', 'Another submission of this log came first: try again.')
  }
  await settleEvidence(witness.db, origin, size, root, at)
  return { status: 200, body: line }
}

/** Begins to witness a log, or accepts a further key of it. @throws `witness.demo`, `witness.key_type`. */
export async function addLog(witness: Witness, vkey: string, origin?: string): Promise<{ origin: string }> {
  const key = parseVkey(vkey)
  if (key.type !== noteTypes.ed25519) throw invalid('witness.key_type', 'The key of a log is of type 1 (Ed25519).')
  const name = origin ?? key.name
  if (name === '' || /[\n\r]/.test(name)) throw invalid('witness.origin', 'An origin is one line.')
  if (name.startsWith('demo.')) throw invalid('witness.demo', 'A demonstration’s log proves nothing, so it is not witnessed.')
  await upsertWitnessedLog(witness.db, name, encodeVkey(key), witness.clock.now())
  return { origin: name }
}

/**
 * Ends the witnessing of a log, by its origin; or, given a vkey, drops only that key. What was cosigned is kept, so a log
 * that is added again goes on where it was. @throws `witness.log_unknown`, `witness.last_key`.
 */
export async function removeLog(witness: Witness, originOrVkey: string): Promise<{ origin: string; keys: number }> {
  const logs = await selectWitnessedLogs(witness.db)
  const byKey = logs.find(({ vkeys }) => vkeys.includes(originOrVkey))
  if (byKey) {
    const vkeys = byKey.vkeys.filter((vkey) => vkey !== originOrVkey)
    if (vkeys.length === 0) throw conflict('witness.last_key', 'This is the log’s last key: remove the log by its origin.')
    await updateKeys(witness.db, byKey.origin, vkeys)
    return { origin: byKey.origin, keys: vkeys.length }
  }
  if (!(await removeWitnessedLog(witness.db, originOrVkey, witness.clock.now())))
    throw notFound('witness.log_unknown', 'This witness knows no such log.')
  return { origin: originOrVkey, keys: 0 }
}

export type WitnessedView = { origin: string; hash: string; vkeys: string[]; size: number | null; cosignedAt: string | null }

export async function listWitnessed(witness: Witness): Promise<WitnessedView[]> {
  return (await selectWitnessedLogs(witness.db)).map((row) => ({
    origin: row.origin,
    hash: hashOf(row.origin),
    vkeys: row.vkeys,
    size: row.size,
    cosignedAt: row.cosigned_at?.toISOString() ?? null,
  }))
}

const hashOf = (origin: string) => createHash('sha256').update(origin).digest('hex')

/** The last checkpoint cosigned of the log whose origin has this SHA-256 (64 lower-case hexadecimal digits). */
export async function latestCosigned(witness: Witness, hash: string): Promise<string> {
  const row = /^[0-9a-f]{64}$/.test(hash) ? await selectWitnessedByHash(witness.db, Buffer.from(hash, 'hex')) : undefined
  const last = row && lastCosigned(witness, row)
  if (!last) throw notFound('witness.nothing', 'This witness has cosigned nothing of such a log.')
  return last.note
}

/** `fork`: two checkpoints of one size, both signed by the log. `unproven`: signed, and no proof that it extends what was cosigned. */
export type Evidence = {
  origin: string
  code: 'fork' | 'unproven'
  oldSize: number
  size: number
  seenAt: string
  settledAt: string | null
  request: string
  cosigned: string | null
}

const mostEvidence = 1000

/** What contradicted what we cosigned, newest first. Public. */
export async function listEvidence(witness: Witness): Promise<Evidence[]> {
  return (await selectEvidence(witness.db, mostEvidence)).map((row) => ({
    origin: row.origin,
    code: row.code,
    oldSize: row.old_size,
    size: row.size,
    seenAt: row.seen_at.toISOString(),
    settledAt: row.settled_at?.toISOString() ?? null,
    request: row.request,
    cosigned: row.cosigned,
  }))
}
