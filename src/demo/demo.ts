// Makes the demonstration: the invented town with accounts for every post, and some thirty petitions at every stage,
// played through the real procedures on a clock that stands until each step is due.
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { appoint } from '#kernel/access/posts.ts'
import { loadCase } from '#kernel/cases/load-case.ts'
import { dateIn } from '#kernel/clock.ts'
import { type Ctx, systemActor } from '#kernel/context.ts'
import { DomainError } from '#kernel/errors.ts'
import { createToken } from '#kernel/identity/tokens.ts'
import { randomCode } from '#kernel/ids.ts'
import type { Installation } from '#kernel/installation/installation.ts'
import { integrate } from '#kernel/ledger/integrator.ts'
import { logLine } from '#kernel/log.ts'
import { sendOutbox } from '#kernel/notifications/outbox.ts'
import type { ExampleStep } from '#kernel/procedures/worked-examples.ts'
import { listTenants } from '#kernel/towns/create-town.ts'
import { getTown } from '#kernel/towns/towns.ts'
import type { DemoClock } from './demo-clock.ts'
import { fillTown, foundTown } from './found-town.ts'
import { fillRegisters } from './kept-entries.ts'
import { isNotYet, matters, matterSteps } from './matters.ts'
import { requests, requestSteps } from './request-steps.ts'
import { moveTo, type Played, playStep, type PostUsers } from './play-example.ts'
import { type Stage, stories, type Story } from './stories.ts'
import { stepsOf } from './story-steps.ts'
import { demoTenant } from './town.ts'
import { demoPosts } from './town-posts.ts'

/** What DATA_DIR/demo.json holds, readable by its owner only: how to sign in and which receipts open a case. */
export type Demonstration = {
  tenant: string
  url: string
  users: { email: string; password: string; post: string; title: string; name: string }[]
  resident: { email: string; password: string; name: string }
  tokens: { post: string; token: string }[]
  receipts: { number: string; code: string; stage: Stage; subject: string }[]
}

/** How many days before its now the first petition came in, with some room. */
const startDays = 160

/** Staff of the invented town, in the order of its posts. */
const names = '方木 钟石 任溪 陆禾 季云 温茶 范荷 齐桐 葛溪 庄麦 辛竹 巫松 宁谷 谭枫 阮杉 康菱 傅芦 龚莲 殷槐 路榆'.split(' ')

/** Founds the demonstration in an empty installation. One that has towns is left as it is. */
export async function readyDemonstration(installation: Installation, clock: DemoClock): Promise<void> {
  const towns = await listTenants(installation.database.db)
  const file = demoFile(installation)
  if (towns.length === 0) await makeDemonstration(installation, clock)
  else if (!existsSync(file)) logLine('warning', 'demo.file_missing', { file })
}

/** @throws DomainError `config.demo_town`: in production nobody may sign in with a demonstration's passwords. */
export async function refuseDemoTowns(installation: Installation): Promise<void> {
  const town = (await listTenants(installation.database.db)).find((known) => known.demo)
  if (!town) return
  throw new DomainError(
    'unavailable',
    'config.demo_town',
    `This database holds the demonstration town ${town.tenant_id} with its accounts: give production a database of its own.`,
  )
}

const demoFile = (installation: Installation) => join(installation.config.dataDir, 'demo.json')

/** Makes everything and writes DATA_DIR/demo.json. The clock runs on from the real now afterwards. */
export async function makeDemonstration(installation: Installation, clock: DemoClock): Promise<Demonstration> {
  const now = clock.now()
  clock.hold(new Date(now.getTime() - startDays * 86_400_000))
  try {
    await foundTown(installation.database, clock.now())
    const ctx = await installation.ctxFor(demoTenant, systemActor('demonstration'))
    await fillTown(ctx)
    const staff = await createStaff(installation, ctx)
    const resident = await createResident(installation)
    const receipts = await playStories(ctx, clock, now, staff.users, resident.userId)
    await fillRegisters(ctx, staff.users)
    await finishQueues(installation, ctx)
    const { userId: _, ...shown } = resident
    const demonstration: Demonstration = {
      tenant: demoTenant,
      url: `${installation.services.baseUrl}/t/${demoTenant}`,
      users: staff.accounts,
      resident: shown,
      tokens: await createTokens(ctx, staff.users, now),
      receipts,
    }
    writeFileSync(demoFile(installation), `${JSON.stringify(demonstration, null, 2)}\n`, { mode: 0o600 })
    return demonstration
  } finally {
    clock.run()
  }
}

type Staff = { users: PostUsers; accounts: Demonstration['users'] }

