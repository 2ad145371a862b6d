// Six digits by SMS or mail: to sign in, to show again who one is, and to prove a number or address. Every request does the same
// work and gives the same answer, whether the receiver has an account or not; that is looked up only once the code came back.
import { randomBytes, randomInt } from 'node:crypto'
import { sqlState } from '#kernel/database/database.ts'
import { DomainError, invalid } from '../errors.ts'
import { takeAllowance, toAddressGroup } from './limits.ts'
import { clearAttempts, lockPolicies, refundAttempt, takeAttempt } from './lockout.ts'
import { placeholderEmail, type Parts, tooMany } from './parts.ts'
import { normalizeEmail } from './seal.ts'
import { emailKey, phoneKey } from './sealed-adapter.ts'
import { openSession } from './sessions.ts'
import { type CodeRow, findCode, findUserByPhone, insertCode, tryCodeHash } from './sign-in-queries.ts'
import { uuidv7 } from '../ids.ts'

export const codeMinutes = 5
/** Wrong tries of one code; the lockout of the receiver goes on across codes. */
const triesPerCode = 5
const sends = [
  { name: 'minute', limit: 1, windowSeconds: 60 },
  { name: 'hour', limit: 5, windowSeconds: 3600 },
] as const

export type CodePurpose = CodeRow['purpose']
export type CodeChannel = CodeRow['channel']
export type CodeRequest = { purpose: CodePurpose; channel: CodeChannel; receiver: string; userId?: string; language: string }
/** `codeId` is known to the browser that asked, and to nobody else: without it a code is worth nothing. */
export type CodeTicket = { codeId: string; expiresAt: Date }

/**
 * Sends a code that is good for five minutes and once. One a minute and five an hour go to one receiver.
 * Throws `account.phone_invalid`, `account.email_invalid`, `sign_in.locked`.
 */
export async function requestCode(parts: Parts, input: CodeRequest): Promise<CodeTicket> {
  const receiver = parseReceiver(input.channel, input.receiver)
  const key = receiverKey(parts, input.channel, receiver)
  const now = parts.clock.now()
  for (const { name, ...window } of sends) {
    const { allowed, retryAfterSeconds } = await takeAllowance(parts.db, parts.tenant, { bucket: `code-${name}:${key}`, ...window }, now)
    if (!allowed) throw tooMany(retryAfterSeconds)
  }
  const codeId = randomBytes(24).toString('base64url')
  const code = String(randomInt(1_000_000)).padStart(6, '0')
  const expiresAt = new Date(now.getTime() + codeMinutes * 60_000)
  const row: CodeRow = {
    code_id: codeId,
    purpose: input.purpose,
    channel: input.channel,
    receiver_key: key,
    receiver: parts.seal.close('receiver', receiver),
    user_id: input.userId ?? null,
    code_hash: hashOf(parts, codeId, code),
  }
  await insertCode(parts.db, parts.tenant, row, expiresAt)
  await parts.deps.sendCode({ channel: input.channel, to: receiver, code, minutes: codeMinutes, language: input.language })
  return { codeId, expiresAt }
}

export type CodeUse = { purpose: CodePurpose; codeId: string; code: string; userId?: string; address?: string | undefined }

/**
 * Uses a code up: exactly one caller gets the receiver back. `userId` must be the account that asked, if one did.
 * Throws `sign_in.sent_code_refused` (wrong, used, too old, of another purpose: never said which) or `sign_in.locked`.
 */
export async function takeSentCode(parts: Parts, use: CodeUse): Promise<{ channel: CodeChannel; receiver: string }> {
  const { db, tenant, seal } = parts
  const now = parts.clock.now()
  const address = use.address === undefined ? undefined : seal.hash('address', toAddressGroup(use.address))
  await admit(parts, address, lockPolicies.address)
  const row = await findCode(db, tenant, use.codeId, now)
  if (!row || row.purpose !== use.purpose || row.user_id !== (use.userId ?? null)) throw codeRefused()
  const bucket = `code:${row.receiver_key}`
  await admit(parts, bucket, lockPolicies.account)
  const typed = use.code.normalize('NFKC').replaceAll(/\s/g, '')
  const right = await tryCodeHash(db, tenant, { codeId: use.codeId, hash: hashOf(parts, use.codeId, typed), tries: triesPerCode, now })
  if (!right) throw codeRefused()
  await clearAttempts(db, tenant, bucket)
  if (address) await refundAttempt(db, tenant, address, lockPolicies.address)
  return { channel: row.channel, receiver: seal.open('receiver', row.receiver) }
}

/**
 * Signs a resident in by a code that was sent; the account is made on first use. Throws as `takeSentCode`, and
 * `sign_in.staff_by_code` for an account of staff, which a code alone must not open: only its owner can get this far.
 */
