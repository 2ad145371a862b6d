import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EngineError } from './errors.ts'
import { play } from './fixtures/play.ts'

const code = (expected: string) => (error: unknown) => error instanceof EngineError && error.code === expected
const simple = 'start s\nuser a\nend e\ns -> a -> e\n'

for (const [kind, throwing] of [
  ['escalation=X', 'throw t escalation=X'],
  ['signal=X', 'throw t signal=X'],
] as const) {
  test(`after an interrupting event subprocess by ${kind} nothing inside runs one more task`, async () => {
    const p = await play(`start s\nand f\nuser a\n${throwing}\nuser b\nuser c\nend e\ns -> f -> a -> t -> b -> e\nf -> c -> e
      handler H {\nstart hs ${kind}\nuser h\nend he\nhs -> h -> he\n}`)
    p.complete('a')
    assert.deepEqual(p.at(), ['h'])
    assert.deepEqual(p.of('task.open'), ['a', 'c', 'h'])
    p.complete('h')
    assert.equal(p.ended(), 'completed')
  })
}

test('after an interrupting event subprocess by timer nothing inside runs one more task', async () => {
  const p = await play(`${simple}handler H {\nstart hs timer=P1D\nuser h\nend he\nhs -> h -> he\n}`)
  p.timer('hs')
  assert.deepEqual(p.at(), ['h'])
  assert.deepEqual(p.armed(), [])
})

test('a non-interrupting event subprocess may start many times beside the case', async () => {
  const p = await play(`${simple}handler H event=answered {\nstart hs message=ask non\nuser h\nend he\nhs -> h -> he\n}`)
  p.message('ask')
  p.message('ask')
  assert.deepEqual(p.at(), ['a', 'h', 'h'])
  p.complete('a')
  assert.equal(p.ended(), 'running')
  p.complete('h')
  p.complete('h')
  assert.deepEqual(p.events(), ['answered', 'answered'])
  assert.equal(p.ended(), 'completed')
})

test('an event subprocess inside a subprocess interrupts only that subprocess', async () => {
  const p =
    await play(`start s\nand f\nuser o\nsub S {\nstart si\nuser a\nend n\nsi -> a -> n\nhandler H {\nstart hs message=stop\nuser h\nend he\nhs -> h -> he\n}\n}\nuser after\nend e
    s -> f -> o -> e\nf -> S -> after -> e`)
  p.message('stop')
  assert.deepEqual(p.at(), ['h', 'o'])
  p.complete('h')
  assert.deepEqual(p.at(), ['after', 'o'])
  assert.throws(() => p.message('stop'), code('engine.not_waiting'))
})

test('an event subprocess does not catch what it throws again; the boundary outside does', async () => {
  const p = await play(`start s\nsub S {\nstart si\nservice a\nend n\nsi -> a -> n
    handler H {\nstart hs error=BAD\nuser h\nend again error=BAD\nhs -> h -> again\n}\n}\nend e\nuser outside\nend x\ns -> S -> e\nboundary c on=S error=BAD\nc -> outside -> x`)
  p.error('a', 'BAD')
  assert.deepEqual(p.at(), ['h'])
  p.complete('h')
  assert.deepEqual(p.at(), ['outside'])
})

test('a rethrown error that nobody outside catches is an incident', async () => {
  const p = await play(`start s\nservice a\nend e\ns -> a -> e\nhandler H {\nstart hs error\nend again error=BAD\nhs -> again\n}`)
  p.error('a', 'BAD')
  assert.deepEqual(p.of('incident'), ['again'])
  assert.deepEqual(
    p.of('entered').filter((id) => id === 'H'),
    ['H'],
  )
})

test('the nearest handler catches, also when it is a catch-all', async () => {
  const p =
    await play(`start s\nsub S {\nstart si\nservice a\nend n\nsi -> a -> n\nhandler H {\nstart hs error\nuser h\nend he\nhs -> h -> he\n}\n}\nend e\nend x
    s -> S -> e\nboundary c on=S error=BAD\nc -> x`)
  p.error('a', 'BAD')
  assert.deepEqual(p.at(), ['h'])
})

test('a message goes to what waits in the flow before it goes to a boundary or an event subprocess', async () => {
  const p =
    await play(`start s\nsub S {\nstart si\ncatch c message=m\nuser a\nend n\nsi -> c -> a -> n\n}\nend e\ns -> S -> e\nboundary b on=S message=m\nend x\nb -> x
    handler H {\nstart hs message=m\nuser h\nend he\nhs -> h -> he\n}`)
  p.message('m')
  assert.deepEqual(p.at(), ['a'])
  p.message('m')
  assert.deepEqual(p.of('ended'), ['x'])
})

test('while an interrupting event subprocess runs, its siblings catch nothing', async () => {
  const p = await play(`start s\nsub S {\nstart si\nservice a\nend n\nsi -> a -> n
    handler H {\nstart hs error=A\nend again error=B\nhs -> again\n}\nhandler I {\nstart is error=B\nuser i\nend ie\nis -> i -> ie\n}\n}
    end e\nuser outside\nend x\ns -> S -> e\nboundary c on=S error\nc -> outside -> x`)
  p.error('a', 'A')
  assert.deepEqual(p.at(), ['outside'])
})

test('a non-interrupting event subprocess does not catch its own escalation either, its sibling does', async () => {
  const own =
    `${simple}handler H {\nstart hs escalation=L non\nthrow up escalation=L\nend he\nhs -> up -> he\n}\nthrow first escalation=L\nend f\nand k\n`.replace(
      's -> a',
      's -> k -> first -> f\nk -> a',
    )
  const p = await play(own)
  assert.equal(p.of('entered').filter((id) => id === 'H').length, 1)
  const both = await play(`${own}handler I {\nstart is escalation non\nuser i\nend ie\nis -> i -> ie\n}`)
  assert.deepEqual(both.at(), ['a', 'i'])
})

test('what a signal cancels does not catch the same signal', async () => {
  const p = await play(`start s\ncatch c signal=X\nend e\ns -> c -> e\nhandler H {\nstart hs signal=X\nuser h\nend he\nhs -> h -> he\n}`)
  p.signal('X')
  assert.deepEqual(p.of('caught'), ['hs'])
  assert.deepEqual(p.at(), ['h'])
})
