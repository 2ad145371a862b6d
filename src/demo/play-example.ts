// Plays the steps of a worked example against the real kernel on a virtual clock.
import { assignTask, completeTask, sendCaseMessage, writeMessage } from '#kernel/cases/act.ts'
import { loadCase } from '#kernel/cases/load-case.ts'
import { openCase } from '#kernel/cases/open-case.ts'
import type { Entry } from '#kernel/cases/types.ts'
import { recomputeProvisional, watch } from '#kernel/cases/watch.ts'
import { findNextDue } from '#kernel/cases/watch-queries.ts'
import type { VirtualClock } from '#kernel/clock.ts'
import { type Actor, as, type Ctx, systemActor } from '#kernel/context.ts'
import { parseNoticeFile } from '#kernel/deadlines/notices.ts'
import { DomainError } from '#kernel/errors.ts'
import type { FormData } from '#kernel/forms/forms.ts'
import { playAnswer, playComment } from './play-comment.ts'
import type { Example, ExampleStep } from '#kernel/procedures/worked-examples.ts'
import { recordHolidays } from '#kernel/towns/create-town.ts'
import { getTown } from '#kernel/towns/towns.ts'

/** Accounts that hold posts, by post id; without one a post is played by an invented user. */
export type PostUsers = ReadonlyMap<string, { userId: string; name: string }>

export type Played = { caseId: string; receiptCode: string; number: string; refusals: string[] }

/** Runs all steps. @throws Error when a step is refused that should not be, or the other way round. */
export async function playExample(ctx: Ctx, clock: VirtualClock, procedure: string, example: Pick<Example, 'given' | 'steps'>): Promise<Played> {
  await moveTo(ctx, clock, new Date(example.given.at))
  const played: Played = { caseId: '', receiptCode: '', number: '', refusals: [] }
  for (const [index, step] of example.steps.entries()) {
    await moveTo(ctx, clock, new Date(step.at))
    const refusal = await tryStep(ctx, procedure, step, played)
    if (refusal !== step.refused)
      throw new Error(
        `step ${index} (${step.do} ${step.task ?? step.name ?? ''}): expected ${step.refused ?? 'no refusal'}, got ${refusal ?? 'none'}`,
      )
    if (refusal) played.refusals.push(refusal)
  }
  return played
}

/** Lets the time pass: whatever falls due on the way happens when it falls due. */
export async function moveTo(ctx: Ctx, clock: VirtualClock, to: Date): Promise<void> {
  for (let round = 0; round < 1000; round++) {
    const next = await findNextDue(as(ctx, systemActor('clock')))
    if (!next || next > to) break
    if (next > clock.now()) clock.set(next)
    const { timers, missed } = await watch(ctx)
    if (timers + missed === 0) break
  }
  if (to > clock.now()) clock.set(to)
  await watch(ctx)
}

async function tryStep(ctx: Ctx, procedure: string, step: ExampleStep, played: Played): Promise<string | undefined> {
  try {
    await playStep(ctx, procedure, step, played)
    return undefined
  } catch (error) {
    if (error instanceof DomainError) {
      if (step.refused === undefined)
        throw new Error(`${step.do} ${step.task ?? step.name ?? ''}: ${error.code} ${error.message} ${JSON.stringify(error.fields)}`, {
          cause: error,
        })
      return error.code
    }
    throw error
  }
}

/** One step at the time that the clock shows. @throws DomainError when the step is refused. */
export async function playStep(ctx: Ctx, procedure: string, step: ExampleStep, played: Played, users?: PostUsers): Promise<void> {
  if (step.do === 'advance') return
  if (step.do === 'import-holidays') {
    await recordHolidays(as(ctx, systemActor('calendar')), parseNoticeFile(JSON.stringify(step.data)), '示例')
    await recomputeProvisional(ctx)
    return
  }
  if (step.do === 'file') return fileExample(ctx, procedure, step, played, users)
  const caseId = await caseOf(ctx, step, played)
  const acting = as(ctx, await actorOf(ctx, step.actor ?? '', caseId, users))
  const data: FormData = step.data ?? {}
  switch (step.do) {
    case 'complete':
      await completeTask(acting, await taskOf(ctx, caseId, step, acting.actor), { data })
      return
    case 'claim':
      await assignTask(acting, await taskOf(ctx, caseId, step, acting.actor), {
        assignee: acting.actor.kind === 'staff' ? acting.actor.userId : null,
      })
      return
    case 'return':
      await assignTask(acting, await taskOf(ctx, caseId, step, acting.actor), { assignee: null, ...(step.reason ? { reason: step.reason } : {}) })
      return
    case 'message':
      await sendExample(acting, caseId, step)
      return
    case 'supplement':
      await writeMessage(acting, { caseId }, typeof data['text'] === 'string' ? data['text'] : '')
      return
    case 'comment':
      await playComment(acting, caseId, data)
      return
    case 'answer':
      await playAnswer(acting, caseId, data)
      return
    default:
      throw new Error(`this kernel does not play “${step.do}” yet`)
  }
}

