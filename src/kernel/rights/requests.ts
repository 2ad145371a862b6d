// What a person asks about her own data: corrected, erased, consent withdrawn. Each is an event of her case with its answer and reason.
import { tellNow } from '../cases/glass-told.ts'
import { sightOf } from '../cases/sight.ts'
import { familyOf, idLookupHash, lookupHashes } from '../cases/search.ts'
import { findCase, getCase, loadStep } from '../cases/load-case.ts'
import { runStep } from '../cases/run-step.ts'
import { recordEvent, type Step, transactionOf } from '../cases/step.ts'
import type { Identity } from '../cases/types.ts'
import type { CalendarDate } from '../clock.ts'
import type { Ctx } from '../context.ts'
import { computeDeadline } from '../deadlines/deadlines.ts'
import { resolveParameter, type ParameterRow } from '../deadlines/parameters.ts'
import { conflict, invalid, notFound } from '../errors.ts'
import { checkForm } from '../forms/forms.ts'
import { shortTexts } from '../cases/new-case.ts'
import { uuidv7 } from '../ids.ts'
import { decryptJson, encryptJson } from '../keys/keyring.ts'
import { eraseCase } from '../ledger/erase-case.ts'
import type { LogSigner } from '../ledger/signer.ts'
import { getPackage } from '../procedures/packages.ts'
import { getTown, today } from '../towns/towns.ts'
import { toFieldValue } from './field-value.ts'
import answerDays from './answer-days.json' with { type: 'json' }
import { type CaseKey, heldFields, openOwn, requestContext, type RequestWords } from './held.ts'
import {
  endElectronicService,
  insertRequest,
  type RequestKind,
  selectOpenRequests,
  selectRequests,
  updateIdentity,
  updateRequest,
} from './queries.ts'

/** The number of days in which the town answers, and how sure it is: a promise (mark `INF`), the law gives none (DP4). */
export async function answerParameter(ctx: Ctx): Promise<ParameterRow> {
  const { overrides } = await getTown(ctx)
  return resolveParameter([answerDays], overrides.get('rights/rights-answer-days') ?? [], today(ctx))
}

async function dueOn(ctx: Ctx): Promise<CalendarDate> {
  const { calendar } = await getTown(ctx)
  const { value, unit } = await answerParameter(ctx)
  return computeDeadline({ amount: value, unit: unit === 'calendar' ? 'calendar' : 'workday' }, { effectiveOn: today(ctx) }, calendar, ctx.zone).due
}

type Entry = { kind: RequestKind; status: 'open' | 'granted' | 'refused'; words: RequestWords; due?: CalendarDate }

async function record(step: Step, partyId: string, entry: Entry): Promise<string> {
  const { ctx } = step
  const request_id = uuidv7(step.now)
  const { db } = await transactionOf(step)
  await insertRequest(db, ctx, {
    request_id,
    case_id: step.case.row.case_id,
    party_id: partyId,
    kind: entry.kind,
    status: entry.status,
    words: encryptJson(step.case.key, entry.words, requestContext(ctx, request_id)),
    due_on: entry.due ?? null,
    decided_by: null,
  })
  recordEvent(step, { type: `rights.${entry.kind}`, fields: { ...entry.words, status: entry.status } })
  return request_id
}

/** A short text of a person: what is asked for, and why. */
function requireText(text: string, pointer: string, message: string, most = 2000): string {
  const plain = text.trim()
  if (plain.length < 2 || Array.from(plain).length > most) throw invalid('rights.text', message, [{ pointer, code: 'required', message }])
  return plain
}

/** A copy was given: the person reads that it was. */
export const recordCopy = async (ctx: Ctx, by: CaseKey): Promise<void> => {
  const { loaded, party } = await openOwn(ctx, by)
  await runStep(
    () => loadStep(ctx, loaded.row.case_id),
    async (step) => void (await record(step, party.partyId, { kind: 'copy', status: 'granted', words: {} })),
  )
}

const contactKeys = ['phone', 'email', 'address'] as const

/**
 * The person's own contacts, put right at once: they serve to reach her, and nobody knows them better (个人信息保护法 Art 46).
 * @throws `case.not_found`, `form.invalid`, `rights.no_contact`.
 */
