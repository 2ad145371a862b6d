import assert from 'node:assert/strict'
import { test } from 'node:test'
import { play } from './fixtures/play.ts'

const split = `start s\nor o\nuser a\nuser b\nuser c\nor j\nend e
  s -> o\no -> a [x > 0]\no -> b [x > 1]\no -> c default\na -> j\nb -> j\nc -> j -> e`

test('an inclusive join waits for exactly the branches that were taken', async () => {
  const two = await play(split, { x: 2 })
  assert.deepEqual(two.at(), ['a', 'b'])
  two.complete('a')
  assert.deepEqual(two.at(), ['b', 'j'])
  two.complete('b')
  assert.deepEqual(
    two.of('entered').filter((id) => id === 'j'),
    ['j'],
  )
  assert.equal(two.ended(), 'completed')
  const one = await play(split, { x: 1 })
  one.complete('a')
  assert.equal(one.ended(), 'completed')
  const none = await play(split, { x: 0 })
  assert.deepEqual(none.at(), ['c'])
})

test('an inclusive split in which no condition holds and without a default is an incident', async () => {
  const p = await play('start s\nor o\nend a\nend b\ns -> o\no -> a [x > 0]\no -> b [x > 1]', { x: 0 })
  assert.deepEqual(p.of('incident'), ['o'])
})

test('an inclusive join goes on when the branch it waited for ends elsewhere', async () => {
  const p = await play(
    `start s\nand f\nuser a\nuser b\nxor g\nend drop\nor j\nend e\ns -> f -> a -> j\nf -> b -> g\ng -> j [keep]\ng -> drop default\nj -> e`,
    { keep: false },
  )
  p.complete('a')
  assert.deepEqual(p.at(), ['b', 'j'])
  p.complete('b')
  assert.equal(p.ended(), 'completed')
})

test('an inclusive join in a loop synchronises every round', async () => {
  const p = await play(
    `start s\nxor m\nor o\nuser a\nuser b\nor j\nxor g\nend e\ns -> m -> o\no -> a [true]\no -> b [both]\na -> j\nb -> j -> g\ng -> m [again]\ng -> e default`,
    {
      both: true,
      again: true,
    },
  )
  for (let round = 0; round < 3; round++) {
    p.data['again'] = round < 2
    p.complete('a')
    assert.deepEqual(p.at(), ['b', 'j'])
    p.complete('b')
  }
  assert.equal(p.ended(), 'completed')
  assert.equal(p.of('entered').filter((id) => id === 'j').length, 3)
})

test('an inclusive join that is itself on the loop waits for the token that may come round', async () => {
  const p = await play(
    'start s\nand f\nuser a\nor j\nuser b\nxor g\nend e\nuser c\nxor m\ns -> f -> a -> j\nf -> c -> j\nj -> b -> g\ng -> m [again]\nm -> j\ng -> e default',
    {
      again: true,
    },
  )
  p.complete('a')
  assert.deepEqual(p.at(), ['c', 'j'])
  p.complete('c')
  assert.deepEqual(p.at(), ['b'])
  p.complete('b')
  assert.deepEqual(p.at(), ['b'])
  p.data['again'] = false
  p.complete('b')
  assert.equal(p.ended(), 'completed')
})

test('an inclusive join waits in an unstructured graph for whoever can still come', async () => {
  // b may go to the first join by way of x, or past it.
  const p = await play(
    `start s\nand f\nuser a\nuser b\nuser c\nxor x\nor j\nuser d\nor k\nend e\ns -> f -> a -> j\nf -> b -> x\nf -> c -> k\nx -> j [near]\nx -> k default\nj -> d -> k -> e`,
    {
      near: false,
    },
  )
  p.complete('a')
  p.complete('c')
  assert.deepEqual(p.at(), ['b', 'j', 'k'])
  p.complete('b')
  assert.deepEqual(p.at(), ['d', 'k', 'k'])
  p.complete('d')
  assert.equal(p.ended(), 'completed')
  assert.equal(p.of('entered').filter((id) => id === 'k').length, 1)
})

test('an inclusive join waits for a subprocess and for its boundary path', async () => {
  const p = await play(
    `start s\nand f\nuser a\nsub S {\nstart si\nuser b\nend n\nsi -> b -> n\n}\nboundary t on=S timer=P1D\nuser late\nend x\nor j\nend e\ns -> f -> a -> j\nf -> S -> x\nt -> late -> j -> e`,
  )
  p.complete('a')
  assert.deepEqual(p.at(), ['b', 'j'])
  p.timer('t')
  assert.deepEqual(p.at(), ['j', 'late'])
  p.complete('late')
  assert.equal(p.ended(), 'completed')
})

test('an inclusive join waits across a link', async () => {
  const p = await play('start s\nand f\nuser a\nuser b\nthrow t link=L\ncatch c link=L\nor j\nend e\ns -> f -> a -> j\nf -> b -> t\nc -> j -> e')
  p.complete('a')
  assert.deepEqual(p.at(), ['b', 'j'])
  p.complete('b')
  assert.equal(p.ended(), 'completed')
})
