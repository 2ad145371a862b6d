// Keys outside the database and its backups. Losing the folder makes every case unreadable; docs/operations.md says how to keep it.
import { createCipheriv, createDecipheriv, createHmac, createSecretKey, hkdfSync, type KeyObject, randomBytes } from 'node:crypto'
import { closeSync, existsSync, fsyncSync, linkSync, mkdirSync, openSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { systemClock } from '../clock.ts'
import { DomainError } from '../errors.ts'

/** A case's key, wrapped: as it lies in the database. */
export type WrappedKey = { wrapped: Buffer; wrappingKey: string }

export type Keyring = {
  wrap(caseKey: Buffer): WrappedKey
  unwrap(key: WrappedKey): Buffer
  /** Name of the wrapping key of this month; older rows are re-wrapped under it. */
  currentWrappingKey(): string
  /** Destroys wrapping keys older than 35 days that nothing uses any more (architecture rule 7). */
  destroyOldWrappingKeys(stillUsed: ReadonlySet<string>): string[]
  /** A secret of this installation for one purpose, e.g. `session`, `lookup:qingxi`; 32 bytes. */
  secret(purpose: string): Buffer
}

export const newCaseKey = () => randomBytes(32)

/** AES-256-GCM; `context` (tenant, case, column) is authenticated so that a value cannot be moved to another row. */
export function encrypt(key: Buffer, plain: Buffer | string, context: string): Buffer {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', keyObject(key), nonce)
  cipher.setAAD(Buffer.from(context))
  const body = Buffer.concat([cipher.update(plain), cipher.final()])
  return Buffer.concat([Buffer.from([1]), nonce, cipher.getAuthTag(), body])
}

/** @throws DomainError `key.unreadable` when the key, the context or the bytes are not the right ones. */
export function decrypt(key: Buffer, sealed: Buffer, context: string): Buffer {
  try {
    if (sealed[0] !== 1) throw new Error('unknown format')
    const decipher = createDecipheriv('aes-256-gcm', keyObject(key), sealed.subarray(1, 13))
    decipher.setAAD(Buffer.from(context))
    decipher.setAuthTag(sealed.subarray(13, 29))
    return Buffer.concat([decipher.update(sealed.subarray(29)), decipher.final()])
  } catch (cause) {
    throw new DomainError('unavailable', 'key.unreadable', 'This record cannot be opened with the keys of this installation.', { cause })
  }
}

export const encryptJson = (key: Buffer, value: unknown, context: string) => encrypt(key, JSON.stringify(value), context)

/** The caller knows the shape: it wrote the value itself and the bytes are authenticated. */
export const decryptJson = <T>(key: Buffer, sealed: Buffer, context: string): T => JSON.parse(decrypt(key, sealed, context).toString()) as T

/** Key made from something only its holder knows (a draft token, an idempotency key). */
export const keyFrom = (secret: string, purpose: string) => Buffer.from(hkdfSync('sha256', secret, 'xiangli', purpose, 32))

/** Keyed hash for exact look-ups. */
export const keyedHash = (key: Buffer, text: string) => createHmac('sha256', keyObject(key)).update(text).digest()

/** Making a key object costs as much as the hash. It lives as long as the bytes that it was made from, which nothing changes. */
const keyObjects = new WeakMap<Buffer, KeyObject>()

function keyObject(key: Buffer): KeyObject {
  const known = keyObjects.get(key)
  if (known) return known
  const made = createSecretKey(key)
  keyObjects.set(key, made)
  return made
}

/** Opens `folder`, making the keys on first use with mode 0600. */
export function openKeyring(folder: string): Keyring {
  mkdirSync(join(folder, 'wrapping'), { recursive: true, mode: 0o700 })
  const root = readOrMake(join(folder, 'root.key'))
  const cached = new Map<string, Buffer>()
  const wrappingKey = (name: string, make: boolean) => {
    const known = cached.get(name)
    if (known) return known
    const path = join(folder, 'wrapping', `${name}.key`)
    if (!make && !existsSync(path))
      throw new DomainError('unavailable', 'key.wrapping_missing', `Wrapping key ${name} is not in the key folder: restore it from the key backup.`)
    const key = readOrMake(path)
    cached.set(name, key)
    return key
  }
  const currentWrappingKey = () => systemClock.now().toISOString().slice(0, 7)
  return {
    currentWrappingKey,
    wrap(caseKey) {
      const name = currentWrappingKey()
      return { wrapped: encrypt(wrappingKey(name, true), caseKey, `wrap:${name}`), wrappingKey: name }
    },
    unwrap: (key) => decrypt(wrappingKey(key.wrappingKey, false), key.wrapped, `wrap:${key.wrappingKey}`),
    destroyOldWrappingKeys(stillUsed) {
      const limit = new Date(systemClock.now().getTime() - 35 * 86_400_000).toISOString().slice(0, 7)
      const old = readdirSync(join(folder, 'wrapping'))
        .filter((file) => file.endsWith('.key'))
        .map((file) => file.replace('.key', ''))
        .filter((name) => name < limit && !stillUsed.has(name))
      for (const name of old) {
        rmSync(join(folder, 'wrapping', `${name}.key`))
        cached.delete(name)
      }
      return old
    },
    secret(purpose) {
      const known = cached.get(`secret:${purpose}`)
      if (known) return known
      const key = Buffer.from(hkdfSync('sha256', root, 'xiangli', purpose, 32))
      cached.set(`secret:${purpose}`, key)
      return key
    },
  }
}

/** Written and synced under another name, then linked: nobody reads half a key, a power cut loses none, and the first of two processes wins. */
function makeKeyFile(path: string): void {
  const draft = `${path}.${randomBytes(6).toString('hex')}`
  writeFileSync(draft, randomBytes(32), { flag: 'wx', mode: 0o600, flush: true })
  try {
    linkSync(draft, path)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  } finally {
    rmSync(draft)
  }
  const folder = openSync(dirname(path), 'r')
  try {
    fsyncSync(folder)
  } finally {
    closeSync(folder)
  }
}

function readOrMake(path: string): Buffer {
  if (!existsSync(path)) makeKeyFile(path)
  const key = readFileSync(path)
  if (key.length !== 32)
    throw new DomainError('unavailable', 'key.damaged', `Key file ${path} does not hold 32 bytes: restore it from the key backup.`)
  return key
}
