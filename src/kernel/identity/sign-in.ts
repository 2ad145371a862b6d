// Signing in and out. An unknown address, a wrong password and a closed account get the same answer after the same work.
import { DomainError } from '../errors.ts'
import { takeOnce, toAddressGroup } from './limits.ts'
import { clearAttempts, lockPolicies, refundAttempt, takeAttempt } from './lockout.ts'
import { cookieName, narrowHeaders, type Parts, readSignedCookie, refusalCode, tooMany } from './parts.ts'
import { useRecoveryCode } from './recovery.ts'
import { emailKey } from './sealed-adapter.ts'
import { openSession } from './sessions.ts'

export type SignInInput = {
  email: string
  password: string
  /** Six digits, or one of the recovery codes; without it an account with a second factor gets `needsTotp`. */
  totp?: string | undefined
  headers: Headers
  /** The caller's network address as the server knows it (never an unverified header). */
  address?: string | undefined
}
export type SignInResult = { cookies: string[] } | { needsTotp: true; cookies: string[] }

/** A code may be used once; better-auth accepts it for up to 90 seconds. */
const codeSeconds = 300

/**
 * Cookies to set as they are. Throws `sign_in.refused`, `sign_in.code_refused`, `sign_in.unconfirmed` (right password,
 * address not confirmed: a new link was mailed) or `sign_in.locked`.
 */
export async function signIn(parts: Parts, input: SignInInput): Promise<SignInResult> {
  const account = accountBucket(parts, input.email)
  const address = input.address === undefined ? undefined : parts.seal.hash('address', toAddressGroup(input.address))
  await admit(parts, account, address)
  const { cookies, pending } = await tryPassword(parts, input)
  if (address) await refundAttempt(parts.db, parts.tenant, address, lockPolicies.address)
  if (!pending) {
    await clearAttempts(parts.db, parts.tenant, account)
    return { cookies }
  }
  if (input.totp === undefined) return { needsTotp: true, cookies }
  const headers = narrowHeaders(input.headers)
  headers.set('cookie', cookies.map((cookie) => cookie.split(';', 1)[0]).join('; '))
  return finishSignIn(parts, { totp: input.totp, headers })
}

/** The second step, for a browser that holds the cookies of `needsTotp`. Throws `sign_in.expired`, `sign_in.code_refused`, `sign_in.locked`. */
export async function finishSignIn(parts: Parts, input: { totp: string; headers: Headers }): Promise<{ cookies: string[] }> {
  const name = await cookieName(parts, 'two_factor')
  const pending = await findPending(parts, input.headers, name)
  const user = pending && (await parts.findUser(pending.userId))
  if (!user || user.disabledAt) throw expired()
  const code = input.totp.normalize('NFKC').replaceAll(/\s/g, '')
  const isTotp = /^\d{6}$/.test(code)
  if (isTotp && !(await takeCode(parts, user.userId, code))) throw codeRefused()
  const { cookies } = isTotp
    ? await tryCode(parts, code, narrowHeaders(input.headers, name))
    : await tryRecovery(parts, code, user.userId, pending.identifier, input.headers)
  await clearAttempts(parts.db, parts.tenant, accountBucket(parts, user.email))
  return { cookies }
}

/** Ends the session, whether it still exists or not; the cookies take it out of the browser. */
export async function signOut(parts: Parts, headers: Headers): Promise<{ cookies: string[] }> {
  const auth = await parts.auth()
  const signedOut = await auth.api.signOut({ headers: narrowHeaders(headers, await cookieName(parts, 'session_token')), returnHeaders: true })
  return { cookies: signedOut.headers.getSetCookie() }
}

export const accountBucket = (parts: Parts, email: string) => `account:${emailKey(parts.seal, email)}`

/** One use per code and account. */
export const takeCode = (parts: Parts, userId: string, code: string) =>
  takeOnce(parts.db, parts.tenant, { bucket: parts.seal.hash('code', `${userId}:${code}`), seconds: codeSeconds }, parts.clock.now())

export const codeRefused = () =>
  new DomainError('unauthenticated', 'sign_in.code_refused', 'This code is not right, or was used already. Wait for the next one.')

async function admit(parts: Parts, account: string, address: string | undefined): Promise<void> {
  const now = parts.clock.now()
  const addressWait = address === undefined ? undefined : await takeAttempt(parts.db, parts.tenant, address, lockPolicies.address, now)
  if (addressWait !== undefined) throw tooMany(addressWait)
  const accountWait = await takeAttempt(parts.db, parts.tenant, account, lockPolicies.account, now)
  if (accountWait !== undefined) throw tooMany(accountWait)
}

async function tryPassword(parts: Parts, input: SignInInput): Promise<{ cookies: string[]; pending: boolean }> {
  const auth = await parts.auth()
  try {
    const body = { email: input.email.normalize('NFKC').trim(), password: input.password }
    await evenOut(parts, body.email)
    const { headers, response } = await parts.mailing(() =>
      auth.api.signInEmail({ body, headers: narrowHeaders(input.headers), returnHeaders: true }),
    )
    return { cookies: headers.getSetCookie(), pending: 'twoFactorRedirect' in response }
  } catch (error) {
    const code = refusalCode(error)
    if (code === undefined) throw error
    if (code === 'EMAIL_NOT_VERIFIED') {
      throw new DomainError('unauthenticated', 'sign_in.unconfirmed', 'Please confirm your e-mail address first. We have sent you a new link.', {
        cause: error,
      })
    }
    throw new DomainError('unauthenticated', 'sign_in.refused', 'The e-mail address or the password is not right.', { cause: error })
  }
}

/** better-auth looks for the accounts of a user that it found: for an address that it will not find, the same is asked here. */
async function evenOut(parts: Parts, email: string): Promise<void> {
  const { internalAdapter } = await (await parts.auth()).$context
  if (!(await internalAdapter.findUserByEmail(email))) await internalAdapter.findAccounts('nobody')
}

async function tryCode(parts: Parts, code: string, headers: Headers): Promise<{ cookies: string[] }> {
  const auth = await parts.auth()
  try {
    const verified = await auth.api.verifyTOTP({ body: { code }, headers, returnHeaders: true })
    return { cookies: verified.headers.getSetCookie() }
  } catch (error) {
    const refusal = refusalCode(error)
    if (refusal === undefined) throw error
    if (refusal === 'ACCOUNT_TEMPORARILY_LOCKED' || refusal.startsWith('TOO_MANY')) throw tooMany(900)
    throw codeRefused()
  }
}

/** The second step by a recovery code: the half-finished sign-in is used up with it. */
async function tryRecovery(parts: Parts, code: string, userId: string, identifier: string, headers: Headers): Promise<{ cookies: string[] }> {
  if (!(await useRecoveryCode(parts, userId, code))) throw codeRefused()
  const { internalAdapter } = await (await parts.auth()).$context
  if (!(await internalAdapter.consumeVerificationValue(identifier))) throw expired()
  return openSession(parts, userId, 'recovery', headers)
}

const expired = () => new DomainError('unauthenticated', 'sign_in.expired', 'This took too long. Please sign in again.')

async function findPending(parts: Parts, headers: Headers, name: string): Promise<{ userId: string; identifier: string } | undefined> {
  const identifier = readSignedCookie(headers, name, parts.seal.cookieSecret)
  if (!identifier) return undefined
  const context = await (await parts.auth()).$context
  const found = await context.internalAdapter.findVerificationValue(identifier)
  return found ? { userId: found.value, identifier } : undefined
}
