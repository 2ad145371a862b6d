// Signed notes and verifier keys of C2SP signed-note. Only Ed25519 (type 0x01) is signed and verified here;
// cosignature.ts adds type 0x04.
import { invalid } from '../errors.ts'
import { concatBytes, decodeBase64, decodeUtf8, fromHex, sha256, toBase64, toHex } from './bytes.ts'
import { ed25519Signer, verifyEd25519 } from './platform.ts'

export { verifyEd25519 }

/** Signature types of C2SP signed-note that this program knows. */
export const noteTypes = { ed25519: 1, cosignature: 4 } as const
export type NoteType = (typeof noteTypes)[keyof typeof noteTypes]

/** A public key under a name; `id` is 8 hexadecimal digits. Name and id together say who signed and how. */
export type VerifierKey = { name: string; id: string; type: NoteType; publicKey: Uint8Array }

/** A key that signs notes. */
export type NoteSigner = { verifier: VerifierKey; sign(message: Uint8Array | string): Uint8Array }

/** One line of signature, not verified: `bytes` is what follows the key id. */
export type NoteSignature = { name: string; id: string; bytes: Uint8Array }

/** A note whose form is right and whose signatures nobody has looked at: do not trust `text` yet. */
export type ParsedNote = { text: string; signatures: NoteSignature[] }

const maxNoteLength = 1_000_000
const maxSignatures = 100

/** Key names are not empty and hold no Unicode space, plus sign or control character. */
export const isKeyName = (name: string) => name.isWellFormed() && /^[^\p{White_Space}\p{Cc}+]+$/u.test(name)

function checkKeyName(name: string): void {
  if (!isKeyName(name)) throw invalid('ledger.key_name', 'A key name is not empty and has no spaces, plus signs or control characters.')
}

/** The key id: the first four bytes of SHA-256(name || 0x0A || type || public key), as hexadecimal digits. */
export const keyId = (name: string, type: NoteType, publicKey: Uint8Array) =>
  toHex(sha256(`${name}\n`, Uint8Array.of(type), publicKey).subarray(0, 4))

/** A verifier key from its parts; refuses bad names and public keys that verify anything. */
export function verifierKey(name: string, type: NoteType, publicKey: Uint8Array): VerifierKey {
  checkKeyName(name)
  checkPublicKey(publicKey)
  return { name, id: keyId(name, type, publicKey), type, publicKey }
}

/** `<name>+<key id>+base64(type || public key)`. */
export const encodeVkey = ({ name, id, type, publicKey }: VerifierKey) => `${name}+${id}+${toBase64(concatBytes(Uint8Array.of(type), publicKey))}`

