import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decide, openModel } from './decisions.ts'
import { decision, dmn, input, table } from './dmn-fixture.ts'

const output = '<output/>'
const ranked = '<output name="level"><outputValues><text>"high","middle","low"</text></outputValues></output>'
const rows = [
  ['< 100', '"low"'],
  ['< 50', '"high"'],
  ['< 75', '"middle"'],
]

const run = (policy: string, outputs: string[], cells: string[][], amount: unknown) =>
  decide(openModel(dmn(input('amount', 'number') + decision('d', table(policy, ['amount'], outputs, cells), ['amount']))), 'd', { amount }).value

test('each hit policy picks what the standard says (8.2.10)', () => {
  const expected: [string, number, unknown][] = [
    ['hitPolicy="UNIQUE"', 80, 'low'],
    ['hitPolicy="UNIQUE"', 60, null],
    ['', 200, null],
    ['hitPolicy="ANY"', 60, null],
    ['hitPolicy="FIRST"', 10, 'low'],
    ['hitPolicy="PRIORITY"', 10, 'high'],
    ['hitPolicy="PRIORITY"', 60, 'middle'],
    ['hitPolicy="RULE ORDER"', 10, ['low', 'high', 'middle']],
    ['hitPolicy="OUTPUT ORDER"', 10, ['high', 'middle', 'low']],
    ['hitPolicy="COLLECT"', 60, ['low', 'middle']],
    ['hitPolicy="COLLECT"', 200, []],
    ['hitPolicy="COLLECT" aggregation="COUNT"', 60, 2],
    ['hitPolicy="COLLECT" aggregation="COUNT"', 200, 0],
    ['hitPolicy="COLLECT" aggregation="MIN"', 10, 'high'],
  ]
  for (const [policy, amount, value] of expected) assert.deepEqual(run(policy, [ranked], rows, amount), value, `${policy} ${amount}`)
})

test('any rule may apply when all that apply agree', () => {
  const cells = [
    ['> 0', '1'],
    ['> 5', '1.0'],
  ]
  assert.equal(run('hitPolicy="ANY"', [output], cells, 9), 1)
})

test('collected numbers are added up exactly', () => {
  const cells = [
    ['-', '0.1'],
    ['-', '0.2'],
    ['> 5', '100'],
  ]
  assert.equal(run('hitPolicy="COLLECT" aggregation="SUM"', [output], cells, 1), 0.3)
  assert.equal(run('hitPolicy="COLLECT" aggregation="MAX"', [output], cells, 9), 100)
})

test('several outputs make a context, and cells may compute', () => {
  const outputs = ['<output name="aid"/>', '<output name="reason"/>']
  const cells = [
    ['[0..800)', '800 - amount', '"under the line"'],
    ['>= 800', '0', '"over the line"'],
  ]
  assert.deepEqual(run('', outputs, cells, 750.5), { aid: 49.5, reason: 'under the line' })
})

test('a default output stands in when no rule applies', () => {
  const outputs = ['<output><defaultOutputEntry><text>"none"</text></defaultOutputEntry></output>']
  assert.equal(run('', outputs, [['< 0', '"x"']], 1), 'none')
})

test('an input outside its allowed values gives null and says so', () => {
  const limited = table('', ['amount'], [output], [['-', '1']]).replace('</input>', '<inputValues><text>[0..10]</text></inputValues></input>')
  const model = openModel(dmn(input('amount') + decision('d', limited, ['amount'])))
  assert.equal(decide(model, 'd', { amount: 5 }).value, 1)
  const refused = decide(model, 'd', { amount: 11 })
  assert.equal(refused.value, null)
  assert.match(refused.warnings.join(), /not allowed/)
})

test('a missing input is null: only cells that allow null apply', () => {
  const cells = [
    ['null', '"missing"'],
    ['> 0', '"there"'],
  ]
  assert.equal(run('', [output], cells, undefined), 'missing')
})

test('the trace names the rules that applied and the inputs they looked at', () => {
  const logic = table(
    'hitPolicy="COLLECT"',
    ['age', 'income'],
    [output],
    [
      ['>= 60', '-', '"elder"'],
      ['-', '< 800', '"poor"'],
      ['< 10', '-', '"child"'],
    ],
  ).replace('<rule id="r2">', '<rule id="r2"><annotationEntry><text>Art 12</text></annotationEntry>')
  const { trace } = decide(openModel(dmn(input('age') + input('income') + decision('aid', logic, ['age', 'income']))), 'aid', {
    age: 70,
    income: 100,
  })
  assert.deepEqual(trace, [
    {
      decision: 'aid',
      table: undefined,
      inputs: [
        { expression: 'age', value: 70 },
        { expression: 'income', value: 100 },
      ],
      rules: [
        { rule: 1, id: 'r1', decidedBy: ['age'], annotations: [] },
        { rule: 2, id: 'r2', decidedBy: ['income'], annotations: ['Art 12'] },
      ],
      output: ['elder', 'poor'],
    },
  ])
})
