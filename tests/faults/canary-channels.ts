// Brings the canaries in through every door there is, and makes the work on them fail in ways that tempt a log.
import { sql } from 'kysely'
import { assignTask, completeTask, writeMessage } from '#kernel/cases/act.ts'
import { discardDraft, newDraft, saveDraft } from '#kernel/cases/drafts.ts'
import { findAtCounter } from '#kernel/cases/counter.ts'
import { loadCase } from '#kernel/cases/load-case.ts'
import { type Filing, openCase } from '#kernel/cases/open-case.ts'
import { reissueReceipt } from '#kernel/cases/receipts.ts'
import { viewCase } from '#kernel/cases/view.ts'
import { as, type Ctx } from '#kernel/context.ts'
import { storeCaseFile, storeDraftFile } from '#kernel/files/uploads.ts'
import type { FormData } from '#kernel/forms/forms.ts'
import type { Installation } from '#kernel/installation/installation.ts'
import { logError } from '#kernel/log.ts'
import { sendOutbox } from '#kernel/notifications/outbox.ts'
import { SendFailure } from '#kernel/notifications/outlets.ts'
import type { ExampleStep } from '#kernel/procedures/worked-examples.ts'
import { getProcedure } from '#kernel/procedures/packages.ts'
import { actorOf, playExample } from '../../src/demo/play-example.ts'
import type { VirtualClock } from '#kernel/clock.ts'
import { canaries, matter, upload, who } from './canaries.ts'

const clerk = 'post:petition-clerk@petition-office'

type Town = { ctx: Ctx; clock: VirtualClock; installation: Installation }

/** How many cases, accounts and messages carried a canary; each is checked to be more than none. */
export async function releaseCanaries(town: Town): Promise<Record<string, number>> {
  const cases = await fileEverywhere(town.ctx)
  await writeAndWork(town.ctx, cases)
  await playWithCanaries(town)
  const accounts = await makeAccounts(town.installation, town.ctx)
  await keepDraft(town.ctx)
  const sent = await sendAll(town.ctx)
  await provokeErrors(town.ctx)
  return { cases: cases.length, accounts, ...sent }
}

/** By web, at the counter, by letter, by telephone, in Chinese and Latin letters. */
async function fileEverywhere(ctx: Ctx): Promise<string[]> {
  const data = { ...matter, ...who, electronicService: true }
  const staff = as(ctx, await actorOf(ctx, clerk, ''))
  const evidence = `${canaries.name}当面说的，${canaries.officerPhrase}`
  const entries = (['counter', 'letter', 'phone'] as const).map((channel) => ({ channel, receivedOn: '2026-03-02', evidence }))
  const web: Filing[] = [
    { procedure: 'petition', data, electronicService: true, idempotencyKey: 'canary-key-0001' },
    { procedure: 'petition', data: { ...data, name: canaries.latinName, subject: canaries.latinPhrase } },
  ]
  const answers = await Promise.all([
    ...web.map((filing) => openCase(as(ctx, { kind: 'anonymous' }), filing)),
    ...entries.map((entry) => openCase(staff, { procedure: 'petition', data, entry })),
  ])
  return answers.map((answer) => answer.caseId)
}

/** Messages of both sides, a file, officers' own words, a look, a search by name, a new receipt. */
async function writeAndWork(ctx: Ctx, cases: string[]): Promise<void> {
  for (const caseId of cases) {
    const { parties, row } = await loadCase(ctx, caseId)
    const party = as(ctx, { kind: 'receipt', caseId, partyId: parties[0]?.partyId ?? '' })
    const staff = as(ctx, await actorOf(ctx, clerk, caseId))
    const file = await storeCaseFile(party, { caseId }, upload)
    await writeMessage(party, { caseId }, `${canaries.name}补充：${canaries.phrase}`, [file.fileId])
    await writeMessage(staff, { caseId }, `答复${canaries.name}：${canaries.officerPhrase}`)
    await viewCase(staff, { caseId }, 'zh')
    await findAtCounter(staff, { name: canaries.name, tail: canaries.phone.slice(-4) })
    await reissueReceipt(staff, row.number, `${canaries.name}出示证件 ${canaries.idNumber}`)
    const { tasks } = await loadCase(ctx, caseId)
    const register = tasks.find((task) => task.element === 'Register')
    if (!register) continue
    await assignTask(staff, register.task_id, { assignee: null, reason: canaries.officerPhrase })
    await completeTask(staff, register.task_id, {
      data: {
        category: 'claim',
        urgent: true,
        urgentReport: canaries.officerPhrase,
        summary: canaries.phrase,
        notes: `${canaries.name} ${canaries.phone}`,
      },
    })
  }
}

