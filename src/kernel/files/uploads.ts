// Files that people send: of a draft under the draft's key, of a case under the case's key. The bytes lie in the file store, encrypted.
import { sql } from 'kysely'
import type { FieldLevel } from '../access/rule.ts'
import { readDossier } from '../cases/dossier.ts'
import { recordView } from '../cases/views.ts'
import { dataEntries } from '../cases/case-data.ts'
import { getCase } from '../cases/load-case.ts'
import { sightOf } from '../cases/sight.ts'
import type { LoadedCase } from '../cases/types.ts'
import { getPackage } from '../procedures/packages.ts'
import { addRow, type Step } from '../cases/step.ts'
import type { Ctx } from '../context.ts'
import { inTenant } from '../database/database.ts'
import { DomainError, invalid, notFound } from '../errors.ts'
import { attachedFiles, type FormData } from '../forms/forms.ts'
import { uuidv7 } from '../ids.ts'
import { decrypt, encrypt } from '../keys/keyring.ts'
import { cleanUpload, type CleanFile, type Upload, uploadLimits } from './clean-upload.ts'

export type StoredFile = { fileId: string; name: string; mediaType: string }
type FileRow = { file_id: string; media_type: string; bytes: number; name: Buffer }
type CaseKey = { number: string } | { caseId: string }
type Owner = { draftId: string; key: Buffer }

/** Keeps a file of a draft. @throws `file.too_many`, and as cleanUpload. */
export async function storeDraftFile(ctx: Ctx, draft: Owner, upload: Upload): Promise<StoredFile> {
  const already = await listDraftFiles(ctx, draft.draftId)
  if (already.length >= uploadLimits.files) throw new DomainError('invalid', 'file.too_many', `At most ${uploadLimits.files} files.`)
  return store(ctx, draft.key, { draftId: draft.draftId, caseId: null }, await cleanUpload(upload, ctx.services.scan))
}

/** The person takes a file of her draft back. */
export async function removeDraftFile(ctx: Ctx, draft: Owner, fileId: string): Promise<void> {
  const gone = await inTenant(ctx.db, ctx.tenant, (trx) =>
    sql`delete from files where tenant_id = ${ctx.tenant} and draft_id = ${draft.draftId} and file_id = ${fileId} and case_id is null returning 1`.execute(
      trx,
    ),
  )
  if (gone.rows.length > 0) await ctx.services.files.remove(ctx.tenant, fileId)
}

/** Keeps a file that comes later: with a message or a form of the case. @throws `case.not_found`, and as cleanUpload. */
export async function storeCaseFile(ctx: Ctx, by: CaseKey, upload: Upload): Promise<StoredFile> {
  const { loaded } = await getCase(ctx, by, 'case.message')
  return store(ctx, loaded.key, { draftId: null, caseId: loaded.row.case_id }, await cleanUpload(upload, ctx.services.scan))
}

/** Keeps a file under an id that the caller made; one that is there already stays. @throws `case.not_found`, and as cleanUpload. */
export async function keepCaseFile(ctx: Ctx, by: CaseKey, fileId: string, upload: Upload): Promise<void> {
  const { loaded } = await getCase(ctx, by, 'case.message')
  if ((await listRows(ctx, sql`case_id = ${loaded.row.case_id} and file_id = ${fileId}`)).length > 0) return
  await store(ctx, loaded.key, { draftId: null, caseId: loaded.row.case_id }, await cleanUpload(upload), fileId)
}

/** A file of a case as it was sent. @throws `case.not_found`, `file.not_found` (also for a file in a field that this actor may not see). */
export async function readUpload(ctx: Ctx, by: CaseKey, fileId: string): Promise<StoredFile & { bytes: Buffer }> {
  const { loaded, level } = await getCase(ctx, by, 'case.read')
  const row = (await rowsShown(ctx, loaded, level)).find((known) => known.file_id === fileId)
  if (!row) throw notFound('file.not_found')
  await recordView(ctx, loaded, 'file', ['files'])
  return { ...open(ctx, loaded.key, row), bytes: await openBytes(ctx, loaded.key, fileId) }
}

/** The files in forms and messages of a case that this actor may see; issued documents are not among them. @throws `case.not_found`. */
export async function listUploads(ctx: Ctx, by: CaseKey): Promise<StoredFile[]> {
  const { loaded, level } = await getCase(ctx, by, 'case.read')
  return (await rowsShown(ctx, loaded, level)).map((row) => open(ctx, loaded.key, row))
}

/** Those of `ids` that belong to the case, for a form that is shown again with the files it already sent. @throws `case.not_found`. */
export async function findCaseFiles(ctx: Ctx, by: CaseKey, ids: string[]): Promise<StoredFile[]> {
  const { loaded } = await getCase(ctx, by, 'case.message')
  const rows = await listRows(ctx, sql`case_id = ${loaded.row.case_id}`)
  return rows.filter((row) => ids.includes(row.file_id)).map((row) => open(ctx, loaded.key, row))
}

