import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compile } from './compile.ts'
import { sketch } from './fixtures/sketch.ts'
import { simulate } from './simulation.ts'
import type { Step } from './simulation.ts'

async function run(text: string, steps: Step[] = []) {
  const { findings, ...compiled } = await compile(text.startsWith('<?xml') ? text : sketch(text), { profile: 'full' })
  assert.deepEqual(
    findings.filter((finding) => finding.severity === 'error'),
    [],
  )
  const notes: string[] = []
  const result = simulate({ findings, ...compiled }, steps, { note: (note) => notes.push(note) })
  const of = (type: string) => result.lines.flatMap((line) => (line.type === type ? line.element : []))
  return { ...result, notes, of }
}

const complete = (element: string, data?: Record<string, unknown>, index?: number): Step => ({
  do: 'complete',
  element,
  ...(data && { data }),
  ...(index !== undefined && { index }),
})
const pair = `pool P {\nstart s\nsend b message=order\ncatch y message=yes\nend e\ns -> b -> y -> e\n}
pool Q {\nstart qs message=order\nuser work\nend qe message=yes\nqs -> work -> qe\n}\nb => qs\nqe => y`

test('messages lead from one participant to the other and back', async () => {
  const waiting = await run(pair)
  assert.equal(waiting.end, 'waiting')
  assert.match(waiting.reason ?? '', /y.*work/)
  const done = await run(pair, [complete('work')])
  assert.equal(done.end, 'completed')
  assert.deepEqual(done.of('thrown'), ['b', 'qe'])
  assert.deepEqual(done.of('caught'), ['qs', 'y'])
})

test('a message that comes before anybody waits is kept for the catch', async () => {
  const p = await run('start s\nuser a\ncatch m message=paid\nend e\ns -> a -> m -> e', [{ do: 'message', name: 'paid' }, complete('a')])
  assert.equal(p.end, 'completed')
})

test('a task without a kind, a service and a script in another language do nothing; a FEEL script sets its variable', async () => {
  const p = await run(
    'start s\ntask a\nservice b\nscript c script=1+2\nxor g\nend good\nend bad\ns -> a -> b -> c -> g\ng -> good [c = 3]\ng -> bad default',
  )
  assert.equal(p.lines.findLast((line) => line.type === 'entered')?.element, 'good')
  assert.equal(p.notes.length, 1)
})

test('what is completed by name waits for it, also if it would be passed over', async () => {
  const p = await run('start s\nservice a\nxor g\nend good\nend bad\ns -> a -> g\ng -> good [ok]\ng -> bad default', [complete('a', { ok: true })])
  assert.deepEqual(p.of('waiting'), ['a'])
  assert.ok(p.of('completed').includes('good'))
})

test('conditions in other languages are read when they are simple, and are false when they are not', async () => {
  const text = (condition: string) => `start s\nxor g\nend yes\nend no\ns -> g\ng -> yes [${condition}]\ng -> no default`
  for (const condition of ['${x > 1}', "#{name == 'a' && !off}", 'this.environment.variables.x === 2', '= x = 2']) {
    const p = await run(text(condition), [{ do: 'data', data: { x: 2, name: 'a', off: false } }])
    assert.ok(p.of('completed').includes('yes'), condition)
  }
  const strange = await run(text('${bean.decide(x)}'), [{ do: 'data', data: { x: 2 } }])
  assert.ok(strange.of('completed').includes('no'))
  assert.equal(strange.notes.length, 1)
})

test('of an exclusive split without conditions the way without a condition is taken when nothing else is', async () => {
  const p = await run('start s\nxor g\nend a\nend b\ns -> g\ng -> a\ng -> b [x > 1]', [{ do: 'data', data: { x: 2 } }])
  assert.ok(p.of('completed').includes('b'))
  const q = await run('start s\nxor g\nend a\nend b\ns -> g\ng -> a\ng -> b [x > 1]', [{ do: 'data', data: { x: 0 } }])
  assert.ok(q.of('completed').includes('a'))
})