/** Official documents with her name and his words, service, an appeal, and the linked review case. */
async function playWithCanaries({ ctx, clock }: Town): Promise<void> {
  const procedure = await getProcedure(ctx, 'petition')
  for (const name of ['appeal-changed', 'withdrawn-while-investigating', 'extension-granted']) {
    const example = procedure.examples.get(name)
    if (!example) throw new Error(`the petition has no example ${name}`)
    // Each example has its own dates; the calendar is the same for all.
    clock.set(new Date(example.given.at))
    const steps = await Promise.all(example.steps.map((step) => withCanaries(ctx, step)))
    await playExample(ctx, clock, 'petition', { given: example.given, steps })
  }
}

async function withCanaries(ctx: Ctx, step: ExampleStep): Promise<ExampleStep> {
  if (!step.data) return step
  if (step.do === 'file') return { ...step, data: { ...step.data, ...matter, ...who } }
  const procedure = await getProcedure(ctx, step.case === undefined ? 'petition' : 'petition-review')
  const element =
    step.task ??
    Object.values(procedure.graph.elements).find((known) => known.events.some((event) => 'name' in event && event.name === step.name))?.id ??
    ''
  const form = procedure.forms.get(procedure.graph.elements[element]?.xl.form ?? '')
  const data: FormData = { ...step.data }
  for (const [field, rule] of Object.entries(form?.schema.properties ?? {})) {
    if (rule['x-tag'] === 'free-text' && typeof data[field] === 'string') data[field] = `${data[field]}${canaries.name}，${canaries.officerPhrase}`
  }
  return { ...step, data }
}

async function makeAccounts(installation: Installation, ctx: Ctx): Promise<number> {
  const identity = installation.identityOf(ctx.tenant)
  const { email, staffEmail, password, name, staffName } = canaries
  await identity.registerResident({ email, password, name })
  await identity.registerResident({ email, password, name })
  await identity.requestPasswordReset(email)
  await identity.createUser({ email: staffEmail, password, name: staffName, kind: 'staff' })
  await identity.inviteStaff({ email: `new.${staffEmail}`, name: staffName })
  const headers = new Headers({ 'user-agent': canaries.latinName })
  await identity.signIn({ email: staffEmail, password, headers, address: '203.0.113.9' })
  await identity.signIn({ email: staffEmail, password: `${password}!`, headers, address: '203.0.113.9' }).catch(() => undefined)
  return (await identity.listUsers('staff')).length + (await identity.listUsers('resident')).length
}

/** One draft that stays and one that is discarded. */
async function keepDraft(ctx: Ctx): Promise<void> {
  const anonymous = as(ctx, { kind: 'anonymous' })
  for (const keep of [true, false]) {
    const { draft } = await newDraft(anonymous, 'petition')
    const file = await storeDraftFile(anonymous, draft, upload)
    draft.content.data = { ...matter, ...who }
    draft.content.fileNames = { [file.fileId]: canaries.fileName }
    await saveDraft(anonymous, draft)
    if (!keep) await discardDraft(anonymous, draft)
  }
}

/** An outlet that repeats the receiver in its refusals, as mail servers do. */
export async function sendAll(ctx: Ctx): Promise<Record<string, number>> {
  const asked = { mails: 0, texts: 0 }
  let told = 0
  const refuse = (kind: keyof typeof asked) => async () => {
    told++
    asked[kind]++
    throw new SendFailure(told % 2 === 0 ? 'smtp EENVELOPE 550' : 'sms 503', told % 2 === 0)
  }
  const outlets = { mail: { send: refuse('mails'), close: () => {} }, sms: { send: refuse('texts') } }
  let rounds = 0
  while (rounds++ < 50) {
    const { sent, retried, failed } = await sendOutbox(ctx, outlets)
    if (sent + retried + failed === 0) break
  }
  return asked
}

/** Refusals and database errors whose messages repeat what was typed; what may be told of them goes to the log. */
async function provokeErrors(ctx: Ctx): Promise<void> {
  const anonymous = as(ctx, { kind: 'anonymous' })
  const attempts: Promise<unknown>[] = [
    openCase(anonymous, { procedure: 'petition', data: { ...matter, ...who, phone: `${canaries.phone} ${canaries.phrase}` } }),
    openCase(anonymous, { procedure: canaries.name, data: { ...matter } }),
    openCase(anonymous, { procedure: 'petition', data: { ...matter, ...who, name: `${canaries.name}\0` } }),
    openCase(anonymous, { procedure: 'petition', data: { ...matter, ...who, claim: 'x'.repeat(3) }, idempotencyKey: 'canary-key-0001' }),
    sql`select ${canaries.name}::text::int`.execute(ctx.db),
    Promise.reject(new TypeError(`cannot read ${canaries.phrase}`)),
  ]
  for (const outcome of await Promise.allSettled(attempts)) if (outcome.status === 'rejected') logError('canary', outcome.reason)
}
