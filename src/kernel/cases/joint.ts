// Joint handling: what the lead waits for, and that bodies are asked anew only when those asked before have answered.
import { conflict } from '../errors.ts'
import type { DataSource } from './case-data.ts'
import type { TaskRow } from './types.ts'

/** Is an activity of the diagram under way: a task, a subprocess, several instances, a subprocess that a message began? */
export const isUnderWay = ({ case: { row } }: Pick<DataSource, 'case'>, id: string): boolean =>
  row.state.tokens.some((token) => token.at === id && token.is !== 'done' && token.is !== 'listener')

/** `xl:single` on a message start event: its subprocess begins again only when the one before is over. */
export function isOnceAtATime(source: Pick<DataSource, 'case' | 'procedure'>, start: string): boolean {
  const element = source.procedure.graph.elements[start]
  return element?.xl.ext['single'] === 'true' && isUnderWay(source, element.scope)
}

/**
 * A task with `xl:awaits` is not completed while one of the activities it names is under way: the lead does not close before the helpers answered.
 * To close without them, the diagram offers an act that ends the request with a reason.
 * @throws `task.awaits` (409).
 */
export function checkAwaited(source: Pick<DataSource, 'case' | 'procedure'>, task: Pick<TaskRow, 'element'>): void {
  const awaited = source.procedure.graph.elements[task.element]?.xl.ext['awaits'] ?? ''
  const waiting = awaited.split(/\s+/).filter((id) => id !== '' && isUnderWay(source, id))
  if (waiting.length > 0) throw conflict('task.awaits', 'Others who were asked have not answered yet: wait, or end the request with a reason.')
}
