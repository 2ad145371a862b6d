// The one access rule: may this actor do this to this case, and which fields does it see? Every channel asks here.
// Lists ask the same question in SQL: cases.readers && keysOf(actor), minus recusals and seals (readableCases).
import type { Actor } from '../context.ts'

/** How an actor stands to a case. */
export type Relation =
  | 'party' // filed it or is named in it, and came with her account or receipt
  | 'performer' // holds a post whose duty may do this open task
  | 'colleague' // holds a post in the office of this task
  | 'reader' // holds a post or sits in a body that the procedure, a hand-over or an escalation lets read
  | 'system'

/** Which fields are shown: what the public may know, the parties, the officers at work, or all. */
export type FieldLevel = 'public' | 'parties' | 'officers' | 'sealed'

export type Act =
  | 'case.read'
  | 'case.views' // who looked, and why
  | 'case.message'
  | 'case.send' // a message of the procedure: withdraw, appeal, extend; the diagram says who (xl:by)
  | 'case.export'
  | 'case.correct'
  | 'task.complete'
  | 'task.claim'
  | 'task.assign'
  | 'task.return'
  | 'document.correct'
  | 'receipt.reissue'

/** Act → who may, and the highest level of fields that this opens. Absent is no. */
const rule = {
  'case.read': { party: 'parties', reader: 'officers', performer: 'officers', system: 'sealed' },
  'case.views': { party: 'parties', reader: 'officers' },
  'case.message': { party: 'parties', reader: 'officers', performer: 'officers' },
  'case.send': { party: 'parties', reader: 'officers', performer: 'officers', system: 'sealed' },
  'case.export': { party: 'parties', reader: 'officers', system: 'sealed' },
  'case.correct': { reader: 'officers' },
  'task.complete': { performer: 'officers' },
  'task.claim': { performer: 'officers' },
  'task.assign': { performer: 'officers', colleague: 'officers' },
  'task.return': { performer: 'officers' },
  'document.correct': { performer: 'officers', reader: 'officers' },
  'receipt.reissue': { reader: 'officers' },
} as const satisfies Record<Act, Partial<Record<Relation, FieldLevel>>>

const order: FieldLevel[] = ['public', 'parties', 'officers', 'sealed']

/** What the rule must know of a case. */
export type CaseAccess = {
  caseId: string
  readers: string[]
  recused: string[]
  sealedClass: string | null
  parties: { partyId: string; accountId: string | null }[]
  /** The task in question, for acts on a task. */
  task?: { duties: string[]; organizationId: string | null }
}

/** The highest level of fields that this act opens to this actor; undefined is a refusal. */
export function levelFor(actor: Actor, act: Act, thing: CaseAccess): FieldLevel | undefined {
  const allowed: Partial<Record<Relation, FieldLevel>> = rule[act]
  let best: FieldLevel | undefined
  for (const relation of relationsOf(actor, thing)) {
    const level = allowed[relation]
    if (level && (!best || order.indexOf(level) > order.indexOf(best))) best = level
  }
  return best
}

export const may = (actor: Actor, act: Act, thing: CaseAccess): boolean => levelFor(actor, act, thing) !== undefined

/** Is a field of this visibility shown at this level? */
export const isShown = (visibility: FieldLevel, level: FieldLevel): boolean =>
  // A word that is none of the four shows nothing.
  order.includes(visibility) && order.indexOf(visibility) <= order.indexOf(level)

function relationsOf(actor: Actor, thing: CaseAccess): Relation[] {
  switch (actor.kind) {
    case 'system':
      return ['system']
    case 'anonymous':
      return []
    case 'receipt':
      return actor.caseId === thing.caseId && thing.parties.some((party) => party.partyId === actor.partyId) ? ['party'] : []
    case 'resident':
      return thing.parties.some((party) => party.accountId === actor.accountId) ? ['party'] : []
    case 'staff':
      return staffRelations(actor, thing)
  }
}

function staffRelations(actor: Extract<Actor, { kind: 'staff' }>, thing: CaseAccess): Relation[] {
  if (thing.recused.includes(actor.userId)) return []
  if (thing.sealedClass !== null && !clearancesOf(actor).includes(thing.sealedClass)) return []
  const keys = new Set(keysOf(actor))
  const relations: Relation[] = thing.readers.some((reader) => keys.has(reader)) ? ['reader'] : []
  const { task } = thing
  if (!task) return relations
  const inOffice = actor.posts.filter((post) => post.organizationId === task.organizationId)
  if (inOffice.length > 0) relations.push('colleague')
  if (inOffice.some((post) => task.duties.includes(post.duty))) relations.push('performer')
  return relations
}

/** What an actor's posts open: matched against `cases.readers`. */
export function keysOf(actor: Actor): string[] {
  if (actor.kind !== 'staff') return []
  return actor.posts.flatMap((post) => [
    `post:${post.postId}`,
    `duty:${post.duty}@${post.organizationId}`,
    ...(post.kind === 'own' ? [`duty:${post.duty}`] : []),
    `org:${post.organizationId}`,
  ])
}

/** Sealed classes that an actor's posts open; none yet but for the program itself (a post names them in a later issue). */
export const clearancesOf = (actor: Actor): string[] => (actor.kind === 'system' ? ['*'] : [])

/** What is done to the library of procedures: it is the town's, not a case's. */
export type LibraryAct =
  | 'library.edit' // drafts: see, write, send for review
  | 'library.publish' // put a draft of somebody else into force
  | 'library.migrate' // draw up, review and run a plan for running cases

/** Act → the duties whose holders in the town's own offices may. Who wrote may never publish: publishDraft asks that besides. */
const libraryRule = {
  'library.edit': ['it-admin', 'procedure-officer'],
  'library.publish': ['it-admin', 'procedure-officer', 'town-head'],
  'library.migrate': ['it-admin', 'procedure-officer', 'town-head'],
} as const satisfies Record<LibraryAct, readonly string[]>

export function mayInLibrary(actor: Actor, act: LibraryAct): boolean {
  if (actor.kind === 'system') return true
  if (actor.kind !== 'staff') return false
  const duties: readonly string[] = libraryRule[act]
  return actor.posts.some((post) => post.kind === 'own' && duties.includes(post.duty))
}