/** One account for each post. The password is drawn for this installation and the same for all. */
async function createStaff(installation: Installation, ctx: Ctx): Promise<Staff> {
  const identity = installation.identityOf(demoTenant)
  const password = newPassword()
  const from = dateIn(ctx.zone, ctx.clock.now())
  const users = new Map<string, { userId: string; name: string }>()
  const accounts: Demonstration['users'] = []
  for (const [index, post] of demoPosts.entries()) {
    const name = names[index] ?? post.title.zh
    const email = `${post.id}@${demoTenant}.example`
    const { userId } = await identity.createUser({ email, password, name, kind: 'staff', language: 'zh' })
    await appoint(ctx, { postId: post.id, userId, from })
    users.set(post.id, { userId, name })
    accounts.push({ email, password, post: post.id, title: post.title.zh, name })
  }
  return { users, accounts }
}

async function createResident(installation: Installation): Promise<Demonstration['resident'] & { userId: string }> {
  const account = { email: `resident@${demoTenant}.example`, password: newPassword(), name: '夏新竹' }
  const { userId } = await installation.identityOf(demoTenant).createUser({ ...account, kind: 'resident', language: 'zh' })
  return { ...account, userId }
}

const newPassword = () => `Xi-${randomCode(4)}-${randomCode(4)}-${randomCode(4)}`

async function createTokens(ctx: Ctx, users: PostUsers, now: Date): Promise<Demonstration['tokens']> {
  const tokens: Demonstration['tokens'] = []
  for (const post of ['petition-clerk', 'supervisor', 'it-admin']) {
    const user = users.get(post)
    if (user) tokens.push({ post, token: (await createToken(ctx.db, ctx.tenant, { userId: user.userId, name: '演示接口' }, now)).token })
  }
  return tokens
}

/** `mayWait`: a step whose task is not open yet is left out. */
type Playing = { procedure: string; subject: string; played: Played; mayWait?: boolean }
const unplayed = (): Played => ({ caseId: '', receiptCode: '', number: '', refusals: [] })

/** Plays all steps of all stories in the order of time: limits that pass on the way are missed when they pass. */
async function playStories(ctx: Ctx, clock: DemoClock, now: Date, users: PostUsers, account: string): Promise<Demonstration['receipts']> {
  const { calendar } = await getTown(ctx)
  const told = stories.map((story) => ({ story, procedure: 'petition', subject: story.subject, played: unplayed() }))
  const petitions = told.flatMap((one) => stepsOf(one.story, calendar, { now: () => now }, account).map((step) => ({ step, ...one })))
  const asked = requests.flatMap((request) => {
    const one = { procedure: 'service-request', subject: String(request.filing['description']), played: unplayed() }
    return requestSteps(request, calendar, now).map((step) => ({ step, ...one }))
  })
  const steps: (Playing & { step: ExampleStep })[] = [...petitions, ...asked, ...(await othersUpTo(ctx, now))]
  steps.sort((a, b) => Date.parse(a.step.at) - Date.parse(b.step.at))
  for (const { step, ...one } of steps) {
    await moveTo(ctx, clock, new Date(step.at))
    await playOne(ctx, step, one, users)
  }
  await moveTo(ctx, clock, now)
  return told.filter(({ played }) => played.caseId !== '').map(({ story, played }) => toReceipt(story, played))
}

/** The matters beside petitions and requests. */
async function othersUpTo(ctx: Ctx, now: Date): Promise<(Playing & { step: ExampleStep })[]> {
  const all = await Promise.all(
    matters.map(async (matter) => {
      const one = { procedure: matter.procedure, subject: matter.example, played: unplayed(), mayWait: true }
      return (await matterSteps(ctx, matter, now)).map((step) => ({ step, ...one }))
    }),
  )
  return all.flat()
}

async function playOne(ctx: Ctx, step: ExampleStep, { procedure, subject, played, mayWait }: Playing, users: PostUsers): Promise<void> {
  try {
    await playStep(ctx, procedure, step, played, users)
  } catch (cause) {
    if (mayWait && isNotYet(cause)) return
    const open = played.caseId === '' ? [] : (await loadCase(ctx, played.caseId)).tasks.map((task) => task.element)
    throw new Error(`the demonstration's “${subject}” stops at ${step.do} ${step.task ?? step.name ?? ''} (open: ${open.join(', ')})`, {
      cause,
    })
  }
}

const toReceipt = (story: Story, played: Played) => ({ number: played.number, code: played.receiptCode, stage: story.stage, subject: story.subject })

/** What was queued on the way: the log signs it, the demo outbox takes the messages. */
async function finishQueues(installation: Installation, ctx: Ctx): Promise<void> {
  const signer = await installation.logOf(ctx.tenant)
  while (await integrate(ctx.db, ctx.tenant, signer, ctx.clock));
  for (;;) {
    const { sent } = await sendOutbox(ctx, {})
    if (sent === 0) return
  }
}
