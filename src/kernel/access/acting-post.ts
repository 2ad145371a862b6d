// In which of her posts a member of staff acts: records name one, and it must be the one that let her in.
import type { Actor, HeldPost } from '../context.ts'
import { claimsOf, meets } from './claims.ts'

/** What her posts are held against: the body at work, who may read, and the task at hand. */
type Thing = {
  handlingOffice: string | null
  readers: string[]
  placeId: string | null
  sealedClass: string | null
  task?: { duties: string[]; organizationId: string | null } | undefined
}

/**
 * The post that the task is for; else one of the body at work that opens the case; else any that opens it. When none does (an open
 * break-glass), her first. Null: not staff, or no post.
 */
export function actingPost(actor: Actor, thing: Thing): string | null {
  if (actor.kind !== 'staff') return null
  const { posts } = actor
  const { task } = thing
  const opens = (post: HeldPost) => claimsOf({ ...actor, posts: [post] }).some((claim) => meets(claim, thing))
  const opening = posts.filter(opens)
  const found =
    (task && posts.find((post) => post.organizationId === task.organizationId && task.duties.includes(post.duty))) ??
    opening.find((post) => post.organizationId === thing.handlingOffice) ??
    opening[0] ??
    posts.find((post) => post.organizationId === thing.handlingOffice) ??
    posts[0]
  return found?.postId ?? null
}

/** The post of hers that stands above on this line, which an order is given from. Null: none of hers. */
export const orderingPost = (actor: Actor, above: readonly string[]): string | null =>
  actor.kind === 'staff' ? (above.find((id) => actor.posts.some((post) => post.postId === id)) ?? null) : null
