// Random diagrams that are sound by construction: what the engine does with them must be sound too.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { compile } from './compile.ts'
import { explore } from './explore.ts'
import { sketch } from './fixtures/sketch.ts'
import { type Block, diagram, draw } from './fixtures/sound-diagrams.ts'
import { step } from './step.ts'
import type { Command, EngineState, Graph, Where } from './types.ts'

/** One run: choices by the given numbers, and later the shortest way out, so that it ends. */
function run(graph: Graph, choices: number[]) {
  let at = 0
  const pick = (below: number) => (choices[at++] ?? 0) % below
  const answers: unknown[] = []
  const evaluate = (expression: string, _: string, { values }: Where) => {
    const done = Number(values['numberOfCompletedInstances'] ?? 0)
    const value = /^\d+$/.test(expression) ? Number(expression) : expression.includes('>=2') ? done >= 2 : at < choices.length && pick(2) === 1
    answers.push(value)
    return value
  }
  const host = { evaluate }
  const sent: Command[] = [{ type: 'start' }]
  let { state, effects } = step(graph, undefined, { type: 'start' }, host)
  let steps = 1
  while (state.status === 'running' && steps < 2000) {
    const commands = state.tokens.flatMap((token): Command[] => {
      if (token.is === 'task') return [{ type: 'complete', token: token.id }]
      if (token.is === 'action') return [{ type: 'done', token: token.id }]
      if (token.is !== 'listener' || at >= choices.length) return []
      const event = graph.elements[token.at]?.events[0]
      return event?.kind === 'message' ? [{ type: 'message', name: event.name, token: token.id }] : [{ type: 'timer', token: token.id }]
    })
    const command = commands[pick(Math.max(1, commands.length))]
    assert.ok(command, `stuck: ${JSON.stringify(state)}`)
    sent.push(command)
    const result = step(graph, JSON.parse(JSON.stringify(state)) as EngineState, command, host) // written by step
    state = result.state
    effects = [...effects, ...result.effects]
    steps++
  }
  return { state, effects, steps, sent, answers }
}

test('every sound diagram runs to its end, and every token, task and timer that was opened is closed', async () => {
  await fc.assert(
    fc.asyncProperty(diagram, fc.array(fc.nat({ max: 11 }), { maxLength: 60 }), async (root, choices) => {
      const { graph, findings } = await compile(sketch(draw(root)))
      assert.deepEqual(
        findings.filter((finding) => finding.severity === 'error'),
        [],
      )
      const { state, effects } = run(graph, choices)
      assert.equal(state.status, 'completed')
      assert.deepEqual(state.tokens, [])
      assert.ok(!effects.some((effect) => effect.type === 'incident'))
      const tokens = (...types: string[]) =>
        effects.flatMap((effect) => (types.includes(effect.type) && 'token' in effect ? effect.token : [])).toSorted()
      for (const kind of ['task', 'timer', 'subscription']) assert.deepEqual(tokens(`${kind}.open`), tokens(`${kind}.close`))
      // Each visit of an element ends in exactly one way (the process itself ends with the case).
      const visits = tokens('entered').filter((token) => token !== 't0')
      assert.deepEqual(visits, tokens('left', 'cancelled'))
      assert.equal(new Set(visits).size, visits.length)
    }),
    { numRuns: 300 },
  )
})

test('the same commands and answers give the same effects and state again', async () => {
  await fc.assert(
    fc.asyncProperty(diagram, fc.array(fc.nat({ max: 11 }), { maxLength: 40 }), async (root, choices) => {
      const { graph } = await compile(sketch(draw(root)))
      const first = run(graph, choices)
      const answers = [...first.answers]
      const host = { evaluate: () => answers.shift() }
      let state: EngineState | undefined
      const effects = first.sent.flatMap((command) => {
        const result = step(graph, state, command, host)
        state = result.state
        return result.effects
      })
      assert.deepEqual(state, first.state)
      assert.deepEqual(effects, first.effects)
    }),
    { numRuns: 100 },
  )
})

test('exploration finds no fault in a sound diagram', async () => {
  await fc.assert(
    fc.asyncProperty(diagram, async (root) => {
      const { graph } = await compile(sketch(draw(root)))
      const { faults, complete } = explore(graph, { limit: 3000 })
      fc.pre(complete)
      assert.deepEqual(faults, [])
    }),
    { numRuns: 40 },
  )
})

test('a join of the wrong kind in a sound diagram is found', async () => {
  await fc.assert(
    fc.asyncProperty(diagram, async (root) => {
      const spoiled: Block = { kind: 'choice', parts: [{ kind: 'task', tag: 'user' }, root] }
      const text = draw(spoiled).replace(/^xor (c2)$/m, 'and $1')
      const { graph } = await compile(sketch(text))
      const { faults, complete } = explore(graph, { limit: 3000 })
      fc.pre(complete)
      assert.ok(faults.some((fault) => fault.rule === 'explore.stuck'))
    }),
    { numRuns: 40 },
  )
})
