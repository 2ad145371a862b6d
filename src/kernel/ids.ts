import { createHash, randomBytes, randomInt } from 'node:crypto'

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ' // Crockford base 32: no I, L, O, U

let latest = { at: -1, count: 0 }

/**
 * A time-ordered UUID (RFC 9562 version 7) for `at`. Those that this process makes for one millisecond are ordered too, by a counter of
 * 26 bits that begins anywhere (section 6.2, method 1): what was made first is read first.
 */
export function uuidv7(at: Date): string {
  const time = at.getTime()
  latest = { at: time, count: time === latest.at ? latest.count + 1 : randomInt(2 ** 25) }
  const bytes = randomBytes(16)
  bytes.writeUIntBE(time, 0, 6)
  bytes.writeUInt16BE(0x7000 | ((latest.count >>> 14) & 0xfff), 6)
  bytes.writeUInt16BE(0x8000 | (latest.count & 0x3fff), 8)
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
