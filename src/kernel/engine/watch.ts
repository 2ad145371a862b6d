// Conditional events (BPMN 2.0.2 §10.5.5, §13.5): a condition occurs when it becomes true.
import { DomainError } from '../errors.ts'
import { occur } from './catch.ts'
import { awaited, elementOf, evaluate } from './run.ts'
import type { Run } from './run.ts'
import type { Token } from './types.ts'

/**
 * Looks at the conditions that somebody waits for, each once in a step, since data does not change within one. True when one has
 * occurred. A condition that was already true must become false before it occurs again; one that cannot be computed does not hold.
 */
export function lookAtConditions(run: Run): boolean {
  for (const token of run.tokens.values()) {
    const event = token.seen ? undefined : awaited(elementOf(run.graph, token.at), token)
    if (event?.kind !== 'conditional' || run.looked.has(token.id)) continue
    run.looked.add(token.id)
    if (!becomesTrue(run, token, event.condition)) continue
    occur(run, token)
    return true
  }
  return false
}

function becomesTrue(run: Run, token: Token, condition: string): boolean {
  const before = token.on
  const holds = isTrue(run, token, condition)
  if (holds) token.on = true
  else delete token.on
  return holds && !before
}

function isTrue(run: Run, token: Token, condition: string): boolean {
  try {
    return evaluate(run, condition, token.at, token) === true
  } catch (error) {
    if (error instanceof DomainError) return false
    throw error
  }
}
