// The one access rule: may this actor do this to this case, and which fields does it see? Every channel asks here.
// Deny first: whoever is barred has no relation at all, whatever her posts would give. Lists ask the same in SQL (readableCases).
import type { Actor } from '../context.ts'
import { type Claim, claimsOf, keysOf, meets } from './claims.ts'

export { keysOf } from './claims.ts'

/** How an actor stands to a case. */
export type Relation =
  | 'party' // filed it or is named in it, and came with her account or receipt
  | 'proxy' // stands in for a party under a mandate that is in force
  | 'performer' // holds a post whose duty may do this open task
  | 'colleague' // holds a post in the office of this task
  | 'reader' // holds a post or sits in a body that the procedure, a hand-over or an escalation lets read
  | 'opened' // reads under a broken seal: one case, a day at most
  | 'overseer' // holds the duty of supervision in the town and did not ask herself
  | 'superior' // stands above the colleague in question and may read the case
  | 'system'

/** Which fields are shown: what the public may know, the parties, the officers at work, or all. */
export type FieldLevel = 'public' | 'parties' | 'officers' | 'sealed'

export type Act =
  | 'case.read'
  | 'case.views' // who looked, and why
  | 'case.rate' // how a person was served; hers alone
  | 'case.rights' // a person about her own data
  | 'case.rights-decide'
  | 'case.redact'
  | 'case.message'
  | 'case.send' // a message of the procedure: withdraw, appeal, extend; the diagram says who (xl:by)
  | 'case.export'
  | 'case.correct'
  | 'case.seal' // name who is complained of, close the case to all but cleared posts
  | 'task.complete'
  | 'task.claim'
  | 'task.assign'
  | 'task.return'
  | 'document.correct'
  | 'receipt.reissue'
  | 'mandate.make' // let somebody act for a party, at the counter
  | 'mandate.change' // limit it or end it
  | 'recusal.declare'
  | 'recusal.ask'
  | 'recusal.order'
  | 'glass.decide'

/** Act → who may, and the highest level of fields that this opens. Absent is no. */
const rule = {
  'case.read': { party: 'parties', proxy: 'parties', reader: 'officers', performer: 'officers', opened: 'officers', system: 'sealed' },
  'case.views': { party: 'parties', proxy: 'parties', reader: 'officers' },
  'case.rate': { party: 'parties' },
  'case.rights': { party: 'parties' },
  'case.rights-decide': { reader: 'officers' },
  'case.redact': { reader: 'officers', performer: 'officers' },
  'case.message': { party: 'parties', proxy: 'parties', reader: 'officers', performer: 'officers' },
  'case.send': { party: 'parties', proxy: 'parties', reader: 'officers', performer: 'officers', system: 'sealed' },
  'case.export': { party: 'parties', proxy: 'parties', reader: 'officers', system: 'sealed' },
  'case.correct': { reader: 'officers' },
  'case.seal': { reader: 'officers', system: 'sealed' },
  'task.complete': { performer: 'officers' },
  'task.claim': { performer: 'officers' },
  'task.assign': { performer: 'officers', colleague: 'officers' },
  'task.return': { performer: 'officers' },
  'document.correct': { performer: 'officers', reader: 'officers' },
  'receipt.reissue': { reader: 'officers' },
  'mandate.make': { party: 'parties', reader: 'officers' },
  'mandate.change': { party: 'parties' },
  'recusal.declare': { reader: 'officers', performer: 'officers' },
  'recusal.ask': { party: 'parties', proxy: 'parties' },
  'recusal.order': { superior: 'officers' },
  'glass.decide': { overseer: 'public' },
} as const satisfies Record<Act, Partial<Record<Relation, FieldLevel>>>

/** What a proxy may do is what the mandate names; reading is always part of it. */
const proxyActs: Partial<Record<Act, MandateAct>> = { 'case.message': 'message', 'case.send': 'send', 'case.export': 'export', 'recusal.ask': 'send' }

const order: FieldLevel[] = ['public', 'parties', 'officers', 'sealed']

export const sealedClasses = ['accusation', 'caucus', 'minors', 'informer'] as const
export type SealedClass = (typeof sealedClasses)[number]
export type MandateAct = 'message' | 'send' | 'export'

/** What the rule must know of a case. */
export type CaseAccess = {
  caseId: string
  readers: string[]
  /** Keys that never get in: the unit complained of and its line (excluded.ts). */
  excluded: string[]
  recused: string[]
  sealedClass: string | null
  placeId: string | null
  parties: { partyId: string; accountId: string | null; blind: boolean }[]
  /** Mandates in force today. */
  mandates: { mandateId: string; partyId: string; accountId: string | null; acts: string[] }[]
  /** Accounts that hold or have done work of this case. */
  workers: string[]
  /** Duties to which the package opens a sealed class; caucus and informer are open to nobody unless it names one. */
  seals: Partial<Record<SealedClass, string[]>>
  /** The task in question, for acts on a task; `barred`: accounts that four eyes keep from it. */
  task?: { duties: string[]; organizationId: string | null; barred: string[] }
  /** The posts above the colleague in question, for an order of recusal. */
  above?: string[]
  /** Who asked to break the seal, for the decision on it. */
  askedBy?: string
}

