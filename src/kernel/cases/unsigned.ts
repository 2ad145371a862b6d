// What an office has drafted and nobody has signed yet is no answer: the parties do not see it, nor the files that go with it.
import type { Package } from '../procedures/load-package.ts'
import type { LoadedCase } from './types.ts'

/**
 * Elements whose words or files wait for a signature: the package says of each adverse document in which task its reasons are written and in
 * which one it is signed (`adverse`). Returned for changes, it is a draft again. Of a closed case nothing waits.
 */
export function unsignedDrafts({ row, content, tasks }: LoadedCase, { manifest }: Package): Set<string> {
  if (row.status === 'closed') return new Set()
  const open = new Set(tasks.map(({ element }) => element))
  const drafts = manifest.adverse.flatMap(({ reasons, task }) => {
    const element = reasons.split('.')[0] ?? ''
    return element === task || element === 'filing' ? [] : [{ element, task }]
  })
  const isSigned = (element: string) =>
    drafts.some((draft) => draft.element === element && content['_done']?.[draft.task] !== undefined) &&
    !drafts.some((draft) => draft.element === element && (open.has(element) || open.has(draft.task)))
  return new Set(drafts.map(({ element }) => element).filter((element) => !isSigned(element)))
}
