// Milliseconds for a real document of the library: rendered alone, and as the whole act of signing for it.
import { completeTask } from '#kernel/cases/act.ts'
import { loadCase } from '#kernel/cases/load-case.ts'
import { openCase } from '#kernel/cases/open-case.ts'
import { as } from '#kernel/context.ts'
import { actorOf } from '../src/demo/play-example.ts'
import { filingOf, work } from '../tests/faults/workload.ts'
import { type Measured, measure } from './measure.ts'
import type { Bench } from './town.ts'

/** Completions that number, render, seal and store an acceptance notice; one caller. */
export async function benchDocuments(bench: Bench, documents: number): Promise<Record<string, Measured>> {
  return bench.withTown(4, async ({ ctx }) => {
    const tasks: string[] = []
    const clerk = as(ctx, await actorOf(ctx, 'post:petition-clerk@petition-office', ''))
    for (let index = 0; index < documents + 3; index++) {
      const { caseId } = await openCase(as(ctx, { kind: 'anonymous' }), filingOf({ seed: 2, filings: 0, completions: 0 }, index))
      const [register] = (await loadCase(ctx, caseId)).tasks
      await completeTask(clerk, register?.task_id ?? '', { data: work[0]?.data ?? {} })
      tasks.push((await loadCase(ctx, caseId)).tasks[0]?.task_id ?? '')
    }
    const decide = () => completeTask(clerk, tasks.pop() ?? '', { data: work[1]?.data ?? {} })
    // The first three start the renderer's child process.
    for (let index = 0; index < 3; index++) await decide()
    const documentsIssued = await measure(1, 3600, async () => tasks.length > 0 && decide().then(() => true))
    console.table([
      {
        what: 'completion with a document',
        acts: documentsIssued.acts,
        'p50 ms': documentsIssued.p50.toFixed(2),
        'p99 ms': documentsIssued.p99.toFixed(2),
      },
    ])
    return { documentsIssued }
  })
}
