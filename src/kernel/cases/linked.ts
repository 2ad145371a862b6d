// Cases are linked by hand-over, in the transaction of the act that hands over.
import { as, systemActor } from '../context.ts'
import { invalid } from '../errors.ts'
import { checkForm, type FormData } from '../forms/forms.ts'
import { getProcedure } from '../procedures/packages.ts'
import { uuidv7 } from '../ids.ts'
import { receiveMessage } from './messages.ts'
import { loadStep } from './load-case.ts'
import { fillNewCase, newCaseStep, shortTexts } from './new-case.ts'
import { addRow, recordEvent, type Step, transactionOf } from './step.ts'

/** Cases that one act may touch: far above any real procedure. */
const mostSteps = 20

/** Does what the actions of a step asked of other cases, in the order they asked. */
export async function settleLinked(step: Step): Promise<void> {
  for (let request = step.toLinked.shift(); request; request = step.toLinked.shift()) {
    if (request.kind === 'start') await startLinkedCase(step, request.role, request.data)
    else await sendToLinkedCase(step, request.role, request.message, request.data)
  }
}

/** Opens the case of a link role, with the same parties; each sees the other under `role` and `origin`. */
async function startLinkedCase(step: Step, role: string, data: FormData): Promise<void> {
  const slug = step.procedure.manifest.links[role]
  if (slug === undefined) throw invalid('case.link_unknown', `The procedure has no link “${role}”.`)
  const ctx = as(await transactionOf(step), systemActor('link'))
  const procedure = await getProcedure(ctx, slug)
  const form = procedure.forms.get('filing')
  const fields = form ? checkForm(form, data, shortTexts(procedure, 'zh'), 'zh') : []
  if (fields.length > 0) throw invalid('case.link_invalid', 'The linked case does not take these data.', fields)
  if (step.family.size >= mostSteps) throw invalid('case.links_endless', 'The procedure opens linked cases without end.')
  const other = await newCaseStep(ctx, procedure, {}, step.family)
  other.case.row.channel = 'case'
  other.effectiveOn = step.effectiveOn
  other.case.row.filed_on = step.effectiveOn
  const roles = new Set(procedure.manifest.parties.map((party) => party.role))
  const parties = step.case.parties.filter((party) => roles.has(party.role)).map((party) => ({ ...party, partyId: uuidv7(step.now) }))
  other.case.links.push({ role: 'origin', case_id: step.case.row.case_id })
  await fillNewCase(other, { data }, parties)
  step.case.links.push({ role, case_id: other.case.row.case_id })
  addRow(step, 'links', { case_id: step.case.row.case_id, role, other_case_id: other.case.row.case_id })
  addRow(step, 'links', { case_id: other.case.row.case_id, role: 'origin', other_case_id: step.case.row.case_id })
  handOver(step, other)
  await settleLinked(other)
  recordEvent(step, { type: 'case.linked', fields: { role, number: other.case.row.number } })
  step.linked.push(other)
}

/** Bodies that work on the linked case may read the one it came from: that is what was handed over. */
function handOver(step: Step, other: Step) {
  const offices = new Set(other.case.tasks.map((task) => task.organization_id).filter((office): office is string => office !== null))
  for (const organization_id of offices) {
    step.case.grants.push({ organization_id, until_on: null })
    addRow(step, 'grants', { organization_id, until_on: null, reason: `linked:${other.case.row.number}` })
  }
}

/** Sends a message into the linked case; one that no longer waits is left as it is, and that is recorded here. */
async function sendToLinkedCase(step: Step, role: string, message: string, data: FormData): Promise<void> {
  const link = step.case.links.find((known) => known.role === role)
  if (!link) {
    // A review entered by hand has no case before it.
    recordEvent(step, { type: 'message.unsent', fields: { role, message } })
    return
  }
  const ctx = as(await transactionOf(step), systemActor('link'))
  const open = step.family.get(link.case_id)
  const other = open ?? (await loadStep(ctx, link.case_id, step.family))
  const waits =
    other.case.row.status === 'open' &&
    other.case.subscriptions.some((subscription) => subscription.kind === 'message' && subscription.name === message)
  recordEvent(step, { type: waits ? 'message.sent' : 'message.unsent', fields: { role, message, to: other.case.row.number } })
  if (!waits) return
  other.effectiveOn = step.effectiveOn
  await receiveMessage(other, message, data)
  await settleLinked(other)
  // A step that is open already is written where it was opened.
  if (!open) step.linked.push(other)
}
