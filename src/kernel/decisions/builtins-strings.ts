// Built-in functions on strings (DMN 10.3.4.3). Characters are code points.
import { integer, isInteger, toInteger, truncated } from './decimal.ts'
import { type Arguments, define } from './define.ts'
import { checkString, type Environment, fail } from './environment.ts'
import { compileRegex, findMatch, type Found, fromCodes, type Regex, toCodes } from './regex.ts'
import { isList, isNumber, type Value } from './values.ts'

const text = (value: Value | undefined): string => (typeof value === 'string' ? value : '')

export const stringFunctions = [
  define('substring', 'string: string, start position: number, length?: number', substring),
  define('string length', 'string: string', ([string]) => integer(toCodes(text(string)).length)),
  define('upper case', 'string: string', ([string]) => text(string).toUpperCase()),
  define('lower case', 'string: string', ([string]) => text(string).toLowerCase()),
  define('substring before', 'string: string, match: string', ([string, match]) => {
    const at = text(string).indexOf(text(match))
    return at < 0 ? '' : text(string).slice(0, at)
  }),
  define('substring after', 'string: string, match: string', ([string, match]) => {
    const at = text(string).indexOf(text(match))
    return at < 0 ? '' : text(string).slice(at + text(match).length)
  }),
  define('contains', 'string: string, match: string', ([string, match]) => text(string).includes(text(match))),
  define('starts with', 'string: string, match: string', ([string, match]) => text(string).startsWith(text(match))),
  define('ends with', 'string: string, match: string', ([string, match]) => text(string).endsWith(text(match))),
  define('matches', 'input: string, pattern: string, flags?: string?', ([input, pattern, flags], env) => {
    const regex = readPattern(pattern, flags, env)
    return regex && findMatch(regex, toCodes(text(input)), 0, env) !== undefined
  }),
  define('replace', 'input: string, pattern: string, replacement: string, flags?: string?', replace),
  define('split', 'string: string, delimiter: string', split),
  define('extract', 'string: string, pattern: string, flags?: string?', extract),
  define('string join', ['list: list, delimiter?: string?', 'list: list, delimiter: string?, prefix: string?, suffix: string?'], stringJoin),
]

function substring([string, start, length]: Arguments, env: Environment): Value {
  const codes = toCodes(text(string))
  const from = isNumber(start) && isInteger(start) ? toInteger(start) : undefined
  const count = length === undefined ? codes.length : isNumber(length) ? Number(truncated(length)) : 0
  if (from === undefined || from === 0 || Math.abs(from) > codes.length || count < 1) return fail(env, 'There is no such part of the string.')
  const first = from > 0 ? from - 1 : codes.length + from
  return fromCodes(codes.slice(first, first + count))
}

function readPattern(pattern: Value | undefined, flags: Value | undefined, env: Environment): Regex | null {
  const regex = compileRegex(text(pattern), text(flags))
  return regex ?? fail(env, `“${text(pattern)}” is no regular expression, or its flags are none.`)
}

/** All matches; null when the pattern matches nothing at all, which XPath forbids here (FORX0003). */
function findAll(regex: Regex, codes: number[], env: Environment): Found[] | null {
  if (findMatch(regex, [], 0, env)) return fail(env, 'The pattern matches an empty string.')
  const found: Found[] = []
  for (let at = 0; ;) {
    const match = findMatch(regex, codes, at, env)
    if (!match) return found
    found.push(match)
    at = Math.max(match.end, at + (match.end === match.start ? 1 : 0))
    if (at > codes.length) return found
  }
}

function replace([input, pattern, replacement, flags]: Arguments, env: Environment): Value {
  const regex = readPattern(pattern, flags, env)
  const codes = toCodes(text(input))
  const found = regex && findAll(regex, codes, env)
  if (!found) return null
  const literal = text(flags).includes('q')
  const template = text(replacement)
  if (!literal && /(?<!\\)(?:\\\\)*(?:\\(?![\\$])|\$(?!\d))/.test(template))
    return fail(env, 'The replacement has a \\ or $ that stands for nothing.')
  let result = ''
  let after = 0
  for (const match of found) {
    result += fromCodes(codes.slice(after, match.start)) + (literal ? template : fillIn(template, match, codes))
    checkString(env, result)
    after = match.end
  }
  return checkString(env, result + fromCodes(codes.slice(after)))
}

function fillIn(template: string, match: Found, codes: number[]): string {
  return template.replaceAll(/\\([\\$])|\$(\d+)/g, (_, escaped: string | undefined, digits: string | undefined) => {
    if (escaped !== undefined || digits === undefined) return escaped ?? ''
    // $12 is group 12 if there are so many, else group 1 followed by a 2.
    let length = digits.length
    while (length > 1 && Number(digits.slice(0, length)) > match.groups.length) length--
    const number = Number(digits.slice(0, length))
    const [start, end] = number === 0 ? [match.start, match.end] : (match.groups[number - 1] ?? [0, 0])
    return fromCodes(codes.slice(start, end)) + digits.slice(length)
  })
}

function split([string, delimiter]: Arguments, env: Environment): Value {
  const regex = readPattern(delimiter, '', env)
  const codes = toCodes(text(string))
  const found = regex && findAll(regex, codes, env)
  if (!found) return null
  const starts = [0, ...found.map((match) => match.end)]
  const ends = [...found.map((match) => match.start), codes.length]
  return starts.map((start, index) => fromCodes(codes.slice(start, ends[index])))
}

// Not of DMN 1.5: what an expression editor of the field offers beside it. A list of [whole match, group 1, …] per match.
function extract([string, pattern, flags]: Arguments, env: Environment): Value {
  const regex = readPattern(pattern, flags, env)
  const codes = toCodes(text(string))
  const found = regex && findAll(regex, codes, env)
  if (!found) return null
  return found.map((match) =>
    [[match.start, match.end] as const, ...match.groups].map((part) => (part ? fromCodes(codes.slice(part[0], part[1])) : null)),
  )
}

function stringJoin([list, delimiter, prefix, suffix]: Arguments, env: Environment): Value {
  const items = list && isList(list) ? list.filter((item) => item !== null) : []
  if (!items.every((item) => typeof item === 'string')) return fail(env, 'Only strings can be joined.')
  const length = items.reduce((sum, item) => sum + item.length + text(delimiter).length, 0)
  if (length > env.budget.string) checkString(env, ' '.repeat(env.budget.string + 1))
  return checkString(env, text(prefix) + items.join(text(delimiter)) + text(suffix))
}
