// Signing in with an identity provider. An identity is (issuer, subject) and nothing else: an address that a provider names is
// never matched with an account. Residents get an account on first use; staff must have been linked, or come with an invitation.
import { randomBytes } from 'node:crypto'
import * as z from 'zod'
import { DomainError } from '../errors.ts'
import { uuidv7 } from '../ids.ts'
import { putChallenge, takeChallenge } from './challenges.ts'
import { authorizationUrl, discover, exchangeCode, refused } from './oidc-client.ts'
import { pageLink, type Parts, placeholderEmail, tellChanged } from './parts.ts'
import { findLinked, getProvider, link, type Provider } from './providers.ts'
import { deleteVerifications } from './queries.ts'
import { markRecent, openPending, openSession } from './sessions.ts'

/**
 * Why the person goes to the provider: to sign in, to link it to the account that is signed in, to show again who one is, or to
 * accept an invitation.
 */
export type ProviderErrand =
  | { mode: 'sign_in' }
  | { mode: 'link' | 'again'; userId: string; sessionId: string }
  | { mode: 'invitation'; token: string }

const errandSchema = z.discriminatedUnion('mode', [
  z.object({ mode: z.literal('sign_in') }),
  z.object({ mode: z.enum(['link', 'again']), userId: z.string(), sessionId: z.string() }),
  z.object({ mode: z.literal('invitation'), token: z.string() }),
])
const keptSchema = z.object({
  providerId: z.string(),
  verifier: z.string(),
  nonce: z.string(),
  next: z.string(),
  startedAt: z.number(),
  errand: errandSchema,
})

const redirectUri = (parts: Parts, providerId: string) => pageLink(parts, `/sign-in/with/${providerId}/return`).href

/** Where to send the browser; `binding` (a cookie of that browser) must come back with the answer. @throws `provider.*`. */
export async function beginProvider(
  parts: Parts,
  input: { providerId: string; binding: string; next: string; errand: ProviderErrand },
): Promise<{ location: string }> {
  const provider = await getProvider(parts, input.providerId)
  const { metadata } = await discover(parts, provider.issuer)
  const [verifier, nonce] = [randomBytes(32).toString('base64url'), randomBytes(24).toString('base64url')]
  const { providerId, next, errand } = input
  const kept = { providerId, verifier, nonce, next, errand, startedAt: Math.floor(parts.clock.now().getTime() / 1000) }
  const state = await putChallenge(parts, 'provider', input.binding, kept)
  const again = errand.mode === 'again'
  return { location: authorizationUrl(metadata, provider, { redirectUri: redirectUri(parts, providerId), state, nonce, verifier, again }) }
}

export type ProviderReturn = { providerId: string; query: URLSearchParams; binding: string; headers: Headers; language: string }
export type ProviderOutcome = { next: string; errand: ProviderErrand['mode']; cookies: string[]; needsTotp?: true }

/**
 * The person came back. The state is used up whatever follows, so an answer cannot be sent twice.
 * Throws `provider.refused`, `provider.denied` (the person or the provider said no), `provider.not_linked`, `provider.linked`.
 */
export async function finishProvider(parts: Parts, input: ProviderReturn): Promise<ProviderOutcome> {
  const { query, providerId } = input
  const kept = keptSchema.safeParse(await takeChallenge(parts, 'provider', input.binding, query.get('state') ?? ''))
  if (!kept.success || kept.data.providerId !== providerId) throw refused('state')
  const provider = await getProvider(parts, providerId)
  await checkIssuer(parts, provider, query.get('iss'))
  if (query.has('error')) throw new DomainError('unauthenticated', 'provider.denied', 'The provider did not confirm who you are.')
  const { verifier, nonce, next, errand, startedAt } = kept.data
  const code = query.get('code') ?? ''
  if (code === '') throw refused('code')
  const claims = await exchangeCode(parts, provider, { code, redirectUri: redirectUri(parts, providerId), verifier, nonce })
  const subject = claims.sub ?? ''
  if (subject === '') throw refused('sub')
  const done = await runErrand(parts, { provider, subject, errand, startedAt, authTime: claims['auth_time'], input })
  return { next, errand: errand.mode, ...done }
}

