import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EngineError } from './errors.ts'
import { play } from './fixtures/play.ts'

const around = (activity: string) => `start s\n${activity}\nend e\ns -> a -> e\n`
const count = (ids: string[], id: string) => ids.filter((one) => one === id).length

test('a parallel multiple instance shows all instances at once and goes on when all are done', async () => {
  const p = await play(around('user a multi=3 event=all_done'))
  assert.deepEqual(p.at(), ['a', 'a', 'a'])
  p.complete('a')
  p.complete('a')
  assert.equal(p.ended(), 'running')
  p.complete('a')
  assert.equal(p.ended(), 'completed')
  assert.deepEqual(p.events(), ['all_done'])
  assert.equal(count(p.of('flow'), 'a_e'), 1)
})

test('a sequential multiple instance shows one instance after the other', async () => {
  const p = await play(around('user a sequence=3'))
  for (const left of [3, 2, 1]) {
    assert.deepEqual(p.at(), ['a'], `${left} left`)
    p.complete('a')
  }
  assert.equal(p.ended(), 'completed')
})

test('the completion condition of a multiple instance cancels the rest', async () => {
  const p = await play(around('user a multi=5:numberOfCompletedInstances>=2'))
  p.complete('a')
  assert.equal(p.at().length, 4)
  p.complete('a')
  assert.equal(p.ended(), 'completed')
  assert.equal(p.of('cancelled').length, 3)
  const tokens = (type: string) => p.effects.flatMap((effect) => (effect.type === type && 'token' in effect ? effect.token : [])).toSorted()
  assert.deepEqual(tokens('task.open'), tokens('task.close'))
})

test('the completion condition of a sequential multiple instance stops it', async () => {
  const p = await play(around('user a sequence=5:numberOfCompletedInstances>=2'))
  p.complete('a')
  p.complete('a')
  assert.equal(p.ended(), 'completed')
  assert.equal(p.of('cancelled').length, 0)
})

test('a multiple instance over an empty list is passed at once', async () => {
  const p = await play(around('user a multi=count(xs)'), { xs: [] })
  assert.equal(p.ended(), 'completed')
})

test('a count that is none is an incident that can be retried', async () => {
  const p = await play(around('user a multi=n'), { n: 'many' })
  assert.deepEqual(p.of('incident'), ['a'])
  p.data['n'] = 2
  const token = p.state().tokens.find((one) => one.is === 'incident')
  p.send({ type: 'retry', token: token?.id ?? '' })
  assert.deepEqual(p.at(), ['a', 'a'])
})

test('an interrupting boundary event of a multiple instance cancels all instances', async () => {
  const p = await play(`${around('user a multi=3')}boundary t on=a timer=PT1H\nuser late\nt -> late -> e`)
  assert.equal(p.armed().length, 1)
  p.complete('a')
  p.timer('t')
  assert.deepEqual(p.at(), ['late'])
  assert.equal(p.of('cancelled').length, 3) // two instances and the whole
})

test('a non-interrupting boundary event of a multiple instance occurs once for the whole', async () => {
  const p = await play(`${around('user a multi=2')}boundary t on=a timer=PT1H non\nuser late\nt -> late -> e`)
  p.timer('t')
  assert.deepEqual(p.at(), ['a', 'a', 'late'])
})

test('an error in one instance is caught on the border of the whole', async () => {
  const p = await play(`${around('service a multi=3')}boundary b on=a error=BAD\nuser repair\nb -> repair -> e`)
  p.error('a', 'BAD')
  assert.deepEqual(p.at(), ['repair'])
})

test('each instance of a subprocess has its own scope, and terminate ends only that', async () => {
  const p = await play(
    'start s\nsub a multi=2 {\nstart si\nand f\nuser x\nuser y\nend done terminate\nend n\nsi -> f -> x -> done\nf -> y -> n\n}\nend e\ns -> a -> e',
  )
  assert.deepEqual(p.at(), ['x', 'x', 'y', 'y'])
  p.complete('x')
  assert.deepEqual(p.at(), ['x', 'y'])
  p.complete('x')
  assert.equal(p.ended(), 'completed')
})

test('an event subprocess inside a multiple instance interrupts only its instance', async () => {
  const p = await play(
    'start s\nsub a multi=2 {\nstart si\nuser x\nend n\nsi -> x -> n\nhandler H {\nstart hs message=stop\nend he\nhs -> he\n}\n}\nend e\ns -> a -> e',
  )
  p.message('stop')
  assert.deepEqual(p.at(), ['x'])
  p.message('stop')
  assert.equal(p.ended(), 'completed')
})

test('a receive task with several instances waits for a message in each', async () => {
  const p = await play(around('receive a message=m multi=2'))
  p.message('m')
  p.message('m')
  assert.equal(p.ended(), 'completed')
  assert.throws(() => p.message('m'), EngineError)
})

