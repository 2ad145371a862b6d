// Who may read a case follows from its procedure's lanes, where it is handled, and what was handed over.
import type { Graph } from '../engine/types.ts'
import type { Manifest } from '../procedures/manifest.ts'
import { findOfficeWithDuty, type Town } from '../towns/towns.ts'

export type ReadersInput = {
  handlingOffice: string | null
  superiorOffice: string | null
  grants: string[]
  /** Bodies that have, or had, work of the case. */
  reached: string[]
  /** Posts to which the case was escalated. */
  escalatedTo: string[]
}

/** Keys (`duty:…@…`, `org:…`, `handed:…`, `post:…`) that open a case; see claimsOf. */
export function readersOf(manifest: Manifest, town: Town, input: ReadersInput): string[] {
  const readers = new Set<string>(['duty:supervisor'])
  for (const lane of manifest.lanes) {
    const office = officeOf(lane.office, lane.posts, town, input)
    if (!office) continue
    // A superior body sees nothing before work of the case is handed to it.
    if (lane.office === 'superior' && office !== input.superiorOffice && !input.reached.includes(office)) continue
    if (lane.office === 'handling') readers.add(`org:${office}`)
    else for (const duty of lane.posts) readers.add(`duty:${duty}@${office}`)
  }
  for (const organization of input.grants) {
    readers.add(`org:${organization}`)
    readers.add(`handed:${organization}`)
  }
  for (const post of input.escalatedTo) readers.add(`post:${post}`)
  return [...readers].sort()
}

/** The organization whose posts work in this lane; undefined while nobody is competent. */
export function officeOf(
  kind: 'own' | 'handling' | 'superior',
  duties: string[],
  town: Town,
  input: Pick<ReadersInput, 'handlingOffice' | 'superiorOffice'>,
): string | undefined {
  switch (kind) {
    case 'own':
      return findOfficeWithDuty(town, 'own', duties)
    case 'handling':
      return input.handlingOffice ?? undefined
    case 'superior':
      return input.superiorOffice ?? findOfficeWithDuty(town, 'superior', duties)
  }
}

/** Lane rule of an element. */
export function laneOf(manifest: Manifest, graph: Graph, element: string): Manifest['lanes'][number] | undefined {
  const lane = graph.elements[element]?.lane
  return manifest.lanes.find((known) => known.id === lane)
}
