// The facts of a document for its template (docs/design/documents.md, docs/design/procedure-format.md).
import { listsOf, parametersOf } from '../cases/case-data.ts'
import { laneOf, officeOf } from '../access/readers.ts'
import { sealedClassOf } from '../cases/open-field.ts'
import { identityClosed } from '../cases/sight.ts'
import type { Step } from '../cases/step.ts'
import type { Identity, Party } from '../cases/types.ts'
import { basisOf } from '../cases/case-deadlines.ts'
import { computeDeadline } from '../deadlines/deadlines.ts'
import type { FormData } from '../forms/forms.ts'
import type { JsonValue } from '../ledger/canonical-json.ts'
import type { DocumentRule } from '../procedures/manifest.ts'
import { printedSignatures } from '../signatures/signatures.ts'
import type { Organization } from '../towns/towns.ts'
import { remedyWords } from './remedy.ts'

export type DraftMarks = { number: string | null; code: string | null; correction?: string }

/** `number` and `code` are null for a draft, which carries a watermark and no seal. */
export function documentData(step: Step, rule: DocumentRule, marks: DraftMarks): JsonValue {
  const { ctx, procedure } = step
  const issuer = issuerOf(step, rule)
  const draft = marks.number === null
  return {
    issuer: { name: issuer?.name.zh ?? '', ...(draft ? {} : { seal: issuer?.seal ?? issuer?.name.zh ?? '' }) },
    number: marks.number,
    title: procedure.texts.zh[`${procedure.slug}.document.${rule.id}`] ?? '',
    recipient: recipientOf(step),
    date: step.effectiveOn,
    fields: fieldsOf(step, rule),
    attachments: [],
    remedy: remedyOf(step, rule),
    verify: marks.code === null ? null : { url: `${ctx.services.baseUrl}/t/${ctx.tenant}/verify/${marks.code}`, short: marks.code },
    // Printed on upward documents (上行文) only.
    signer: null,
    contact: issuer?.phone ? `${issuer.name.zh}　${issuer.phone}` : null,
    copies: [],
    printed: null,
    draft,
    mark: null,
    language: 'zh',
  }
}

/** Own: the town itself, or the body that the signer's lane belongs to where the town has no head body. */
export function issuerOf(step: Step, rule: DocumentRule): Organization | undefined {
  const { row } = step.case
  const lane = rule.signedBy === undefined ? undefined : laneOf(step.procedure.manifest, step.procedure.graph, rule.signedBy)
  switch (rule.issuer) {
    case 'own':
      return [...step.town.organizations.values()].find((organization) => organization.kind === 'own' && organization.parent === undefined)
    case 'handling':
      return step.town.organizations.get(row.handling_office ?? '')
    case 'superior':
      return step.town.organizations.get(
        officeOf('superior', lane?.posts ?? [], step.town, { handlingOffice: row.handling_office, superiorOffice: row.superior_office }) ?? '',
      )
  }
}

const recipientOf = (step: Step): string => step.case.parties.map((party) => printed(step, party).name).find((name) => name !== undefined) ?? '来信人'

/** A document passes many hands: of whom the package keeps secret it prints that, and nothing else. */
function printed(step: Step, party: Party): Identity {
  const rule = step.procedure.manifest.parties.find((known) => known.role === party.role)
  return rule?.sealed === 'informer' || party.blind ? { name: identityClosed.zh } : { ...party.identity }
}

/** What a template may read of a form: nothing said in caucus, nothing that names an informer. */
function readable(step: Step, element: string, data: FormData): FormData {
  const form = step.procedure.forms.get(element === 'filing' ? 'filing' : (step.procedure.graph.elements[element]?.xl.form ?? ''))
  return Object.fromEntries(
    Object.entries(data).map(([name, value]) => {
      const field = form?.schema.properties[name]
      const sealed = field && sealedClassOf(step.procedure, element, name, field)
      return [name, sealed === 'caucus' || sealed === 'informer' ? identityClosed.zh : value]
    }),
  )
}

