// Matches XPath regular expressions by backtracking, counting its steps: a pattern that explodes ends with a budget error, not a hang.
import { DecisionError, type Environment, spend } from './environment.ts'
import { caseVariants, parseFlags, parseRegex, type RegexNode } from './regex-parse.ts'

export type Regex = { readonly match: Step; readonly groups: number }
export type Found = { start: number; end: number; groups: (readonly [number, number] | undefined)[] }

type Run = { text: readonly number[]; env: Environment; captures: (readonly [number, number] | undefined)[] }
type Next = (at: number) => boolean
type Step = (run: Run, at: number, next: Next) => boolean

const compiled = new Map<string, Regex | null>()

/** A pattern with its flags, ready to use; null when either is not valid. */
export function compileRegex(pattern: string, flagText: string): Regex | null {
  const key = `${flagText}/${pattern}`
  const known = compiled.get(key)
  if (known !== undefined) return known
  const flags = parseFlags(flagText)
  const tree = flags && parseRegex(pattern, flags)
  const regex = flags && tree ? { match: compile(tree.root, flags.multiline, flags.ignoreCase), groups: tree.groups } : null
  if (compiled.size >= 500) compiled.clear()
  compiled.set(key, regex)
  return regex
}

export const toCodes = (text: string): number[] => Array.from(text, (char) => char.codePointAt(0) ?? 0)
export const fromCodes = (codes: readonly number[]): string => codes.map((code) => String.fromCodePoint(code)).join('')

/** The first match at or after `from`. */
export function findMatch(regex: Regex, text: readonly number[], from: number, env: Environment): Found | undefined {
  for (let start = from; start <= text.length; start++) {
    const run: Run = { text, env, captures: Array.from({ length: regex.groups + 1 }) }
    let end = -1
    try {
      if (regex.match(run, start, (at) => ((end = at), true))) return { start, end, groups: run.captures.slice(1) }
    } catch (error) {
      if (error instanceof RangeError) throw new DecisionError('decision.budget', 'The pattern needs too much memory on this text.', { cause: error })
      throw error
    }
  }
  return undefined
}

function compile(node: RegexNode, multiline: boolean, ignoreCase: boolean): Step {
  const inner = (part: RegexNode) => compile(part, multiline, ignoreCase)
  switch (node.k) {
    case 'char':
      return ({ text, env }, at, next) => {
        spend(env, 1)
        const code = text[at]
        return code !== undefined && node.test(code) && next(at + 1)
      }
    case 'start':
      return ({ text }, at, next) => (at === 0 || (multiline && text[at - 1] === 10)) && next(at)
    case 'end':
      return ({ text }, at, next) => (at === text.length || (multiline && text[at] === 10)) && next(at)
    case 'sequence':
      return compileSequence(node.parts.map(inner))
    case 'choice': {
      const parts = node.parts.map(inner)
      return (run, at, next) => parts.some((part) => part(run, at, next))
    }
    case 'group':
      return compileGroup(inner(node.part), node.number)
    case 'repeat':
      return node.part.k === 'char'
        ? repeatChar(node.part.test, node.min, node.max, node.greedy)
        : repeatAny(inner(node.part), node.min, node.max, node.greedy)
    case 'reference':
      return compileReference(node.number, ignoreCase)
  }
}

function compileSequence(parts: Step[]): Step {
  const from = (index: number, run: Run, at: number, next: Next): boolean => {
    const part = parts[index]
    return part ? part(run, at, (after) => from(index + 1, run, after, next)) : next(at)
  }
  return (run, at, next) => from(0, run, at, next)
}

function compileGroup(part: Step, number: number | undefined): Step {
  if (number === undefined) return part
  return (run, at, next) => {
    const before = run.captures[number]
    const matched = part(run, at, (after) => {
      const inside = run.captures[number]
      run.captures[number] = [at, after]
      if (next(after)) return true
      run.captures[number] = inside
      return false
    })
    if (!matched) run.captures[number] = before
    return matched
  }
}

function repeatChar(test: (code: number) => boolean, min: number, max: number, greedy: boolean): Step {
  return ({ text, env }, at, next) => {
    let count = 0
    const fits = () => {
      const code = text[at + count]
      return count < max && code !== undefined && test(code)
    }
    while (count < min && fits()) count++
    if (count < min) return false
    if (!greedy) {
      for (;;) {
        spend(env, 1)
        if (next(at + count)) return true
        if (!fits()) return false
        count++
      }
    }
    while (fits()) count++
    spend(env, count + 1)
    for (; count >= min; count--) {
      spend(env, 1)
      if (next(at + count)) return true
    }
    return false
  }
}

function repeatAny(part: Step, min: number, max: number, greedy: boolean): Step {
  const again = (count: number, run: Run, at: number, next: Next): boolean => {
    spend(run.env, 1)
    // An empty turn after the required ones would never end.
    const more = () => count < max && part(run, at, (after) => (after !== at || count < min) && again(count + 1, run, after, next))
    if (count < min) return more()
    return greedy ? more() || next(at) : next(at) || more()
  }
  return (run, at, next) => again(0, run, at, next)
}

function compileReference(number: number, ignoreCase: boolean): Step {
  return (run, at, next) => {
    const [start, end] = run.captures[number] ?? [0, 0]
    spend(run.env, end - start + 1)
    for (let index = 0; index < end - start; index++) {
      const wanted = run.text[start + index] ?? -1
      const code = run.text[at + index] ?? -2
      if (wanted !== code && !(ignoreCase && code >= 0 && caseVariants(code).includes(wanted))) return false
    }
    return next(at + end - start)
  }
}
