// Actions by which several bodies work on one case: asking, handing over, meeting, and naming a duty that was not kept.
import { laneOf, officeOf } from '../access/readers.ts'
import { instantIn } from '../clock.ts'
import { invalid } from '../errors.ts'
import { uuidv7 } from '../ids.ts'
import { encryptJson } from '../keys/keyring.ts'
import { requirePublic } from '../publication/check-public.ts'
import type { Organization } from '../towns/towns.ts'
import { type Inputs, optionalDate, optionalText, type Place, text, texts } from './action-inputs.ts'
import { letRead } from './open-task.ts'
import { addRow, recordEvent, type Step } from './step.ts'
import { tellRole } from './tell.ts'

const findBody = (step: Step, id: string): Organization => {
  const organization = step.town.organizations.get(id)
  if (!organization) throw invalid('case.office_unknown', 'There is no such body.', [{ pointer: '/office', code: 'office', message: '没有这个单位' }])
  return organization
}

/**
 * Asks other bodies to take part (request-to-body@1): each may read the case from now on. Their tasks are user tasks with `xl:office`;
 * `until` is the day named in the record.
 */
export function requestToBody(step: Step, inputs: Inputs, { element }: Place): void {
  const until = optionalDate(inputs, 'until')
  const offices = texts(inputs, 'offices').map((id) => findBody(step, id).id)
  if (offices.length === 0) throw invalid('case.action_input', 'Name at least one body.')
  for (const office of offices) letRead(step, office, element)
  recordEvent(step, { type: 'case.requested', element, fields: { offices, ...(until === undefined ? {} : { until }) } })
}

/**
 * Moves the case to another body (hand-over@1). The one before goes on reading it until `until`, the last day on which the new one may object
 * (the diagram awaits the objection, and hands back by the same action: FEEL reads `case.handedOverBy`).
 */
export function handOver(step: Step, inputs: Inputs, { element }: Place, route: (office: string) => void): void {
  const office = findBody(step, text(inputs, 'office')).id
  const until = optionalDate(inputs, 'until') ?? null
  const before = step.case.row.handling_office
  if (before === office) throw invalid('case.handed_over', 'This body has the case already.')
  route(office)
  if (before !== null) letReadUntil(step, before, until, element)
  step.case.content['_handover'] = { by: before, to: office, on: step.effectiveOn, until }
  recordEvent(step, { type: 'case.handed-over', element, fields: { before: before ?? '', office, ...(until === null ? {} : { until }) } })
}

function letReadUntil(step: Step, organization_id: string, until_on: string | null, reason: string) {
  if (step.case.grants.some((grant) => grant.organization_id === organization_id)) return
  step.case.grants.push({ organization_id, until_on })
  addRow(step, 'grants', { organization_id, until_on, reason })
}

/** What a session says, under the case's key. */
export type SessionContent = { title: string; place: string; participants: string[] }

/**
 * Sets a session (schedule@1): an entry in the calendar of the body and of the case; parties of the roles in `tell` get the text with
 * `{start}`, `{end}` and `{place}`. A later one of the same element replaces it. `public` is its name for everybody: with it the session
 * stands in the public calendar, time and place included; without it nobody else learns of it. @throws `publication.personal`.
 */
export function schedule(step: Step, inputs: Inputs, { element }: Place): void {
  const start = instant(inputs, 'start', step.ctx.zone)
  const minutes = Number(inputs['minutes'] ?? 60)
  const end =
    inputs['end'] === undefined || inputs['end'] === null ? new Date(start.getTime() + minutes * 60_000) : instant(inputs, 'end', step.ctx.zone)
  if (!(end > start))
    throw invalid('case.session_time', 'A session ends after it begins.', [{ pointer: '/end', code: 'date', message: '结束时间要晚于开始时间' }])
  const roles = texts(inputs, 'tell')
  const content: SessionContent = { title: optionalText(inputs, 'title') ?? '', place: text(inputs, 'place'), participants: roles }
  const session_id = uuidv7(step.now)
  const office = optionalText(inputs, 'office') ?? step.case.row.handling_office
  const title = optionalText(inputs, 'public')
  if (title !== undefined) requirePublic({ fields: { title, place: content.place } })
  addRow(step, 'sessions', {
    session_id,
    ...(title === undefined ? {} : { public: { title, place: content.place } }),
    element,
    starts_at: start.toISOString(),
    ends_at: end.toISOString(),
    organization_id: office === null ? null : findBody(step, office).id,
    content: encryptJson(step.case.key, content, `session/${step.ctx.tenant}/${session_id}`).toString('base64'),
  })
  const times = { start: inTown(step, start), end: inTown(step, end), place: content.place }
  recordEvent(step, { type: 'session.set', element, fields: { ...times, ...(content.title === '' ? {} : { title: content.title }) } })
  const words = optionalText(inputs, 'text')
  if (words !== undefined) for (const role of roles) tellRole(step, role, words, times)
}

/** An ISO instant; without an offset it is meant in the town's zone. */
function instant(inputs: Inputs, name: string, zone: string): Date {
  const at = instantIn(zone, text(inputs, name))
  if (!at) throw invalid('case.session_time', `“${name}” is no date and time.`, [{ pointer: `/${name}`, code: 'date', message: '请填写日期和时间' }])
  return at
}

const inTown = (step: Step, at: Date): string =>
  new Intl.DateTimeFormat('zh-CN', { dateStyle: 'long', timeStyle: 'short', timeZone: step.ctx.zone }).format(at)

/** A duty that an office did not keep (finding@1). It names a body and a law, never a person. */
export function findBreach(step: Step, inputs: Inputs, { element }: Place): void {
  const { id } = findBody(step, optionalText(inputs, 'office') ?? step.case.row.handling_office ?? officeAt(step, element))
  const [kind, law] = [text(inputs, 'kind'), text(inputs, 'law')]
  if (!step.procedure.manifest.law.some((row) => row.id === law)) throw invalid('case.action_input', `“${law}” is not a law row of the procedure.`)
  addRow(step, 'findings', { finding_id: uuidv7(step.now), element, organization_id: id, kind, law, found_on: step.effectiveOn })
  recordEvent(step, { type: 'office.found', element, fields: { office: id, kind, law } })
}

/** Before anybody handles the case the duty is that of the body in whose lane the element stands. */
function officeAt(step: Step, element: string): string {
  const lane = laneOf(step.procedure.manifest, step.procedure.graph, element)
  return (lane && officeOf(lane.office, lane.posts, step.town, { handlingOffice: null, superiorOffice: step.case.row.superior_office })) ?? ''
}
