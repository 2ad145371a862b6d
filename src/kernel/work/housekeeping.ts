// What has to be tidied: expired drafts and keys of repeated requests, the wrapping of case keys, the day's views.
import { createHmac } from 'node:crypto'
import { dateIn, startOfDate } from '../clock.ts'
import { as, type Ctx, systemActor } from '../context.ts'
import { inTenant } from '../database/database.ts'
import type { Installation } from '../installation/installation.ts'
import { toBase64 } from '../ledger/bytes.ts'
import { canonicalJson } from '../ledger/canonical-json.ts'
import { encodeLeaf } from '../ledger/leaf.ts'
import { insertQueue } from '../ledger/queries.ts'
import { deleteOldCheckpoints } from '../ledger/witness-queries.ts'
import { listTenants } from '../towns/create-town.ts'
import { rewrapBallots } from '../votes/votes.ts'
import { purgeJobs } from './case-files.ts'
import { commitViews, deleteExpiredDrafts, deleteIdempotencyKeys, selectOldKeys, updateKeys, type ViewRow } from './queries.ts'

const idempotencyDays = 30
const checkpointDays = 7
const keysAtOnce = 500

/** Deletes expired drafts with their files, jobs that ended a week ago with theirs, and the answers kept for repeated requests after 30 days. */
export async function purgeExpired(ctx: Ctx): Promise<void> {
  const now = ctx.clock.now()
  for (const file of await deleteExpiredDrafts(ctx, now)) await ctx.services.files.remove(ctx.tenant, file)
  await purgeJobs(ctx)
  await deleteIdempotencyKeys(ctx, new Date(now.getTime() - idempotencyDays * 86_400_000))
}

/** Deletes checkpoints of a week ago that no quorum cosigned; the newest of each epoch and every cosigned one stay. */
export const pruneCheckpoints = (ctx: Ctx): Promise<number> =>
  inTenant(ctx.db, ctx.tenant, (trx) => deleteOldCheckpoints(trx, ctx.tenant, new Date(ctx.clock.now().getTime() - checkpointDays * 86_400_000)))

/**
 * Wraps every case key of a town under this month's wrapping key (architecture rule 7); returns how many were changed.
 * Safe to run twice at once: both write the same key, wrapped.
 */
export async function rewrapKeys(ctx: Ctx): Promise<number> {
  const { keyring } = ctx.services
  let changed = 0
  for (;;) {
    const old = await selectOldKeys(ctx, keyring.currentWrappingKey(), keysAtOnce)
    if (old.length === 0) return changed
    await updateKeys(
      ctx,
      old.map((row) => {
        const { wrapped, wrappingKey } = keyring.wrap(keyring.unwrap({ wrapped: row.wrapped, wrappingKey: row.wrapping_key }))
        return { case_id: row.case_id, wrapped, wrapping_key: wrappingKey }
      }),
    )
    changed += old.length
  }
}

/**
 * Re-wraps the keys of every town, then destroys wrapping keys older than 35 days; returns the names of those destroyed.
 * All towns of the database, never a list from elsewhere: a town left out would lose the keys of its cases.
 */
export async function turnKeys(installation: Installation): Promise<string[]> {
  // A town that fails ends this before anything is destroyed; a town that is through has no row under an older key.
  for (const { tenant_id: tenant } of await listTenants(installation.database.db)) {
    const ctx = await installation.ctxFor(tenant, systemActor('keys'))
    await rewrapKeys(ctx)
    await rewrapBallots(ctx)
  }
  return installation.services.keyring.destroyOldWrappingKeys(new Set())
}

/**
 * Who looked at a case on a day goes into the log as one commitment for each case and day that is over
 * (docs/ledger-format.md section 2, kind `views`). The salt comes from the key folder: nobody can try out who it was.
 */
export async function commitViewsOfPastDays(ctx: Ctx): Promise<number> {
  const own = as(ctx, systemActor('views'))
  const startOfToday = startOfDate(ctx.zone, dateIn(ctx.zone, ctx.clock.now()))
  return inTenant(own.db, own.tenant, async (trx) => {
    const views = await commitViews({ ...own, db: trx }, startOfToday)
    const batches = Map.groupBy(views, (view) => `${view.case_id}/${view.on}`)
    for (const batch of batches.values()) await insertQueue(trx, own.tenant, sourceOf(own, batch), viewsLeaf(own, batch))
    return batches.size
  })
}

const keyOf = (ctx: Ctx) => ctx.services.keyring.secret(`views:${ctx.tenant}`)

/** The leaf's source follows from its first view, so that an auditor with the keys finds it again. */
function sourceOf(ctx: Ctx, batch: ViewRow[]): string {
  const hex = createHmac('sha256', keyOf(ctx)).update(`source:${batch[0]?.view_id}`).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

function viewsLeaf(ctx: Ctx, batch: ViewRow[]): Uint8Array {
  const rows = batch.map((view) => ({ ...view, viewed_at: view.viewed_at.toISOString() }))
  const commitment = createHmac('sha256', keyOf(ctx)).update('views:').update(canonicalJson(rows)).digest()
  return encodeLeaf('views', ctx.clock.now(), { commitment: toBase64(commitment) })
}
