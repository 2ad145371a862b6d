// FEEL: from text to a tree (DMN 10.3.1.2). Precedence from loosest: or, and, comparison, + -, * /, **, unary minus, and what
// parse-primary.ts reads.
import type { ArithmeticOperator, ComparisonOperator, IteratorNode, Node, ParameterNode, TestNode, UnaryTests } from './ast.ts'
import { addName, type NameTable, nameTable, readNewName } from './names.ts'
import { parsePostfix, parseRangeEnd } from './parse-primary.ts'
import { parseType } from './parse-type.ts'
import {
  accept,
  acceptWord,
  attempt,
  expect,
  expectEnd,
  expectWord,
  nested,
  type Parser,
  problem,
  sees,
  seesWord,
  skip,
  startParser,
} from './scan.ts'

/** Names that the parser needs: those in scope, those of components, those of types. */
export type ParseScope = { names: NameTable; properties: NameTable; types: NameTable }

/** Parses a whole expression. Throws SyntaxProblem. */
export function parseExpression(text: string, scope: ParseScope): Node {
  const p = startParser(text, scope, readers)
  const node = readExpression(p)
  expectEnd(p)
  return node
}

/** Parses `1..3` or any expression: the list or range of a boxed iterator. */
export function parseIteration(text: string, scope: ParseScope): { from: Node; to: Node | undefined } {
  const p = startParser(text, scope, readers)
  const result = readDomain(p)
  expectEnd(p)
  return result
}

/** Parses the tests of a cell or of allowed values: `-`, `< 5, [7..9]`, `not("a", "b")`, `? > 3 and odd(?)`. */
export function parseUnaryTests(text: string, scope: ParseScope): UnaryTests {
  const p = startParser(text, { ...scope, names: nameTable(['?'], scope.names) }, readers)
  if (text.trim() === '-') return { any: true }
  const negated = attempt(p, () => {
    expectWord(p, 'not')
    expect(p, '(')
    const tests = readTests(p)
    expect(p, ')')
    expectEnd(p)
    return tests
  })
  if (negated) return { any: false, negated: true, tests: negated }
  const tests = readTests(p)
  expectEnd(p)
  return { any: false, negated: false, tests }
}

function readTests(p: Parser): TestNode[] {
  const tests = [readTest(p, readExpression)]
  while (accept(p, ',')) tests.push(readTest(p, readExpression))
  return tests
}

function readTest(p: Parser, read: (p: Parser) => Node): TestNode {
  const { usesInput } = p
  p.usesInput = false
  const node = read(p)
  const test = { node, usesInput: p.usesInput }
  p.usesInput = usesInput
  return test
}

function readExpression(p: Parser): Node {
  return nested(p, () => {
    if (acceptWord(p, 'if')) return readIf(p)
    if (acceptWord(p, 'for')) return readFor(p)
    if (acceptWord(p, 'some')) return readQuantified(p, 'some')
    if (acceptWord(p, 'every')) return readQuantified(p, 'every')
    const definition = seesWord(p, 'function') ? readFunction(p) : undefined
    return definition ?? readOr(p)
  })
}

function readIf(p: Parser): Node {
  const condition = readExpression(p)
  expectWord(p, 'then')
  const whenTrue = readExpression(p)
  expectWord(p, 'else')
  return { k: 'if', condition, whenTrue, whenFalse: readExpression(p) }
}

function readFor(p: Parser): Node {
  const { names, usesPartial } = p
  const iterators = readIterators(p)
  expectWord(p, 'return')
  addName(p.names, 'partial')
  p.usesPartial = false
  const body = readExpression(p)
  const node: Node = { k: 'for', iterators, body, usesPartial: p.usesPartial }
  p.names = names
  p.usesPartial ||= usesPartial
  return node
}

function readQuantified(p: Parser, k: 'some' | 'every'): Node {
  const { names } = p
  const iterators = readIterators(p)
  expectWord(p, 'satisfies')
  const body = readExpression(p)
  p.names = names
  return { k, iterators, body }
}

function readIterators(p: Parser): IteratorNode[] {
  const iterators: IteratorNode[] = []
  do {
    skip(p)
    const name = readNewName(p.text, p.at, (word) => word === 'in')
    if (!name) problem(p, 'A name is expected')
    p.at = name.end
    expectWord(p, 'in')
    iterators.push({ name: name.name, ...readDomain(p) })
    p.names = nameTable([name.name], p.names)
  } while (accept(p, ','))
  return iterators
}

