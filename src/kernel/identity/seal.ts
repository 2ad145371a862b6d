// Encryption of account fields at rest. Keys come from the installation's secret, one set per town.
import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto'

const version = 'v1.'
const nonceBytes = 12
const tagBytes = 16

/** Keys of one town's accounts: none can be computed from another town's. */
export type Seal = {
  /** AES-256-GCM; `field` is bound to the text, so a value cannot be moved into another column or town. */
  close(field: string, plain: string): string
  /** Throws when the text was altered or belongs to another field, town or secret. */
  open(field: string, sealed: string): string
  /** A keyed hash (HMAC-SHA-256, hex) for look-ups by equality. */
  hash(purpose: string, value: string): string
  /** The town's own secret for signed cookies and mailed tokens. */
  cookieSecret: string
}

export function createSeal(secret: string, tenant: string): Seal {
  if (secret.length < 32) throw new Error('The secret must have at least 32 characters.')
  const derive = (purpose: string) => Buffer.from(hkdfSync('sha256', secret, `xiangli:${tenant}`, `identity:${purpose}`, 32))
  const fieldKey = derive('fields')
  const hashKey = derive('hashes')
  return {
    close: (field, plain) => close(fieldKey, `${tenant}:${field}`, plain),
    open: (field, sealed) => open(fieldKey, `${tenant}:${field}`, sealed),
    hash: (purpose, value) => createHmac('sha256', hashKey).update(`${purpose}\n${value}`).digest('hex'),
    cookieSecret: derive('cookies').toString('base64'),
  }
}

function close(key: Buffer, context: string, plain: string): string {
  const nonce = randomBytes(nonceBytes)
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(context))
  const text = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()])
  return version + Buffer.concat([nonce, text, cipher.getAuthTag()]).toString('base64url')
}

function open(key: Buffer, context: string, sealed: string): string {
  if (!sealed.startsWith(version)) throw new Error('A sealed field has an unknown form.')
  const bytes = Buffer.from(sealed.slice(version.length), 'base64url')
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, nonceBytes), { authTagLength: tagBytes })
  decipher.setAAD(Buffer.from(context)).setAuthTag(bytes.subarray(-tagBytes))
  return Buffer.concat([decipher.update(bytes.subarray(nonceBytes, -tagBytes)), decipher.final()]).toString('utf8')
}

/** How an address is compared: case, width and surrounding space do not matter. */
export const normalizeEmail = (typed: string) => typed.normalize('NFKC').trim().toLowerCase()
