// One running case goes over to another version: its place in the diagram, its open work, what it waits for. Its limits are not touched.
import { laneOf, officeOf } from '../access/readers.ts'
import { findRunning } from '../cases/case-deadlines.ts'
import { loadCase } from '../cases/load-case.ts'
import { performStep } from '../cases/perform.ts'
import { openTimer } from '../cases/run.ts'
import { addRow, newStep, recordEvent, type Step, transactionOf } from '../cases/step.ts'
import type { TaskRow } from '../cases/types.ts'
import type { Ctx } from '../context.ts'
import { explore } from '../engine/explore.ts'
import { type Misfit, type Moves, refit, type Refit } from '../engine/refit.ts'
import type { EngineState } from '../engine/types.ts'
import { uuidv7 } from '../ids.ts'
import type { Package } from '../procedures/load-package.ts'
import { repin } from './migration-queries.ts'

/** Why a case stays where it is; beside what `refit` says: its limit has no rule any more, a timer has no limit, or the end is out of reach. */
export type Stay = { code: Misfit['code'] | 'deadline-gone' | 'deadline-not-running' | 'stuck' | 'moved-on'; element: string }

export type Versions = { from: Package; to: Package; moves: Moves }

/** How a case would stand in the new version. `explored` remembers by shape: thousands of cases stand in a few. */
export type Explored = Map<string, boolean>

export function fit({ from, to, moves }: Versions, state: EngineState, limits: readonly string[], explored: Explored): Refit | Stay {
  const made = refit(from.graph, to.graph, state, moves)
  if ('code' in made) return made
  const rules = new Set(to.manifest.deadlines.map((rule) => rule.id))
  const lost = limits.find((limit) => !rules.has(limit))
  // Nothing would ever end it, pause it or say what it means.
  if (lost !== undefined) return { code: 'deadline-gone', element: lost }
  for (const effect of made.effects) {
    const wanted = effect.type === 'timer.open' && effect.timer.kind === 'deadline' ? effect.timer.deadline : undefined
    if (wanted !== undefined && !limits.includes(wanted)) return { code: 'deadline-not-running', element: wanted }
  }
  return canEnd(to, made.state, explored) ? made : { code: 'stuck', element: made.moved[0]?.from ?? '' }
}

/** The explorer, from where the case would stand. */
function canEnd(to: Package, state: EngineState, explored: Explored): boolean {
  const key = shapeOf(state)
  const known = explored.get(key)
  if (known !== undefined) return known
  const { faults, complete } = explore(to.graph, { from: state, limit: 50_000 })
  const sound = complete && faults.length === 0
  explored.set(key, sound)
  return sound
}

/** A state without the names of its tokens. */
export function shapeOf(state: EngineState): string {
  const names = new Map(state.tokens.map((token, index) => [token.id, String(index)]))
  const rename = (id: string | undefined) => (id === undefined ? undefined : (names.get(id) ?? ''))
  const tokens = state.tokens.map((token) => ({
    ...token,
    id: rename(token.id),
    in: rename(token.in),
    for: rename(token.for),
    undoes: rename(token.undoes),
    list: token.list?.map(rename),
  }))
  return JSON.stringify([state.status, tokens])
}

export type MigrationWords = { migrationId: string; reason: string; basis: string }

class Stays extends Error {
  readonly stay: Stay
  constructor(stay: Stay) {
    super(stay.code)
    this.stay = stay
  }
}

/**
 * Takes one case over, in one transaction, or leaves it. The event `case.migrated` says from where to where, why and on which basis.
 * A case that ended or moved to another version meanwhile stays (`moved-on`).
 */
export async function migrateCase(
  ctx: Ctx,
  caseId: string,
  versions: Versions,
  words: MigrationWords,
  explored: Explored,
): Promise<Stay | undefined> {
  try {
    await performStep(
      async () => newStep(ctx, versions.to, await loadCase(ctx, caseId), false),
      (step) => takeOver(step, versions, words, explored),
    )
    return undefined
  } catch (error) {
    if (error instanceof Stays) return error.stay
    throw error
  }
}