test('timers are due on the virtual clock, and each line says when', async () => {
  const text = 'start s\nuser a\nend e\ns -> a -> e\nboundary t on=a timer=PT2H\nend late\nt -> late'
  const early = await run(text, [{ do: 'advance', duration: 'PT1H59M' }])
  assert.equal(early.end, 'waiting')
  const late = await run(text, [{ do: 'advance', duration: 'P1D' }])
  assert.equal(late.end, 'completed')
  assert.equal(late.lines.find((line) => line.element === 'late')?.at, '2026-01-01T02:00:00.000Z')
})

test('a cycle comes as often as it says', async () => {
  const text = 'start s\nuser a\nend e\ns -> a -> e\nboundary t on=a cycle=R3/PT1H non\ntask told\nend f\nt -> told -> f'
  const p = await run(text, [{ do: 'advance', duration: 'PT2H' }])
  assert.equal(p.of('completed').filter((id) => id === 'told').length, 2)
  const q = await run(text, [{ do: 'until', until: 'idle' }])
  assert.equal(q.of('completed').filter((id) => id === 'told').length, 3)
  const forever = await run(text.replace('R3/', 'R/'), [{ do: 'advance', duration: 'PT5H' }])
  assert.equal(forever.of('completed').filter((id) => id === 'told').length, 5)
})

test('a timer start event starts a process each time that it is due', async () => {
  const p = await run('start s cycle=R2/P1D\ntask a\nend e\ns -> a -> e', [{ do: 'until', until: 'idle' }])
  assert.equal(p.of('completed').filter((id) => id === 'a').length, 2)
})

test('a signal reaches every instance and starts processes', async () => {
  const p = await run(
    'pool P {\nstart s\ncatch c signal=X\nend e\ns -> c -> e\n}\npool Q {\nstart q signal=X\nend f\nq -> f\n}\npool R {\nstart r\nend t signal=X\nuser u\nr -> u -> t\n}',
    [complete('u')],
  )
  assert.equal(p.end, 'completed')
  assert.deepEqual(p.of('caught').toSorted(), ['c', 'q'])
})

const called = (inner: string, outer = '') =>
  `pool P {\nstart s\ncall k @calledElement=Q\nend e\ns -> k -> e\n${outer}}\npool Q {\nstart qs\n${inner}}`

test('a call activity runs the called process and goes on when that ends', async () => {
  const p = await run(called('user a\nend qe\nqs -> a -> qe\n'), [complete('a', { x: 1 })])
  assert.equal(p.end, 'completed')
  assert.equal(p.of('entered').filter((id) => id === 'Q').length, 1)
})

test('an error that the called process does not catch is caught at the call activity', async () => {
  const p = await run(called('end qe error=BAD\nqs -> qe\n', 'boundary b on=k error=BAD\nend sorry\nb -> sorry\n'))
  assert.equal(p.end, 'completed')
  assert.ok(p.of('completed').includes('sorry'))
  assert.deepEqual(p.of('incident'), [])
  const uncaught = await run(called('end qe error=BAD\nqs -> qe\n'))
  assert.equal(uncaught.end, 'failed')
  assert.deepEqual(uncaught.of('incident'), ['qe'])
})

test('an escalation of the called process is caught at the call activity, and both go on', async () => {
  const p = await run(
    called('throw t escalation=UP\nuser a\nend qe\nqs -> t -> a -> qe\n', 'boundary b on=k escalation=UP non\ntask told\nend f\nb -> told -> f\n'),
    [complete('a')],
  )
  assert.equal(p.end, 'completed')
  assert.ok(p.of('completed').includes('told'))
})

test('cancelling a call activity cancels the called process', async () => {
  const p = await run(called('user a\nend qe\nqs -> a -> qe\n', 'boundary b on=k timer=PT1H\nend f\nb -> f\n'), [{ do: 'advance', duration: 'PT1H' }])
  assert.equal(p.end, 'completed')
  assert.deepEqual(p.of('cancelled').toSorted(), ['Q', 'a', 'k'])
})

