// The one place from which an identity provider is asked: discovery, keys, tokens. Where requests may go is safe-fetch's to say.
import { DomainError } from '../errors.ts'
import { safeFetch, SafeFetchError } from '../net/safe-fetch.ts'

const patience = 10_000
const largestAnswer = 512 * 1024

/** Refusals that lie in the address, so that asking again changes nothing. */
const inAddress: ReadonlySet<string> = new Set(['url', 'scheme', 'credentials', 'port', 'address'])

/**
 * Fetches JSON from a provider over https, without following redirects, from public addresses only; `allowLocal` lets in plain
 * http on this machine (a demonstration or a test). Returns status and parsed body (undefined when it is no JSON).
 * @throws DomainError `provider.address` for an address that is not allowed, `provider.unreachable` for no answer.
 */
export async function fetchProvider(
  address: string,
  options: { allowLocal: boolean; method?: 'GET' | 'POST'; headers?: Record<string, string>; body?: URLSearchParams },
): Promise<{ status: number; json: unknown }> {
  const kind: Record<string, string> = options.body ? { 'content-type': 'application/x-www-form-urlencoded;charset=UTF-8' } : {}
  try {
    const { status, body } = await safeFetch(address, {
      method: options.method ?? 'GET',
      headers: { accept: 'application/json', ...kind, ...options.headers },
      timeoutMs: patience,
      maxBytes: largestAnswer,
      maxRedirects: 0,
      allowLoopback: options.allowLocal,
      ...(options.body ? { body: options.body.toString() } : {}),
    })
    return { status, json: parse(body.toString()) }
  } catch (cause) {
    if (cause instanceof SafeFetchError && inAddress.has(cause.code))
      throw new DomainError('invalid', 'provider.address', 'An identity provider must have a public https address.', { cause })
    throw new DomainError('unavailable', 'provider.unreachable', 'The identity provider did not answer.', { cause })
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
