import type { Actor, Ctx, HeldPost } from '../context.ts'
import { getTown, today } from '../towns/towns.ts'
import { insertHolder, listHeld, listOpened } from './queries.ts'

/** The actor behind a staff account: the posts held today, acting ones among them. */
export async function staffActor(ctx: Ctx, user: { userId: string; name: string }): Promise<Extract<Actor, { kind: 'staff' }>> {
  const held = await listHeld(ctx, user.userId, today(ctx))
  const opened = await listOpened(ctx, user.userId)
  const town = await getTown(ctx)
  const posts = held.flatMap(({ post_id, kind }): HeldPost[] => {
    const post = town.posts.get(post_id)
    const organization = post && town.organizations.get(post.organization)
    return post && organization
      ? [
          {
            postId: post_id,
            duty: post.duty,
            organizationId: organization.id,
            kind: organization.kind,
            acting: kind === 'acting',
            ...(post.clears ? { clears: post.clears } : {}),
            ...(post.jurisdiction ? { places: post.jurisdiction } : {}),
          },
        ]
      : []
  })
  return { kind: 'staff', userId: user.userId, name: user.name, posts, ...(opened.length > 0 ? { opened } : {}) }
}

/** Puts a person into a post from a date on. */
export const appoint = (ctx: Ctx, input: { postId: string; userId: string; from: string; to?: string; kind?: 'holder' | 'acting' }) =>
  insertHolder(ctx, input)