/** A file is as visible as the field or the message that names it. */
async function rowsShown(ctx: Ctx, loaded: LoadedCase, level: FieldLevel): Promise<FileRow[]> {
  const procedure = await getPackage(ctx, loaded.row.package_hash)
  const { messages } = await readDossier(ctx, loaded)
  // Opening a file is recorded by whoever opens it, so sealed ones are listed for those who may.
  const sight = sightOf(ctx.actor, loaded, procedure, level, ctx.clock.now(), { opens: true })
  const shown = new Set(messages.filter((message) => sight.message(message)).flatMap((message) => message.files))
  for (const { element, data } of dataEntries(loaded.content)) {
    const form = procedure.forms.get(element === 'filing' ? 'filing' : (procedure.graph.elements[element]?.xl.form ?? ''))
    for (const [name, field] of Object.entries(form?.schema.properties ?? {})) {
      if (field['x-tag'] !== 'attachment' || !sight.field(element, name, field)) continue
      for (const id of [data[name]].flat()) if (typeof id === 'string') shown.add(id)
    }
  }
  return (await listRows(ctx, sql`case_id = ${loaded.row.case_id}`)).filter((row) => shown.has(row.file_id))
}

export const listDraftFiles = (ctx: Ctx, draftId: string): Promise<FileRow[]> => listRows(ctx, sql`draft_id = ${draftId} and case_id is null`)

/**
 * Copies the files of a draft that the form names into the new case, under the case's key and new ids; returns the form with the new ids.
 * New ids, because two clicks at once make two cases of which one is not written: each has its own copies and none spoils the other's.
 * @throws `file.not_found` for a file that is not the draft's.
 */
export async function adoptDraftFiles(step: Step, formId: string, data: FormData, draft: Owner, rows: FileRow[]): Promise<FormData> {
  const form = step.procedure.forms.get(formId)
  const ids = new Map<string, string>()
  for (const fileId of form ? attachedFiles(form, data) : []) {
    const row = rows.find((known) => known.file_id === fileId)
    if (!row) throw invalid('file.not_found', 'A file named in the form is not there: send it again.')
    const file = { ...open(step.ctx, draft.key, row), bytes: await openBytes(step.ctx, draft.key, fileId) }
    const fresh = uuidv7(step.now)
    ids.set(fileId, fresh)
    step.written.push(fresh)
    await step.ctx.services.files.put(step.ctx.tenant, fresh, encrypt(step.case.key, file.bytes, `file/${step.ctx.tenant}/${fresh}`))
    const name = encrypt(step.case.key, file.name, `file-name/${step.ctx.tenant}/${fresh}`).toString('base64')
    addRow(step, 'files', { file_id: fresh, media_type: file.mediaType, bytes: file.bytes.length, name })
  }
  const renamed = (value: unknown): unknown =>
    Array.isArray(value) ? value.map(renamed) : typeof value === 'string' ? (ids.get(value) ?? value) : value
  const names = Object.entries(form?.schema.properties ?? {})
    .filter(([, field]) => field['x-tag'] === 'attachment')
    .map(([name]) => name)
  return { ...data, ...Object.fromEntries(names.filter((name) => data[name] !== undefined).map((name) => [name, renamed(data[name])])) }
}

async function store(
  ctx: Ctx,
  key: Buffer,
  owner: { draftId: string | null; caseId: string | null },
  file: CleanFile,
  fileId = uuidv7(ctx.clock.now()),
): Promise<StoredFile> {
  await ctx.services.files.put(ctx.tenant, fileId, encrypt(key, file.bytes, `file/${ctx.tenant}/${fileId}`))
  const name = encrypt(key, file.name, `file-name/${ctx.tenant}/${fileId}`)
  await inTenant(ctx.db, ctx.tenant, (trx) =>
    sql`insert into files (tenant_id, file_id, case_id, draft_id, media_type, bytes, name, stored_at)
        values (${ctx.tenant}, ${fileId}, ${owner.caseId}, ${owner.draftId}, ${file.mediaType}, ${file.bytes.length}, ${name}, ${ctx.clock.now()})
        on conflict do nothing`.execute(trx),
  )
  return { fileId, name: file.name, mediaType: file.mediaType }
}

async function listRows(ctx: Ctx, condition: ReturnType<typeof sql>): Promise<FileRow[]> {
  const { rows } = await inTenant(ctx.db, ctx.tenant, (trx) =>
    sql<FileRow>`select file_id, media_type, bytes::int as bytes, name from files
      where tenant_id = ${ctx.tenant} and ${condition} and purged_at is null order by stored_at, file_id`.execute(trx),
  )
  return rows
}

const open = (ctx: Ctx, key: Buffer, row: FileRow): StoredFile => ({
  fileId: row.file_id,
  mediaType: row.media_type,
  name: decrypt(key, row.name, `file-name/${ctx.tenant}/${row.file_id}`).toString(),
})

const openBytes = async (ctx: Ctx, key: Buffer, fileId: string) =>
  decrypt(key, await ctx.services.files.get(ctx.tenant, fileId), `file/${ctx.tenant}/${fileId}`)
