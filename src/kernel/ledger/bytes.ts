// Bytes and their texts. What differs between Node and a browser comes from platform.ts.
import { fromBase64, toBase64 } from './platform.ts'

export { equalBytes, hmacSha256, sha256, toBase64 } from './platform.ts'

/** The parts, one after the other. */
export function concatBytes(...parts: Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

/** Two hexadecimal digits a byte, in lower case. */
export const toHex = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')

/** The bytes of hexadecimal digits that this program wrote. */
export const fromHex = (digits: string) =>
  Uint8Array.from({ length: digits.length / 2 }, (_, at) => Number.parseInt(digits.slice(at * 2, at * 2 + 2), 16))

/** The UTF-8 bytes of a text. */
export const toUtf8 = (text: string): Uint8Array => new TextEncoder().encode(text)

/** Strict base 64: undefined for anything that is not exactly what `toBase64` writes. */
export function decodeBase64(text: string): Uint8Array | undefined {
  const bytes = fromBase64(text)
  return bytes && toBase64(bytes) === text ? bytes : undefined
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
