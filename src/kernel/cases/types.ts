import type { CaseAccess } from '../access/rule.ts'
import type { CalendarDate } from '../clock.ts'
import type { Extension, Pause, Rule } from '../deadlines/deadlines.ts'
import type { EngineState } from '../engine/types.ts'
import type { FormData } from '../forms/forms.ts'

export type Channel = 'web' | 'counter' | 'letter' | 'phone' | 'visit' | 'upstream' | 'case'

/**
 * How a matter came in when staff entered it: the date from which deadlines run, and its evidence. `postedOn`: the day of the postmark;
 * whether a person's act was in time is judged by it (the time in the mail does not count).
 */
export type Entry = {
  channel: Channel
  receivedOn: CalendarDate
  postedOn?: CalendarDate
  evidence?: string
  upstreamSource?: string
  upstreamNumber?: string
  /** The limit printed on an upstream order. */
  limitOn?: CalendarDate
}

/**
 * Everything the forms of a case hold, by element id; the filing form under `filing`. Encrypted as a whole. `_done`: who did an element
 * last. `_multiple`: what elements that run several times hold (case-data.ts).
 */
export type CaseContent = { filing: FormData; [element: string]: FormData }

/** Name and contacts of a party; encrypted under the case's key. */
export type Identity = { name?: string; phone?: string; email?: string; address?: string; idNumber?: string }

export type CaseRow = {
  case_id: string
  number: string
  procedure: string
  package_hash: string
  status: 'open' | 'closed'
  outcome: string | null
  channel: Channel
  upstream_source: string | null
  upstream_number: string | null
  filed_at: string
  filed_on: CalendarDate
  handling_office: string | null
  superior_office: string | null
  place_id: string | null
  sealed_class: string | null
  readers: string[]
  excluded: string[]
  embargo_until: string | null
  state: EngineState
  event_seq: number
  version: number
  next_due_on: CalendarDate | null
  missed: boolean
  closed_at: string | null
  retain_until: CalendarDate | null
}

export type TaskRow = {
  task_id: string
  case_id: string
  element: string
  token: string
  form: string | null
  duties: string[]
  organization_id: string | null
  status: 'open' | 'done' | 'cancelled'
  assignee: string | null
  opened_at: string
  due_on: CalendarDate | null
  /** The day by which it is owed by itself. */
  limit_on: CalendarDate | null
  /** Its number among several instances of the element, from 1. */
  instance: number | null
  version: number
  /** Accounts that four eyes keep from it. */
  barred: string[]
}

/** The legal number as it was when the clock started: its row, a local override beside it. `startedAt`: the instant from which hours run. */
export type DeadlineBasis = Rule & {
  parameter: string
  mark: string
  startedAt?: string
  printed?: CalendarDate
  override?: { value: number; source: string; mark: string }
}

export type DeadlineRow = {
  deadline: string
  instance: number
  rule: DeadlineBasis
  binds: 'office' | 'party'
  start_event: string
  start_on: CalendarDate
  due_on: CalendarDate
  due_at: string
  provisional: boolean
  calendar_version: string
  pauses: Pause[]
  extensions: Extension[]
  status: 'running' | 'met' | 'missed' | 'cancelled'
  met_on: CalendarDate | null
  missed_at: string | null
}

export type SubscriptionRow = { token: string; element: string; kind: string; name: string }

export type Party = {
  partyId: string
  role: string
  kind: 'natural' | 'organization'
  identity: Identity
  accountId: string | null
  electronicService: boolean
  receiptHash: string | null
  /** Named in a sealed accusation: neither told nor let in. */
  blind: boolean
}

/** Somebody acts for a party. `isInForce`: today. */
export type Mandate = {
  mandateId: string
  partyId: string
  kind: MandateKind
  identity: Identity
  evidence: string
  fileId: string | null
  acts: string[]
  from: CalendarDate
  to: CalendarDate | null
  accountId: string | null
  madeAt: string
  revokedAt: string | null
  isInForce: boolean
}

export const mandateKinds = ['guardian', 'relative', 'village-officer', 'lawyer', 'other'] as const
export type MandateKind = (typeof mandateKinds)[number]

/** Who is complained of. */
export type CaseSubject = { subjectId: string; organizationId: string | null; postId: string | null; name: string }

export type DocumentStatus = 'issued' | 'served' | 'corrected' | 'withdrawn' | 'void'

export type IssuedDocument = {
  document_id: string
  document: string
  status: DocumentStatus
  series: string
  year: number
  sequence: number
  number: string
  issuer: string
  issued_on: CalendarDate
  signed_by: string | null
  signed_post: string | null
  file_id: string
  supersedes: string | null
  reason: string | null
  recorded_at: string
  /** Parties see it from this instant on; null is at once. */
  visible_from: string | null
}

/** A case as the kernel works on it: opened with its key. Access was checked by whoever loaded it. */
export type LoadedCase = {
  row: CaseRow
  key: Buffer
  eventHead: Buffer
  content: CaseContent
  tasks: TaskRow[]
  deadlines: DeadlineRow[]
  subscriptions: SubscriptionRow[]
  parties: Party[]
  links: { role: string; case_id: string }[]
  grants: { organization_id: string; until_on: CalendarDate | null }[]
  recused: string[]
  documents: IssuedDocument[]
  subjects: CaseSubject[]
  mandates: Mandate[]
  /** Duties to which the package opens a sealed class. */
  seals: CaseAccess['seals']
}
