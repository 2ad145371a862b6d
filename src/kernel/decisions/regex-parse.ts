// Regular expressions as XPath and XQuery Functions 3.1 §5.6.1 defines them (which FEEL's functions refer to), read into a tree.

export type CharTest = (code: number) => boolean

export type RegexNode =
  | { k: 'char'; test: CharTest }
  | { k: 'start' | 'end' }
  | { k: 'sequence' | 'choice'; parts: RegexNode[] }
  | { k: 'group'; part: RegexNode; number: number | undefined }
  | { k: 'repeat'; part: RegexNode; min: number; max: number; greedy: boolean }
  | { k: 'reference'; number: number }

export type Flags = { dotAll: boolean; multiline: boolean; ignoreCase: boolean; spaced: boolean; literal: boolean }

/** Flags of XPath (`s m i x q`); undefined when there is another letter. */
export function parseFlags(text: string): Flags | undefined {
  if (!/^[smixq]*$/.test(text)) return undefined
  const has = (letter: string) => text.includes(letter)
  return { dotAll: has('s'), multiline: has('m'), ignoreCase: has('i'), spaced: has('x'), literal: has('q') }
}

type State = { chars: string[]; at: number; groups: number; closed: Set<number>; flags: Flags; depth: number }

class RegexProblem extends Error {}

const longest = 2000

/** The tree and the number of groups; undefined when the pattern is none of XPath. */
export function parseRegex(pattern: string, flags: Flags): { root: RegexNode; groups: number } | undefined {
  const chars = Array.from(flags.spaced && !flags.literal ? withoutSpaces(pattern) : pattern)
  if (chars.length > longest) return undefined
  const s: State = { chars, at: 0, groups: 0, closed: new Set(), flags, depth: 0 }
  if (flags.literal) return { root: { k: 'sequence', parts: chars.map((char) => single(s, codeOf(char))) }, groups: 0 }
  try {
    const root = readChoice(s)
    return s.at < chars.length ? undefined : { root, groups: s.groups }
  } catch (error) {
    if (error instanceof RegexProblem) return undefined
    throw error
  }
}

/** Without the spaces outside of character classes, also one after a backslash (flag `x`). */
function withoutSpaces(pattern: string): string {
  let depth = 0
  let result = ''
  let escaped = false
  for (const char of pattern) {
    if (depth === 0 && /[\t\n\r ]/.test(char)) continue
    if (!escaped && char === '[') depth++
    if (!escaped && char === ']') depth--
    escaped = !escaped && char === '\\'
    result += char
  }
  return result
}

const codeOf = (char: string) => char.codePointAt(0) ?? 0
const peek = (s: State) => s.chars[s.at]

function refuse(): never {
  throw new RegexProblem()
}

function take(s: State, char: string): boolean {
  if (peek(s) !== char) return false
  s.at++
  return true
}

function readChoice(s: State): RegexNode {
  if (++s.depth > 100) refuse()
  const parts = [readSequence(s)]
  while (take(s, '|')) parts.push(readSequence(s))
  s.depth--
  return parts.length === 1 && parts[0] ? parts[0] : { k: 'choice', parts }
}

function readSequence(s: State): RegexNode {
  const parts: RegexNode[] = []
  for (let char = peek(s); char !== undefined && char !== '|' && char !== ')'; char = peek(s)) parts.push(readRepeat(s, readAtom(s)))
  return { k: 'sequence', parts }
}

function readRepeat(s: State, part: RegexNode): RegexNode {
  const range = readQuantifier(s)
  if (!range) return part
  const greedy = !take(s, '?')
  return { k: 'repeat', part, min: range[0], max: range[1], greedy }
}

