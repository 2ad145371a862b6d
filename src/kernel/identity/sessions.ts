// Beginning a session for an account that has just been recognised, and saying later that it was recognised again.
import type { Parts } from './parts.ts'
import { narrowHeaders } from './parts.ts'
import type { SignInMethod } from './queries.ts'
import { pendingSeconds } from './session-plugin.ts'
import { touchSession } from './sign-in-queries.ts'

/** Cookies of a new session. @throws when the account is closed (better-auth's refusal, see auth.ts). */
export async function openSession(parts: Parts, userId: string, method: SignInMethod, headers: Headers): Promise<{ cookies: string[] }> {
  const auth = await parts.auth()
  const opened = await auth.api.openSession({ body: { userId, method }, headers: narrowHeaders(headers), returnHeaders: true })
  return { cookies: opened.headers.getSetCookie() }
}

/** Cookies of a sign-in whose second step is still to come (`finishSignIn`). */
export async function openPending(parts: Parts, userId: string, headers: Headers): Promise<{ needsTotp: true; cookies: string[] }> {
  const auth = await parts.auth()
  const expiresAt = new Date(parts.clock.now().getTime() + pendingSeconds * 1000)
  const opened = await auth.api.openPending({ body: { userId, expiresAt }, headers: narrowHeaders(headers), returnHeaders: true })
  return { needsTotp: true, cookies: opened.headers.getSetCookie() }
}

/** Minutes for which a sign-in counts as recent, when the caller names no other number. Chosen by us; no law sets it. */
export const recentMinutes = 15

/** Whether the person behind this session showed who it is within the last `minutes`. */
export const isRecent = (parts: Parts, session: { authenticatedAt: Date }, minutes: number): boolean =>
  parts.clock.now().getTime() - session.authenticatedAt.getTime() < minutes * 60_000

/** The person behind this session has just shown who it is. */
export const markRecent = (parts: Parts, sessionId: string): Promise<void> => touchSession(parts.db, parts.tenant, sessionId, parts.clock.now())
