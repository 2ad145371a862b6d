// OpenID Connect Core 1.0 with the authorization code, PKCE (RFC 7636), state and nonce. Discovery, the token request and the
// checks of the ID token; what an identity then means here is in oidc.ts.
import { createHash, timingSafeEqual } from 'node:crypto'
import { createLocalJWKSet, errors, type JWTPayload, jwtVerify } from 'jose'
import * as z from 'zod'
import { DomainError } from '../errors.ts'
import { fetchProvider } from './fetch-provider.ts'
import type { Parts } from './parts.ts'
import type { Provider } from './providers.ts'

const discoverySeconds = 600
const clockTolerance = 60
const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519']

const metadataSchema = z.object({
  issuer: z.string(),
  authorization_endpoint: z.url(),
  token_endpoint: z.url(),
  jwks_uri: z.url(),
  token_endpoint_auth_methods_supported: z.array(z.string()).optional(),
  id_token_signing_alg_values_supported: z.array(z.string()).optional(),
  authorization_response_iss_parameter_supported: z.boolean().optional(),
})
const keysSchema = z.object({ keys: z.array(z.looseObject({ kty: z.string() })) })
const tokenSchema = z.object({ id_token: z.string(), access_token: z.string().optional(), token_type: z.string() })

export type Metadata = z.output<typeof metadataSchema>
type Known = { metadata: Metadata; keys: z.output<typeof keysSchema>; until: number }
const known = new WeakMap<Parts, Map<string, Known>>()

/** The provider's metadata and keys, kept for ten minutes (Discovery §4). @throws `provider.refused`, `provider.unreachable`, `provider.address`. */
export async function discover(parts: Parts, issuer: string, fresh = false): Promise<Known> {
  const kept = known.get(parts) ?? new Map<string, Known>()
  known.set(parts, kept)
  const now = parts.clock.now().getTime()
  const found = kept.get(issuer)
  if (found && found.until > now && !fresh) return found
  const allowLocal = parts.deps.allowLocalProviders === true
  const answer = await fetchProvider(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, { allowLocal })
  const metadata = metadataSchema.safeParse(answer.json)
  // Discovery §4.3: exactly the issuer that was asked for.
  if (answer.status !== 200 || !metadata.success || metadata.data.issuer !== issuer) throw refused('metadata')
  const keyAnswer = await fetchProvider(metadata.data.jwks_uri, { allowLocal })
  const keys = keysSchema.safeParse(keyAnswer.json)
  if (keyAnswer.status !== 200 || !keys.success) throw refused('keys')
  const made = { metadata: metadata.data, keys: keys.data, until: now + discoverySeconds * 1000 }
  kept.set(issuer, made)
  return made
}

export type AuthorizationRequest = { redirectUri: string; state: string; nonce: string; verifier: string; again: boolean }

/** The address at which the person signs in with the provider (Core §3.1.2.1). */
export function authorizationUrl(metadata: Metadata, provider: Pick<Provider, 'clientId'>, request: AuthorizationRequest): string {
  const url = new URL(metadata.authorization_endpoint)
  const query = {
    response_type: 'code',
    client_id: provider.clientId,
    redirect_uri: request.redirectUri,
    scope: 'openid',
    state: request.state,
    nonce: request.nonce,
    code_challenge: createHash('sha256').update(request.verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...(request.again ? { prompt: 'login', max_age: '0' } : {}),
  }
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
  return url.href
}

type Exchange = { code: string; redirectUri: string; verifier: string; nonce: string }

/** Trades the code for an ID token and checks it. @throws `provider.refused` (the cause says what), `provider.unreachable`. */
export async function exchangeCode(parts: Parts, provider: Provider & { clientSecret: string }, exchange: Exchange): Promise<JWTPayload> {
  const found = await discover(parts, provider.issuer)
  const answer = await fetchProvider(found.metadata.token_endpoint, {
    allowLocal: parts.deps.allowLocalProviders === true,
    method: 'POST',
    ...tokenRequest(found.metadata, provider, exchange),
  })
  const tokens = tokenSchema.safeParse(answer.json)
  if (answer.status !== 200 || !tokens.success || tokens.data.token_type.toLowerCase() !== 'bearer') throw refused('token')
  const claims = await verifyIdToken(parts, provider, tokens.data.id_token)
  if (typeof claims['nonce'] !== 'string' || !isSame(claims['nonce'], exchange.nonce)) throw refused('nonce')
  return claims
}

/** client_secret_basic unless the provider takes only client_secret_post (Core §9); without a secret a public client with PKCE. */
function tokenRequest(metadata: Metadata, { clientId, clientSecret }: { clientId: string; clientSecret: string }, exchange: Exchange) {
  const body = new URLSearchParams({
    grant_type: 'authorization_code',
    code: exchange.code,
    redirect_uri: exchange.redirectUri,
    code_verifier: exchange.verifier,
  })
  const methods = metadata.token_endpoint_auth_methods_supported ?? ['client_secret_basic']
  if (clientSecret !== '' && methods.includes('client_secret_basic')) {
    // RFC 6749 §2.3.1: both halves are form-encoded first.
    const credentials = [clientId, clientSecret].map((text) => new URLSearchParams({ _: text }).toString().slice(2)).join(':')
    return { body, headers: { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` } }
  }
  body.set('client_id', clientId)
  if (clientSecret !== '') body.set('client_secret', clientSecret)
  return { body }
}

/** Core §3.1.3.7. A key that is not known is looked for once more: providers change their keys. */
async function verifyIdToken(parts: Parts, provider: Provider, idToken: string): Promise<JWTPayload> {
  const verify = async (fresh: boolean): Promise<JWTPayload> => {
    const { metadata, keys } = await discover(parts, provider.issuer, fresh)
    const offered = metadata.id_token_signing_alg_values_supported ?? ['RS256']
    const { payload } = await jwtVerify(idToken, createLocalJWKSet(keys), {
      issuer: provider.issuer,
      audience: provider.clientId,
      algorithms: algorithms.filter((name) => offered.includes(name)),
      requiredClaims: ['sub', 'exp', 'iat', 'nonce'],
      clockTolerance,
      currentDate: parts.clock.now(),
    })
    return payload
  }
  const payload = await verify(false)
    .catch((error: unknown) => {
      if (error instanceof errors.JWKSNoMatchingKey) return verify(true)
      throw error
    })
    .catch((cause: unknown) => {
      throw cause instanceof DomainError ? cause : refused('id_token', cause)
    })
  const several = Array.isArray(payload.aud) && payload.aud.length > 1
  if ((several || payload['azp'] !== undefined) && payload['azp'] !== provider.clientId) throw refused('azp')
  return payload
}

const isSame = (given: string, expected: string) => given.length === expected.length && timingSafeEqual(Buffer.from(given), Buffer.from(expected))

/** `what` names the check that failed, for the log of whoever sets a provider up; nothing that the provider sent is in it. */
export const refused = (what: string, cause?: unknown) =>
  new DomainError('unauthenticated', 'provider.refused', `The sign-in with the provider was not completed (${what}).`, { cause })
