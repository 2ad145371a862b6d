// What one actor may see of one case: the page, the API and the export all show this and nothing else.
import { type FieldLevel, isShown, partiesOf } from '../access/rule.ts'
import type { CalendarDate } from '../clock.ts'
import type { Ctx } from '../context.ts'
import { positions } from '../engine/positions.ts'
import { remedyWords } from '../documents/remedy.ts'
import type { Language } from '../forms/forms.ts'
import type { Package } from '../procedures/load-package.ts'
import { getPackage } from '../procedures/packages.ts'
import { getTown, today, type Town } from '../towns/towns.ts'
import { maySend } from './act.ts'
import { accessOf } from './access-of.ts'
import { parametersOf } from './case-data.ts'
import { findCase, getCase } from './load-case.ts'
import { isAddressed } from './messages.ts'
import { openLapse } from './lapses.ts'
import { type DeadlineView, toDeadlineView } from './deadline-view.ts'
import { type Incident, type MessageView, readDossier } from './dossier.ts'
import { toTimeline, type TimelineEntry } from './timeline.ts'
import { findLinkedReceipt } from './receipts.ts'
import { identityClosed, type Sight, sightOf } from './sight.ts'
import { type DecisionView, decisionsOf } from './view-decisions.ts'
import { type FormView, formsOf } from './view-forms.ts'
import { type TaskView, tasksOf } from './view-tasks.ts'
import { type Look, recordLook } from './views.ts'
import { elementTitle, nameOf, type Say, speaker, subjectOf } from './words.ts'
import type { LoadedCase, Mandate } from './types.ts'

export type DocumentView = {
  id: string
  document: string
  title: string
  number: string
  status: string
  issuedOn: CalendarDate
  servedOn?: CalendarDate
  method?: string
  reason: string | null
  /** How to go on for somebody who does not agree; empty when it names no remedy. */
  remedy: string
}
export type PartyView = {
  partyId: string
  role: string
  roleName: string
  /** The actor herself, or the party for whom she stands. */
  isMine: boolean
  /** Empty when none was given; the words for it when it is closed to this actor. */
  name: string
  phone: string
  email: string
  address: string
  hasAccount: boolean
  electronicService: boolean
  /** Who acts for her, in force or ended: for officers and for herself; others learn that somebody does, not who. */
  proxies: ProxyView[]
}
export type ProxyView = Pick<Mandate, 'mandateId' | 'kind' | 'acts' | 'from' | 'to' | 'isInForce' | 'revokedAt'> & {
  name: string
  phone: string
  evidence: string
}
/** `isLate`: the period is over; staff may enter what was posted or received before its end. */
export type ActView = { name: string; label: string; form: string | null; element: string; isLate?: true }
export type Mark = 'done' | 'active' | 'overdue' | 'available'

export type CaseView = {
  caseId: string
  number: string
  procedure: { slug: string; title: string; hash: string }
  /** First words of the matter: the first free text of the filing form. */
  subject: string
  status: 'open' | 'closed'
  outcome: string | null
  outcomeText: string
  /** Plain sentences: where it stands. */
  standing: string[]
  channel: string
  filedAt: string
  filedOn: CalendarDate
  office: string
  place: string
  missed: boolean
  level: FieldLevel
  parties: PartyView[]
  /** The actor stands in for a party. */
  isProxy: boolean
  forms: FormView[]
  /** What the rules said, criterion by criterion: for those who handle the case. */
  decisions: DecisionView[]
  deadlines: DeadlineView[]
  documents: DocumentView[]
  timeline: TimelineEntry[]
  messages: MessageView[]
  tasks: TaskView[]
  acts: ActView[]
  incidents: (Incident & { title: string })[]
  links: { role: string; number: string }[]
  marks: Record<string, Mark>
  /** Sealed parts are there that this member of staff may open by saying what for. */
  mayOpenMore: boolean
}

/**
 * The case as this actor may see it. For staff the look is recorded first; if it cannot be, nothing is shown.
 * @throws `case.not_found`.
 */
