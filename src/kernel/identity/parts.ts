// What the files of this module share: one town's better-auth, keys and mail.
import { AsyncLocalStorage } from 'node:async_hooks'
import { createHmac, timingSafeEqual } from 'node:crypto'
import { isAPIError } from 'better-auth/api'
import type { Database } from '#kernel/database/database.ts'
import { type Clock, systemClock } from '../clock.ts'
import { DomainError } from '../errors.ts'
import { type AccountKind, type Auth, type AuthMail, createAuth, linkSeconds } from './auth.ts'
import { listUserRows, type UserRow } from './queries.ts'
import { createSeal, type Seal } from './seal.ts'
import { tenantDatabase } from './tenant-pool.ts'

export type IdentityMail = {
  template: 'confirm_address' | 'address_known' | 'address_unknown' | 'password_reset' | 'invitation' | 'account_changed'
  to: string
  name: string
  language: string
  /** Holds the one-time token; goes into the mail and nowhere else. */
  link: string
  expiresAt: Date | undefined
}

/** A code that signs in or confirms; goes into the message and nowhere else. SMS carries it as a variable of a registered template. */
export type IdentityCode = { channel: 'sms' | 'mail'; to: string; code: string; minutes: number; language: string }

export type IdentityDeps = {
  database: Database
  /** An existing town: the caller has checked. */
  tenant: string
  /** Origin under which people reach the installation, e.g. `https://town.example`; https makes cookies Secure. */
  baseUrl: string
  /** At least 32 characters; keys of each town are derived from it. Losing it loses names and addresses of accounts. */
  secret: string
  /** Not a demonstration's virtual clock: sessions and links live in real time. */
  clock?: Clock
  /** Called outside any transaction, so it may write an outbox. */
  sendMail(message: IdentityMail): Promise<void>
  sendCode(message: IdentityCode): Promise<void>
  /** Providers and their keys may be asked over plain http on this machine: a demonstration or a test. */
  allowLocalProviders?: boolean
  trustedOrigins?: string[]
  /** Whether staff must have a second factor before they work (a town's setting; always in production). */
  staffNeedsSecondFactor?: boolean
  /** Path of cookies and start of mailed links; `/t/<tenant>` unless a host name hides it. */
  path?: string
}

export type User = {
  userId: string
  kind: AccountKind
  name: string
  /** Empty when the account has none. */
  email: string
  /** Empty when the account has none. */
  phone: string
  language: string
  confirmed: boolean
  hasPassword: boolean
  hasSecondFactor: boolean
  disabledAt: Date | null
}

export type Parts = {
  deps: IdentityDeps
  tenant: string
  db: Database['db']
  clock: Clock
  seal: Seal
  auth(): Promise<Auth>
  /** Runs a better-auth call and throws what went wrong in mailing, which it would swallow. */
  mailing<T>(work: () => Promise<T>): Promise<T>
  sendMail(template: IdentityMail['template'], userId: string, token: string, seconds?: number): Promise<string>
  findUser(userId: string): Promise<User | undefined>
}

export function createParts(deps: IdentityDeps): Parts {
  const clock = deps.clock ?? systemClock
  const seal = createSeal(deps.secret, deps.tenant)
  const failures = new AsyncLocalStorage<{ error?: unknown }>()
  let auth: Promise<Auth> | undefined
  const parts: Parts = {
    deps,
    tenant: deps.tenant,
    db: deps.database.db,
    clock,
    seal,
    auth: () => (auth ??= startAuth(parts, (mail) => sendAuthMail(parts, failures, mail))),
    mailing: (work) => mailing(failures, work),
    sendMail: (template, userId, token, seconds) => sendMail(parts, template, userId, token, seconds),
    findUser: async (userId) => {
      const [row] = await listUserRows(parts.db, parts.tenant, { userId })
      return row && toUser(parts, row)
    },
  }
  return parts
}

export const toUser = ({ seal }: Parts, row: UserRow): User => ({
  userId: row.id,
  kind: row.kind,
  name: seal.open('name', row.name),
  email: shownEmail(seal.open('email', row.email_sealed)),
  phone: row.phone === null ? '' : seal.open('phone', row.phone),
  language: row.language,
  confirmed: row.email_verified,
  hasPassword: row.has_password,
  hasSecondFactor: row.two_factor_enabled,
  disabledAt: row.disabled_at,
})

/** better-auth wants an address of every account; this one stands for none (RFC 2606: `.invalid` never exists). */
const noMail = '@no-mail.invalid'
export const placeholderEmail = (id: string) => `${id}${noMail}`
export const shownEmail = (email: string) => (email.endsWith(noMail) ? '' : email)

/** better-auth's error code, or undefined when the error is not its refusal. */
export function refusalCode(error: unknown): string | undefined {
  if (!isAPIError(error)) return undefined
  const code: unknown = error.body?.code
  return typeof code === 'string' ? code : 'UNKNOWN'
}

