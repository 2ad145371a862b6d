import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EngineError } from './errors.ts'
import { play } from './fixtures/play.ts'

const code = (expected: string) => (error: unknown) => error instanceof EngineError && error.code === expected
const simple = 'start s\nuser a\nend e\ns -> a -> e\n'

test('an interrupting boundary timer cancels the task and goes its own way', async () => {
  const p = await play(`${simple}boundary t on=a deadline=reply event=late\nuser late\nend f\nt -> late -> f`)
  assert.deepEqual(
    p.effects.flatMap((effect) => (effect.type === 'timer.open' ? effect.timer : [])),
    [{ kind: 'deadline', deadline: 'reply' }],
  )
  p.timer('t')
  assert.deepEqual(p.of('cancelled'), ['a'])
  assert.deepEqual(p.at(), ['late'])
  assert.deepEqual(p.events(), ['late'])
})

test('completing a task closes the timers and subscriptions of its boundary', async () => {
  const p = await play(`${simple}boundary t on=a timer=PT1H\nboundary m on=a message=stop\nend f\nt -> f\nm -> f`)
  p.complete('a')
  assert.equal(p.latest().filter((effect) => effect.type === 'timer.close' || effect.type === 'subscription.close').length, 2)
  assert.equal(p.ended(), 'completed')
})

test('a non-interrupting boundary message may come again and again while the task stays open', async () => {
  const p = await play(`${simple}boundary m on=a message=ask non\nuser answer\nend f\nm -> answer -> f`)
  p.message('ask')
  p.message('ask')
  assert.deepEqual(p.at(), ['a', 'answer', 'answer'])
  p.complete('answer')
  p.complete('a')
  assert.equal(p.ended(), 'running')
  p.complete('answer')
  assert.equal(p.ended(), 'completed')
})

test('a non-interrupting timer fires once, a cycle fires again', async () => {
  const once = await play(`${simple}boundary t on=a timer=PT1H non\nuser r\nend f\nt -> r -> f`)
  once.timer('t')
  assert.deepEqual(once.armed(), [])
  assert.ok(once.latest().some((effect) => effect.type === 'timer.close'))
  const often = await play(`${simple}boundary t on=a cycle=R/PT1H non\nuser r\nend f\nt -> r -> f`)
  often.timer('t')
  often.timer('t')
  assert.deepEqual(often.at(), ['a', 'r', 'r'])
})

test('an error of an action goes to the handler for exactly its code before the catch-all', async () => {
  const text = `start s\nservice a\nend e\ns -> a -> e\nboundary any on=a error\nboundary full on=a error=FULL\nend x\nend y\nany -> x\nfull -> y`
  const full = await play(text)
  full.error('a', 'FULL')
  assert.deepEqual(full.of('ended'), ['y'])
  const other = await play(text)
  other.error('a', 'OTHER')
  assert.deepEqual(other.of('ended'), ['x'])
})

test('an error that nobody catches is an incident, which can be retried or skipped', async () => {
  const p = await play('start s\nservice a\nend e\ns -> a -> e')
  p.error('a', 'DOWN')
  assert.deepEqual(p.of('incident'), ['a'])
  p.send({ type: 'retry', token: p.tokenAt('a') })
  assert.deepEqual(p.of('action'), ['a', 'a'])
  p.error('a', 'DOWN')
  p.send({ type: 'skip', token: p.tokenAt('a') })
  assert.equal(p.ended(), 'completed')
})

test('an error end event that nobody catches is an incident and the case does not end', async () => {
  const p = await play('start s\nend e error=BAD\ns -> e')
  assert.deepEqual(p.of('incident'), ['e'])
  assert.equal(p.ended(), 'running')
  p.send({ type: 'retry', token: p.tokenAt('e') })
  assert.deepEqual(p.of('incident'), ['e', 'e'])
})

