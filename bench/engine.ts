// The engine alone, in microseconds; then durable steps beside raw transactions, the depth of a case, and timers.
import { evaluateFeel } from '#kernel/engine/conditions.ts'
import { step } from '#kernel/engine/step.ts'
import { getProcedure } from '#kernel/procedures/packages.ts'
import { type Measured, measureFast } from './measure.ts'
import { benchDepth, benchSteps, type StepFigures } from './steps.ts'
import { benchTimers, type TimerFigures } from './timers.ts'
import type { Bench } from './town.ts'

export type EngineFigures = {
  alone: Record<string, Measured>
  durable: StepFigures[]
  depth: { step: number; ms: number }[]
  timers: TimerFigures
}

/** `due`: timers that fall due at one instant; `open`: timers that wait for later beside them. */
export async function benchEngine(bench: Bench, seconds: number, timers: { due: number; open: number }): Promise<EngineFigures> {
  const alone = await benchAlone(bench, seconds)
  const durable = await benchSteps(bench, seconds * 2)
  console.table(
    durable.map(({ connections, raw, steps, share, bytes }) => ({
      connections,
      'raw /s': Math.round(raw),
      'steps /s': Math.round(steps),
      'of raw': `${Math.round(share * 100)} %`,
      'bytes of state': bytes,
    })),
  )
  const depth = await benchDepth(bench, seconds * 20)
  console.table(depth)
  const fired = await benchTimers(bench, timers)
  console.table([fired])
  return { alone, durable, depth, timers: fired }
}

async function benchAlone(bench: Bench, seconds: number): Promise<Record<string, Measured>> {
  return bench.withTown(1, async ({ ctx }) => {
    const { graph } = await getProcedure(ctx, 'petition')
    const host = { evaluate: (expression: string) => evaluateFeel(expression, { Register: { category: 'claim' } }) }
    const start = await measureFast(seconds, 100, () => step(graph, undefined, { type: 'start' }, host))
    const { state } = step(graph, undefined, { type: 'start' }, host)
    const token = state.tokens.find((known) => known.is === 'task')?.id ?? ''
    const complete = await measureFast(seconds, 100, () => step(graph, state, { type: 'complete', token }, host))
    const show = (what: string, { p50 }: Measured) => ({ what, µs: Math.round(p50 * 1000) })
    console.table([show('start of a case', start), show('completion of a task', complete)])
    return { start, complete }
  })
}
