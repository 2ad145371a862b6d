// Acts on cases that nobody asks for: a case that cannot go on must not keep the others waiting.
import type { Ctx } from '../context.ts'
import { DomainError } from '../errors.ts'
import { logError } from '../log.ts'
import { loadStep } from './load-case.ts'
import { performStep } from './perform.ts'
import type { Step } from './step.ts'

/** Cases worked on at once: each waits for the database most of the time. */
const atOnce = 8

/** Runs one act on one case; a case that moved on meanwhile is looked at again in the next round. Gives how many acts were done: 0 or 1. */
export async function forCase(ctx: Ctx, caseId: string, work: (step: Step) => Promise<boolean>): Promise<number> {
  return (await tryCase(ctx, caseId, work)) === 'done' ? 1 : 0
}

/** The same with the reason: `nothing` was to do any more or somebody else was faster; `refused` is logged. */
export async function tryCase(ctx: Ctx, caseId: string, work: (step: Step) => Promise<boolean>): Promise<'done' | 'nothing' | 'refused'> {
  try {
    await performStep(
      () => loadStep(ctx, caseId),
      async (step) => {
        // Nothing happened: the empty step is not written.
        if (!(await work(step))) throw new Nothing()
      },
    )
    return 'done'
  } catch (error) {
    if (error instanceof Nothing || (error instanceof DomainError && error.kind === 'conflict')) return 'nothing'
    // Anything but a refusal (a lost database) ends the round.
    if (!(error instanceof DomainError)) throw error
    logError('watch.case', error, { tenant: ctx.tenant, case: caseId })
    return 'refused'
  }
}

class Nothing extends Error {}

/** Does `work` for each item, a few at a time, and adds up. An error ends it after what is in hand. */
export async function sumOf<T>(items: T[], work: (item: T) => Promise<number>): Promise<number> {
  const rest = items.values()
  let sum = 0
  const worker = async () => {
    for (const item of rest) sum += await work(item)
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker))
  return sum
}
