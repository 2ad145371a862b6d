// Compensation, transactions, complex gateways and ad-hoc subprocesses: what only `xiangli run` offers.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compile } from './compile.ts'
import { play as playProfile } from './fixtures/play.ts'
import { sketch } from './fixtures/sketch.ts'

const play = (text: string, data: Record<string, unknown> = {}) => playProfile(text, data, { type: 'start' }, 'full')

const booked = (name: string) => `user ${name}\nboundary c${name} on=${name} compensate\nuser undo${name} compensates\nc${name} ~> undo${name}\n`

test('a throw event compensates what has completed in its scope, the last first, and waits for it', async () => {
  const p = await play(
    `start s\n${booked('a')}${booked('b')}${booked('c')}throw t compensate\nuser after\nend e\ns -> a -> b -> t -> after -> e\nafter -> c\nc -> e`,
  )
  p.complete('a')
  p.complete('b')
  assert.deepEqual(p.at(), ['t', 'undob'])
  p.complete('undob')
  assert.deepEqual(p.at(), ['t', 'undoa'])
  p.complete('undoa')
  assert.deepEqual(p.at(), ['after'])
})

test('a throw event that names an activity compensates only that one', async () => {
  const p = await play(`start s\n${booked('a')}${booked('b')}throw t compensate=a\nend e\ns -> a -> b -> t -> e`)
  p.complete('a')
  p.complete('b')
  assert.deepEqual(p.at(), ['t', 'undoa'])
  p.complete('undoa')
  assert.equal(p.ended(), 'completed')
})

test('what has not completed is not compensated, and nothing to compensate is no obstacle', async () => {
  const p = await play(`start s\n${booked('a')}throw t compensate\nand f\nend e\ns -> f -> a -> e\nf -> t -> e`)
  assert.deepEqual(p.at(), ['a'])
  p.complete('a')
  assert.equal(p.ended(), 'completed')
})

test('an activity that was done twice is compensated twice', async () => {
  const p = await play(`start s\n${booked('a')}xor m\nxor g\nend e compensate\ns -> m -> a -> g\ng -> m [again]\ng -> e default`, { again: true })
  p.complete('a')
  p.data['again'] = false
  p.complete('a')
  p.complete('undoa')
  assert.deepEqual(p.at(), ['e', 'undoa'])
  p.complete('undoa')
  assert.equal(p.ended(), 'completed')
})

test('a completed subprocess without a handler of its own is compensated from the inside, in reverse order', async () => {
  const p = await play(
    `start s\nsub S {\nstart si\n${booked('a')}${booked('b')}end n\nsi -> a -> b -> n\n}\nthrow t compensate\nend e\ns -> S -> t -> e`,
  )
  p.complete('a')
  p.complete('b')
  p.complete('undob')
  assert.deepEqual(p.at(), ['t', 'undoa'])
  p.complete('undoa')
  assert.equal(p.ended(), 'completed')
})

test('a compensation event subprocess undoes its completed subprocess, and may compensate what is inside', async () => {
  const p = await play(
    `start s\nsub S {\nstart si\n${booked('a')}end n\nsi -> a -> n\nhandler H {\nstart hs compensate\nuser tell\nend inner compensate\nhs -> tell -> inner\n}\n}\nend e compensate\ns -> S -> e`,
  )
  p.complete('a')
  assert.deepEqual(p.at(), ['e', 'tell'])
  p.complete('tell')
  assert.deepEqual(p.at(), ['e', 'inner', 'undoa'])
  p.complete('undoa')
  assert.equal(p.ended(), 'completed')
})

test('each instance of a multiple instance is compensated', async () => {
  const p = await play(`start s\nuser a multi=2\nboundary ca on=a compensate\nuser undoa compensates\nca ~> undoa\nend e compensate\ns -> a -> e`)
  p.complete('a')
  p.complete('a')
  p.complete('undoa')
  p.complete('undoa')
  assert.equal(p.ended(), 'completed')
})

test('an error handler inside a scope compensates what the scope had completed', async () => {
  const p = await play(
    `start s\nsub S {\nstart si\n${booked('a')}service b\nend n\nsi -> a -> b -> n\nhandler H {\nstart hs error=BAD\nthrow back compensate\nend he\nhs -> back -> he\n}\n}\nend e\ns -> S -> e`,
  )
  p.complete('a')
  p.error('b', 'BAD')
  assert.deepEqual(p.at(), ['back', 'undoa'])
  p.complete('undoa')
  assert.equal(p.ended(), 'completed')
})

const transaction = `start s\ntransaction T {\nstart si\nand f\n${booked('a')}${booked('b')}user c\nxor g\nend bad cancel\nend good\nsi -> f -> a -> b -> g\ng -> bad [no]\ng -> good default\nf -> c -> good\n}
  boundary x on=T cancel\nuser sorry\nend e\ns -> T -> e\nx -> sorry -> e`

test('cancelling a transaction cancels what runs, compensates in reverse order, and leaves by the cancel event', async () => {
  const p = await play(transaction, { no: true })
  p.complete('a')
  p.complete('b')
  assert.deepEqual(p.of('cancelled'), ['c'])
  assert.deepEqual(p.at(), ['undob'])
  p.complete('undob')
  assert.deepEqual(p.at(), ['undoa'])
  p.complete('undoa')
  assert.deepEqual(p.at(), ['sorry'])
  p.complete('sorry')
  assert.equal(p.ended(), 'completed')
})

