// Which sequence flows a token takes when it leaves an element.
import { DomainError } from '../errors.ts'
import { evaluate, flowOf } from './run.ts'
import type { Run } from './run.ts'
import type { Element, Flow, Token } from './types.ts'

type Holds = (flow: Flow) => boolean

/** The ids of the flows that `token` takes from `element` (none: the token ends here), or why none may be taken. */
export function choose(run: Run, element: Element, token: Token, values: Record<string, unknown> = {}): string[] | { reason: string } {
  if (element.out.length === 0) return []
  if (element.type === 'parallelGateway') return element.out
  const holds = (flow: Flow) => isTrue(run, flow, token, values)
  try {
    const ids = element.type === 'exclusiveGateway' ? first(run, element, holds) : every(run, element, holds)
    return ids.length > 0 ? ids : { reason: 'no condition holds and there is no default flow' }
  } catch (error) {
    // A condition that cannot be evaluated stops the token, not the case: the data or the diagram can be put right.
    if (error instanceof DomainError) return { reason: error.message }
    throw error
  }
}

// Exclusive gateway (§13.4.2): the first condition in document order that holds, else the default. A flow without a condition stands
// for a default that was not marked.
function first(run: Run, element: Element, holds: Holds): string[] {
  const flows = element.out.filter((id) => id !== element.default).map((id) => flowOf(run.graph, id))
  const taken = flows.find((flow) => (flow.condition !== undefined || flows.length === 1) && holds(flow))
  const rest = taken?.id ?? element.default ?? flows.find((flow) => flow.condition === undefined)?.id
  return rest === undefined ? [] : [rest]
}

// Inclusive gateway (§13.4.3) and activities (§13.3.2): every flow whose condition holds; the default only if none does.
function every(run: Run, element: Element, holds: Holds): string[] {
  const rest = element.out.filter((id) => id !== element.default).map((id) => flowOf(run.graph, id))
  const taken = rest.filter(holds)
  if (element.default === undefined) return taken.map((flow) => flow.id)
  const decided = element.type === 'inclusiveGateway' ? taken : taken.filter((flow) => flow.condition !== undefined)
  return decided.length > 0 ? taken.map((flow) => flow.id) : [...taken.map((flow) => flow.id), element.default]
}

function isTrue(run: Run, flow: Flow, token: Token, values: Record<string, unknown>): boolean {
  if (flow.condition === undefined) return true
  const value = evaluate(run, flow.condition, flow.id, token, values)
  if (value === true) return true
  if (value === false || value === null || value === undefined) return false
  throw new DomainError('invalid', 'engine.feel', `The condition of “${flow.name ?? flow.id}” is neither true nor false.`)
}
