// Versions of a procedure while they are written. Nothing runs from a draft; whoever changed it may not publish it.
import { isUuid, uuidv7 } from '../ids.ts'
import { mayInTown, type TownAct } from '../access/rule.ts'
import type { Ctx } from '../context.ts'
import { conflict, forbidden, invalid, notFound } from '../errors.ts'
import type { PackageFiles } from '../procedures/load-package.ts'
import { getPackageFiles, getProcedure } from '../procedures/packages.ts'
import { examineFiles } from './examine.ts'
import { findPublishedHash } from '../procedures/queries.ts'
import { today } from '../towns/towns.ts'
import { checkFiles, headOf } from './paths.ts'
import { type DraftItem, type DraftRow, findDraft, findPublishedVersion, insertDraft, listOpenDrafts, updateDraft } from './queries.ts'

export type { DraftItem, DraftRow } from './queries.ts'

/** @throws `library.forbidden`. */
export function checkLibraryAct(ctx: Ctx, act: Extract<TownAct, `library.${string}`>): void {
  if (!mayInTown(ctx.actor, act)) throw forbidden('library.forbidden', 'Your post does not work on the library of procedures.')
}

/** Who writes or publishes, as the history names them. */
export function authorOf({ actor }: Ctx): string {
  return actor.kind === 'staff' ? actor.userId : `system:${actor.kind === 'system' ? actor.work : actor.kind}`
}

export async function listDrafts(ctx: Ctx): Promise<DraftItem[]> {
  return mayInTown(ctx.actor, 'library.edit') || mayInTown(ctx.actor, 'library.publish') ? listOpenDrafts(ctx) : []
}

/** @throws `draft.not_found`, also for those who may not see drafts. */
export async function getDraft(ctx: Ctx, id: string): Promise<DraftRow> {
  const may = mayInTown(ctx.actor, 'library.edit') || mayInTown(ctx.actor, 'library.publish')
  const draft = may && isUuid(id) ? await findDraft(ctx, id) : undefined
  if (!draft || draft.status === 'discarded') throw notFound('draft.not_found', 'There is no such draft.')
  return draft
}

/** A draft of the version in force, or of another published one (`version`: the first letters of its hash). */
export async function draftFromPublished(ctx: Ctx, slug: string, version?: string): Promise<DraftRow> {
  checkLibraryAct(ctx, 'library.edit')
  const hash = version === undefined ? (await getProcedure(ctx, slug)).hash : await findPublishedVersion(ctx, slug, version)
  if (!hash) throw notFound('procedure.not_found', 'There is no such version.')
  return makeDraft(ctx, slug, hash, await getPackageFiles(ctx, hash))
}

/**
 * A draft from files that came from outside. Mistakes inside them are findings, to be put right in the draft; only what cannot be kept
 * at all is refused. @throws `package.path`, `package.too_large` …, `package.slug`.
 */
export async function draftFromFiles(ctx: Ctx, files: PackageFiles): Promise<DraftRow> {
  checkLibraryAct(ctx, 'library.edit')
  checkFiles(files)
  const head = headOf(files)
  if (!head) throw invalid('package.slug', 'There is no procedure.json with slug and effective.from at the top of the folder.')
  const before = await findPublishedHash(ctx, head.slug, today(ctx))
  return makeDraft(ctx, head.slug, before ?? null, files)
}

async function makeDraft(ctx: Ctx, slug: string, base_hash: string | null, files: PackageFiles): Promise<DraftRow> {
  const draft_id = uuidv7(ctx.clock.now())
  const [draft] = await insertDraft(ctx, { draft_id, slug, base_hash, files, authors: [authorOf(ctx)] })
  if (!draft) throw new Error('an insert returns its row')
  return draft
}

/**
 * Replaces (or, with null, removes) files of a draft. A draft under review goes back to its authors by that.
 * @throws `draft.stale` (409) when somebody saved meanwhile, `draft.closed`, `package.*`.
 */
export async function saveDraft(ctx: Ctx, id: string, version: number, changes: Record<string, string | null>): Promise<DraftRow> {
  checkLibraryAct(ctx, 'library.edit')
  const draft = await getDraft(ctx, id)
  checkOpen(draft)
  const files: PackageFiles = { ...draft.files }
  for (const [path, text] of Object.entries(changes)) {
    if (text === null) delete files[path]
    else files[path] = text
  }
  checkFiles(files)
  const authors = [...new Set([...draft.authors, authorOf(ctx)])]
  return write(ctx, draft, version, { ...draft, files, authors, status: 'open', submitted_by: null })
}

/** Sends a draft for review. @throws `draft.findings` when the examination finds an error, `draft.reason`. */
export async function submitDraft(ctx: Ctx, id: string, version: number, reason: string): Promise<DraftRow> {
  checkLibraryAct(ctx, 'library.edit')
  const draft = await getDraft(ctx, id)
  checkOpen(draft)
  const note = toReason(reason)
  await requireSound(ctx, draft.files)
  return write(ctx, draft, version, { ...draft, status: 'submitted', note, submitted_by: authorOf(ctx) })
}

/** The reviewer gives it back with what is to be changed; an author takes it back. */
export async function returnDraft(ctx: Ctx, id: string, version: number, reason: string): Promise<DraftRow> {
  const draft = await getDraft(ctx, id)
  if (draft.status !== 'submitted') throw conflict('draft.not_submitted', 'This draft is not under review.')
  return write(ctx, draft, version, { ...draft, status: 'open', note: toReason(reason), submitted_by: null })
}

/** @throws `draft.closed`. */
export async function discardDraft(ctx: Ctx, id: string, version: number): Promise<void> {
  checkLibraryAct(ctx, 'library.edit')
  const draft = await getDraft(ctx, id)
  checkOpen(draft)
  await write(ctx, draft, version, { ...draft, status: 'discarded' })
}

/** Marks a draft as published; only publish.ts does. */
export const closeDraft = (ctx: Ctx, draft: DraftRow, version: number): Promise<DraftRow> =>
  write(ctx, draft, version, { ...draft, status: 'published' })

function checkOpen(draft: DraftRow): void {
  if (draft.status !== 'open' && draft.status !== 'submitted') throw conflict('draft.closed', 'This draft was published or discarded.')
}

async function write(ctx: Ctx, draft: DraftRow, version: number, to: DraftRow): Promise<DraftRow> {
  const written = draft.version === version ? await updateDraft(ctx, draft.draft_id, version, to) : undefined
  if (!written) throw conflict('draft.stale', 'Somebody saved this draft meanwhile: look at it again.')
  return written
}

/** @throws `draft.findings` with one field for each error. */
export async function requireSound(ctx: Ctx, files: PackageFiles): Promise<void> {
  const { findings } = await examineFiles(ctx, files, 'examples')
  const errors = findings.filter((finding) => finding.severity === 'error')
  if (errors.length > 0)
    throw invalid(
      'draft.findings',
      `${errors.length} findings must be put right first.`,
      errors.map(({ place, rule, message }) => ({ pointer: place, code: rule, message })),
    )
}

const longestReason = 500

/** @throws `draft.reason`. */
export function toReason(text: string): string {
  const reason = text.trim()
  if (reason === '' || reason.length > longestReason)
    throw invalid('draft.reason', 'Say why, in at most 500 characters.', [{ pointer: '/reason', code: 'required', message: '请写明理由，最多500字' }])
  return reason
}
