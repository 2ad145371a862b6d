// FEEL for conditions, with a budget: an expression comes from a package, so it may be wrong, slow or hostile.
import { type IteratorNode, type Node, partsOf } from '../decisions/ast.ts'
import { builtInProperties } from '../decisions/builtins.ts'
import { DecisionError, withinStack } from '../decisions/environment.ts'
import { evaluate } from '../decisions/evaluate.ts'
import { compoundKeys, openEnvironment, rootNames, rootScope } from '../decisions/expressions.ts'
import { fromJson, toJson } from '../decisions/json.ts'
import { nameTable } from '../decisions/names.ts'
import { parseExpression } from '../decisions/parse.ts'
import { SyntaxProblem } from '../decisions/scan.ts'
import { within } from '../decisions/scope.ts'
import { isNumber } from '../decisions/values.ts'
import { toInteger } from '../decisions/decimal.ts'
import { EngineError } from './errors.ts'
import { stripEquals } from './moddle.ts'

const maximumLength = 2000
const maximumNodes = 400
const maximumLoops = 2
const maximumRange = 1000
const maximumRemembered = 2000

// What a condition may call. Left out on purpose: now and today (time is data, see clock.ts), and what takes a regular expression
// (matches, replace, split), since those have no time limit here.
const functions = new Set(
  `number,string,date,date and time,time,duration,years and months duration,not,substring,string length,upper case,lower case,
  substring before,substring after,contains,starts with,ends with,string join,list contains,count,min,max,sum,mean,all,any,sublist,append,
  concatenate,insert before,remove,reverse,index of,union,distinct values,flatten,median,mode,decimal,floor,ceiling,abs,round up,
  round down,round half up,round half down,modulo,odd,even,is,before,after,meets,met by,overlaps,overlaps before,overlaps after,finishes,
  finished by,includes,during,starts,started by,coincides,day of year,day of week,month of year,week of year,get value,get entries`
    .split(',')
    .map((name) => name.trim()),
)

const checked = new Map<string, string | undefined>()

/** What is wrong with an expression, as a sentence; undefined when it may be evaluated. */
export function checkFeel(expression: string): string | undefined {
  const source = stripEquals(expression)
  if (checked.has(source)) return checked.get(source)
  const wrong = findFault(source)
  if (checked.size >= maximumRemembered) checked.clear()
  checked.set(source, wrong)
  return wrong
}

function findFault(source: string): string | undefined {
  if (source === '') return 'The expression is empty.'
  if (source.length > maximumLength) return `The expression is longer than ${maximumLength} characters.`
  try {
    const looked = { nodes: 0, loops: 0 }
    return faultIn(parse(source, [], []), looked)
  } catch (error) {
    if (error instanceof SyntaxProblem) return `The expression cannot be read: ${error.message}`
    if (error instanceof DecisionError) return 'The expression is nested too deeply.'
    throw error
  }
}

type Looked = { nodes: number; loops: number }

function faultIn(node: Node, looked: Looked): string | undefined {
  if (++looked.nodes > maximumNodes) return `The expression has more than ${maximumNodes} parts.`
  if (node.k === 'function') return 'The expression defines a function.'
  if (node.k === 'filter') looked.loops++
  if (node.k === 'for' || node.k === 'some' || node.k === 'every') looked.loops += node.iterators.length
  if (looked.loops > maximumLoops) return `The expression repeats over more than ${maximumLoops} lists.`
  const own = node.k === 'call' ? callFault(node.target) : node.k === 'for' ? node.iterators.map(rangeFault).find(Boolean) : undefined
  if (own) return own
  for (const part of partsOf(node)) {
    const fault = faultIn(part, looked)
    if (fault) return fault
  }
  return undefined
}

function rangeFault({ from, to }: IteratorNode): string | undefined {
  if (!to) return undefined
  const [low, high] = [wholeNumber(from), wholeNumber(to)]
  if (low !== undefined && high !== undefined && Math.abs(high - low) <= maximumRange) return undefined
  return `A range to repeat over has two whole numbers, at most ${maximumRange} apart.`
}

function wholeNumber(node: Node): number | undefined {
  if (node.k === 'negative') {
    const value = wholeNumber(node.operand)
    return value === undefined ? undefined : -value
  }
  return node.k === 'literal' && isNumber(node.value) ? toInteger(node.value) : undefined
}

function callFault(target: Node): string | undefined {
  const called = target.k === 'name' ? target.name.replaceAll(/\s+/g, ' ').trim() : ''
  return functions.has(called) ? undefined : `A condition may not call “${called}”.`
}

/** Trees by text and by the names around it that need a table to be recognized. */
const trees = new Map<string, Node>()

function parse(source: string, names: string[], properties: string[]): Node {
  const key = `${source}\0${names.join('\0')}\0\0${properties.join('\0')}`
  const known = trees.get(key)
  if (known) return known
  const scope = { names: nameTable(names, rootNames), properties: nameTable([...builtInProperties, ...properties]), types: nameTable([]) }
  const tree = withinStack(() => parseExpression(source, scope))
  if (trees.size >= maximumRemembered) trees.clear()
  trees.set(key, tree)
  return tree
}

/** What one condition may use up: far above any real one, far below what anybody would notice. */
const budget = { steps: 200_000, depth: 100, list: 10_000, string: 200_000 }

/**
 * The value of a FEEL expression over `context` (plain JSON; only what the text names is read from it), as plain JSON: dates, times and
 * durations as ISO texts. Numbers are decimals of 34 digits while it is computed. Unknown names give null, as the standard says. Throws
 * EngineError `engine.feel` when the expression cannot be read or is over its budget.
 */
export function evaluateFeel(expression: string, context: Record<string, unknown>): unknown {
  const wrong = checkFeel(expression)
  if (wrong) throw new EngineError('engine.feel', wrong)
  const source = stripEquals(expression)
  // A simple name that is not in the text cannot be asked for; one with signs or spaces may be written in several ways.
  const names = Object.keys(context).filter((name) => source.includes(name) || !/^[\p{L}\p{N}_]+$/u.test(name))
  try {
    const values = new Map(names.map((name) => [name, fromJson(context[name])]))
    const tree = parse(source, names, compoundKeys(values))
    return withinStack(() => toJson(evaluate(tree, within(rootScope, values), openEnvironment({ budget }))))
  } catch (cause) {
    if (!(cause instanceof DecisionError) && !(cause instanceof SyntaxProblem)) throw cause
    throw new EngineError('engine.feel', 'The expression cannot be computed with this data.', { cause })
  }
}
