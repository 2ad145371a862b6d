// Activities that are done again or several times (BPMN 2.0.2 §13.3.6, §13.3.7). Boundary events and what follows belong to the whole.
import { DomainError } from '../errors.ts'
import { elementOf, evaluate } from './run.ts'
import type { Run } from './run.ts'
import type { EventDefinition, Loop, Token } from './types.ts'

const loopAt = (run: Run, body: Token): Loop | undefined => elementOf(run.graph, body.at).loop

/** Begins the instances that may begin at once; true when there is none, so that the activity is already over. */
export function beginLoop(run: Run, body: Token): boolean {
  const loop = loopAt(run, body)
  if (!loop) return true
  body.n = 0
  if (loop.kind === 'standard') {
    body.done = 0
    if (loop.maximum === 0 || (loop.before && !isAgain(run, body, loop))) return true
    begin(run, body)
    return false
  }
  body.of = howMany(run, body, loop)
  body.done = 0
  for (let count = loop.sequential ? Math.min(1, body.of) : body.of; count > 0; count--) begin(run, body)
  return body.of === 0
}

/** What the activity throws now that one more instance is over, before the next one begins (§10.3.8 `behavior`). */
export function thrownByLoop(run: Run, body: Token): EventDefinition[] {
  const loop = loopAt(run, body)
  if (loop?.kind !== 'multiple') return []
  const now = { ...body, done: (body.done ?? 0) + 1 }
  return (loop.throws ?? []).flatMap(({ when, event }) => {
    const is = when === 'each' || (when === 'first' ? now.done === 1 : evaluate(run, when.condition, body.at, body, counts(now)) === true)
    return is ? [event] : []
  })
}

/** One instance is over: begins the next one if it is time; true when the whole is over (the caller cancels what still runs). */
export function endInstance(run: Run, body: Token): boolean {
  const loop = loopAt(run, body)
  if (!loop) return true
  body.done = (body.done ?? 0) + 1
  if (loop.kind === 'standard') {
    if (!isAgain(run, body, loop)) return true
    begin(run, body)
    return false
  }
  if (loop.completion !== undefined && evaluate(run, loop.completion, body.at, body, counts(body)) === true) return true
  if (body.done >= (body.of ?? 0)) return true
  if (loop.sequential) begin(run, body)
  return false
}

function begin(run: Run, body: Token): void {
  run.queue.push({ node: body.at, in: body.id, instance: body.n ?? 0 })
  body.n = (body.n ?? 0) + 1
}

// Without a condition only the maximum ends a loop; without either it is done once.
function isAgain(run: Run, body: Token, loop: Extract<Loop, { kind: 'standard' }>): boolean {
  const done = body.done ?? 0
  if (loop.maximum !== undefined && done >= loop.maximum) return false
  if (loop.condition === undefined) return loop.maximum !== undefined || done === 0
  return evaluate(run, loop.condition, body.at, body, { loopCounter: done }) === true
}

function howMany(run: Run, body: Token, loop: Extract<Loop, { kind: 'multiple' }>): number {
  const expression = loop.cardinality ?? loop.collection
  if (expression === undefined) return 1
  const value = evaluate(run, expression, body.at, body)
  if (Array.isArray(value)) return value.length
  const count = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  if (typeof count === 'number' && Number.isInteger(count) && count >= 0) return count
  throw new DomainError('invalid', 'engine.feel', `“${expression}” does not say how many instances there are.`)
}

/** What a completion condition may ask (§10.3.8, table 10.29), under the names of the standard and of common engines. */
function counts({ of = 0, n = 0, done = 0 }: Token): Record<string, number> {
  return {
    numberOfInstances: of,
    numberOfActiveInstances: n - done,
    numberOfCompletedInstances: done,
    numberOfTerminatedInstances: 0,
    nrOfInstances: of,
    nrOfActiveInstances: n - done,
    nrOfCompletedInstances: done,
  }
}
