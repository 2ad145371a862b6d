import { createHash, createHmac, createSecretKey, timingSafeEqual } from 'node:crypto'

/** SHA-256 of the parts, one after the other. */
export function sha256(...parts: (Uint8Array | string)[]): Uint8Array {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest()
}

/** HMAC-SHA256 (RFC 2104) of the parts, one after the other. */
export function hmacSha256(key: Uint8Array, ...parts: (Uint8Array | string)[]): Uint8Array {
  // A key object: handed bytes, Node first tries them as one, which takes four times as long as the rest.
  const mac = createHmac('sha256', createSecretKey(key))
  for (const part of parts) mac.update(part)
  return mac.digest()
}

export const equalBytes = (a: Uint8Array, b: Uint8Array) => a.length === b.length && timingSafeEqual(a, b)

/** Standard base 64 with padding (RFC 4648 section 4). */
export const toBase64 = (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')

/** Strict base 64: undefined for anything that is not exactly what `toBase64` writes. */
export function decodeBase64(text: string): Uint8Array | undefined {
  const bytes = Buffer.from(text, 'base64')
  return bytes.toString('base64') === text ? bytes : undefined
}

/** A 32-byte hash in strict base 64, or undefined. */
export function decodeHash(text: string): Uint8Array | undefined {
  if (text.length !== 44) return undefined
  const bytes = decodeBase64(text)
  return bytes?.length === 32 ? bytes : undefined
}

/** A decimal without sign or leading zeroes, at most 2^53 - 1, or undefined. */
export function decodeDecimal(text: string): number | undefined {
  if (!/^(?:0|[1-9][0-9]{0,15})$/.test(text)) return undefined
  const value = Number(text)
  return Number.isSafeInteger(value) ? value : undefined
}

/** The text of strict UTF-8 bytes (a byte-order mark is kept), or undefined. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}
