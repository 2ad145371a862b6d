// Cases that are worked on at random: any open task, any message that may be sent, or time passing, with data of the forms' own examples.
import { sql } from 'kysely'
import { completeTask, sendCaseMessage } from '#kernel/cases/act.ts'
import { loadCase } from '#kernel/cases/load-case.ts'
import { openCase } from '#kernel/cases/open-case.ts'
import type { LoadedCase } from '#kernel/cases/types.ts'
import { watch } from '#kernel/cases/watch.ts'
import { dateIn, type VirtualClock } from '#kernel/clock.ts'
import { as, type Actor, type Ctx } from '#kernel/context.ts'
import { DomainError } from '#kernel/errors.ts'
import type { FormData } from '#kernel/forms/forms.ts'
import type { Package } from '#kernel/procedures/load-package.ts'
import { getPackage, getProcedure } from '#kernel/procedures/packages.ts'
import { getTown } from '#kernel/towns/towns.ts'
import { actorOf, moveTo } from '../../src/demo/play-example.ts'
import { rowsOf } from './invariants.ts'
import { type Random, randomFrom } from './random.ts'

/** What was done, so that it can be done again: the same acts give the same events. */
export type Act =
  | { do: 'file'; matter: number; procedure: string; data: FormData }
  | { do: 'complete'; matter: number; path: string[]; element: string; actor: string; data: FormData }
  | { do: 'send'; matter: number; path: string[]; message: string; actor: string; data: FormData }
  | { do: 'wait'; until: string }

export type Walk = { acts: (Act & { refused?: string })[]; cases: Map<number, string> }

const hour = 3_600_000

/** Walks until `matters` were filed and `steps` acts done for each, on average. Refusals are part of a walk. */
export async function walk(ctx: Ctx, clock: VirtualClock, plan: { seed: number; matters: number; steps: number }): Promise<Walk> {
  const random = randomFrom(plan.seed)
  const made: Walk = { acts: [], cases: new Map() }
  for (let turn = 0; turn < plan.matters * plan.steps; turn++) {
    const file = made.cases.size < plan.matters && (made.cases.size === 0 || random.below(plan.steps) === 0)
    const act = file ? await nextFiling(ctx, made.cases.size, random) : await nextAct(ctx, clock, made.cases, random)
    if (act) made.acts.push(await perform(ctx, clock, made.cases, act))
  }
  return made
}

/** Does the acts of a walk once more, in another town. */
export async function repeat(ctx: Ctx, clock: VirtualClock, acts: Walk['acts']): Promise<Walk> {
  const made: Walk = { acts: [], cases: new Map() }
  for (const { refused: _, ...act } of acts) made.acts.push(await perform(ctx, clock, made.cases, act))
  return made
}

async function perform(ctx: Ctx, clock: VirtualClock, cases: Map<number, string>, act: Act): Promise<Walk['acts'][number]> {
  try {
    await performAct(ctx, clock, cases, act)
    return act
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    return { ...act, refused: error.code }
  }
}

async function performAct(ctx: Ctx, clock: VirtualClock, cases: Map<number, string>, act: Act): Promise<void> {
  if (act.do === 'wait') {
    await moveTo(ctx, clock, new Date(act.until))
    await watch(ctx)
    return
  }
  // No two acts at the same instant: the order of what they record is then theirs.
  clock.advance(1000)
  if (act.do === 'file') {
    const answer = await openCase(as(ctx, { kind: 'anonymous' }), {
      procedure: act.procedure,
      data: act.data,
      electronicService: act.data['electronicService'] === true,
    })
    cases.set(act.matter, answer.caseId)
    return
  }
  const loaded = await follow(ctx, cases.get(act.matter) ?? '', act.path)
  const acting = as(ctx, await actorFor(ctx, loaded, act.actor))
  if (act.do === 'send') return sendCaseMessage(acting, { caseId: loaded.row.case_id }, act.message, act.data)
  const task = loaded.tasks.find((open) => open.element === act.element)
  if (!task) throw new DomainError('conflict', 'task.not_open', 'The task is not open.')
  await completeTask(acting, task.task_id, { data: act.data })
}

/** The case at the end of a path of link roles. */
async function follow(ctx: Ctx, caseId: string, path: string[]): Promise<LoadedCase> {
  let loaded = await loadCase(ctx, caseId)
  for (const role of path) loaded = await loadCase(ctx, loaded.links.find((link) => link.role === role)?.case_id ?? '')
  return loaded
}

