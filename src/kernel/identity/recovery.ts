// Recovery codes for staff who lost their phone or passkey: ten, shown once, kept as keyed hashes, each good once.
import { randomInt } from 'node:crypto'
import { clearAttempts, lockPolicies, takeAttempt } from './lockout.ts'
import { type Parts, tooMany } from './parts.ts'
import { countRecoveryRows, replaceRecoveryCodes, useRecoveryHash } from './sign-in-queries.ts'

// Without letters and digits that are mistaken for each other. Ten of 31 signs are 49 bits, behind a keyed hash and a lockout.
const signs = '23456789ABCDEFGHJKMNPQRSTUVWXYZ'
const amount = 10

/** New codes; the ones before end. They cannot be read again. */
export async function makeRecoveryCodes(parts: Parts, userId: string): Promise<string[]> {
  const codes = Array.from({ length: amount }, () => `${random(5)}-${random(5)}`)
  const hashes = codes.map((code) => hashOf(parts, userId, code))
  await replaceRecoveryCodes(parts.db, parts.tenant, userId, hashes, parts.clock.now())
  return codes
}

/** Uses a code up; false when it is wrong or was used. Throws `sign_in.locked` after five wrong ones. */
export async function useRecoveryCode(parts: Parts, userId: string, typed: string): Promise<boolean> {
  const bucket = `recovery:${parts.seal.hash('recovery', userId)}`
  const now = parts.clock.now()
  const wait = await takeAttempt(parts.db, parts.tenant, bucket, lockPolicies.account, now)
  if (wait !== undefined) throw tooMany(wait)
  const right = await useRecoveryHash(parts.db, parts.tenant, userId, hashOf(parts, userId, typed), now)
  if (right) await clearAttempts(parts.db, parts.tenant, bucket)
  return right
}

/** How many are left, and when they were made. */
export const countRecoveryCodes = (parts: Parts, userId: string) => countRecoveryRows(parts.db, parts.tenant, userId)

const random = (length: number) => Array.from({ length }, () => signs[randomInt(signs.length)]).join('')

const hashOf = (parts: Parts, userId: string, code: string) =>
  parts.seal.hash(
    'recovery-code',
    `${userId}\n${code
      .normalize('NFKC')
      .toUpperCase()
      .replaceAll(/[^0-9A-Z]/g, '')}`,
  )
