// A receipt: docs/ledger-format.md section 4. Checked only against keys that come from outside of it.
import { DomainError, invalid } from '../errors.ts'
import { equalBytes } from './bytes.ts'
import { parseLeaf, leafCommitment } from './leaf.ts'
import type { Leaf } from './leaf.ts'
import { parseVkey, noteTypes } from './note.ts'
import { verifyRevealed } from './payload.ts'
import type { RevealedPayload, SaltedPayload } from './payload.ts'
import { checkUnderPolicy, parsePolicy } from './policy.ts'
import type { Policy, PolicyVerdict } from './policy.ts'
import { parsePromise, verifyPromise } from './promise.ts'
import { parseProof } from './proof.ts'
import { leafHash, verifyInclusion } from './tree.ts'

/** A JSON value. `leaf`, `promise` and `proof` are texts; `payload` opens what the holder may know. */
export type Receipt = { format: 'xiangli-receipt/v1'; leaf: string; promise: string; proof?: string | undefined; payload?: SaltedPayload | undefined }

/** One key, or all that a log had when it turned its keys. */
type Vkeys = string | string[]

/**
 * What the verifier trusts, given from outside: the log's vkey or a tlog-policy, and the promise key pinned beside it.
 * `now` makes an overdue promise show.
 */
export type ReceiptTrust = { vkey?: Vkeys | undefined; policy?: string | undefined; promiseVkey?: Vkeys | undefined; now?: Date | undefined }

/** One step of the check, in order; `reason` is a sentence. */
export type ReceiptStep = { step: 'receipt' | 'payload' | 'key' | 'promise' | 'proof' | 'witnesses'; ok: boolean; reason: string }

/** `level` says what was proven; `ok` only when no step failed and something was. */
export type ReceiptVerdict = {
  ok: boolean
  level: 'nothing' | 'promised' | 'included'
  steps: ReceiptStep[]
  leaf?: Leaf | undefined
  opened?: RevealedPayload | undefined
}

const format = 'xiangli-receipt/v1'

export const newReceipt = (leaf: Uint8Array, promise: string, payload?: SaltedPayload): Receipt => ({
  format,
  leaf: Buffer.from(leaf).toString('utf8'),
  promise,
  ...(payload ? { payload } : {}),
})

/** Reads an untrusted JSON value as a receipt; its parts are checked by `verifyReceipt`. */
export function parseReceipt(value: unknown): Receipt {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw malformed()
  const { format: version, leaf, promise, proof, payload, ...more } = value as Record<string, unknown> // an object, as tested above
  if (version !== format) throw invalid('ledger.receipt_version', 'This version of receipt is not known here.')
  if (typeof leaf !== 'string' || typeof promise !== 'string' || Object.keys(more).length > 0) throw malformed()
  if (proof !== undefined && typeof proof !== 'string') throw malformed()
  // `verifyRevealed` parses the payload strictly before anything reads it.
  return { format, leaf, promise, proof, payload: payload as SaltedPayload | undefined }
}

const malformed = () => invalid('ledger.receipt_malformed', 'This is not a receipt of docs/ledger-format.md section 4.')

/**
 * Checks a receipt step by step and never throws for what is in it. Without a key or policy from outside the
 * answer is "key not known": a key taken from the receipt or its server would prove nothing.
 */
export function verifyReceipt(value: unknown, trust: ReceiptTrust): ReceiptVerdict {
  const steps: ReceiptStep[] = []
  const verdict: ReceiptVerdict = { ok: false, level: 'nothing', steps }
  const read = attempt(steps, 'receipt', () => {
    const receipt = parseReceipt(value)
    const leaf = parseLeaf(receipt.leaf)
    return { receipt, leaf, reason: `The receipt holds a leaf of the hour ${leaf.hour}.` }
  })
  if (!read) return verdict
  const { receipt, leaf } = read
  verdict.leaf = leaf
  if (receipt.payload !== undefined) verdict.opened = checkPayload(steps, leaf, receipt.payload)
  const keys = attempt(steps, 'key', () => readTrust(trust))
  const promised = checkPromise(steps, receipt, trust)
  const included = keys?.policy && receipt.proof !== undefined ? checkProof(steps, receipt, receipt.proof, keys.policy) : false
  if (receipt.proof === undefined && trust.now) checkOverdue(steps, receipt, trust.now)
  verdict.level = included ? 'included' : promised ? 'promised' : 'nothing'
  verdict.ok = verdict.level !== 'nothing' && steps.every(({ ok }) => ok)
  return verdict
}

