// FEEL for conditions, with a budget: an expression comes from a package, so it may be wrong, slow or hostile.
import { evaluate, parseExpression } from 'feelin'
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
  let fault: string | undefined
  let nodes = 0
  let loops = 0
  parseExpression(source, {}, undefined).iterate({
    enter(node) {
      if (fault) return false
      const text = source.slice(node.from, node.to)
      if (++nodes > maximumNodes) fault = `The expression has more than ${maximumNodes} parts.`
      if (node.type.isError) fault = `The expression cannot be read at character ${node.from + 1}${text ? ` (“${text.slice(0, 40)}”)` : ''}.`
      if (node.name === 'ForExpression' || node.name === 'QuantifiedExpression' || node.name === 'FilterExpression') loops++
      if (node.name === 'InExpression' && node.node.prevSibling) loops++
      if (loops > maximumLoops) fault = `The expression repeats over more than ${maximumLoops} lists.`
      if (node.name === 'IterationContext') fault ??= rangeFault(text)
      if (node.name === 'FunctionDefinition') fault = 'The expression defines a function.'
      if (node.name === 'FunctionInvocation') fault ??= callFault(source.slice(node.from, node.node.firstChild?.to ?? node.to))
      return undefined
    },
  })
  return fault
}

function rangeFault(context: string): string | undefined {
  if (!context.includes('..')) return undefined
  const [, from, to] = /^\s*(-?\d+)\s*\.\.\s*(-?\d+)\s*$/.exec(context) ?? []
  if (from !== undefined && to !== undefined && Math.abs(Number(to) - Number(from)) <= maximumRange) return undefined
  return `A range to repeat over has two whole numbers, at most ${maximumRange} apart.`
}

function callFault(name: string): string | undefined {
  const called = name.replaceAll(/\s+/g, ' ').trim()
  return functions.has(called) ? undefined : `A condition may not call “${called}”.`
}

/**
 * The value of a FEEL expression over `context` (plain JSON). Unknown names give null, as the standard says. Throws EngineError
 * `engine.feel` when the expression cannot be read, is over its budget or cannot be computed. Numbers are floating point: compare
 * amounts of money in whole fen.
 */
export function evaluateFeel(expression: string, context: Record<string, unknown>): unknown {
  const wrong = checkFeel(expression)
  if (wrong) throw new EngineError('engine.feel', wrong)
  try {
    return evaluate(stripEquals(expression), context).value
  } catch (cause) {
    throw new EngineError('engine.feel', 'The expression cannot be computed with this data.', { cause })
  }
}
