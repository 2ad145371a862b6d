// One round: random cases, every actor, every channel, against the oracle.
import fc from 'fast-check'
import { sql } from 'kysely'
import { appoint } from '#kernel/access/posts.ts'
import { as, type Actor } from '#kernel/context.ts'
import { inTenant } from '#kernel/database/database.ts'
import { openGuild } from '../support/guild.ts'
import { type Colleague, makeStaff } from '../support/staff.ts'
import type { TestTown } from '../support/town.ts'
import { checkCase, checkCaseFile, checkLists, compare, recordingActions, type Verdict } from './channels.ts'
import { type PartyRole, partySlots, staffDoes, staffReads, staffSlots } from './oracle.ts'
import { checkOverHttp } from './http.ts'
import { arbitraryShape, build, letters, type Model, openStage, staff, userOf, type Post, setAccounts } from './scenario.ts'

export type Round = { findings: string[]; cases: number; checks: number; models: Model[]; answers: number }

/** Posts with their holders; called once for a town. `signedIn`: whose accounts can sign in, for a walk over HTTP. */
export async function fillGuild(town: TestTown, signedIn: readonly Post[] = []): Promise<void> {
  await openGuild(town.ctx)
  // Accounts with a password take their time, so only those that sign in have one.
  const made = new Map<string, Colleague>()
  for (const post of signedIn) made.set(post, await makeStaff(town, [], post))
  setAccounts(made)
  for (const post of staff) await appoint(town.ctx, { postId: post, userId: userOf(post), from: '2026-01-01' })
}

/** `files`: how many whole case files are bound, which is the slow part. `http`: how many cases are asked for over HTTP, by these posts. */
type Options = { seed: number; cases: number; files: number; http?: { posts: readonly Post[]; cases: number } }

export async function checkVisibility(town: TestTown, options: Options): Promise<Round> {
  const stage = openStage(town.ctx)
  const shapes = fc.sample(arbitraryShape, { seed: options.seed, numRuns: options.cases })
  const models: Model[] = []
  for (const shape of shapes) models.push(await build(stage, shape))
  const findings: string[] = []
  let checks = 0
  for (const half of ['now', 'later'] as const) {
    // Broken seals of an hour have closed by then.
    if (half === 'later') town.clock.set(new Date(town.clock.now().getTime() + 2 * 3_600_000))
    const now = town.clock.now()
    for (const post of staff) {
      const ctx = await stage.at(post)
      findings.push(
        ...(await checkLists(
          ctx,
          models,
          post,
          (model) => staffReads(model, post, now) !== undefined,
          (model) => tasksOf(model, post),
          { searches: half === 'now' },
        )),
      )
      for (const model of half === 'now' ? models : models.filter((known) => known.shape.glass === post)) {
        const verdict = verdictOf(model, post, now)
        findings.push(...(await checkCase(ctx, model, verdict)).map((finding) => `${finding} ${JSON.stringify(model.shape)}`))
        checks++
      }
    }
  }
  for (const model of models) {
    for (const [who, actor, verdict] of parties(model)) {
      const ctx = as(town.ctx, actor)
      findings.push(...(await checkCase(ctx, model, verdict)).map((finding) => `${finding} ${JSON.stringify(model.shape)}`))
      findings.push(
        ...(await checkLists(
          ctx,
          [model],
          who,
          () => verdict.reads,
          () => [],
        )),
      )
      checks++
    }
  }
  findings.push(
    ...(await checkFiles(town, models, options.files)),
    ...(await checkLetters(town, models)),
    ...(await checkLedger(town, models)),
    ...(await checkRecords(town, models)),
  )
  const sent = await letters(town.ctx)
  if (!options.http) return { findings, cases: models.length, checks, models, answers: 0 }
  const walked = await checkOverHttp(town, models.slice(0, options.http.cases), options.http.posts, {
    staff: (model, post) => verdictOf(model, post, town.clock.now()),
    parties: (model) =>
      parties(model).map(([who, , verdict]) => ({
        who,
        code: who === 'applicant' || who === 'proxy' ? model.codes[who] : codeInLetters(sent, model, who),
        verdict,
      })),
    does: tasksOf,
    // Whoever holds a lane of its own body: the mediators, and the superior body for what was handed to it.
    draws: (post) => post === 'mediator-one' || post === 'mediator-two' || post === 'county-review-officer',
  })
  return { findings: [...findings, ...walked.findings], cases: models.length, checks, models, answers: walked.answers }
}

const tasksOf = (model: Model, post: string) => model.tasks.filter((task) => staffDoes(model, post, task.element)).map((task) => task.taskId)

/** The other party's own code, as it was sent to her. */
function codeInLetters(sent: Awaited<ReturnType<typeof letters>>, model: Model, who: string): string | undefined {
  const phone = model.canaries.get(who === 'rival' ? 'rivalPhone' : 'informerPhone')
  if ((who !== 'rival' && who !== 'informer') || phone === undefined) return undefined
  return sent.find((letter) => letter.to === phone && letter.textId === 'case.party-code')?.variables?.['code']
}