test('an error end event of a subprocess is caught on its boundary and cancels what else runs inside', async () => {
  const p =
    await play(`start s\nsub S {\nstart si\nand f\nuser a\nuser b\nend bad error=BAD event=bad\nend n\nsi -> f -> a -> bad\nf -> b -> n\n}\nend e\nuser fix\nend x
    s -> S -> e\nboundary c on=S error=BAD\nc -> fix -> x`)
  p.complete('a')
  assert.deepEqual(p.of('cancelled'), ['b', 'S'])
  assert.deepEqual(p.events(), ['bad'])
  assert.deepEqual(p.at(), ['fix'])
})

test('an escalation may be caught without interrupting, and uncaught it harms nobody', async () => {
  const inner = 'start s\nsub S {\nstart si\nthrow up escalation=LATE\nuser a\nend n\nsi -> up -> a -> n\n}\nend e\ns -> S -> e\n'
  const caught = await play(`${inner}boundary c on=S escalation=LATE non\nuser chief\nend x\nc -> chief -> x`)
  assert.deepEqual(caught.at(), ['a', 'chief'])
  const uncaught = await play(inner)
  assert.deepEqual(uncaught.at(), ['a'])
  assert.deepEqual(uncaught.of('thrown'), ['up'])
})

test('an interrupting escalation stops what comes after the throw', async () => {
  const p = await play(`start s\nsub S {\nstart si\nthrow up escalation=LATE\nuser a\nend n\nsi -> up -> a -> n\n}\nend e\ns -> S -> e
    boundary c on=S escalation\nuser chief\nend x\nc -> chief -> x`)
  assert.deepEqual(p.at(), ['chief'])
  assert.deepEqual(p.of('task.open'), ['chief'])
})

test('an event gateway goes with the first event and cancels the losers', async () => {
  const p = await play('start s\nrace g\ncatch m message=reply\ncatch t timer=P1D\nend x\nend y\ns -> g -> m -> x\ng -> t -> y')
  p.message('reply')
  assert.deepEqual(p.of('flow').slice(1), ['g_m', 'm_x'])
  assert.equal(p.latest().filter((effect) => effect.type === 'timer.close').length, 1)
  assert.deepEqual(p.of('ended'), ['x'])
})

test('an event gateway may lead to receive tasks', async () => {
  const p = await play('start s\nrace g\nreceive r message=reply\ncatch t timer=P1D\nend x\nend y\ns -> g -> r -> x\ng -> t -> y')
  p.message('reply')
  assert.deepEqual(p.of('ended'), ['x'])
})

test('a message that comes before anybody waits for it is refused, so that the caller keeps it', async () => {
  const p = await play('start s\nuser a\ncatch m message=paid\nend e\ns -> a -> m -> e')
  assert.throws(() => p.message('paid'), code('engine.not_waiting'))
  p.complete('a')
  assert.ok(p.latest().some((effect) => effect.type === 'subscription.open' && effect.name === 'paid'))
  p.message('paid')
  assert.equal(p.ended(), 'completed')
})

test('a message to a named token reaches that token', async () => {
  const p = await play('start s\nand f\ncatch a message=m\ncatch b message=m\nend e\nend g\ns -> f -> a -> e\nf -> b -> g')
  p.send({ type: 'message', name: 'm', token: p.tokenAt('b') })
  assert.deepEqual(p.at(), ['a'])
})

test('a signal reaches everything that waits for it, each once', async () => {
  const p =
    await play(`start s\nand f\ncatch a signal=X\ncatch b signal=X\nuser c\nend e\ns -> f -> a -> e\nf -> b -> e\nf -> c -> e\nboundary bc on=c signal=X non\nuser d\nbc -> d -> e
    handler H {\nstart hs signal=X non\nuser h\nend he\nhs -> h -> he\n}`)
  p.signal('X')
  assert.deepEqual(p.at(), ['c', 'd', 'h'])
  assert.equal(p.of('caught').length, 4)
})

test('a signal that nobody waits for changes nothing', async () => {
  const p = await play(simple)
  p.signal('X')
  assert.deepEqual(p.latest(), [])
})

