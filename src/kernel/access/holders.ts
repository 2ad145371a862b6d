// Who holds which post, and who put them there: every change is a version in the register `appointments`, with its reason.
import { sql } from 'kysely'
import type { CalendarDate } from '../clock.ts'
import type { Ctx } from '../context.ts'
import { inTenant } from '../database/database.ts'
import { isCalendarDate } from '../deadlines/dates.ts'
import { conflict, forbidden, invalid } from '../errors.ts'
import { recordEntries } from '../registers/registers.ts'
import { getTown, today } from '../towns/towns.ts'
import { insertHolder } from './queries.ts'
import { mayInTown } from './rule.ts'

/** `to` is the last day, null while no end is set. */
export type Holder = { postId: string; userId: string; from: CalendarDate; to: CalendarDate | null; kind: 'holder' | 'acting' }

/** Holders of today and of later days, by post. Any member of staff may ask; others get nothing. */
export async function listHolders(ctx: Ctx): Promise<Holder[]> {
  if (ctx.actor.kind !== 'staff' && ctx.actor.kind !== 'system') return []
  const { rows } = await inTenant(ctx.db, ctx.tenant, (trx) =>
    sql<Holder>`select post_id as "postId", user_id as "userId", from_on as "from", to_on as "to", kind from post_holders
      where tenant_id = ${ctx.tenant} and (to_on is null or to_on >= ${today(ctx)}) order by post_id, kind desc, from_on`.execute(trx),
  )
  return rows
}

/** Accounts that hold one of these duties in this organization today. */
export async function listColleagues(ctx: Ctx, organizationId: string, duties: readonly string[]): Promise<string[]> {
  const town = await getTown(ctx)
  const now = today(ctx)
  const held = (await listHolders(ctx)).filter(({ postId, from }) => {
    const post = town.posts.get(postId)
    return from <= now && post?.organization === organizationId && duties.includes(post.duty)
  })
  return [...new Set(held.map((holder) => holder.userId))]
}

/** Puts a person into a post, for a term when `to` is given; who acts for a holder always has one. @throws `post.it_admin` (403), `post.not_found`, `post.from`, `post.reason` (422), `post.held` (409). */
export async function appointHolder(
  ctx: Ctx,
  input: { postId: string; userId: string; from: CalendarDate; to?: CalendarDate; kind: 'holder' | 'acting'; reason: string },
): Promise<void> {
  checkAdministrator(ctx)
  const reason = checkReason(input.reason)
  const town = await getTown(ctx)
  if (!town.posts.has(input.postId)) throw field('post.not_found', '/postId', '没有这个岗位')
  if (!isCalendarDate(input.from)) throw field('post.from', '/from', '请填写任职开始日期')
  // Somebody who stands in does so for a time.
  if (input.kind === 'acting' && input.to === undefined) throw field('post.to', '/to', '代理要写明最后一天')
  if (input.to !== undefined && (!isCalendarDate(input.to) || input.to < input.from)) throw field('post.to', '/to', '最后一天不能早于任职开始日期')
  const held = (await listHolders(ctx)).some((holder) => holder.postId === input.postId && holder.userId === input.userId)
  if (held) throw conflict('post.held', 'This person holds the post already.')
  const { postId, userId, from, kind, to } = input
  await record(ctx, { postId, userId, from, kind, to: to ?? null }, reason)
  await insertHolder(ctx, { postId, userId, from, kind, ...(to === undefined ? {} : { to }) })
}

/** Ends an appointment with `on` as its last day. @throws `post.it_admin`, `post.reason`, `post.to`, `post.not_held`. */
export async function endHolder(
  ctx: Ctx,
  input: { postId: string; userId: string; from: CalendarDate; on: CalendarDate; reason: string },
): Promise<void> {
  checkAdministrator(ctx)
  const reason = checkReason(input.reason)
  const held = (await listHolders(ctx)).find(
    (holder) => holder.postId === input.postId && holder.userId === input.userId && holder.from === input.from,
  )
  if (!held) throw conflict('post.not_held', 'This appointment has ended already.')
  if (!isCalendarDate(input.on) || input.on < held.from) throw field('post.to', '/on', '最后一天不能早于任职开始日期')
  await record(ctx, { ...held, to: input.on }, reason)
  await insertHolder(ctx, { postId: held.postId, userId: held.userId, from: held.from, to: input.on, kind: held.kind })
}

function checkAdministrator(ctx: Ctx): void {
  if (!mayInTown(ctx.actor, 'posts.keep')) throw forbidden('post.it_admin', 'Only the IT administrator changes who holds a post.')
}

function checkReason(reason: string): string {
  const text = reason.trim()
  if (text === '' || text.length > 300) throw field('post.reason', '/reason', '请写明理由，例如任免文号')
  return text
}

const field = (code: string, pointer: string, message: string) => invalid(code, message, [{ pointer, code, message }])

const record = (ctx: Ctx, holder: Holder, reason: string) =>
  recordEntries(
    ctx,
    'appointments',
    [
      {
        id: `${holder.postId}/${holder.userId}/${holder.from}`,
        data: { post: holder.postId, user: holder.userId, kind: holder.kind, from: holder.from, to: holder.to },
      },
    ],
    reason,
  )