async function fileExample(ctx: Ctx, procedure: string, step: ExampleStep, played: Played, users?: PostUsers): Promise<void> {
  const { _entry, ...data } = step.data ?? {}
  const acting = as(ctx, await actorOf(ctx, step.actor ?? '', '', users))
  const entry = acting.actor.kind === 'staff' ? toEntry(_entry) : undefined
  const answer = await openCase(acting, {
    procedure,
    data,
    ...(entry ? { entry } : {}),
    ...(acting.actor.kind === 'resident' ? { accountId: acting.actor.accountId } : {}),
    electronicService: data['electronicService'] === true,
  })
  Object.assign(played, { caseId: answer.caseId, receiptCode: answer.receiptCode, number: answer.number })
}

/** `_entry`: staff enter it for a person without a screen. */
function sendExample(acting: Ctx, caseId: string, step: ExampleStep): Promise<void> {
  const { _entry, ...data } = step.data ?? {}
  return sendCaseMessage(acting, { caseId }, step.name ?? '', data, 'zh', _entry === undefined ? undefined : toEntry(_entry))
}

function toEntry(raw: unknown): Entry {
  // Shape of an example; what does not fit is refused by openCase.
  const entry = (raw !== null && typeof raw === 'object' ? raw : {}) as Partial<Entry>
  const { channel, receivedOn } = entry
  if (!channel || !receivedOn) throw new Error('staff file with _entry {channel, receivedOn}')
  return { ...entry, channel, receivedOn }
}

async function caseOf(ctx: Ctx, step: ExampleStep, played: Played): Promise<string> {
  if (step.case === undefined || step.case === 'main') return played.caseId
  const { links } = await loadCase(as(ctx, systemActor('example')), played.caseId)
  const link = links.find((known) => known.role === step.case)
  if (!link) throw new Error(`there is no linked case “${step.case}”`)
  return link.case_id
}

/** The open task of an element: the instance that the step names, else one that this actor may do, else any. */
async function taskOf(ctx: Ctx, caseId: string, { task: element = '', instance }: ExampleStep, actor: Actor): Promise<string> {
  const { tasks } = await loadCase(as(ctx, systemActor('example')), caseId)
  const open = tasks.filter((known) => known.element === element && (instance === undefined || known.instance === instance))
  const offices = actor.kind === 'staff' ? actor.posts.map((post) => post.organizationId) : []
  const task = open.find((known) => offices.includes(known.organization_id ?? '')) ?? open[0]
  if (!task) throw new DomainError('conflict', 'task.not_open', `no open task “${element}” (open: ${tasks.map((known) => known.element).join(', ')})`)
  return task.task_id
}

/**
 * `resident:<name>` holds the receipt of the case, `party:<role>` is another party of it, `account:<id>` a resident's account;
 * `post:<duty>@<organization>` or `post:<post>` is the holder of that post.
 */
export async function actorOf(ctx: Ctx, name: string, caseId: string, users?: PostUsers): Promise<Actor> {
  if (name.startsWith('account:')) return { kind: 'resident', accountId: name.slice('account:'.length) }
  if (name.startsWith('resident:')) {
    if (caseId === '') return { kind: 'anonymous' }
    const { parties } = await loadCase(as(ctx, systemActor('example')), caseId)
    return { kind: 'receipt', caseId, partyId: parties[0]?.partyId ?? '' }
  }
  if (name.startsWith('party:')) {
    const { parties } = await loadCase(as(ctx, systemActor('example')), caseId)
    return { kind: 'receipt', caseId, partyId: parties.find((party) => party.role === name.slice('party:'.length))?.partyId ?? '' }
  }
  const [wanted = '', organization] = name.replace('post:', '').split('@')
  const town = await getTown(ctx)
  const post =
    town.posts.get(wanted) ??
    [...town.posts.values()].find((known) => known.duty === wanted && (organization === undefined || known.organization === organization))
  const body = post && town.organizations.get(post.organization)
  if (!post || !body) throw new Error(`no post ${name}`)
  const actor: Actor = {
    kind: 'staff',
    userId: users?.get(post.id)?.userId ?? `demo-${post.id}`,
    name: users?.get(post.id)?.name ?? post.title.zh,
    posts: [
      { postId: post.id, duty: post.duty, organizationId: body.id, kind: body.kind, acting: false, ...(post.clears ? { clears: post.clears } : {}) },
    ],
  }
  return actor
}
