// Trust policies of C2SP tlog-policy: which logs are known, which witnesses, and how many must have cosigned.
import { invalid } from '../errors.ts'
import type { Checkpoint } from './checkpoint.ts'
import { parseCheckpoint } from './checkpoint.ts'
import { decodeDecimal, decodeUtf8, equalBytes, toUtf8 } from './bytes.ts'
import { verifyCosignature } from './cosignature.ts'
import { noteTypes, parseNote, parseVkey, verifyNote } from './note.ts'
import type { NoteType, VerifierKey } from './note.ts'

/** A witness or group; names are octets (kept as Latin-1) and mean nothing outside of the file. */
type Witness = { kind: 'witness'; key: VerifierKey; url: string | undefined }
type Group = { kind: 'group'; threshold: number; members: string[] }

/** A parsed policy; `quorum` is undefined for `quorum none`. */
export type Policy = { logs: { key: VerifierKey; url: string | undefined }[]; parties: Map<string, Witness | Group>; quorum: string | undefined }

/** What a policy found in a checkpoint: who signed and who cosigned when (POSIX seconds). */
export type PolicyVerdict = { checkpoint: Checkpoint; logs: VerifierKey[]; cosigned: { name: string; timestamp: number }[] }

const maxLines = 10_000

/** Reads a policy file; refuses every line the specification does not allow, with its number. */
export function parsePolicy(file: string | Uint8Array): Policy {
  const octets = toOctets(file)
  // oxlint-disable-next-line no-control-regex -- control characters are what it looks for
  if (/[\u0000-\u0008\u000b-\u001f\u007f]/.test(octets))
    throw invalid('ledger.policy_character', 'A policy has no control characters but tab and newline.')
  const lines = octets.split('\n')
  if (lines.length > maxLines) throw invalid('ledger.policy_long', 'The policy has too many lines.')
  const draft: Draft = { logs: [], parties: new Map(), quorum: undefined, members: new Set() }
  for (const [at, line] of lines.entries()) {
    const words = line.split(/[ \t]+/).filter((word) => word !== '')
    if (words.length > 0 && !words[0]?.startsWith('#')) readLine(draft, words, at + 1)
  }
  if (!draft.quorum) throw invalid('ledger.policy_quorum', 'A policy has exactly one quorum line.')
  return { logs: draft.logs, parties: draft.parties, quorum: draft.quorum === 'none' ? undefined : draft.quorum }
}

/** One character (U+0000 to U+00FF) for each octet. */
const toOctets = (file: string | Uint8Array) =>
  Array.from(typeof file === 'string' ? toUtf8(file) : file, (octet) => String.fromCharCode(octet)).join('')

const fromOctets = (octets: string) => Uint8Array.from(octets, (octet) => octet.charCodeAt(0))

type Draft = Omit<Policy, 'quorum'> & { quorum: string | undefined; members: Set<string> }

function readLine(draft: Draft, words: string[], line: number): void {
  const [keyword = '', ...rest] = words
  switch (keyword) {
    case 'log':
      return readLog(draft, rest, line)
    case 'witness':
      return readWitness(draft, rest, line)
    case 'group':
      return readGroup(draft, rest, line)
    case 'quorum':
      return readQuorum(draft, rest, line)
    default:
      throw refuse(line, 'starts with a word that policies do not have')
  }
}

function readLog(draft: Draft, [vkey, url, ...more]: string[], line: number): void {
  if (vkey === undefined || more.length > 0) throw refuse(line, 'must read: log <vkey> [<url>]')
  const key = readKey(vkey, noteTypes.ed25519, line)
  if (draft.logs.some((log) => sameKey(log.key, key))) throw refuse(line, 'repeats the public key of another log')
  draft.logs.push({ key, url })
}

function readWitness(draft: Draft, [name, vkey, url, ...more]: string[], line: number): void {
  if (name === undefined || vkey === undefined || more.length > 0) throw refuse(line, 'must read: witness <name> <vkey> [<url>]')
  const key = readKey(vkey, noteTypes.cosignature, line)
  for (const party of draft.parties.values()) {
    if (party.kind === 'witness' && sameKey(party.key, key)) throw refuse(line, 'repeats the public key of another witness')
  }
  define(draft, name, { kind: 'witness', key, url }, line)
}

function readGroup(draft: Draft, [name, count, ...members]: string[], line: number): void {
  if (name === undefined || count === undefined || members.length === 0) throw refuse(line, 'must read: group <name> all|any|<k> <name>...')
  const threshold = count === 'all' ? members.length : count === 'any' ? 1 : decodeDecimal(count)
  if (!threshold || threshold > members.length) throw refuse(line, 'needs a threshold from 1 to the number of members')
  for (const member of members) {
    if (!draft.parties.has(member)) throw refuse(line, 'names a member that no earlier line defines')
    if (draft.members.has(member)) throw refuse(line, 'names a member that is in a group already')
    draft.members.add(member)
  }
  define(draft, name, { kind: 'group', threshold, members }, line)
}

function readQuorum(draft: Draft, [name, ...more]: string[], line: number): void {
  if (name === undefined || more.length > 0) throw refuse(line, 'must read: quorum <name>')
  if (draft.quorum !== undefined) throw refuse(line, 'is a second quorum line')
  if (name !== 'none' && !draft.parties.has(name)) throw refuse(line, 'names a quorum that no earlier line defines')
  draft.quorum = name
}

function define(draft: Draft, name: string, party: Witness | Group, line: number): void {
  if (name === 'none' || draft.parties.has(name)) throw refuse(line, 'defines a name that is taken')
  draft.parties.set(name, party)
}

function readKey(octets: string, type: NoteType, line: number): VerifierKey {
  const key = parseVkey(decodeUtf8(fromOctets(octets)) ?? '')
  if (key.type !== type) throw refuse(line, `needs a key of type ${type}`)
  return key
}

const sameKey = (a: VerifierKey, b: VerifierKey) => equalBytes(a.publicKey, b.publicKey)
const refuse = (line: number, what: string) => invalid('ledger.policy_line', `Line ${line} of the policy ${what}.`)

/**
 * Checks a checkpoint (a signed note) under a policy: signed by a listed log whose key name is its origin,
 * and cosigned by the quorum. A refusal says which of them is missing.
 */
export function checkUnderPolicy(policy: Policy, note: string | Uint8Array): PolicyVerdict {
  const parsed = parseNote(note)
  const checkpoint = parseCheckpoint(parsed.text)
  const logs = verifyNote(
    parsed,
    policy.logs.map(({ key }) => key).filter((key) => key.name === checkpoint.origin),
  )
  const cosigned: PolicyVerdict['cosigned'] = []
  for (const [name, party] of policy.parties) {
    const timestamp = party.kind === 'witness' ? verifyCosignature(parsed, party.key) : undefined
    if (timestamp !== undefined) cosigned.push({ name, timestamp })
  }
  if (!reachesQuorum(policy, new Set(cosigned.map(({ name }) => name)))) {
    throw invalid('ledger.quorum_missing', `Only ${cosigned.length} known witnesses cosigned: the quorum is not reached.`)
  }
  return { checkpoint, logs, cosigned }
}

/** Whether these witnesses (by their names in the policy) make the quorum. */
export function reachesQuorum(policy: Policy, witnesses: Set<string>): boolean {
  const reached = new Set(witnesses)
  // A group names only earlier parties, and a Map keeps the order of definition.
  for (const [name, party] of policy.parties) {
    if (party.kind === 'group' && party.members.filter((member) => reached.has(member)).length >= party.threshold) reached.add(name)
  }
  return policy.quorum === undefined || reached.has(policy.quorum)
}
