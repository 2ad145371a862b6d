import { actingPost } from '../access/acting-post.ts'
import type { CaseAccess } from '../access/rule.ts'
import type { Actor } from '../context.ts'
import { doersOf } from './four-eyes.ts'
import type { CaseRow, LoadedCase, TaskRow } from './types.ts'

/** What the access rule must know of a loaded case. */
export function accessOf(loaded: LoadedCase, task?: TaskRow): CaseAccess {
  const { row } = loaded
  return {
    caseId: row.case_id,
    readers: row.readers,
    excluded: row.excluded,
    recused: loaded.recused,
    sealedClass: row.sealed_class,
    placeId: row.place_id,
    parties: loaded.parties,
    mandates: loaded.mandates.filter((mandate) => mandate.isInForce),
    workers: workersOf(loaded),
    seals: loaded.seals,
    ...(task ? { task: { duties: task.duties, organizationId: task.organization_id, barred: task.barred } } : {}),
  }
}

/** In which of her posts this actor acts on the case; null: not staff. */
export function postActing(
  actor: Actor,
  { row }: { row: Pick<CaseRow, 'handling_office' | 'readers' | 'place_id' | 'sealed_class'> },
  task?: TaskRow,
): string | null {
  return actingPost(actor, {
    handlingOffice: row.handling_office,
    readers: row.readers,
    placeId: row.place_id,
    sealedClass: row.sealed_class,
    ...(task ? { task: { duties: task.duties, organizationId: task.organization_id } } : {}),
  })
}

/** Accounts that have taken open work of the case or have done some. */
function workersOf(loaded: LoadedCase): string[] {
  const done = Object.values(loaded.content['_done'] ?? {}).flatMap(doersOf)
  return [...new Set([...loaded.tasks.flatMap((task) => task.assignee ?? []), ...done])]
}
