// Timers that are due: claimed in sets, so that several processes share them; fired in batches, each batch one transaction.
import type { Ctx } from '../context.ts'
import type { Token } from '../engine/types.ts'
import { sumOf, tryCase } from './by-itself.ts'
import { findRunning, isPaused, put } from './case-deadlines.ts'
import { type Lapse, rememberLapse } from './lapses.ts'
import { loadSteps } from './load-case.ts'
import { elementOf, runEngine } from './run.ts'
import { runTogether } from './run-step.ts'
import { addRow, recordEvent, type Step } from './step.ts'
import { nextOfCycle } from './timer-due.ts'
import { claimDueTimers, type DueTimer, findTimerDue, releaseTimers } from './watch-queries.ts'

/** Cases of one transaction. A failing one costs the others a second try, a larger one holds its rows longer. */
const together = 25

/**
 * Fires what is due, up to 500 timers; gives how many went on. A timer that is refused keeps its claim for a minute and is tried
 * again then; one whose process ended is taken by another after the same minute.
 */
export async function fireTimers(ctx: Ctx, now: Date): Promise<number> {
  const byCase = [...Map.groupBy(await claimDueTimers(ctx, now), (timer) => timer.case_id).values()]
  // Timers of one case one after the other: at once they would only be in each other's way.
  const [single, several] = [byCase.filter((due) => due.length === 1).flat(), byCase.filter((due) => due.length > 1)]
  const batches = Array.from({ length: Math.ceil(single.length / together) }, (_, index) => single.slice(index * together, (index + 1) * together))
  const fired = await sumOf(batches, (batch) => fireBatch(ctx, batch))
  return fired + (await sumOf(several, (due) => fireAlone(ctx, due)))
}

async function fireBatch(ctx: Ctx, batch: DueTimer[]): Promise<number> {
  if (batch.length === 1) return fireAlone(ctx, batch)
  const timers = new Map(batch.map((timer) => [timer.case_id, timer]))
  const steps = await loadSteps(ctx, [...timers.keys()])
  const written = await runTogether(steps, async (step) => {
    const timer = timers.get(step.case.row.case_id)
    return timer !== undefined && fireTimer(step, timer)
  })
  for (const caseId of written) timers.delete(caseId)
  return written.length + (await fireAlone(ctx, [...timers.values()]))
}

async function fireAlone(ctx: Ctx, due: DueTimer[]): Promise<number> {
  const idle: DueTimer[] = []
  let fired = 0
  for (const timer of due) {
    const outcome = await tryCase(ctx, timer.case_id, (step) => fireTimer(step, timer))
    if (outcome === 'done') fired++
    if (outcome === 'nothing') idle.push(timer)
  }
  await releaseTimers(ctx, idle)
  return fired
}

async function fireTimer(step: Step, timer: DueTimer): Promise<boolean> {
  const { token } = timer
  const waiting = step.case.row.state.tokens.find((known) => known.id === token)
  // A cycle keeps its token: another process may have fired it since it was found.
  if (timer.every !== null && (await findTimerDue(step.ctx, step.case.row.case_id, token))?.getTime() !== timer.due_at.getTime()) return false
  if (!waiting || !isDue(step, waiting)) return false
  // A party's time has run out: the right lapses, and nobody is at fault.
  for (const row of step.case.deadlines) {
    if (row.binds === 'party' && row.status === 'running' && !isPaused(row) && Date.parse(row.due_at) <= step.now.getTime())
      put(step, { ...row, status: 'missed' })
  }
  recordEvent(step, { type: 'timer.fired' })
  const lapse = lapseOf(step, waiting)
  await runEngine(step, { type: 'timer', token, ...(timer.times_left === 1 ? { last: true } : {}) })
  if (lapse) rememberLapse(step.case.content, lapse)
  rearm(step, timer)
  return true
}

/** A cycle comes again, unless the engine has closed it. */
function rearm(step: Step, { token, due_at, every, times_left }: DueTimer) {
  const next = every === null || times_left === 1 ? undefined : nextOfCycle(every, due_at, step.now)
  if (!next || !step.case.row.state.tokens.some((known) => known.id === token)) return
  addRow(step, 'timers_next', { token, due_at: next.toISOString(), times_left: times_left === null ? null : times_left - 1 })
}

/** The timer ends a party's period: where the case stood is kept, for a paper that was posted in time (T3). */
function lapseOf(step: Step, token: Token): Lapse | undefined {
  const event = elementOf(step, token.at).events[token.def ?? 0]
  const deadline = event?.kind === 'timer' && event.timer.kind === 'deadline' ? event.timer.deadline : undefined
  const row = step.case.deadlines.findLast((known) => known.deadline === deadline)
  return row?.binds === 'party' && row.status === 'missed'
    ? { deadline: row.deadline, instance: row.instance, state: step.case.row.state }
    : undefined
}

/** Is the deadline that the timer follows still over? It may have been extended, or its clock stopped, since the timer was found. */
function isDue(step: Step, token: Token): boolean {
  const event = elementOf(step, token.at).events[token.def ?? 0]
  const running = event?.kind === 'timer' && event.timer.kind === 'deadline' ? findRunning(step, event.timer.deadline) : undefined
  return !running || (!isPaused(running) && Date.parse(running.due_at) <= step.now.getTime())
}
