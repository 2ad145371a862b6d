// What a tab counts is what its list shows, for random cases and for people of several posts.
// Runs on postgres only: it goes through the whole server, and the SQL below it runs on both databases in the kernel's own tests.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { createApp } from '#app'
import { ensureAssets } from '#ui/build.ts'
import { completeTask } from '#kernel/cases/act.ts'
import { assignTask } from '#kernel/cases/act.ts'
import { countInbox, listInbox } from '#kernel/cases/lists.ts'
import { staffActor } from '#kernel/access/posts.ts'
import { openCase } from '#kernel/cases/open-case.ts'
import { as, type Ctx } from '#kernel/context.ts'
import { sampleFiling } from '#tests/support/filing.ts'
import { type Colleague, makeStaff, signInStaff } from '#tests/support/staff.ts'
import { openTestTown, type TestTown } from '#tests/support/town.ts'
import type { Visitor } from '#tests/support/visitor.ts'

let town: TestTown
let desks: { visitor: Visitor; ctx: Ctx }[] = []
const base = '/t/qingxi/workspace'
const views = ['all', 'mine', 'free', 'soon', 'overdue'] as const

before(async () => {
  await ensureAssets()
  town = await openTestTown()
  const app = createApp(town.installation)
  const held = [['petition-clerk'], ['petition-clerk', 'village-construction-handler'], ['agriculture-handler'], ['supervisor'], []]
  desks = []
  for (const posts of held) desks.push(await desk(await makeStaff(town, posts), app))
})
after(() => town.close())

async function desk(colleague: Colleague, app: ReturnType<typeof createApp>) {
  const visitor = await signInStaff(app, town, colleague)
  return { visitor, ctx: as(town.ctx, await staffActor(town.ctx, { userId: colleague.userId, name: '' })) }
}

const story = fc.array(
  fc.record({
    village: fc.constantFrom('shishang-village', 'xikou-village', 'daxi-village'),
    days: fc.integer({ min: 0, max: 9 }),
    claim: fc.boolean(),
    register: fc.boolean(),
  }),
  {
    minLength: 1,
    maxLength: 8,
  },
)

test('every tab counts what its list holds, with and without filters, whoever looks', async () => {
  await fc.assert(
    fc.asyncProperty(story, async (cases) => {
      for (const one of cases) await fileOne(one)
      for (const { visitor, ctx } of desks) {
        for (const query of ['', 'place=shishang-village', 'q=排水沟', 'procedure=petition&place=xikou-village']) await compare(visitor, ctx, query)
      }
    }),
    { numRuns: 3 },
  )
})

async function fileOne(one: { village: string; days: number; claim: boolean; register: boolean }) {
  await openCase(as(town.ctx, { kind: 'anonymous' }), { procedure: sampleFiling.procedure, data: { ...sampleFiling.data, village: one.village } })
  town.clock.advance(one.days * 86_400_000)
  const clerk = desks[0]?.ctx
  assert.ok(clerk && clerk.actor.kind === 'staff')
  const [task] = (await listInbox(clerk, {}, { size: 100 }, 'zh')).items.filter((item) => item.element === 'Register').slice(-1)
  if (task && one.claim) await assignTask(clerk, task.taskId, { assignee: clerk.actor.userId })
  if (task && one.register) await completeTask(clerk, task.taskId, { data: { category: 'claim', urgent: false, summary: '排水沟堵塞。' } })
}

async function compare(visitor: Visitor, ctx: Ctx, query: string) {
  const page = await visitor.get(`${base}?${query}`)
  const tabs = [...page.text.matchAll(/class="xl-views__link"[^>]*>[^<]*<span class="xl-nav__count[^"]*">(\d+)</g)].map((match) => Number(match[1]))
  const filter = Object.fromEntries(new URLSearchParams(query))
  const counts = await countInbox(ctx, filter)
  assert.deepEqual(
    tabs,
    views.map((view) => counts[view]),
    `tabs of ${query}`,
  )
  for (const view of views) {
    const listed = await listInbox(ctx, { ...filter, view }, { size: 100 }, 'zh')
    assert.equal(listed.total, listed.items.length, 'within one page')
    assert.equal(listed.items.length, counts[view], `${view} of ${query}`)
    assert.equal(await countRows(visitor, `${query}&view=${view}`, listed.total), listed.items.length, `rows of ${view} ${query}`)
  }
}

/** Rows on all pages of the list. */
async function countRows(visitor: Visitor, query: string, total: number): Promise<number> {
  const seen = new Set<string>()
  for (let page = 1; page <= Math.max(1, Math.ceil(total / 25)); page++) {
    const { text } = await visitor.get(`${base}?${query}&page=${page}`)
    for (const match of text.matchAll(/xl-strong" href="[^"]+\/tasks\/([0-9a-f-]{36})"/g)) seen.add(match[1] ?? '')
  }
  return seen.size
}
