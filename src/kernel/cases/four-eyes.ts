// Four eyes: whoever completed one task of a case cannot complete the other (xl:four-eyes on the element).
import type { Graph } from '../engine/types.ts'
import type { CaseContent } from './types.ts'

/** Accounts that may not complete this element in this case. */
export function barredFrom(graph: Graph, content: CaseContent, element: string): string[] {
  const others = (graph.elements[element]?.xl.ext['four-eyes'] ?? '').split(/\s+/).filter((other) => other !== '')
  return [...new Set(others.flatMap((other) => doersOf(content['_done']?.[other])))].sort()
}

/** Every account that ever completed the element; the kernel writes `_done` itself. */
export function doersOf(done: unknown): string[] {
  if (done === null || typeof done !== 'object') return []
  const before = 'before' in done && Array.isArray(done.before) ? done.before.filter((user) => typeof user === 'string') : []
  return 'user' in done && typeof done.user === 'string' && done.user !== '' ? [...before, done.user] : before
}