export async function changeContacts(ctx: Ctx, by: CaseKey, contacts: Partial<Record<(typeof contactKeys)[number], string>>): Promise<void> {
  const { loaded } = await openOwn(ctx, by)
  await runStep(
    () => loadStep(ctx, loaded.row.case_id),
    async (step) => {
      const { party } = await openOwn(ctx, by)
      const rule = step.procedure.manifest.parties.find((known) => known.role === party.role)
      const filing = { ...step.case.content.filing }
      const identity: Identity = { ...party.identity }
      const changed: string[] = []
      for (const key of contactKeys) {
        const field = rule?.fields[key]
        const value = contacts[key]?.trim()
        if (field === undefined || value === undefined || value === '' || value === identity[key]) continue
        identity[key] = value
        filing[field] = value
        changed.push(key)
      }
      if (changed.length === 0) throw conflict('rights.no_change', '没有改动。')
      const form = step.procedure.forms.get('filing')
      const names = new Set(contactKeys.map((key) => rule?.fields[key]))
      const faults = form ? checkForm(form, filing, shortTexts(step.procedure, 'zh'), 'zh').filter((fault) => names.has(fault.pointer.slice(1))) : []
      if (faults.length > 0) throw invalid('form.invalid', '有几处需要修改。', faults)
      step.case.content.filing = filing
      await storeIdentity(step, party.partyId, identity)
      step.case.parties = step.case.parties.map((known) => (known.partyId === party.partyId ? { ...known, identity } : known))
      await tellNow(step)
      await record(step, party.partyId, { kind: 'contacts', status: 'granted', words: { field: changed.join(', ') } })
    },
  )
}

async function storeIdentity(step: Step, partyId: string, identity: Identity): Promise<void> {
  const { ctx } = step
  const { db } = await transactionOf(step)
  const caseId = step.case.row.case_id
  const byNumber = identity.idNumber === undefined ? [] : [idLookupHash(ctx, familyOf(step.procedure.manifest), identity.idNumber)]
  const sealed = encryptJson(step.case.key, identity, `party/${ctx.tenant}/${partyId}`)
  await updateIdentity(db, ctx, { caseId, partyId }, sealed, [...lookupHashes(ctx, identity), ...byNumber])
}

/**
 * Asks that a field be put right. An officer decides with a reason: it may be what a decision rests on.
 * @throws `case.not_found`, `rights.field`, `rights.text`.
 */
export async function askCorrection(ctx: Ctx, by: CaseKey, asked: { field: string; value: string; reason: string }): Promise<string> {
  const own = await openOwn(ctx, by)
  const { loaded, party } = own
  const known = heldFields(own, 'zh').find((field) => field.form === 'filing' && field.name === asked.field)
  if (!known || known.isSealed || known.tag === 'attachment')
    throw invalid('rights.field', '请选择要更正的内容', [{ pointer: '/field', code: 'enum', message: '请选择要更正的内容' }])
  const words = {
    field: asked.field,
    value: requireText(asked.value, '/value', '请写明正确的内容', 8000),
    reason: requireText(asked.reason, '/reason', '请写明为什么要更正'),
  }
  const due = await dueOn(ctx)
  return runStep(
    () => loadStep(ctx, loaded.row.case_id),
    (step) => record(step, party.partyId, { kind: 'correct', status: 'open', words, due }),
  )
}

export type OpenRequest = {
  requestId: string
  number: string
  dueOn: CalendarDate | null
  askedAt: Date
  label: string
  before: string
  words: RequestWords
}

/** Requests that wait for a decision, of cases in which this officer decides. */
export async function listOpenRequests(ctx: Ctx): Promise<OpenRequest[]> {
  const found: OpenRequest[] = []
  for (const row of await selectOpenRequests(ctx)) {
    const opened = await findCase(ctx, { caseId: row.case_id }, 'case.rights-decide')
    if (!opened) continue
    const { loaded, level } = opened
    const procedure = await getPackage(ctx, loaded.row.package_hash)
    const sight = sightOf(ctx.actor, loaded, procedure, level, ctx.clock.now())
    const words = decryptJson<RequestWords>(loaded.key, row.words, requestContext(ctx, row.request_id))
    const field = heldFields({ loaded, procedure, sight }, 'zh').find((known) => known.form === 'filing' && known.name === words.field)
    found.push({
      requestId: row.request_id,
      number: loaded.row.number,
      dueOn: row.due_on,
      askedAt: row.asked_at,
      label: field?.label ?? words.field ?? '',
      before: field?.text ?? (field && ['string', 'number', 'boolean'].includes(typeof field.value) ? String(field.value) : ''),
      words,
    })
  }
  return found
}

/**
 * Grants or refuses a correction, with a reason that the person reads. Granted, the value is put right; the events keep what stood there.
 * @throws `case.not_found`, `rights.decided` (409), `rights.text`, `form.invalid`.
 */
