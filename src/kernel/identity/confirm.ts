// Showing again who one is before a sensitive act, and changing the ways one signs in. The caller asks for a recent sign-in
// before each change (src/http/recent.ts).
import { conflict, DomainError, invalid } from '../errors.ts'
import { sqlState } from '#kernel/database/database.ts'
import { codeRefused, type CodeTicket, dropUnproven, requestCode, takeSentCode } from './codes.ts'
import { clearAttempts, lockPolicies, takeAttempt } from './lockout.ts'
import { type Parts, tellChanged, tooMany, type User } from './parts.ts'
import { checkPassword } from './passwords.ts'
import { markRecent } from './sessions.ts'
import { deleteOtherSessions } from './sign-in-queries.ts'
import { deleteVerifications } from './queries.ts'

type Holder = { userId: string; sessionId: string }

/** The password of the one who is signed in. Throws `account.password_wrong`, `sign_in.locked`: a stolen session is no licence to guess. */
export async function confirmByPassword(parts: Parts, input: Holder & { password: string }): Promise<void> {
  const bucket = `password:${parts.seal.hash('password', input.userId)}`
  const wait = await takeAttempt(parts.db, parts.tenant, bucket, lockPolicies.account, parts.clock.now())
  if (wait !== undefined) throw tooMany(wait)
  const { internalAdapter, password } = await (await parts.auth()).$context
  const account = (await internalAdapter.findAccounts(input.userId)).find((each) => each.providerId === 'credential')
  const right = account?.password ? await password.verify({ hash: account.password, password: input.password }) : false
  if (!right) throw passwordWrong()
  await clearAttempts(parts.db, parts.tenant, bucket)
  await markRecent(parts, input.sessionId)
}

/** Sends a code to the account's own phone, or else its address. Throws `account.no_contact`, `sign_in.locked`. */
export async function requestOwnCode(parts: Parts, input: { userId: string; language: string }): Promise<CodeTicket & { channel: 'sms' | 'mail' }> {
  const user = await getUser(parts, input.userId)
  const channel = user.phone === '' ? 'mail' : 'sms'
  const receiver = user.phone || user.email
  if (receiver === '') throw new DomainError('conflict', 'account.no_contact', 'This account has neither a telephone number nor an address.')
  const ticket = await requestCode(parts, { purpose: 'again', channel, receiver, userId: input.userId, language: input.language })
  return { ...ticket, channel }
}

/** Throws `sign_in.sent_code_refused`, `sign_in.locked`. */
export async function confirmByCode(parts: Parts, input: Holder & { codeId: string; code: string }): Promise<void> {
  await takeSentCode(parts, { purpose: 'again', codeId: input.codeId, code: input.code, userId: input.userId })
  await markRecent(parts, input.sessionId)
}

/** Sets the password of the one who is signed in, and ends the other sessions. Throws `password.*`, `account.no_email`. */
export async function changePassword(parts: Parts, input: Holder & { password: string }): Promise<void> {
  const user = await getUser(parts, input.userId)
  if (user.email === '') throw conflict('account.no_email', 'Add an e-mail address first: it is the name that goes with a password.')
  checkPassword(input.password, user)
  const { internalAdapter, password } = await (await parts.auth()).$context
  const hash = await password.hash(input.password)
  if (user.hasPassword) await internalAdapter.updatePassword(input.userId, hash)
  else await internalAdapter.linkAccount({ userId: input.userId, providerId: 'credential', accountId: input.userId, password: hash })
  await deleteVerifications(parts.db, parts.tenant, input.userId)
  await endOthers(parts, input)
  await tellChanged(parts, user)
}

/** Ends the user's sessions but this one; returns how many. */
export const endOthers = (parts: Parts, input: Holder): Promise<number> => deleteOtherSessions(parts.db, parts.tenant, input.userId, input.sessionId)

/** Sends a code to a new number or address of the one who is signed in. Throws as `requestCode`. */
export const requestContactCode = (
  parts: Parts,
  input: { userId: string; channel: 'sms' | 'mail'; receiver: string; language: string },
): Promise<CodeTicket> => requestCode(parts, { purpose: 'contact', ...input })

/**
 * Gives the account the number or address that the code was sent to; the address before is told.
 * Throws `sign_in.sent_code_refused`, `account.contact_taken`: the person has just shown that it is theirs, so it may be said.
 */
export async function setContact(parts: Parts, input: { userId: string; codeId: string; code: string }): Promise<void> {
  const { channel, receiver } = await takeSentCode(parts, { purpose: 'contact', ...input })
  const user = await getUser(parts, input.userId)
  const { internalAdapter } = await (await parts.auth()).$context
  if (channel === 'mail') await dropUnproven(parts, receiver)
  try {
    await internalAdapter.updateUser(input.userId, channel === 'sms' ? { phone: receiver } : { email: receiver, emailVerified: true })
  } catch (error) {
    if (sqlState(error) !== '23505') throw error
    throw conflict('account.contact_taken', 'Another account here has this number or address: sign in with it instead.')
  }
  await tellChanged(parts, user)
}

async function getUser(parts: Parts, userId: string): Promise<User> {
  const user = await parts.findUser(userId)
  if (!user || user.disabledAt) throw codeRefused()
  return user
}

const passwordWrong = () =>
  invalid('account.password_wrong', 'The password is not right.', [{ pointer: '/password', code: 'wrong', message: 'The password is not right.' }])
