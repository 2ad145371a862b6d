// Who asks over the interface: the Authorization header and nothing else. Cookies count for pages only, so no other site can act here.
import { staffActor } from '#kernel/access/posts.ts'
import { findReceiptActor } from '#kernel/cases/open-by-receipt.ts'
import { type Actor, as, type Ctx } from '#kernel/context.ts'
import { DomainError, forbidden, notFound } from '#kernel/errors.ts'
import { checkNamed, takeNamed } from '#kernel/identity/allowances.ts'
import { toAddressGroup } from '#kernel/identity/limits.ts'
import { findTokenUser } from '#kernel/identity/tokens.ts'
import type { Visit } from '#http/visit.ts'

/**
 * nobody: the header is not looked at. optional: a token or nothing. case: a token, or the receipt of the case in the path.
 * staff: the token of a member of staff.
 */
export type Credentials = 'nobody' | 'optional' | 'case' | 'staff'

/** `number` is the case in the path. @throws `api.unauthenticated`, `api.staff_only`, `case.not_found`, `limit.reached`. */
export async function authenticate(visit: Visit, header: string | undefined, accepts: Credentials, number: string | undefined): Promise<Ctx> {
  // The cookie's actor is dropped first of all.
  const ctx = as(visit.ctx, { kind: 'anonymous' })
  if (accepts === 'nobody') return ctx
  if (header === undefined && accepts === 'optional') return ctx
  const [, scheme = '', value = ''] = /^(Bearer|Receipt) +([\x21-\x7e]{1,200})$/i.exec(header ?? '') ?? []
  if (scheme.toLowerCase() === 'bearer') return as(ctx, await tokenActor(ctx, visit, value, accepts))
  if (scheme.toLowerCase() === 'receipt' && accepts === 'case' && number !== undefined)
    return as(ctx, await receiptActor(ctx, toAddressGroup(visit.address), number, value))
  throw unauthenticated()
}

async function tokenActor(ctx: Ctx, visit: Visit, token: string, accepts: Credentials): Promise<Actor> {
  const user = await findTokenUser(ctx.db, ctx.tenant, token, ctx.clock.now())
  if (!user) throw unauthenticated()
  await takeNamed(ctx, 'apiRequests', `token:${user.tokenId}`)
  if (user.kind === 'resident') {
    if (accepts === 'staff') throw forbidden('api.staff_only', 'This is done with the token of a member of staff.')
    return { kind: 'resident', accountId: user.userId }
  }
  const account = await visit.identity.findUser(user.userId)
  if (!account) throw unauthenticated()
  return staffActor(ctx, account)
}

async function receiptActor(ctx: Ctx, address: string, number: string, code: string): Promise<Actor> {
  await checkNamed(ctx, 'wrongReceiptCodes', address)
  const actor = await findReceiptActor(ctx, number, code)
  if (!actor) {
    await takeNamed(ctx, 'wrongReceiptCodes', address)
    throw notFound('case.not_found', 'There is no case here that you can open.')
  }
  await takeNamed(ctx, 'apiRequests', `party:${actor.partyId}`)
  return actor
}

const unauthenticated = () =>
  new DomainError(
    'unauthenticated',
    'api.unauthenticated',
    'Send “Authorization: Receipt <code>” for your own case or “Authorization: Bearer <token>”.',
  )
