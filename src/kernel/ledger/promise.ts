// The promise given with an acknowledgement: docs/ledger-format.md section 3. If the queue loses the entry,
// this is the evidence.
import { invalid } from '../errors.ts'
import { decodeHash, toBase64 } from './bytes.ts'
import { isKeyName, parseNote, signNote, verifyNote } from './note.ts'
import type { NoteSigner, VerifierKey } from './note.ts'

/** Seconds after which a promised leaf must be in the log. */
export const includeWithinSeconds = 60

/** What was promised: the leaf with this hash will be in the log of `origin` by `includeBy`. */
export type LogPromise = { origin: string; leafHash: Uint8Array; time: Date; includeBy: Date }

const header = 'xiangli-promise/v1'

/** The name of a log's promise key. */
export const promiseKeyName = (origin: string) => `${origin}/promise`

/** Signs a promise with one key, or with two while one replaces the other; each is named `promiseKeyName(origin)`. */
export function signPromise(signers: NoteSigner | NoteSigner[], hash: Uint8Array, at: Date): string {
  const keys = Array.isArray(signers) ? signers : [signers]
  const origin = keys[0]?.verifier.name.replace(/\/promise$/, '') ?? ''
  if (keys.length === 0 || keys.some(({ verifier }) => verifier.name !== promiseKeyName(origin)))
    throw invalid('ledger.promise_key', 'Promises are signed by keys named <origin>/promise.')
  const seconds = Math.floor(at.getTime() / 1000)
  const body = [header, origin, `leaf ${toBase64(hash)}`, `time ${second(seconds)}`, `include-by ${second(seconds + includeWithinSeconds)}`, '']
  return signNote(body.join('\n'), ...keys)
}

const second = (seconds: number) => new Date(seconds * 1000).toISOString().replace('.000Z', 'Z')

/** Reads a promise without verifying who signed it. */
export function parsePromise(note: string): LogPromise {
  const [version, origin = '', leaf = '', time = '', includeBy = '', ...end] = parseNote(note).text.split('\n')
  if (version !== header) throw invalid('ledger.promise_version', 'This version of promise is not known here.')
  const leafHash = leaf.startsWith('leaf ') ? decodeHash(leaf.slice(5)) : undefined
  const from = readSecond(time, 'time ')
  const to = readSecond(includeBy, 'include-by ')
  if (!isKeyName(origin) || !leafHash || !from || !to || to < from || end.length !== 1 || end[0] !== '') {
    throw invalid('ledger.promise_malformed', 'This is not a promise of docs/ledger-format.md section 3.')
  }
  return { origin, leafHash, time: from, includeBy: to }
}

function readSecond(line: string, prefix: string): Date | undefined {
  const text = line.startsWith(prefix) ? line.slice(prefix.length) : ''
  const instant = /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$/.test(text) ? new Date(text) : undefined
  return instant && !Number.isNaN(instant.getTime()) && second(instant.getTime() / 1000) === text ? instant : undefined
}

/** Reads a promise and verifies it with a pinned promise key, or any of several; a refusal says what is wrong. */
export function verifyPromise(note: string, pinned: VerifierKey | VerifierKey[]): LogPromise {
  const promise = parsePromise(note)
  const keys = [pinned].flat().filter(({ name }) => name === promiseKeyName(promise.origin))
  if (keys.length === 0) throw invalid('ledger.promise_key', 'The promise is by another log than the key given.')
  verifyNote(parseNote(note), keys)
  return promise
}
