// The one place from which an identity provider is asked: discovery, keys, tokens. Everything about where requests may go is here.
import { lookup } from 'node:dns/promises'
import { BlockList, isIP } from 'node:net'
import { DomainError } from '../errors.ts'

const patience = 10_000
const largestAnswer = 512 * 1024

const inside = new BlockList()
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const)
  inside.addSubnet(network, prefix, 'ipv4')
for (const [network, prefix] of [
  ['::', 127],
  ['::ffff:0:0', 96],
  ['64:ff9b::', 96],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const)
  inside.addSubnet(network, prefix, 'ipv6')

/**
 * Fetches JSON from a provider over https, without following redirects, from public addresses only; `allowLocal` lets in plain
 * http on this machine (a demonstration or a test). Returns status and parsed body (undefined when it is no JSON).
 * @throws DomainError `provider.address` for an address that is not allowed, `provider.unreachable` for no answer.
 */
export async function fetchProvider(
  address: string,
  options: { allowLocal: boolean; method?: 'GET' | 'POST'; headers?: Record<string, string>; body?: URLSearchParams },
): Promise<{ status: number; json: unknown }> {
  await checkAddress(address, options.allowLocal)
  try {
    const response = await fetch(address, {
      method: options.method ?? 'GET',
      headers: { accept: 'application/json', ...options.headers },
      redirect: 'error',
      signal: AbortSignal.timeout(patience),
      ...(options.body ? { body: options.body } : {}),
    })
    return { status: response.status, json: parse(await readLimited(response)) }
  } catch (cause) {
    throw new DomainError('unavailable', 'provider.unreachable', 'The identity provider did not answer.', { cause })
  }
}

async function checkAddress(address: string, allowLocal: boolean): Promise<void> {
  const url = URL.canParse(address) ? new URL(address) : undefined
  if (!url || url.username !== '' || url.password !== '') throw notAllowed()
  const host = url.hostname.replaceAll(/[[\]]/g, '')
  if (allowLocal && url.protocol === 'http:' && ['localhost', '127.0.0.1', '::1'].includes(host)) return
  if (url.protocol !== 'https:') throw notAllowed()
  const found = isIP(host) ? [{ address: host, family: isIP(host) }] : await lookup(host, { all: true }).catch(() => [])
  if (found.length === 0) throw new DomainError('unavailable', 'provider.unreachable', 'The identity provider did not answer.')
  if (found.some((each) => inside.check(each.address, each.family === 6 ? 'ipv6' : 'ipv4'))) throw notAllowed()
}

async function readLimited(response: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.length
    if (size > largestAnswer) throw new Error('too large an answer')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const notAllowed = () => new DomainError('invalid', 'provider.address', 'An identity provider must have a public https address.')
