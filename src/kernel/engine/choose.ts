// Which sequence flows a token takes when it leaves an element.
import { DomainError } from '../errors.ts'
import { flowOf } from './run.ts'
import type { Run } from './run.ts'
import type { Element, Flow } from './types.ts'

/** The ids of the flows to take (none: the token ends here), or why none may be taken. */
export function choose(run: Run, element: Element): string[] | { reason: string } {
  if (element.out.length === 0) return []
  if (element.type === 'parallelGateway') return element.out
  try {
    const ids = element.type === 'exclusiveGateway' ? first(run, element) : every(run, element)
    return ids.length > 0 ? ids : { reason: 'no condition holds and there is no default flow' }
  } catch (error) {
    // A condition that cannot be evaluated stops the token, not the case: the data or the diagram can be put right.
    if (error instanceof DomainError) return { reason: error.message }
    throw error
  }
}

// Exclusive gateway (§13.4.2): the first condition in document order that holds, else the default.
function first(run: Run, element: Element): string[] {
  for (const id of element.out) {
    if (id === element.default) continue
    const flow = flowOf(run.graph, id)
    if (holds(run, flow)) return [id]
  }
  return element.default === undefined ? [] : [element.default]
}

// Inclusive gateway (§13.4.3) and activities (§13.3.2): every flow whose condition holds; the default only if none does.
function every(run: Run, element: Element): string[] {
  const rest = element.out.filter((id) => id !== element.default).map((id) => flowOf(run.graph, id))
  const taken = rest.filter((flow) => holds(run, flow))
  if (element.default === undefined) return taken.map((flow) => flow.id)
  const decided = element.type === 'inclusiveGateway' ? taken : taken.filter((flow) => flow.condition !== undefined)
  return decided.length > 0 ? taken.map((flow) => flow.id) : [...taken.map((flow) => flow.id), element.default]
}

function holds(run: Run, flow: Flow): boolean {
  if (flow.condition === undefined) return true
  const value = run.host.evaluate(flow.condition, flow.id)
  if (value === true) return true
  if (value === false || value === null || value === undefined) return false
  throw new DomainError('invalid', 'engine.feel', `The condition of “${flow.name ?? flow.id}” is neither true nor false.`)
}
