// A new case: its row, key, parties, content and first events, before it is written.
import { codeHash, newReceiptCode, randomCode, uuidv7 } from '../ids.ts'
import type { Ctx } from '../context.ts'
import { attachedFiles, type FormData, type Language } from '../forms/forms.ts'
import { encryptJson, newCaseKey } from '../keys/keyring.ts'
import type { Package } from '../procedures/load-package.ts'
import { today } from '../towns/towns.ts'
import { upstreamHashes } from './free-words.ts'
import { runEngine } from './run.ts'
import { familyOf, idLookupHash, lookupHashes, searchTokens } from './search.ts'
import { addMandate, type MandateInput } from './mandates.ts'
import { addAccess, addRow, newStep, recordEvent, type Step } from './step.ts'
import { tellCode, tellRepresented } from './tell-access.ts'
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
  /** Opens the draft's files, which the case takes over under its own key. */
  draftKey?: Buffer
  language?: Language
  /** Somebody files for the first party: her mandate, and how far it goes. */
  proxy?: MandateInput
}

/** A code that opens the case, shown once: the filer's first. `proxyOf`: the party for whom its holder stands. */
export type IssuedCode = { partyId: string; role: string; code: string; isProxy: boolean; isTold: boolean }

/** An empty case of a procedure, ready to be filled in a step. */
export async function newCaseStep(ctx: Ctx, procedure: Package, filing: Pick<Filing, 'entry'>, family?: Map<string, Step>): Promise<Step> {
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
      ...upstreamHashes(ctx, filing.entry),
      filed_at: ctx.clock.now().toISOString(),
      filed_on: filedOn,
      handling_office: null,
      superior_office: null,
      place_id: null,
      sealed_class: null,
      readers: [],
      excluded: [],
      embargo_until: null,
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
    subjects: [],
    mandates: [],
    seals: procedure.manifest.seals ?? {},
  }
  const step = await newStep(ctx, procedure, loaded, true, family)
  step.effectiveOn = filedOn
  return step
}

/** Parties, content, search, first event, and the engine's first step. Returns the codes that were made, the filer's first. */
export async function fillNewCase(
  step: Step,
  filing: Pick<Filing, 'data' | 'entry' | 'accountId' | 'electronicService' | 'draftId' | 'proxy'>,
  parties?: Party[],
): Promise<IssuedCode[]> {
  const { ctx, procedure } = step
  const { row } = step.case
  step.case.content.filing = filing.data
  const { upstreamSource, upstreamNumber, limitOn, receivedOn } = filing.entry ?? {}
  if (upstreamNumber !== undefined)
    step.case.content['_upstream'] = {
      source: upstreamSource ?? '',
      number: upstreamNumber,
      receivedOn,
      ...(limitOn === undefined ? {} : { limitOn }),
    }
  const wrapped = ctx.services.keyring.wrap(step.case.key)
  step.rows['key'] = { wrapped: wrapped.wrapped.toString('base64'), wrapping_key: wrapped.wrappingKey }
  row.sealed_class = procedure.manifest.sealedAs ?? null
  const codes: IssuedCode[] = []
  for (const party of parties ?? partiesOf(step, filing)) {
    // Parties of a linked case come with the codes they hold: one code opens both. Whoever is accused gets none.
    const code = parties || party.blind ? undefined : newReceiptCode()
    addParty(step, party, code === undefined ? undefined : codeHash(code))
    if (code !== undefined) codes.push({ partyId: party.partyId, role: party.role, code, isProxy: false, isTold: false })
  }
  row.place_id = placeOf(step, filing.data)
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
      ...(filing.entry?.upstreamSource ? { upstream_source: filing.entry.upstreamSource } : {}),
      ...(filing.entry?.upstreamNumber ? { upstream_number: filing.entry.upstreamNumber } : {}),
      ...(filing.entry?.limitOn ? { limit_on: filing.entry.limitOn } : {}),
    },
  })
  handOutCodes(step, filing, codes)
  await runEngine(step, { type: 'start' })
  return codes
}

/**
 * Whoever files gets her code on the screen: the first party, or her proxy. Every other party has a code of her own, which only she gets:
 * by her own contact, or at the counter.
 */
function handOutCodes(step: Step, filing: Pick<Filing, 'accountId' | 'proxy'>, codes: IssuedCode[]): void {
  const [first] = codes
  const represented = step.case.parties.find((party) => party.partyId === first?.partyId)
  if (filing.proxy && represented)
    codes.unshift({
      partyId: represented.partyId,
      role: represented.role,
      code: addMandate(step, represented, filing.proxy, filing.accountId ?? null),
      isProxy: true,
      isTold: false,
    })
  for (const [index, issued] of codes.entries()) {
    const party = step.case.parties.find((known) => known.partyId === issued.partyId)
    if (index === 0 || issued.isProxy || !party) continue
    issued.isTold = tellCode(step, party, issued.code)
    if (filing.proxy && party === represented) tellRepresented(step, party)
  }
}

/** Files named in a form become the case's. */
export function attachFiles(step: Step, formId: string, data: FormData): void {
  const form = step.procedure.forms.get(formId)
  for (const file of form ? attachedFiles(form, data) : []) addRow(step, 'files_attach', file)
}

function partiesOf(step: Step, filing: Pick<Filing, 'data' | 'accountId' | 'electronicService' | 'proxy'>): Party[] {
  return step.procedure.manifest.parties.flatMap((rule, index): Party[] => {
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
        // Account and consent are the filer's: whoever else is named speaks for herself.
        accountId: index === 0 && !filing.proxy ? (filing.accountId ?? null) : null,
        electronicService: index === 0 && (filing.electronicService ?? false),
        receiptHash: null,
        blind: rule.sees === 'sealed-accusation',
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
  if (party.blind) addAccess(step, 'blind', party.partyId)
  // Who is kept secret cannot be found by her name.
  const rule = step.procedure.manifest.parties.find((known) => known.role === party.role)
  if (party.blind || rule?.sealed !== undefined) return
  const { idNumber } = party.identity
  const byNumber = idNumber === undefined ? [] : [idLookupHash(step.ctx, familyOf(step.procedure.manifest), idNumber)]
  for (const lookup of [...lookupHashes(step.ctx, party.identity), ...byNumber])
    addRow(step, 'lookups', { lookup: lookup.toString('base64'), party_id: party.partyId })
}

/** The column is in clear: only what the register of villages knows gets there, nothing that somebody typed. */
function placeOf(step: Step, data: FormData): string | null {
  const fields = Object.entries(step.procedure.forms.get('filing')?.schema.properties ?? {})
  const name = fields.find(([, field]) => field['x-register'] === 'villages')?.[0]
  const value = name === undefined ? undefined : data[name]
  return typeof value === 'string' && step.town.villages.has(value) ? value : null
}

/** Texts of one language without the slug, as form messages use them. Made once for each package: a package never changes. */
export function shortTexts(procedure: Package, language: Language): Record<string, string> {
  const texts = procedure.texts[language]
  const known = shortened.get(texts)
  if (known) return known
  const made = Object.fromEntries(Object.entries(texts).map(([key, text]) => [key.slice(procedure.slug.length + 1), text]))
  shortened.set(texts, made)
  return made
}

const shortened = new WeakMap<object, Record<string, string>>()
