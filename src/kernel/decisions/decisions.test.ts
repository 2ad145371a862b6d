import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decide, listDecisions, openModel } from './decisions.ts'
import { decision, dmn, input, literal } from './dmn-fixture.ts'

const value = (body: string, name: string, data: Record<string, unknown> = {}, siblings: string[] = []) =>
  decide(openModel(dmn(body), siblings), name, data).value

const knowledge = (name: string, parameters: string, logic: string, type?: string, needs = '') =>
  `<businessKnowledgeModel id="${name}" name="${name}"><variable name="${name}"${type ? ` typeRef="${type}"` : ''}/><encapsulatedLogic>${parameters}${logic}</encapsulatedLogic>${needs}</businessKnowledgeModel>`
const parameter = (name: string, type?: string) => `<formalParameter name="${name}"${type ? ` typeRef="${type}"` : ''}/>`
const entry = (name: string | undefined, logic: string) => `<contextEntry>${name ? `<variable name="${name}"/>` : ''}${logic}</contextEntry>`

test('every version of the namespace is read, with prefix or without', () => {
  const versions = [
    'http://www.omg.org/spec/DMN/20151101/dmn.xsd',
    'http://www.omg.org/spec/DMN/20180521/MODEL/',
    'https://www.omg.org/spec/DMN/20191111/MODEL/',
    'https://www.omg.org/spec/DMN/20211108/MODEL/',
    'https://www.omg.org/spec/DMN/20230324/MODEL/',
  ]
  for (const version of versions) {
    const plain = dmn(decision('d', literal('1 + 1')), 'urn:test', version)
    const prefixed = plain.replace('xmlns=', 'xmlns:dmn=').replaceAll(/<(\/?)(\w)/g, '<$1dmn:$2')
    for (const xml of [plain, prefixed]) assert.equal(decide(openModel(xml), 'd', {}).value, 2, version)
  }
})

test('what is no model is refused', () => {
  for (const xml of ['', 'text', '<a/>', '<definitions/>', dmn('<decision>')])
    assert.throws(() => openModel(xml), { code: 'decision.unreadable' }, xml)
})

test('a decision sees what it requires and nothing else (10.4)', () => {
  const body =
    input('a', 'number') + input('b', 'number') + decision('one', literal('a + 1'), ['a']) + decision('two', literal('{one: one, b: b}'), ['!one'])
  assert.deepEqual(value(body, 'two', { a: 1, b: 5 }), { one: 2, b: null })
})

test('a decision that requires itself is an error, not a hang', () => {
  const body = decision('a', literal('b'), ['!b']) + decision('b', literal('a'), ['!a'])
  assert.throws(() => value(body, 'a'), { code: 'decision.cycle' })
})

test('boxed contexts, lists, relations and invocations (10.2.1)', () => {
  const body =
    knowledge('add', parameter('x', 'number') + parameter('y', 'number'), literal('x + y')) +
    decision('context', `<context>${entry('a', literal('2'))}${entry('b c', literal('a * 3'))}${entry(undefined, literal('b c + 1'))}</context>`) +
    decision('list', `<list>${literal('1')}${literal('"x"')}</list>`) +
    decision('relation', `<relation><column name="name"/><column name="age"/><row>${literal('"A"')}${literal('1')}</row></relation>`) +
    decision(
      'invocation',
      `<invocation>${literal('add')}<binding><parameter name="y"/>${literal('1')}</binding><binding><parameter name="x"/>${literal('2')}</binding></invocation>`,
      ['$add'],
    )
  assert.equal(value(body, 'context'), 7)
  assert.deepEqual(value(body, 'list'), [1, 'x'])
  assert.deepEqual(value(body, 'relation'), [{ name: 'A', age: 1 }])
  assert.equal(value(body, 'invocation'), 3)
})

