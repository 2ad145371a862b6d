import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EngineError } from './errors.ts'
import { play } from './fixtures/play.ts'
import { isStuck } from './step.ts'

const code = (expected: string) => (error: unknown) => error instanceof EngineError && error.code === expected

test('a task opens, is completed and the case ends, with effects in order of occurrence', async () => {
  const p = await play('start s\nuser a event=told\nend e event=over\ns -> a -> e')
  assert.deepEqual(
    p.effects.map((effect) => `${effect.type} ${'element' in effect ? effect.element : ''}`),
    ['entered p', 'entered s', 'left s', 'flow s_a', 'entered a', 'task.open a'],
  )
  p.complete('a')
  assert.deepEqual(
    p.latest().map((effect) => `${effect.type} ${'element' in effect ? effect.element : ''}`),
    ['task.close a', 'left a', 'event a', 'flow a_e', 'entered e', 'left e', 'event e', 'ended e'],
  )
  assert.equal(p.ended(), 'completed')
  assert.deepEqual(p.events(), ['told', 'over'])
  assert.deepEqual(p.state().tokens, [])
})

test('every kind of task and action waits in its own way', async () => {
  const p = await play('start s\nmanual m\nreceive r message=paid\nservice a\nsend b\nscript c\nrule d\nend e\ns -> m -> r -> a -> b -> c -> d -> e')
  p.complete('m')
  assert.deepEqual(
    p.latest().flatMap((effect) => (effect.type === 'subscription.open' ? [effect.kind, effect.name] : [])),
    ['message', 'paid'],
  )
  p.message('paid')
  for (const action of ['a', 'b', 'c', 'd']) p.done(action)
  assert.deepEqual(
    p.effects.flatMap((effect) => (effect.type === 'action' || effect.type === 'task.open' ? effect.kind : [])),
    ['manual', 'receive', 'service', 'send', 'script', 'rule'],
  )
  assert.equal(p.ended(), 'completed')
})

test('a receive task may also be completed by hand, and then no longer waits for its message', async () => {
  const p = await play('start s\nreceive r message=paid\nend e\ns -> r -> e')
  p.complete('r')
  assert.equal(p.latest().filter((effect) => effect.type === 'subscription.close').length, 1)
  assert.equal(p.ended(), 'completed')
})

test('an exclusive gateway takes the first condition that is true, and null is not true', async () => {
  const text = 'start s\nxor g\nend a\nend b\nend c\ns -> g\ng -> a [age > 60]\ng -> b [age > 17]\ng -> c default'
  assert.deepEqual((await play(text, { age: 70 })).of('ended'), ['a'])
  assert.deepEqual((await play(text, { age: 20 })).of('ended'), ['b'])
  assert.deepEqual((await play(text, {})).of('ended'), ['c'])
})

test('an exclusive gateway without a match is an incident that can be retried after the data was put right', async () => {
  const p = await play('start s\nxor g\nend a\nend b\ns -> g\ng -> a [x = 1]\ng -> b [x = 2]')
  assert.deepEqual(p.of('incident'), ['g'])
  assert.equal(p.ended(), 'running')
  p.data['x'] = 2
  p.send({ type: 'retry', token: p.tokenAt('g') })
  assert.deepEqual(p.of('ended'), ['b'])
})

test('a condition that is neither true nor false is an incident, not a guess', async () => {
  const p = await play('start s\nxor g\nend a\nend b\ns -> g\ng -> a [x]\ng -> b default', { x: 'yes' })
  assert.deepEqual(p.of('incident'), ['g'])
})

test('an activity takes every flow whose condition holds, and its default only if none does', async () => {
  const text = 'start s\nuser t\nuser a\nuser b\nuser c\nend e\ns -> t\nt -> a [x > 1]\nt -> b [x > 2]\nt -> c default\na -> e\nb -> e\nc -> e'
  const both = await play(text, { x: 3 })
  both.complete('t')
  assert.deepEqual(both.at(), ['a', 'b'])
  const none = await play(text, { x: 0 })
  none.complete('t')
  assert.deepEqual(none.at(), ['c'])
})

test('a parallel join waits for one token on every flow', async () => {
  const p = await play('start s\nand f\nuser a\nuser b\nand j\nend e\ns -> f -> a -> j\nf -> b -> j -> e')
  p.complete('a')
  assert.deepEqual(p.at(), ['b', 'j'])
  p.complete('b')
  assert.deepEqual(
    p.of('entered').filter((id) => id === 'j'),
    ['j'],
  )
  assert.equal(p.ended(), 'completed')
})

test('two tokens on one flow do not make a parallel join fire', async () => {
  const p = await play(`start s\nand f\nuser a\nuser b\nuser c\nxor m\nand j\nend e
    s -> f -> a -> m\nf -> b -> m -> j\nf -> c -> j -> e`)
  p.complete('a')
  p.complete('b')
  assert.deepEqual(p.at(), ['c', 'j', 'j'])
  p.complete('c')
  assert.deepEqual(p.at(), ['j'])
  assert.ok(isStuck(p.state()))
})

