// A town with the guild's procedure and people, for tests of the access rule: who holds a post is named after it.
import assert from 'node:assert/strict'
import { appoint, staffActor } from '#kernel/access/posts.ts'
import { findReceiptActor } from '#kernel/cases/open-by-receipt.ts'
import { loadCase } from '#kernel/cases/load-case.ts'
import type { Filing } from '#kernel/cases/new-case.ts'
import { openCase } from '#kernel/cases/open-case.ts'
import { as, type Ctx } from '#kernel/context.ts'
import { listDemoOutbox } from '#kernel/notifications/outbox.ts'
import { openGuild } from './guild.ts'
import { openTestTown } from './town.ts'

const people = [
  'agriculture-handler',
  'agriculture-head',
  'xikou-handler',
  'mediator-one',
  'mediator-two',
  'informer-desk',
  'supervisor',
  'second-supervisor',
  'town-head',
  'county-review-officer',
  'petition-clerk',
  'it-admin',
  'civil-affairs-handler',
]

export const guildMatter = {
  publicWords: '公开的话',
  partyWords: '当事人的话',
  hidden: '内部的话',
  name: '申请人甲',
  phone: '000 0000 1111',
  rivalName: '对方乙',
  rivalPhone: '000 0000 2222',
  village: 'xikou-village',
  office: 'agriculture',
}

/** Close its `town`. */
export async function openGuildTown() {
  const town = await openTestTown('2026-03-02T09:00:00+08:00')
  await openGuild(town.ctx)
  for (const post of people) await appoint(town.ctx, { postId: post, userId: `u-${post}`, from: '2026-01-01' })
  await appoint(town.ctx, { postId: 'agriculture-handler', userId: 'u-second', from: '2026-01-01' })
  const anonymous = () => as(town.ctx, { kind: 'anonymous' })

  return {
    town,
    anonymous,
    /** Whoever holds this post, with what it opens at this moment. */
    at: async (user: string): Promise<Ctx> => as(town.ctx, await staffActor(town.ctx, { userId: `u-${user}`, name: user })),
    file: async (more: Partial<Filing> = {}) => {
      const made = await openCase(anonymous(), { procedure: 'guild', data: guildMatter, ...more })
      return { ...made, by: { number: made.number } }
    },
    taskOf: async (caseId: string, element: string) =>
      (await loadCase(town.ctx, caseId)).tasks.find((task) => task.element === element)?.task_id ?? '',
    /** Letters with a code that left for this case. */
    codesSent: async (number: string) =>
      (await listDemoOutbox(town.ctx)).filter((letter) => letter.textId === 'case.party-code' && letter.variables?.['number'] === number),
    holderOf: async (number: string, code: string): Promise<Ctx> => {
      const actor = await findReceiptActor(anonymous(), number, code)
      assert.ok(actor)
      return as(town.ctx, actor)
    },
  }
}