test('a signal thrown inside the case is caught inside the case', async () => {
  const p = await play('start s\nand f\ncatch c signal=X\nuser a\nend x signal=X\nuser b\nend e\ns -> f -> c -> b -> e\nf -> a -> x')
  p.complete('a')
  assert.deepEqual(p.at(), ['b'])
})

test('an event with several definitions occurs with any of them', async () => {
  const p = await play('start s\ncatch c message=m timer=P1D\nend e event=over\ns -> c -> e')
  p.message('m')
  assert.equal(p.ended(), 'completed')
  assert.ok(p.latest().some((effect) => effect.type === 'timer.close'))
  assert.deepEqual(
    p.of('entered').filter((id) => id === 'c'),
    ['c'],
  )
})

test('a parallel multiple event occurs when all its definitions have occurred', async () => {
  const p = await play('start s\ncatch c all message=m message=n\nend e\ns -> c -> e')
  p.message('n')
  assert.equal(p.ended(), 'running')
  assert.throws(() => p.message('n'), code('engine.not_waiting'))
  p.message('m')
  assert.equal(p.ended(), 'completed')
})

test('a non-interrupting parallel multiple boundary is armed again after it occurred', async () => {
  const p = await play(`${simple}boundary b on=a all non message=m message=n\nuser r\nend f\nb -> r -> f`)
  for (const name of ['m', 'n', 'n', 'm']) p.message(name)
  assert.deepEqual(p.at(), ['a', 'r', 'r'])
})

test('one boundary event may catch one of several errors', async () => {
  const p = await play('start s\nservice a\nend e\ns -> a -> e\nboundary b on=a error=A error=B\nend x\nb -> x')
  p.error('a', 'B')
  assert.deepEqual(p.of('ended'), ['x'])
})

test('everything that was opened is closed when the case ends', async () => {
  const p =
    await play(`start s\nsub S {\nstart si\nuser a\nend n\nsi -> a -> n\nboundary t on=a timer=P1D non\nend tn\nt -> tn\n}\nend e\ns -> S -> e\nboundary m on=S message=stop\nm -> e
    handler H {\nstart hs message=ask non\nuser h\nend he\nhs -> h -> he\n}`)
  p.message('ask')
  p.message('stop')
  p.complete('h')
  assert.equal(p.ended(), 'completed')
  const tokens = (type: string) => p.effects.flatMap((effect) => (effect.type === type && 'token' in effect ? effect.token : [])).toSorted()
  for (const kind of ['task', 'timer', 'subscription']) assert.deepEqual(tokens(`${kind}.open`), tokens(`${kind}.close`), kind)
})

test('a message boundary on a subprocess cancels the whole subprocess', async () => {
  const p = await play(
    `start s\nsub S {\nstart si\nsub T {\nstart ti\nuser a\nend tn\nti -> a -> tn\n}\nend n\nsi -> T -> n\n}\nend e\ns -> S -> e\nboundary m on=S message=withdraw\nend w\nm -> w`,
  )
  p.message('withdraw')
  assert.deepEqual(p.of('cancelled'), ['a', 'T', 'S'])
  assert.deepEqual(p.of('ended'), ['w'])
})

test('of two boundaries that wait for one message the inner one gets it', async () => {
  const p = await play(
    `start s\nsub S {\nstart si\nuser a\nend n\nsi -> a -> n\nboundary inner on=a message=m\nuser i\ninner -> i -> n\n}\nend e\ns -> S -> e\nboundary outer on=S message=m\nend x\nouter -> x`,
  )
  p.message('m')
  assert.deepEqual(p.at(), ['i'])
})

test('each part of a parallel multiple event is opened and closed once', async () => {
  const p = await play('start s\ncatch c all message=m message=n timer=P1D\nend e\ns -> c -> e')
  p.message('n')
  p.timer('c')
  p.message('m')
  const tokens = (type: string) => p.effects.flatMap((effect) => (effect.type === type && 'token' in effect ? effect.token : [])).toSorted()
  for (const kind of ['timer', 'subscription']) assert.deepEqual(tokens(`${kind}.open`), tokens(`${kind}.close`), kind)
  assert.equal(p.ended(), 'completed')
})
