// A matter comes in: from a resident, from staff at the counter, or from another case.
import { createHash } from 'node:crypto'
import { leafHash } from '../ledger/tree.ts'
import { mayTakeIn } from '../access/rule.ts'
import type { CalendarDate } from '../clock.ts'
import type { Ctx } from '../context.ts'
import { sqlState } from '../database/database.ts'
import { isCalendarDate } from '../deadlines/dates.ts'
import { conflict, DomainError, forbidden, invalid } from '../errors.ts'
import { checkForm } from '../forms/forms.ts'
import { adoptDraftFiles, listDraftFiles } from '../files/uploads.ts'
import { decryptJson, encryptJson, keyedHash, keyFrom } from '../keys/keyring.ts'
import type { Package } from '../procedures/load-package.ts'
import { getProcedure } from '../procedures/packages.ts'
import { getTown, today, type Town } from '../towns/towns.ts'
import { checkRegisters, complainOfFiles, complainOfStaffFields, refuseFields } from './check-data.ts'
import { findIdempotent } from './queries.ts'
import { type Filing, fillNewCase, type IssuedCode, newCaseStep, shortTexts } from './new-case.ts'
import { performStep } from './perform.ts'
import type { Step } from './step.ts'
import type { Entry } from './types.ts'

export type { Filing } from './new-case.ts'

/** What the person gets at once. `promise` is a signed note: without it a dropped queue row would leave no evidence. */
export type Acknowledgement = {
  caseId: string
  number: string
  /** Of whoever filed: the first party, or her proxy. */
  receiptCode: string
  /** The code is a proxy's. */
  isProxy: boolean
  /** Codes of the others, for slips at the counter only; online each gets hers by her own contact. */
  otherCodes: IssuedCode[]
  promise: string
  filedAt: string
  deadlines: { id: string; rule: string; article: string; start: CalendarDate; due: CalendarDate; provisional: boolean }[]
}

/**
 * Files a matter. The acknowledgement is returned only after the commit.
 * @throws `form.invalid` (422 with fields), `case.filed_by_others`, `idempotency.reused` (409).
 */
export async function openCase(ctx: Ctx, filing: Filing): Promise<Acknowledgement> {
  const procedure = await getProcedure(ctx, filing.procedure)
  checkFiler(ctx, procedure, filing.entry)
  checkData(ctx, procedure, filing, await getTown(ctx))
  checkEntry(ctx, filing.entry)
  const seal = filing.idempotencyKey === undefined ? undefined : idempotencySeal(ctx, filing)
  const before = seal && (await replay(ctx, seal))
  if (before) return before
  const draft = filing.draftId !== undefined && filing.draftKey ? { draftId: filing.draftId, key: filing.draftKey } : undefined
  const files = draft ? await listDraftFiles(ctx, draft.draftId) : []
  try {
    return await performStep(
      () => newCaseStep(ctx, procedure, filing),
      async (step) => {
        const data = draft ? await adoptDraftFiles(step, 'filing', filing.data, draft, files) : filing.data
        const codes = await fillNewCase(step, { ...filing, data })
        const answer = await acknowledge(step, codes)
        if (seal)
          step.rows['idempotency'] = {
            key_hash: seal.keyHash.toString('base64'),
            request_hash: seal.requestHash.toString('base64'),
            answer: encryptJson(seal.key, answer, 'idempotency').toString('base64'),
          }
        return answer
      },
    )
  } catch (error) {
    const raced = seal && sqlState(error) === '23505' ? await replay(ctx, seal) : undefined
    if (raced) return raced
    if (isKnownUpstream(error)) throw conflict('case.upstream_known', 'This matter from the upstream system was entered already.')
    throw error
  }
}

/**
 * The answer that a filing under this key was given; undefined when nothing was filed under it. For a second click after the draft was emptied:
 * only whoever knows the key can read it.
 */
export async function findAcknowledgement(ctx: Ctx, idempotencyKey: string): Promise<Acknowledgement | undefined> {
  const seal = idempotencySeal(ctx, { idempotencyKey, procedure: '', data: {} })
  const found = await findIdempotent(ctx, seal.keyHash)
  return found?.answer ? decryptJson<Acknowledgement>(seal.key, found.answer, 'idempotency') : undefined
}

async function acknowledge(step: Step, [own, ...others]: IssuedCode[]): Promise<Acknowledgement> {
  const { row, deadlines } = step.case
  if (!step.firstLeaf) throw new Error('a filing records at least one event')
  return {
    caseId: row.case_id,
    number: row.number,
    receiptCode: own?.code ?? '',
    isProxy: own?.isProxy ?? false,
    otherCodes: step.ctx.actor.kind === 'staff' ? others : [],
    promise: await step.ctx.services.promises.sign(step.ctx, leafHash(step.firstLeaf), step.now),
    filedAt: row.filed_at,
    deadlines: deadlines.map((deadline) => ({
      id: deadline.deadline,
      rule: deadline.rule.law ?? '',
      article: deadline.rule.article ?? '',
      start: deadline.start_on,
      due: deadline.due_on,
      provisional: deadline.provisional,
    })),
  }
}

