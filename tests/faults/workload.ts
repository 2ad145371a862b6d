// What a writer does to a town, and what it says about it: one JSON line for each act, only after the act returned.
import type { Acknowledgement } from '#kernel/cases/open-case.ts'
import type { FormData } from '#kernel/forms/forms.ts'
import { demoTenant } from '../../src/demo/town.ts'

export const tenant = demoTenant

/** `completions` are spread over the first cases, up to one for each element of `work`. */
export type Workload = { seed: number; filings: number; completions: number }

/** The tasks that are completed on a case, in order. The second issues a numbered document. */
export const work: { element: string; data: FormData }[] = [
  { element: 'Register', data: { category: 'claim', urgent: false, summary: '灌溉渠改道后水田引不到水。' } },
  { element: 'DecideAcceptance', data: { outcome: 'accept', office: 'agriculture', reasons: '属于本镇职责。' } },
]

/** An acknowledgement as the parent process keeps it: what a resident or an officer would have seen. */
export type Acknowledged =
  | { act: 'filed'; matter: number; answer: Acknowledgement }
  /** `again`: the request before it had been carried out, but its answer was lost. */
  | { act: 'completed'; matter: number; element: string; caseId: string; again: boolean }

/** The acts of one matter, in order. */
export function actsOf(matter: number, { completions }: Workload): string[] {
  const cases = Math.ceil(completions / work.length)
  const own = matter >= cases ? 0 : Math.min(work.length, completions - matter * work.length)
  return work.slice(0, own).map(({ element }) => element)
}

export const keyOf = ({ seed }: Workload, matter: number) => `faults-${seed}-${matter}`

/** A filing that no other is like; the same matter is always the same request. */
export const filingOf = (workload: Workload, matter: number) => ({
  procedure: 'petition',
  idempotencyKey: keyOf(workload, matter),
  data: {
    subject: `第${matter}件：灌溉渠改道`,
    description: `下游第${matter}块水田春耕引不到水，找过村里两次。`,
    claim: '请恢复供水，或者给出替代办法。',
    village: 'daxi-village',
    name: `乔溪${matter}`,
    phone: `000 0000 ${String(matter).padStart(4, '0')}`,
  },
})
