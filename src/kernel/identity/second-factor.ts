// The second factor: time-based codes (RFC 6238) from an app, with recovery codes for a lost phone.
import { DomainError, invalid } from '../errors.ts'
import { clearAttempts, lockPolicies, takeAttempt } from './lockout.ts'
import { cookieName, narrowHeaders, type Parts, refusalCode, tooMany } from './parts.ts'
import { countRecoveryCodes, makeRecoveryCodes } from './recovery.ts'
import { syncSecondFactor } from './sign-in-queries.ts'
import { codeRefused, takeCode } from './sign-in.ts'

export type TotpSetup = {
  /** `otpauth://` address for a QR code. */
  uri: string
  /** The same secret in base 32, to be typed. */
  secret: string
  /** Recovery codes, shown now and never again; none when there are unused ones already. */
  backupCodes: string[]
}

/**
 * Begins to set up the second factor of the signed-in user; it counts once `verifyTotp` has seen a code.
 * Throws `account.password_wrong`, `account.second_factor_exists`, `sign_in.locked`, `session.required`.
 */
export async function enableTotp(parts: Parts, input: { headers: Headers; userId: string; password?: string }): Promise<TotpSetup> {
  const auth = await parts.auth()
  const headers = narrowHeaders(input.headers, await cookieName(parts, 'session_token'))
  const enabled = await withPassword(parts, input.userId, () =>
    auth.api.enableTwoFactor({ body: { ...(input.password === undefined ? {} : { password: input.password }), method: 'totp' }, headers }),
  )
  if (enabled.method !== 'totp') throw new Error('better-auth set up another second factor than was asked for')
  const { left } = await countRecoveryCodes(parts, input.userId)
  const backupCodes = left > 0 ? [] : await makeRecoveryCodes(parts, input.userId)
  return { uri: enabled.totpURI, secret: new URL(enabled.totpURI).searchParams.get('secret') ?? '', backupCodes }
}

/** Turns the second factor on by the first code; the session is replaced. Throws `sign_in.code_refused`, `session.required`. */
export async function verifyTotp(parts: Parts, input: { headers: Headers; userId: string; code: string }): Promise<{ cookies: string[] }> {
  const auth = await parts.auth()
  const headers = narrowHeaders(input.headers, await cookieName(parts, 'session_token'))
  const code = input.code.normalize('NFKC').replaceAll(/\s/g, '')
  if (!headers.has('cookie')) throw sessionRequired()
  if (!(await takeCode(parts, input.userId, code))) throw codeRefused()
  try {
    const verified = await auth.api.verifyTOTP({ body: { code }, headers, returnHeaders: true })
    return { cookies: verified.headers.getSetCookie() }
  } catch (error) {
    if (refusalCode(error) === undefined) throw error
    throw codeRefused()
  }
}

/** Turns it off again with the password; the session is replaced. */
export async function disableTotp(parts: Parts, input: { headers: Headers; userId: string; password?: string }): Promise<{ cookies: string[] }> {
  const auth = await parts.auth()
  const headers = narrowHeaders(input.headers, await cookieName(parts, 'session_token'))
  const disabled = await withPassword(parts, input.userId, () =>
    auth.api.disableTwoFactor({ body: input.password === undefined ? {} : { password: input.password }, headers, returnHeaders: true }),
  )
  await syncSecondFactor(parts.db, parts.tenant, input.userId)
  return { cookies: disabled.headers.getSetCookie() }
}

// A stolen session is no licence to guess the password.
async function withPassword<T>(parts: Parts, userId: string, work: () => Promise<T>): Promise<T> {
  const bucket = `password:${parts.seal.hash('password', userId)}`
  const wait = await takeAttempt(parts.db, parts.tenant, bucket, lockPolicies.account, parts.clock.now())
  if (wait !== undefined) throw tooMany(wait)
  try {
    const result = await work()
    await clearAttempts(parts.db, parts.tenant, bucket)
    return result
  } catch (error) {
    throw toRefusal(error)
  }
}

function toRefusal(error: unknown): unknown {
  switch (refusalCode(error)) {
    case undefined:
      return error
    case 'INVALID_PASSWORD':
      return invalid('account.password_wrong', 'The password is not right.', [
        { pointer: '/password', code: 'wrong', message: 'The password is not right.' },
      ])
    case 'TOTP_ALREADY_ENABLED':
      return new DomainError('conflict', 'account.second_factor_exists', 'The second factor is already on.')
    default:
      return sessionRequired()
  }
}

const sessionRequired = () => new DomainError('unauthenticated', 'session.required', 'Please sign in again.')
