// What the ledger needs of the platform it runs on. Everything that reads or checks leaves, notes, proofs and
// receipts asks only this file, so the same code runs in a browser: the build of the checking page takes
// platform-web.ts, which has the same functions, in its place.
import { createHmac, createPrivateKey, createPublicKey, createSecretKey, hash, randomBytes, sign, timingSafeEqual, verify } from 'node:crypto'
import type { KeyObject } from 'node:crypto'

export { randomBytes }

/** SHA-256 of the parts, one after the other. */
export function sha256(...parts: (Uint8Array | string)[]): Uint8Array {
  // In one call: a hash object costs several times what the 65 bytes of a tree node do.
  const [only] = parts
  return hash('sha256', parts.length === 1 && only !== undefined ? only : joined(parts), 'buffer')
}

const node = Buffer.alloc(65, 1)

/** SHA-256(0x01 || left || right) (RFC 6962 section 2.1); for two hashes of 32 bytes in one buffer that every call uses again. */
export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  // What was damaged has a hash too: one that fits nothing.
  if (left.length !== 32 || right.length !== 32) return sha256(Uint8Array.of(1), left, right)
  node.set(left, 1)
  node.set(right, 33)
  return hash('sha256', node, 'buffer')
}

const joined = (parts: (Uint8Array | string)[]) => Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)))

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

/** The bytes of a base-64 text, or undefined; may be lenient: `decodeBase64` is the strict one. */
export const fromBase64 = (text: string): Uint8Array | undefined => Buffer.from(text, 'base64')

const spkiPrefix = Buffer.from('302a300506032b6570032100', 'hex') // RFC 8410: SubjectPublicKeyInfo of Ed25519
const pkcs8Prefix = Buffer.from('302e020100300506032b657004220420', 'hex') // RFC 8410: OneAsymmetricKey of an Ed25519 seed
const publicKeys = new WeakMap<Uint8Array, KeyObject>()

/** Whether this is the Ed25519 signature (RFC 8032) of `message` by `publicKey`. */
export function verifyEd25519(publicKey: Uint8Array, message: Uint8Array | string, signature: Uint8Array): boolean {
  if (signature.length !== 64) return false
  let key = publicKeys.get(publicKey)
  if (!key) {
    key = createPublicKey({ key: Buffer.concat([spkiPrefix, publicKey]), format: 'der', type: 'spki' })
    publicKeys.set(publicKey, key)
  }
  return verify(null, Buffer.from(message), key, signature)
}

/** The public key of a 32-byte Ed25519 seed, and what signs with it. */
export function ed25519Signer(seed: Uint8Array): { publicKey: Uint8Array; sign: (message: Uint8Array | string) => Uint8Array } {
  const key = createPrivateKey({ key: Buffer.concat([pkcs8Prefix, seed]), format: 'der', type: 'pkcs8' })
  const publicKey = createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(spkiPrefix.length)
  return { publicKey, sign: (message) => sign(null, Buffer.from(message), key) }
}
