// The parts of a FEEL expression that bind closest: literals, names, lists, contexts, ranges, calls, paths, filters.
import type { ComparisonOperator, Node } from './ast.ts'
import { addName, isCompound, matchName, nameTable, readNewName, readWord } from './names.ts'
import {
  accept,
  acceptWord,
  attempt,
  expect,
  expectWord,
  knownName,
  nested,
  type Parser,
  problem,
  readNumber,
  readString,
  sees,
  seesWord,
  skip,
} from './scan.ts'
import { parseType } from './parse-type.ts'
import { parseTemporal } from './temporal-text.ts'

const keywords = new Set([
  'if',
  'then',
  'else',
  'for',
  'in',
  'return',
  'some',
  'every',
  'satisfies',
  'and',
  'or',
  'between',
  'instance',
  'function',
  'external',
])
const operators: ComparisonOperator[] = ['<=', '>=', '!=', '<', '>', '=']

/** A value with everything that may follow it: `.name`, `[filter]`, `(arguments)`, `instance of type`. */
export function parsePostfix(p: Parser, filters = true): Node {
  let node = nested(p, () => parsePrimary(p))
  for (;;) {
    skip(p)
    const char = p.text.charAt(p.at)
    if (char === '.' && p.text.charAt(p.at + 1) !== '.') node = parsePath(p, node)
    else if (char === '[' && filters) node = parseFilter(p, node)
    else if (char === '(') node = parseCall(p, node)
    else if (seesWord(p, 'instance')) {
      acceptWord(p, 'instance')
      expectWord(p, 'of')
      node = { k: 'instance', value: node, type: parseType(p) }
    } else return node
  }
}

function parsePath(p: Parser, target: Node): Node {
  p.at++
  skip(p)
  const word = readWord(p.text, p.at)
  if (word === undefined) problem(p, 'A name is expected after “.”')
  const known = matchName([p.properties], p.text, p.at)
  if (known && known.end > p.at + word.length) {
    p.at = known.end
    return { k: 'path', target, name: known.name }
  }
  p.at += word.length
  return { k: 'path', target, name: word }
}

function parseFilter(p: Parser, target: Node): Node {
  p.at++
  const { names, inFilter } = p
  p.names = nameTable(['item'], names)
  p.inFilter = true
  const filter = p.expression(p)
  p.names = names
  p.inFilter = inFilter
  expect(p, ']')
  return { k: 'filter', target, filter }
}

function parseCall(p: Parser, target: Node): Node {
  p.at++
  if (accept(p, ')')) return { k: 'call', target, args: [], names: undefined }
  const args: Node[] = []
  const names: string[] = []
  do {
    const name = readArgumentName(p)
    if (name !== undefined) names.push(name)
    args.push(p.expression(p))
  } while (accept(p, ','))
  expect(p, ')')
  if (names.length > 0 && names.length !== args.length) problem(p, 'Either all arguments have names or none has')
  return { k: 'call', target, args, names: names.length > 0 ? names : undefined }
}

function readArgumentName(p: Parser): string | undefined {
  skip(p)
  const name = readNewName(p.text, p.at, () => false)
  if (!name) return undefined
  const before = p.at
  p.at = name.end
  if (accept(p, ':')) return name.name
  p.at = before
  return undefined
}

function parsePrimary(p: Parser): Node {
  skip(p)
  const char = p.text.charAt(p.at)
  if (char === '"') return { k: 'literal', value: readString(p) }
  if (char === '@') return parseAt(p)
  if (char === '{') return parseContext(p)
  if (char === '[') return parseListOrRange(p)
  if (char === '(') return parseGroupOrRange(p)
  if (char === ']') {
    p.at++
    return parseRangeEnd(p, p.expression(p), false)
  }
  const number = readNumber(p)
  if (number !== undefined) return { k: 'literal', value: number }
  const operator = operators.find((symbol) => p.text.startsWith(symbol, p.at))
  if (operator) {
    p.at += operator.length
    return { k: 'bound', operator, operand: p.sum(p) }
  }
  return parseName(p)
}

