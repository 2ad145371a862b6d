// Making accounts and setting passwords. Mailed links are the only way to a first or forgotten password.
import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { sqlState } from '#kernel/database/database.ts'
import { conflict, invalid } from '../errors.ts'
import { type AccountKind, linkSeconds } from './auth.ts'
import { toEmail } from './codes.ts'
import { takeAllowance } from './limits.ts'
import { clearAttempts } from './lockout.ts'
import { pageLink, type Parts, refusalCode, tooMany } from './parts.ts'
import { checkPassword } from './passwords.ts'
import { deleteVerifications, updateLanguage } from './queries.ts'
import { emailKey } from './sealed-adapter.ts'
import { accountBucket } from './sign-in.ts'

/**
 * A resident's own registration. Says nothing about whether the address has an account: the mail does, to its owner.
 * Throws `password.*`, `account.email_invalid`, `account.name_missing`, `sign_in.locked` (too many mails to one address).
 */
export async function registerResident(parts: Parts, input: { email: string; password: string; name: string; language?: string }): Promise<void> {
  const person = toPerson(input)
  checkPassword(input.password, { kind: 'resident', ...person })
  await allowMail(parts, person.email)
  const auth = await parts.auth()
  await inEvenTime(async () => {
    const { user } = await parts.mailing(() => auth.api.signUpEmail({ body: { ...person, password: input.password } }))
    if (input.language) await updateLanguage(parts.db, parts.tenant, user.id, input.language)
  })
}

/** More than the work takes with a known or an unknown address on a busy machine: how long the answer took tells nothing. */
const evenMilliseconds = 600

async function inEvenTime(work: () => Promise<void>): Promise<void> {
  const end = sleep(evenMilliseconds)
  try {
    await work()
  } finally {
    await end
  }
}

/** Confirms an address by the mailed token. Throws `account.link_expired`. */
export async function confirmAddress(parts: Parts, token: string): Promise<void> {
  const auth = await parts.auth()
  try {
    await auth.api.verifyEmail({ query: { token } })
  } catch (error) {
    if (refusalCode(error) === undefined) throw error
    throw invalid('account.link_expired', 'This link is too old or not complete. Sign in and we send you a new one.')
  }
}

/**
 * Makes a staff account without a password and mails a link to set one, good for seven days and once; inviting again
 * ends the earlier link. Throws `account.exists` when the address has a confirmed account in this town already.
 */
export async function inviteStaff(parts: Parts, input: { email: string; name: string; language?: string }): Promise<Invitation> {
  const person = toPerson(input)
  const userId =
    (await findUninvited(parts, person.email)) ??
    (await insertUser(parts, { ...person, kind: 'staff', emailVerified: false, language: input.language }))
  await deleteVerifications(parts.db, parts.tenant, userId)
  const token = randomBytes(32).toString('base64url')
  const expiresAt = new Date(parts.clock.now().getTime() + linkSeconds.invitation * 1000)
  const { internalAdapter } = await (await parts.auth()).$context
  await internalAdapter.createVerificationValue({ identifier: `reset-password:${token}`, value: userId, expiresAt })
  const link = await parts.sendMail('invitation', userId, token, linkSeconds.invitation)
  return { userId, token, link, expiresAt }
}

export type Invitation = { userId: string; token: string; link: string; expiresAt: Date }

/**
 * Mails a link to set a new password, or to an address without an account that it has none: one mail and the same statements
 * either way, so that neither the answer nor its time tells. Throws `sign_in.locked` after five an hour.
 */
export async function requestPasswordReset(parts: Parts, typed: string, language = 'zh'): Promise<void> {
  const email = toEmail(typed, 'email')
  await allowMail(parts, email)
  const auth = await parts.auth()
  const { internalAdapter } = await auth.$context
  const known = await internalAdapter.findUserByEmail(email)
  const userId = known?.user.id ?? 'nobody'
  const token = randomBytes(18).toString('base64url')
  const expiresAt = new Date(parts.clock.now().getTime() + linkSeconds.reset * 1000)
  await internalAdapter.createVerificationValue({ identifier: `reset-password:${token}`, value: userId, expiresAt })
  await inEvenTime(async () => {
    if (known) await parts.sendMail('password_reset', userId, token, linkSeconds.reset)
    else await tellUnknown(parts, email, language)
  })
}

