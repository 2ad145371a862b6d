// What one actor sees of one case she may read: fields, parties, messages, documents. Page, API, files, receipt, list and export all ask here;
// whether a sealed part opens, the one rule decides (opensPart).
import { type FieldLevel, isShown, opensPart, partiesOf, type SealedClass } from '../access/rule.ts'
import type { Actor } from '../context.ts'
import type { FormField } from '../forms/forms.ts'
import type { Package } from '../procedures/load-package.ts'
import { accessOf } from './access-of.ts'
import { contactTags, isSealedClass, roleNaming, sealedClassOf } from './open-field.ts'
import type { IssuedDocument, LoadedCase, Party } from './types.ts'
import { unsignedDrafts } from './unsigned.ts'

/** What is printed where a name is closed. */
export const identityClosed = { zh: '（身份保密）', en: '(identity kept secret)' } as const

/** `contacts`: ways to reach her. `name`: who she is. `role`: that there is somebody in this part. */
export type PartySight = 'contacts' | 'name' | 'role' | 'nothing'

export type MessageParts = { partyId: string | null; sealedClass: string | null; from: 'party' | 'office' }

export type Sight = {
  level: FieldLevel
  /** Is this field of the form of this element shown? `filing` is the filing form. */
  field(element: string, name: string, field: FormField): boolean
  party(party: Party): PartySight
  message(message: MessageParts): boolean
  document(document: Pick<IssuedDocument, 'status' | 'visible_from'>): boolean
  /** Results are held back: the parties see neither outcome, nor what the office wrote, nor documents. */
  isEmbargoed: boolean
  /** There are sealed parts that this member of staff may open by saying what for. */
  mayOpenMore: boolean
}

/**
 * `opens`: sealed parts too, as far as the rule lets this actor: for staff an act of its own with a purpose, recorded before anything is shown.
 * Parties need no purpose for what is their own.
 */
export function sightOf(
  actor: Actor,
  loaded: LoadedCase,
  procedure: Package,
  level: FieldLevel,
  now: Date,
  options: { opens?: boolean } = {},
): Sight {
  const thing = accessOf(loaded)
  const stands = partiesOf(actor, thing)
  const own = [...stands.parties, ...stands.represented]
  const isParty = actor.kind !== 'staff' && actor.kind !== 'system'
  const ownRoles = loaded.parties.filter((party) => own.includes(party.partyId)).map((party) => party.role)
  const seesContacts = procedure.manifest.parties.some((rule) => ownRoles.includes(rule.role) && rule.sees === 'case-and-contacts')
  const ids = (role: string | undefined) => loaded.parties.filter((party) => party.role === role).map((party) => party.partyId)
  const rest: Partial<Record<SealedClass, boolean>> = {}
  const opens = (sealed: SealedClass, owners: string[]) => {
    const isOpen = opensPart(actor, thing, { sealed, owners })
    if (actor.kind !== 'staff' || options.opens) return isOpen
    rest[sealed] ||= isOpen
    return false
  }
  const isEmbargoed = isParty && isAhead(loaded.row.embargo_until, now)
  const unsigned = isParty ? unsignedDrafts(loaded, procedure) : new Set<string>()

  function field(element: string, name: string, field: FormField): boolean {
    if (isEmbargoed && element !== 'filing' && !own.some((party) => ids(authorRole(procedure, element)).includes(party))) return false
    if (unsigned.has(element)) return false
    const owners = ownersOf(loaded, procedure, element, name)
    const sealed = sealedClassOf(procedure, element, name, field)
    if (sealed !== undefined)
      return opens(sealed, owners) && (actor.kind === 'staff' || actor.kind === 'system' || field['x-visibility'] !== 'officers')
    if (isParty && contactTags.has(field['x-tag']) && loaded.parties.length > 1 && !seesContacts && !owners.some((owner) => own.includes(owner)))
      return false
    return isShown(field['x-visibility'], level)
  }

  function party(known: Party): PartySight {
    const rule = procedure.manifest.parties.find((role) => role.role === known.role)
    const mine = own.includes(known.partyId)
    if (rule?.sealed !== undefined && !opens(rule.sealed, [known.partyId])) return 'role'
    if (!isParty || mine) return 'contacts'
    // A name is as open as the field in which it was written; whoever is accused learns nothing, and others do not learn of her from here.
    const written = procedure.forms.get('filing')?.schema.properties[rule?.fields.name ?? '']
    if (written && !isShown(written['x-visibility'], level)) return 'role'
    return seesContacts ? 'contacts' : 'name'
  }

  return {
    level,
    field,
    party,
    message({ partyId, sealedClass, from }) {
      if (sealedClass !== null) return isSealedClass(sealedClass) && opens(sealedClass, partyId === null ? [] : [partyId])
      // What a party wrote is between her and the office; an answer is for everyone unless it is addressed.
      return !isParty || partyId === null || own.includes(partyId) || (from === 'party' && loaded.parties.length === 1)
    },
    document: (document) =>
      // What was void before it was served never reached a party.
      !isParty || (document.status !== 'void' && !isEmbargoed && !isAhead(document.visible_from, now)),
    isEmbargoed,
    get mayOpenMore() {
      return Object.values(rest).some((isOpen) => isOpen)
    },
  }
}

const isAhead = (instant: string | null, now: Date) => instant !== null && Date.parse(instant) > now.getTime()

/** The parties that a field comes from: those it names, else whoever filled in the form. */
function ownersOf(loaded: LoadedCase, procedure: Package, element: string, name: string): string[] {
  const role = element === 'filing' ? (roleNaming(procedure, name)?.role ?? procedure.manifest.parties[0]?.role) : authorRole(procedure, element)
  return loaded.parties.filter((party) => party.role === role).map((party) => party.partyId)
}

/** The party who sends this message of the diagram (xl:by), or with whom the office spoke in this task (xl:with). */
const authorRole = (procedure: Package, element: string): string | undefined => {
  const ext = procedure.graph.elements[element]?.xl.ext
  return ext?.['with'] ?? ext?.['by']
}