/** RFC 9207: an answer of another provider must not be taken for this one's. */
async function checkIssuer(parts: Parts, provider: Provider, issuer: string | null): Promise<void> {
  const { metadata } = await discover(parts, provider.issuer)
  const expected = metadata.authorization_response_iss_parameter_supported === true || issuer !== null
  if (expected && issuer !== provider.issuer) throw refused('iss')
}

type Arrival = { provider: Provider; subject: string; errand: ProviderErrand; startedAt: number; authTime: unknown; input: ProviderReturn }

async function runErrand(parts: Parts, arrival: Arrival): Promise<{ cookies: string[]; needsTotp?: true }> {
  const { provider, subject, errand, input } = arrival
  switch (errand.mode) {
    case 'sign_in':
      return signInLinked(parts, arrival, (await findLinked(parts, provider.issuer, subject)) ?? (await makeResident(parts, arrival)))
    case 'link': {
      const user = await parts.findUser(errand.userId)
      if (!user || user.kind !== provider.kind) throw notLinked()
      await link(parts, errand.userId, provider.issuer, subject)
      await tellChanged(parts, user)
      return { cookies: [] }
    }
    case 'again': {
      // max_age=0 was asked for, so auth_time must be there and not before we asked (Core §3.1.2.1, §3.1.3.7 step 13).
      if (typeof arrival.authTime !== 'number' || arrival.authTime < arrival.startedAt - 60) throw refused('auth_time')
      if ((await findLinked(parts, provider.issuer, subject)) !== errand.userId) throw notLinked()
      await markRecent(parts, errand.sessionId)
      return { cookies: [] }
    }
    case 'invitation':
      return signInLinked(parts, arrival, await acceptInvitation(parts, provider, subject, errand.token), input.headers)
  }
}

async function signInLinked(parts: Parts, { provider, input }: Arrival, userId: string, headers = input.headers) {
  const user = await parts.findUser(userId)
  if (!user || user.disabledAt || user.kind !== provider.kind) throw notLinked()
  // A second factor of ours is asked for unless the provider asks for one itself.
  if (user.hasSecondFactor && !provider.strong) return openPending(parts, userId, headers)
  return openSession(parts, userId, provider.strong ? 'provider_strong' : 'provider', headers)
}

async function makeResident(parts: Parts, { provider, subject, input }: Arrival): Promise<string> {
  if (provider.kind !== 'resident') throw notLinked()
  const { internalAdapter } = await (await parts.auth()).$context
  const user = { email: placeholderEmail(uuidv7(parts.clock.now())), emailVerified: false, name: provider.label.zh, language: input.language }
  const { id } = await internalAdapter.createUser({ ...user, kind: 'resident' }, { method: 'admin' })
  try {
    await link(parts, id, provider.issuer, subject)
    return id
  } catch (error) {
    await internalAdapter.deleteUser(id)
    const other = await findLinked(parts, provider.issuer, subject)
    if (other === undefined) throw error
    return other
  }
}

/** An invited member of staff takes the provider instead of a password; the invitation is used up. */
async function acceptInvitation(parts: Parts, provider: Provider, subject: string, token: string): Promise<string> {
  const { internalAdapter } = await (await parts.auth()).$context
  const identifier = `reset-password:${token}`
  const found = await internalAdapter.findVerificationValue(identifier)
  const user = found && found.expiresAt > parts.clock.now() ? await parts.findUser(found.value) : undefined
  if (!user || user.disabledAt || user.hasPassword || user.kind !== 'staff' || provider.kind !== 'staff') throw notLinked()
  if (!(await internalAdapter.consumeVerificationValue(identifier))) throw notLinked()
  await link(parts, user.userId, provider.issuer, subject)
  await internalAdapter.updateUser(user.userId, { emailVerified: true })
  await deleteVerifications(parts.db, parts.tenant, user.userId)
  return user.userId
}

const notLinked = () =>
  new DomainError('unauthenticated', 'provider.not_linked', 'No account here is linked to this identity. Ask the IT administrator for an invitation.')