export async function decideCorrection(ctx: Ctx, input: { number: string; requestId: string; granted: boolean; answer: string }): Promise<void> {
  const { loaded } = await getCase(ctx, { number: input.number }, 'case.rights-decide')
  const answer = requireText(input.answer, '/answer', '请写明理由：同意的说明改了什么，不同意的说明为什么')
  await runStep(
    () => loadStep(ctx, loaded.row.case_id),
    async (step) => {
      const row = (await selectRequests(ctx, loaded.row.case_id)).find((known) => known.request_id === input.requestId)
      if (!row) throw notFound('case.not_found', 'There is no such request.')
      const words = { ...decryptJson<RequestWords>(step.case.key, row.words, requestContext(ctx, row.request_id)), answer }
      if (input.granted) await putRight(step, row.party_id, words)
      const { db } = await transactionOf(step)
      const sealed = encryptJson(step.case.key, words, requestContext(ctx, row.request_id))
      const by = ctx.actor.kind === 'staff' ? ctx.actor.userId : ctx.actor.kind
      if (!(await updateRequest(db, ctx, row.request_id, input.granted ? 'granted' : 'refused', sealed, by)))
        throw conflict('rights.decided', '这一项已经有人处理了。')
      recordEvent(step, {
        type: input.granted ? 'rights.corrected' : 'rights.correction-refused',
        fields: { field: words.field ?? '', reason: answer },
      })
    },
  )
}

async function putRight(step: Step, partyId: string, { field = '', value = '' }: RequestWords): Promise<void> {
  const form = step.procedure.forms.get('filing')
  const property = form?.schema.properties[field]
  const typed = property ? await toFieldValue(step, field, property, value) : value
  const filing = { ...step.case.content.filing, [field]: typed }
  const faults = form
    ? checkForm(form, filing, shortTexts(step.procedure, 'zh'), 'zh').filter(
        ({ pointer }) => pointer === `/${field}` || pointer.startsWith(`/${field}/`),
      )
    : []
  if (faults.length > 0) throw invalid('form.invalid', '更正后的内容不合要求。', faults)
  step.case.content.filing = filing
  const party = step.case.parties.find((known) => known.partyId === partyId)
  const rule = step.procedure.manifest.parties.find((known) => known.role === party?.role)
  const key = (['name', 'phone', 'email', 'address', 'idNumber'] as const).find((known) => rule?.fields[known] === field)
  if (party && key) await storeIdentity(step, partyId, { ...party.identity, [key]: value })
}

export type Erased = { erased: true } | { erased: false; code: 'open' | 'retained' | 'archive' | 'undated'; until: CalendarDate | null }

/**
 * Asks that the case be erased. The retention rule decides at once: it is erased now, or the reason why not, with the date from which it
 * can be (个人信息保护法 Art 47; DP11: where a law fixes a longer time, data is only stored). @throws `case.not_found`, `erase.*`.
 */
export async function askErasure(ctx: Ctx, signer: LogSigner, by: CaseKey): Promise<Erased> {
  const { loaded, procedure, party } = await openOwn(ctx, by)
  const { row } = loaded
  const { retention } = procedure.manifest
  const until = row.retain_until
  const code =
    row.status === 'open'
      ? 'open'
      : retention.disposal === 'archive'
        ? 'archive'
        : until === null && retention.years !== undefined
          ? 'undated'
          : until !== null && until > today(ctx)
            ? 'retained'
            : undefined
  const words = code === undefined ? {} : { reason: code, ...(until === null ? {} : { value: until }) }
  await runStep(
    () => loadStep(ctx, row.case_id),
    async (step) => void (await record(step, party.partyId, { kind: 'erase', status: code === undefined ? 'granted' : 'refused', words })),
  )
  if (code !== undefined) return { erased: false, code, until }
  await eraseCase(ctx, signer, { number: row.number, basis: 'pipl-47' })
  return { erased: true }
}

/**
 * Consent to electronic service and to the publication of one's own words ends, both at once (个人信息保护法 Art 15, 25): papers come on paper,
 * and the words are off the public list with this step. What was served stays served. @throws `rights.no_consent`.
 */
export async function withdrawConsent(ctx: Ctx, by: CaseKey): Promise<void> {
  const { loaded, party, procedure } = await openOwn(ctx, by)
  const { consented } = procedure.manifest.publication
  const isPublic = consented !== undefined && loaded.content.filing[consented.by] === true
  if (!party.electronicService && !isPublic) throw conflict('rights.no_consent', '没有可以撤回的同意。')
  await runStep(
    () => loadStep(ctx, loaded.row.case_id),
    async (step) => {
      const { db } = await transactionOf(step)
      await endElectronicService(db, ctx, { caseId: loaded.row.case_id, partyId: party.partyId })
      // The public row is written from the content with every step.
      if (isPublic) step.case.content.filing = { ...step.case.content.filing, [consented.by]: false }
      const field = [...(party.electronicService ? ['electronicService'] : []), ...(isPublic ? [consented.by] : [])].join(', ')
      await record(step, party.partyId, { kind: 'consent', status: 'granted', words: { field } })
    },
  )
}
