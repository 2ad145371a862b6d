// What an evaluation may use up, and what it may know of the outside: nothing but a moment that the host gives.
import type { FeelDateTime } from './values.ts'

/** Limits of one evaluation. An exceeded one ends it with a DecisionError `decision.budget`. */
export type Budget = {
  /** Nodes of expressions evaluated. */
  steps: number
  /** Functions and decisions inside one another. */
  depth: number
  /** Elements of one list. */
  list: number
  /** Characters of one string. */
  string: number
}

export const standardBudget: Budget = { steps: 2_000_000, depth: 1000, list: 100_000, string: 1_000_000 }

/** The decision or expression cannot be evaluated at all; what FEEL calls an error is a null with a warning instead. */
export class DecisionError extends Error {
  readonly code: 'decision.budget' | 'decision.unreadable' | 'decision.not_found' | 'decision.cycle' | 'decision.import' | 'decision.syntax'
  constructor(code: DecisionError['code'], message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'DecisionError'
    this.code = code
  }
}

/** State of one evaluation, owned by it. `isOver` is asked from time to time; a true answer ends the evaluation. */
export type Environment = {
  budget: Budget
  steps: number
  depth: number
  warnings: string[]
  now: FeelDateTime | null
  isOver: (() => boolean) | undefined
}

export function newEnvironment(options: { budget?: Partial<Budget>; now?: FeelDateTime | null; isOver?: () => boolean } = {}): Environment {
  return { budget: { ...standardBudget, ...options.budget }, steps: 0, depth: 0, warnings: [], now: options.now ?? null, isOver: options.isOver }
}

/** Notes why a value is null and gives that null. */
export function fail(env: Environment, reason: string): null {
  if (env.warnings.length < 100 && !env.warnings.includes(reason)) env.warnings.push(reason)
  return null
}

/** Counts work; throws when the budget is used up. */
export function spend(env: Environment, steps: number): void {
  const before = env.steps
  env.steps += steps
  if (env.steps > env.budget.steps) throw new DecisionError('decision.budget', `More than ${env.budget.steps} steps.`)
  if (env.isOver && Math.floor(before / 1000) !== Math.floor(env.steps / 1000) && env.isOver())
    throw new DecisionError('decision.budget', 'The time is used up.')
}

export function checkList(env: Environment, length: number): void {
  if (length > env.budget.list) throw new DecisionError('decision.budget', `A list of more than ${env.budget.list} elements.`)
  spend(env, Math.ceil(length / 10))
}

export function checkString(env: Environment, text: string): string {
  if (text.length > env.budget.string) throw new DecisionError('decision.budget', `A string of more than ${env.budget.string} characters.`)
  spend(env, Math.ceil(text.length / 1000))
  return text
}

/** Runs `work` one level deeper. */
export function deeper<T>(env: Environment, work: () => T): T {
  if (env.depth >= env.budget.depth) throw new DecisionError('decision.budget', `Functions nested more than ${env.budget.depth} deep.`)
  env.depth++
  try {
    return work()
  } finally {
    env.depth--
  }
}

/** Runs `work`; a stack that overflows is a used-up budget. */
export function withinStack<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (error instanceof RangeError) throw new DecisionError('decision.budget', 'The evaluation needs too much memory.', { cause: error })
    throw error
  }
}
