// Random diagrams that are sound by construction: what the engine does with them must be sound too.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { compile } from './compile.ts'
import { explore } from './explore.ts'
import { sketch } from './fixtures/sketch.ts'
import { step } from './step.ts'
import type { Command, EngineState, Graph, Where } from './types.ts'

type Block =
  | { kind: 'task'; tag: 'user' | 'service' | 'manual' }
  | { kind: 'sequence' | 'parallel' | 'choice' | 'inclusive'; parts: Block[] }
  | { kind: 'loop' | 'scope' | 'timed' | 'asked'; part: Block }
  | { kind: 'repeated'; word: string; part: Block }

const { block } = fc.letrec<{ block: Block }>((tie) => {
  const parts = fc.array(tie('block'), { minLength: 2, maxLength: 3 })
  return {
    block: fc.oneof(
      { depthSize: 'large', maxDepth: 4, withCrossShrink: true },
      fc.record({ kind: fc.constant('task' as const), tag: fc.constantFrom('user' as const, 'service' as const, 'manual' as const) }),
      fc.record({ kind: fc.constantFrom('sequence' as const, 'parallel' as const, 'choice' as const, 'inclusive' as const), parts }),
      fc.record({
        kind: fc.constant('repeated' as const),
        word: fc.constantFrom('multi=0', 'multi=2', 'multi=3:numberOfCompletedInstances>=2', 'sequence=2', 'loop=2', 'loop=:again', 'before=3:again'),
        part: tie('block'),
      }),
      fc.record({ kind: fc.constantFrom('loop' as const, 'scope' as const, 'timed' as const, 'asked' as const), part: tie('block') }),
    ),
  }
})

const diagram = fc.array(block, { minLength: 2, maxLength: 3 }).map((parts): Block => ({ kind: 'sequence', parts }))

/** Writes a block as a sketch with one way in and one way out. */
function draw(root: Block): string {
  const lines: string[] = []
  let count = 0
  const id = (prefix: string) => `${prefix}${++count}`
  const split = (one: { kind: string; parts: Block[] }): [string, string] => {
    const [gate, open, close] = [{ parallel: 'and', choice: 'xor', inclusive: 'or' }[one.kind] ?? 'xor', id('o'), id('c')]
    lines.push(`${gate} ${open}`, `${gate} ${close}`)
    one.parts.forEach((part, index) => {
      const [first, last] = write(part)
      lines.push(`${open} -> ${first}${gate === 'and' ? '' : index === 0 ? ' default' : ` [${id('x')}]`}`, `${last} -> ${close}`)
    })
    return [open, close]
  }
  const scope = (part: Block, extra: (id: string) => string[], word = ''): [string, string] => {
    const [sub, start, end] = [id('S'), id('s'), id('e')]
    lines.push(`sub ${sub} ${word} {`, `start ${start}`, `end ${end}`)
    const [first, last] = write(part)
    lines.push(`${start} -> ${first}`, `${last} -> ${end}`, '}', ...extra(sub))
    return [sub, sub]
  }
  const write = (one: Block): [string, string] => {
    switch (one.kind) {
      case 'task': {
        const task = id('t')
        lines.push(`${one.tag} ${task}`)
        return [task, task]
      }
      case 'sequence': {
        const written = one.parts.map(write)
        for (let at = 1; at < written.length; at++) lines.push(`${written[at - 1]?.[1]} -> ${written[at]?.[0]}`)
        return [written[0]?.[0] ?? '', written.at(-1)?.[1] ?? '']
      }
      case 'parallel':
      case 'choice':
      case 'inclusive':
        return split(one)
      case 'loop': {
        const [merge, choose, out] = [id('m'), id('g'), id('t')]
        const [first, last] = write(one.part)
        lines.push(`xor ${merge}`, `xor ${choose}`, `user ${out}`, `${merge} -> ${first}`, `${last} -> ${choose}`)
        lines.push(`${choose} -> ${merge} [${id('x')}]`, `${choose} -> ${out} default`)
        return [merge, out]
      }
      case 'scope':
        return scope(one.part, () => [])
      case 'repeated': {
        // What may be done no time at all has a task before it, so that no circle runs without waiting.
        const task = id('t')
        const [sub] = scope(one.part, () => [], one.word)
        lines.push(`user ${task}`, `${task} -> ${sub}`)
        return [task, sub]
      }
      case 'timed': {
        const [merge, boundary] = [id('m'), id('b')]
        const [sub] = scope(one.part, (host) => [`boundary ${boundary} on=${host} timer=P1D`, `xor ${merge}`, `${boundary} -> ${merge}`])
        lines.push(`${sub} -> ${merge}`)
        return [sub, merge]
      }
      case 'asked': {
        const [boundary, task, end] = [id('b'), id('t'), id('e')]
        return scope(one.part, (host) => [
          `boundary ${boundary} on=${host} message=${boundary} non`,
          `user ${task}`,
          `end ${end}`,
          `${boundary} -> ${task} -> ${end}`,
        ])
      }
    }
  }
  const [first, last] = write(root)
  return ['start s', 'end e', ...lines, `s -> ${first}`, `${last} -> e`].join('\n')
}

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