export async function viewCase(
  ctx: Ctx,
  by: { number: string } | { caseId: string },
  language: Language,
  look: string | Look = 'handling',
): Promise<CaseView> {
  const { loaded, level } = await getCase(ctx, by, 'case.read')
  const procedure = await getPackage(ctx, loaded.row.package_hash)
  await recordLook(ctx, loaded, typeof look === 'string' ? { purpose: look, fields: ['parties', 'filing', 'forms'] } : look)
  const sight = sightOf(ctx.actor, loaded, procedure, level, ctx.clock.now(), { opens: typeof look !== 'string' && look.opens === true })
  const dossier = await readDossier(ctx, loaded)
  const town = await getTown(ctx)
  const say = speaker(procedure, language)
  const { row } = loaded
  const stands = partiesOf(ctx.actor, accessOf(loaded))
  return {
    caseId: row.case_id,
    number: row.number,
    procedure: { slug: procedure.slug, title: say('title'), hash: procedure.hash },
    subject: subjectOf(procedure, loaded.content.filing),
    status: sight.isEmbargoed ? 'open' : row.status,
    outcome: sight.isEmbargoed ? null : row.outcome,
    outcomeText: row.outcome && !sight.isEmbargoed ? say(`outcome.${row.outcome}`) : '',
    standing: sight.isEmbargoed ? [] : [...new Set(loaded.tasks.map((task) => say(`status.${task.element}`)))],
    channel: row.channel,
    filedAt: row.filed_at,
    filedOn: row.filed_on,
    office: nameOf(town, row.handling_office ?? (sight.isEmbargoed ? null : soleOffice(loaded)), language),
    place: town.villages.get(row.place_id ?? '')?.name[language] ?? '',
    missed: row.missed,
    level,
    parties: partiesShown(ctx, loaded, sight, say, language),
    isProxy: stands.represented.length > 0,
    forms: formsOf({ loaded, procedure, sight, say, town, language }),
    decisions: ctx.actor.kind === 'staff' && isShown('officers', level) ? decisionsOf(dossier.events, procedure, say) : [],
    deadlines: loaded.deadlines.map((deadline) => toDeadlineView(ctx, town, deadline, say, language)),
    documents: loaded.documents
      .filter((document) => sight.document(document))
      .map((document) => ({
        id: document.document_id,
        document: document.document,
        title: say(`document.${document.document}`),
        number: document.number,
        status: document.status,
        issuedOn: document.issued_on,
        reason: document.reason,
        remedy: remedyOf(ctx, procedure, town, document.document, document.issued_on, language),
        ...dossier.services.get(document.document_id),
      })),
    timeline: toTimeline(dossier.events, { procedure, town, language, level, isEmbargoed: sight.isEmbargoed }),
    messages: dossier.messages.filter((message) => sight.message(message)),
    tasks: ctx.actor.kind === 'staff' ? tasksOf(ctx, { loaded, procedure, sight, say, town, language }) : [],
    acts: [...actsOf(ctx, loaded, procedure, town, say), ...lateActsOf(ctx, loaded, procedure, say)],
    incidents:
      level === 'parties' ? [] : dossier.incidents.map((incident) => ({ ...incident, title: elementTitle(procedure, say, incident.element) })),
    links: sight.isEmbargoed ? [] : await linkedNumbers(ctx, loaded),
    marks: sight.isEmbargoed ? {} : marksOf(loaded, procedure, dossier.doneElements),
    // Asked last: it follows from what was looked at above.
    mayOpenMore: sight.mayOpenMore,
  }
}

/** With the numbers in force on the day on which the document was issued. */
function remedyOf(ctx: Ctx, procedure: Package, town: Town, id: string, on: CalendarDate, language: Language): string {
  const rule = procedure.manifest.documents.find((known) => known.id === id)
  const filled = { parameters: parametersOf({ procedure, town, effectiveOn: on }), url: `${ctx.services.baseUrl}/t/${ctx.tenant}` }
  return rule ? remedyWords(procedure, rule, language, filled) : ''
}

/** A case that was routed to nobody is with the body that has its open tasks, when that is one. */
function soleOffice({ tasks }: LoadedCase): string | null {
  const [office, ...others] = new Set(tasks.map((task) => task.organization_id))
  return others.length === 0 ? (office ?? null) : null
}