function verdictOf(model: Model, post: string, now: Date): Verdict {
  const reads = staffReads(model, post, now)
  return {
    who: post,
    reads: reads !== undefined,
    views: reads === 'post',
    exports: reads === 'post',
    corrects: reads === 'post',
    owns: false,
    slots: staffSlots(model, post, now, false),
    opens: staffSlots(model, post, now, true),
  }
}

function parties(model: Model): [string, Actor, Verdict][] {
  const rows = Object.entries(model.parties) as [PartyRole, Actor | undefined][]
  const known = rows.flatMap(([role, actor]): [string, Actor, Verdict][] => {
    if (!actor) return []
    const reads = role !== 'proxy' || model.shape.mandate === 'in force'
    const slots = partySlots(model, role)
    return [
      [
        role,
        actor,
        { who: role, reads, views: reads, exports: reads && role !== 'proxy', corrects: false, owns: role !== 'proxy', slots, opens: slots },
      ],
    ]
  })
  const nothing = { reads: false, views: false, exports: false, corrects: false, owns: false, slots: new Set<never>(), opens: new Set<never>() }
  return [
    ...known,
    ['stranger', { kind: 'resident', accountId: 'stranger' }, { ...nothing, who: 'a stranger' }],
    ['nobody', { kind: 'anonymous' }, { ...nothing, who: 'nobody' }],
    // The right case, a party that is none of it.
    ['forged', { kind: 'receipt', caseId: model.caseId, partyId: '00000000-0000-7000-8000-000000000000' }, { ...nothing, who: 'a forged receipt' }],
  ]
}

async function checkFiles(town: TestTown, models: Model[], most: number): Promise<string[]> {
  const findings: string[] = []
  const stage = openStage(town.ctx)
  for (const model of models.slice(0, most)) {
    for (const post of ['supervisor', 'mediator-one'] as const)
      findings.push(...(await checkCaseFile(await stage.at(post), model, verdictOf(model, post, town.clock.now()))))
    for (const [, actor, verdict] of parties(model)) findings.push(...(await checkCaseFile(as(town.ctx, actor), model, verdict)))
  }
  return findings
}

/** What left for somebody holds no word of a case, and goes to nobody who may not know of it. */
async function checkLetters(town: TestTown, models: Model[]): Promise<string[]> {
  const all = await letters(town.ctx)
  return models.flatMap((model) =>
    all.flatMap((letter) => {
      const words = JSON.stringify([letter.subject, letter.text, letter.variables])
      const to = model.canaries.get('accusedPhone') === letter.to ? ['a letter goes to whoever is accused'] : []
      return [...compare(`letter ${letter.textId}`, words, model, letter.to, new Set()), ...to]
    }),
  )
}

async function checkLedger(town: TestTown, models: Model[]): Promise<string[]> {
  const { ctx } = town
  const { rows } = await inTenant(ctx.db, ctx.tenant, (trx) =>
    sql<{
      leaf: Buffer
    }>`select leaf from ledger_queue where tenant_id = ${ctx.tenant} union all select leaf from ledger_leaves where tenant_id = ${ctx.tenant}`.execute(
      trx,
    ),
  )
  const text = rows.map((row) => row.leaf.toString('latin1')).join('\n')
  return [...(rows.length === 0 ? ['the ledger is empty'] : []), ...models.flatMap((model) => compare('ledger', text, model, 'everyone', new Set()))]
}

/** What the actions of a diagram write for everybody to count: findBreach a body and a law, countMeetingOf numbers; no word of a case. */
async function checkRecords(town: TestTown, models: Model[]): Promise<string[]> {
  const { ctx } = town
  const { rows } = await inTenant(ctx.db, ctx.tenant, (trx) =>
    sql<{ case_id: string; row: string; what: keyof typeof recordingActions }>`
      select case_id, to_jsonb(f)::text as row, 'findBreach' as what from office_findings f where tenant_id = ${ctx.tenant}
      union all select case_id, to_jsonb(e)::text, 'countMeetingOf' from events e where tenant_id = ${ctx.tenant} and type = 'meeting.counted'`.execute(
      trx,
    ),
  )
  return Object.keys(recordingActions).flatMap((what) => {
    const written = rows.filter((row) => row.what === what)
    const worked = models.filter((model) => model.shape.worked).map((model) => model.caseId)
    const missing = worked.filter((caseId) => !written.some((row) => row.case_id === caseId))
    const text = written.map((row) => row.row).join('\n')
    return [...missing.map(() => `${what} recorded nothing`), ...models.flatMap((model) => compare(what, text, model, 'whoever counts', new Set()))]
  })
}
