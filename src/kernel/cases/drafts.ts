// A filing that is not finished: saved under a key made from its code, so that nobody without the code can read it, we included.
import { sql } from 'kysely'
import type { Ctx } from '../context.ts'
import { inTenant } from '../database/database.ts'
import type { FormData } from '../forms/forms.ts'
import { newReceiptCode, normalizeCode, uuidv7 } from '../ids.ts'
import { decryptJson, encryptJson, keyedHash, keyFrom } from '../keys/keyring.ts'

/** Days after the last change for which a draft can be resumed; the person is told. */
export const draftDays = 30
/** A filed draft is empty; its files go with the next tidying after this time. */
const filedMinutes = 60

export type DraftContent = {
  /** Answers by field name, also those that are not right yet. */
  data: FormData
  /** Names of uploaded files by file id. */
  fileNames: Record<string, string>
  /** Pages that were sent once: their errors are shown on the list of answers. */
  seen: string[]
  /** Sent with the filing, so that sending twice files once. */
  idempotencyKey: string
}

export type Draft = {
  draftId: string
  procedure: string
  /** Encrypts the content and the files; made from the code and never stored. */
  key: Buffer
  content: DraftContent
  expiresAt: Date
  filedCase: string | null
}

/** Makes an empty draft. `code` is shown to the person and kept nowhere: 80 random bits, like a receipt code. */
export async function newDraft(ctx: Ctx, procedure: string): Promise<{ code: string; draft: Draft }> {
  const code = newReceiptCode()
  const now = ctx.clock.now()
  const draft: Draft = {
    draftId: uuidv7(now),
    procedure,
    key: keyOf(ctx, code),
    content: { data: {}, fileNames: {}, seen: [], idempotencyKey: newReceiptCode() },
    expiresAt: expiryFrom(now),
    filedCase: null,
  }
  await inTenant(ctx.db, ctx.tenant, (trx) =>
    sql`insert into drafts (tenant_id, draft_id, token_hash, procedure, content, updated_at, expires_at)
        values (${ctx.tenant}, ${draft.draftId}, ${hashOf(ctx, code)}, ${procedure}, ${seal(ctx, draft)}, ${now}, ${draft.expiresAt})`.execute(trx),
  )
  return { code, draft }
}

type DraftRow = { draft_id: string; procedure: string; content: Buffer; expires_at: Date; filed_case: string | null }

/** The draft of a code; undefined when there is none any more. A filed draft has no answers left. The caller limits the rate. */
export async function findDraft(ctx: Ctx, code: string): Promise<Draft | undefined> {
  const { rows } = await inTenant(ctx.db, ctx.tenant, (trx) =>
    sql<DraftRow>`select draft_id, procedure, content, expires_at, filed_case from drafts
      where tenant_id = ${ctx.tenant} and token_hash = ${hashOf(ctx, code)} and expires_at > ${ctx.clock.now()}`.execute(trx),
  )
  const row = rows[0]
  if (!row) return undefined
  const key = keyOf(ctx, code)
  const empty: DraftContent = { data: {}, fileNames: {}, seen: [], idempotencyKey: '' }
  const content = row.content.length === 0 ? empty : decryptJson<DraftContent>(key, row.content, contextOf(ctx, row.draft_id))
  return { draftId: row.draft_id, procedure: row.procedure, key, content, expiresAt: row.expires_at, filedCase: row.filed_case }
}

/** Keeps what was typed and moves the end on; a draft that was filed meanwhile stays as it is. */
export async function saveDraft(ctx: Ctx, draft: Draft): Promise<void> {
  const now = ctx.clock.now()
  draft.expiresAt = expiryFrom(now)
  await inTenant(ctx.db, ctx.tenant, (trx) =>
    sql`update drafts set content = ${seal(ctx, draft)}, updated_at = ${now}, expires_at = ${draft.expiresAt}
        where tenant_id = ${ctx.tenant} and draft_id = ${draft.draftId} and filed_case is null`.execute(trx),
  )
}

/** The person gives it up: answers and files are gone at once. */
export async function discardDraft(ctx: Ctx, draft: Draft): Promise<void> {
  const files = await inTenant(ctx.db, ctx.tenant, async (trx) => {
    await sql`delete from drafts where tenant_id = ${ctx.tenant} and draft_id = ${draft.draftId}`.execute(trx)
    const { rows } = await sql<{
      file_id: string
    }>`delete from files where tenant_id = ${ctx.tenant} and draft_id = ${draft.draftId} and case_id is null
      returning file_id`.execute(trx)
    return rows.map((row) => row.file_id)
  })
  for (const file of files) await ctx.services.files.remove(ctx.tenant, file)
}

/** After the filing: the case has its own copies of the files, so the draft's end soon. A second click within that time still finds it. */
export async function endFiledDraft(ctx: Ctx, draft: Draft): Promise<void> {
  const end = new Date(ctx.clock.now().getTime() + filedMinutes * 60_000)
  await inTenant(ctx.db, ctx.tenant, (trx) =>
    sql`update drafts set expires_at = ${end} where tenant_id = ${ctx.tenant} and draft_id = ${draft.draftId} and filed_case is not null`.execute(
      trx,
    ),
  )
}

const expiryFrom = (now: Date) => new Date(now.getTime() + draftDays * 86_400_000)
const contextOf = (ctx: Ctx, draftId: string) => `draft/${ctx.tenant}/${draftId}`
const seal = (ctx: Ctx, draft: Draft) => encryptJson(draft.key, draft.content, contextOf(ctx, draft.draftId))
const keyOf = (ctx: Ctx, code: string) => keyFrom(normalizeCode(code), `draft/${ctx.tenant}`)
const hashOf = (ctx: Ctx, code: string) => keyedHash(ctx.services.keyring.secret(`draft:${ctx.tenant}`), normalizeCode(code))
