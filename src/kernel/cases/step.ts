// One step of one case: everything it changes is gathered here and written by one statement (database rule 2).
import type { ControlledTransaction } from 'kysely'
import { caseLeaf } from '../ledger/leaf.ts'
import { commitmentOf, sealPayload } from '../ledger/payload.ts'
import type { JsonValue } from '../ledger/canonical-json.ts'
import type { CalendarDate } from '../clock.ts'
import { dateIn } from '../clock.ts'
import type { Ctx } from '../context.ts'
import type { FormData } from '../forms/forms.ts'
import { uuidv7 } from '../ids.ts'
import { encryptJson } from '../keys/keyring.ts'
import type { Package } from '../procedures/load-package.ts'
import { excludedBy } from '../access/excluded.ts'
import { readersOf } from '../access/readers.ts'
import { statisticsOf } from '../publication/statistics.ts'
import { publicRows } from '../publication/projection.ts'
import { getTown, type Town } from '../towns/towns.ts'
import { postActing } from './access-of.ts'
import { barredFrom } from './four-eyes.ts'
import { beginTransaction, callCommitStep, callCommitSteps } from './queries.ts'
import type { LoadedCase, TaskRow } from './types.ts'

/** Rows of one step by table; bytes are base 64. The shapes are those of commit_step in 0025-one-step.sql. */
export type StepRows = Record<string, unknown> & { events: Record<string, unknown>[] }

export type LinkedRequest = { kind: 'start'; role: string; data: FormData } | { kind: 'send'; role: string; message: string; data: FormData }

export type Step = {
  ctx: Ctx
  town: Town
  procedure: Package
  now: Date
  /** When the act in hand took effect; deadlines run from it. */
  effectiveOn: CalendarDate
  /** The day on which a person did it, when that was earlier: her period is kept if this day is in it. */
  postedOn?: CalendarDate
  case: LoadedCase
  isNew: boolean
  rows: StepRows
  /** Rows and values that only the access rule needs (`access` of commit_step). */
  access?: Record<string, unknown>
  /** Names of events recorded in this step, in order. */
  recorded: { name: string; effectiveOn: CalendarDate }[]
  /** Leaf of the first event of this step: what the promise is about. */
  firstLeaf?: Uint8Array
  escalatedTo: string[]
  /** Opened by acts that need the database before the step is written: a document number, a linked case. */
  transaction?: ControlledTransaction<unknown>
  /** What actions asked of linked cases; done after the engine has come to rest. */
  toLinked: LinkedRequest[]
  /** Steps on linked cases, written in the same transaction. */
  linked: Step[]
  /** Every step of this transaction by case: a case that is open in it already is not loaded a second time. */
  family: Map<string, Step>
  /** Files written for this step: they go again when it is not written. */
  written: string[]
}

export async function newStep(
  ctx: Ctx,
  procedure: Package,
  loaded: LoadedCase,
  isNew: boolean,
  family: Map<string, Step> = new Map(),
): Promise<Step> {
  const now = ctx.clock.now()
  const step: Step = {
    ctx,
    procedure,
    now,
    isNew,
    town: await getTown(ctx),
    effectiveOn: dateIn(ctx.zone, now),
    case: loaded,
    rows: { events: [] },
    recorded: [],
    escalatedTo: loaded.row.readers.filter((reader) => reader.startsWith('post:')).map((reader) => reader.slice('post:'.length)),
    toLinked: [],
    linked: [],
    family,
    written: [],
  }
  family.set(loaded.row.case_id, step)
  return step
}

/** Adds a row for one table of the step. */
export function addRow(step: Step, table: string, row: unknown): void {
  const rows = step.rows[table]
  if (Array.isArray(rows)) rows.push(row)
  else step.rows[table] = [row]
}

/** Adds a row of those that only the access rule needs. */
export function addAccess(step: Step, table: string, row: unknown): void {
  const access = accessRows(step)
  const rows = access[table]
  if (Array.isArray(rows)) rows.push(row)
  else access[table] = [row]
}

/** Sets one value of the case that only the access rule needs. */
export const setAccess = (step: Step, column: string, value: unknown): void => void (accessRows(step)[column] = value)

function accessRows(step: Step): Record<string, unknown> {
  step.access ??= {}
  return step.access
}

export type NewEvent = {
  type: string
  name?: string | undefined
  element?: string | undefined
  effectiveOn?: CalendarDate
  data?: FormData
  fields?: Record<string, JsonValue>
}

/**
 * Appends an event: encrypted salted payload, commitment chained to the event before, and its ledger leaf.
 * The payload names the case, its place in the chain and the exact times; the leaf only the hour and the commitment.
 */
export function recordEvent(step: Step, event: NewEvent): void {
  const { row } = step.case
  const seq = row.event_seq + 1
  const effectiveOn = event.effectiveOn ?? step.effectiveOn
  const by = actorColumns(step)
  const payload = sealPayload({
    case: row.number,
    seq,
    prev: step.case.eventHead.toString('base64'),
    type: event.type,
    recorded_at: step.now.toISOString(),
    effective_on: effectiveOn,
    actor: by.actor_kind,
    ...(by.post_id ? { post: by.post_id } : {}),
    ...(event.name ? { name: event.name } : {}),
    ...(event.element ? { element: event.element } : {}),
    ...event.fields,
    ...dataFields(event.data ?? {}),
  })
  const commitment = Buffer.from(commitmentOf(payload))
  const leaf = caseLeaf(step.now, commitment)
  step.firstLeaf ??= leaf
  row.event_seq = seq
  step.case.eventHead = commitment
  const event_id = uuidv7(step.now)
  step.rows.events.push({
    ...by,
    seq,
    event_id,
    type: event.type,
    name: event.name ?? null,
    element: event.element ?? null,
    effective_on: effectiveOn,
    payload: encryptJson(step.case.key, payload, `event/${step.ctx.tenant}/${row.case_id}/${seq}`).toString('base64'),
    commitment: commitment.toString('base64'),
    leaf: Buffer.from(leaf).toString('base64'),
  })
}

