// The fixed catalogue of kernel actions. A package names them; it cannot add to them.
import { laneOf } from '../access/readers.ts'
import type { Element, Input } from '../engine/types.ts'
import { startOfDate } from '../clock.ts'
import { closeConsultation, finishConsultation, openConsultation } from '../consultations/open.ts'
import { isCalendarDate } from '../deadlines/dates.ts'
import { invalid } from '../errors.ts'
import { issueDocument } from '../documents/issue.ts'
import { type ActionName, isActionName } from '../procedures/action-names.ts'
import { type Inputs, type Place, record, text } from './action-inputs.ts'
import { closeBallotOf, openBallot } from './ballot-actions.ts'
import { findBreach, handOver, requestToBody, schedule } from './joint-actions.ts'
import { countMeetingOf } from './meeting-action.ts'
import { endPublication, endPublicTask, publish, setPublicTask } from './public-actions.ts'
import { queueExternal } from './queue-external.ts'
import { addRow, recordEvent, setAccess, type Step } from './step.ts'
import { tellRole } from './tell.ts'

/** `later`: it is carried out after this step; the diagram waits for it. */
type Outcome = void | 'later'

const actions: Record<ActionName, (step: Step, inputs: Inputs, place: Place) => Promise<Outcome> | Outcome> = {
  'issue-document@1': (step, inputs) => {
    const visible = instantOf(step, inputs['visible-from'])
    return issueDocument(step, text(inputs, 'document'), visible === undefined ? {} : { visibleFrom: visible })
  },
  'embargo@1': (step, inputs) => embargo(step, instantOf(step, inputs['until'])),
  'route-case@1': (step, inputs) => routeCase(step, text(inputs, 'office'), ['own', 'village']),
  'notify@1': (step, inputs) => tellRole(step, text(inputs, 'to'), text(inputs, 'text')),
  'start-case@1': (step, inputs) => void step.toLinked.push({ kind: 'start', role: text(inputs, 'link'), data: record(inputs, 'data') }),
  'send-to-case@1': (step, inputs) =>
    void step.toLinked.push({ kind: 'send', role: text(inputs, 'link'), message: text(inputs, 'message'), data: record(inputs, 'data') }),
  'publish@1': publish,
  'end-publication@1': endPublication,
  'set-public-task@1': setPublicTask,
  'end-public-task@1': endPublicTask,
  'request-to-body@1': requestToBody,
  'hand-over@1': (step, inputs, place) =>
    handOver(step, inputs, place, (office) => routeCase(step, office, ['own', 'village', 'superior', 'outside'])),
  'schedule@1': schedule,
  'finding@1': findBreach,
  'open-consultation@1': openConsultation,
  'close-consultation@1': closeConsultation,
  'finish-consultation@1': finishConsultation,
  'external@1': queueExternal,
  'count-meeting@1': countMeetingOf,
  'open-ballot@1': openBallot,
  'close-ballot@1': closeBallotOf,
}

/** Results are held back from the parties until this date or instant (FEEL input `until`): an examination, a list before its publication. */
function embargo(step: Step, until: string | undefined): void {
  step.case.row.embargo_until = until ?? null
  setAccess(step, 'embargo_until', until ?? null)
  recordEvent(step, { type: 'case.embargoed', fields: { until: until ?? '' } })
}

/**
 * Runs the action of a service or send task within the step; `later` when other systems carry it out afterwards.
 * @throws DomainError that the person acting can put right.
 */
export async function runAction(step: Step, element: Element, evaluate: (expression: string) => unknown, token = ''): Promise<Outcome> {
  const name = element.xl.action
  if (!isActionName(name)) throw invalid('case.action_unknown', `The element “${element.id}” names no action of this kernel.`)
  return actions[name](step, inputsOf(element, evaluate), { element: element.id, token })
}

/** What the diagram gives to an action. */
export const inputsOf = (element: Element, evaluate: (expression: string) => unknown): Inputs =>
  Object.fromEntries(element.xl.inputs.map((input) => [input.name, isFeel(input) ? evaluate(input.expression ?? input.value ?? '') : input.value]))

/** `expression="…"`, or `value="=…"`. */
const isFeel = (input: Input) => input.expression !== undefined || (input.value?.startsWith('=') ?? false)

/** Makes an organization of one of these kinds the one that handles the case. */
function routeCase(step: Step, office: string, kinds: string[]) {
  const organization = step.town.organizations.get(office)
  if (!organization || !kinds.includes(organization.kind)) {
    throw invalid('case.office_unknown', 'This body cannot handle the case.', [
      { pointer: '/office', code: 'office', message: 'Choose a body of the town.' },
    ])
  }
  step.case.row.handling_office = office
  recordEvent(step, { type: 'case.routed', fields: { office } })
  // Work of the handling office goes along; whoever had taken it in the old office cannot read the case any more.
  const { manifest, graph } = step.procedure
  for (const task of step.case.tasks) {
    const element = graph.elements[task.element]
    if (task.organization_id === office || laneOf(manifest, graph, task.element)?.office !== 'handling') continue
    if (element?.xl.ext['office'] !== undefined || element?.xl.ext['post'] !== undefined) continue
    task.organization_id = office
    task.assignee = null
    addRow(step, 'tasks_update', { task_id: task.task_id, assignee: null, organization_id: office })
  }
}

/** A date (its first moment in the town) or an instant; undefined when the input is empty. */
function instantOf(step: Step, value: unknown): string | undefined {
  if (value === undefined || value === null || value === '') return undefined
  const words = typeof value === 'string' ? value : ''
  const at = isCalendarDate(words) ? startOfDate(step.ctx.zone, words) : new Date(words)
  if (Number.isNaN(at.getTime())) throw invalid('case.action_input', `“${words}” is neither a date nor an instant.`)
  return at.toISOString()
}
