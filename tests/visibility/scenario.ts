// Random cases of the guild, built through the kernel's own acts, each with canary words in every place that can be closed.
// The model beside a case says what was done to it; the oracle reads the model only.
import fc from 'fast-check'
import { sql } from 'kysely'
import { staffActor } from '#kernel/access/posts.ts'
import { completeTask, writeMessage } from '#kernel/cases/act.ts'
import { askGlass, decideGlass, listGlassRequests } from '#kernel/cases/glass.ts'
import { loadCase, loadStep } from '#kernel/cases/load-case.ts'
import { openCase } from '#kernel/cases/open-case.ts'
import { nameSubject } from '#kernel/cases/subjects.ts'
import { runStep } from '#kernel/cases/run-step.ts'
import { addRow, recordEvent } from '#kernel/cases/step.ts'
import { findReceiptActor } from '#kernel/cases/open-by-receipt.ts'
import { changeMandate, makeMandate } from '#kernel/cases/mandates.ts'
import { listDemoOutbox } from '#kernel/notifications/outbox.ts'
import { as, type Actor, type Ctx } from '#kernel/context.ts'
import { inTenant } from '#kernel/database/database.ts'
import type { Colleague } from '../support/staff.ts'
import { canaryOf, type Slot } from './slots.ts'

export const staff = [
  'agriculture-handler',
  'agriculture-head',
  'xikou-handler',
  'civil-affairs-handler',
  'civil-affairs-head',
  'mediator-one',
  'mediator-two',
  'informer-desk',
  'supervisor',
  'second-supervisor',
  'town-head',
  'petition-clerk',
  'county-review-officer',
  'shishang-officer',
] as const
export type Post = (typeof staff)[number]

/** Accounts that can sign in, made where a walk over HTTP needs them. */
const accounts = new Map<string, Colleague>()
export const setAccounts = (made: ReadonlyMap<string, Colleague>): void => {
  accounts.clear()
  for (const [post, colleague] of made) accounts.set(post, colleague)
}
export const accountOf = (post: string): Colleague | undefined => accounts.get(post)
/** Accounts that need no session are named after their post. */
export const userOf = (post: string) => accounts.get(post)?.userId ?? `u-${post}`

const shape = fc.record({
  village: fc.constantFrom('xikou-village', 'shishang-village', undefined),
  office: fc.constantFrom('agriculture', 'civil-affairs'),
  account: fc.boolean(),
  rival: fc.boolean(),
  informer: fc.boolean(),
  child: fc.boolean(),
  accused: fc.boolean(),
  subject: fc.constantFrom(
    undefined,
    undefined,
    { organizationId: 'agriculture' },
    { organizationId: 'civil-affairs' },
    { postId: 'mediator-one' },
    { postId: 'supervisor' },
  ),
  sealed: fc.boolean(),
  recused: fc.uniqueArray(fc.constantFrom(...staff), { maxLength: 3 }),
  handed: fc.constantFrom(undefined, 'shishang-village', 'petition-office'),
  escalated: fc.constantFrom(undefined, 'town-head', 'agriculture-head', 'petition-clerk'),
  glass: fc.constantFrom(undefined, undefined, 'petition-clerk' as const, 'civil-affairs-handler' as const, 'town-head' as const),
  glassHours: fc.constantFrom(1, 24),
  mandate: fc.constantFrom(undefined, 'in force', 'revoked', 'over'),
  caucus: fc.boolean(),
  worked: fc.boolean(),
  stuck: fc.boolean(),
  embargo: fc.boolean(),
})
export type Shape = typeof shape extends fc.Arbitrary<infer T> ? T : never
export const arbitraryShape: fc.Arbitrary<Shape> = shape

export type Model = {
  shape: Shape
  caseId: string
  number: string
  /** Canary of each slot that was filled. */
  canaries: Map<Slot, string>
  /** What was really done: a random act may have been refused. */
  subject: { organizationId?: string; postId?: string } | undefined
  sealed: boolean
  handed: string[]
  glassUntil: Date | undefined
  workers: string[]
  workedBy: string | undefined
  /** An incident is open. */
  isStuck: boolean
  parties: { applicant: Actor; rival: Actor | undefined; informer: Actor | undefined; child: Actor | undefined; proxy: Actor | undefined }
  tasks: { taskId: string; element: string; office: string | null }[]
  /** Receipt codes that were given out, as far as the test learns of them. */
  codes: { applicant: string; proxy?: string }
}

