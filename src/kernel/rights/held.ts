// What is held about a person in one case, why, on which law, how long, and who looked (个人信息保护法 Art 44, 45, 48; DP2, DP4).
import { dataEntries } from '../cases/case-data.ts'
import { readDossier } from '../cases/dossier.ts'
import { getCase } from '../cases/load-case.ts'
import { sealedClassOf } from '../cases/open-field.ts'
import { type Sight, sightOf } from '../cases/sight.ts'
import type { LoadedCase, Party } from '../cases/types.ts'
import { type LookedAt, listViews } from '../cases/views.ts'
import { nameOf, speaker } from '../cases/words.ts'
import type { CalendarDate } from '../clock.ts'
import type { Ctx } from '../context.ts'
import { notFound } from '../errors.ts'
import type { FormField, Language } from '../forms/forms.ts'
import { decryptJson } from '../keys/keyring.ts'
import type { Package } from '../procedures/load-package.ts'
import { getPackage } from '../procedures/packages.ts'
import { getTown, type Town } from '../towns/towns.ts'
import { type RequestKind, selectRequests } from './queries.ts'

export type CaseKey = { number: string } | { caseId: string }

/** One field as it is held: `value` as it was given, `law` the article in words. */
export type HeldField = {
  form: string
  name: string
  label: string
  value: unknown
  /** A choice or an entry of a register in words; absent for what was typed. */
  text?: string
  purpose: string
  law: string
  mark: string
  tag: string
  visibility: FormField['x-visibility']
  /** Closed to most of the office: a correction is written to the office that may read it, not asked for here. */
  isSealed: boolean
}
export type Decision = {
  document: string
  number: string
  issuedOn: CalendarDate
  post: string
  law: string
  inputs: { label: string; text: string }[]
}
export type Asked = {
  requestId: string
  kind: RequestKind
  status: 'open' | 'granted' | 'refused'
  askedAt: Date
  dueOn: CalendarDate | null
  words: RequestWords
}
/** Encrypted words of a request. */
export type RequestWords = { field?: string; value?: string; reason?: string; answer?: string }
export type Held = {
  number: string
  title: string
  status: 'open' | 'closed'
  party: { partyId: string; role: string; electronicService: boolean; isPublic: boolean; identity: Party['identity'] }
  fields: HeldField[]
  retention: { class: string; mark: string; until: CalendarDate | null; disposal: 'erase' | 'archive' }
  decisions: Decision[]
  looked: LookedAt[]
  asked: Asked[]
}

/** Opens the case for the person herself. @throws `case.not_found`, also for staff: they have a page of their own. */
export async function openOwn(ctx: Ctx, by: CaseKey): Promise<{ loaded: LoadedCase; procedure: Package; party: Party; sight: Sight }> {
  const { loaded, level } = await getCase(ctx, by, 'case.rights')
  const { actor } = ctx
  const party = loaded.parties.find((known) =>
    actor.kind === 'receipt' ? known.partyId === actor.partyId : actor.kind === 'resident' && known.accountId === actor.accountId,
  )
  if (!party) throw notFound('case.not_found', 'There is no case here that you can open.')
  const procedure = await getPackage(ctx, loaded.row.package_hash)
  // The same sight as on the page of the case: other parties stay closed, what is held back too.
  return { loaded, party, procedure, sight: sightOf(actor, loaded, procedure, level, ctx.clock.now()) }
}

/** Everything of one case that its party may know. @throws `case.not_found`. */
export async function viewHeld(ctx: Ctx, by: CaseKey, language: Language): Promise<Held> {
  const { loaded, procedure, party, sight } = await openOwn(ctx, by)
  const say = speaker(procedure, language)
  const { retention } = procedure.manifest
  return {
    number: loaded.row.number,
    title: say('title'),
    status: sight.isEmbargoed ? 'open' : loaded.row.status,
    party: {
      partyId: party.partyId,
      role: say(`party.${party.role}`),
      electronicService: party.electronicService,
      isPublic: isPublicOf(loaded, procedure),
      identity: party.identity,
    },
    fields: heldFields({ loaded, procedure, sight }, language, await getTown(ctx)),
    retention: {
      class: retention.class,
      mark: retention.mark,
      disposal: retention.disposal,
      until: sight.isEmbargoed ? null : loaded.row.retain_until,
    },
    decisions: await decisionsOf(ctx, { loaded, procedure, sight }, language),
    looked: await listViews(ctx, { caseId: loaded.row.case_id }, language),
    asked: (await selectRequests(ctx, loaded.row.case_id))
      .filter((row) => row.party_id === party.partyId)
      .map((row) => ({
        requestId: row.request_id,
        kind: row.kind,
        status: row.status,
        askedAt: row.asked_at,
        dueOn: row.due_on,
        words: row.words.length === 0 ? {} : decryptJson<RequestWords>(loaded.key, row.words, requestContext(ctx, row.request_id)),
      })),
  }
}

