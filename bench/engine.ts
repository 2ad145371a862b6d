// One step of the engine alone, in microseconds: no database, no keys.
import { evaluateFeel } from '#kernel/engine/conditions.ts'
import { step } from '#kernel/engine/step.ts'
import { getProcedure } from '#kernel/procedures/packages.ts'
import { type Measured, measureFast } from './measure.ts'
import type { Bench } from './town.ts'

export async function benchEngine(bench: Bench, seconds: number): Promise<Record<string, Measured>> {
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
