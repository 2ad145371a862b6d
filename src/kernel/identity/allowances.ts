// The rate limits of a town by name. A town may set its own numbers in its settings under `limits`.
import type { Ctx } from '../context.ts'
import { inTenant } from '../database/database.ts'
import { DomainError } from '../errors.ts'
import { keyedHash } from '../keys/keyring.ts'
import { getTown } from '../towns/towns.ts'
import { sql } from 'kysely'
import { type Limit, takeAllowance } from './limits.ts'

/** How many in a window, when the town says nothing else. These protect the town's people and machines; no law sets them. */
const standard = {
  /** Matters filed without an account, for each address group. */
  anonymousFilings: { limit: 20, windowSeconds: 3600 },
  /** Codes that open nothing, for each address group. */
  wrongReceiptCodes: { limit: 10, windowSeconds: 900 },
  /** Steps of drafts and forms with files, codes tried on pages, documents looked up, and mails asked for: each for an address group. */
  draftSteps: { limit: 60, windowSeconds: 3600 },
  codesTried: { limit: 40, windowSeconds: 3600 },
  documentsVerified: { limit: 120, windowSeconds: 3600 },
  accountMails: { limit: 10, windowSeconds: 3600 },
  /** Codes to sign in: for an address group, and for the whole town, because each SMS costs money. */
  codesSent: { limit: 20, windowSeconds: 3600 },
  codesOfTown: { limit: 5000, windowSeconds: 86_400 },
  /** From so many posts on, of one address group, a form asks for proof that no machine is at work; and of all of a town together. */
  pressureFiling: { limit: 15, windowSeconds: 3600 },
  pressureTrack: { limit: 10, windowSeconds: 3600 },
  pressureAccount: { limit: 3, windowSeconds: 3600 },
  pressureTown: { limit: 400, windowSeconds: 3600 },
  /** Forms sent by waiting instead of by proof, and proofs asked for, for each address group. */
  waitedForms: { limit: 6, windowSeconds: 3600 },
  proofsAsked: { limit: 300, windowSeconds: 3600 },
  /** Requests with one token or receipt. */
  apiRequests: { limit: 600, windowSeconds: 60 },
} as const satisfies Record<string, Omit<Limit, 'bucket'>>

export type AllowanceName = keyof typeof standard

/** A demonstration is tried out by many people behind one address, and by tests. */
const demoFactor = 50

/** Takes one. `who` is an address group, a token or a party; only its keyed hash is kept. @throws `limit.reached` (429). */
export async function takeNamed(ctx: Ctx, name: AllowanceName, who: string): Promise<void> {
  const { allowed, retryAfterSeconds } = await takeAllowance(ctx.db, ctx.tenant, await limitOf(ctx, name, who), ctx.clock.now())
  if (!allowed) throw reached(retryAfterSeconds)
}

/** Takes one if there is one; false when there is none. */
export const tryNamed = async (ctx: Ctx, name: AllowanceName, who: string): Promise<boolean> =>
  (await takeAllowance(ctx.db, ctx.tenant, await limitOf(ctx, name, who), ctx.clock.now())).allowed

/** Refuses when nothing is left, without taking: for counting only what fails. @throws `limit.reached` (429). */
export async function checkNamed(ctx: Ctx, name: AllowanceName, who: string): Promise<void> {
  const seconds = await secondsUntilFree(ctx, name, who)
  if (seconds > 0) throw reached(seconds)
}

/** Zero while something is left. */
export async function secondsUntilFree(ctx: Ctx, name: AllowanceName, who: string): Promise<number> {
  const { bucket, limit, windowSeconds } = await limitOf(ctx, name, who)
  const now = ctx.clock.now()
  const { rows } = await inTenant(ctx.db, ctx.tenant, (trx) =>
    sql<{ expires_at: Date }>`select expires_at from rate_limits
      where tenant_id = ${ctx.tenant} and bucket = ${bucket} and count >= ${limit} and window_start <= ${now} and expires_at > ${now}
        and expires_at <= ${new Date(now.getTime() + windowSeconds * 1000)}`.execute(trx),
  )
  const end = rows[0]?.expires_at
  return end ? Math.max(1, Math.ceil((end.getTime() - now.getTime()) / 1000)) : 0
}

async function limitOf(ctx: Ctx, name: AllowanceName, who: string): Promise<Limit> {
  const { settings } = await getTown(ctx)
  const { limit, windowSeconds } = standard[name]
  const bucket = `${name}:${keyedHash(ctx.services.keyring.secret(`limits:${ctx.tenant}`), `${name}|${who}`).toString('hex')}`
  return { bucket, windowSeconds, limit: ownNumber(settings['limits'], name) ?? limit * (ctx.services.demo ? demoFactor : 1) }
}

function ownNumber(limits: unknown, name: AllowanceName): number | undefined {
  if (limits === null || typeof limits !== 'object' || !(name in limits)) return undefined
  const own: unknown = Object.entries(limits).find(([key]) => key === name)?.[1]
  return typeof own === 'number' && Number.isInteger(own) && own > 0 ? own : undefined
}

/** Seconds to wait are in `cause.retryAfterSeconds`. */
const reached = (retryAfterSeconds: number) =>
  new DomainError('too_many', 'limit.reached', `This was asked too often: try again in ${retryAfterSeconds} seconds.`, {
    cause: { retryAfterSeconds },
  })