/** The highest level of fields that this act opens to this actor; undefined is a refusal. */
export function levelFor(actor: Actor, act: Act, thing: CaseAccess): FieldLevel | undefined {
  const allowed: Partial<Record<Relation, FieldLevel>> = rule[act]
  let best: FieldLevel | undefined
  for (const relation of relationsOf(actor, act, thing)) {
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

/** A part of a case that is closed to those who may read the rest; `owners`: the parties it comes from or belongs to. */
export type SealedPart = { sealed: SealedClass; owners: string[] }

/**
 * May this actor open a sealed part? Its own party always; a proxy all but caucus; of the staff only a post that clears the class, in a body
 * that the case was given to, whose duty the package names. Caucus needs the person who does the work. A broken seal opens none.
 */
export function opensPart(actor: Actor, thing: CaseAccess, part: SealedPart): boolean {
  if (actor.kind === 'system') return true
  if (actor.kind !== 'staff') {
    const own = partiesOf(actor, thing)
    return part.owners.some((owner) => own.parties.includes(owner) || (part.sealed !== 'caucus' && own.represented.includes(owner)))
  }
  if (isBarred(actor, thing)) return false
  const named = thing.seals[part.sealed]
  const needsName = part.sealed === 'caucus' || part.sealed === 'informer'
  if (needsName && named === undefined) return false
  if (part.sealed === 'caucus' && !thing.workers.includes(actor.userId)) return false
  const posts = actor.posts.filter((post) => post.clears?.includes(part.sealed) && (named?.includes(post.duty) ?? true))
  return claimsOf({ ...actor, posts }).some((claim) => claim.sealed === part.sealed && meets({ ...claim, sealed: thing.sealedClass }, thing))
}

/** The parties for whom this actor stands: herself, or those she represents. Empty for staff. */
export function partiesOf(actor: Actor, thing: CaseAccess): { parties: string[]; represented: string[] } {
  const none = { parties: [], represented: [] }
  const open = thing.parties.filter((party) => !party.blind)
  if (actor.kind === 'receipt') {
    const party = actor.caseId === thing.caseId && open.some((known) => known.partyId === actor.partyId)
    if (!party) return none
    if (actor.mandateId === undefined) return { parties: [actor.partyId], represented: [] }
    const inForce = thing.mandates.some((mandate) => mandate.mandateId === actor.mandateId && mandate.partyId === actor.partyId)
    return inForce ? { parties: [], represented: [actor.partyId] } : none
  }
  if (actor.kind !== 'resident') return none
  return {
    parties: open.filter((party) => party.accountId === actor.accountId).map((party) => party.partyId),
    represented: thing.mandates
      .filter((mandate) => mandate.accountId === actor.accountId && open.some((party) => party.partyId === mandate.partyId))
      .map((mandate) => mandate.partyId),
  }
}

function relationsOf(actor: Actor, act: Act, thing: CaseAccess): Relation[] {
  if (actor.kind === 'system') return ['system']
  if (actor.kind === 'staff') return staffRelations(actor, thing)
  const { parties, represented } = partiesOf(actor, thing)
  const scope = proxyActs[act]
  const proxy = represented.length > 0 && (scope === undefined || mandatesOf(actor, thing).some((mandate) => mandate.acts.includes(scope)))
  return [...(parties.length > 0 ? (['party'] as const) : []), ...(proxy ? (['proxy'] as const) : [])]
}

const mandatesOf = (actor: Actor, thing: CaseAccess) =>
  thing.mandates.filter((mandate) =>
    actor.kind === 'receipt' ? mandate.mandateId === actor.mandateId : actor.kind === 'resident' && mandate.accountId === actor.accountId,
  )

/** Recused, or of the unit complained of or its line: nothing opens, no post, no hand-over, no broken seal. */
const isBarred = (actor: Extract<Actor, { kind: 'staff' }>, thing: CaseAccess): boolean =>
  thing.recused.includes(actor.userId) || keysOf(actor).some((key) => thing.excluded.includes(key))

function staffRelations(actor: Extract<Actor, { kind: 'staff' }>, thing: CaseAccess): Relation[] {
  if (isBarred(actor, thing)) return []
  const relations: Relation[] = []
  const claims = claimsOf(actor)
  const reads = claims.some((claim) => meets(claim, thing))
  if (reads) relations.push('reader')
  if (actor.opened?.includes(thing.caseId) && thing.sealedClass !== 'caucus' && thing.sealedClass !== 'informer') relations.push('opened')
  if (mayInTown(actor, 'glass.oversee') && thing.askedBy !== actor.userId) relations.push('overseer')
  if (reads && thing.above?.some((post) => actor.posts.some((held) => held.postId === post))) relations.push('superior')
  return [...relations, ...workRelations(actor, claims, thing)]
}

/** Work of an office: its posts may give it out, those with the duty may do it; a sealed case stays with posts that clear it. */
function workRelations(actor: Extract<Actor, { kind: 'staff' }>, claims: Claim[], thing: CaseAccess): Relation[] {
  const { task } = thing
  if (!task) return []
  const isOpen = !task.barred.includes(actor.userId)
  // A sealed case is worked on where it was handed: the lanes name posts that may not even know of it.
  const handed = claims.some(
    (claim) => claim.sealed !== null && meets({ ...claim, keys: claim.keys.filter((key) => key.startsWith('handed:')) }, thing),
  )
  if (handed) return isOpen ? ['colleague', 'performer'] : ['colleague']
  if (task.organizationId === null) return []
  const has = (key: string) => claims.some((claim) => claim.keys.includes(key) && meets(claim, { ...thing, readers: [key] }))
  if (!has(`org:${task.organizationId}`)) return []
  const performs = task.duties.some((duty) => has(`duty:${duty}@${task.organizationId}`)) && isOpen
  return performs ? ['colleague', 'performer'] : ['colleague']
}

/** What is done to the town's own things rather than to one case. */
export type TownAct =
  | 'library.edit' // drafts: see, write, send for review
  | 'library.publish' // put a draft of somebody else into force
  | 'library.migrate' // draw up, review and run a plan for running cases
  | 'disposal.decide' // see what is to be disposed of, approve it, keep it back
  | 'protection.keep' // registers of impact assessments and of incidents
  | 'returns.read'
  | 'returns.keep' // what is counted for whom
  | 'replies.export' // replies to the upstream system
  | 'upstream.see' // the page of its orders
  | 'posts.keep' // who holds which post; hand on the work of anybody
  | 'settings.keep'
  | 'jobs.see-all'
  | 'glass.oversee' // the list of requests to break a seal

/** Act → the duties whose holders in the town's own offices may; `*` is every post of them. Who wrote a draft may never publish it: publishDraft asks that besides. */
const townRule = {
  'library.edit': ['it-admin', 'procedure-officer'],
  'library.publish': ['it-admin', 'procedure-officer', 'town-head'],
  'library.migrate': ['it-admin', 'procedure-officer', 'town-head'],
  'disposal.decide': ['supervisor', 'town-head', 'it-admin'],
  'protection.keep': ['it-admin', 'supervisor'],
  'returns.read': ['*'],
  'returns.keep': ['it-admin', 'supervisor'],
  'replies.export': ['*'],
  'upstream.see': ['hotline-clerk', 'petition-clerk'],
  'posts.keep': ['it-admin'],
  'settings.keep': ['it-admin'],
  'jobs.see-all': ['it-admin'],
  'glass.oversee': ['supervisor'],
} as const satisfies Record<TownAct, readonly string[]>

export function mayInTown(actor: Actor, act: TownAct): boolean {
  if (actor.kind === 'system') return true
  if (actor.kind !== 'staff') return false
  const duties: readonly string[] = townRule[act]
  return actor.posts.some((post) => post.kind === 'own' && (duties.includes('*') || duties.includes(post.duty)))
}

/** The work of one colleague given to another: by herself, by a post above one of hers (`above`), or by whoever keeps the posts. */
export const mayHandOver = (actor: Actor, work: { of: string; above: readonly string[] }): boolean =>
  actor.kind === 'staff' &&
  (actor.userId === work.of || mayInTown(actor, 'posts.keep') || actor.posts.some((post) => work.above.includes(post.postId)))

/** A lane of a procedure, with the body that it means for one case; without it, any body of the kind that the lane names. */
export type LaneAccess = { office: string; posts: readonly string[]; organization?: string | null }

/** Does the actor hold a post of this lane? No right by itself: what a case shows and lets be done is asked of `levelFor`. */
export const holdsLane = (actor: Actor, { office, posts, organization }: LaneAccess): boolean =>
  actor.kind === 'staff' &&
  actor.posts.some((post) => posts.includes(post.duty) && (organization === undefined ? post.kind === office : post.organizationId === organization))

/** Who enters what a person says at a counter: the town and its villages, and the superior body whose own work the procedure is (`superior`: its duties). */
export const isAtCounter = (actor: Actor, superior: readonly string[]): boolean =>
  actor.kind === 'staff' &&
  actor.posts.some((post) => post.kind === 'own' || post.kind === 'village' || (post.kind === 'superior' && superior.includes(post.duty)))

/** Whoever works in an office that is not outside takes matters in for persons. */
export const mayTakeIn = (actor: Actor): boolean => actor.kind === 'staff' && actor.posts.some((post) => post.kind !== 'outside')

/** A register that bodies keep: only a post with that duty in the body itself writes of it. Nobody above it does. */
export function mayKeepRegister(actor: Actor, { duty, organization }: { duty: string; organization: string }): boolean {
  return actor.kind === 'staff' && actor.posts.some((post) => post.duty === duty && post.organizationId === organization)
}
