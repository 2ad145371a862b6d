// The PDF of a document as it stands today: the issued bytes while it is in force, else the same text with the mark of what became of it.
import { payloadText, readDossier } from '../cases/dossier.ts'
import { getCase, readCaseFile } from '../cases/load-case.ts'
import type { IssuedDocument, LoadedCase } from '../cases/types.ts'
import { sightOf } from '../cases/sight.ts'
import { recordView } from '../cases/views.ts'
import type { Ctx } from '../context.ts'
import { notFound } from '../errors.ts'
import type { JsonValue } from '../ledger/canonical-json.ts'
import { getPackage } from '../procedures/packages.ts'
import { readContent } from './content.ts'

export type ReadDocument = { document: IssuedDocument; pdf: Buffer; marked: boolean }

/** A document of a case that this actor may read; a look by staff is recorded. @throws `case.not_found`, `document.not_found`. */
export async function readDocument(
  ctx: Ctx,
  by: { number: string } | { caseId: string },
  documentId: string,
  purpose = 'handling',
): Promise<ReadDocument> {
  const { loaded, level } = await getCase(ctx, by, 'case.read')
  const document = loaded.documents.find((known) => known.document_id === documentId)
  const procedure = await getPackage(ctx, loaded.row.package_hash)
  if (!document || !sightOf(ctx.actor, loaded, procedure, level, ctx.clock.now()).document(document)) throw notFound('document.not_found')
  await recordView(ctx, loaded, purpose, ['document'])
  return pdfOf(ctx, loaded, document)
}

/** For callers that have asked the rule. */
export async function pdfOf(ctx: Ctx, loaded: LoadedCase, document: IssuedDocument): Promise<ReadDocument> {
  const inForce = document.status === 'issued' || document.status === 'served'
  const pdf = inForce ? await readCaseFile(ctx, loaded.key, document.file_id) : await renderMarked(ctx, loaded, document)
  return { document, pdf, marked: !inForce }
}

async function renderMarked(ctx: Ctx, loaded: LoadedCase, document: IssuedDocument): Promise<Buffer> {
  const procedure = await getPackage(ctx, loaded.row.package_hash)
  const rule = procedure.manifest.documents.find((known) => known.id === document.document)
  const source = procedure.templates.get(rule?.template ?? '')
  const content = await readContent(ctx, loaded.key, document)
  if (source === undefined || content === undefined) return readCaseFile(ctx, loaded.key, document.file_id)
  const data = { ...content, mark: await markOf(ctx, loaded, document) }
  return Buffer.from(await ctx.services.renderer.render({ source, data, at: new Date(document.recorded_at) }))
}

async function markOf(ctx: Ctx, loaded: LoadedCase, document: IssuedDocument): Promise<JsonValue> {
  const { events } = await readDossier(ctx, loaded)
  const type = { corrected: 'document.corrected', withdrawn: 'document.withdrawn', void: 'document.voided', issued: '', served: '' }[document.status]
  const event = events.findLast((known) => known.type === type && payloadText(known, 'number') === document.number)
  const by = loaded.documents.find((known) => known.supersedes === document.document_id)?.number
  return {
    kind: document.status === 'corrected' ? 'corrected' : 'withdrawn',
    on: event?.effective_on ?? document.issued_on,
    ...(by === undefined ? {} : { by }),
    ...(document.reason === null ? {} : { reason: document.status === 'void' ? `作废。${document.reason}` : document.reason }),
  }
}
