// A receipt: docs/ledger-format.md section 4. Checked only against keys that come from outside of it.
import { DomainError, invalid } from '../errors.ts'
import { decodeUtf8, equalBytes } from './bytes.ts'
import { parseCheckpoint } from './checkpoint.ts'
import { parseLeaf, leafCommitment } from './leaf.ts'
import type { Leaf } from './leaf.ts'
import { parseNote, parseVkey, noteTypes } from './note.ts'
import { verifyRevealed } from './payload.ts'
import type { RevealedPayload, SaltedPayload } from './payload.ts'
import { checkUnderPolicy, parsePolicy } from './policy.ts'
import type { Policy, PolicyVerdict } from './policy.ts'
import { parsePromise, promiseKeyName, verifyPromise } from './promise.ts'
import { parseProof } from './proof.ts'
import { leafHash, verifyInclusion } from './tree.ts'

/** A JSON value. `leaf`, `promise` and `proof` are texts; `payload` opens what the holder may know. */
export type Receipt = { format: 'xiangli-receipt/v1'; leaf: string; promise: string; proof?: string | undefined; payload?: SaltedPayload | undefined }

/** One key, or all that a log had when it turned its keys. */
type Vkeys = string | string[]

/**
 * What the verifier trusts, given from outside: the log's vkey or a tlog-policy, and the promise key pinned beside it.
 * `now` makes an overdue promise show. `source` is `server` when the keys came from where the receipt came from:
 * every step is made with them, but the answer stays "key not known".
 */
export type ReceiptTrust = {
  vkey?: Vkeys | undefined
  policy?: string | undefined
  promiseVkey?: Vkeys | undefined
  now?: Date | undefined
  source?: 'outside' | 'server' | undefined
}

/** In the order they are made. */
export const receiptSteps = ['receipt', 'payload', 'key', 'promise', 'proof', 'witnesses'] as const

/**
 * `unknown`: no key from outside fits, so nothing is said. `impossible`: this machine cannot do the sum (an old browser).
 * Both are not `ok`, and neither says that the receipt is wrong.
 */
export type StepOutcome = 'passed' | 'failed' | 'unknown' | 'impossible'

/** One step of the check, in order; `code` and `facts` are for words (receipt-words.ts), `reason` is a sentence for technicians. */
export type ReceiptStep = {
  step: (typeof receiptSteps)[number]
  ok: boolean
  outcome: StepOutcome
  code: string
  reason: string
  facts: Record<string, string | number>
}

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
  leaf: decodeUtf8(leaf) ?? '',
  promise,
  ...(payload ? { payload } : {}),
})

/**
 * What a verdict comes to. A step that failed decides before a key that is missing: a receipt whose payload was
 * changed is wrong under every key.
 */
export type ReceiptAnswer = 'included' | 'promised' | 'failed' | 'key-unknown' | 'impossible' | 'no-receipt'

export function answerOf({ ok, level, steps }: ReceiptVerdict): ReceiptAnswer {
  const has = (wanted: StepOutcome) => steps.some(({ outcome }) => outcome === wanted)
  if (ok && level !== 'nothing') return level
  if (steps.some(({ step, outcome }) => step === 'receipt' && outcome === 'failed')) return 'no-receipt'
  if (has('failed')) return 'failed'
  return has('impossible') ? 'impossible' : 'key-unknown'
}

/** Which log a receipt says it is of: only to look up what is known under that name. */
export function claimedOrigin(value: unknown): string | undefined {
  try {
    return parsePromise(parseReceipt(value).promise).origin
  } catch (error) {
    if (error instanceof DomainError) return undefined
    throw error
  }
}

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
    return { receipt, leaf, facts: { hour: leaf.hour }, reason: `The receipt holds a leaf of the hour ${leaf.hour}.` }
  })
  if (!read) return verdict
  const { receipt, leaf } = read
  verdict.leaf = leaf
  if (receipt.payload !== undefined) verdict.opened = checkPayload(steps, leaf, receipt.payload)
  const keys = attempt(steps, 'key', () => readTrust(trust))
  if (trust.source === 'server') setAsideKey(steps)
  const promised = checkPromise(steps, receipt, trust)
  const included = keys?.policy && receipt.proof !== undefined ? checkProof(steps, receipt, receipt.proof, keys.policy) : false
  if (receipt.proof === undefined && trust.now) checkOverdue(steps, receipt, trust.now)
  verdict.level = included ? 'included' : promised ? 'promised' : 'nothing'
  verdict.ok = verdict.level !== 'nothing' && steps.every(({ ok }) => ok)
  return verdict
}

/** Runs one step; a refusal becomes its reason. */
function attempt<Result extends { reason: string; facts?: ReceiptStep['facts'] }>(
  steps: ReceiptStep[],
  step: ReceiptStep['step'],
  work: () => Result,
): Result | undefined {
  try {
    const result = work()
    steps.push({ step, ok: true, outcome: 'passed', code: `ledger.${step}_passed`, reason: result.reason, facts: result.facts ?? {} })
    return result
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    steps.push(refused(step, error))
    return undefined
  }
}

const refused = (step: ReceiptStep['step'], error: DomainError): ReceiptStep => ({
  step,
  ok: false,
  outcome: outcomeOf(error),
  code: error.code,
  reason: error.message,
  facts: {},
})

/** The verdict when nothing could even be begun. */
export const verdictWithout = (error: DomainError): ReceiptVerdict => ({ ok: false, level: 'nothing', steps: [refused('receipt', error)] })

