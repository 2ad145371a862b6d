// Who is at the other end. One identity per town: accounts, sessions and mailed links of one town mean nothing in another.
// Pages stay server-rendered: each function takes the request's headers and gives the cookies to set.
import { requestCode, signInByCode } from './codes.ts'
import { changePassword, confirmByCode, confirmByPassword, endOthers, requestContactCode, requestOwnCode, setContact } from './confirm.ts'
import { beginProvider, finishProvider } from './oidc.ts'
import {
  addPasskey,
  askForPasskey,
  beginPasskey,
  confirmByPasskey,
  listPasskeys,
  passkeysPossible,
  removePasskey,
  signInByPasskey,
} from './passkeys.ts'
import { listLinks, listProviders, saveProvider, unlink } from './providers.ts'
import { countRecoveryCodes, makeRecoveryCodes } from './recovery.ts'
import { isRecent } from './sessions.ts'
import { hasApp } from './sign-in-queries.ts'
import { confirmAddress, createUser, inviteStaff, registerResident, requestPasswordReset, setPasswordByToken } from './accounts.ts'
import type { AccountKind } from './auth.ts'
import { purgeLimits } from './limits.ts'
import { purgeAttempts } from './lockout.ts'
import { cookieName, createParts, type IdentityDeps, type Parts, readSignedCookie, shownEmail, toUser, type User } from './parts.ts'
import {
  deleteSecondFactor,
  deleteSessions,
  findSession,
  listSessionRows,
  listUserRows,
  purgeExpired,
  type SessionEntry,
  type SignInMethod,
  updateDisabled,
  updateLanguage,
} from './queries.ts'
import { disableTotp, enableTotp, verifyTotp } from './second-factor.ts'
import { finishSignIn, signIn, signOut } from './sign-in.ts'

export type { IdentityCode, IdentityDeps, IdentityMail, User } from './parts.ts'
export type { PasskeyEntry } from './passkeys.ts'
export type { Provider, ProviderLink } from './providers.ts'
export type { ProviderErrand } from './oidc.ts'
export type { TotpSetup } from './second-factor.ts'
export type { SessionEntry } from './queries.ts'
export type { AccountKind } from './auth.ts'

export type Session = {
  sessionId: string
  expiresAt: Date
  userId: string
  kind: AccountKind
  name: string
  email: string
  language: string
  hasSecondFactor: boolean
  /** When the person last showed who it is: at sign-in, or again since. */
  authenticatedAt: Date
  method: SignInMethod
}

export type Identity = ReturnType<typeof createIdentity>

