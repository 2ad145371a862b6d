// Opening a case with its key. Rights are asked by whoever loads it, through the one rule.
import { type Act, type CaseAccess, levelFor, type FieldLevel } from '../access/rule.ts'
import type { Ctx } from '../context.ts'
import { notFound } from '../errors.ts'
import { isUuid } from '../ids.ts'
import { decrypt, decryptJson } from '../keys/keyring.ts'
import { getPackage } from '../procedures/packages.ts'
import { openReason } from './free-words.ts'
import { findCaseId, findRawCase, findRawCaseOfTask, type RawCase } from './queries.ts'
import { newStep, type Step } from './step.ts'
import type { CaseContent, Identity, LoadedCase, TaskRow } from './types.ts'

const absent = () => notFound('case.not_found', 'There is no case here that you can open.')

/** A case by number or id, for one act. Unreadable is not found. */
export async function getCase(ctx: Ctx, by: { number: string } | { caseId: string }, act: Act): Promise<{ loaded: LoadedCase; level: FieldLevel }> {
  const caseId = 'caseId' in by ? by.caseId : await findCaseId(ctx, by.number)
  if (!caseId || !isUuid(caseId)) throw absent()
  const loaded = await loadCase(ctx, caseId)
  const level = levelFor(ctx.actor, act, accessOf(loaded))
  if (!level) throw absent()
  return { loaded, level }
}

/** Loads without asking: only for the program's own work and for callers that ask the rule themselves. */
export async function loadCase(ctx: Ctx, caseId: string): Promise<LoadedCase> {
  const raw = await findRawCase(ctx, caseId)
  if (!raw) throw absent()
  return openRaw(ctx, raw)
}

/** `family`: the steps of the transaction that this one joins. */
export async function loadStep(ctx: Ctx, caseId: string, family?: Map<string, Step>): Promise<Step> {
  const loaded = await loadCase(ctx, caseId)
  return newStep(ctx, await getPackage(ctx, loaded.row.package_hash), loaded, false, family)
}

/** The step of the case that a task belongs to; undefined when there is no such task. */
export async function loadTaskStep(ctx: Ctx, taskId: string): Promise<Step | undefined> {
  const raw = isUuid(taskId) ? await findRawCaseOfTask(ctx, taskId) : undefined
  if (!raw) return undefined
  const loaded = openRaw(ctx, raw)
  return newStep(ctx, await getPackage(ctx, loaded.row.package_hash), loaded, false)
}

/** What the access rule must know of a loaded case. */
export function accessOf(loaded: LoadedCase, task?: TaskRow): CaseAccess {
  const { row } = loaded
  return {
    caseId: row.case_id,
    readers: row.readers,
    recused: loaded.recused,
    sealedClass: row.sealed_class,
    parties: loaded.parties,
    ...(task ? { task: { duties: task.duties, organizationId: task.organization_id } } : {}),
  }
}

function openRaw(ctx: Ctx, raw: RawCase): LoadedCase {
  // An erased key: the case is gone for good, its place in the log stays.
  if (!raw.key) throw notFound('case.erased', 'This case was erased.')
  const { content, event_head, ...row } = raw.case
  const key = ctx.services.keyring.unwrap({ wrapped: Buffer.from(raw.key.wrapped, 'base64'), wrappingKey: raw.key.wrapping_key })
  return {
    row,
    key,
    eventHead: Buffer.from(event_head, 'base64'),
    content: decryptJson<CaseContent>(key, Buffer.from(content, 'base64'), `content/${ctx.tenant}/${row.case_id}`),
    tasks: raw.tasks,
    deadlines: raw.deadlines,
    subscriptions: raw.subscriptions,
    parties: raw.parties.map((party) => ({
      partyId: party.party_id,
      role: party.role,
      kind: party.kind,
      identity: openIdentity(ctx, key, party.party_id, Buffer.from(party.identity, 'base64')),
      accountId: party.account_id,
      electronicService: party.electronic_service,
      receiptHash: party.receipt_hash,
    })),
    links: raw.links,
    grants: raw.grants,
    recused: raw.recused,
    documents: raw.documents.map((document) => ({ ...document, reason: openReason(ctx, key, document.document_id, document.reason) })),
  }
}

export const openIdentity = (ctx: Ctx, key: Buffer, partyId: string, sealed: Buffer) =>
  decryptJson<Identity>(key, sealed, `party/${ctx.tenant}/${partyId}`)

/** A file of a case. */
export async function readCaseFile(ctx: Ctx, key: Buffer, fileId: string): Promise<Buffer> {
  return decrypt(key, await ctx.services.files.get(ctx.tenant, fileId), `file/${ctx.tenant}/${fileId}`)
}
