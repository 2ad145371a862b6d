// How scopes and synchronising gateways go on when nothing else moves (BPMN 2.0.2 §13.3.4, §13.4, §13.5.6).
import { choose } from './choose.ts'
import { resetOne } from './complex.ts'
import { joinInclusive } from './joins.ts'
import { beginNext, finish, fireJoin, follow, isComplete, tryJoin } from './move.ts'
import { addToken, cancel, cancelInside, elementOf, flowOf, incident, inside, loopOf } from './run.ts'
import type { Run } from './run.ts'
import type { Token } from './types.ts'

/** Lets one gateway go on that waited only as long as something could still come; false if there is none. */
export function synchronise(run: Run): boolean {
  const join = joinInclusive(run)
  if (join) fireJoin(run, join.element, join.scope, join.taken)
  return join !== undefined || resetComplex(run)
}

// A complex gateway that is ready again sends tokens only where a condition asks for it, and looks at what has come meanwhile.
function resetComplex(run: Run): boolean {
  const reset = resetOne(run)
  if (!reset) return false
  const { element, scope } = reset
  const late = element.out.filter((id) => flowOf(run.graph, id).condition?.includes('waitingForStart'))
  const token = addToken(run, { at: element.id, in: scope, is: 'event' })
  const chosen = late.length === 0 ? [] : choose(run, { ...element, out: late }, token, { waitingForStart: false })
  run.tokens.delete(token.id)
  follow(run, element, scope, Array.isArray(chosen) ? chosen : [])
  const next = inside(run, scope).find((one) => one.at === element.id && one.is === 'join')
  if (next) tryJoin(run, element, scope, next)
  return true
}

/** Completes one scope in which no token is left (§13.3.4, §13.5.6). */
export function completeScope(run: Run): boolean {
  const busy = new Set<string>()
  for (const token of run.tokens.values()) if (token.is !== 'listener' && token.is !== 'done') busy.add(token.in)
  for (const scope of run.tokens.values()) {
    if (scope.is !== 'scope' || busy.has(scope.id)) continue
    const rest = adHocRest(run, scope)
    if (rest === 'waits') continue
    if (rest === 'begun') return true
    cancelInside(run, scope.id, true)
    if (scope.ends === 'cancel') leaveCancelled(run, scope)
    else if (scope.in !== '') finish(run, scope)
    else endCase(run, scope)
    return true
  }
  return false
}

// What is left of an ad-hoc subprocess in which nothing is active: it begins the next activity, waits for its condition, or is over.
function adHocRest(run: Run, scope: Token): 'begun' | 'waits' | 'over' {
  const element = elementOf(run.graph, scope.at)
  if (!element.adHoc || scope.over) return 'over'
  const { completion, sequential } = element.adHoc
  if (completion !== undefined && isComplete(run, completion, scope)) return 'over'
  if (!sequential || (scope.n ?? 0) >= element.starts.length) return completion === undefined ? 'over' : 'waits'
  beginNext(run, element, scope)
  return 'begun'
}

// A cancelled transaction is left by its cancel event (§10.7.1).
function leaveCancelled(run: Run, scope: Token): void {
  const element = elementOf(run.graph, scope.at)
  const host = loopOf(run, scope) ?? scope
  const boundary = element.boundary.find((id) => elementOf(run.graph, id).events.some((event) => event.kind === 'cancel'))
  if (boundary === undefined) {
    delete scope.ends
    return incident(run, scope, 'leave', 'the transaction was cancelled and has no cancel event')
  }
  cancel(run, host)
  run.effects.push({ type: 'caught', element: boundary, token: host.id })
  run.queue.push({ node: boundary, in: host.in, caught: true })
}

/** Begins one more run of an activity of an ad-hoc subprocess that is active; false if there is none. */
export function activateAdHoc(run: Run, id: string): boolean {
  const element = elementOf(run.graph, id)
  const scope = [...run.tokens.values()].find((token) => token.is === 'scope' && token.at === element.scope && !token.over)
  if (!scope || !elementOf(run.graph, scope.at).adHoc) return false
  run.queue.push({ node: id, in: scope.id })
  return true
}

function endCase(run: Run, root: Token): void {
  cancelInside(run, root.id)
  run.tokens.delete(root.id)
  const outcome = run.terminated.has(root.id) ? 'terminated' : 'completed'
  run.status = outcome
  run.effects.push({ type: 'ended', element: run.last.get(root.id) ?? root.at, outcome })
}