export type Stage = { ctx: Ctx; at: (post: Post) => Promise<Ctx> }

export const openStage = (ctx: Ctx): Stage => ({
  ctx,
  at: async (post) => as(ctx, await staffActor(ctx, { userId: userOf(post), name: post })),
})

let count = 0

/** Makes the case. */
export async function build(stage: Stage, given: Shape): Promise<Model> {
  const { ctx } = stage
  const mark = `q${(count++).toString(36)}z`
  const canaries = new Map<Slot, string>()
  const word = (slot: Slot) => {
    const text = canaryOf(slot, mark)
    canaries.set(slot, text)
    return text
  }
  const words = (...names: Slot[]) => Object.fromEntries(names.map((name) => [name, word(name)]))
  const filing = {
    ...words('hidden', 'publicWords', 'partyWords', 'sealedWords', 'accusation', 'name', 'phone', 'address', 'idNumber'),
    ...(given.rival ? words('rivalName', 'rivalPhone') : {}),
    ...(given.informer ? words('informerName', 'informerPhone') : {}),
    ...(given.child ? words('childName', 'minorWords') : {}),
    ...(given.accused ? words('accusedName', 'accusedPhone') : {}),
    ...(given.village ? { village: given.village } : {}),
    office: given.office,
  }
  const account = given.account ? { kind: 'resident' as const, accountId: `account-${mark}` } : undefined
  const filer = as(ctx, account ?? { kind: 'anonymous' })
  const made = await openCase(filer, { procedure: 'guild', data: filing, ...(account ? { accountId: account.accountId } : {}) })
  const { caseId, number } = made
  const partyActors = new Map<string, Actor>()
  const party = (role: string): Actor | undefined => partyActors.get(role)
  const loaded = await loadCase(ctx, caseId)
  for (const known of loaded.parties) if (!known.blind) partyActors.set(known.role, { kind: 'receipt', caseId, partyId: known.partyId })
  const applicant = account ?? (await findReceiptActor(as(ctx, { kind: 'anonymous' }), number, made.receiptCode))
  if (!applicant) throw new Error('the code of the filer opens her case')
  const model: Model = {
    shape: given,
    caseId,
    number,
    canaries,
    subject: undefined,
    sealed: false,
    handed: [],
    glassUntil: undefined,
    workers: [],
    workedBy: undefined,
    isStuck: false,
    parties: { applicant, rival: party('rival'), informer: party('informer'), child: party('child'), proxy: undefined },
    tasks: [],
    codes: { applicant: made.receiptCode },
  }
  await work(stage, model, word)
  await speak(stage, model, word)
  await represent(stage, model, word)
  await close(stage, model)
  for (const task of (await loadCase(ctx, caseId)).tasks)
    model.tasks.push({ taskId: task.task_id, element: task.element, office: task.organization_id })
  return model
}

const taskIn = async (ctx: Ctx, caseId: string, element: string) =>
  (await loadCase(ctx, caseId)).tasks.find((task) => task.element === element)?.task_id ?? ''

async function work({ ctx, at }: Stage, model: Model, word: (slot: Slot) => string): Promise<void> {
  const { caseId, shape: given } = model
  if (given.caucus) {
    await completeTask(await at('mediator-one'), await taskIn(ctx, caseId, 'Caucus'), {
      data: { caucusWords: word('caucusWords'), caucusNotes: word('caucusNotes') },
    })
    model.workers.push(userOf('mediator-one'))
  }
  if (given.worked) {
    const post = given.office === 'agriculture' ? 'agriculture-handler' : 'civil-affairs-handler'
    await completeTask(await at(post), await taskIn(ctx, caseId, 'Work'), {
      data: { workParties: word('workParties'), workOfficers: word('workOfficers'), stuck: given.stuck },
    })
    model.workedBy = userOf(post)
    model.isStuck = given.stuck
    model.workers.push(userOf(post))
  }
}

