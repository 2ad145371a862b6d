// FEEL expressions on their own: what conditions, scripts and the expression editor need.
import { builtInProperties, builtIns } from './builtins.ts'
import type { Node, UnaryTests } from './ast.ts'
import { type Budget, DecisionError, type Environment, newEnvironment, withinStack } from './environment.ts'
import { evaluate, passesTests } from './evaluate.ts'
import { fromJson, toJson } from './json.ts'
import { isCompound, nameTable } from './names.ts'
import { parseExpression, parseUnaryTests, type ParseScope } from './parse.ts'
import { SyntaxProblem } from './scan.ts'
import { namesOf, type Scope, within } from './scope.ts'
import { anyType } from './types.ts'
import { type Context, isContext, isList, type Value } from './values.ts'
import { parseDateTime } from './temporal-text.ts'

/** `now`: what `now()` and `today()` give, as `2026-11-23T09:00:00@Asia/Shanghai`; without it they are null. */
export type EvaluationOptions = { budget?: Partial<Budget>; now?: string; isOver?: () => boolean }

export const rootScope: Scope = { values: builtIns, outer: undefined, types: () => anyType }

export const rootNames = nameTable(builtIns.keys())

/** An environment for one evaluation. */
export function openEnvironment(options: EvaluationOptions): Environment {
  const { budget, now, isOver } = options
  return newEnvironment({ ...(budget ? { budget } : {}), ...(isOver ? { isOver } : {}), now: now === undefined ? null : parseDateTime(now) })
}

/**
 * The value of a FEEL expression over `context` (plain JSON data; an object's keys are the names). Errors of FEEL give null and a
 * warning. Throws DecisionError: `decision.syntax` when the text is no expression, `decision.budget` when it takes too much.
 */
export function evaluateExpression(
  text: string,
  context: Record<string, unknown> = {},
  options: EvaluationOptions = {},
): { value: unknown; warnings: string[] } {
  const env = openEnvironment(options)
  const scope = withinStack(() => scopeOf(context))
  const node = parsed(() => parseExpression(text, parseScopeOf(scope)))
  return { value: withinStack(() => toJson(evaluate(node, scope, env))), warnings: env.warnings }
}

/** Whether `input` passes unary tests such as `< 5, [7..9]` (plain JSON). Throws as evaluateExpression does. */
export function passesUnaryTests(text: string, input: unknown, context: Record<string, unknown> = {}, options: EvaluationOptions = {}): boolean {
  const env = openEnvironment(options)
  const scope = withinStack(() => scopeOf(context))
  const tests: UnaryTests = parsed(() => parseUnaryTests(text, parseScopeOf(scope)))
  return withinStack(() => passesTests(tests, fromJson(input), scope, env))
}

/** What is wrong with an expression, as a sentence; undefined when it can be read. `names` are those in scope. */
export function findSyntaxProblem(text: string, names: Iterable<string> = []): string | undefined {
  try {
    parseExpression(text, parseScopeOf(within(rootScope, new Map([...names].map((name): [string, Value] => [name, null])))))
    return undefined
  } catch (error) {
    if (error instanceof SyntaxProblem) return error.message
    throw error
  }
}

function parsed<T extends Node | UnaryTests>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (error instanceof SyntaxProblem) throw new DecisionError('decision.syntax', error.message, { cause: error })
    throw error
  }
}

function scopeOf(context: Record<string, unknown>): Scope {
  const values = fromJson(context)
  return within(rootScope, isContext(values) ? values : new Map())
}

function parseScopeOf(scope: Scope): ParseScope {
  return { names: namesOf(scope, rootNames), properties: nameTable([...builtInProperties, ...compoundKeys(scope.values)]), types: nameTable([]) }
}

/** Keys with spaces or signs anywhere inside data, which the parser has to know to read `person.first name`. */
export function compoundKeys(data: Context): string[] {
  const keys = new Set<string>()
  let left = 100_000
  const visit = (value: Value): void => {
    if (--left < 0) return
    if (isList(value)) value.forEach(visit)
    if (!isContext(value)) return
    for (const [key, entry] of value) {
      if (isCompound(key)) keys.add(key)
      visit(entry)
    }
  }
  visit(data)
  return [...keys]
}