/** Reads a vkey; refuses unknown types, a key id that does not belong to the key, and keys of low order. */
export function parseVkey(vkey: string): VerifierKey {
  const [, name, id, encoded] = /^([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)$/u.exec(vkey) ?? []
  const bytes = encoded === undefined ? undefined : decodeBase64(encoded)
  if (!name || !id || !bytes) throw invalid('ledger.vkey_malformed', 'A verifier key looks like name+0123abcd+base64.')
  const type = bytes[0]
  if (type !== noteTypes.ed25519 && type !== noteTypes.cosignature) {
    throw invalid('ledger.vkey_type', 'This type of key is not supported: only Ed25519 (1) and Ed25519 cosignatures (4).')
  }
  const key = verifierKey(name, type, bytes.subarray(1))
  if (key.id !== id) throw invalid('ledger.vkey_id', 'The key id does not belong to this name and public key.')
  return key
}

const p = 2n ** 255n - 19n
const lowOrderY = [
  0n,
  1n,
  p - 1n,
  0x05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826n,
  0x7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7n,
]

/** Refuses encodings that are not canonical and points of order 1, 2, 4 or 8: one signature by such a key fits many messages. */
function checkPublicKey(publicKey: Uint8Array): void {
  if (publicKey.length !== 32) throw invalid('ledger.key_length', 'An Ed25519 public key has 32 bytes.')
  const y = BigInt(`0x${toHex(publicKey.toReversed())}`) & (2n ** 255n - 1n)
  if (y >= p || lowOrderY.includes(y)) throw invalid('ledger.key_low_order', 'This public key is of low order or not canonical: it proves nothing.')
}

/** A signer under `name` from a 32-byte Ed25519 seed. */
export function noteSigner(name: string, type: NoteType, seed: Uint8Array): NoteSigner {
  if (seed.length !== 32) throw invalid('ledger.seed_length', 'An Ed25519 seed has 32 bytes.')
  const { publicKey, sign } = ed25519Signer(seed)
  return { verifier: verifierKey(name, type, publicKey), sign }
}

/** A signature line with its newline: em dash, key name, base64(key id || signature). */
export const signatureLine = (key: Pick<VerifierKey, 'name' | 'id'>, signature: Uint8Array) =>
  `\u2014 ${key.name} ${toBase64(concatBytes(fromHex(key.id), signature))}\n`

/** Signs a text (which ends in a newline) with one or more keys and gives the note. */
export function signNote(text: string, ...signers: NoteSigner[]): string {
  checkText(text)
  return `${text}\n${signers.map((signer) => signatureLine(signer.verifier, signer.sign(text))).join('')}`
}

function checkText(text: string): void {
  if (!text.endsWith('\n')) throw invalid('ledger.note_text', 'The text of a note ends in a newline.')
  if (!text.isWellFormed() || hasControl(text)) {
    throw invalid('ledger.note_text', 'The text of a note is valid UTF-8 without control characters other than newline.')
  }
}

/** Whether there is an ASCII control character other than newline (those below U+0020). */
// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const hasControl = (text: string) => /[\u0000-\u0009\u000b-\u001f]/.test(text)

/** Splits a note into its text and its signatures. Verifies nothing but the form. */
export function parseNote(note: string | Uint8Array): ParsedNote {
  if (note.length > maxNoteLength) throw malformed('is too long')
  const whole = typeof note === 'string' ? note : decodeUtf8(note)
  if (whole === undefined || !whole.isWellFormed()) throw malformed('is not valid UTF-8')
  if (hasControl(whole)) throw malformed('has control characters')
  const split = whole.lastIndexOf('\n\n')
  const lines = split < 0 ? [] : whole.slice(split + 2).split('\n')
  if (split < 0 || lines.pop() !== '' || lines.length === 0) throw malformed('does not end in a block of signatures')
  if (lines.length > maxSignatures) throw malformed('has too many signatures')
  return { text: whole.slice(0, split + 1), signatures: lines.map(parseSignature) }
}

function parseSignature(line: string): NoteSignature {
  const [, name, encoded] = /^\u2014 ([^ ]+) ([^ ]+)$/u.exec(line) ?? []
  const bytes = encoded === undefined ? undefined : decodeBase64(encoded)
  if (!name || !isKeyName(name) || !bytes || bytes.length < 5) throw malformed('has a malformed signature line')
  return { name, id: toHex(bytes.subarray(0, 4)), bytes: bytes.subarray(4) }
}

const malformed = (what: string) => invalid('ledger.note_malformed', `The signed note ${what}.`)

/** The signatures of a note that claim to be by this key. */
export const signaturesBy = (note: ParsedNote, key: VerifierKey) => note.signatures.filter(({ name, id }) => name === key.name && id === key.id)

/**
 * The keys of type 0x01 among `keys` that signed the note; signatures of other keys are ignored.
 * One that claims a known key and does not verify spoils the whole note: a refusal, as is none at all.
 */
export function verifyNote(note: ParsedNote, keys: VerifierKey[]): VerifierKey[] {
  const verified = keys.filter((key) => {
    if (key.type !== noteTypes.ed25519) return false
    const signatures = signaturesBy(note, key)
    if (signatures.some(({ bytes }) => !verifyEd25519(key.publicKey, note.text, bytes))) {
      throw invalid('ledger.signature_wrong', `The signature by ${key.name} is wrong: the text was changed or the key is another one.`)
    }
    return signatures.length > 0
  })
  if (verified.length === 0) throw invalid('ledger.signature_missing', 'No known key signed this note.')
  return verified
}