async function speak({ ctx, at }: Stage, model: Model, word: (slot: Slot) => string): Promise<void> {
  const by = { number: model.number }
  const { applicant, rival } = model.parties
  await writeMessage(as(ctx, applicant), by, word('partyMessage'))
  const office = await at(model.shape.office === 'agriculture' ? 'agriculture-head' : 'civil-affairs-head')
  await writeMessage(office, by, word('answerToAll'))
  if (rival?.kind === 'receipt') {
    await writeMessage(as(ctx, rival), by, word('rivalMessage'))
    await writeMessage(office, by, word('answerToRival'), [], { partyId: rival.partyId })
  }
  const [first] = (await loadCase(ctx, model.caseId)).parties
  if (model.shape.caucus && first)
    await writeMessage(await at('mediator-one'), by, word('caucusMessage'), [], { partyId: first.partyId, sealed: 'caucus' })
}

async function represent({ ctx }: Stage, model: Model, word: (slot: Slot) => string): Promise<void> {
  const { mandate } = model.shape
  if (mandate === undefined) return
  const self = as(ctx, model.parties.applicant)
  const [first] = (await loadCase(ctx, model.caseId)).parties
  const code = await makeMandate(self, model.number, first?.partyId ?? '', {
    kind: 'relative',
    name: word('proxyName'),
    evidence: word('proxyEvidence'),
    acts: ['message'],
  })
  const [made] = (await loadCase(ctx, model.caseId)).mandates
  if (mandate === 'revoked') await changeMandate(self, model.number, made?.mandateId ?? '', { revoke: true })
  if (mandate === 'over')
    await inTenant(ctx.db, ctx.tenant, (trx) =>
      sql`update mandates set from_on = '2026-01-01', to_on = '2026-02-01' where tenant_id = ${ctx.tenant} and case_id = ${model.caseId}`.execute(
        trx,
      ),
    )
  model.codes.proxy = code
  model.parties.proxy = await findReceiptActor(as(ctx, { kind: 'anonymous' }), model.number, code)
}

/** What closes and opens it to staff, in an order in which each act is still possible. */
async function close({ ctx, at }: Stage, model: Model): Promise<void> {
  const { shape: given, caseId, number } = model
  if (given.handed || given.escalated || given.embargo)
    await runStep(
      () => loadStep(ctx, caseId),
      async (step) => {
        if (given.handed) {
          step.case.grants.push({ organization_id: given.handed, until_on: null })
          addRow(step, 'grants', { organization_id: given.handed, until_on: null, reason: 'test' })
        }
        if (given.escalated) step.escalatedTo.push(given.escalated)
        if (given.embargo) {
          step.case.row.embargo_until = '2027-01-01T00:00:00Z'
          step.access = { ...step.access, embargo_until: '2027-01-01T00:00:00Z' }
        }
        recordEvent(step, { type: 'case.test' })
      },
    )
  if (given.handed) model.handed.push(given.handed)
  if (given.subject) {
    await nameSubject(await at('second-supervisor'), number, { ...given.subject, seal: given.sealed })
    model.subject = given.subject
    model.sealed = given.sealed
    if (given.sealed) model.handed.push('supervision')
  }
  await openByGlass({ ctx, at }, model)
  await inTenant(ctx.db, ctx.tenant, async (trx) => {
    for (const post of given.recused)
      await sql`insert into recusals (tenant_id, case_id, user_id, ground, declared_at, declared_by)
        values (${ctx.tenant}, ${caseId}, ${userOf(post)}, 'test', ${ctx.clock.now()}, 'test') on conflict do nothing`.execute(trx)
  })
}

/** One post asks; whichever supervisor may decides. */
async function openByGlass({ ctx, at }: Stage, model: Model): Promise<void> {
  const { glass, glassHours } = model.shape
  if (glass === undefined) return
  await askGlass(await at(glass), model.number, { purpose: 'danger', reason: '随机测试里的紧急调阅申请。' })
  for (const post of ['supervisor', 'second-supervisor'] as const) {
    const decider = await at(post)
    const request = (await listGlassRequests(decider)).find((known) => known.number === model.number)
    if (!request) continue
    await decideGlass(decider, request.glassId, { grant: true, answer: '同意', hours: glassHours })
    model.glassUntil = new Date(ctx.clock.now().getTime() + glassHours * 3_600_000)
    return
  }
}

/** Words that left for somebody, in clear. */
export const letters = (ctx: Ctx) => listDemoOutbox(ctx, 100_000)
