import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkAdverse } from './adverse.ts'
import { compile } from './compile.ts'
import { sketch } from './fixtures/sketch.ts'

async function pathsOf(text: string, ...ids: string[]) {
  const { graph, findings } = await compile(sketch(text))
  assert.deepEqual(
    findings.filter((finding) => finding.severity === 'error'),
    [],
  )
  return checkAdverse(graph, ids).map((fault) => fault.path.join(' '))
}

const decided =
  'start s\nuser decide\nxor g\nservice grant\nservice letter\nend yes\nend refused\ns -> decide -> g\ng -> grant [ok]\ng -> letter default\ngrant -> yes\nletter -> refused'

test('a refusal right after a person decided is in order, with the letter that carries it out', async () => {
  assert.deepEqual(await pathsOf(decided, 'refused', 'letter', 'g_letter', 'decide'), [])
})

test('a refusal by a rule is found, and so is one by the start', async () => {
  const rule = 'start s\nuser a\nrule r\nxor g\nend yes\nend refused\ns -> a -> r -> g\ng -> yes [ok]\ng -> refused default'
  assert.deepEqual(await pathsOf(rule, 'refused', 'g_refused'), ['r g refused', 'r g g_refused'])
  assert.deepEqual(await pathsOf('start s\nxor g\nuser a\nend yes\nend refused\ns -> g\ng -> a [ok]\na -> yes\ng -> refused default', 'refused'), [
    's g refused',
  ])
})

test('a refusal by a timer, a message or an error of an action is found', async () => {
  const base = 'start s\nuser a\nservice b\nend yes\nend refused\ns -> a -> b -> yes\n'
  assert.deepEqual(await pathsOf(`${base}boundary t on=a timer=P1D\nt -> refused`, 'refused'), ['t refused'])
  assert.deepEqual(await pathsOf(`${base}boundary t on=a message=m\nt -> refused`, 'refused'), ['t refused'])
  const byError = await pathsOf(`${base}boundary t on=b error=E\nxor g\nend other\nt -> g\ng -> refused [x]\ng -> other default`, 'refused')
  assert.deepEqual(byError, ['b t g refused'])
})

test('an action decides nothing by failing', async () => {
  const failing = 'start s\nuser a\nservice b\nend yes\nend refused\ns -> a -> b -> yes\nboundary t on=b error=E\nt -> refused'
  assert.deepEqual(await pathsOf(failing, 'refused'), ['b t refused'])
})

test('one good path does not hide a bad one', async () => {
  assert.deepEqual(
    await pathsOf(`${decided.replace('letter -> refused', 'xor m\nletter -> m -> refused')}\nboundary t on=decide timer=P1D\nt -> m`, 'refused'),
    ['t m refused'],
  )
})

test('a circle back to the person is no way around the person', async () => {
  assert.deepEqual(
    await pathsOf(
      'start s\nxor m\nuser a\nxor g\nxor h\nend yes\nend no\ns -> m -> a -> g\ng -> h [x]\ng -> m default\nh -> yes [y]\nh -> no default',
      'no',
    ),
    [],
  )
})

test('a join of parallel branches needs a person in one of them', async () => {
  const text = (kind: string) =>
    `start s\nand f\n${kind} a\nrule b\nand j\nxor g\nend yes\nend no\ns -> f -> a -> j\nf -> b -> j -> g\ng -> yes [x]\ng -> no default`
  assert.deepEqual(await pathsOf(text('user'), 'no'), [])
  assert.deepEqual(await pathsOf(text('script'), 'no'), ['a j g no'])
})

test('the way is followed into subprocesses and out of them', async () => {
  const text = (kind: string) =>
    `start s\nuser first\nsub S {\nstart si\n${kind} a\nend n\nsi -> a -> n\n}\nxor g\nend yes\nend no\ns -> first -> S -> g\ng -> yes [x]\ng -> no default`
  assert.deepEqual(await pathsOf(text('user'), 'no'), [])
  assert.deepEqual(await pathsOf(text('rule'), 'no'), ['a n g no'])
  const thrown =
    'start s\nsub S {\nstart si\nuser a\nend bad error=NO\nsi -> a -> bad\n}\nend yes\nend no\ns -> S -> yes\nboundary c on=S error=NO\nc -> no'
  assert.deepEqual(await pathsOf(thrown, 'no'), [])
})

test('an adverse element that does not exist is a fault', async () => {
  const { graph } = await compile(sketch(decided))
  assert.equal(checkAdverse(graph, ['nowhere']).length, 1)
})
