// Routes are data: each names its guard, and a test tries every one without rights.
import type { Context } from 'hono'
import type { Installation } from '#kernel/installation/installation.ts'
import type { Visit } from './visit.ts'

/**
 * public: anyone. party: needs the receipt of a case or a resident's account (the access rule decides).
 * resident: needs a resident's account. account: needs a session, of a resident or of staff. staff: needs a staff session. token: API, bearer token or receipt (the access rule decides).
 */
export type Guard = 'public' | 'party' | 'resident' | 'account' | 'staff' | 'token'

export type HttpContext = Context<{ Variables: { visit: Visit; installation: Installation } }>

/** `path` begins after `/t/:tenant`; parameters as Hono writes them. */
export type Route = {
  method: 'get' | 'post' | 'put' | 'delete'
  path: string
  guard: Guard
  handle: (visit: Visit, context: HttpContext) => Response | Promise<Response>
}