/** May this actor start the procedure, and enter it for somebody (`entry`)? @throws `case.entry_needed`, `case.entry_by_staff`, `case.filed_by_others`. */
export function checkFiler(ctx: Ctx, procedure: Package, entry: Entry | undefined) {
  const by = procedure.manifest.filedBy
  const { actor } = ctx
  if (actor.kind === 'system') return
  if (actor.kind === 'staff') {
    if (entry && mayTakeIn(actor) && (by.includes('staff') || by.includes('anyone'))) return
    throw forbidden('case.entry_needed', 'Staff enter a matter for a person: say how and when it came in.')
  }
  if (entry) throw forbidden('case.entry_by_staff', 'Only staff may say how and when a matter came in.')
  if (!by.includes('anyone')) throw forbidden('case.filed_by_others', 'This matter is not started here.')
}

function checkData(ctx: Ctx, procedure: Package, filing: Filing, town: Town) {
  const form = procedure.forms.get('filing')
  if (!form) throw new Error(`procedure ${procedure.slug} has no filing form`)
  const language = filing.language ?? 'zh'
  const fields = checkForm(form, filing.data, shortTexts(procedure, language), language)
  if (fields.length === 0) fields.push(...checkRegisters(form, filing.data, town, language))
  if (fields.length === 0 && ctx.actor.kind !== 'staff' && ctx.actor.kind !== 'system')
    fields.push(...complainOfStaffFields(form, filing.data, language))
  // Files lie under the draft's key: without it the case could not open them.
  if (fields.length === 0 && !filing.draftKey) fields.push(...complainOfFiles(form, filing.data, new Set(), language))
  refuseFields(fields, language)
}

function checkEntry(ctx: Ctx, entry: Entry | undefined) {
  if (entry && !isCalendarDate(entry.receivedOn))
    throw invalid('case.received_on', 'This is not a date.', [{ pointer: '/receivedOn', code: 'date', message: '请填写真实的日期，例如 2026-03-05' }])
  if (entry && entry.receivedOn > today(ctx))
    throw invalid('case.received_later', 'It cannot have been received in the future.', [
      { pointer: '/receivedOn', code: 'future', message: '收到日期不能晚于今天' },
    ])
  if (entry?.limitOn !== undefined && (!isCalendarDate(entry.limitOn) || entry.limitOn < entry.receivedOn))
    throw invalid('case.limit_on', 'The limit of an order is a date from the day on which it was received.', [
      { pointer: '/limitOn', code: 'date', message: '办结时限不能早于收到日期' },
    ])
}

/**
 * Everything that `openCase` would refuse about what was filled in and how it came, without filing anything.
 * @throws the same.
 */
export async function checkFiling(ctx: Ctx, filing: Filing): Promise<void> {
  const procedure = await getProcedure(ctx, filing.procedure)
  checkFiler(ctx, procedure, filing.entry)
  checkEntry(ctx, filing.entry)
  checkData(ctx, procedure, filing, await getTown(ctx))
}

const isKnownUpstream = (error: unknown) =>
  sqlState(error) === '23505' && error instanceof Error && 'constraint' in error && error.constraint === 'cases_upstream'

type Seal = { key: Buffer; keyHash: Buffer; requestHash: Buffer }

/** Only whoever knows the key can read the answer that is kept for it. */
function idempotencySeal(ctx: Ctx, filing: Filing): Seal {
  const { idempotencyKey = '', draftKey: _, ...request } = filing
  if (!/^[\x21-\x7e]{8,200}$/.test(idempotencyKey))
    throw new DomainError('invalid', 'idempotency.key', 'Idempotency-Key is 8 to 200 visible ASCII characters.')
  const owner = ctx.actor.kind === 'staff' ? ctx.actor.userId : ctx.actor.kind === 'resident' ? ctx.actor.accountId : ctx.actor.kind
  return {
    key: keyFrom(idempotencyKey, `idempotency/${ctx.tenant}`),
    keyHash: keyedHash(ctx.services.keyring.secret(`idempotency:${ctx.tenant}`), `${owner}|${idempotencyKey}`),
    // The body may hold contacts: it is kept as a keyed hash only. The language of an answer does not make it another matter.
    requestHash: keyedHash(
      keyFrom(idempotencyKey, `request/${ctx.tenant}`),
      createHash('sha256')
        .update(JSON.stringify({ ...request, language: undefined }))
        .digest('hex'),
    ),
  }
}

async function replay(ctx: Ctx, seal: Seal): Promise<Acknowledgement | undefined> {
  const found = await findIdempotent(ctx, seal.keyHash)
  if (!found) return undefined
  if (!found.request_hash.equals(seal.requestHash))
    throw conflict('idempotency.reused', 'This Idempotency-Key was used with other data: use a new key for a new matter.')
  if (!found.answer) throw conflict('idempotency.gone', 'The answer kept for this key is gone: ask for the case by its number.')
  return decryptJson<Acknowledgement>(seal.key, found.answer, 'idempotency')
}