/** Seconds to wait are in `cause.retryAfterSeconds`. */
export function tooMany(retryAfterSeconds: number): DomainError {
  const minutes = Math.ceil(retryAfterSeconds / 60)
  const wait = minutes === 1 ? 'a minute' : `${minutes} minutes`
  return new DomainError('too_many', 'sign_in.locked', `There were too many attempts. Please try again in ${wait}.`, { cause: { retryAfterSeconds } })
}

/** Full name (prefix, town) of one of better-auth's cookies. */
export async function cookieName(parts: Parts, cookie: 'session_token' | 'two_factor'): Promise<string> {
  const context = await (await parts.auth()).$context
  return context.createAuthCookie(cookie).name
}

/** A cookie's value if its signature is ours, else undefined. better-auth signs as `value.base64(HMAC-SHA-256)`, percent-encoded. */
export function readSignedCookie(headers: Headers, name: string, secret: string): string | undefined {
  const found = (headers.get('cookie') ?? '').split(/;\s*/).find((pair) => pair.startsWith(`${name}=`))
  const text = found && decode(found.slice(name.length + 1))
  const dot = text?.lastIndexOf('.') ?? -1
  if (!text || dot < 1) return undefined
  const given = Buffer.from(text.slice(dot + 1), 'base64')
  // One signature has one spelling: what a lenient decoder skips is not ours.
  if (given.toString('base64') !== text.slice(dot + 1)) return undefined
  const expected = createHmac('sha256', secret).update(text.slice(0, dot)).digest()
  return given.length === expected.length && timingSafeEqual(given, expected) ? text.slice(0, dot) : undefined
}

/** Only what better-auth needs of a request: the device, and the one cookie that this step is about. */
export function narrowHeaders(headers: Headers, keep?: string): Headers {
  const narrowed = new Headers()
  const agent = headers.get('user-agent')
  if (agent) narrowed.set('user-agent', agent)
  const cookie = keep && (headers.get('cookie') ?? '').split(/;\s*/).find((pair) => pair.startsWith(`${keep}=`))
  if (cookie) narrowed.set('cookie', cookie)
  return narrowed
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

const startAuth = ({ deps, seal, clock, tenant }: Parts, mail: (message: AuthMail) => Promise<void>) =>
  createAuth(tenantDatabase(deps.database.pool, tenant), {
    tenant,
    baseUrl: deps.baseUrl,
    cookiePath: deps.path ?? `/t/${tenant}`,
    seal,
    clock,
    trustedOrigins: deps.trustedOrigins ?? [],
    mail,
  })

async function mailing<T>(failures: AsyncLocalStorage<{ error?: unknown }>, work: () => Promise<T>): Promise<T> {
  const outcome: { error?: unknown } = {}
  const result = await failures.run(outcome, work)
  if ('error' in outcome) throw outcome.error
  return result
}

const templates = {
  confirm: ['confirm_address', linkSeconds.confirm],
  reset: ['password_reset', linkSeconds.reset],
  known: ['address_known', undefined],
} as const

async function sendAuthMail(parts: Parts, failures: AsyncLocalStorage<{ error?: unknown }>, mail: AuthMail): Promise<void> {
  const [template, seconds] = templates[mail.kind]
  try {
    await parts.sendMail(template, mail.userId, mail.token, seconds)
  } catch (error) {
    const outcome = failures.getStore()
    if (outcome) outcome.error = error
  }
}

/** Pages that mailed links lead to, below the town's path. */
export const linkPages = {
  confirm_address: '/account/confirm',
  address_known: '/account/reset',
  password_reset: '/account/password',
  address_unknown: '/sign-in',
  account_changed: '/account/security',
  invitation: '/account/password',
} as const satisfies Record<IdentityMail['template'], string>

async function sendMail(parts: Parts, template: IdentityMail['template'], userId: string, token: string, seconds?: number): Promise<string> {
  const user = await parts.findUser(userId)
  if (!user) throw new Error('A mail was asked for an account that does not exist.')
  const link = pageLink(parts, linkPages[template])
  if (token) link.searchParams.set('token', token)
  const expiresAt = seconds === undefined ? undefined : new Date(parts.clock.now().getTime() + seconds * 1000)
  await parts.deps.sendMail({ template, to: user.email, name: user.name, language: user.language, link: link.href, expiresAt })
  return link.href
}

/** The full address of one of the town's pages. */
export const pageLink = (parts: Parts, page: string): URL =>
  new URL(`${parts.deps.path ?? `/t/${parts.tenant}`}${page}`.replace('//', '/'), parts.deps.baseUrl)

/** Tells the owner of an account, at the address given, that a way to sign in was changed. Nothing to do when there is no address. */
export async function tellChanged(parts: Parts, user: Pick<User, 'email' | 'name' | 'language'>): Promise<void> {
  if (user.email === '') return
  const { email: to, name, language } = user
  await parts.deps.sendMail({
    template: 'account_changed',
    to,
    name,
    language,
    link: pageLink(parts, linkPages.account_changed).href,
    expiresAt: undefined,
  })
}
