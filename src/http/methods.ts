// Which methods an address knows (RFC 9110 sections 9.3.7 and 15.5.6), and what no request may exceed before it is routed.
import type { Hono } from 'hono'
import { TrieRouter } from 'hono/router/trie-router'
import { DomainError, notFound } from '#kernel/errors.ts'

export const addressLimits = { length: 8192, parameters: 100 } as const

/** A function from a path to the methods that something answers there; empty when nothing is there at all. */
export function methodsOf(app: Hono): (path: string) => string[] {
  const router = new TrieRouter<string>()
  const methods = new Set<string>()
  for (const { method, path } of app.routes) {
    if (method === 'ALL') continue // middleware
    methods.add(method)
    router.add(method, path, method)
  }
  return (path) => {
    const known = [...methods].filter((method) => router.match(method, path)[0].length > 0)
    if (known.length === 0) return []
    return [...new Set([...known, ...(known.includes('GET') ? ['HEAD'] : []), 'OPTIONS'])].toSorted()
  }
}

/** @throws `request.address` (414), `request.parameters` (422): no page or operation of ours needs so much. */
export function checkAddress(url: URL): void {
  if (url.pathname.length + url.search.length > addressLimits.length)
    throw new DomainError('too_long', 'request.address', 'This address is longer than any of ours.')
  if (url.search.split('&').length > addressLimits.parameters)
    throw new DomainError('invalid', 'request.parameters', 'There are more parameters than any page of ours has.')
  // No name has a NUL, and no database takes one; the interface for programs answers for its own parameters.
  if (url.pathname.includes('%00')) throw notFound('page.not_found', 'There is no such page.')
  if (url.search.includes('%00') && !url.pathname.includes('/api/'))
    throw new DomainError('invalid', 'request.parameters', 'A parameter holds a character that no text has.')
}