/** Did she agree that her own words are public? */
const isPublicOf = (loaded: LoadedCase, procedure: Package): boolean => {
  const { consented } = procedure.manifest.publication
  return consented !== undefined && loaded.content.filing[consented.by] === true
}

export const requestContext = (ctx: Ctx, requestId: string) => `personal-request/${ctx.tenant}/${requestId}`

type Own = { loaded: LoadedCase; procedure: Package; sight: Sight }

/** Fields of every form that this party may see, with what each declares. */
export function heldFields({ loaded, procedure, sight }: Own, language: Language, town?: Town): HeldField[] {
  const say = speaker(procedure, language)
  return dataEntries(loaded.content).flatMap(({ element, data }) => {
    const form = procedure.forms.get(element === 'filing' ? 'filing' : (procedure.graph.elements[element]?.xl.form ?? ''))
    return Object.entries(form?.schema.properties ?? {}).flatMap(([name, field]): HeldField[] => {
      const value = data[name]
      if (value === undefined || value === '' || !sight.field(element, name, field)) return []
      const law = procedure.manifest.law.find((row) => row.id === field['x-basis'])
      return [
        {
          form: element,
          name,
          label: say(`${form?.id ?? ''}.${name}.label`),
          value,
          ...worded(value, field, (choice) => say(`${form?.id ?? ''}.${name}.${choice}`), language, town),
          purpose: field['x-purpose'],
          law: law ? `《${law.name}》${law.article}` : field['x-basis'],
          mark: law?.mark ?? '',
          tag: field['x-tag'],
          visibility: field['x-visibility'],
          isSealed: sealedClassOf(procedure, element, name, field) !== undefined,
        },
      ]
    })
  })
}

function worded(value: unknown, field: FormField, say: (choice: string) => string, language: Language, town: Town | undefined): { text?: string } {
  const values = [value].flat().filter((one): one is string => typeof one === 'string')
  if (field.enum !== undefined || field.items?.enum !== undefined) return { text: values.map(say).join(language === 'zh' ? '、' : ', ') }
  const [id = ''] = values
  const entry =
    field['x-register'] === 'villages' ? town?.villages.get(id) : field['x-register'] === 'organizations' ? town?.organizations.get(id) : undefined
  return entry ? { text: entry.name[language] } : {}
}

/** How each decision came about: which post signed, on which law, from what (DP5; 个人信息保护法 Art 24, 48). */
async function decisionsOf(ctx: Ctx, own: Own, language: Language): Promise<Decision[]> {
  const { loaded, procedure, sight } = own
  const town = await getTown(ctx)
  const say = speaker(procedure, language)
  const { events } = await readDossier(ctx, loaded)
  const fields = heldFields(own, language)
  return loaded.documents
    .filter((document) => sight.document(document))
    .map((document) => {
      const rule = procedure.manifest.documents.find((known) => known.id === document.document)
      const adverse = procedure.manifest.adverse.filter((row) => row.document === document.document)
      const element = rule?.signedBy ?? adverse[0]?.task ?? ''
      const signed = events.findLast((event) => event.type === 'task.completed' && event.element === element)
      const post = town.posts.get(document.signed_post ?? signed?.post_id ?? '')
      const lawId = procedure.graph.elements[element]?.xl.law
      const law = procedure.manifest.law.find((row) => row.id === lawId)
      const before = new Set(events.filter((event) => event.seq <= (signed?.seq ?? Infinity) && event.element !== null).map((event) => event.element))
      const text = (value: unknown) => (typeof value === 'string' || typeof value === 'number' ? String(value) : value === true ? '✓' : '')
      return {
        document: say(`document.${document.document}`),
        number: document.number,
        issuedOn: document.issued_on,
        post: post ? `${nameOf(town, post.organization, language)} · ${post.title[language]}` : nameOf(town, document.issuer, language),
        law: law ? `《${law.name}》${law.article}` : '',
        inputs: fields
          .filter((field) => field.form === 'filing' || before.has(field.form))
          .filter((field) => !['attachment', 'name', 'phone', 'email', 'address', 'id-number'].includes(field.tag))
          .map((field) => ({ label: field.label, text: choiceText(field, procedure, say) ?? text(field.value) }))
          .filter((input) => input.text !== ''),
      }
    })
}

function choiceText(field: HeldField, procedure: Package, say: (key: string) => string): string | undefined {
  const id = field.form === 'filing' ? 'filing' : (procedure.graph.elements[field.form]?.xl.form ?? '')
  return field.tag === 'choice' && typeof field.value === 'string' ? say(`${id}.${field.name}.${field.value}`) : undefined
}
