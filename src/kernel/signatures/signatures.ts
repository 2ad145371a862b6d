// Who signed a document, and how: on paper (the scan is kept), drawn on the screen, confirmed by a code, or by a member of staff at work.
// A form says `x-signs: <document>`. What is signed is a text, so each signature carries the fingerprint of the text that was shown; a
// document that asks for signatures is issued only when everybody signed the text that it has now. A drawing is the line on the page and
// nothing else: no speed, no pressure, nothing by which a person could be recognised (CHARTER.md).
import { createHash } from 'node:crypto'
import type { CalendarDate } from '../clock.ts'
import type { Step } from '../cases/step.ts'
import { recordEvent } from '../cases/step.ts'
import type { Entry, Party } from '../cases/types.ts'
import { partiesOf } from '../access/rule.ts'
import { accessOf, postActing } from '../cases/access-of.ts'
import type { Element } from '../engine/types.ts'
import { conflict, invalid } from '../errors.ts'
import { effectiveDate, type Form, type FormData, type Language } from '../forms/forms.ts'
import { canonicalJson, type JsonValue } from '../ledger/canonical-json.ts'
import type { Package } from '../procedures/load-package.ts'
import type { DocumentRule } from '../procedures/manifest.ts'
import { drawnFault, drawnPicture } from './drawn.ts'
import { takeSigningCode } from './signing-codes.ts'

/** `scan`: signed on paper. `drawn`: with finger or pen on the screen. `code`: typed name and a code to her own contact. `post`: staff, signed in. */
export const signingMethods = ['scan', 'drawn', 'code', 'post'] as const
export type SigningMethod = (typeof signingMethods)[number]

/** One signature under a document. `text` is the fingerprint of what was signed; `witness` the post before whom it was made. */
type Signature = {
  signer: string
  name: string
  method: SigningMethod
  on: CalendarDate
  at: string
  text: string
  path?: string
  witness?: string
}

/** The document that a form signs, if it signs one. */
export const signedBy = (form: Form | undefined): string | undefined => form?.schema['x-signs']

/** Elements by which a document is signed, by signer: a party role, or the user task of an officer. */
function signersOf(procedure: Package, document: string): Map<string, Element[]> {
  const elements = Object.values(procedure.graph.elements).filter(
    (element) => signedBy(procedure.forms.get(element.xl.form ?? '')) === document && element.xl.form !== undefined,
  )
  return Map.groupBy(elements, signerAt)
}

const signerAt = (element: Element): string => element.xl.ext['by'] ?? element.id

/** Signatures stand beside the forms in the case's content, under its key. Only this file writes them. */
const signaturesOf = (step: Step, document: string): Signature[] => {
  const kept = step.case.content['_signatures']?.[document]
  return Array.isArray(kept) ? kept : []
}

/**
 * Takes the signature in `data` before the form is stored, and gives back what may be stored: a code is used up, never kept.
 * @throws `form.invalid` naming the field, `signature.proxy` (403 as invalid: she signs herself).
 */
export async function takeSignature(step: Step, element: Element, form: Form, data: FormData, language: Language, entry?: Entry): Promise<FormData> {
  const document = signedBy(form)
  const rule = step.procedure.manifest.documents.find((known) => known.id === document)
  if (document === undefined || !rule) return data
  const method = signingMethods.find((known) => known === data['method'])
  if (!method) throw refuse('method', '请选择怎样签名', 'Choose how to sign', language)
  const text = textOf(step, rule)
  const party = partyAt(step, element, language)
  checkWay(step, party, method, data, language)
  const { code, ...kept } = data
  if (method === 'code' && party) await takeSigningCode(step, party, { document, text, code: typeof code === 'string' ? code : '' }, language)
  const { actor } = step.ctx
  const name = party ? (party.identity.name ?? '') : actor.kind === 'staff' ? actor.name : ''
  const signature: Signature = {
    signer: signerAt(element),
    name,
    method,
    on: effectiveDate(form, data) ?? entry?.receivedOn ?? step.effectiveOn,
    at: step.now.toISOString(),
    text,
    ...(method === 'drawn' && typeof data['drawn'] === 'string' ? { path: data['drawn'] } : {}),
    ...(party && actor.kind === 'staff' ? { witness: postActing(actor, step.case) ?? '' } : {}),
  }
  const others = signaturesOf(step, document).filter((known) => known.signer !== signature.signer)
  step.case.content['_signatures'] = { ...step.case.content['_signatures'], [document]: [...others, signature] }
  recordEvent(step, {
    type: 'document.signed',
    element: element.id,
    effectiveOn: signature.on,
    fields: { document, by: signature.signer, method, text, ...(signature.witness ? { witness: signature.witness } : {}) },
  })
  return kept
}

