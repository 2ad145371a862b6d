// Parties are told of what the package names in `told`: on their page always, by mail or SMS when they gave a contact.
import { uuidv7 } from '../ids.ts'
import { encryptJson } from '../keys/keyring.ts'
import { addAccess, addRow, type Step } from './step.ts'
import type { Party } from './types.ts'

/** What lies in the outbox: a mail's words, or a registered SMS template's id with its variables (never free text). */
export type OutboxContent = { to: string; subject?: string; text?: string; template?: string; variables?: Record<string, string> }

/** Queues a message to each party that is told of this event. */
export function tellParties(step: Step, event: string): void {
  for (const rule of step.procedure.manifest.parties) {
    if (!rule.told.includes(event)) continue
    for (const party of step.case.parties.filter((known) => known.role === rule.role && !known.blind))
      queue(step, party, `${step.procedure.slug}.told.${event}`)
  }
}

/** Queues one text of the package to the parties of a role (action notify@1); `more` are words that it may name beside the usual. */
export function tellRole(step: Step, role: string, text: string, more: Record<string, string> = {}): void {
  for (const party of step.case.parties.filter((known) => known.role === role && !known.blind))
    queue(step, party, `${step.procedure.slug}.${text}`, more)
}

/** What each party was told within a step: an event and an action (notify@1) that say the same are one message. */
const toldIn = new WeakMap<Step, Set<string>>()

/** While results are held back, words about them wait for the same instant. */
function queue(step: Step, party: Party, textId: string, more: Record<string, string> = {}) {
  const told = toldIn.get(step) ?? new Set<string>()
  toldIn.set(step, told)
  const words = `${party.partyId}/${textId}/${Object.values(more).join('/')}`
  if (told.has(words)) return
  told.add(words)
  const { email, phone } = party.identity
  const id = email
    ? addLetter(step, 'mail', textId, { to: email, ...mailWords(step, textId, more) })
    : phone
      ? addLetter(step, 'sms', textId, { to: phone, template: textId, variables: { ...variables(step), ...more } })
      : undefined
  const until = step.case.row.embargo_until
  if (id !== undefined && until !== null && Date.parse(until) > step.now.getTime()) addAccess(step, 'letters', { message_id: id, next_at: until })
}

function mailWords(step: Step, textId: string, more: Record<string, string>): { subject: string; text: string } {
  const words = step.procedure.texts.zh[textId] ?? textId
  const subject = `${step.procedure.texts.zh[`${step.procedure.slug}.title`] ?? ''} ${step.case.row.number}`
  return { subject, text: fill(words, { ...variables(step), ...more }) }
}

/** `due` is the next limit of the office, `yours` the next one of the person: told-words.ts holds texts to the right one. */
function variables(step: Step): Record<string, string> {
  const next = (binds: string) =>
    step.case.deadlines
      .filter((row) => row.status === 'running' && row.binds === binds)
      .map((row) => row.due_on)
      .sort()[0] ?? ''
  return { number: step.case.row.number, due: next('office'), yours: next('party'), town: step.town.name.zh }
}

const fill = (text: string, values: Record<string, string>) => text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole)

/** Queues one letter, sealed with the case's key. */
export function addLetter(step: Step, kind: 'mail' | 'sms', textId: string, content: OutboxContent): string {
  const message_id = uuidv7(step.now)
  const sealed = encryptJson(step.case.key, content, `outbox/${step.ctx.tenant}/${message_id}`)
  addRow(step, 'outbox', { message_id, kind, text_id: textId, content: sealed.toString('base64') })
  return message_id
}
