import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { decide, openModel } from './decisions.ts'
import { dmn } from './dmn-fixture.ts'
import { builtIns } from './builtins.ts'
import { DecisionError } from './environment.ts'
import { evaluateExpression, passesUnaryTests } from './expressions.ts'

const words =
  '1 2.5 .. . , : ( ) [ ] { } < <= > >= = != + - * / ** ? @ "a" "P1D" @"P1D" @"2026-01-01" @"10:00:00Z" a b in if then else for return some every satisfies and or not between instance of function external null true date list context'
const tokens = fc.constantFrom(...words.split(' '), ...builtIns.keys())
const text = fc.array(tokens, { maxLength: 14 }).map((parts) => parts.join(' '))
const budget = { steps: 20_000, list: 1000, string: 10_000 }

const onlyDecisionErrors = (work: () => unknown) => {
  try {
    work()
  } catch (error) {
    assert.ok(error instanceof DecisionError, String(error))
  }
}

test('whatever is written as an expression gives a value or a DecisionError', () => {
  fc.assert(
    fc.property(text, (expression) => onlyDecisionErrors(() => evaluateExpression(expression, { a: [1, 'x', null], b: { c: 1 } }, { budget }))),
    { numRuns: 3000 },
  )
})

test('whatever is written as unary tests says yes, no or a DecisionError', () => {
  fc.assert(
    fc.property(text, fc.constantFrom(1, 'x', null, true, [1]), (tests, input) =>
      onlyDecisionErrors(() => passesUnaryTests(tests, input, {}, { budget })),
    ),
    { numRuns: 2000 },
  )
})

test('every built-in function answers any arguments with a value or a DecisionError', () => {
  const values = fc.constantFrom(
    'null',
    'true',
    '1',
    '-2.5',
    '1e6000',
    '"a"',
    '"[a-z]+"',
    '@"2026-01-31"',
    '@"10:00:00@Asia/Shanghai"',
    '@"2026-01-31T10:00:00Z"',
    '@"P1Y"',
    '@"-PT1H"',
    '[]',
    '[1, 2]',
    '["a", null]',
    '{a: 1}',
    '[1..5)',
    '(>1)',
    'function(x, y) x < y',
  )
  fc.assert(
    fc.property(fc.constantFrom(...builtIns.keys()), fc.array(values, { maxLength: 4 }), (name, args) => {
      evaluateExpression(`${name}(${args.join(', ')})`, {}, { budget: { ...budget, steps: 200_000 } })
    }),
    { numRuns: 4000 },
  )
})

test('whatever is in a file gives a model or a DecisionError', () => {
  const names = fc.constantFrom(
    'decision',
    'variable',
    'context',
    'contextEntry',
    'decisionTable',
    'input',
    'output',
    'rule',
    'inputEntry',
    'outputEntry',
    'text',
    'literalExpression',
    'invocation',
    'binding',
    'functionDefinition',
    'relation',
    'row',
    'list',
    'for',
    'filter',
    'conditional',
    'decisionService',
    'businessKnowledgeModel',
    'encapsulatedLogic',
    'itemDefinition',
    'typeRef',
  )
  const { xml } = fc.letrec<{ xml: string }>((tie) => ({
    xml: fc
      .tuple(
        names,
        fc.constantFrom('', 'id="d" name="d"', 'name="t" typeRef="t"', 'hitPolicy="COLLECT"'),
        fc.oneof(
          { maxDepth: 5 },
          fc.constantFrom('', '1', 'd'),
          fc.array(tie('xml'), { maxLength: 3 }).map((parts) => parts.join('')),
        ),
      )
      .map(([name, attributes, inner]) => `<${name} ${attributes}>${inner}</${name}>`),
  }))
  fc.assert(
    fc.property(fc.array(xml, { maxLength: 3 }), (parts) =>
      onlyDecisionErrors(() => decide(openModel(dmn(parts.join(''))), 'd', { d: 1 }, { budget })),
    ),
    { numRuns: 2000 },
  )
})