function parseAt(p: Parser): Node {
  p.at++
  if (p.text.charAt(p.at) !== '"') problem(p, 'A string is expected after “@”')
  return { k: 'literal', value: parseTemporal(readString(p)) }
}

function parseName(p: Parser): Node {
  const known = knownName(p)
  const word = readWord(p.text, p.at)
  if (word === undefined) problem(p, p.at < p.text.length ? `“${p.text.slice(p.at, p.at + 20)}” does not fit here` : 'The expression ends too early')
  if (!known || known.end <= p.at + word.length) {
    const literal = literals.get(word)
    if (literal !== undefined) {
      p.at += word.length
      return { k: 'literal', value: literal }
    }
    if (keywords.has(word)) problem(p, `“${word}” does not fit here`)
  }
  p.at = known?.end ?? p.at + word.length
  const name = known?.name ?? word
  if (name === '?') p.usesInput = true
  if (name === 'partial') p.usesPartial = true
  return { k: 'name', name }
}

function parseListOrRange(p: Parser): Node {
  p.at++
  if (accept(p, ']')) return { k: 'list', items: [] }
  if (sees(p, '..')) problem(p, 'A range without a start begins with “(”')
  const items = [p.expression(p)]
  if (sees(p, '..')) return parseRangeEnd(p, items[0], true)
  while (accept(p, ',')) items.push(p.expression(p))
  expect(p, ']')
  return { k: 'list', items }
}

function parseGroupOrRange(p: Parser): Node {
  p.at++
  if (sees(p, '..')) return parseRangeEnd(p, undefined, false)
  const inner = p.expression(p)
  if (sees(p, '..')) return parseRangeEnd(p, inner, false)
  expect(p, ')')
  return inner
}

/** Reads `..end]`, `..end)`, `..end[` or, without an end, `..)` and `..[`. */
export function parseRangeEnd(p: Parser, start: Node | undefined, startIncluded: boolean): Node {
  expect(p, '..')
  const open = attempt(p, () => {
    const end = p.expression(p)
    return { end, closed: readClosing(p) }
  })
  if (open) return { k: 'range', start, end: open.end, startIncluded, endIncluded: open.closed }
  if (accept(p, ')') || accept(p, '[')) {
    if (!start) problem(p, 'A range needs a start or an end')
    return { k: 'range', start, end: undefined, startIncluded, endIncluded: false }
  }
  // `[1..10[.start`: what follows the end is no filter but the end's own bracket.
  const negative = accept(p, '-')
  const bare = parsePostfix(p, false)
  const end: Node = negative ? { k: 'negative', operand: bare } : bare
  return { k: 'range', start, end, startIncluded, endIncluded: readClosing(p) }
}

function readClosing(p: Parser): boolean {
  if (accept(p, ']')) return true
  if (!accept(p, ')')) expect(p, '[')
  return false
}

function parseContext(p: Parser): Node {
  p.at++
  const { names } = p
  p.names = nameTable([], names)
  const entries: { name: string; value: Node }[] = []
  if (!accept(p, '}')) {
    do {
      const name = readKey(p)
      expect(p, ':')
      entries.push({ name, value: readEntry(p, name) })
    } while (accept(p, ','))
    expect(p, '}')
  }
  p.names = names
  return { k: 'context', entries }
}

function readEntry(p: Parser, name: string): Node {
  // A function may call itself, so its name is known inside; so are all entries above.
  addName(p.names, name)
  if (isCompound(name)) {
    p.properties = nameTable([name], p.properties)
  }
  return p.expression(p)
}

function readKey(p: Parser): string {
  skip(p)
  if (p.text.charAt(p.at) === '"') return readString(p)
  const known = knownName(p)
  const name = readNewName(p.text, p.at, () => false)
  if (!name) problem(p, 'The name of an entry is expected')
  p.at = name.end
  return known && known.end === name.end ? known.name : name.name
}

// A map: an object would know “constructor” too.
const literals: ReadonlyMap<string, boolean | null> = new Map([
  ['true', true],
  ['false', false],
  ['null', null],
])
