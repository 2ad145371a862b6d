// What the posts of a member of staff open: keys matched against `cases.readers`, within a jurisdiction and up to a sealed class.
import type { Actor, HeldPost } from '../context.ts'

/**
 * `keys` open cases whose readers meet them, at `places` only (null: everywhere), and of this sealed class only (null: cases that are not sealed).
 * The page asks `meets`; a list asks the same of each row (readableCases).
 */
export type Claim = { keys: string[]; places: string[] | null; sealed: string | null }

/** What a claim is held against. */
type Held = { readers: string[]; placeId: string | null; sealedClass: string | null }

export const meets = (claim: Claim, { readers, placeId, sealedClass }: Held): boolean =>
  claim.sealed === sealedClass &&
  (claim.places === null || (placeId !== null && claim.places.includes(placeId))) &&
  claim.keys.some((key) => readers.includes(key))

/** Every claim of an actor; posts of one jurisdiction are taken together. */
export function claimsOf(actor: Actor): Claim[] {
  if (actor.kind !== 'staff') return []
  const claims = new Map<string, Claim>()
  const add = (places: string[] | null, sealed: string | null, keys: string[]) => {
    const name = JSON.stringify([places, sealed])
    const known = claims.get(name) ?? { keys: [], places, sealed }
    claims.set(name, { ...known, keys: [...new Set([...known.keys, ...keys])] })
  }
  for (const post of actor.posts) {
    for (const sealed of [null, ...(post.clears ?? [])]) {
      const keys = keysOfPost(post)
      // A sealed class is opened for one's own body only: a key that names none does not count.
      const lane = keys.lane.filter((key) => sealed === null || key.includes('@') || key.startsWith('org:'))
      add(post.places ?? null, sealed, post.places ? lane : [...keys.given, ...lane])
      // What was handed to the body or reported to the post is open wherever the matter lies.
      if (post.places) add(null, sealed, keys.given)
    }
  }
  return [...claims.values()]
}

/** What an actor's posts open, whatever the place and the seal. */
export function keysOf(actor: Actor): string[] {
  if (actor.kind !== 'staff') return []
  return actor.posts.flatMap((post) => {
    const { given, lane } = keysOfPost(post)
    return [...given, ...lane]
  })
}

function keysOfPost(post: HeldPost): { given: string[]; lane: string[] } {
  return {
    given: [`post:${post.postId}`, `handed:${post.organizationId}`],
    lane: [`duty:${post.duty}@${post.organizationId}`, ...(post.kind === 'own' ? [`duty:${post.duty}`] : []), `org:${post.organizationId}`],
  }
}

/** Classes that row-level security lets through for this actor (`app.sealed`), the second lock; the rule decides within them. */
export function clearancesOf(actor: Actor): string[] {
  switch (actor.kind) {
    case 'system':
    case 'receipt':
    case 'resident':
      // A party sees her own case whatever its class; her account or receipt is part of the question.
      return ['*']
    case 'anonymous':
      return []
    case 'staff':
      return [...new Set([...actor.posts.flatMap((post) => post.clears ?? []), ...((actor.opened?.length ?? 0) > 0 ? ['accusation', 'minors'] : [])])]
  }
}
