// A date that was entered wrongly is put right: what depends on it is computed anew, and the record keeps both dates.
import { sql } from 'kysely'
import type { CalendarDate } from '../clock.ts'
import type { Ctx } from '../context.ts'
import { isCalendarDate } from '../deadlines/dates.ts'
import { isInTime } from '../deadlines/deadlines.ts'
import { invalid } from '../errors.ts'
import { uuidv7 } from '../ids.ts'
import type { Package } from '../procedures/load-package.ts'
import { today } from '../towns/towns.ts'
import { basisOf, put, recompute } from './case-deadlines.ts'
import { type EventRow, readDossier } from './dossier.ts'
import { revivedLapses } from './lapses.ts'
import { getCase, loadStep } from './load-case.ts'
import { reopenCase } from './reopen.ts'
import { runStep } from './run-step.ts'
import { addRow, recordEvent, type Step, transactionOf } from './step.ts'
import type { DeadlineRow, LoadedCase } from './types.ts'

/** `element` is the element whose form holds the date in `field`, or `filing` for the day on which the matter was received. */
export type EnteredDate = { element: string; field: string | null; on: CalendarDate }

/** The dates of a case that somebody entered; what the clock recorded is no entry and cannot be corrected. */
export function enteredDates(loaded: LoadedCase, procedure: Package): EnteredDate[] {
  const { row, content } = loaded
  const filed: EnteredDate[] = row.channel === 'web' || row.channel === 'case' ? [] : [{ element: 'filing', field: null, on: row.filed_on }]
  const others = Object.entries(content).flatMap(([element, data]): EnteredDate[] => {
    const form = procedure.forms.get(procedure.graph.elements[element]?.xl.form ?? '')
    const field = Object.entries(form?.schema.properties ?? {}).find(([, property]) => property['x-effective'])?.[0]
    const on = field === undefined ? undefined : data[field]
    return field !== undefined && typeof on === 'string' && isCalendarDate(on) ? [{ element, field, on }] : []
  })
  return [...filed, ...others]
}

/**
 * Corrects one entered date. Limits that began or ended on it are computed anew; a limit met late may turn out met in time, or the other way round.
 * A case that has ended is put right too; it goes on where it stood when a period turns out not to be over yet.
 * @throws `case.not_found`, `correction.element`, `correction.date`, `correction.reason` (422).
 */
export async function correctDate(
  ctx: Ctx,
  by: { number: string } | { caseId: string },
  input: { element: string; on: CalendarDate; reason: string },
): Promise<void> {
  const { loaded } = await getCase(ctx, by, 'case.correct')
  const { events } = await readDossier(ctx, loaded)
  const reason = input.reason.trim()
  if (reason.length < 2 || reason.length > 500) throw field('correction.reason', '/reason', '请写明更正的理由和依据')
  await runStep(
    () => loadStep(ctx, loaded.row.case_id),
    async (step) => {
      const entered = enteredDates(step.case, step.procedure).find((known) => known.element === input.element)
      if (!entered) throw field('correction.element', '/element', '请选择要更正的日期')
      checkDate(step, entered, input.on)
      await moveDate(step, entered, input.on, eventsOn(events, entered))
      recordEvent(step, {
        type: 'case.corrected',
        ...(entered.element === 'filing' ? {} : { element: entered.element }),
        effectiveOn: input.on,
        fields: { before: entered.on, after: input.on, reason },
      })
      for (const lapse of revivedLapses(step.case)) reopenCase(step, lapse, { reason: 'date-corrected', on: input.on })
    },
  )
}

function checkDate(step: Step, entered: EnteredDate, on: CalendarDate) {
  if (!isCalendarDate(on)) throw field('correction.date', '/on', '请填写一个真实存在的日期')
  if (on === entered.on) throw field('correction.date', '/on', '与原来的日期相同')
  if (on > today(step.ctx)) throw field('correction.date', '/on', '日期不能晚于今天')
  const filing = entered.element === 'filing'
  if (!filing && on < step.case.row.filed_on) throw field('correction.date', '/on', '日期不能早于收到之日')
  const first = enteredDates(step.case, step.procedure)
    .filter((known) => known.element !== 'filing')
    .map((known) => known.on)
    .sort()[0]
  if (filing && first !== undefined && on > first) throw field('correction.date', '/on', `收到之日不能晚于 ${first}，那天已经办理`)
}

const field = (code: string, pointer: string, message: string) => invalid(code, message, [{ pointer, code, message }])

