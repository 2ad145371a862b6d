// Looking does not write the case: views go to their own stream, batched into the ledger once a day.
import { sql } from 'kysely'
import type { Ctx } from '../context.ts'
import { inTenant } from '../database/database.ts'
import { invalid } from '../errors.ts'
import { uuidv7 } from '../ids.ts'
import { decrypt, encrypt } from '../keys/keyring.ts'
import { getTown } from '../towns/towns.ts'
import { postActing } from './access-of.ts'
import { getCase } from './load-case.ts'
import type { CaseRow, LoadedCase } from './types.ts'
import { nameOf } from './words.ts'

/** A look with its purpose. `opens`: sealed parts too; then `words` say what for. */
export type Look = { purpose: string; words?: string; fields: string[]; opens?: boolean }

/** What of a case a look must know. */
export type Looked = { row: Pick<CaseRow, 'case_id' | 'handling_office' | 'readers' | 'place_id' | 'sealed_class'> }
type Entry = { case: Looked; view_id?: string; words?: Buffer | undefined }

/** Records a look by staff. The caller shows nothing when this fails. */
export async function recordView(ctx: Ctx, looked: Looked, purpose: string, fields: string[]): Promise<void> {
  await recordViews(ctx, [looked], purpose, fields)
}

/** The same for many cases at once. */
export async function recordViews(ctx: Ctx, looked: readonly Looked[], purpose: string, fields: string[]): Promise<void> {
  if (ctx.actor.kind !== 'staff' || looked.length === 0) return
  await inTenant(ctx.db, ctx.tenant, (trx) =>
    insertViews(
      trx,
      ctx,
      looked.map((one) => ({ case: one })),
      purpose,
      fields,
    ),
  )
}

/** The same for a case at hand; the words lie under its key. @throws `look.words` when sealed parts are opened without a reason. */
export async function recordLook(ctx: Ctx, loaded: LoadedCase, look: Look): Promise<void> {
  if (ctx.actor.kind !== 'staff') return
  const words = (look.words ?? '').trim().slice(0, 300)
  if (look.opens && words.length < 2)
    throw invalid('look.words', 'Say what it is needed for.', [{ pointer: '/words', code: 'required', message: '请写明为什么要看' }])
  const view_id = uuidv7(ctx.clock.now())
  const sealed = words === '' ? undefined : encrypt(loaded.key, words, `view/${ctx.tenant}/${view_id}`)
  await inTenant(ctx.db, ctx.tenant, (trx) => insertViews(trx, ctx, [{ case: loaded, view_id, words: sealed }], look.purpose, look.fields))
}

/** One row for each case, in the post that opens it to her; within the caller's transaction. */
async function insertViews(trx: Ctx['db'], ctx: Ctx, entries: readonly Entry[], purpose: string, fields: string[]): Promise<void> {
  const { actor } = ctx
  if (actor.kind !== 'staff') return
  const now = ctx.clock.now()
  const rows = entries.map(({ case: looked, view_id, words }) => ({
    view_id: view_id ?? uuidv7(now),
    case_id: looked.row.case_id,
    post_id: postActing(actor, looked),
    words: words?.toString('base64'),
  }))
  await sql`insert into case_views (tenant_id, view_id, case_id, viewed_at, user_id, post_id, purpose, fields, words)
      select ${ctx.tenant}, r.view_id, r.case_id, ${now}, ${actor.userId}, r.post_id, ${purpose.slice(0, 60)}, ${fields}::text[], decode(r.words, 'base64')
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(view_id uuid, case_id uuid, post_id text, words text)`.execute(trx)
}

/** `words`: what was said for it, where words were asked. */
export type LookedAt = { at: Date; by: string; purpose: string; words: string; times: number }

/** Who looked at a case, and why: one line for each post, purpose and day. */
export async function listViews(ctx: Ctx, by: { number: string } | { caseId: string }, language: 'zh' | 'en'): Promise<LookedAt[]> {
  const { loaded } = await getCase(ctx, by, 'case.views')
  const town = await getTown(ctx)
  const { rows } = await inTenant(ctx.db, ctx.tenant, (trx) =>
    sql<{
      post_id: string | null
      purpose: string
      at: Date
      times: number
      words: Buffer | null
      view_id: string
    }>`select post_id, purpose, max(viewed_at) as at, count(*)::int as times, words, case when words is not null then view_id end as view_id from case_views
      where tenant_id = ${ctx.tenant} and case_id = ${loaded.row.case_id} group by post_id, purpose, (viewed_at at time zone ${ctx.zone})::date, words, case when words is not null then view_id end order by max(viewed_at) desc limit 500`.execute(
      trx,
    ),
  )
  return rows.map((row) => {
    const post = row.post_id === null ? undefined : town.posts.get(row.post_id)
    return {
      at: row.at,
      purpose: row.purpose,
      times: row.times,
      words: row.words === null ? '' : decrypt(loaded.key, row.words, `view/${ctx.tenant}/${row.view_id}`).toString(),
      by: post ? `${nameOf(town, post.organization, language)} · ${post.title[language]}` : '',
    }
  })
}