function partiesShown(ctx: Ctx, loaded: LoadedCase, sight: Sight, say: Say, language: Language): PartyView[] {
  const stands = partiesOf(ctx.actor, accessOf(loaded))
  const isOffice = ctx.actor.kind === 'staff' || ctx.actor.kind === 'system'
  return loaded.parties.map((party) => {
    const seen = sight.party(party)
    const { name = '', phone = '', email = '', address = '' } = party.identity
    const isMine = stands.parties.includes(party.partyId) || stands.represented.includes(party.partyId)
    return {
      partyId: party.partyId,
      role: party.role,
      roleName: say(`party.${party.role}`),
      isMine,
      name: seen === 'role' ? identityClosed[language] : name,
      ...(seen === 'contacts' ? { phone, email, address } : { phone: '', email: '', address: '' }),
      hasAccount: party.accountId !== null,
      electronicService: party.electronicService,
      proxies: loaded.mandates
        .filter((mandate) => mandate.partyId === party.partyId && (mandate.isInForce || isOffice || isMine))
        .map(({ mandateId, kind, acts, from, to, isInForce, revokedAt, identity, evidence }) => {
          const open = seen === 'contacts' && (isOffice || isMine)
          return {
            mandateId,
            kind,
            acts,
            from,
            to,
            isInForce,
            revokedAt,
            ...(open ? { name: identity.name ?? '', phone: identity.phone ?? '', evidence } : { name: '', phone: '', evidence: '' }),
          }
        }),
    }
  })
}

/** Messages of the procedure that this actor may send now (withdraw, appeal, extend …). */
function actsOf(ctx: Ctx, loaded: LoadedCase, procedure: Package, town: Town, say: Say): ActView[] {
  const seen = new Set<string>()
  return loaded.subscriptions.flatMap((subscription): ActView[] => {
    const element = procedure.graph.elements[subscription.element]
    if (subscription.kind !== 'message' || !element || seen.has(subscription.name)) return []
    if (!isAddressed({ case: loaded, procedure, town, effectiveOn: today(ctx) }, ctx.actor, subscription)) return []
    if (!maySend({ ctx, case: loaded, procedure }, element.xl.ext['by']) || !isExtendable(loaded, procedure, element.xl.ext['extends'])) return []
    seen.add(subscription.name)
    return [{ name: subscription.name, label: say(`message.${subscription.name}`), form: element.xl.form ?? null, element: element.id }]
  })
}

/** What staff may still enter because it was posted or received before the period was over. */
function lateActsOf(ctx: Ctx, loaded: LoadedCase, procedure: Package, say: Say): ActView[] {
  if (ctx.actor.kind !== 'staff') return []
  return Object.values(procedure.graph.elements).flatMap((element): ActView[] => {
    const [event] = element.events
    if (event?.kind !== 'message' || openLapse(loaded, procedure, event.name)?.element !== element.id) return []
    if (!maySend({ ctx, case: loaded, procedure }, element.xl.ext['by'])) return []
    return [{ name: event.name, label: say(`message.${event.name}`), form: element.xl.form ?? null, element: element.id, isLate: true }]
  })
}

function isExtendable(loaded: LoadedCase, procedure: Package, deadline: string | undefined): boolean {
  if (deadline === undefined) return true
  const rule = procedure.manifest.deadlines.find((known) => known.id === deadline)
  const row = loaded.deadlines.findLast((known) => known.deadline === deadline && known.status === 'running')
  return row !== undefined && row.extensions.length < Math.max(0, ...(rule?.extendedBy ?? []).map((extension) => extension.times))
}

async function linkedNumbers(ctx: Ctx, loaded: LoadedCase): Promise<{ role: string; number: string }[]> {
  const found: { role: string; number: string }[] = []
  for (const link of loaded.links) {
    const other = await findCase(ctx, { caseId: link.case_id }, 'case.read')
    if (other) found.push({ role: link.role, number: other.loaded.row.number })
    // The same person holds both: her receipt of one case shows that the other exists, and its number when her code opens it.
    else if (ctx.actor.kind === 'receipt' || ctx.actor.kind === 'resident')
      found.push({ role: link.role, number: (await findLinkedReceipt(ctx, link.case_id))?.number ?? '' })
  }
  return found
}

function marksOf(loaded: LoadedCase, procedure: Package, done: string[]): Record<string, Mark> {
  const late = loaded.deadlines.some((deadline) => deadline.binds === 'office' && deadline.status === 'missed' && deadline.met_on === null)
  const marks: Record<string, Mark> = {}
  for (const position of positions(procedure.graph, loaded.row.state, done)) {
    marks[position.element] = position.mark === 'done' ? 'done' : position.mark === 'waiting' ? 'available' : late ? 'overdue' : 'active'
  }
  return marks
}
