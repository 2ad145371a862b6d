// Sensitive acts ask that the person showed who it is not long ago: an unlocked computer is not its owner.
import { DomainError } from '#kernel/errors.ts'
import { recentMinutes } from '#kernel/identity/sessions.ts'
import type { Session } from '#kernel/identity/identity.ts'
import type { Visit } from './visit.ts'

/**
 * Passes when the session was begun, or confirmed, within the last `minutes`; call it first in a page's handler. Otherwise the
 * page of src/web/sign-in/again.tsx is shown: it asks for password, passkey or code and then carries out the same request with
 * everything that was typed (files have to be chosen again). Not for API operations: a token is no person at a screen.
 * @throws DomainError `sign_in.needed`, `sign_in.recent_needed`.
 */
export function requireRecentSignIn(visit: Pick<Visit, 'session' | 'identity'>, minutes: number = recentMinutes): Session {
  const { session, identity } = visit
  if (!session) throw new DomainError('unauthenticated', 'sign_in.needed', 'Sign in first.')
  if (!identity.isRecent(session, minutes))
    throw new DomainError('unauthenticated', 'sign_in.recent_needed', 'Show once more that it is you, then this goes on.')
  return session
}
