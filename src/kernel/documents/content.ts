// What an issued document says, opened from under its case's key.
import { sql } from 'kysely'
import type { Step } from '../cases/step.ts'
import type { IssuedDocument } from '../cases/types.ts'
import type { Ctx } from '../context.ts'
import { inTenant } from '../database/database.ts'
import { decryptJson } from '../keys/keyring.ts'
import type { JsonValue } from '../ledger/canonical-json.ts'

export type DocumentContent = { [key: string]: JsonValue }

const open = (ctx: Ctx, key: Buffer, { document_id }: IssuedDocument, sealed: Buffer): DocumentContent =>
  decryptJson<DocumentContent>(key, sealed, `document/${ctx.tenant}/${document_id}`)

/** Undefined when there is no such document any more. */
export async function readContent(ctx: Ctx, key: Buffer, document: IssuedDocument): Promise<DocumentContent | undefined> {
  const { rows } = await inTenant(ctx.db, ctx.tenant, (trx) =>
    sql<{ content: Buffer }>`select content from documents where tenant_id = ${ctx.tenant} and document_id = ${document.document_id}`.execute(trx),
  )
  const sealed = rows[0]?.content
  return sealed && open(ctx, key, document, sealed)
}

/** The same within a step, which may have issued the document itself. */
export async function contentInStep(step: Step, document: IssuedDocument): Promise<DocumentContent | undefined> {
  const rows: unknown[] = Array.isArray(step.rows['documents']) ? step.rows['documents'] : []
  const own = rows.find((row): row is { document_id: string; content: string } => isRowOf(row, document.document_id))
  return own ? open(step.ctx, step.case.key, document, Buffer.from(own.content, 'base64')) : readContent(step.ctx, step.case.key, document)
}

const isRowOf = (row: unknown, id: string): boolean =>
  typeof row === 'object' && row !== null && 'document_id' in row && row.document_id === id && 'content' in row && typeof row.content === 'string'
