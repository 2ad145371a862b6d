// Headers that every page carries, and the one way to answer with a page.
import type { Visit } from './visit.ts'

/** Content-Security-Policy of pages: nothing inline; the style nonce is for Turbo's progress bar. `styles`: further sources of one page. */
export const contentSecurityPolicy = (nonce: string, styles: readonly string[] = []) =>
  [
    "default-src 'none'",
    "script-src 'self'",
    ["style-src 'self'", `'nonce-${nonce}'`, ...styles].join(' '),
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "manifest-src 'self'",
    "worker-src 'self'",
  ].join('; ')

/** `styles`: sources that this page's policy allows for styles beside its own. */
export type PageOptions = { status?: number; headers?: Record<string, string>; styles?: readonly string[] }

/** A page as an answer: never stored, so that “back” on a shared computer shows nothing. */
export function pageResponse(visit: Pick<Visit, 'nonce'>, html: string, options: PageOptions = {}): Response {
  return new Response(html, {
    status: options.status ?? 200,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'content-security-policy': contentSecurityPolicy(visit.nonce, options.styles),
      ...options.headers,
    },
  })
}

/** 303: the next page after a post, so that reloading does not send again. */
export const seeOther = (location: string): Response => new Response(null, { status: 303, headers: { location, 'cache-control': 'no-store' } })
