// The one way out to other servers. What a URL names is looked up once, checked, and that very address is called:
// nobody can make us talk to our own network (SSRF), however the name resolves a moment later.
import { lookup } from 'node:dns/promises'
import { type IncomingMessage, request as requestPlain } from 'node:http'
import { request as requestTls } from 'node:https'
import { isIP } from 'node:net'
import { isLoopback, isPublic } from './addresses.ts'

export type SafeFetchOptions = {
  method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE'
  headers?: Record<string, string>
  body?: string | Uint8Array
  /** For everything together: names, connection, redirects and body. */
  timeoutMs?: number
  /** Largest body that is read. */
  maxBytes?: number
  /** How many redirects are followed; each is checked like the first address. */
  maxRedirects?: number
  /** This machine may be called, and in plain http: demonstrations and tests. */
  allowLoopback?: boolean
  /** Hosts (`host` or `host:port`) that whoever runs the installation named: these may be private, and plain http to a private one. */
  trustedHosts?: readonly string[]
}

export type SafeResponse = { status: number; headers: Headers; body: Buffer; url: string }

/** Why a call was not made or not finished. `message` names a code and never an address, so it may be logged. */
export class SafeFetchError extends Error {
  readonly code: 'url' | 'scheme' | 'credentials' | 'port' | 'name' | 'address' | 'redirect' | 'too_large' | 'timeout' | 'network'
  constructor(code: SafeFetchError['code'], options: { cause?: unknown } = {}) {
    super(`outgoing call refused: ${code}`, options)
    this.name = 'SafeFetchError'
    this.code = code
  }
}

const standard = { timeoutMs: 10_000, maxBytes: 1024 * 1024, maxRedirects: 3 }
/** Headers that belong to one origin and do not travel to another. */
const personal = new Set(['authorization', 'cookie', 'proxy-authorization'])
/** Ports on which no web server answers but something else may be moved to act (Fetch standard, “bad port”, the ones that matter here). */
const badPorts = new Set([
  1, 7, 9, 11, 13, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 79, 110, 111, 113, 119, 135, 137, 139, 143, 161, 389, 465, 587, 636, 993, 995, 2049,
  3306, 3310, 5432, 6379, 6667, 9200, 11211, 27017,
])

/** Calls `url`. Any answer that arrives whole is returned, whatever its status. @throws SafeFetchError */
export async function safeFetch(url: string, options: SafeFetchOptions = {}): Promise<SafeResponse> {
  const signal = AbortSignal.timeout(options.timeoutMs ?? standard.timeoutMs)
  let at = parse(url)
  let method = options.method ?? 'GET'
  let { body, headers = {} } = options
  for (let redirects = 0; ; redirects++) {
    const response = await callOnce(at, { ...options, method, headers, ...(body === undefined ? { body: undefined } : { body }) }, signal)
    const location = [301, 302, 303, 307, 308].includes(response.status) ? response.headers.get('location') : null
    if (location === null) return response
    if (redirects >= (options.maxRedirects ?? standard.maxRedirects)) throw new SafeFetchError('redirect')
    const next = parse(location, at)
    // Fetch standard, HTTP-redirect fetch, step 12.
    if (response.status === 303 ? method !== 'HEAD' : response.status <= 302 && method === 'POST') {
      method = 'GET'
      body = undefined
    }
    if (next.origin !== at.origin) headers = Object.fromEntries(Object.entries(headers).filter(([name]) => !personal.has(name.toLowerCase())))
    at = next
  }
}

function parse(url: string, base?: URL): URL {
  if (!URL.canParse(url, base)) throw new SafeFetchError('url')
  return new URL(url, base)
}

type Call = Omit<SafeFetchOptions, 'body'> & { method: string; headers: Record<string, string>; body: string | Uint8Array | undefined }

async function callOnce(url: URL, call: Call, signal: AbortSignal): Promise<SafeResponse> {
  const address = await resolve(url, call, signal)
  return new Promise((done, refuse) => {
    const fail = (cause: unknown) =>
      refuse(cause instanceof SafeFetchError ? cause : new SafeFetchError(signal.aborted ? 'timeout' : 'network', { cause }))
    const send = url.protocol === 'https:' ? requestTls : requestPlain
    const family = isIP(address)
    const request = send(
      url,
      {
        method: call.method,
        headers: { 'user-agent': 'xiangli', 'accept-encoding': 'identity', ...call.headers },
        signal,
        agent: false,
        // Certificate and Host are of the name; the connection goes to the address that was checked.
        lookup: (_name, options, callback) => (options.all ? callback(null, [{ address, family }]) : callback(null, address, family)),
      },
      (response) => {
        readAll(response, call.maxBytes ?? standard.maxBytes).then((body) => {
          done({ status: response.statusCode ?? 0, headers: headersOf(response), body, url: url.href })
        }, fail)
      },
    )
    request.on('error', fail)
    request.end(call.body)
  })
}

/** The checked address of the URL's host. @throws SafeFetchError */
async function resolve(url: URL, call: Call, signal: AbortSignal): Promise<string> {
  if (url.username !== '' || url.password !== '') throw new SafeFetchError('credentials')
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw new SafeFetchError('scheme')
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const isTrusted = (call.trustedHosts ?? []).some((known) => known.toLowerCase() === host || known.toLowerCase() === url.host)
  if (!isTrusted && badPorts.has(Number(url.port || 443))) throw new SafeFetchError('port')
  if (url.protocol === 'http:' && isIP(host) === 0 && !isTrusted && !call.allowLoopback) throw new SafeFetchError('scheme')
  const found = isIP(host) ? [host] : await namesOf(host, signal)
  const [first] = found
  if (first === undefined) throw new SafeFetchError('name')
  // Even there nothing travels unencrypted over the public network.
  if (isTrusted && (url.protocol === 'https:' || !found.some(isPublic))) return first
  const isHere = found.every(isLoopback)
  if (isHere && call.allowLoopback) return first
  // One closed address among several is enough to refuse: the next look-up might give that one.
  if (!found.every(isPublic)) throw new SafeFetchError('address')
  if (url.protocol !== 'https:') throw new SafeFetchError('scheme')
  return first
}

async function namesOf(host: string, signal: AbortSignal): Promise<string[]> {
  const patience = new Promise<never>((_, refuse) => {
    signal.addEventListener('abort', () => refuse(new SafeFetchError('timeout')), { once: true })
  })
  try {
    return (await Promise.race([lookup(host, { all: true, verbatim: true }), patience])).map(({ address }) => address)
  } catch (cause) {
    if (cause instanceof SafeFetchError) throw cause
    throw new SafeFetchError('name', { cause })
  }
}

function headersOf(response: IncomingMessage): Headers {
  const headers = new Headers()
  for (const [name, value] of Object.entries(response.headers)) for (const one of [value ?? []].flat()) headers.append(name, one)
  return headers
}

async function readAll(response: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const parts: Buffer[] = []
  let length = 0
  for await (const part of response) {
    const bytes = Buffer.from(part)
    length += bytes.length
    if (length > maxBytes) {
      response.destroy()
      throw new SafeFetchError('too_large')
    }
    parts.push(bytes)
  }
  return Buffer.concat(parts)
}
