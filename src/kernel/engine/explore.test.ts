import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compile } from './compile.ts'
import { explore } from './explore.ts'
import { sketch } from './fixtures/sketch.ts'

async function faultsOf(text: string, limit?: number) {
  const { graph, findings } = await compile(sketch(text))
  assert.deepEqual(
    findings.filter((finding) => finding.severity === 'error'),
    [],
  )
  return explore(graph, limit === undefined ? {} : { limit })
}

const summary = async (text: string) => (await faultsOf(text)).faults.map((fault) => `${fault.rule} ${fault.elements.join(' ')}`)

test('a sound diagram has no fault, and its whole space was seen', async () => {
  const result = await faultsOf(`start s\nand f\nuser a\nuser b\nboundary t on=a timer=P1D non\nuser r\nend re\nand j\nxor g\nuser c\nend e\nend x
    s -> f -> a -> j\nf -> b -> j -> g\nt -> r -> re\ng -> c [ok]\ng -> x default\nc -> e`)
  assert.deepEqual(result.faults, [])
  assert.ok(result.complete)
  assert.ok(result.states > 5)
})

test('a parallel join after an exclusive split is reported with the way to it', async () => {
  const { faults } = await faultsOf('start s\nxor x\nuser a\nuser b\nand j\nend e\ns -> x\nx -> a [ok]\nx -> b default\na -> j\nb -> j -> e')
  const stuck = faults.filter((fault) => fault.rule === 'explore.stuck')
  assert.deepEqual(
    stuck.map((fault) => [fault.elements, fault.trace]),
    [[['j'], ['start s, x_a = false', 'complete b']]],
  )
  assert.ok(faults.some((fault) => fault.rule === 'explore.dead' && fault.elements[0] === 'j'))
})

test('a gateway that may find no way is an incident, unless its conditions are opposites', async () => {
  const text = (other: string) => `start s\nxor x\nend a\nend b\ns -> x\nx -> a [paid]\nx -> b [${other}]`
  assert.deepEqual(await summary(text('late')), ['explore.incident x'])
  assert.deepEqual(await summary(text('not(paid)')), [])
})

test('an element that is never reached is reported', async () => {
  assert.deepEqual(await summary('start s\nuser a\nboundary x on=a error=E\nuser b\nend e\nend f\ns -> a -> e\nx -> b -> f'), ['explore.dead x'])
})

test('a loop that makes a token every round grows without end', async () => {
  const faults = await summary(
    'start s\nxor m\nuser a\nand f\nuser b\nend e\nxor g\nend x\ns -> m -> a -> f -> g\nf -> b -> e\ng -> m [again]\ng -> x default',
  )
  assert.ok(faults.includes('explore.growth b'), faults.join())
})

test('a loop that can only be left by nobody cannot reach the end', async () => {
  const faults = await summary('start s\nxor m\nuser a\nxor g\nend e\ns -> m -> a -> g\ng -> m default\ng -> e [false]')
  assert.ok(faults.includes('explore.stuck a'), faults.join())
})

test('a circle in which nobody waits is reported', async () => {
  const faults = await summary('start s\nxor m\nxor g\nend e\ns -> m -> g\ng -> m [again]\ng -> e default')
  assert.deepEqual(faults, ['explore.runaway '])
})

test('events that may come many times do not count as growth', async () => {
  assert.deepEqual(
    await summary(`start s\nuser a\nend e\ns -> a -> e\nboundary m on=a message=ask non\nuser r\nend x\nm -> r -> x
      handler H {\nstart hs message=more non\nuser h\nend he\nhs -> h -> he\n}`),
    [],
  )
})

test('a subprocess with errors, escalations and event subprocesses is explored whole', async () => {
  assert.deepEqual(
    await summary(`start s\nsub S {\nstart si\nservice a\nthrow up escalation=L\nuser b\nend n\nend bad error=BAD\nxor g\nsi -> a -> up -> b -> g\ng -> n [ok]\ng -> bad default
      handler H {\nstart hs error=E\nuser h\nend he\nhs -> h -> he\n}\n}
      boundary c on=S error=BAD\nboundary l on=S escalation=L non\nuser fix\nuser chief\nend e\nend x\nend y\ns -> S -> e\nc -> fix -> x\nl -> chief -> y`),
    [],
  )
})

test('exploration stops at its limit and says so', async () => {
  const result = await faultsOf('start s\nuser a\nuser b\nuser c\nend e\ns -> a -> b -> c -> e', 2)
  assert.equal(result.complete, false)
  assert.deepEqual(
    result.faults.map((fault) => fault.rule),
    ['explore.limit'],
  )
})

test('an error that nobody catches is an incident, reported once', async () => {
  assert.deepEqual(await summary('start s\nuser a\nend e error=E\ns -> a -> e'), ['explore.incident e'])
})