test('boxed conditionals, filters and iterators (10.2.2)', () => {
  const part = (name: string, text: string) => `<${name}>${literal(text)}</${name}>`
  const body =
    decision('conditional', `<conditional>${part('if', '"no boolean"')}${part('then', '1')}${part('else', '2')}</conditional>`) +
    decision('filter', `<filter>${part('in', '[1, 2, 3]')}${part('match', 'item > 1')}</filter>`) +
    decision('for', `<for iteratorVariable="n">${part('in', '1..3')}${part('return', 'n * n + count(partial)')}</for>`) +
    decision('some', `<some iteratorVariable="n">${part('in', '[1, 2]')}${part('satisfies', 'n > 1')}</some>`) +
    decision('every', `<every iteratorVariable="n">${part('in', '[]')}${part('satisfies', 'false')}</every>`)
  assert.equal(value(body, 'conditional'), 2)
  assert.deepEqual(value(body, 'filter'), [2, 3])
  assert.deepEqual(value(body, 'for'), [1, 5, 11])
  assert.equal(value(body, 'some'), true)
  assert.equal(value(body, 'every'), true)
})

test('knowledge models are functions: passed on, nested, recursive, closing over their parameters', () => {
  const body =
    knowledge('times', parameter('a'), `<functionDefinition>${parameter('b')}${literal('a * b')}</functionDefinition>`) +
    knowledge('twice', parameter('f') + parameter('x'), literal('f(f(x))')) +
    knowledge(
      'factorial',
      parameter('n'),
      literal('if n <= 1 then 1 else n * factorial(n - 1)'),
      undefined,
      '<knowledgeRequirement><requiredKnowledge href="#factorial"/></knowledgeRequirement>',
    ) +
    decision('d', literal('twice(times(3), factorial(3))'), ['$times', '$twice', '$factorial'])
  assert.equal(value(body, 'd'), 54)
  assert.equal(value(body, 'factorial', { n: 5 }), 120)
})

test('decision services take inputs, then input decisions, and give their outputs (10.4)', () => {
  const service = (name: string, outputs: string[]) =>
    `<decisionService id="${name}" name="${name}"><variable name="${name}"/>${outputs.map((one) => `<outputDecision href="#${one}"/>`).join('')}<inputDecision href="#base"/><inputData href="#x"/></decisionService>`
  const body =
    input('x', 'string') +
    decision('base', literal('"never evaluated"'), [], 'string') +
    decision('out', literal('x + "-" + base'), ['x', '!base']) +
    decision('length', literal('string length(x)'), ['x']) +
    service('one', ['out']) +
    service('both', ['out', 'length']) +
    decision('positional', literal('one("X", "B")'), ['$one']) +
    decision('named', literal('both(base: "B", x: "X")'), ['$both']) +
    decision('too few', literal('one("X")'), ['$one']) +
    decision('wrong type', literal('one(1, "B")'), ['$one'])
  assert.equal(value(body, 'positional'), 'X-B')
  assert.deepEqual(value(body, 'named'), { out: 'X-B', length: 1 })
  assert.equal(value(body, 'too few'), null)
  assert.equal(value(body, 'wrong type'), null)
  assert.deepEqual(value(body, 'both', { x: 'X', base: 'B' }), { out: 'X-B', length: 1 })
})