/** The identity of one town. Cheap until first used; the installation keeps one per town. */
export function createIdentity(deps: IdentityDeps) {
  const parts = createParts(deps)
  const { db, tenant, clock } = parts
  return {
    tenant,
    signIn: bind(parts, signIn),
    finishSignIn: bind(parts, finishSignIn),
    signOut: bind(parts, signOut),
    registerResident: bind(parts, registerResident),
    confirmAddress: bind(parts, confirmAddress),
    inviteStaff: bind(parts, inviteStaff),
    requestPasswordReset: (email: string, language?: string): Promise<void> => requestPasswordReset(parts, email, language),
    setPasswordByToken: bind(parts, setPasswordByToken),
    createUser: bind(parts, createUser),
    enableTotp: bind(parts, enableTotp),
    verifyTotp: bind(parts, verifyTotp),
    disableTotp: bind(parts, disableTotp),
    requestCode: bind(parts, requestCode),
    signInByCode: bind(parts, signInByCode),
    requestOwnCode: bind(parts, requestOwnCode),
    requestContactCode: bind(parts, requestContactCode),
    setContact: bind(parts, setContact),
    confirmByPassword: bind(parts, confirmByPassword),
    confirmByCode: bind(parts, confirmByCode),
    confirmByPasskey: bind(parts, confirmByPasskey),
    changePassword: bind(parts, changePassword),
    revokeOtherSessions: bind(parts, endOthers),
    passkeysPossible: (): boolean => passkeysPossible(parts),
    beginPasskey: bind(parts, beginPasskey),
    addPasskey: bind(parts, addPasskey),
    askForPasskey: bind(parts, askForPasskey),
    signInByPasskey: bind(parts, signInByPasskey),
    listPasskeys: bind(parts, listPasskeys),
    removePasskey: bind(parts, removePasskey),
    makeRecoveryCodes: bind(parts, makeRecoveryCodes),
    countRecoveryCodes: bind(parts, countRecoveryCodes),
    /** True when the account has an authenticator app (a passkey is a second factor too, and not counted here). */
    hasApp: (userId: string): Promise<boolean> => hasApp(db, tenant, userId),
    listProviders: () => listProviders(parts),
    saveProvider: bind(parts, saveProvider),
    beginProvider: bind(parts, beginProvider),
    finishProvider: bind(parts, finishProvider),
    listLinks: bind(parts, listLinks),
    unlink: bind(parts, unlink),
    /** Whether the person behind this session showed who it is within the last `minutes`; see `requireRecentSignIn` (src/http/recent.ts). */
    isRecent: (session: Pick<Session, 'authenticatedAt'>, minutes: number): boolean => isRecent(parts, session, minutes),
    /** Who holds this request's session cookie; undefined for nobody. Never writes. */
    readSession: (headers: Headers) => readSession(parts, headers),
    /** True when this person must set up a second factor before working: send them to that page. */
    staffNeedsSecondFactor: (session: Pick<Session, 'kind' | 'hasSecondFactor'> & { method?: SignInMethod }) =>
      (deps.staffNeedsSecondFactor ?? false) && session.kind === 'staff' && !session.hasSecondFactor && session.method !== 'provider_strong',
    findUser: (userId: string): Promise<User | undefined> => parts.findUser(userId),
    listUsers: async (kind: AccountKind): Promise<User[]> => (await listUserRows(db, tenant, { kind })).map((row) => toUser(parts, row)),
    setLanguage: (userId: string, language: string) => updateLanguage(db, tenant, userId, language),
    /** Running sessions, newest first, with the kind of device. */
    listSessions: (userId: string): Promise<SessionEntry[]> => listSessionRows(db, tenant, userId, clock.now()),
    /** Ends one of the user's sessions; false when there is none of that id. */
    revokeSession: async (input: { userId: string; sessionId: string }): Promise<boolean> =>
      (await deleteSessions(db, tenant, input.userId, input.sessionId)) > 0,
    /** Ends all of the user's sessions; returns how many. */
    revokeSessions: (userId: string): Promise<number> => deleteSessions(db, tenant, userId),
    /** Closes or reopens an account; closing ends sessions and links. False when there is no such account. */
    setDisabled: (userId: string, disabled: boolean): Promise<boolean> => updateDisabled(db, tenant, userId, disabled ? clock.now() : null),
    /** For a lost phone, by an administrator: removes the second factor and ends all sessions. */
    resetSecondFactor: (userId: string): Promise<boolean> => deleteSecondFactor(db, tenant, userId),
    /** Deletes what has expired; run it daily. */
    purge: async (): Promise<void> => {
      const now = clock.now()
      await purgeExpired(db, tenant, now)
      await purgeAttempts(db, tenant, now)
      await purgeLimits(db, tenant, now)
    },
  }
}

async function readSession(parts: Parts, headers: Headers): Promise<Session | undefined> {
  if (!headers.has('cookie')) return undefined
  const token = readSignedCookie(headers, await cookieName(parts, 'session_token'), parts.seal.cookieSecret)
  const row = token ? await findSession(parts.db, parts.tenant, token, parts.clock.now()) : undefined
  if (!row) return undefined
  return {
    sessionId: row.session_id,
    expiresAt: row.expires_at,
    userId: row.user_id,
    kind: row.kind,
    name: parts.seal.open('name', row.name),
    email: shownEmail(parts.seal.open('email', row.email_sealed)),
    language: row.language,
    hasSecondFactor: row.second_factor,
    authenticatedAt: row.authenticated_at,
    method: row.method,
  }
}

const bind =
  <I, R>(parts: Parts, work: (parts: Parts, input: I) => Promise<R>) =>
  (input: I): Promise<R> =>
    work(parts, input)