test('instances of a multiple instance are numbered, and each has its item', async () => {
  const text =
    'start s\nsub a each=people:person {\nstart si\nxor g\nuser old\nuser young\nend n\nsi -> g\ng -> old [person.age > 60]\ng -> young default\nold -> n\nyoung -> n\n}\nend e\ns -> a -> e'
  const xml = sketch(text).replace('<process id="p" isExecutable="true">', '$&<dataObject id="people" name="people" isCollection="true"/>')
  const p = await run(xml, [{ do: 'data', data: { people: [{ age: 70 }, { age: 20 }] } }])
  assert.deepEqual(p.of('waiting').toSorted(), ['old', 'young'])
  const tasks = await run('start s\nuser a multi=3\nend e\ns -> a -> e', [complete('a', {}, 1)])
  assert.deepEqual(
    tasks.lines.flatMap((line) => (line.element === 'a' && line.type === 'completed' ? line.instance : [])),
    [1],
  )
})

test('a task inside several instances is named by the number of the instance it is part of', async () => {
  const text = 'start s\nsub a multi=3 {\nstart si\nuser u\nend n\nsi -> u -> n\n}\nend e\ns -> a -> e'
  const p = await run(text, [complete('u', {}, 0), complete('u', {}, 2), complete('u', {}, 1)])
  assert.equal(p.end, 'completed')
  assert.equal((await run(text, [complete('u', {}, 0), complete('u', {}, 0)])).end, 'failed')
})

test('a data object is known by the name of the reference that is drawn when it has none itself (10.4.1)', async () => {
  const input =
    '<ioSpecification><dataInput id="di" isCollection="true"/><inputSet><dataInputRefs>di</dataInputRefs></inputSet><outputSet/></ioSpecification>' +
    '<dataInputAssociation><sourceRef>ref</sourceRef><targetRef>di</targetRef></dataInputAssociation>' +
    '<multiInstanceLoopCharacteristics><loopDataInputRef>di</loopDataInputRef><inputDataItem id="one" name="one"/></multiInstanceLoopCharacteristics>'
  const xml = sketch('start s\nuser a\nend e\ns -> a -> e')
    .replace(
      '<process id="p" isExecutable="true">',
      '$&<dataObject id="object"/><dataObjectReference id="ref" name="people" dataObjectRef="object"/>',
    )
    .replace(/<userTask id="a"[^>]*?(\/?)>/, (tag) => (tag.endsWith('/>') ? `${tag.slice(0, -2)}>${input}</userTask>` : `${tag}${input}`))
  const p = await run(xml, [{ do: 'data', data: { people: ['x', 'y'] } }])
  assert.deepEqual(p.of('waiting'), ['a', 'a'])
})

test('the results of instances are gathered before what follows asks for them', async () => {
  const inner =
    'start s\nsub a {\nstart si\ntask t\nend n\nsi -> t -> n\n}\nxor g\nend yes\nend no\ns -> a -> g\ng -> yes [sum(squares) = 14]\ng -> no default'
  const list = '<zeebe:loopCharacteristics inputCollection="= [1,2,3]" inputElement="n" outputCollection="squares" outputElement="= n * n"/>'
  const loop = `<multiInstanceLoopCharacteristics><extensionElements>${list}</extensionElements></multiInstanceLoopCharacteristics>`
  const xml = sketch(inner)
    .replace('xmlns:xl', 'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" xmlns:xl')
    .replace('<subProcess id="a" name="a">', `$&${loop}`)
  const p = await run(xml)
  assert.ok(p.of('completed').includes('yes'))
})

