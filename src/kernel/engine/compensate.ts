// Compensation and cancelled transactions (BPMN 2.0.2 §10.7, §13.5.5). A completed activity that can be compensated stays as a `done`
// token; an `undo` token works through those of its list, the last one first.
import { addToken, cancelInside, elementOf, inside, loopOf } from './run.ts'
import { openHandlers } from './listen.ts'
import type { Run } from './run.ts'
import type { Element, EventDefinition, Token } from './types.ts'

const compensates = (element: Element) => element.events.some((event) => event.kind === 'compensate')

/** Keeps a completed activity that may have to be compensated. Called when its token is gone. */
export function remember(run: Run, token: Token, element: Element): void {
  if (token.is === 'loop' || token.undoes !== undefined) return cancelInside(run, token.id)
  const scope = loopOf(run, token)?.in ?? token.in
  const within = inside(run, token.id).some((other) => other.is === 'done')
  const own = element.handlers.some((id) => elementOf(run.graph, id).starts.some((start) => compensates(elementOf(run.graph, start))))
  const boundary = element.boundary.some((id) => compensates(elementOf(run.graph, id)))
  if (boundary) cancelInside(run, token.id)
  if (boundary || within || own) run.tokens.set(token.id, { id: token.id, at: token.at, in: scope, is: 'done' })
}

/** Compensates in the scope of `token`; `wait` is the token that goes on afterwards. */
export function compensate(run: Run, token: Token, event: Extract<EventDefinition, { kind: 'compensate' }>, waits: boolean): void {
  const scope = scopeFor(run, token, event.activity)
  const list = scope === undefined ? [] : doneIn(run, scope, event.activity)
  const undo = addToken(run, { at: token.at, in: token.in, is: 'undo', list, ...(waits && { for: token.id }) })
  undoNext(run, undo)
}

/** Cancels the transaction around `token` (§10.7.1): what runs is cancelled, what is completed is compensated, then it is left. */
export function cancelTransaction(run: Run, token: Token): void {
  for (let at = run.tokens.get(token.in); at; at = run.tokens.get(at.in)) {
    if (elementOf(run.graph, at.at).type !== 'transaction' || at.is !== 'scope') continue
    cancelInside(run, at.id, true)
    at.ends = 'cancel'
    at.over = true
    return undoNext(run, addToken(run, { at: at.at, in: at.id, is: 'undo', list: doneIn(run, at.id) }))
  }
}

/** Begins the next handler; without one more the compensation is over. */
export function undoNext(run: Run, undo: Token): void {
  for (;;) {
    const id = undo.list?.shift()
    if (id === undefined) return endUndo(run, undo)
    const done = run.tokens.get(id)
    if (done && beginHandler(run, undo, done)) return
  }
}

function beginHandler(run: Run, undo: Token, done: Token): boolean {
  const element = elementOf(run.graph, done.at)
  done.over = true
  for (const id of element.boundary) {
    const boundary = elementOf(run.graph, id)
    if (!compensates(boundary)) continue
    run.tokens.delete(done.id)
    run.effects.push({ type: 'caught', element: id, token: done.id })
    if (boundary.handler === undefined) return false
    run.queue.push({ node: boundary.handler, in: done.in, undoes: undo.id })
    return true
  }
  for (const id of element.handlers) {
    const start = elementOf(run.graph, id).starts.find((one) => compensates(elementOf(run.graph, one)))
    if (start === undefined) continue
    const handler = addToken(run, { at: id, in: done.id, is: 'scope', undoes: undo.id })
    run.effects.push({ type: 'caught', element: start, token: done.id }, { type: 'entered', element: id, token: handler.id })
    openHandlers(run, handler)
    run.queue.push({ node: start, in: handler.id, caught: true })
    return true
  }
  // A subprocess without a handler of its own: what completed inside it (default compensation).
  undo.list = [...doneIn(run, done.id), ...(undo.list ?? [])]
  return false
}

function endUndo(run: Run, undo: Token): void {
  run.tokens.delete(undo.id)
  const waiting = undo.for === undefined ? undefined : run.tokens.get(undo.for)
  if (waiting) run.queue.push({ node: waiting.at, in: waiting.in, leave: waiting.id })
}

// What completed in a scope, the last first (the order of the tokens is that of completion).
function doneIn(run: Run, scope: string, activity?: string): string[] {
  const done = inside(run, scope).filter((token) => token.is === 'done' && !token.over && (activity === undefined || token.at === activity))
  return done.map((token) => token.id).toReversed()
}

// An event subprocess compensates the scope that it belongs to; a named activity may also be further out.
function scopeFor(run: Run, token: Token, activity: string | undefined): string | undefined {
  const scopes: string[] = []
  for (let at = run.tokens.get(token.in); at; at = run.tokens.get(at.in)) scopes.push(at.id)
  const first = run.tokens.get(token.in)
  const own = first && elementOf(run.graph, first.at).type === 'eventSubProcess' ? first.in : token.in
  if (activity === undefined) return own
  return scopes.find((scope) => doneIn(run, scope, activity).length > 0)
}
