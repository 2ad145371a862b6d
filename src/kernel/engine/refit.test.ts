// A running state in another version of its diagram: what goes over, what is opened and closed beside it, and what does not fit.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compile } from './compile.ts'
import { explore } from './explore.ts'
import { sketch } from './fixtures/sketch.ts'
import { refit, type Refit } from './refit.ts'
import { step } from './step.ts'
import type { Command, EngineState, Graph } from './types.ts'

const graphOf = async (text: string): Promise<Graph> => {
  const { graph, findings } = await compile(sketch(text), { profile: 'full' })
  assert.deepEqual(
    findings.filter((finding) => finding.severity === 'error'),
    [],
  )
  return graph
}
const host = { evaluate: () => true }
function run(graph: Graph, ...commands: ((state: EngineState) => Command)[]): EngineState {
  let { state } = step(graph, undefined, { type: 'start' }, host)
  for (const command of commands) state = step(graph, state, command(state), host).state
  return state
}
const complete = (element: string) => (state: EngineState) => ({
  type: 'complete' as const,
  token: state.tokens.find((token) => token.at === element && token.is === 'task')?.id ?? '',
})
function fits(made: ReturnType<typeof refit>): Refit {
  assert.ok(!('code' in made), JSON.stringify(made))
  return made
}

const line = `
start s
user A
user B
end e
s -> A -> B -> e
`

test('a case that stands at a task stands there in the new version, with one more step before the end', async () => {
  const [from, to] = [await graphOf(line), await graphOf(line.replace('user B\n', 'user B\nuser C\n').replace('B -> e', 'B -> C -> e'))]
  const made = fits(refit(from, to, run(from, complete('A')), {}))
  assert.deepEqual(made.effects, [])
  const after = step(to, made.state, complete('B')(made.state), host).state
  assert.deepEqual(
    after.tokens.filter((token) => token.is === 'task').map((token) => token.at),
    ['C'],
  )
  assert.deepEqual(explore(to, { from: made.state }).faults, [])
})

test('a task that is gone is a misfit until the plan says where to', async () => {
  const [from, to] = [await graphOf(line), await graphOf(line.replaceAll('B', 'Check'))]
  const state = run(from, complete('A'))
  assert.deepEqual(refit(from, to, state, {}), { code: 'gone', element: 'B' })
  assert.deepEqual(fits(refit(from, to, state, { B: 'Check' })).moved.at(-1), { token: 't3', is: 'task', from: 'B', to: 'Check' })
})

test('a task does not become something else', async () => {
  const [from, to] = [await graphOf(line), await graphOf(line.replace('user B', 'service B'))]
  assert.deepEqual(refit(from, to, run(from, complete('A')), {}), { code: 'other-type', element: 'B' })
})

const both = `
start s
and split
user A
user B
and join
end e
s -> split -> A -> join -> e
split -> B -> join
`

test('a token that waits at a join goes over with its branch, and the explorer refuses a join that can never be full', async () => {
  const from = await graphOf(both)
  const state = run(from, complete('A'))
  const same = fits(refit(from, await graphOf(both), state, {}))
  assert.deepEqual(explore(from, { from: same.state }).faults, [])
  const other = await graphOf(both.replace('user B\n', 'user B\nuser C\n').replace('split -> B -> join', 'split -> B -> join\nsplit -> C -> join'))
  const stuck = fits(refit(from, other, state, {}))
  assert.equal(explore(other, { from: stuck.state }).faults[0]?.rule, 'explore.stuck')
})

const bounded = (timer: string) => `
start s
user A
boundary late on=A ${timer}
end e
end lapsed
s -> A -> e
late -> lapsed
`

test('an event that only the new version has is armed; one that only the old version had is disarmed', async () => {
  const [plain, timed] = [await graphOf('start s\nuser A\nend e\ns -> A -> e'), await graphOf(bounded('timer=P3D'))]
  const added = fits(refit(plain, timed, run(plain), {}))
  assert.deepEqual(
    added.effects.map((effect) => effect.type),
    ['timer.open'],
  )
  assert.ok(added.state.tokens.some((token) => token.at === 'late' && token.is === 'listener'))
  const removed = fits(refit(timed, plain, run(timed), {}))
  assert.deepEqual(
    removed.effects.map((effect) => effect.type),
    ['timer.close'],
  )
})

test('a clock that runs is not begun anew', async () => {
  const [short, long] = [await graphOf(bounded('timer=P3D')), await graphOf(bounded('timer=P9D'))]
  assert.deepEqual(refit(short, long, run(short), {}), { code: 'other-timer', element: 'late' })
  const same = fits(refit(short, await graphOf(bounded('timer=P3D')), run(short), {}))
  assert.deepEqual(same.effects, [])
})

test('a non-interrupting timer that has fired does not wait again', async () => {
  const text = bounded('timer=P3D non')
  const from = await graphOf(text)
  const fired = run(from, (state) => ({ type: 'timer', token: state.tokens.find((token) => token.at === 'late')?.id ?? '' }))
  const made = fits(refit(from, await graphOf(text), fired, {}))
  assert.deepEqual(made.effects, [])
  assert.ok(!made.state.tokens.some((token) => token.at === 'late'))
})