function fieldsOf(step: Step, rule: DocumentRule): { [key: string]: JsonValue } {
  const { row, content, parties, deadlines, documents } = step.case
  const forms = Object.entries(content).flatMap(([element, data]) => (element.startsWith('_') ? [] : [[element, readable(step, element, data)]]))
  const own = [...step.town.organizations.values()].find((organization) => organization.kind === 'own' && organization.parent === undefined)
  return {
    // Form data came as JSON and was checked against its schema.
    ...(Object.fromEntries(forms) as { [key: string]: JsonValue }),
    ...namedLists(step),
    due: dueDates(step, rule),
    signatures: printedSignatures(step, rule),
    case: {
      number: row.number,
      filedOn: row.filed_on,
      channel: row.channel,
      office: step.town.organizations.get(row.handling_office ?? '')?.name.zh ?? '',
      place: step.town.villages.get(row.place_id ?? '')?.name.zh ?? '',
    },
    parties: Object.fromEntries(parties.map((party) => [party.role, { ...printed(step, party) }])),
    deadlines: Object.fromEntries(deadlines.map((row) => [row.deadline, { due: row.due_on, start: row.start_on, amount: row.rule.amount }])),
    parameters: parametersOf(step),
    documents: Object.fromEntries(documents.map((document) => [document.document, { number: document.number, date: document.issued_on }])),
    /** Wording of the clauses in use, by id. */
    clauses: Object.fromEntries([...step.town.clauses.values()].map((clause) => [clause.id, clause.text.zh])),
    offices: {
      own: own?.name.zh ?? '',
      handling: step.town.organizations.get(row.handling_office ?? '')?.name.zh ?? '',
      superior:
        step.town.organizations.get(row.superior_office ?? '')?.name.zh ??
        [...step.town.organizations.values()].find((organization) => organization.kind === 'superior')?.name.zh ??
        '',
    },
  }
}

/** Due dates as this document may state them: those that run, and those that its own issue starts (`xl:event` of the issuing element). */
function dueDates(step: Step, rule: DocumentRule): { [deadline: string]: string } {
  const running = step.case.deadlines.filter((row) => row.status === 'running').map((row) => [row.deadline, row.due_on] as const)
  const issuing = Object.values(step.procedure.graph.elements).find((element) =>
    element.xl.inputs.some((input) => input.name === 'document' && input.value === rule.id),
  )
  const starting = step.procedure.manifest.deadlines
    .filter((deadline) => deadline.starts === issuing?.xl.event)
    .map(
      (deadline) =>
        [
          deadline.id,
          computeDeadline(
            basisOf(step.procedure.manifest, step.town, deadline, step.effectiveOn),
            deadline.unit === 'hour' ? { at: step.now } : { effectiveOn: step.effectiveOn },
            step.town.calendar,
            step.ctx.zone,
          ).due,
        ] as const,
    )
  return Object.fromEntries([...running, ...starting])
}

/** Results of several instances; one that was for a post or a body carries its `name`, so that a record says who spoke. */
function namedLists(step: Step): { [key: string]: JsonValue } {
  const { posts, organizations } = step.town
  const named = (entry: FormData): FormData => {
    const ids = Object.values(entry).filter((value): value is string => typeof value === 'string')
    const name = ids.map((id) => posts.get(id)?.title.zh ?? organizations.get(id)?.name.zh).find((known) => known !== undefined)
    return name === undefined ? entry : { name, ...entry }
  }
  // Form data came as JSON and was checked against its schema.
  return Object.fromEntries(Object.entries(listsOf(step)).map(([id, list]) => [id, list.map(named)])) as { [key: string]: JsonValue }
}

function remedyOf(step: Step, rule: DocumentRule): JsonValue {
  if (!rule.remedy) return null
  const url = `${step.ctx.services.baseUrl}/t/${step.ctx.tenant}`
  return { text: remedyWords(step.procedure, rule, 'zh', { parameters: parametersOf(step), url }) }
}

/** Whoever completed the signing task; the kernel writes `_done` itself. */
export function signerOf(step: Step, rule: DocumentRule): { user: string; post: string; name: string } | undefined {
  const done = rule.signedBy === undefined ? undefined : step.case.content['_done']?.[rule.signedBy]
  if (done === null || typeof done !== 'object' || !('user' in done && 'post' in done && 'name' in done)) return undefined
  return { user: String(done.user), post: String(done.post), name: String(done.name) }
}
