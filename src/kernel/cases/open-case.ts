// A matter comes in: from a resident, from staff at the counter, or from another case.
import { createHash } from 'node:crypto'
import { leafHash } from '../ledger/tree.ts'
import type { CalendarDate } from '../clock.ts'
import type { Ctx } from '../context.ts'
import { sqlState } from '../database/database.ts'
import { conflict, DomainError, forbidden, invalid } from '../errors.ts'
import { attachedFiles, checkForm, type FormData, type Language } from '../forms/forms.ts'
import { codeHash, newReceiptCode, randomCode, uuidv7 } from '../ids.ts'
import { decryptJson, encryptJson, keyedHash, keyFrom, newCaseKey } from '../keys/keyring.ts'
import type { Package } from '../procedures/load-package.ts'
import { getProcedure } from '../procedures/packages.ts'
import { today } from '../towns/towns.ts'
import { findIdempotent } from './queries.ts'
import { runEngine } from './run.ts'
import { lookupHashes, searchTokens } from './search.ts'
import { addRow, newStep, recordEvent, runStep, type Step } from './step.ts'
import type { Entry, Identity, LoadedCase, Party } from './types.ts'

export type Filing = {
  procedure: string
  data: FormData
  /** How it came in, when staff entered it. */
  entry?: Entry
  /** The resident's own account: only she sets it. */
  accountId?: string
  /** She agrees to be served electronically. */
  electronicService?: boolean
  idempotencyKey?: string
  draftId?: string
  language?: Language
}

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
    return await runStep(
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

/** An empty case of a procedure, ready to be filled in a step. */
export async function newCaseStep(ctx: Ctx, procedure: Package, filing: Pick<Filing, 'entry'>): Promise<Step> {
  const case_id = uuidv7(ctx.clock.now())
  const filedOn = filing.entry?.receivedOn ?? today(ctx)
  const loaded: LoadedCase = {
    row: {
      case_id,
      number: `${procedure.manifest.numberPrefix}${today(ctx).slice(2, 4)}-${randomCode(4)}-${randomCode(3)}`,
      procedure: procedure.slug,
      package_hash: procedure.hash,
      status: 'open',
      outcome: null,
      channel: filing.entry?.channel ?? 'web',
      upstream_source: filing.entry?.upstreamSource ?? null,
      upstream_number: filing.entry?.upstreamNumber ?? null,
      filed_at: ctx.clock.now().toISOString(),
      filed_on: filedOn,
      handling_office: null,
      superior_office: null,
      place_id: null,
      sealed_class: null,
      readers: [],
      // Replaced by the engine's first step.
      state: { format: 1, status: 'running', next: 0, tokens: [] },
      event_seq: 0,
      version: 1,
      next_due_on: null,
      missed: false,
      closed_at: null,
      retain_until: null,
    },
    key: newCaseKey(),
    eventHead: Buffer.alloc(32),
    content: { filing: {} },
    tasks: [],
    deadlines: [],
    subscriptions: [],
    parties: [],
    links: [],
    grants: [],
    recused: [],
    documents: [],
  }
  const step = await newStep(ctx, procedure, loaded, true)
  step.effectiveOn = filedOn
  return step
}

/** Parties, content, search, first event, and the engine's first step. Returns the receipt code of the first party. */
export async function fillNewCase(
  step: Step,
  filing: Pick<Filing, 'data' | 'entry' | 'accountId' | 'electronicService' | 'draftId'>,
  parties?: Party[],
): Promise<string> {
  const { ctx, procedure } = step
  const { row } = step.case
  step.case.content.filing = filing.data
  const wrapped = ctx.services.keyring.wrap(step.case.key)
  step.rows['key'] = { wrapped: wrapped.wrapped.toString('base64'), wrapping_key: wrapped.wrappingKey }
  const code = newReceiptCode()
  for (const [index, party] of (parties ?? partiesOf(step, filing)).entries()) addParty(step, party, index === 0 ? codeHash(code) : undefined)
  row.place_id = placeOf(procedure, filing.data)
  step.rows['search'] = searchTokens(ctx, procedure, filing.data)
  attachFiles(step, 'filing', filing.data)
  if (filing.draftId !== undefined) step.rows['draft_filed'] = filing.draftId
  recordEvent(step, {
    type: 'case.filed',
    data: filing.data,
    fields: {
      procedure: procedure.slug,
      package: procedure.hash,
      channel: row.channel,
      ...(filing.entry?.evidence ? { evidence: filing.entry.evidence } : {}),
    },
  })
  await runEngine(step, { type: 'start' })
  return code
}

/** Files named in a form become the case's. */
export function attachFiles(step: Step, formId: string, data: FormData): void {
  const form = step.procedure.forms.get(formId)
  for (const file of form ? attachedFiles(form, data) : []) addRow(step, 'files_attach', file)
}

function partiesOf(step: Step, filing: Pick<Filing, 'data' | 'accountId' | 'electronicService'>): Party[] {
  return step.procedure.manifest.parties.flatMap((rule): Party[] => {
    const identity: Identity = {}
    for (const key of ['name', 'phone', 'email', 'address', 'idNumber'] as const) {
      const field = rule.fields[key]
      const value = field === undefined ? undefined : filing.data[field]
      if (typeof value === 'string' && value !== '') identity[key] = value
    }
    if (rule.min === 0 && Object.keys(identity).length === 0) return []
    return [
      {
        partyId: uuidv7(step.now),
        role: rule.role,
        kind: rule.kind === 'organization' ? 'organization' : 'natural',
        identity,
        accountId: filing.accountId ?? null,
        electronicService: filing.electronicService ?? false,
        receiptHash: null,
      },
    ]
  })
}

function addParty(step: Step, party: Party, receiptHash: Buffer | undefined) {
  step.case.parties.push(party)
  const identity = encryptJson(step.case.key, party.identity, `party/${step.ctx.tenant}/${party.partyId}`)
  addRow(step, 'parties', {
    party_id: party.partyId,
    role: party.role,
    kind: party.kind,
    identity: identity.toString('base64'),
    account_id: party.accountId,
    receipt_hash: receiptHash?.toString('hex') ?? party.receiptHash,
    electronic_service: party.electronicService,
  })
  for (const lookup of lookupHashes(step.ctx, party.identity)) addRow(step, 'lookups', { lookup: lookup.toString('base64'), party_id: party.partyId })
}

function placeOf(procedure: Package, data: FormData): string | null {
  const fields = Object.entries(procedure.forms.get('filing')?.schema.properties ?? {})
  const name = fields.find(([, field]) => field['x-register'] === 'villages')?.[0]
  const value = name === undefined ? undefined : data[name]
  return typeof value === 'string' ? value : null
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

/** Texts of one language without the slug, as form messages use them. */
export const shortTexts = (procedure: Package, language: Language): Record<string, string> =>
  Object.fromEntries(Object.entries(procedure.texts[language]).map(([key, text]) => [key.slice(procedure.slug.length + 1), text]))

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
