// Protection of server-rendered forms against forged posts: a hidden field bound to the session, and the browser's
// own word on where the request came from (Fetch Metadata, RFC 6454 Origin). Knows no HTTP framework.
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { forbidden } from '../errors.ts'

const nonceBytes = 16
const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS'])

/** An id for the cookie of a visitor who is not signed in; forms shown to them are bound to it. */
export const newAnonymousId = () => randomBytes(24).toString('base64url')

/**
 * The value of a form's hidden field. `binding` is the session id, or the anonymous cookie's id.
 * Each value differs, so that compression of the page reveals nothing; all stay good as long as the binding does.
 */
export function issueCsrf(secret: string, binding: string): string {
  const nonce = randomBytes(nonceBytes)
  return Buffer.concat([nonce, mac(secret, binding, nonce)]).toString('base64url')
}

export type CsrfCheck = {
  secret: string
  binding: string | undefined
  method: string
  headers: Headers
  /** Value of the hidden field. */
  token: string | undefined
  /** Origins that this installation is reached under, e.g. `https://town.example`. */
  origins: readonly string[]
}

/**
 * Passes, or throws `csrf.foreign_origin` (another site sent this: show nothing of it) or
 * `csrf.stale` (the session changed since the form was shown: show the form again with what was typed).
 */
export function checkCsrf(check: CsrfCheck): void {
  if (safeMethods.has(check.method.toUpperCase())) return
  if (!comesFromHere(check.headers, check.origins)) {
    throw forbidden('csrf.foreign_origin', 'This request came from another site and was not carried out.')
  }
  if (!check.binding || !isGenuine(check.secret, check.binding, check.token ?? '')) {
    throw forbidden('csrf.stale', 'This page was open too long or you signed in elsewhere. Nothing was sent. Please send it again.')
  }
}

// With `Referrer-Policy: no-referrer` a browser sends `Origin: null` even to the same site, so its Fetch Metadata is asked first.
function comesFromHere(headers: Headers, origins: readonly string[]): boolean {
  const site = headers.get('sec-fetch-site')
  if (site === 'same-origin' || site === 'none') return true
  const origin = headers.get('origin')
  if (origin !== null) return origins.includes(origin)
  if (site !== null) return false
  const referer = headers.get('referer')
  return referer === null || (URL.canParse(referer) && origins.includes(new URL(referer).origin))
}

function isGenuine(secret: string, binding: string, token: string): boolean {
  const bytes = Buffer.from(token, 'base64url')
  if (bytes.length !== nonceBytes + 32) return false
  return timingSafeEqual(bytes.subarray(nonceBytes), mac(secret, binding, bytes.subarray(0, nonceBytes)))
}

const mac = (secret: string, binding: string, nonce: Buffer) =>
  createHmac('sha256', secret).update('xiangli:csrf\n').update(nonce).update(binding).digest()
