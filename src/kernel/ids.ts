import { createHash, randomBytes, randomInt } from 'node:crypto'

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ' // Crockford base 32: no I, L, O, U

/** A time-ordered UUID (RFC 9562 version 7) for `at`. */
export function uuidv7(at: Date): string {
  const bytes = randomBytes(16)
  bytes.writeUIntBE(at.getTime(), 0, 6)
  bytes[6] = (bytes.readUInt8(6) & 0x0f) | 0x70
  bytes[8] = (bytes.readUInt8(8) & 0x3f) | 0x80
  const hex = bytes.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

/** Is this text a UUID as the database takes it? */
export const isUuid = (text: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text)

/** `length` random characters that survive being read aloud. */
export function randomCode(length: number): string {
  let code = ''
  for (let index = 0; index < length; index++) code += alphabet[randomInt(32)]
  return code
}

/** A receipt code: 80 random bits in four groups, e.g. `7K3M-9QDX-1T5R-WA2C`. */
export const newReceiptCode = () => (randomCode(16).match(/.{4}/g) ?? []).join('-')

/** What a person may type for a code: case, spaces, dashes and look-alikes do not matter. */
export function normalizeCode(typed: string): string {
  return typed
    .normalize('NFKC')
    .toUpperCase()
    .replaceAll(/[^0-9A-Z]/g, '')
    .replaceAll('O', '0')
    .replaceAll(/[IL]/g, '1')
}

/** SHA-256 of a normalized code: what is stored instead of the code. */
export const codeHash = (code: string) =>
  createHash('sha256')
    .update(`xiangli:code:${normalizeCode(code)}`)
    .digest()
