// The rule in other words: from what was done to a case, who may read it and which canaries she may see. It knows nothing of the rule's code
// and reads no row that the rule reads; it is written from the sentences of docs/design/access.md.
import { demoOrganizations } from '../../src/demo/town.ts'
import { demoPosts } from '../../src/demo/town-posts.ts'
import { type Model, userOf } from './scenario.ts'
import type { Slot } from './slots.ts'

type PostFacts = { duty: string; body: string; kind: string; above: string | undefined; clears: string[]; places: string[] | undefined }

const guildPosts: Record<string, Omit<PostFacts, 'kind'>> = {
  'mediator-one': { duty: 'mediator', body: 'justice', above: 'justice-head', clears: ['caucus', 'minors'], places: undefined },
  'mediator-two': { duty: 'mediator', body: 'justice', above: 'justice-head', clears: ['caucus'], places: undefined },
  'informer-desk': { duty: 'informer-desk', body: 'supervision', above: 'supervisor', clears: ['informer', 'accusation'], places: undefined },
  'second-supervisor': { duty: 'supervisor', body: 'supervision', above: 'town-head', clears: ['accusation'], places: undefined },
  'xikou-handler': { duty: 'handler', body: 'agriculture', above: 'agriculture-head', clears: [], places: ['xikou-village'] },
}
const kindOf = (body: string) => demoOrganizations.find((known) => known.id === body)?.kind ?? ''
const all = new Map<string, PostFacts>([
  ...demoPosts.map((post): [string, PostFacts] => [
    post.id,
    {
      duty: post.duty,
      body: post.organization,
      kind: kindOf(post.organization),
      above: post.reportsTo,
      clears: post.clears ?? [],
      places: undefined,
    },
  ]),
  ...Object.entries(guildPosts).map(([id, post]): [string, PostFacts] => [id, { ...post, kind: kindOf(post.body) }]),
])

function chainAbove(post: string): string[] {
  const above = all.get(post)?.above
  return above === undefined ? [] : [above, ...chainAbove(above)]
}

/** Nobody of the unit complained of; nobody above up to a body that has the case; nobody below. */
function isOfTheLine(model: Model, post: string): boolean {
  const { subject } = model
  if (!subject) return false
  // No body of these subjects has bodies under it.
  const unit = subject.organizationId ?? all.get(subject.postId ?? '')?.body ?? ''
  if (all.get(post)?.body === unit) return true
  if (chainAbove(post).some((above) => all.get(above)?.body === unit)) return true
  const bodies = new Set([...model.handed, model.shape.office, 'county-petition-bureau'].filter((body) => body !== unit))
  for (const [id, facts] of all) {
    if (facts.body !== unit) continue
    for (const above of chainAbove(id)) {
      if (bodies.has(all.get(above)?.body ?? '')) break
      if (above === post) return true
    }
  }
  return false
}

const isBarred = (model: Model, post: string) => model.shape.recused.some((recused) => recused === post) || isOfTheLine(model, post)

/** Does this post read the case by what it is, within its places and, for what is sealed, by its clearance of its own body? */
function readsByPost(model: Model, post: string, sealed: string | undefined): boolean {
  const facts = all.get(post)
  if (!facts || (sealed !== undefined && !facts.clears.includes(sealed))) return false
  if (model.handed.includes(facts.body) || model.shape.escalated === post) return true
  if (facts.places && !(model.shape.village && facts.places.includes(model.shape.village))) return false
  if (facts.duty === 'supervisor' && facts.kind === 'own' && sealed === undefined) return true
  // The lanes: the handling office, mediators of the justice office, the review officer whose work was opened.
  return facts.body === model.shape.office || (facts.duty === 'mediator' && facts.body === 'justice') || post === 'county-review-officer'
}

export function staffReads(model: Model, post: string, now: Date): 'post' | 'glass' | undefined {
  if (isBarred(model, post)) return undefined
  if (readsByPost(model, post, model.sealed ? 'accusation' : undefined)) return 'post'
  return model.shape.glass === post && model.glassUntil !== undefined && model.glassUntil > now ? 'glass' : undefined
}

/** May she complete this open task? */
export function staffDoes(model: Model, post: string, element: string): boolean {
  const facts = all.get(post)
  if (!facts || isBarred(model, post)) return false
  if (element === 'Check' && model.workedBy === userOf(post)) return false
  if (model.sealed && !facts.clears.includes('accusation')) return false
  // A sealed case is worked on where it was handed.
  if (model.sealed) return model.handed.includes(facts.body)
  if (facts.places && !(model.shape.village && facts.places.includes(model.shape.village))) return false
  if (element === 'Work' || element === 'Check') return facts.duty === 'handler' && facts.body === model.shape.office
  if (element === 'Caucus') return facts.duty === 'mediator'
  return post === 'county-review-officer'
}

const officerSlots: Slot[] = [
  'hidden',
  'publicWords',
  'partyWords',
  'name',
  'phone',
  'address',
  'idNumber',
  'rivalName',
  'rivalPhone',
  'accusedName',
  'accusedPhone',
  'workParties',
  'workOfficers',
  'partyMessage',
  'rivalMessage',
  'answerToAll',
  'answerToRival',
  'proxyName',
  'proxyEvidence',
]

/** Canaries that a member of staff may see. `opens`: she said what for, so sealed parts open as far as her post clears them. */
export function staffSlots(model: Model, post: string, now: Date, opens: boolean): Set<Slot> {
  const reads = staffReads(model, post, now)
  if (!reads) return new Set()
  const facts = all.get(post)
  const clears = (sealed: string) => opens && facts?.clears.includes(sealed) === true && readsByPost(model, post, sealed)
  return new Set([
    ...officerSlots,
    ...(clears('accusation') ? (['accusation'] as const) : []),
    ...(clears('minors') ? (['minorWords', 'childName'] as const) : []),
    ...(clears('informer') && facts?.duty === 'informer-desk' ? (['informerName', 'informerPhone'] as const) : []),
    ...(clears('caucus') && facts?.duty === 'mediator' && model.workers.includes(userOf(post))
      ? (['caucusWords', 'caucusNotes', 'caucusMessage'] as const)
      : []),
  ])
}

export type PartyRole = 'applicant' | 'rival' | 'informer' | 'child' | 'proxy'

/** Canaries that a party, or the applicant's proxy, may see. */
export function partySlots(model: Model, role: PartyRole): Set<Slot> {
  if (role === 'proxy' && model.shape.mandate !== 'in force') return new Set()
  const isApplicant = role === 'applicant' || role === 'proxy'
  const seen: Slot[] = ['publicWords', 'partyWords', 'name', 'rivalName', 'answerToAll']
  if (isApplicant) seen.push('phone', 'address', 'idNumber', 'partyMessage', 'accusation', 'minorWords', 'proxyName', 'proxyEvidence')
  if (role === 'applicant') seen.push('caucusMessage', 'caucusWords')
  if (role === 'rival') seen.push('rivalPhone', 'rivalMessage', 'answerToRival')
  if (role === 'informer') seen.push('informerName', 'informerPhone')
  if (role === 'child') seen.push('childName')
  // What the office wrote waits for the day on which results are known; what was said with the applicant alone is hers.
  if (!model.shape.embargo) seen.push('workParties')
  return new Set(seen)
}
