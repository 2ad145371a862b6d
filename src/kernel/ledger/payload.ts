// A payload is a list of salted fields behind one commitment. One field can be shown, or erased, alone.
// The grammar is docs/ledger-format.md section 1.
import { invalid } from '../errors.ts'
import { decodeHash, equalBytes, hmacSha256, toBase64, toUtf8 } from './bytes.ts'
import { canonicalJson } from './canonical-json.ts'
import type { JsonValue } from './canonical-json.ts'
import { randomBytes } from './platform.ts'

/** An open field: `salt` is 32 random bytes in base 64. */
export type OpenField = { name: string; salt: string; value: JsonValue }

/** A field that is hidden or erased: only its commitment (base 64) is left. */
export type ClosedField = { name: string; commitment: string }

/** `salt` is the event's own salt (32 random bytes in base 64); fields are sorted by name. A JSON value as it is. */
export type SaltedPayload = { salt: string; fields: (OpenField | ClosedField)[] }

/** What a revealed payload shows: the values of its open fields and the names of the closed ones. */
export type RevealedPayload = { values: { [name: string]: JsonValue }; closed: string[] }

const eventTag = 'xiangli-payload/v1\n'
const fieldTag = 'xiangli-field/v1\n'
const fieldName = /^[a-z][a-z0-9_.-]{0,63}$/
const maxFields = 1000

/** Gives every field, and the event, its own fresh salt. */
export function sealPayload(fields: Record<string, JsonValue>): SaltedPayload {
  const names = Object.keys(fields).toSorted()
  return checkForm({
    salt: newSalt(),
    fields: names.map((name) => ({ name, salt: newSalt(), value: fields[name] ?? null })),
  })
}

const newSalt = () => toBase64(randomBytes(32))

/** The commitment that goes into the leaf: 32 bytes. The same before and after fields are hidden or erased. */
export function commitmentOf(payload: SaltedPayload): Uint8Array {
  const parts = checkForm(payload).fields.flatMap((field) => {
    const name = toUtf8(field.name)
    return [Uint8Array.of(name.length), name, fieldCommitment(field)]
  })
  return hmacSha256(hash(payload.salt), eventTag, ...parts)
}

function fieldCommitment(field: OpenField | ClosedField): Uint8Array {
  if ('commitment' in field) return hash(field.commitment)
  return hmacSha256(hash(field.salt), fieldTag, canonicalJson([field.name, field.value]))
}

/** The payload with only the named fields open: salts and values of the others are gone from the copy. */
export function revealFields(payload: SaltedPayload, names: Iterable<string>): SaltedPayload {
  const open = new Set(names)
  return { salt: payload.salt, fields: payload.fields.map((field) => (open.has(field.name) ? field : closeField(field))) }
}

/** The payload with the named fields erased: their values cannot be computed back, the commitment stays. */
export function eraseFields(payload: SaltedPayload, names: Iterable<string>): SaltedPayload {
  const erased = new Set(names)
  return { salt: payload.salt, fields: payload.fields.map((field) => (erased.has(field.name) ? closeField(field) : field)) }
}

const closeField = (field: OpenField | ClosedField): ClosedField => ({ name: field.name, commitment: toBase64(fieldCommitment(field)) })

/** Checks a revealed payload against the commitment in its leaf; a mismatch is a refusal. */
export function verifyRevealed(payload: unknown, commitment: Uint8Array): RevealedPayload {
  const checked = parsePayload(payload)
  if (!equalBytes(commitmentOf(checked), commitment)) throw invalid('ledger.payload_mismatch', 'The fields shown are not those of this leaf.')
  const open = checked.fields.filter((field) => 'value' in field)
  return {
    values: Object.fromEntries(open.map(({ name, value }) => [name, value])),
    closed: checked.fields.filter((field) => 'commitment' in field).map(({ name }) => name),
  }
}

/** Reads an untrusted JSON value as a payload: exact members, strict base 64, names in order and never twice. */
export function parsePayload(value: unknown): SaltedPayload {
  if (!isRecord(value) || !hasExactly(value, ['fields', 'salt'])) throw malformed()
  const { salt, fields } = value
  if (typeof salt !== 'string' || !Array.isArray(fields)) throw malformed()
  return checkForm({ salt, fields: fields.map(parseField) })
}

function parseField(field: unknown): OpenField | ClosedField {
  if (!isRecord(field) || typeof field.name !== 'string') throw malformed()
  if (hasExactly(field, ['commitment', 'name']) && typeof field.commitment === 'string') return { name: field.name, commitment: field.commitment }
  if (!hasExactly(field, ['name', 'salt', 'value']) || typeof field.salt !== 'string' || !isJson(field.value)) throw malformed()
  return { name: field.name, salt: field.salt, value: field.value }
}

function checkForm(payload: SaltedPayload): SaltedPayload {
  if (payload.fields.length > maxFields) throw invalid('ledger.payload_large', `A payload has at most ${maxFields} fields.`)
  let before = ''
  for (const field of payload.fields) {
    if (!fieldName.test(field.name) || field.name <= before) throw malformed()
    if (!decodeHash('commitment' in field ? field.commitment : field.salt)) throw malformed()
    before = field.name
  }
  if (!decodeHash(payload.salt)) throw malformed()
  return payload
}

function hash(text: string): Uint8Array {
  const bytes = decodeHash(text)
  if (!bytes) throw malformed()
  return bytes
}

/** Canonical JSON refuses everything that is not JSON, so it is the check. */
function isJson(value: unknown): value is JsonValue {
  // `value` is only handed on to be refused or written.
  return value !== undefined && canonicalJson(value as JsonValue) !== ''
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)
const hasExactly = (value: object, names: string[]) => Object.keys(value).toSorted().join() === names.join()
const malformed = () => invalid('ledger.payload_malformed', 'The payload is not one of docs/ledger-format.md section 1.')
