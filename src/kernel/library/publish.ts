// A version comes into force by two people: who wrote it sends it, somebody else who answers for it publishes it, each with a reason.
import type { Ctx } from '../context.ts'
import { inTenant } from '../database/database.ts'
import { conflict, forbidden, invalid } from '../errors.ts'
import type { Package, PackageFiles } from '../procedures/load-package.ts'
import { publishPackage } from '../procedures/packages.ts'
import { requirePublic } from '../publication/check-public.ts'
import { today } from '../towns/towns.ts'
import { authorOf, checkLibraryAct, closeDraft, type DraftRow, getDraft, requireSound, toReason } from './drafts.ts'
import { headOf } from './paths.ts'

/**
 * Publishes a draft under review. New cases take it from its effective date on; cases that run keep the version they began with.
 * The caller has made sure that the person signed in a moment ago.
 * @throws `library.forbidden`, `publish.author` (an author may not), `draft.not_submitted`, `draft.stale`, `publish.past`, `draft.findings`, `publication.personal`.
 */
export async function publishDraft(ctx: Ctx, id: string, version: number, reason: string): Promise<Package> {
  checkLibraryAct(ctx, 'library.publish')
  const draft = await getDraft(ctx, id)
  if (draft.status !== 'submitted') throw conflict('draft.not_submitted', 'This draft is not under review.')
  const publisher = authorOf(ctx)
  if (draft.authors.includes(publisher)) throw forbidden('publish.author', 'Whoever changed a version does not publish it: a second person does.')
  const why = toReason(reason)
  checkDates(ctx, draft)
  await requireSound(ctx, draft.files)
  requirePublicTexts(draft.files)
  // Both or neither; of two people who publish at once, one is told that it happened.
  return inTenant(ctx.db, ctx.tenant, async (db) => {
    await closeDraft({ ...ctx, db }, draft, version)
    return publishPackage({ ...ctx, db }, draft.files, [...draft.authors, publisher], `${draft.note ?? ''} / ${why}`, { draftId: draft.draft_id })
  })
}

/** What the pages of a procedure say is read by everybody. @throws `publication.personal`. */
function requirePublicTexts(files: PackageFiles): void {
  for (const name of ['texts.zh.json', 'texts.en.json']) {
    // requireSound has read it as a record of texts.
    requirePublic({ fields: JSON.parse(files[name] ?? '{}') }, 'zh', name)
  }
}

/** A version takes no effect on days that are over: what was filed then was filed under another. */
function checkDates(ctx: Ctx, draft: DraftRow): void {
  const head = headOf(draft.files)
  if (head?.slug !== draft.slug)
    throw invalid('publish.slug', 'A draft keeps the name of its procedure.', [
      { pointer: 'procedure.json#/slug', code: 'publish.slug', message: `“${draft.slug}”` },
    ])
  if (head.from < today(ctx))
    throw invalid('publish.past', 'A version takes effect today or later.', [
      { pointer: 'procedure.json#/effective/from', code: 'publish.past', message: `≥ ${today(ctx)}` },
    ])
}