export async function signInByCode(
  parts: Parts,
  input: { codeId: string; code: string; language: string; headers: Headers; address?: string | undefined },
): Promise<{ cookies: string[] }> {
  const { codeId, code, address } = input
  const { channel, receiver } = await takeSentCode(parts, { purpose: 'sign_in', codeId, code, address })
  const userId = channel === 'sms' ? await userOfPhone(parts, receiver, input.language) : await userOfEmail(parts, receiver, input.language)
  const user = await parts.findUser(userId)
  if (user?.kind === 'staff') {
    throw new DomainError('unauthenticated', 'sign_in.staff_by_code', 'Staff sign in with a password and a second factor, or with a passkey.')
  }
  if (!user || user.disabledAt) throw codeRefused()
  return openSession(parts, userId, 'code', input.headers)
}

async function userOfPhone(parts: Parts, phone: string, language: string): Promise<string> {
  const key = phoneKey(parts.seal, phone)
  const find = () => findUserByPhone(parts.db, parts.tenant, key)
  const tail = phone.slice(-4)
  return (await find()) ?? makeUser(parts, { email: placeholderEmail(uuidv7(parts.clock.now())), phone, name: `尾号${tail}`, language }, find)
}

async function userOfEmail(parts: Parts, email: string, language: string): Promise<string> {
  const { internalAdapter } = await (await parts.auth()).$context
  const find = async () => (await internalAdapter.findUserByEmail(email))?.user.id
  await dropUnproven(parts, email)
  return (await find()) ?? makeUser(parts, { email, emailVerified: true, name: email.split('@')[0] ?? email, language }, find)
}

/**
 * Removes a registration whose address was never shown to be its maker's: called when somebody has just shown that it is theirs.
 * Otherwise the password of a stranger would open the account of the address's owner.
 */
export async function dropUnproven(parts: Parts, email: string): Promise<void> {
  const { internalAdapter } = await (await parts.auth()).$context
  const known = await internalAdapter.findUserByEmail(email)
  const user = known ? await parts.findUser(known.user.id) : undefined
  if (user && !user.confirmed && user.kind === 'resident') await internalAdapter.deleteUser(user.userId)
}

type NewResident = { email: string; emailVerified?: boolean; phone?: string; name: string; language: string }

async function makeUser(parts: Parts, fields: NewResident, find: () => Promise<string | undefined>): Promise<string> {
  const { internalAdapter } = await (await parts.auth()).$context
  try {
    return (await internalAdapter.createUser({ emailVerified: false, ...fields, kind: 'resident' }, { method: 'admin' })).id
  } catch (error) {
    // Two codes of one new person came back at once: the other one made the account.
    const made = sqlState(error) === '23505' ? await find() : undefined
    if (made === undefined) throw error
    return made
  }
}

/** The receiver as it is kept. Throws `account.phone_invalid` or `account.email_invalid`. */
export const parseReceiver = (channel: CodeChannel, typed: string): string => (channel === 'sms' ? toPhone(typed) : toEmail(typed))

/** Digits only, with the country's prefix where there is one; a Chinese mobile number without. */
function toPhone(typed: string): string {
  const plain = typed.normalize('NFKC').replaceAll(/[\s().\-‐-―]/g, '')
  const number = plain.replace(/^(?:\+|00)86(?=1\d{10}$)/, '')
  if (/^\+?\d{6,15}$/.test(number)) return number
  const message = 'Enter a telephone number with its digits only.'
  throw invalid('account.phone_invalid', message, [{ pointer: '/receiver', code: 'format', message }])
}

/** Throws `account.email_invalid`. */
export function toEmail(typed: string, field = 'receiver'): string {
  const email = normalizeEmail(typed)
  if (/^[^\s@<>"(),:;\\[\]]{1,64}@[^\s@<>"(),:;\\[\]]{1,180}\.[^\s@.]{2,}$/.test(email)) return email
  const message = 'Enter an e-mail address like name@example.com.'
  throw invalid('account.email_invalid', message, [{ pointer: `/${field}`, code: 'format', message }])
}

const receiverKey = (parts: Parts, channel: CodeChannel, receiver: string) =>
  channel === 'sms' ? phoneKey(parts.seal, receiver) : emailKey(parts.seal, receiver)

const hashOf = (parts: Parts, codeId: string, code: string) => parts.seal.hash('sent-code', `${codeId}\n${code}`)

async function admit(parts: Parts, bucket: string | undefined, policy: (typeof lockPolicies)['account']): Promise<void> {
  const wait = bucket === undefined ? undefined : await takeAttempt(parts.db, parts.tenant, bucket, policy, parts.clock.now())
  if (wait !== undefined) throw tooMany(wait)
}

export const codeRefused = () =>
  new DomainError('unauthenticated', 'sign_in.sent_code_refused', 'This code is not right, was used already or is too old. Ask for a new one.')
