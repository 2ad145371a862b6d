// A real OpenID Provider (oidc-provider) on this machine, whose people sign in without being asked; and a browser that only follows.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

export const client = { id: 'xiangli-test', secret: 'only for tests / with: signs & spaces' }

export type OpenIdProvider = {
  issuer: string
  /** Who signs in next. */
  subject: string
  close(): Promise<void>
}

/** Starts it; `redirectUris` are the ones it lets answers go to. Close it. */
export async function openIdProvider(redirectUris: string[]): Promise<OpenIdProvider> {
  const { default: Provider } = await import('oidc-provider')
  const server = createServer()
  const issuer = await listen(server)
  const state = { issuer, subject: 'somebody', close: () => close(server) }
  const provider = new Provider(issuer, {
    clients: [{ client_id: client.id, client_secret: client.secret, redirect_uris: redirectUris, token_endpoint_auth_method: 'client_secret_basic' }],
    cookies: { keys: ['only for tests'] },
    features: { devInteractions: { enabled: false } },
    pkce: { required: () => true },
    interactions: { url: (_: unknown, interaction: { uid: string }) => `/interaction/${interaction.uid}` },
    findAccount: (_: unknown, accountId: string) => ({ accountId, claims: () => ({ sub: accountId, email: 'claimed@example.org' }) }),
    loadExistingGrant: grantAll,
  })
  const handle = provider.callback()
  server.on('request', (request, response) => {
    const work = request.url?.startsWith('/interaction/')
      ? provider.interactionFinished(request, response, { login: { accountId: state.subject } })
      : handle(request, response)
    work.catch(() => response.destroy())
  })
  return state
}

type GrantContext = {
  oidc: {
    client: { clientId: string }
    session: { accountId: string }
    provider: { Grant: new (of: object) => { addOIDCScope(scope: string): void; save(): Promise<string> } }
  }
}

async function grantAll({ oidc }: GrantContext): Promise<unknown> {
  const grant = new oidc.provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId })
  grant.addOIDCScope('openid')
  await grant.save()
  return grant
}

/** Follows redirects with the provider's cookies until one leads away from it; that address is the answer. */
export async function walk(location: string, issuer: string): Promise<URL> {
  const jar = new Map<string, string>()
  let url = new URL(location)
  for (let step = 0; step < 10 && url.origin === new URL(issuer).origin; step++) {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
    const response = await fetch(url, { redirect: 'manual', headers: cookie === '' ? {} : { cookie } })
    for (const line of response.headers.getSetCookie()) {
      const [name = '', value = ''] = line.split(';', 1)[0]?.split(/=(.*)/s) ?? []
      jar.set(name, value)
    }
    const next = response.headers.get('location')
    if (next === null) throw new Error(`the provider answered ${response.status}: ${await response.text()}`)
    await response.body?.cancel()
    url = new URL(next, url)
  }
  return url
}

/** A provider that says whatever a test wants: discovery and keys are right, the token endpoint gives `idToken()`. */
export async function faultyProvider(parts: { keys: object[]; idToken(issuer: string): Promise<string>; metadata?: object }) {
  const server = createServer()
  const issuer = await listen(server)
  server.on('request', (request, response) => {
    const answer = async (): Promise<object> => {
      if (request.url?.startsWith('/.well-known')) {
        const endpoints = { authorization_endpoint: `${issuer}/auth`, token_endpoint: `${issuer}/token`, jwks_uri: `${issuer}/jwks` }
        return { issuer, ...endpoints, id_token_signing_alg_values_supported: ['ES256', 'none', 'HS256'], ...parts.metadata }
      }
      if (request.url === '/jwks') return { keys: parts.keys }
      return { access_token: 'x', token_type: 'Bearer', id_token: await parts.idToken(issuer) }
    }
    void answer().then((body) => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body)))
  })
  return { issuer, close: () => close(server) }
}

const listen = (server: Server): Promise<string> =>
  new Promise((resolve) => {
    // a server that listens on TCP has such an address
    server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`))
  })

const close = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
