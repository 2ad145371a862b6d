// Everything a case holds, in one JSON value: for an archive, a court, or another system. Pages show what viewCase shows.
import { sql } from 'kysely'
import type { Ctx } from '../context.ts'
import { inTenant } from '../database/database.ts'
import { forbidden } from '../errors.ts'
import { decrypt } from '../keys/keyring.ts'
import { caseLeaf } from '../ledger/leaf.ts'
import { commitmentOf } from '../ledger/payload.ts'
import { openLogReader, receiptProof } from '../ledger/reads.ts'
import { newReceipt, type Receipt } from '../ledger/receipt.ts'
import { leafHash } from '../ledger/tree.ts'
import { type EventRow, readDossier } from './dossier.ts'
import { getCase, readCaseFile } from './load-case.ts'

/** `receipts` are checked by `xiangli verify`; `files` hold their bytes in base 64. An erased event has no payload and no receipt. */
export type CaseExport = {
  format: 'xiangli-case/v1'
  tenant: string
  case: Record<string, unknown>
  content: Record<string, unknown>
  parties: { partyId: string; role: string; kind: string; identity: Record<string, unknown>; electronicService: boolean }[]
  deadlines: unknown[]
  tasks: unknown[]
  documents: unknown[]
  services: unknown[]
  links: unknown[]
  messages: unknown[]
  events: EventRow[]
  receipts: { seq: number; receipt: Receipt }[]
  files: { fileId: string; name: string; mediaType: string; storedAt: Date; bytes: string }[]
}

/** For the installation itself only: nothing is left out by level. @throws `case.not_found`, `case.export` (forbidden). */
export async function exportCase(ctx: Ctx, number: string): Promise<CaseExport> {
  const { loaded, level } = await getCase(ctx, { number }, 'case.export')
  if (level !== 'sealed') throw forbidden('case.export', 'The whole of a case is exported on the command line.')
  const { row } = loaded
  const dossier = await readDossier(ctx, loaded)
  const receipts: CaseExport['receipts'] = []
  for (const event of dossier.events) {
    const receipt = await receiptOf(ctx, event)
    if (receipt) receipts.push({ seq: event.seq, receipt })
  }
  const files: CaseExport['files'] = []
  for (const file of await selectFiles(ctx, row.case_id)) {
    const bytes = await readCaseFile(ctx, loaded.key, file.file_id)
    const name = decrypt(loaded.key, file.name, `file-name/${ctx.tenant}/${file.file_id}`).toString()
    files.push({ fileId: file.file_id, name, mediaType: file.media_type, storedAt: file.stored_at, bytes: bytes.toString('base64') })
  }
  // Who may read it, and where the engine stands, are the installation's own.
  const { readers: _readers, state: _state, ...facts } = row
  return {
    format: 'xiangli-case/v1',
    tenant: ctx.tenant,
    case: facts,
    content: loaded.content,
    parties: loaded.parties.map(({ partyId, role, kind, identity, electronicService }) => ({ partyId, role, kind, identity, electronicService })),
    deadlines: loaded.deadlines,
    tasks: loaded.tasks,
    documents: loaded.documents.map(({ file_id, document, number: of, status, issued_on, reason }) => ({
      file_id,
      document,
      number: of,
      status,
      issued_on,
      reason,
    })),
    services: [...dossier.services].map(([documentId, service]) => ({ documentId, ...service })),
    links: loaded.links,
    messages: dossier.messages,
    events: dossier.events,
    receipts,
    files,
  }
}

/** The promise is signed again over the same leaf and time: the same bytes as with the acknowledgement. */
async function receiptOf(ctx: Ctx, event: EventRow): Promise<Receipt | undefined> {
  if (!event.payload) return undefined
  const leaf = caseLeaf(event.recorded_at, commitmentOf(event.payload))
  const promise = await ctx.services.promises.sign(ctx, leafHash(leaf), event.recorded_at)
  const proof = await receiptProof(openLogReader(ctx.db, ctx.tenant), event.event_id)
  return { ...newReceipt(leaf, promise, event.payload), ...(proof === undefined ? {} : { proof }) }
}

async function selectFiles(ctx: Ctx, caseId: string): Promise<{ file_id: string; name: Buffer; media_type: string; stored_at: Date }[]> {
  const { rows } = await inTenant(ctx.db, ctx.tenant, (trx) =>
    sql<{ file_id: string; name: Buffer; media_type: string; stored_at: Date }>`select file_id, name, media_type, stored_at from files
      where tenant_id = ${ctx.tenant} and case_id = ${caseId} and purged_at is null order by stored_at, file_id`.execute(trx),
  )
  return rows
}