test('a loop that tests afterwards is done at least once, and again while its condition holds', async () => {
  const p = await play(around('user a loop=:again'), { again: true })
  p.complete('a')
  p.complete('a')
  p.data['again'] = false
  p.complete('a')
  assert.equal(p.ended(), 'completed')
  assert.equal(count(p.of('task.open'), 'a'), 3)
})

test('a loop that tests before may be passed over', async () => {
  const p = await play(around('user a before=:again'), { again: false })
  assert.equal(p.ended(), 'completed')
  assert.equal(count(p.of('task.open'), 'a'), 0)
})

test('the maximum ends a loop whatever its condition says, and without a condition it is the number of rounds', async () => {
  for (const loop of ['loop=2:true', 'before=2:true', 'loop=2']) {
    const p = await play(around(`user a ${loop}`))
    p.complete('a')
    p.complete('a')
    assert.equal(p.ended(), 'completed', loop)
  }
})

test('a loop counts its rounds from 0', async () => {
  const p = await play(around('user a loop=:loopCounter<3'))
  for (let round = 0; round < 3; round++) p.complete('a')
  assert.equal(p.ended(), 'completed')
})

test('the events around a loop stay open from the first round to the last', async () => {
  const p = await play(`${around('user a loop=3')}boundary t on=a timer=PT1H\nend x\nt -> x`)
  p.complete('a')
  p.timer('t')
  assert.deepEqual(p.of('ended'), ['x'])
  assert.equal(
    count(
      p.effects.flatMap((effect) => (effect.type === 'timer.open' ? effect.element : [])),
      't',
    ),
    1,
  )
})

test('a condition occurs when the data makes it true, and not before', async () => {
  const p = await play('start s\ncatch c conditional=x>3\nend e\ns -> c -> e', { x: 1 })
  p.send({ type: 'check' })
  assert.equal(p.ended(), 'running')
  p.data['x'] = 5
  p.send({ type: 'check' })
  assert.equal(p.ended(), 'completed')
})

test('a condition that is already true is passed at once', async () => {
  const p = await play('start s\ncatch c conditional=x>3\nend e\ns -> c -> e', { x: 5 })
  assert.equal(p.ended(), 'completed')
})

test('a condition on the border interrupts, also when another task of the case changed the data', async () => {
  const p = await play(
    'start s\nand f\nuser a\nuser b\nend e\nend g\ns -> f -> a -> e\nf -> b -> g\nboundary c on=a conditional=stop\nuser h\nc -> h -> e',
  )
  p.data['stop'] = true
  p.complete('b')
  assert.deepEqual(p.at(), ['h'])
})

test('a non-interrupting condition occurs again only after it was false', async () => {
  const p = await play('start s\nuser a\nend e\ns -> a -> e\nboundary c on=a conditional=hot non\nuser h\nc -> h -> e', { hot: true })
  assert.deepEqual(p.at(), ['a', 'h'])
  p.send({ type: 'check' })
  assert.deepEqual(p.at(), ['a', 'h'])
  p.data['hot'] = false
  p.send({ type: 'check' })
  p.data['hot'] = true
  p.send({ type: 'check' })
  assert.deepEqual(p.at(), ['a', 'h', 'h'])
})

test('a condition starts an event subprocess and wins at an event gateway', async () => {
  const handled = await play('start s\nuser a\nend e\ns -> a -> e\nhandler H {\nstart hs conditional=x\nuser h\nend he\nhs -> h -> he\n}')
  handled.data['x'] = true
  handled.send({ type: 'check' })
  assert.deepEqual(handled.at(), ['h'])
  const raced = await play('start s\nrace g\ncatch c conditional=x\ncatch t timer=PT1H\nend e\nend f\ns -> g -> c -> e\ng -> t -> f')
  raced.data['x'] = true
  raced.send({ type: 'check' })
  assert.deepEqual(raced.of('ended'), ['e'])
})

test('a cycle comes again until the caller says that it was the last time', async () => {
  const p = await play('start s\nuser a\nend e\ns -> a -> e\nboundary c on=a cycle=R3/PT1H non\nuser h\nc -> h -> e')
  p.timer('c')
  p.timer('c')
  p.send({ type: 'timer', token: p.tokenAt('c', 'timer'), last: true })
  assert.deepEqual(p.at(), ['a', 'h', 'h', 'h'])
  assert.deepEqual(p.armed(), [])
})

test('a message chooses among several start events', async () => {
  const text = 'start s\nstart m message=M\nstart n message=N\nuser a\nuser b\nuser c\nend e\ns -> a -> e\nm -> b -> e\nn -> c -> e'
  assert.deepEqual((await play(text)).at(), ['a'])
  assert.deepEqual((await play(text, {}, { type: 'message', name: 'N' })).at(), ['c'])
  assert.deepEqual((await play(text, {}, { type: 'start', element: 'm' })).at(), ['b'])
})