/** One salted field for each form field, so that one can be shown or erased alone. */
function dataFields(data: FormData): Record<string, JsonValue> {
  // Form data came as JSON and was checked against its schema.
  return Object.fromEntries(Object.entries(data).map(([name, value]) => [`data.${fieldName(name)}`, value as JsonValue]))
}

const fieldName = (name: string) => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

function actorColumns(step: Step): { actor_kind: string; actor_id: string | null; post_id: string | null } {
  const { actor } = step.ctx
  if (actor.kind !== 'staff') return { actor_kind: actor.kind === 'system' ? 'system' : 'party', actor_id: null, post_id: null }
  return { actor_kind: 'staff', actor_id: actor.userId, post_id: postActing(actor, step.case) }
}

/** The transaction of this step; opened on first need, with the tenant set. */
export async function transactionOf(step: Step): Promise<Ctx> {
  if (step.ctx.db.isTransaction) return step.ctx
  step.transaction ??= await beginTransaction(step.ctx)
  return { ...step.ctx, db: step.transaction }
}

/** Writes the step and its linked steps, or nothing. @throws StaleCase when the case has moved on. */
export async function commitSteps(step: Step): Promise<void> {
  const documents = withLinked(step).map(toCommit)
  const db = step.transaction ?? step.ctx.db
  for (const document of documents) await callCommitStep(db, document)
  await step.transaction?.commit().execute()
  step.ctx.services.wake(step.ctx.tenant)
}

/** Writes steps of different cases by one statement, or none of them. In the order of their ids, so that two processes never wait for each other. */
export async function commitTogether(steps: Step[]): Promise<void> {
  const [first] = steps
  if (!first) return
  const inOrder = steps.toSorted((a, b) => (a.case.row.case_id < b.case.row.case_id ? -1 : 1))
  await callCommitSteps(first.ctx.db, inOrder.map(toCommit))
  first.ctx.services.wake(first.ctx.tenant)
}

/** Linked cases first: links point at them. */
const withLinked = (step: Step): Step[] => [...step.linked.flatMap(withLinked), step]

function toCommit(step: Step): Record<string, unknown> {
  const { row } = step.case
  const office = step.case.deadlines.filter((deadline) => deadline.binds === 'office')
  row.next_due_on =
    office
      // A missed limit that is still owed stays the date of the work: late work must not fall to the end of the queue.
      .filter(
        (deadline) =>
          (deadline.status === 'running' && !deadline.pauses.some((pause) => pause.open)) ||
          (deadline.status === 'missed' && deadline.met_on === null),
      )
      .map((deadline) => deadline.due_on)
      .sort()[0] ?? null
  row.missed = office.some((deadline) => deadline.missed_at !== null)
  row.readers = readersOf(step.procedure.manifest, step.town, {
    handlingOffice: row.handling_office,
    superiorOffice: row.superior_office,
    grants: step.case.grants
      .filter((grant) => grant.until_on === null || grant.until_on >= dateIn(step.ctx.zone, step.now))
      .map((grant) => grant.organization_id),
    escalatedTo: step.escalatedTo,
    reached: reachedBy(step),
  })
  keepOut(step)
  const columns = {
    ...row,
    content: encryptJson(step.case.key, step.case.content, `content/${step.ctx.tenant}/${row.case_id}`).toString('base64'),
    event_head: step.case.eventHead.toString('base64'),
  }
  const opened = step.rows['tasks_open']
  const statistics = statisticsOf(step.procedure, step.case.content)
  return {
    ...step.rows,
    // Work is due when the nearest limit of the office ends, also work that is opened without any limit changing.
    ...publicRows({ procedure: step.procedure, row, content: step.case.content, events: step.rows.events }),
    ...(Array.isArray(opened)
      ? { tasks_open: opened.map((task: Pick<TaskRow, 'limit_on'>) => ({ ...task, due_on: task.limit_on ?? row.next_due_on })) }
      : {}),
    tenant: step.ctx.tenant,
    now: step.now.toISOString(),
    case_id: row.case_id,
    ...(step.access ? { access: step.access } : {}),
    ...(Object.keys(statistics).length > 0 ? { statistics } : {}),
    [step.isNew ? 'case_insert' : 'case_update']: columns,
  }
}

/** Bodies with open work, and those that the readers name already: what was handed over once stays readable. */
const reachedBy = ({ case: { tasks, row } }: Step): string[] => [
  ...tasks.flatMap((task) => task.organization_id ?? []),
  ...row.readers.flatMap((reader) => (reader.startsWith('duty:') ? (reader.split('@')[1] ?? []) : [])),
]

/** Who never gets in follows from who is complained of and where the case was handed; who may not do a task, from who did the others. */
function keepOut(step: Step): void {
  const { row, subjects, grants, tasks, content } = step.case
  const handed = [...grants.map((grant) => grant.organization_id), row.handling_office, row.superior_office].filter((body) => body !== null)
  const excluded = excludedBy(step.town, subjects, handed)
  if (excluded.join() !== row.excluded.join()) setAccess(step, 'excluded', excluded)
  row.excluded = excluded
  for (const task of tasks) {
    const barred = barredFrom(step.procedure.graph, content, task.element)
    if (barred.join() === task.barred.join()) continue
    task.barred = barred
    addAccess(step, 'barred', { task_id: task.task_id, barred })
  }
}
