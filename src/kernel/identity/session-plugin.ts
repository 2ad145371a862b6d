// Sessions begun by our own ways of signing in are made, and their cookies written, by better-auth. No HTTP route leads here:
// better-auth's handler is not mounted, these are called as functions.
import { createAuthEndpoint } from 'better-auth/api'
import { expireCookie, setSessionCookie } from 'better-auth/cookies'
import * as z from 'zod'
import { randomBytes } from 'node:crypto'

/** How long the second step may take. */
export const pendingSeconds = 600
const onlyHere = { method: 'POST', metadata: { SERVER_ONLY: true } } as const

/** Begins sessions and half-finished sign-ins for accounts that the caller has already recognised. */
export const sessionPlugin = {
  id: 'xiangli-sessions',
  endpoints: {
    /** A session for this account; the cookie is in the answer's headers, a half-finished sign-in is taken out of the browser. */
    openSession: createAuthEndpoint(
      '/xiangli/open-session',
      { ...onlyHere, body: z.object({ userId: z.string(), method: z.string() }) },
      async (context) => {
        const { internalAdapter, createAuthCookie } = context.context
        const user = await internalAdapter.findUserById(context.body.userId)
        if (!user) throw context.error('UNAUTHORIZED', { code: 'ACCOUNT_UNKNOWN' })
        const session = await internalAdapter.createSession(user.id, false, { method: context.body.method })
        await setSessionCookie(context, { session, user }, false)
        expireCookie(context, createAuthCookie('two_factor'))
        return context.json({ sessionId: session.id })
      },
    ),
    /** A sign-in that still needs its second step: the same record and cookie as better-auth's own after a password. */
    openPending: createAuthEndpoint(
      '/xiangli/open-pending',
      { ...onlyHere, body: z.object({ userId: z.string(), expiresAt: z.date() }) },
      async (context) => {
        const { internalAdapter, createAuthCookie, secret } = context.context
        const identifier = `2fa-${randomBytes(24).toString('base64url')}`
        const cookie = createAuthCookie('two_factor', { maxAge: pendingSeconds })
        const { expiresAt } = context.body
        await internalAdapter.createVerificationValue({ value: context.body.userId, identifier, expiresAt })
        await internalAdapter.createVerificationValue({ value: '0', identifier: `2fa-attempts-${identifier}`, expiresAt })
        await context.setSignedCookie(cookie.name, identifier, secret, cookie.attributes)
        return context.json({ pending: true })
      },
    ),
  },
}