/** Names of the package's events that took effect by this entry: those of the step in which it was made. */
function eventsOn(events: EventRow[], entered: EnteredDate): Set<string> {
  const made = (event: EventRow) =>
    entered.element === 'filing'
      ? event.type === 'case.filed'
      : event.element === entered.element && (event.type === 'task.completed' || event.type === 'message.received')
  const at = events.findLastIndex(made)
  const names = new Set<string>()
  const start = events[at]
  for (const event of start ? events.slice(at + 1) : []) {
    const sameStep = event.recorded_at.getTime() === start?.recorded_at.getTime() && !opensStep.has(event.type)
    if (!sameStep) break
    if (event.name !== null) names.add(event.name)
  }
  return names
}

/** Types of the event that a step begins with. */
const opensStep = new Set(['task.completed', 'message.received', 'timer.fired', 'case.filed', 'task.claimed', 'task.assigned', 'case.corrected'])

async function moveDate(step: Step, entered: EnteredDate, on: CalendarDate, names: Set<string>) {
  const { content, row } = step.case
  if (entered.element === 'filing') {
    // commit_step never writes this column: it does not change but here.
    const { db } = await transactionOf(step)
    await sql`update cases set filed_on = ${on} where tenant_id = ${step.ctx.tenant} and case_id = ${row.case_id}`.execute(db)
    row.filed_on = on
  } else if (entered.field !== null) {
    content[entered.element] = { ...content[entered.element], [entered.field]: on }
    const done = content['_done']?.[entered.element]
    if (done !== null && typeof done === 'object') content['_done'] = { ...content['_done'], [entered.element]: { ...done, on } }
    serveAgain(step, entered.element, on)
  }
  for (const deadline of step.case.deadlines.map((row) => row)) await moveDeadline(step, deadline, entered.on, on, names)
}

/** Services are only ever added: the later row says when it was really served. */
function serveAgain(step: Step, element: string, on: CalendarDate) {
  const document = step.procedure.graph.elements[element]?.xl.serves
  const served = step.case.documents.findLast((known) => known.document === document && known.status === 'served')
  const method = step.case.content[element]?.['method']
  if (!served || typeof method !== 'string') return
  const { actor } = step.ctx
  addRow(step, 'services', {
    service_id: uuidv7(step.now),
    document_id: served.document_id,
    method,
    served_on: on,
    proof_file: null,
    recorded_by: actor.kind === 'staff' ? actor.userId : actor.kind,
  })
}

async function moveDeadline(step: Step, row: DeadlineRow, before: CalendarDate, on: CalendarDate, names: Set<string>) {
  const rule = step.procedure.manifest.deadlines.find((known) => known.id === row.deadline)
  // Hours run from an instant that the clock recorded.
  if (!rule || row.status === 'cancelled' || row.rule.unit === 'hour') return
  const moved = (date: CalendarDate, event: string | undefined) => (date === before && event !== undefined && names.has(event) ? on : date)
  const start_on = moved(row.start_on, row.start_event)
  const met_on = row.met_on !== null && row.met_on === before && rule.ends.some((event) => names.has(event)) ? on : row.met_on
  const pauses = row.pauses.map((pause) => {
    const from = moved(pause.from, pause.reason)
    const end = rule.pausedBy.find((known) => known.from === pause.reason)?.to
    return pause.open === true ? { ...pause, from } : { ...pause, from, to: moved(pause.to, end) }
  })
  if (start_on === row.start_on && met_on === row.met_on && JSON.stringify(pauses) === JSON.stringify(row.pauses)) return
  const basis = start_on === row.start_on ? row.rule : basisOf(step.procedure.manifest, step.town, rule, start_on)
  await storeBasis(step, row, basis)
  const again = judge(recompute({ ...row, rule: basis, start_on, met_on, pauses }, step.town, step.ctx.zone, step.now), step.now)
  put(step, again)
  if (row.missed_at !== null && again.missed_at === null) {
    const settled = step.rows['resolve_escalations']
    step.rows['resolve_escalations'] = [...(Array.isArray(settled) ? settled : []), `overdue:${row.deadline}`]
  }
}

/** Met or missed, by the dates as they now stand. */
function judge(row: DeadlineRow, now: Date): DeadlineRow {
  if (row.met_on === null) return row
  const inTime = isInTime({ due: row.due_on, dueAt: new Date(row.due_at) }, { effectiveOn: row.met_on })
  return { ...row, status: inTime ? 'met' : 'missed', missed_at: inTime ? null : (row.missed_at ?? now.toISOString()) }
}

/** On another day another legal number may have been in force; commit_step keeps the number that a limit began with. */
async function storeBasis(step: Step, row: DeadlineRow, basis: DeadlineRow['rule']) {
  if (JSON.stringify(basis) === JSON.stringify(row.rule)) return
  const { db } = await transactionOf(step)
  await sql`update deadlines set rule = ${JSON.stringify(basis)}::jsonb
    where tenant_id = ${step.ctx.tenant} and case_id = ${step.case.row.case_id} and deadline = ${row.deadline} and instance = ${row.instance}`.execute(
    db,
  )
}
