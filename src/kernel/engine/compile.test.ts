import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { compile } from './compile.ts'
import { sketch } from './fixtures/sketch.ts'

const errorsOf = async (text: string) =>
  (await compile(sketch(text))).findings.filter((finding) => finding.severity === 'error').map((finding) => `${finding.rule} ${finding.element}`)

const ok = 'start s\nuser a\nend e\ns -> a -> e\n'

// Each row: what is wrong, the diagram, the finding that must be among those reported.
const broken = [
  ['a flow to an element that does not exist', `${ok}a -> nowhere`, 'bpmn.dangling-reference nowhere'],
  ['a boundary event without a host', `${ok}boundary b on=nothing timer=P1D\nend f\nb -> f`, 'bpmn.boundary-host b'],
  ['a boundary event on a gateway', 'start s\nand g\nend e\ns -> g -> e\nboundary b on=g timer=P1D\nend f\nb -> f', 'bpmn.boundary-host b'],
  [
    'an event gateway to a user task',
    'start s\nrace g\ncatch c timer=P1D\nuser u\nend e\ns -> g -> c -> e\ng -> u -> e',
    'bpmn.event-gateway-target u',
  ],
  ['an event gateway with one way', 'start s\nrace g\ncatch c timer=P1D\nend e\ns -> g -> c -> e', 'bpmn.event-gateway-outgoing g'],
  ['a flow out of a subprocess', 'start s\nsub S {\nstart si\nuser a\nend n\nsi -> a -> n\n}\nend e\ns -> S -> e\na -> e', 'bpmn.flow-bounds a_e'],
  ['the same id twice', `${ok}user a`, 'bpmn.duplicate-id a'],
  ['a flow into a start event', `${ok}a -> s`, 'bpmn.start-incoming s'],
  ['a flow out of an end event', `${ok}user b\nend f\ne -> b -> f`, 'bpmn.end-outgoing e'],
  ['a flow into a boundary event', `${ok}boundary b on=a timer=P1D\nb -> e\ns -> b`, 'bpmn.boundary-incoming b'],
  ['an element that nothing leads to', `${ok}user b\nb -> e`, 'bpmn.no-incoming b'],
  ['a gateway that leads nowhere', `${ok}xor g\na -> g`, 'bpmn.no-outgoing g'],
  ['a process without a start', 'user a\nend e\na -> e', 'bpmn.no-start p'],
  ['a subprocess without a start', 'start s\nsub S {\nuser a\n}\nend e\ns -> S -> e', 'bpmn.no-start S'],
  ['a subprocess that starts by a message', 'start s\nsub S {\nstart si message=m\nend n\nsi -> n\n}\nend e\ns -> S -> e', 'bpmn.start-trigger si'],
  ['an event subprocess without a trigger', `${ok}handler H {\nstart hs\nend n\nhs -> n\n}`, 'bpmn.start-trigger hs'],
  ['a flow into an event subprocess', `${ok}handler H {\nstart hs message=m\nend n\nhs -> n\n}\na -> H`, 'bpmn.incoming H'],
  ['a process that starts by an error', `${ok}start x error=E\nx -> a`, 'bpmn.start-trigger x'],
  ['a choice without a condition', 'start s\nxor g\nend a\nend b\ns -> g\ng -> a\ng -> b [x]', 'bpmn.condition-missing g_a'],
  ['a condition behind a parallel gateway', 'start s\nand g\nend a\nend b\ns -> g\ng -> a\ng -> b [x]', 'bpmn.condition-place g_b'],
  ['a condition that cannot be read', 'start s\nxor g\nend a\nend b\ns -> g\ng -> a default\ng -> b [x >]', 'feel.condition g_b'],
  ['a timer without a time', 'start s\ncatch c\nend e\ns -> c -> e', 'bpmn.event-definition c'],
  ['a link without its pair', 'start s\nthrow t link=L\nend e\nuser a\ns -> t\ns -> a -> e', 'bpmn.link-pair t'],
  ['an error that does not interrupt', `${ok}handler H {\nstart hs error=E non\nend n\nhs -> n\n}`, 'bpmn.error-interrupts hs'],
  ['an error caught in the flow', 'start s\ncatch c error=E\nend e\ns -> c -> e', 'bpmn.event-kind c'],
  ['an error end without a code', 'start s\nend e error\ns -> e', 'bpmn.event-definition e'],
  ['a conditional event without its condition', 'start s\ncatch c conditional\nend e\ns -> c -> e', 'bpmn.condition c'],
  ['a multiple instance that does not say how many', 'start s\nuser a multi\nend e\ns -> a -> e', 'bpmn.multi-count a'],
  ['a call activity', 'start s\ncallActivity a\nend e\ns -> a -> e', 'profile.unsupported a'],
  ['a transaction', 'start s\ntransaction a\nend e\ns -> a -> e', 'profile.unsupported a'],
  ['an ad-hoc subprocess', 'start s\nadHocSubProcess a\nend e\ns -> a -> e', 'profile.unsupported a'],
  ['a complex gateway', 'start s\ncomplexGateway a\nend e\ns -> a -> e', 'profile.unsupported a'],
  ['compensation', 'start s\nthrow a compensate\nend e\ns -> a -> e', 'profile.unsupported a'],
  ['a task of no kind', 'start s\ntask a\nend e\ns -> a -> e', 'profile.unsupported a'],
  ['an element that BPMN does not have', `${ok}robotTask r`, 'bpmn.unknown-element '],
] as const

for (const [what, text, finding] of broken) {
  test(`${what} is an error with its element and rule`, async () => {
    const errors = await errorsOf(text)
    assert.ok(errors.includes(finding), `${finding} is not in: ${errors.join(', ')}`)
  })
}

test('what is no BPMN at all is a finding, not an exception', async () => {
  for (const text of ['', 'hello', '<a/>', '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"/>']) {
    const { findings } = await compile(text)
    assert.ok(
      findings.some((finding) => finding.severity === 'error'),
      text,
    )
  }
})

test('attributes and inputs of our namespace are read, under any prefix, also those that the kernel does not know', async () => {
  const xml = sketch(`${ok}service b form=f action=notify@1 law=rules:7 event=told serves=S1 colour=blue\na -> b -> e`)
    .replace(
      '</serviceTask>',
      '<extensionElements><xl:input name="document" value="opinion"/><xl:input name="days" expression="= limit + 1"/></extensionElements></serviceTask>',
    )
    .replaceAll('xl:', 'town:')
  const { graph } = await compile(xml.replace('xmlns:xl', 'xmlns:town'))
  assert.deepEqual(graph.elements['b']?.xl, {
    inputs: [
      { name: 'document', value: 'opinion' },
      { name: 'days', expression: 'limit + 1' },
    ],
    ext: { colour: 'blue' },
    form: 'f',
    action: 'notify@1',
    law: 'rules:7',
    event: 'told',
    serves: 'S1',
  })
})

test('the membership of a tennis club compiles without a finding, with its lanes and names', async () => {
  const { graph, findings } = await compile(await readFile(new URL('fixtures/tennis-club.bpmn', import.meta.url), 'utf8'))
  assert.deepEqual(findings, [])
  assert.equal(graph.elements['decide']?.name, 'Decide on membership')
  assert.equal(graph.lanes[graph.elements['decide']?.lane ?? '']?.name, 'Committee')
  assert.deepEqual(JSON.parse(JSON.stringify(graph)), graph)
})
