// A matter comes in: from a resident, from staff at the counter, or from another case.
import { createHash } from 'node:crypto'
import { leafHash } from '../ledger/tree.ts'
import type { CalendarDate } from '../clock.ts'
import type { Ctx } from '../context.ts'
import { sqlState } from '../database/database.ts'
import { conflict, DomainError, forbidden, invalid } from '../errors.ts'
import { checkForm } from '../forms/forms.ts'
import { decryptJson, encryptJson, keyedHash, keyFrom } from '../keys/keyring.ts'
import type { Package } from '../procedures/load-package.ts'
import { getProcedure } from '../procedures/packages.ts'
import { today } from '../towns/towns.ts'
import { findIdempotent } from './queries.ts'
import { type Filing, fillNewCase, newCaseStep, shortTexts } from './new-case.ts'
import { performStep } from './perform.ts'
import type { Step } from './step.ts'
import type { Entry } from './types.ts'

export type { Filing } from './new-case.ts'

/** What the person gets at once. `promise` is a signed note: without it a dropped queue row would leave no evidence. */
export type Acknowledgement = {
  caseId: string
  number: string
  receiptCode: string
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
  checkData(procedure, filing)
  checkEntry(ctx, filing.entry)
  const seal = filing.idempotencyKey === undefined ? undefined : idempotencySeal(ctx, filing)
  const before = seal && (await replay(ctx, seal))
  if (before) return before
  try {
    return await performStep(
      () => newCaseStep(ctx, procedure, filing),
      async (step) => {
        const code = await fillNewCase(step, filing)
        const answer = await acknowledge(step, code)
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
    throw error
  }
}

async function acknowledge(step: Step, receiptCode: string): Promise<Acknowledgement> {
  const { row, deadlines } = step.case
  if (!step.firstLeaf) throw new Error('a filing records at least one event')
  return {
    caseId: row.case_id,
    number: row.number,
    receiptCode,
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

function checkFiler(ctx: Ctx, procedure: Package, entry: Entry | undefined) {
  const by = procedure.manifest.filedBy
  const { actor } = ctx
  if (actor.kind === 'system') return
  if (actor.kind === 'staff') {
    if (entry && actor.posts.some((post) => post.kind !== 'outside') && (by.includes('staff') || by.includes('anyone'))) return
    throw forbidden('case.entry_needed', 'Staff enter a matter for a person: say how and when it came in.')
  }
  if (entry) throw forbidden('case.entry_by_staff', 'Only staff may say how and when a matter came in.')
  if (!by.includes('anyone')) throw forbidden('case.filed_by_others', 'This matter is not started here.')
}

function checkData(procedure: Package, filing: Filing) {
  const form = procedure.forms.get('filing')
  if (!form) throw new Error(`procedure ${procedure.slug} has no filing form`)
  const language = filing.language ?? 'zh'
  const fields = checkForm(form, filing.data, shortTexts(procedure, language), language)
  if (fields.length > 0)
    throw invalid(
      'form.invalid',
      language === 'zh' ? '有几处需要修改，您填写的内容都还在。' : 'Some answers need a correction. Nothing you typed is lost.',
      fields,
    )
}

function checkEntry(ctx: Ctx, entry: Entry | undefined) {
  if (entry && entry.receivedOn > today(ctx))
    throw invalid('case.received_later', 'It cannot have been received in the future.', [
      { pointer: '/receivedOn', code: 'future', message: '收到日期不能晚于今天' },
    ])
}

type Seal = { key: Buffer; keyHash: Buffer; requestHash: Buffer }

/** Only whoever knows the key can read the answer that is kept for it. */
function idempotencySeal(ctx: Ctx, filing: Filing): Seal {
  const { idempotencyKey = '', ...request } = filing
  if (!/^[\x21-\x7e]{8,200}$/.test(idempotencyKey))
    throw new DomainError('invalid', 'idempotency.key', 'Idempotency-Key is 8 to 200 visible ASCII characters.')
  const owner = ctx.actor.kind === 'staff' ? ctx.actor.userId : ctx.actor.kind === 'resident' ? ctx.actor.accountId : ctx.actor.kind
  return {
    key: keyFrom(idempotencyKey, `idempotency/${ctx.tenant}`),
    keyHash: keyedHash(ctx.services.keyring.secret(`idempotency:${ctx.tenant}`), `${owner}|${idempotencyKey}`),
    // The body may hold contacts: it is kept as a keyed hash only.
    requestHash: keyedHash(keyFrom(idempotencyKey, `request/${ctx.tenant}`), createHash('sha256').update(JSON.stringify(request)).digest('hex')),
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