async function takeOver(step: Step, versions: Versions, words: MigrationWords, explored: Explored): Promise<void> {
  const { row } = step.case
  if (row.status !== 'open' || row.package_hash !== versions.from.hash) throw new Stays({ code: 'moved-on', element: '' })
  const made = fit(versions, row.state, runningLimits(step), explored)
  if ('code' in made) throw new Stays(made)
  row.state = made.state
  moveContent(step, versions.moves)
  moveTasks(step, versions, made)
  moveWaits(step, made)
  recordEvent(step, {
    type: 'case.migrated',
    fields: {
      from: versions.from.hash,
      to: versions.to.hash,
      version: versions.to.manifest.version,
      plan: words.migrationId,
      reason: words.reason,
      basis: words.basis,
    },
  })
  const { db } = await transactionOf(step)
  if (!(await repin({ ...step.ctx, db }, row, versions.to.hash, words.migrationId))) throw new Stays({ code: 'moved-on', element: '' })
  row.package_hash = versions.to.hash
}

const runningLimits = (step: Step): string[] => [
  ...new Set(step.case.deadlines.map((row) => row.deadline).filter((deadline) => findRunning(step, deadline) !== undefined)),
]

/** Conditions of the new version read a form under the new element's name; the old name stays readable too. */
function moveContent(step: Step, moves: Moves): void {
  for (const [from, to] of Object.entries(moves)) {
    const data = step.case.content[from]
    if (data !== undefined && from !== to) step.case.content[to] ??= data
  }
}

/** Open work whose form, duties or name differ is laid out anew for the same person; other work stays as it lies. */
function moveTasks(step: Step, { to }: Versions, { moved }: Refit): void {
  for (const task of step.case.tasks) {
    const place = moved.find((one) => one.token === task.token)
    if (!place) continue
    const next = taskAt(step, to, task, place.to)
    if (isSameTask(task, next)) continue
    step.case.tasks = step.case.tasks.map((known) => (known === task ? next : known))
    addRow(step, 'tasks_close', { task_id: task.task_id, status: 'cancelled', closed_by: null })
    addRow(step, 'tasks_open', next)
  }
}

function taskAt(step: Step, to: Package, task: TaskRow, element: string): TaskRow {
  const lane = laneOf(to.manifest, to.graph, element)
  const duties = lane?.posts ?? []
  const { handling_office, superior_office } = step.case.row
  const office = lane ? officeOf(lane.office, duties, step.town, { handlingOffice: handling_office, superiorOffice: superior_office }) : undefined
  const sameOffice = (office ?? null) === task.organization_id
  return {
    ...task,
    task_id: uuidv7(step.now),
    element,
    form: to.graph.elements[element]?.xl.form ?? null,
    duties,
    organization_id: office ?? null,
    assignee: sameOffice ? task.assignee : null,
    opened_at: step.now.toISOString(),
    version: 1,
  }
}

const isSameTask = (a: TaskRow, b: TaskRow) =>
  a.element === b.element && a.form === b.form && a.organization_id === b.organization_id && a.duties.join() === b.duties.join()

/** Timers and messages of events that only one of the versions has. */
function moveWaits(step: Step, made: Refit): void {
  for (const effect of made.effects) {
    if (effect.type === 'timer.open') openTimer(step, effect)
    if (effect.type === 'timer.close') addRow(step, 'timers_close', effect.token)
    if (effect.type === 'subscription.open') {
      const { token, element, kind, name } = effect
      step.case.subscriptions.push({ token, element, kind, name })
      addRow(step, 'subscriptions_open', { token, element, kind, name })
    }
    if (effect.type === 'subscription.close') {
      step.case.subscriptions = step.case.subscriptions.filter((known) => known.token !== effect.token)
      addRow(step, 'subscriptions_close', effect.token)
    }
  }
}
