// The grammar of leaves: docs/ledger-format.md section 2. A leaf is public for ever, so it can only say
// what one of these kinds has a field for, and no field can hold a name, a contact, an address or free text.
import { DomainError, invalid } from '../errors.ts'
import { decodeDecimal, decodeHash, decodeUtf8, toBase64, toUtf8 } from './bytes.ts'
import { parseVkey } from './note.ts'

/** What a field may hold, as a test of its text. */
const forms = {
  hash: (text: string) => decodeHash(text) !== undefined,
  number: (text: string) => decodeDecimal(text) !== undefined,
  /** A name of ours, not of a person. No long runs of digits: those are telephone, identity and letter numbers. */
  slug: (text: string) => isUuid(text) || (/^[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?$/.test(text) && !/[0-9]{7}/.test(text)),
  publicationAction: (text: string) => ['publish', 'withdraw'].includes(text),
  keyAction: (text: string) => ['announce', 'use', 'drop'].includes(text),
  vkey: (text: string) => isVkey(text),
  origin: (text: string) => isOrigin(text),
  ranges: (text: string) => isRanges(text),
}

/** The fields of each kind, in the order they are written. All are required. */
const kinds = {
  case: { commitment: 'hash' },
  register: { register: 'slug', entry: 'slug', version: 'number', commitment: 'hash' },
  package: { package: 'slug', version: 'slug', digest: 'hash' },
  publication: { publication: 'slug', action: 'publicationAction', commitment: 'hash' },
  key: { action: 'keyAction', vkey: 'vkey' },
  audit: { audit: 'slug', size: 'number', findings: 'number', commitment: 'hash' },
  erased: { covers: 'ranges', basis: 'slug', commitment: 'hash' },
  views: { commitment: 'hash' },
  epoch: { previous: 'origin', size: 'number', root: 'hash' },
} as const satisfies Record<string, Record<string, keyof typeof forms>>

export type LeafKind = keyof typeof kinds

/** `hour` is the UTC hour, e.g. `2026-11-23T14Z`; `fields` are texts, hashes among them in base 64. */
export type Leaf<Kind extends LeafKind = LeafKind> = Kind extends LeafKind
  ? { kind: Kind; hour: string; fields: Record<keyof (typeof kinds)[Kind], string> }
  : never

const header = 'xiangli-leaf/v1'
const maxLeafLength = 4096

/** The UTC hour of an instant as leaves write it. */
export const hourOf = (at: Date) => `${at.toISOString().slice(0, 13)}Z`

/** Writes a leaf; refuses a field that its form does not allow. */
export function encodeLeaf<Kind extends LeafKind>(kind: Kind, at: Date, fields: Record<keyof (typeof kinds)[Kind] & string, string>): Uint8Array {
  const lines = Object.keys(kinds[kind]).map((name) => {
    // The keys of the table are the keys of `fields`.
    const text = fields[name as keyof typeof fields]
    return `${name} ${text}\n`
  })
  const text = `${header}\n${kind}\n${hourOf(at)}\n${lines.join('')}`
  parseLeaf(text)
  return toUtf8(text)
}

/** A case leaf: the hour and the commitment to the event's payload, nothing else. */
export function caseLeaf(at: Date, commitment: Uint8Array): Uint8Array {
  // Each event has one, so it is not read back as `encodeLeaf` does: an hour and 32 bytes can be written in one way only.
  const hour = hourOf(at)
  if (hour.length !== 14 || commitment.length !== 32) throw malformed('has no valid hour or commitment')
  return toUtf8(`${header}\ncase\n${hour}\ncommitment ${toBase64(commitment)}\n`)
}

/** Reads a leaf; refuses unknown versions and kinds, missing, extra or reordered lines, and bytes after the end. */
export function parseLeaf(bytes: Uint8Array | string): Leaf {
  const text = typeof bytes === 'string' ? bytes : decodeUtf8(bytes)
  if (text === undefined || !text.isWellFormed() || text.length > maxLeafLength) throw malformed('is not a short UTF-8 text')
  const [version = '', kind = '', hour = '', ...lines] = text.split('\n')
  if (version !== header) throw invalid('ledger.leaf_version', 'This version of leaf is not known here.')
  if (!isKind(kind)) throw malformed('is of an unknown kind')
  if (!isHour(hour)) throw malformed('has no valid hour')
  if (lines.pop() !== '') throw malformed('does not end in a newline')
  const grammar = Object.entries(kinds[kind])
  if (lines.length !== grammar.length) throw malformed('has too few or too many lines')
  const fields = Object.fromEntries(grammar.map(([name, form], at) => [name, readField(lines[at] ?? '', name, form)]))
  // The loop above filled exactly the fields of this kind.
  return { kind, hour, fields } as Leaf
}

function readField(line: string, name: string, form: keyof typeof forms): string {
  const text = line.startsWith(`${name} `) ? line.slice(name.length + 1) : undefined
  if (text === undefined || !forms[form](text)) throw malformed(`has no valid ${name}`)
  return text
}

/** The commitment or digest of a leaf, 32 bytes, when its kind has one. */
export function leafCommitment(leaf: Leaf): Uint8Array | undefined {
  return 'commitment' in leaf.fields ? decodeHash(leaf.fields.commitment) : undefined
}

const isKind = (text: string): text is LeafKind => Object.hasOwn(kinds, text)
const isUuid = (text: string) => /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text)
const isOrigin = (text: string) => /^[a-z0-9.-]{1,200}\/[a-z0-9-]{1,64}\/[1-9][0-9]{0,5}$/.test(text)

function isHour(text: string): boolean {
  if (!/^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}Z$/.test(text)) return false
  const instant = new Date(text.replace('Z', ':00:00Z'))
  return !Number.isNaN(instant.getTime()) && hourOf(instant) === text
}

function isVkey(text: string): boolean {
  try {
    return parseVkey(text).name.length <= 300
  } catch (error) {
    if (error instanceof DomainError && error.kind === 'invalid') return false
    throw error
  }
}

/** Ascending indexes and ranges that do not touch, e.g. `4,9-12`. */
function isRanges(text: string): boolean {
  let before = -2
  for (const part of text.split(',')) {
    const [first = '', last = first, ...more] = part.split('-')
    const [from, to] = [decodeDecimal(first), decodeDecimal(last)]
    if (from === undefined || to === undefined || more.length > 0 || from <= before + 1) return false
    if (part.includes('-') && to <= from) return false
    before = to
  }
  return true
}

const malformed = (what: string) => invalid('ledger.leaf_malformed', `The leaf ${what}.`)
