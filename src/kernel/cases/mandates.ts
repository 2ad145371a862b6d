// Proxies: somebody acts for a party, so far and so long as the mandate says. Every procedure has this; the party sees and ends it.
import { levelFor } from '../access/rule.ts'
import type { CalendarDate } from '../clock.ts'
import type { Ctx } from '../context.ts'
import { isCalendarDate } from '../deadlines/dates.ts'
import { type FieldError, forbidden, invalid, notFound } from '../errors.ts'
import { codeHash, newReceiptCode, uuidv7 } from '../ids.ts'
import { encrypt, encryptJson } from '../keys/keyring.ts'
import { accessOf } from './access-of.ts'
import { getCase, loadStep } from './load-case.ts'
import { runStep } from './run-step.ts'
import { addAccess, recordEvent, type Step } from './step.ts'
import { tellProxy, tellRepresented } from './tell-access.ts'
import { type Identity, type Mandate, type MandateKind, mandateKinds, type Party } from './types.ts'

/** What a proxy may do beyond reading: write messages, send what the procedure lets the party send, take the whole file out. */
export const mandateActs = ['message', 'send', 'export'] as const

export type MandateInput = {
  kind: string
  name: string
  phone?: string
  email?: string
  /** What it rests on: the household book, a signed paper, the village's certificate. */
  evidence: string
  fileId?: string
  acts: string[]
  /** Last day; absent is until it is ended. */
  to?: CalendarDate
}

/** @throws `mandate.invalid` (422) with the fields to correct. */
export function checkMandate(input: MandateInput, today: CalendarDate): void {
  const fields: FieldError[] = []
  const refuse = (name: string, message: string) => fields.push({ pointer: `/${name}`, code: name, message })
  if (!mandateKinds.some((kind) => kind === input.kind)) refuse('kind', '请选择代办人和本人的关系')
  if (!isWords(input.name, 1, 60)) refuse('name', '请填写代办人的姓名')
  if (input.phone !== undefined && !/^[0-9+ -]{5,30}$/.test(input.phone)) refuse('phone', '请填写正确的电话号码')
  if (!isWords(input.evidence, 2, 300)) refuse('evidence', '请写明凭什么代办，例如户口本、委托书')
  if (input.acts.some((act) => !mandateActs.some((known) => known === act))) refuse('acts', '请选择可以代办的事')
  if (input.to !== undefined && (!isCalendarDate(input.to) || input.to < today)) refuse('to', '最后一天不能早于今天')
  if (fields.length > 0) throw invalid('mandate.invalid', 'Say who acts for whom, and on what it rests.', fields)
}

const isWords = (text: string, least: number, most: number) =>
  text.trim().length >= least && text.length <= most && text.isWellFormed() && !text.includes('\0')

/** Lets somebody act for a party, within a step. Returns the proxy's own code; the party is told. */
export function addMandate(step: Step, party: Party, input: MandateInput, accountId: string | null = null): string {
  checkMandate(input, step.effectiveOn)
  const { ctx } = step
  const mandateId = uuidv7(step.now)
  const identity: Identity = {
    name: input.name.trim(),
    ...(input.phone ? { phone: input.phone } : {}),
    ...(input.email ? { email: input.email } : {}),
  }
  const code = newReceiptCode()
  const mandate: Mandate = {
    mandateId,
    partyId: party.partyId,
    // checked above
    kind: input.kind as MandateKind,
    identity,
    evidence: input.evidence.trim(),
    fileId: input.fileId ?? null,
    acts: [...new Set(input.acts)],
    from: step.effectiveOn,
    to: input.to ?? null,
    accountId,
    madeAt: step.now.toISOString(),
    revokedAt: null,
    isInForce: true,
  }
  step.case.mandates.push(mandate)
  addAccess(step, 'mandates', {
    mandate_id: mandateId,
    party_id: party.partyId,
    kind: mandate.kind,
    identity: encryptJson(step.case.key, identity, `mandate/${ctx.tenant}/${mandateId}`).toString('base64'),
    evidence: encrypt(step.case.key, mandate.evidence, `mandate-evidence/${ctx.tenant}/${mandateId}`).toString('base64'),
    file_id: mandate.fileId,
    acts: mandate.acts,
    from_on: mandate.from,
    to_on: mandate.to,
    account_id: accountId,
    receipt_hash: codeHash(code).toString('hex'),
    made_by: ctx.actor.kind === 'staff' ? ctx.actor.userId : ctx.actor.kind,
  })
  recordEvent(step, { type: 'mandate.made', fields: { kind: mandate.kind, acts: mandate.acts, to: mandate.to ?? '' } })
  return code
}