test('instances of a process are told apart by the key of the message', async () => {
  const keyed = sketch('pool P {\nstart s message=new\ncatch c message=paid\nend e\ns -> c -> e\n}').replace(
    '<collaboration',
    '<correlationProperty id="key" name="key"><correlationPropertyRetrievalExpression messageRef="message-new"><messagePath>order</messagePath></correlationPropertyRetrievalExpression><correlationPropertyRetrievalExpression messageRef="message-paid"><messagePath>order</messagePath></correlationPropertyRetrievalExpression></correlationProperty><collaboration',
  )
  const message = (name: string, order: number): Step => ({ do: 'message', name, data: { order } })
  const p = await run(keyed, [message('new', 1), message('new', 2), message('paid', 2)])
  assert.equal(p.end, 'waiting')
  const q = await run(keyed, [message('new', 1), message('new', 2), message('paid', 3)])
  assert.deepEqual(q.of('caught'), ['s', 's'])
  const r = await run(keyed, [message('new', 1), message('new', 2), message('paid', 2), message('paid', 1)])
  assert.equal(r.end, 'completed')
})

test('an event gateway shows the events that lost', async () => {
  const p = await run('start s\nrace g\ncatch m message=M\ncatch t timer=PT1H\nend e\nend f\ns -> g -> m -> e\ng -> t -> f', [
    { do: 'message', name: 'M' },
  ])
  assert.deepEqual(p.of('cancelled'), ['t'])
  assert.equal(p.end, 'completed')
})

test('a parallel join behind an exclusive split is stuck, and the run says where', async () => {
  const p = await run('start s\nxor g\ntask a\ntask b\nand j\nend e\ns -> g\ng -> a [true]\ng -> b default\na -> j\nb -> j -> e')
  assert.equal(p.end, 'waiting')
  assert.equal(p.reason, 'stuck at j')
})

test('an uncaught error fails the run', async () => {
  const p = await run('start s\nend e error=BAD\ns -> e')
  assert.equal(p.end, 'failed')
  assert.match(p.reason ?? '', /uncaught error BAD/)
})

test('a loop without a wait state fails the run instead of hanging', async () => {
  const p = await run('start s\nxor m\nxor g\nend e\ns -> m -> g\ng -> m [true]\ng -> e default')
  assert.equal(p.end, 'failed')
  const long = await run('start s\nxor m\ntask a\nxor g\nend e\ns -> m -> a -> g\ng -> m [true]\ng -> e default')
  assert.equal(long.end, 'failed')
})

test('a step that does not fit ends the run as failed, and one for an unknown element is refused', async () => {
  const text = 'start s\nuser a\nuser b\nend e\ns -> a -> b -> e'
  assert.equal((await run(text, [complete('b')])).end, 'failed')
  await assert.rejects(run(text, [complete('nobody')]), /no element/)
})

test('a process without start and end events begins at what nothing leads to', async () => {
  const p = await run('task a\ntask b\nuser c\na -> b')
  assert.deepEqual(p.of('completed').slice(0, 2), ['a', 'b'])
  assert.deepEqual(p.of('waiting'), ['c'])
})

test('a parallel multiple start event starts the process when all its events have occurred', async () => {
  const text = 'start s all message=M signal=S\nend e\ns -> e'
  assert.equal((await run(text, [{ do: 'message', name: 'M' }])).end, 'waiting')
  assert.equal(
    (
      await run(text, [
        { do: 'message', name: 'M' },
        { do: 'signal', name: 'S' },
      ])
    ).end,
    'completed',
  )
})

test('a condition starts a process when the data makes it true', async () => {
  const text = 'start s conditional=x>3\ntask a\nend e\ns -> a -> e'
  assert.equal((await run(text)).end, 'waiting')
  assert.equal((await run(text, [{ do: 'start', element: 's' }])).end, 'completed')
  assert.equal(
    (
      await run(text, [
        { do: 'signal', name: 'none' },
        { do: 'data', data: { x: 5 } },
      ])
    ).end,
    'completed',
  )
})

test('an activity of an ad-hoc subprocess can be begun once more', async () => {
  const p = await run('start s\nadhoc A until=enough {\nuser a\nuser b\n}\nend e\ns -> A -> e', [
    complete('a'),
    { do: 'start', element: 'a' },
    complete('b', { enough: true }),
  ])
  assert.equal(p.end, 'completed')
  assert.equal(p.of('entered').filter((id) => id === 'a').length, 2)
})
