// Staff of the test town with real accounts: made, appointed and signed in as people are.
import { randomUUID } from 'node:crypto'
import assert from 'node:assert/strict'
import type { Hono } from 'hono'
import { appoint } from '#kernel/access/posts.ts'
import { today } from '#kernel/towns/towns.ts'
import type { TestTown } from './town.ts'
import { Visitor } from './visitor.ts'

const password = 'clear brook 2026 over stones'

export type Colleague = { userId: string; email: string; password: string }

/** An account that holds these posts from the town's first day on. */
export async function makeStaff(town: TestTown, posts: readonly string[], name = '测试同事'): Promise<Colleague> {
  const email = `${posts[0] ?? 'nobody'}-${randomUUID().slice(0, 8)}@example.com`
  const { userId } = await town.installation.identityOf(town.tenant).createUser({ email, password, name, kind: 'staff' })
  for (const postId of posts) await appoint(town.ctx, { postId, userId, from: today(town.ctx) })
  return { userId, email, password }
}

/** A browser in which this colleague has signed in. */
export async function signInStaff(app: Hono, town: TestTown, colleague: Colleague, headers: Record<string, string> = {}): Promise<Visitor> {
  const visitor = new Visitor(app, headers)
  const path = `/t/${town.tenant}/sign-in`
  await visitor.get(path)
  const answer = await visitor.post(path, { email: colleague.email, password: colleague.password })
  assert.equal(answer.status, 303, answer.text.slice(0, 2000))
  return visitor
}
