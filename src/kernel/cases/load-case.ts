// Opening a case with its key. Rights are asked by whoever loads it, through the one rule.
import { type Act, type CaseAccess, levelFor, type FieldLevel } from '../access/rule.ts'
import { today } from '../towns/towns.ts'
import type { Ctx } from '../context.ts'
import { DomainError, notFound } from '../errors.ts'
import { isUuid } from '../ids.ts'
import { decrypt, decryptJson } from '../keys/keyring.ts'
import { getPackage } from '../procedures/packages.ts'
import { openReason } from './free-words.ts'
import { accessOf } from './access-of.ts'
import { findCaseId, findRawCase, findRawCaseOfTask, findRawCases, type RawAccess, type RawCase } from './queries.ts'
import { newStep, type Step } from './step.ts'
import type { CaseContent, Identity, LoadedCase, Mandate } from './types.ts'

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

/** For lists: passes over what this actor cannot open for the act, and what was erased. */
export async function findCase(
  ctx: Ctx,
  by: { number: string } | { caseId: string },
  act: Act,
): Promise<{ loaded: LoadedCase; level: FieldLevel } | undefined> {
  try {
    return await getCase(ctx, by, act)
  } catch (error) {
    if (error instanceof DomainError && error.kind === 'not_found') return undefined
    throw error
  }
}

/** Loads without asking: only for the program's own work and for callers that ask the rule themselves. */
export async function loadCase(ctx: Ctx, caseId: string): Promise<LoadedCase> {
  const raw = await findRawCase(ctx, caseId)
  if (!raw) throw absent()
  const { manifest } = await getPackage(ctx, raw.case.package_hash)
  return openRaw(ctx, raw, manifest.seals ?? {})
}

/** `family`: the steps of the transaction that this one joins. */
export async function loadStep(ctx: Ctx, caseId: string, family?: Map<string, Step>): Promise<Step> {
  const loaded = await loadCase(ctx, caseId)
  return newStep(ctx, await getPackage(ctx, loaded.row.package_hash), loaded, false, family)
}

/** Steps of several cases, read by one statement; a case that is absent or erased is left out. */
export async function loadSteps(ctx: Ctx, caseIds: string[]): Promise<Step[]> {
  const steps: Step[] = []
  for (const raw of await findRawCases(ctx, caseIds)) {
    if (!raw.key) continue
    const procedure = await getPackage(ctx, raw.case.package_hash)
    steps.push(await newStep(ctx, procedure, openRaw(ctx, raw, procedure.manifest.seals ?? {}), false))
  }
  return steps
}

/** The step of the case that a task belongs to; undefined when there is no such task. */
export async function loadTaskStep(ctx: Ctx, taskId: string): Promise<Step | undefined> {
  const raw = isUuid(taskId) ? await findRawCaseOfTask(ctx, taskId) : undefined
  if (!raw) return undefined
  const procedure = await getPackage(ctx, raw.case.package_hash)
  return newStep(ctx, procedure, openRaw(ctx, raw, procedure.manifest.seals ?? {}), false)
}

function openRaw(ctx: Ctx, raw: RawCase & RawAccess, seals: CaseAccess['seals']): LoadedCase {
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
      blind: party.blind,
    })),
    links: raw.links,
    grants: raw.grants,
    recused: raw.recused,
    documents: raw.documents.map((document) => ({ ...document, reason: openReason(ctx, key, document.document_id, document.reason) })),
    subjects: raw.subjects.map((subject) => ({
      subjectId: subject.subject_id,
      organizationId: subject.organization_id,
      postId: subject.post_id,
      name: subject.name === null ? '' : decrypt(key, Buffer.from(subject.name, 'base64'), `subject/${ctx.tenant}/${subject.subject_id}`).toString(),
    })),
    mandates: raw.mandates.map((mandate) => openMandate(ctx, key, mandate)),
    seals,
  }
}

function openMandate(ctx: Ctx, key: Buffer, raw: RawAccess['mandates'][number]): Mandate {
  const now = today(ctx)
  const open = (sealed: string, what: string) => decryptJson<Identity>(key, Buffer.from(sealed, 'base64'), `${what}/${ctx.tenant}/${raw.mandate_id}`)
  return {
    mandateId: raw.mandate_id,
    partyId: raw.party_id,
    kind: raw.kind,
    identity: open(raw.identity, 'mandate'),
    evidence: decrypt(key, Buffer.from(raw.evidence, 'base64'), `mandate-evidence/${ctx.tenant}/${raw.mandate_id}`).toString(),
    fileId: raw.file_id,
    acts: raw.acts,
    from: raw.from_on,
    to: raw.to_on,
    accountId: raw.account_id,
    madeAt: raw.made_at,
    revokedAt: raw.revoked_at,
    isInForce: raw.revoked_at === null && raw.from_on <= now && (raw.to_on === null || raw.to_on >= now),
  }
}

export const openIdentity = (ctx: Ctx, key: Buffer, partyId: string, sealed: Buffer) =>
  decryptJson<Identity>(key, sealed, `party/${ctx.tenant}/${partyId}`)

/** A file of a case. */
export async function readCaseFile(ctx: Ctx, key: Buffer, fileId: string): Promise<Buffer> {
  return decrypt(key, await ctx.services.files.get(ctx.tenant, fileId), `file/${ctx.tenant}/${fileId}`)
}