test('a value that does not conform to its type becomes null; lists of one and dates convert (10.3.2.9.4)', () => {
  const body =
    '<itemDefinition name="tNumbers" isCollection="true"><typeRef>number</typeRef></itemDefinition>' +
    '<itemDefinition name="tGrade"><typeRef>string</typeRef><allowedValues><text>"A","B"</text></allowedValues></itemDefinition>' +
    '<itemDefinition name="tGrades" isCollection="true"><typeRef>tGrade</typeRef><typeConstraint><text>count(?) &lt; 3</text></typeConstraint></itemDefinition>' +
    '<itemDefinition name="tPerson"><itemComponent name="name"><typeRef>string</typeRef></itemComponent><itemComponent name="born"><typeRef>date</typeRef></itemComponent></itemDefinition>' +
    '<itemDefinition name="tTree"><itemComponent name="value"><typeRef>number</typeRef></itemComponent><itemComponent name="children" isCollection="true"><typeRef>tTree</typeRef></itemComponent></itemDefinition>'
  const rows: [string, string, unknown][] = [
    ['number', '"1"', null],
    ['number', '[1]', 1],
    ['tNumbers', '1', [1]],
    ['tNumbers', '[1, "a"]', null],
    ['tGrade', '"A"', 'A'],
    ['tGrade', '"C"', null],
    ['tGrades', '["A", "B"]', ['A', 'B']],
    ['tGrades', '["A", "C"]', null],
    ['tGrades', '["A", "B", "A"]', null],
    ['tPerson', '{name: "A", born: @"2000-01-01", more: 1}', { name: 'A', born: '2000-01-01', more: 1 }],
    ['tPerson', '{name: "A"}', null],
    ['date and time', 'date(2000, 1, 2)', '2000-01-02T00:00:00Z'],
    ['tTree', '{value: 1, children: [{value: 2, children: []}]}', { value: 1, children: [{ value: 2, children: [] }] }],
    ['tTree', '{value: 1, children: [{value: "x", children: []}]}', null],
    ['ns:number', '5', 5],
  ]
  for (const [type, text, expected] of rows) assert.deepEqual(value(body + decision('d', literal(text), [], type), 'd'), expected, `${type} ${text}`)
})

test('inputs are read by their type: dates, durations, nested components, numbers with all digits', () => {
  const body =
    '<itemDefinition name="tCase"><itemComponent name="filed on"><typeRef>date</typeRef></itemComponent><itemComponent name="stays" isCollection="true"><typeRef>days and time duration</typeRef></itemComponent></itemDefinition>' +
    input('case', 'tCase') +
    decision('d', literal('{due: case.filed on + @"P15D", stay: case.stays[1] + case.stays[2]}'), ['case'])
  assert.deepEqual(value(body, 'd', { case: { 'filed on': '2026-02-20', stays: ['P1D', 'PT12H'] } }), { due: '2026-03-07', stay: 'P1DT12H' })
  const numbers = input('n', 'number') + decision('d', literal('n / 3'), ['n'])
  assert.equal(decide(openModel(dmn(numbers)), 'd', { n: 1 }).text, `0.${'3'.repeat(34)}`)
  assert.equal(value(input('n', 'date') + decision('d', literal('n'), ['n']), 'd', { n: 'no date' }), null)
})

test('an input without a type keeps its text unless the caller asks to guess', () => {
  const model = openModel(dmn(input('d') + input('s', 'string') + decision('next', literal('{d: d + @"P1D", s: s + "!"}'), ['d', 's'])))
  const data = { d: '2026-02-28', s: '2026-02-28' }
  assert.deepEqual(decide(model, 'next', data).value, { d: null, s: '2026-02-28!' })
  assert.deepEqual(decide(model, 'next', data, { guessTemporal: true }).value, { d: '2026-03-01', s: '2026-02-28!' })
})

test('data may have keys that the model does not know', () => {
  const model = openModel(dmn(input('p') + decision('d', literal('p.home town'), ['p'])))
  assert.equal(decide(model, 'd', { p: { 'home town': '清溪镇' } }).value, '清溪镇')
  assert.equal(decide(model, 'd', { p: 1 }).value, null)
})

