import { settleLinked } from './linked.ts'
import { runStep } from './run-step.ts'
import type { Step } from './step.ts'

/** One act on a case with all that it starts in linked cases, written together or not at all. Retried when another act was faster. */
export const performStep = <T>(load: () => Promise<Step>, work: (step: Step) => Promise<T>): Promise<T> =>
  runStep(load, async (step) => {
    const result = await work(step)
    await settleLinked(step)
    return result
  })