/**
 * Lets somebody act for a party of a case: the party herself, or an officer at the counter. Returns the code for the proxy, shown once.
 * @throws `case.not_found`, `mandate.party` (403), `mandate.invalid` (422).
 */
export async function makeMandate(ctx: Ctx, number: string, partyId: string, input: MandateInput): Promise<string> {
  const { loaded } = await getCase(ctx, { number }, 'mandate.make')
  return runStep(
    () => loadStep(ctx, loaded.row.case_id),
    async (step) => {
      const party = step.case.parties.find((known) => known.partyId === partyId && !known.blind)
      if (!party || (ctx.actor.kind !== 'staff' && !isOwn(ctx, party)))
        throw forbidden('mandate.party', 'Only for a party of this case, by herself or at the counter.')
      const code = addMandate(step, party, input)
      tellRepresented(step, party)
      tellProxy(step, { name: input.name, ...(input.phone ? { phone: input.phone } : {}), ...(input.email ? { email: input.email } : {}) })
      return code
    },
  )
}

/**
 * Ends a mandate or narrows it: fewer acts, an earlier last day. Only the party herself; the proxy loses access at once.
 * @throws `case.not_found`, `mandate.not_found`, `mandate.wider` (422).
 */
export async function changeMandate(
  ctx: Ctx,
  number: string,
  mandateId: string,
  change: { revoke: true } | { acts: string[]; to: CalendarDate | null },
): Promise<void> {
  const { loaded } = await getCase(ctx, { number }, 'mandate.change')
  await runStep(
    () => loadStep(ctx, loaded.row.case_id),
    async (step) => {
      const mandate = step.case.mandates.find((known) => known.mandateId === mandateId)
      const party = step.case.parties.find((known) => known.partyId === mandate?.partyId)
      if (!mandate || !party || !isOwn(ctx, party) || !levelFor(ctx.actor, 'mandate.change', accessOf(step.case)))
        throw notFound('mandate.not_found', 'There is no such mandate here.')
      if (mandate.revokedAt !== null) return
      const revoke = 'revoke' in change
      const [acts, to] = revoke ? [mandate.acts, mandate.to] : [change.acts, change.to]
      if (!revoke && isWider(mandate, change))
        throw invalid('mandate.wider', 'A mandate can be narrowed; for more, make a new one.', [
          { pointer: '/to', code: 'wider', message: '只能缩小范围、提前结束；要扩大请重新办理委托' },
        ])
      addAccess(step, 'mandates_update', { mandate_id: mandateId, acts, to_on: to, is_revoked: revoke, revoked_by: 'party' })
      recordEvent(step, { type: revoke ? 'mandate.revoked' : 'mandate.limited', fields: { acts, to: to ?? '' } })
      tellProxy(step, mandate.identity)
    },
  )
}

const isWider = (mandate: Mandate, change: { acts: string[]; to: CalendarDate | null }) =>
  change.acts.some((act) => !mandate.acts.includes(act)) ||
  (change.to !== null && !isCalendarDate(change.to)) ||
  (mandate.to !== null && (change.to === null || change.to > mandate.to))

/** The party herself, not somebody who stands in for her. */
const isOwn = ({ actor }: Ctx, party: Party): boolean =>
  actor.kind === 'receipt'
    ? actor.partyId === party.partyId && actor.mandateId === undefined
    : actor.kind === 'resident' && actor.accountId === party.accountId