test('imported elements and types are named with their import, inputs of nested imports are found', () => {
  const library = dmn(
    '<itemDefinition name="tMoney"><typeRef>number</typeRef><allowedValues><text>>= 0</text></allowedValues></itemDefinition>' +
      input('region', 'string') +
      knowledge('Poverty line', parameter('factor', 'number'), literal('500.5 * factor')) +
      decision('base', literal('region + "!"'), ['region']),
    'urn:library',
    'http://www.omg.org/spec/DMN/20180521/MODEL/',
  )
  const main = dmn(
    '<import namespace="urn:library" name="My lib" importType="https://www.omg.org/spec/DMN/20230324/MODEL/"/>' +
      decision('line', literal('My lib.Poverty line(2)'), ['$urn:library#Poverty line'], 'My lib.tMoney') +
      decision('negative', literal('-1'), [], 'My lib.tMoney') +
      decision('greeting', literal('My lib.base'), ['!urn:library#base']),
  )
  const model = openModel(main, [library])
  assert.equal(decide(model, 'line', {}).value, 1001)
  assert.equal(decide(model, 'negative', {}).value, null)
  assert.equal(decide(model, 'greeting', { region: '清溪' }).value, '清溪!')
  assert.equal(decide(model, 'greeting', { 'My lib': { region: '清溪' } }).value, '清溪!')
  assert.throws(() => openModel(main), { code: 'decision.import' })
  const unnamed = main.replaceAll('My lib.', '').replace('name="My lib"', 'name=""')
  assert.equal(decide(openModel(unnamed, [library]), 'line', {}).value, 1001)
})

test('functions outside FEEL are refused', () => {
  const logic = `<context>${entry('f', `<functionDefinition kind="Java">${parameter('x')}<context/></functionDefinition>`)}${entry(undefined, literal('f(1)'))}</context>`
  const result = decide(openModel(dmn(decision('d', logic))), 'd', {})
  assert.equal(result.value, null)
  assert.match(result.warnings.join(), /external functions are refused/)
})

test('an expression that cannot be read is null with a warning; a decision without logic too', () => {
  const model = openModel(dmn(decision('broken', literal('1 +')) + decision('empty', '')))
  assert.match(decide(model, 'broken', {}).warnings.join(), /broken: “1 \+”/)
  assert.equal(decide(model, 'broken', {}).value, null)
  assert.equal(decide(model, 'empty', {}).value, null)
})

test('a runaway decision ends with an error, also between knowledge models', () => {
  const loop = knowledge(
    'f',
    parameter('x'),
    literal('f(x + 1)'),
    undefined,
    '<knowledgeRequirement><requiredKnowledge href="#f"/></knowledgeRequirement>',
  )
  assert.throws(() => value(loop + decision('d', literal('f(1)'), ['$f']), 'd'), { code: 'decision.budget' })
})

test('data nested without end is an error, and so are allowed values that cannot be read', () => {
  let nested: unknown = 1
  for (let depth = 0; depth < 50_000; depth++) nested = [nested]
  const model = openModel(dmn(input('x') + decision('d', literal('x'), ['x'])))
  assert.throws(() => decide(model, 'd', { x: nested }), { code: 'decision.budget' })
  const broken = '<itemDefinition name="t"><typeRef>number</typeRef><allowedValues><text>[1..</text></allowedValues></itemDefinition>'
  assert.throws(() => value(broken + decision('d', literal('1'), [], 't'), 'd'), { code: 'decision.syntax' })
})

test('a model whose elements carry the model’s own namespace by mistake is read', () => {
  const xml = dmn(decision('d', literal('1'))).replace('xmlns="https', 'xmlns="urn:test" xmlns:semantic="https')
  assert.equal(decide(openModel(xml), 'd', {}).value, 1)
})

test('what can be decided is listed and found by name or id', () => {
  const model = openModel(dmn(decision('d', literal('1')).replace('id="d"', 'id="_1"') + knowledge('k', '', literal('2'))))
  assert.deepEqual(listDecisions(model), [
    { id: '_1', name: 'd', kind: 'decision' },
    { id: 'k', name: 'k', kind: 'knowledge' },
  ])
  assert.equal(decide(model, '_1', {}).value, 1)
  assert.throws(() => decide(model, 'nothing', {}), { code: 'decision.not_found' })
})