function readQuantifier(s: State): [number, number] | undefined {
  if (take(s, '*')) return [0, Infinity]
  if (take(s, '+')) return [1, Infinity]
  if (take(s, '?')) return [0, 1]
  if (peek(s) !== '{') return undefined
  const text = /^\{(\d{1,4})(,(\d{1,4})?)?\}/.exec(s.chars.slice(s.at, s.at + 12).join(''))
  if (!text) return refuse()
  const min = Number(text[1])
  const max = text[2] === undefined ? min : text[3] === undefined ? Infinity : Number(text[3])
  if (max < min || min > 1000) refuse()
  s.at += text[0].length
  return [min, max]
}

function readAtom(s: State): RegexNode {
  const char = s.chars[s.at++] ?? refuse()
  switch (char) {
    case '(':
      return readGroup(s)
    case '[':
      return { k: 'char', test: readClass(s) }
    case '.':
      return { k: 'char', test: s.flags.dotAll ? () => true : (code) => code !== 10 && code !== 13 }
    case '^':
      return { k: 'start' }
    case '$':
      return { k: 'end' }
    case '\\':
      return readEscapedAtom(s)
    case '*':
    case '+':
    case '?':
    case '{':
    case '}':
    case ']':
      return refuse()
    default:
      return single(s, codeOf(char))
  }
}

function readGroup(s: State): RegexNode {
  let number: number | undefined
  if (take(s, '?')) {
    if (!take(s, ':')) refuse()
  } else number = ++s.groups
  const part = readChoice(s)
  if (!take(s, ')')) refuse()
  if (number !== undefined) s.closed.add(number)
  return { k: 'group', part, number }
}

function readEscapedAtom(s: State): RegexNode {
  const next = peek(s) ?? refuse()
  if (!/[1-9]/.test(next)) return { k: 'char', test: readEscape(s) }
  let number = Number(next)
  s.at++
  for (let digit = peek(s); digit !== undefined && /\d/.test(digit) && s.closed.has(number * 10 + Number(digit)); digit = peek(s)) {
    number = number * 10 + Number(digit)
    s.at++
  }
  return s.closed.has(number) ? { k: 'reference', number } : refuse()
}

const single = (s: State, code: number): RegexNode => ({ k: 'char', test: folded(s, (other) => other === code) })

/** Every way to write a letter, for the flag `i`. */
function folded(s: State, test: CharTest): CharTest {
  if (!s.flags.ignoreCase) return test
  return (code) => test(code) || caseVariants(code).some(test)
}

/** Characters that share their other case with a common letter: K (Kelvin), Å (Ångström), ſ, Ω (ohm), µ. */
const compatible: Record<string, string> = { k: '\u212A', å: '\u212B', s: '\u017F', ω: '\u2126', μ: '\u00B5' }

export function caseVariants(code: number): number[] {
  const char = String.fromCodePoint(code)
  const lower = char.toUpperCase().toLowerCase()
  const plain = char.toLowerCase()
  return [lower, plain, char.toUpperCase(), plain.toUpperCase(), compatible[plain] ?? plain].filter((one) => Array.from(one).length === 1).map(codeOf)
}

const property = (name: string): CharTest => {
  const pattern = new RegExp(`^${name}$`, 'u')
  return (code) => pattern.test(String.fromCodePoint(code))
}
const not =
  (test: CharTest): CharTest =>
  (code) =>
    !test(code)

const classes: Record<string, CharTest> = {
  s: (code) => code === 32 || code === 9 || code === 10 || code === 13,
  d: property(String.raw`\p{Nd}`),
  w: property(String.raw`[^\p{P}\p{Z}\p{C}]`),
  i: property(String.raw`[\p{L}\p{Nl}:_]`),
  c: property(String.raw`[\p{L}\p{Nl}\p{Nd}\p{M}:_.\u00B7-]`),
}
const controls: Record<string, number> = { n: 10, r: 13, t: 9 }