test('an error path that merges before a parallel join does not hold the join up when it is not taken', async () => {
  const text = `start s\nand f\nservice a\nboundary x on=a error=E\nuser repair\nxor m\nuser b\nand j\nend e
    s -> f -> a -> m -> j\nx -> repair -> m\nf -> b -> j -> e`
  const untaken = await play(text)
  untaken.done('a')
  untaken.complete('b')
  assert.equal(untaken.ended(), 'completed')
  const taken = await play(text)
  taken.error('a', 'E')
  taken.complete('b')
  taken.complete('repair')
  assert.equal(taken.ended(), 'completed')
})

test('a parallel gateway after an exclusive split waits for ever', async () => {
  const p = await play('start s\nxor x\nuser a\nuser b\nand j\nend e\ns -> x\nx -> a [ok]\nx -> b default\na -> j\nb -> j -> e')
  p.complete('b')
  assert.equal(p.ended(), 'running')
  assert.ok(isStuck(p.state()))
})

test('a link goes on at its pair', async () => {
  const p = await play('start s\nthrow t link=L\ncatch c link=L\nuser a\nend e\ns -> t\nc -> a -> e')
  assert.deepEqual(p.at(), ['a'])
})

test('terminate ends only its own scope', async () => {
  const p =
    await play(`start s\nsub S {\nstart si\nand f\nuser a\nuser b\nend stop terminate\nend n\nsi -> f -> a -> stop\nf -> b -> n\n}\nuser after\nend e
    s -> S -> after -> e`)
  p.complete('a')
  assert.deepEqual(p.of('cancelled'), ['b'])
  assert.deepEqual(p.at(), ['after'])
  p.complete('after')
  assert.equal(p.ended(), 'completed')
})

test('terminate in the process ends the case at once', async () => {
  const p = await play('start s\nand f\nuser a\nuser b\nend stop terminate\nend n\ns -> f -> a -> stop\nf -> b -> n')
  p.complete('a')
  assert.deepEqual(p.latest().at(-1), { type: 'ended', element: 'stop', outcome: 'terminated' })
  assert.deepEqual(p.state().tokens, [])
})

test('a case can be terminated from outside, and then takes no command', async () => {
  const p = await play('start s\nuser a\nend e\ns -> a -> e')
  p.send({ type: 'terminate' })
  assert.equal(p.ended(), 'terminated')
  assert.deepEqual(p.of('task.close'), ['a'])
  assert.throws(() => p.send({ type: 'signal', name: 'x' }), code('engine.ended'))
})

test('the case ends only when the last token has ended', async () => {
  const p = await play('start s\nand f\nuser a\nuser b\nend e\nend g\ns -> f -> a -> e\nf -> b -> g')
  p.complete('a')
  assert.equal(p.ended(), 'running')
  p.complete('b')
  assert.deepEqual(p.of('ended'), ['g'])
})

test('a start event is chosen by name or by its message', async () => {
  const text = 'start s\nstart m message=order\nuser a\nuser b\nend e\ns -> a -> e\nm -> b -> e'
  assert.deepEqual((await play(text)).at(), ['a'])
  assert.deepEqual((await play(text, {}, { type: 'start', element: 'm' })).at(), ['b'])
  assert.deepEqual((await play(text, {}, { type: 'message', name: 'order' })).at(), ['b'])
  await assert.rejects(play(text, {}, { type: 'start', element: 'a' }), code('engine.no_start'))
})

test('a command that does not fit is refused and changes nothing', async () => {
  const p = await play('start s\nuser a\nservice b\nend e\ns -> a -> b -> e')
  const before = structuredClone(p.state())
  const token = p.tokenAt('a')
  assert.throws(() => p.send({ type: 'done', token }), code('engine.wrong_command'))
  assert.throws(() => p.send({ type: 'timer', token }), code('engine.wrong_command'))
  assert.throws(() => p.send({ type: 'complete', token: 't99' }), code('engine.no_token'))
  assert.throws(() => p.send({ type: 'start' }), code('engine.started'))
  assert.deepEqual(p.state(), before)
  p.complete('a')
  assert.throws(() => p.send({ type: 'complete', token }), code('engine.no_token'))
})

test('a circle in which nobody waits is refused instead of running for ever', async () => {
  await assert.rejects(play('start s\nxor m\nxor g\nend e\ns -> m -> g\ng -> m [true]\ng -> e default'), code('engine.runaway'))
})

test('a task that is visited again gets a new token', async () => {
  const p = await play('start s\nxor m\nuser a\nxor g\nend e\ns -> m -> a -> g\ng -> m [again]\ng -> e default', { again: true })
  const first = p.tokenAt('a')
  p.complete('a')
  assert.notEqual(p.tokenAt('a'), first)
  p.data['again'] = false
  p.complete('a')
  assert.equal(p.ended(), 'completed')
})