function readDomain(p: Parser): { from: Node; to: Node | undefined } {
  const from = readExpression(p)
  return { from, to: accept(p, '..') ? readExpression(p) : undefined }
}

function readFunction(p: Parser): Node | undefined {
  acceptWord(p, 'function')
  expect(p, '(')
  const { names, usesInput } = p
  const parameters: ParameterNode[] = []
  if (!accept(p, ')')) {
    do {
      skip(p)
      const name = readNewName(p.text, p.at, () => false)
      if (!name) problem(p, 'The name of a parameter is expected')
      p.at = name.end
      parameters.push({ name: name.name, type: accept(p, ':') ? parseType(p) : undefined })
    } while (accept(p, ','))
    expect(p, ')')
  }
  p.names = nameTable(
    parameters.map((parameter) => parameter.name),
    names,
  )
  const external = acceptWord(p, 'external')
  const body = readExpression(p)
  p.names = names
  p.usesInput = usesInput
  return { k: 'function', parameters, body, external }
}

function readOr(p: Parser): Node {
  let left = readAnd(p)
  while (acceptWord(p, 'or')) left = { k: 'or', left, right: readAnd(p) }
  return left
}

function readAnd(p: Parser): Node {
  let left = readComparison(p)
  while (acceptWord(p, 'and')) left = { k: 'and', left, right: readComparison(p) }
  return left
}

const comparisons: ComparisonOperator[] = ['<=', '>=', '!=', '<', '>', '=']

function readComparison(p: Parser): Node {
  let left = readSum(p)
  for (;;) {
    skip(p)
    const operator = comparisons.find((symbol) => p.text.startsWith(symbol, p.at))
    if (operator) {
      p.at += operator.length
      left = { k: 'comparison', operator, left, right: readSum(p) }
    } else if (acceptWord(p, 'between')) left = readBetween(p, left)
    else if (acceptWord(p, 'in')) left = { k: 'in', value: left, tests: readMembership(p) }
    else return left
  }
}

function readBetween(p: Parser, value: Node): Node {
  const low = readSum(p)
  expectWord(p, 'and')
  return { k: 'between', value, low, high: readSum(p) }
}

/** `x in (tests)`, `x in test`: a parenthesis holds tests unless it turns out to start an arithmetic value. */
function readMembership(p: Parser): TestNode[] {
  const outer = p.names
  p.names = nameTable(['?'], outer)
  const tests = attempt(p, () => readParenthesis(p)) ?? [readTest(p, readSum)]
  p.names = outer
  return tests
}

function readParenthesis(p: Parser): TestNode[] {
  expect(p, '(')
  if (sees(p, '..')) return [{ node: parseRangeEnd(p, undefined, false), usesInput: false }]
  const tests = [readTest(p, readExpression)]
  const first = tests[0]
  if (first && sees(p, '..')) return [{ node: parseRangeEnd(p, first.node, false), usesInput: false }]
  while (accept(p, ',')) tests.push(readTest(p, readExpression))
  expect(p, ')')
  skip(p)
  if (tests.length === 1 && /^[.[(*/+-]/.test(p.text.slice(p.at))) problem(p, 'no list of tests')
  return tests
}

function readSum(p: Parser): Node {
  return readLeft(p, ['+', '-'], readProduct)
}

const readers = { expression: readExpression, sum: readSum }
const readProduct = (p: Parser): Node => readLeft(p, ['*', '/'], readPower)
const readPower = (p: Parser): Node => readLeft(p, ['**'], readUnary)

function readLeft(p: Parser, operators: ArithmeticOperator[], next: (p: Parser) => Node): Node {
  let left = next(p)
  for (;;) {
    skip(p)
    const operator = operators.find((symbol) => p.text.startsWith(symbol, p.at))
    if (!operator || (operator === '*' && p.text.startsWith('**', p.at))) return left
    p.at += operator.length
    left = { k: 'arithmetic', operator, left, right: next(p) }
  }
}

function readUnary(p: Parser): Node {
  return accept(p, '-') ? nested(p, () => ({ k: 'negative', operand: readUnary(p) })) : parsePostfix(p)
}
