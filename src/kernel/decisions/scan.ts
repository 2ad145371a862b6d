// The state of the FEEL parser and its smallest pieces: spaces, comments, words, strings, numbers.
import type { Node } from './ast.ts'
import { type Decimal, parseDecimal } from './decimal.ts'
import { matchName, type NameTable, readWord } from './names.ts'

/** The text is no FEEL expression. `at` is the offset of the character that does not fit. */
export class SyntaxProblem extends Error {
  readonly at: number
  constructor(message: string, at: number) {
    super(`${message} (character ${at + 1})`)
    this.name = 'SyntaxProblem'
    this.at = at
  }
}

/** `properties` are the names that may follow a dot or stand in a filter; `types` those of item definitions. */
export type Parser = {
  readonly text: string
  at: number
  names: NameTable
  properties: NameTable
  readonly types: NameTable
  inFilter: boolean
  usesInput: boolean
  usesPartial: boolean
  depth: number
  /** Expressions begun so far, also those given up: keeps trying several readings from taking for ever. */
  work: number
  /** Parse a whole expression, or a sum: here so that the files of the parser need not import one another in a circle. */
  readonly expression: (p: Parser) => Node
  readonly sum: (p: Parser) => Node
}

const longestText = 100_000
const deepest = 150
/** Expressions that may be begun for each character: more is trying readings over and over. */
const workPerCharacter = 20

export function startParser(
  text: string,
  tables: Pick<Parser, 'names' | 'properties' | 'types'>,
  readers: Pick<Parser, 'expression' | 'sum'>,
): Parser {
  if (text.length > longestText) throw new SyntaxProblem(`The expression is longer than ${longestText} characters`, 0)
  const { names, properties, types } = tables
  return { text, at: 0, names, properties, types, inFilter: false, usesInput: false, usesPartial: false, depth: 0, work: 0, ...readers }
}

export function problem(p: Parser, message: string): never {
  throw new SyntaxProblem(message, p.at)
}

/** Runs `work` one level deeper; too deep an expression is refused rather than overflowing the stack. */
export function nested<T>(p: Parser, work: () => T): T {
  if (++p.depth > deepest || ++p.work > 1000 + workPerCharacter * p.text.length) problem(p, 'The expression is nested too deep')
  const result = work()
  p.depth--
  return result
}

/** Tries one reading; if it does not fit, undefined with the parser where it was. */
export function attempt<T>(p: Parser, work: () => T): T | undefined {
  const { at, names, inFilter, usesInput, usesPartial, depth } = p
  try {
    return work()
  } catch (error) {
    if (!(error instanceof SyntaxProblem) || error.message.startsWith('The expression is nested')) throw error
    Object.assign(p, { at, names, inFilter, usesInput, usesPartial, depth })
    return undefined
  }
}

const space = /[\s\u0085\u180E\uFEFF]/

/** Skips spaces and comments. */
export function skip(p: Parser): void {
  for (;;) {
    const char = p.text.charAt(p.at)
    if (char !== '' && space.test(char)) p.at++
    else if (p.text.startsWith('//', p.at)) p.at = endOr(p, p.text.indexOf('\n', p.at), 1)
    else if (p.text.startsWith('/*', p.at)) p.at = endOr(p, p.text.indexOf('*/', p.at + 2), 2)
    else return
  }
}

const endOr = (p: Parser, found: number, length: number) => (found < 0 ? p.text.length : found + length)

/** Whether `symbol` comes next (after spaces). */
export function sees(p: Parser, symbol: string): boolean {
  skip(p)
  return p.text.startsWith(symbol, p.at)
}

export function accept(p: Parser, symbol: string): boolean {
  if (!sees(p, symbol)) return false
  p.at += symbol.length
  return true
}

export function expect(p: Parser, symbol: string): void {
  if (!accept(p, symbol))
    problem(p, p.at < p.text.length ? `“${symbol}” expected before “${p.text.slice(p.at, p.at + 20)}”` : `“${symbol}” expected at the end`)
}

/** The known name that starts here, if it is longer than one word or is no keyword. */
export function knownName(p: Parser): { name: string; end: number } | undefined {
  return matchName(p.inFilter ? [p.names, p.properties] : [p.names], p.text, p.at)
}

/** Whether the keyword comes next; a longer known name that starts with it wins. */
export function seesWord(p: Parser, keyword: string): boolean {
  skip(p)
  if (!p.text.startsWith(keyword, p.at) || readWord(p.text, p.at) !== keyword) return false
  const known = knownName(p)
  return !known || known.end <= p.at + keyword.length
}

export function acceptWord(p: Parser, keyword: string): boolean {
  if (!seesWord(p, keyword)) return false
  p.at += keyword.length
  return true
}

export function expectWord(p: Parser, keyword: string): void {
  if (!acceptWord(p, keyword)) problem(p, `“${keyword}” expected`)
}

export function expectEnd(p: Parser): void {
  skip(p)
  if (p.at < p.text.length) problem(p, `“${p.text.slice(p.at, p.at + 20)}” does not fit here`)
}

const digits = /(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?/y

/** A numeric literal, if one starts here. */
export function readNumber(p: Parser): Decimal | null | undefined {
  digits.lastIndex = p.at
  const text = digits.exec(p.text)?.[0]
  if (text === undefined) return undefined
  p.at += text.length
  return parseDecimal(text) ?? null
}

const escapes: Record<string, string> = { n: '\n', r: '\r', t: '\t', '"': '"', "'": "'", '\\': '\\' }

/** A string literal; the opening quote comes next. */
export function readString(p: Parser): string {
  let result = ''
  for (p.at++; ;) {
    const char = p.text.charAt(p.at)
    if (char === '') problem(p, 'The string has no end')
    if (char === '"') {
      p.at++
      return result
    }
    if (char !== '\\') {
      result += char
      p.at++
      continue
    }
    result += readEscape(p)
  }
}

function readEscape(p: Parser): string {
  const kind = p.text.charAt(p.at + 1)
  const length = kind === 'u' ? 4 : kind === 'U' ? 6 : 0
  const code = p.text.slice(p.at + 2, p.at + 2 + length)
  if (length > 0 && code.length === length && /^[0-9a-fA-F]+$/.test(code) && Number.parseInt(code, 16) <= 0x10ffff) {
    p.at += 2 + length
    return length === 4 ? String.fromCharCode(Number.parseInt(code, 16)) : String.fromCodePoint(Number.parseInt(code, 16))
  }
  p.at += 2
  // The grammar knows no other escape: a backslash before another character stands for itself, as in a pattern `\d`.
  return escapes[kind] ?? `\\${kind}`
}