async function tellUnknown(parts: Parts, to: string, language: string): Promise<void> {
  await parts.findUser('nobody')
  await parts.deps.sendMail({ template: 'address_unknown', to, name: '', language, link: pageLink(parts, '/sign-in').href, expiresAt: undefined })
}

/**
 * Sets the password by an invitation's or reset's token, confirms the address, and ends all sessions and other links.
 * Throws `account.link_expired` and `password.*` (which leave the link good).
 */
export async function setPasswordByToken(parts: Parts, input: { token: string; password: string }): Promise<{ userId: string; kind: AccountKind }> {
  const auth = await parts.auth()
  const { internalAdapter } = await auth.$context
  const found = await internalAdapter.findVerificationValue(`reset-password:${input.token}`)
  const user = found && found.expiresAt > parts.clock.now() ? await parts.findUser(found.value) : undefined
  if (!user || user.disabledAt) throw linkExpired()
  checkPassword(input.password, user)
  try {
    await auth.api.resetPassword({ body: { newPassword: input.password, token: input.token } })
  } catch (error) {
    if (refusalCode(error) === undefined) throw error
    throw linkExpired()
  }
  await internalAdapter.updateUser(user.userId, { emailVerified: true })
  await deleteVerifications(parts.db, parts.tenant, user.userId)
  await clearAttempts(parts.db, parts.tenant, accountBucket(parts, user.email))
  return { userId: user.userId, kind: user.kind }
}

/** For the command line and the demonstration: a confirmed account with a password. Throws `account.exists`, `password.*`. */
export async function createUser(
  parts: Parts,
  input: { email: string; password: string; name: string; kind: AccountKind; language?: string },
): Promise<{ userId: string }> {
  const person = toPerson(input)
  checkPassword(input.password, { kind: input.kind, ...person })
  const { internalAdapter, password } = await (await parts.auth()).$context
  const hash = await password.hash(input.password)
  const userId = await insertUser(parts, { ...person, kind: input.kind, emailVerified: true, language: input.language })
  try {
    await internalAdapter.linkAccount({ userId, providerId: 'credential', accountId: userId, password: hash })
  } catch (error) {
    await internalAdapter.deleteUser(userId)
    throw error
  }
  return { userId }
}

type NewUser = { email: string; name: string; kind: AccountKind; emailVerified: boolean; language: string | undefined }

async function insertUser(parts: Parts, user: NewUser): Promise<string> {
  const { internalAdapter } = await (await parts.auth()).$context
  if (await internalAdapter.findUserByEmail(user.email)) throw exists()
  try {
    const { language, ...fields } = user
    const created = await internalAdapter.createUser({ ...fields, ...(language && { language }) }, { method: 'admin' })
    return created.id
  } catch (error) {
    if (sqlState(error) === '23505') throw exists()
    throw error
  }
}

/** The id of a staff account that has no password yet; undefined when the address is free. */
async function findUninvited(parts: Parts, email: string): Promise<string | undefined> {
  const { internalAdapter } = await (await parts.auth()).$context
  const found = await internalAdapter.findUserByEmail(email)
  if (!found) return undefined
  const user = await parts.findUser(found.user.id)
  if (user?.kind === 'resident' && !user.confirmed) {
    // Nobody has shown that this address is theirs, so it must not keep its owner from being invited.
    await internalAdapter.deleteUser(user.userId)
    return undefined
  }
  if (user?.kind !== 'staff' || user.hasPassword || user.disabledAt) throw exists()
  return user.userId
}

// Nobody's mailbox is filled through us; addresses with and without an account are counted alike.
async function allowMail(parts: Parts, email: string): Promise<void> {
  const limit = { bucket: `mail:${emailKey(parts.seal, email)}`, limit: 5, windowSeconds: 3600 }
  const { allowed, retryAfterSeconds } = await takeAllowance(parts.db, parts.tenant, limit, parts.clock.now())
  if (!allowed) throw tooMany(retryAfterSeconds)
}

const exists = () => conflict('account.exists', 'This address already has an account here. Use another address, for example one of the office.')
const linkExpired = () => invalid('account.link_expired', 'This link was used already or is too old. Ask for a new one.')

function toPerson(input: { email: string; name: string }): { email: string; name: string } {
  const name = input.name.normalize('NFC').trim()
  if (!name || name.length > 100)
    throw invalid('account.name_missing', 'Enter the name.', [{ pointer: '/name', code: 'required', message: 'Enter the name.' }])
  return { email: toEmail(input.email, 'email'), name }
}