/** Runs one step; a refusal becomes its reason. */
function attempt<Result extends { reason: string }>(steps: ReceiptStep[], step: ReceiptStep['step'], work: () => Result): Result | undefined {
  try {
    const result = work()
    steps.push({ step, ok: true, reason: result.reason })
    return result
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    steps.push({ step, ok: false, reason: error.message })
    return undefined
  }
}

function checkPayload(steps: ReceiptStep[], leaf: Leaf, payload: unknown): RevealedPayload | undefined {
  return attempt(steps, 'payload', () => {
    const commitment = leafCommitment(leaf)
    if (!commitment) throw invalid('ledger.payload_mismatch', 'A leaf of this kind commits to no payload.')
    const opened = verifyRevealed(payload, commitment)
    return { opened, reason: `${Object.keys(opened.values).length} fields shown are those of the leaf, ${opened.closed.length} are closed.` }
  })?.opened
}

/** A vkey alone is the policy "this log, no witnesses". */
function readTrust(trust: ReceiptTrust): { policy: Policy | undefined; reason: string } {
  if (trust.policy !== undefined) return { policy: parsePolicy(trust.policy), reason: 'A policy was given from outside.' }
  if (trust.vkey !== undefined) {
    const keys = [trust.vkey].flat().map(parseVkey)
    if (keys.some(({ type }) => type !== noteTypes.ed25519)) throw invalid('ledger.vkey_type', 'The key of a log is of type 1.')
    const names = [...new Set(keys.map(({ name }) => name))]
    return {
      policy: { logs: keys.map((key) => ({ key, url: undefined })), parties: new Map(), quorum: undefined },
      reason: `The key of ${names.join(', ')} was given from outside.`,
    }
  }
  if (trust.promiseVkey !== undefined) return { policy: undefined, reason: 'Only a promise key was given from outside.' }
  throw invalid('ledger.key_not_known', 'Key not known: give the key or policy that you pinned or got from elsewhere.')
}

function checkPromise(steps: ReceiptStep[], receipt: Receipt, trust: ReceiptTrust): boolean {
  const pinned = trust.promiseVkey
  if (pinned === undefined) {
    if (receipt.proof === undefined) steps.push({ step: 'promise', ok: false, reason: 'Key not known: the promise key was not given from outside.' })
    return false
  }
  const result = attempt(steps, 'promise', () => {
    const promise = verifyPromise(receipt.promise, [pinned].flat().map(parseVkey))
    checkPromisedLeaf(promise.leafHash, receipt)
    return { reason: `${promise.origin} promised this leaf for ${promise.includeBy.toISOString()} at the latest.` }
  })
  return result !== undefined
}

function checkPromisedLeaf(hash: Uint8Array, receipt: Receipt): void {
  if (!equalBytes(hash, leafHash(receipt.leaf))) throw invalid('ledger.promise_leaf', 'The promise is for another leaf.')
}

function checkOverdue(steps: ReceiptStep[], receipt: Receipt, now: Date): void {
  attempt(steps, 'proof', () => {
    const { includeBy } = parsePromise(receipt.promise)
    if (now > includeBy)
      throw invalid('ledger.promise_overdue', 'The promise is overdue: ask for the proof, and complain with this receipt if there is none.')
    return { reason: 'The proof is not there yet, and not overdue.' }
  })
}

function checkProof(steps: ReceiptStep[], receipt: Receipt, text: string, policy: Policy): boolean {
  const quorum = policy.quorum !== undefined
  const result = attempt(steps, 'proof', () => {
    const proof = parseProof(text)
    // Who cosigned is a step of its own, so that a missing witness does not look like a missing leaf.
    const { checkpoint } = checkUnderPolicy({ ...policy, quorum: undefined }, proof.checkpoint)
    if (parsePromise(receipt.promise).origin !== checkpoint.origin) throw invalid('ledger.proof_origin', 'Promise and proof are by different logs.')
    checkPromisedLeaf(parsePromise(receipt.promise).leafHash, receipt)
    if (!verifyInclusion(leafHash(receipt.leaf), proof.index, checkpoint.size, checkpoint.root, proof.hashes)) {
      throw invalid('ledger.proof_wrong', 'The proof does not lead from this leaf to the signed tree.')
    }
    return { proof, reason: `The leaf is entry ${proof.index} of ${checkpoint.size} in the log ${checkpoint.origin}.` }
  })
  if (!result) return false
  return !quorum || checkWitnesses(steps, policy, result.proof.checkpoint)
}

function checkWitnesses(steps: ReceiptStep[], policy: Policy, note: string): boolean {
  const result = attempt(steps, 'witnesses', (): PolicyVerdict & { reason: string } => {
    const verdict = checkUnderPolicy(policy, note)
    return { ...verdict, reason: `${verdict.cosigned.length} witnesses of the policy cosigned.` }
  })
  return result !== undefined
}