function readEscape(s: State): CharTest {
  const char = s.chars[s.at++] ?? refuse()
  const lower = char.toLowerCase()
  const named = Object.hasOwn(classes, lower) ? classes[lower] : undefined
  if (named) return char === lower ? named : not(named)
  if (lower === 'p') return readProperty(s, char === 'P')
  const code = Object.hasOwn(controls, char) ? controls[char] : /[\\|.?*+(){}$\-[\]^]/.test(char) ? codeOf(char) : undefined
  return code === undefined ? refuse() : (other) => other === code
}

function readProperty(s: State, negated: boolean): CharTest {
  const [text, name = ''] = /^\{([A-Za-z0-9-]{1,40})\}/.exec(s.chars.slice(s.at, s.at + 43).join('')) ?? refuse()
  s.at += text.length
  const block = name.startsWith('Is') ? blocks[name.slice(2)] : undefined
  const test = block
    ? (code: number) => code >= block[0] && code <= block[1]
    : /^(?:[LMNPZSC]|L[ultmo]|M[nce]|N[dlo]|P[cdseifo]|Z[slp]|S[mcko]|C[cfon])$/.test(name)
      ? property(`\\p{${name}}`)
      : refuse()
  return negated ? not(test) : test
}

// The blocks that patterns of a Chinese town meet; another name is refused.
const blocks: Record<string, [number, number]> = {
  BasicLatin: [0, 0x7f],
  'Latin-1Supplement': [0x80, 0xff],
  'LatinExtended-A': [0x100, 0x17f],
  'LatinExtended-B': [0x180, 0x24f],
  Greek: [0x370, 0x3ff],
  GreekandCoptic: [0x370, 0x3ff],
  Cyrillic: [0x400, 0x4ff],
  Hebrew: [0x590, 0x5ff],
  Arabic: [0x600, 0x6ff],
  GeneralPunctuation: [0x2000, 0x206f],
  CJKSymbolsandPunctuation: [0x3000, 0x303f],
  Hiragana: [0x3040, 0x309f],
  Katakana: [0x30a0, 0x30ff],
  CJKUnifiedIdeographs: [0x4e00, 0x9fff],
  CJKUnifiedIdeographsExtensionA: [0x3400, 0x4dbf],
  HalfwidthandFullwidthForms: [0xff00, 0xffef],
}

function readClass(s: State): CharTest {
  if (++s.depth > 100) refuse()
  const negated = take(s, '^')
  const tests: CharTest[] = []
  for (let first = true; ; first = false) {
    const char = s.chars[s.at] ?? refuse()
    if (char === ']' && !first) break
    if (char === '-' && s.chars[s.at + 1] === '[' && !first) return readSubtraction(s, tests, negated)
    tests.push(readClassPart(s))
  }
  s.at++
  s.depth--
  const any = (code: number) => tests.some((test) => test(code))
  return negated ? not(any) : any
}

function readSubtraction(s: State, tests: CharTest[], negated: boolean): CharTest {
  s.at += 2
  const without = readClass(s)
  if (!take(s, ']')) refuse()
  s.depth--
  return (code) => tests.some((test) => test(code)) !== negated && !without(code)
}

function readClassPart(s: State): CharTest {
  const low = readClassChar(s)
  if (typeof low === 'function') return low
  if (peek(s) !== '-' || s.chars[s.at + 1] === ']' || s.chars[s.at + 1] === '[') return folded(s, (code) => code === low)
  s.at++
  const high = readClassChar(s)
  if (typeof high === 'function' || high < low) return refuse()
  return folded(s, (code) => code >= low && code <= high)
}

function readClassChar(s: State): number | CharTest {
  const char = s.chars[s.at++] ?? refuse()
  if (char === '[' || char === ']') return refuse()
  if (char !== '\\') return codeOf(char)
  const next = peek(s) ?? refuse()
  if (/[\\|.?*+(){}$\-[\]^]/.test(next)) {
    s.at++
    return codeOf(next)
  }
  if (Object.hasOwn(controls, next)) {
    s.at++
    return controls[next] ?? refuse()
  }
  return readEscape(s)
}