/** The verdict (made without keys) when a key was given that cannot be read. */
export const refuseKey = (verdict: ReceiptVerdict, error: DomainError): ReceiptVerdict => ({
  ...verdict,
  steps: verdict.steps.map((made) => (made.step === 'key' ? refused('key', error) : made)),
})

const keyNotKnown = 'ledger.key_not_known'

const outcomeOf = ({ kind, code }: DomainError): StepOutcome => (kind === 'unavailable' ? 'impossible' : code === keyNotKnown ? 'unknown' : 'failed')

/** Keys of the server that gave the receipt may be tried, but they make nothing known. */
function setAsideKey(steps: ReceiptStep[]): void {
  const last = steps.at(-1)
  if (!last?.ok) return
  const reason = 'Key not known: this key came from where the receipt came from.'
  steps[steps.length - 1] = { ...last, ok: false, outcome: 'unknown', code: 'ledger.key_from_server', reason }
}

function checkPayload(steps: ReceiptStep[], leaf: Leaf, payload: unknown): RevealedPayload | undefined {
  return attempt(steps, 'payload', () => {
    const commitment = leafCommitment(leaf)
    if (!commitment) throw invalid('ledger.payload_mismatch', 'A leaf of this kind commits to no payload.')
    const opened = verifyRevealed(payload, commitment)
    const facts = { shown: Object.keys(opened.values).length, closed: opened.closed.length }
    return { opened, facts, reason: `${facts.shown} fields shown are those of the leaf, ${facts.closed} are closed.` }
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
  throw invalid(keyNotKnown, 'Key not known: give the key or policy that you pinned or got from elsewhere.')
}

function checkPromise(steps: ReceiptStep[], receipt: Receipt, trust: ReceiptTrust): boolean {
  const pinned = trust.promiseVkey
  if (pinned === undefined) {
    if (receipt.proof === undefined)
      attempt(steps, 'promise', () => {
        throw invalid(keyNotKnown, 'Key not known: the promise key was not given from outside.')
      })
    return false
  }
  const result = attempt(steps, 'promise', () => {
    const keys = [pinned].flat().map(parseVkey)
    refuseOtherLog(
      keys.map(({ name }) => name),
      promiseKeyName(parsePromise(receipt.promise).origin),
    )
    const promise = verifyPromise(receipt.promise, keys)
    checkPromisedLeaf(promise.leafHash, receipt)
    const facts = { origin: promise.origin, time: promise.time.toISOString(), by: promise.includeBy.toISOString() }
    return { facts, reason: `${promise.origin} promised this leaf for ${promise.includeBy.toISOString()} at the latest.` }
  })
  return result !== undefined
}

function checkPromisedLeaf(hash: Uint8Array, receipt: Receipt): void {
  if (!equalBytes(hash, leafHash(receipt.leaf))) throw invalid('ledger.promise_leaf', 'The promise is for another leaf.')
}

/** A key of another log says nothing about this one: neither that it is right nor that it is wrong. */
function refuseOtherLog(names: string[], wanted: string): void {
  if (!names.includes(wanted)) throw invalid(keyNotKnown, `Key not known: the receipt is of ${wanted}, and no key of that name was given.`)
}

function checkOverdue(steps: ReceiptStep[], receipt: Receipt, now: Date): void {
  attempt(steps, 'proof', () => {
    const { includeBy } = parsePromise(receipt.promise)
    if (now > includeBy)
      throw invalid('ledger.promise_overdue', 'The promise is overdue: ask for the proof, and complain with this receipt if there is none.')
    return { reason: 'The proof is not there yet, and not overdue.', facts: { by: includeBy.toISOString(), pending: 1 } }
  })
}

function checkProof(steps: ReceiptStep[], receipt: Receipt, text: string, policy: Policy): boolean {
  const result = attempt(steps, 'proof', () => {
    const proof = parseProof(text)
    // Who cosigned is a step of its own, so that a missing witness does not look like a missing leaf.
    const names = policy.logs.map(({ key }) => key.name)
    refuseOtherLog(names, parseCheckpoint(parseNote(proof.checkpoint).text).origin)
    const { checkpoint } = checkUnderPolicy({ ...policy, quorum: undefined, parties: new Map() }, proof.checkpoint)
    if (parsePromise(receipt.promise).origin !== checkpoint.origin) throw invalid('ledger.proof_origin', 'Promise and proof are by different logs.')
    checkPromisedLeaf(parsePromise(receipt.promise).leafHash, receipt)
    if (!verifyInclusion(leafHash(receipt.leaf), proof.index, checkpoint.size, checkpoint.root, proof.hashes)) {
      throw invalid('ledger.proof_wrong', 'The proof does not lead from this leaf to the signed tree.')
    }
    const facts = { nth: proof.index + 1, size: checkpoint.size, origin: checkpoint.origin }
    return { proof, facts, reason: `The leaf is entry ${proof.index} of ${checkpoint.size} in the log ${checkpoint.origin}.` }
  })
  if (!result) return false
  return policy.parties.size === 0 || checkWitnesses(steps, policy, result.proof.checkpoint)
}

function checkWitnesses(steps: ReceiptStep[], policy: Policy, note: string): boolean {
  const result = attempt(steps, 'witnesses', (): PolicyVerdict & { reason: string; facts: ReceiptStep['facts'] } => {
    const verdict = checkUnderPolicy(policy, note)
    const facts = { count: verdict.cosigned.length, names: verdict.cosigned.map(({ name }) => name).join(', ') }
    return { ...verdict, facts, reason: `${verdict.cosigned.length} witnesses of the policy cosigned.` }
  })
  return result !== undefined
}