/** The party who signs here; undefined where an officer signs. A proxy cannot sign on the screen: her mandate is looked at on paper. */
function partyAt(step: Step, element: Element, language: Language): Party | undefined {
  const role = element.xl.ext['by']
  const parties = step.case.parties.filter((party) => party.role === role)
  const { actor } = step.ctx
  if (role === undefined || actor.kind === 'staff' || actor.kind === 'system') return parties[0]
  const own = partiesOf(actor, accessOf(step.case)).parties
  const mine = parties.find((party) => own.includes(party.partyId))
  if (!mine)
    throw refuse(
      'method',
      '要由本人签名。代理人有特别授权的，请带授权书到窗口签。',
      'The person signs herself. A proxy with a special mandate signs on paper at the counter.',
      language,
    )
  return mine
}

function checkWay(step: Step, party: Party | undefined, method: SigningMethod, data: FormData, language: Language): void {
  const isStaff = step.ctx.actor.kind === 'staff'
  if (party ? method === 'post' || (method === 'code' && isStaff) : method === 'code')
    throw refuse('method', '不能用这种方式签名，请换一种', 'One cannot sign here in this way: choose another', language)
  if (method === 'scan' && [data['scan']].flat().filter(Boolean).length === 0)
    throw refuse('scan', '请上传签了名的纸质协议的扫描件或者照片', 'Add a scan or photo of the signed paper', language)
  const fault = method === 'drawn' ? drawnFault(data['drawn']) : undefined
  if (fault) throw refuse('drawn', '请在框内写下您的名字', 'Write your name in the box', language)
  if (method === 'scan' || method === 'post' || !party) return
  if (plain(data['signedName']) !== plain(party.identity.name))
    throw refuse('signedName', '请填写您本人的姓名，和协议上的一样', 'Type your own name as in the document', language)
}

const plain = (text: unknown) => (typeof text === 'string' ? text.normalize('NFKC').replaceAll(/[\s\p{Cf}]/gu, '') : '')

function refuse(field: string, zh: string, en: string, language: Language) {
  const message = language === 'zh' ? zh : en
  return invalid('form.invalid', message, [{ pointer: `/${field}`, code: 'signature', message }])
}

/**
 * The fingerprint (SHA-256, hex) of a document's text: its template, the forms that the template reads, and the names of the parties.
 * Not its number, date and seal, which come last.
 */
export function textOf(step: Step, rule: DocumentRule): string {
  const { procedure } = step
  const source = procedure.templates.get(rule.template) ?? ''
  const read = Object.values(procedure.graph.elements).filter(
    (element) =>
      element.xl.form !== undefined && signedBy(procedure.forms.get(element.xl.form)) === undefined && new RegExp(`\\b${element.id}\\b`).test(source),
  )
  const facts = {
    source,
    // Form data came as JSON and was checked against its schema.
    forms: Object.fromEntries(read.map(({ id }) => [id, (step.case.content[id] ?? null) as JsonValue])),
    filing: step.case.content.filing as { [name: string]: JsonValue },
    parties: step.case.parties.map((party) => ({ role: party.role, name: party.identity.name ?? '' })),
  }
  return createHash('sha256').update(canonicalJson(facts)).digest('hex')
}

/**
 * Before a document is issued: has everybody signed the text as it is now? Then it takes effect on the day of the last signature.
 * Does nothing for documents that nobody signs. @throws `document.unsigned` (409).
 */
export function requireSignatures(step: Step, rule: DocumentRule): void {
  const signers = signersOf(step.procedure, rule.id)
  if (signers.size === 0) return
  const text = textOf(step, rule)
  const valid = signaturesOf(step, rule.id).filter((signature) => signature.text === text)
  const missing = [...signers.keys()].filter((signer) => !valid.some((signature) => signature.signer === signer))
  if (missing.length > 0) throw conflict('document.unsigned', `Not everybody has signed this text: ${missing.join(', ')}.`)
  const last = valid
    .map((signature) => signature.on)
    .sort()
    .at(-1)
  if (last !== undefined && last > step.effectiveOn) step.effectiveOn = last
}

/** Signatures as a template prints them, in the order of the package's parties, officers last. */
export function printedSignatures(step: Step, rule: DocumentRule): JsonValue {
  const { texts, slug, manifest } = step.procedure
  const order = [...manifest.parties.map((party) => party.role), ...signersOf(step.procedure, rule.id).keys()]
  const text = textOf(step, rule)
  return signaturesOf(step, rule.id)
    .filter((signature) => signature.text === text)
    .toSorted((a, b) => order.indexOf(a.signer) - order.indexOf(b.signer))
    .map(({ signer, name, method, on, path }) => ({
      role: texts.zh[`${slug}.party.${signer}`] ?? texts.zh[`${slug}.element.${signer}`] ?? '',
      name,
      method,
      on,
      picture: path === undefined ? null : drawnPicture(path),
    }))
}