test('a transaction that is not cancelled goes on like a subprocess, and an error leaves it without compensation', async () => {
  const p = await play(transaction, { no: false })
  for (const task of ['a', 'b', 'c']) p.complete(task)
  assert.equal(p.ended(), 'completed')
  const hazard = await play(
    `start s\ntransaction T {\nstart si\n${booked('a')}end n error=BAD\nsi -> a -> n\n}\nboundary x on=T error=BAD\nuser h\nend e\ns -> T -> e\nx -> h -> e`,
  )
  hazard.complete('a')
  assert.deepEqual(hazard.at(), ['h'])
})

const complex = (condition: string) =>
  `start s\nand f\nuser a\nuser b\nuser c\ncomplex j activation=${condition}\nuser d\nend e\ns -> f -> a -> j\nf -> b -> j\nf -> c -> j -> d -> e`

test('a complex gateway goes on when its condition holds, and takes away what comes later', async () => {
  const p = await play(complex('activationCount>=2'))
  p.complete('a')
  assert.deepEqual(p.at(), ['b', 'c', 'j'])
  p.complete('c')
  assert.deepEqual(
    p.at().filter((id) => id !== 'j'),
    ['b', 'd'],
  )
  p.complete('b')
  p.complete('d')
  assert.equal(p.ended(), 'completed')
  assert.equal(p.of('task.open').filter((id) => id === 'd').length, 1)
})

test('a complex gateway in a loop is ready again for each round (discriminator)', async () => {
  const p = await play(
    `start s\nxor m\nand f\nuser a\nuser b\ncomplex j activation=activationCount>=1\nuser d\nand w\nxor g\nend e\ns -> m -> f -> a -> j\nf -> b -> j -> d -> g\ng -> m [again]\ng -> e default`.replace(
      'and w\n',
      '',
    ),
    { again: true },
  )
  p.complete('a')
  p.complete('b')
  p.complete('d')
  p.data['again'] = false
  p.complete('b')
  p.complete('d')
  p.complete('a')
  assert.equal(p.ended(), 'completed')
  assert.equal(p.of('task.open').filter((id) => id === 'd').length, 2)
})

test('the activities of an ad-hoc subprocess may be done in any order until its condition holds', async () => {
  const p = await play('start s\nadhoc A until=enough {\nuser a\nuser b\nuser c\n}\nend e\ns -> A -> e', { enough: false })
  assert.deepEqual(p.at(), ['a', 'b', 'c'])
  p.complete('c')
  p.send({ type: 'activate', element: 'c' })
  assert.deepEqual(p.at(), ['a', 'b', 'c'])
  p.data['enough'] = true
  p.complete('a')
  assert.equal(p.ended(), 'completed')
  assert.deepEqual(p.of('cancelled').toSorted(), ['b', 'c'])
})

test('a sequential ad-hoc subprocess does one activity at a time', async () => {
  const p = await play('start s\nadhoc A @ordering=Sequential {\nuser a\nuser b\n}\nend e\ns -> A -> e')
  assert.deepEqual(p.at(), ['a'])
  p.complete('a')
  assert.deepEqual(p.at(), ['b'])
  p.complete('b')
  assert.equal(p.ended(), 'completed')
})

test('an ad-hoc subprocess without a condition ends when nothing in it is active', async () => {
  const p = await play('start s\nadhoc A {\nuser a\nuser b\na -> b\n}\nend e\ns -> A -> e')
  p.complete('a')
  p.complete('b')
  assert.equal(p.ended(), 'completed')
})

test('an event gateway starts a process by any of its events, or waits for all of them', async () => {
  const text = (kind: string) =>
    `race g @instantiate=true${kind}\ncatch m message=M\ncatch n message=N\nuser a\nuser b\nend e\nend f\ng -> m -> a -> e\ng -> n -> b -> f`
  const any = await playProfile(text(''), {}, { type: 'message', name: 'N' }, 'full')
  assert.deepEqual(any.at(), ['b'])
  any.complete('b')
  assert.equal(any.ended(), 'completed')
  const all = await playProfile(text(' @eventGatewayType=Parallel'), {}, { type: 'message', name: 'N' }, 'full')
  all.complete('b')
  assert.equal(all.ended(), 'running')
  all.message('M')
  all.complete('a')
  assert.equal(all.ended(), 'completed')
})

test('a receive task may start a process', async () => {
  const p = await playProfile('receive r message=M @instantiate=true\nuser a\nend e\nr -> a -> e', {}, { type: 'message', name: 'M' }, 'full')
  assert.deepEqual(p.at(), ['a'])
})

test('none of this is for a package: each is refused with its element and a reason', async () => {
  const wrong = {
    T: transaction,
    t: `start s\n${booked('a')}throw t compensate\nend e\ns -> a -> t -> e`,
    j: complex('activationCount>1'),
    A: 'start s\nadhoc A {\nuser a\n}\nend e\ns -> A -> e',
    k: 'start s\ncall k @calledElement=q\nend e\ns -> k -> e',
    w: 'start s\ntask w\nend e\ns -> w -> e',
    r: 'receive r message=M @instantiate=true\nend e\nr -> e',
    g: 'start g signal=S\nend e\ng -> e',
  }
  for (const [id, text] of Object.entries(wrong)) {
    const { findings } = await compile(sketch(text))
    assert.ok(
      findings.some((finding) => finding.element === id && finding.rule === 'profile.unsupported' && finding.severity === 'error'),
      `${id}: ${JSON.stringify(findings)}`,
    )
    const full = await compile(sketch(text), { profile: 'full' })
    assert.deepEqual(
      full.findings.filter((finding) => finding.severity === 'error'),
      [],
    )
  }
})
