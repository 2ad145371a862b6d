// Where a finished sign-in leads, and its cookies.
import type { HttpContext } from '#http/route.ts'
import { seeOther } from '#http/page.ts'
import type { Visit } from '#http/visit.ts'

/** Cookies as better-auth wrote them. */
export function giveCookies(context: HttpContext, cookies: string[]): void {
  for (const cookie of cookies) context.header('set-cookie', cookie, { append: true })
}

/** On to `next`, or to one's own page, with the session that these cookies begin. */
export async function landed(visit: Visit, cookies: string[], next: string): Promise<Response> {
  const headers = new Headers({ cookie: cookies.map((cookie) => cookie.split(';', 1)[0]).join('; ') })
  const session = await visit.identity.readSession(headers)
  return seeOther(landing(visit, session?.kind ?? 'resident', next))
}

/** Where a session leads; `next` only within this town, so that no link of a stranger is followed. */
export function landing(visit: Visit, kind: 'staff' | 'resident', next: string): string {
  const own = kind === 'staff' ? `${visit.base}/workspace` : `${visit.base}/account`
  const isFor = kind === 'staff' ? next.startsWith(`${visit.base}/workspace`) || isOwnPage(visit, next) : !next.startsWith(`${visit.base}/workspace`)
  return isHere(visit, next) && isFor ? next : own
}

/** An address of this town, and no way out of it. */
export const isHere = (visit: Visit, next: string): boolean => next.startsWith(`${visit.base}/`) && !/[\\\s]|\/\//.test(next)

/** Pages of an account that staff and residents share. */
const isOwnPage = (visit: Visit, next: string): boolean => /^\/account\/(security|passkey|contact)\b/.test(next.slice(visit.base.length))

/** `?next=` for a link, when there is somewhere to go on to. */
export const nextQuery = (next: string, separator: '?' | '&' = '?'): string => (next === '' ? '' : `${separator}next=${encodeURIComponent(next)}`)
