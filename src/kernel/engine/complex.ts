// The complex gateway (BPMN 2.0.2 §13.4.5): goes on when its activation condition holds, then waits for what can still come and takes
// that away, so that it is ready again.
import { addToken, elementOf, evaluate, inside } from './run.ts'
import { canStillCome } from './upstream.ts'
import type { Run } from './run.ts'
import type { Element, Token } from './types.ts'

/** The tokens to take when the gateway goes on now; undefined while its condition does not hold or it has just gone on. */
export function activate(run: Run, element: Element, scope: string): Token[] | undefined {
  const waiting = inside(run, scope).filter((token) => token.at === element.id && token.is === 'join')
  const isReset = inside(run, scope).some((token) => token.at === element.id && token.via !== undefined)
  if (isReset || waiting.length === 0 || element.activation === undefined) return undefined
  const values = { activationCount: waiting.length, waitingForStart: true }
  if (evaluate(run, element.activation, element.id, run.tokens.get(scope), values) !== true) return undefined
  const taken = element.in.flatMap((flow) => waiting.find((token) => token.flow === flow) ?? [])
  addToken(run, { at: element.id, in: scope, is: 'gate', via: taken.flatMap((token) => token.flow ?? []) })
  return taken
}

/** Makes one gateway ready again that has gone on and for which nothing more can come; undefined if there is none. */
export function resetOne(run: Run): { element: Element; scope: string } | undefined {
  for (const gate of run.tokens.values()) {
    if (gate.via === undefined) continue
    const element = elementOf(run.graph, gate.at)
    const late = element.in.filter((flow) => !gate.via?.includes(flow))
    const around = inside(run, gate.in)
    const arrived = (flow: string) => around.find((token) => token.is === 'join' && token.at === element.id && token.flow === flow)
    const open = late.filter((flow) => !arrived(flow))
    if (canStillCome(around, element, open)) continue
    for (const flow of late) {
      const token = arrived(flow)
      if (token) run.tokens.delete(token.id)
    }
    run.tokens.delete(gate.id)
    return { element, scope: gate.in }
  }
  return undefined
}