async function actorFor(ctx: Ctx, loaded: LoadedCase, actor: string): Promise<Actor> {
  return actor === 'party'
    ? { kind: 'receipt', caseId: loaded.row.case_id, partyId: loaded.parties[0]?.partyId ?? '' }
    : actorOf(ctx, actor, loaded.row.case_id)
}

async function nextFiling(ctx: Ctx, matter: number, random: Random): Promise<Act> {
  const procedure = await getProcedure(ctx, 'petition')
  return { do: 'file', matter, procedure: procedure.slug, data: exampleOf(ctx, procedure, 'filing', random) }
}

async function nextAct(ctx: Ctx, clock: VirtualClock, cases: Map<number, string>, random: Random): Promise<Act | undefined> {
  if (random.below(8) === 0) return { do: 'wait', until: new Date(clock.now().getTime() + (1 + random.below(30 * 24)) * hour).toISOString() }
  const matter = random.below(cases.size)
  const path: string[] = []
  let loaded = await loadCase(ctx, cases.get(matter) ?? '')
  const onwards = loaded.links.find((link) => link.role !== 'origin')
  if (onwards && random.below(2) === 0) {
    path.push(onwards.role)
    loaded = await loadCase(ctx, onwards.case_id)
  }
  if (loaded.row.status === 'closed') return undefined
  const procedure = await getPackage(ctx, loaded.row.package_hash)
  const tasks = loaded.tasks.toSorted((a, b) => a.element.localeCompare(b.element))
  const messages = loaded.subscriptions.filter((subscription) => subscription.kind === 'message').toSorted((a, b) => a.name.localeCompare(b.name))
  // Work is done more often than somebody asks for something.
  const sends = messages.length > 0 && (tasks.length === 0 || random.below(6) === 0)
  if (sends) return nextMessage(ctx, procedure, { matter, path }, random.pick(messages), random)
  const task = tasks[random.below(Math.max(1, tasks.length))]
  if (!task) return undefined
  const town = await getTown(ctx)
  const post = [...town.posts.values()].find((known) => known.organization === task.organization_id && task.duties.includes(known.duty))
  if (!post) return undefined
  const data = task.form === null ? {} : exampleOf(ctx, procedure, task.form, random)
  return { do: 'complete', matter, path, element: task.element, actor: `post:${post.duty}@${post.organization}`, data }
}

async function nextMessage(
  ctx: Ctx,
  procedure: Package,
  at: { matter: number; path: string[] },
  receiver: { element: string; name: string },
  random: Random,
): Promise<Act> {
  const element = procedure.graph.elements[receiver.element]
  const by = element?.xl.ext['by'] ?? ''
  const lane = procedure.manifest.lanes.find((known) => known.id === by)
  const loaded = lane ? [...(await getTown(ctx)).posts.values()].filter((post) => lane.posts.includes(post.duty)) : []
  const post = loaded.length > 0 ? random.pick(loaded) : undefined
  const data = element?.xl.form === undefined ? {} : exampleOf(ctx, procedure, element.xl.form, random)
  return { do: 'send', ...at, message: receiver.name, actor: post ? `post:${post.duty}@${post.organization}` : 'party', data }
}

/** One of the form's own examples, with its dates moved to today. */
function exampleOf(ctx: Ctx, procedure: Package, formId: string, random: Random): FormData {
  const form = procedure.forms.get(formId)
  // Whatever the form declares beside its fields is as the package's author wrote it.
  const examples = (form?.schema as { examples?: FormData[] } | undefined)?.examples ?? []
  if (!form || examples.length === 0) return {}
  const data = { ...random.pick(examples) }
  for (const [name, field] of Object.entries(form.schema.properties))
    if (field.format === 'date' && name in data) data[name] = dateIn(ctx.zone, ctx.clock.now())
  return data
}

/** What a case's history shows, without ids: equal for equal acts. */
export async function historyOf(ctx: Ctx, caseId: string): Promise<string[]> {
  const rows = await rowsOf<{ line: string }>(
    ctx,
    sql`select concat_ws(' ', seq, type, name, element, actor_kind, post_id, recorded_at, effective_on) as line from events
      where tenant_id = ${ctx.tenant} and case_id = ${caseId} order by seq`,
  )
  return rows.map(({ line }) => line)
}
