// What the database remembers of a case is what the engine alone would do, whatever the diagram and whenever a process dies.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { sql } from 'kysely'
import { makePackage, publishInvented } from '../../../tests/support/club.ts'
import { openTestTown, type TestTown } from '../../../tests/support/town.ts'
import { as } from '../context.ts'
import { inTenant } from '../database/database.ts'
import { evaluateFeel } from '../engine/conditions.ts'
import { type Block, diagram, draw } from '../engine/fixtures/sound-diagrams.ts'
import { step as engineStep } from '../engine/step.ts'
import type { Command, EngineState, Graph, Where } from '../engine/types.ts'
import { loadCase, loadStep } from './load-case.ts'
import { openCase } from './open-case.ts'
import { performStep } from './perform.ts'
import { runEngine } from './run.ts'

const numRuns = Number(process.env.XIANGLI_PROPERTY_RUNS ?? 5)
let town: TestTown
let made = 0

before(async () => {
  town = await openTestTown('2026-03-02T09:00:00+08:00')
})
after(() => town.close())

class Killed extends Error {}

/** Conditions as the flags say, circles never twice: what a diagram asks is then the same in memory and in a case. */
function settle(text: string, flags: boolean[]): string {
  let at = 0
  return text
    .replaceAll(/^(?:service|manual) /gm, 'user ')
    .replaceAll('=:again', '=2:false')
    .replaceAll(/=(\d):again/g, '=$1:false')
    .replaceAll(/^(g\d+ -> m\d+) \[x\d+\]/gm, '$1 [false]')
    .replaceAll(/\[x\d+\]/g, () => `[${String(flags[at++ % Math.max(1, flags.length)] ?? false)}]`)
    .replace(/^start s$/m, 'start s form=filing')
}

const host = { evaluate: (expression: string, _: string, { values }: Where) => evaluateFeel(expression, values) }

/** What may happen next, in the order of the tokens. */
const possible = (graph: Graph, state: EngineState): Command[] =>
  state.tokens.flatMap((token): Command[] => {
    if (token.is === 'task') return [{ type: 'complete', token: token.id }]
    if (token.is !== 'listener') return []
    const event = graph.elements[token.at]?.events[0]
    return event?.kind === 'message' ? [{ type: 'message', name: event.name, token: token.id }] : [{ type: 'timer', token: token.id }]
  })

/** The rows that stand for what waits: as many and the same as in the state. */
async function checkRows(caseId: string, graph: Graph, state: EngineState): Promise<void> {
  const { tasks, subscriptions } = await loadCase(town.ctx, caseId)
  const { rows } = await inTenant(town.ctx.db, town.ctx.tenant, (trx) =>
    sql<{ token: string }>`select token from timers where tenant_id = ${town.ctx.tenant} and case_id = ${caseId}`.execute(trx),
  )
  const sorted = (tokens: string[]) => tokens.toSorted()
  const waiting = (is: string, kind?: string) =>
    sorted(state.tokens.flatMap((token) => (token.is === is && (!kind || graph.elements[token.at]?.events[0]?.kind === kind) ? [token.id] : [])))
  assert.deepEqual(sorted(tasks.map((task) => task.token)), waiting('task'))
  assert.deepEqual(sorted(subscriptions.map((one) => one.token)), waiting('listener', 'message'))
  assert.deepEqual(sorted(rows.map((row) => row.token)), waiting('listener', 'timer'))
}

/** Does the command in the database; `dies`: once the process is gone after it decided and before it wrote. */
async function doCommand(caseId: string, command: Command, dies: boolean): Promise<void> {
  const act = (then: () => void) =>
    performStep(
      () => loadStep(town.ctx, caseId),
      async (step) => {
        await runEngine(step, command)
        then()
      },
    )
  if (dies)
    await assert.rejects(
      act(() => {
        throw new Killed()
      }),
      Killed,
    )
  await act(() => {})
}

async function play(root: Block, flags: boolean[], choices: number[]): Promise<void> {
  const slug = `sound-${++made}`
  const procedure = await makePackage(slug, settle(draw(root), flags), {}, {}, { manifest: { deadlines: [] } })
  await publishInvented(town.ctx, procedure)
  const { graph } = procedure
  const { caseId } = await openCase(as(town.ctx, { kind: 'anonymous' }), { procedure: slug, data: {} })
  let { state } = engineStep(graph, undefined, { type: 'start' }, host)
  for (let turn = 0; state.status === 'running'; turn++) {
    assert.ok(turn < 500, 'the way out is short')
    const commands = possible(graph, state)
    // Later the shortest way out: tasks before whatever may occur again and again.
    const pool = turn < choices.length ? commands : commands.filter((command) => command.type === 'complete')
    const choice = choices[turn] ?? 0
    const command = pool[choice % Math.max(1, pool.length)]
    assert.ok(command, `stuck: ${JSON.stringify(state)}`)
    state = engineStep(graph, JSON.parse(JSON.stringify(state)) as EngineState, command, host).state // as it was written by step
    await doCommand(caseId, command, choice % 3 === 0)
    assert.deepEqual((await loadCase(town.ctx, caseId)).row.state, JSON.parse(JSON.stringify(state)))
    await checkRows(caseId, graph, state)
  }
  const { row } = await loadCase(town.ctx, caseId)
  assert.equal(row.status, 'closed')
}

test('steps in the database give the trace of steps in memory, and dying before a step is written changes nothing', async () => {
  await fc.assert(
    fc.asyncProperty(diagram, fc.array(fc.boolean(), { minLength: 1, maxLength: 8 }), fc.array(fc.nat({ max: 11 }), { maxLength: 12 }), play),
    { numRuns, seed: 20_261_123, endOnFailure: true },
  )
})
