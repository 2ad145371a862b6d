// What a procedure asks of another system, queued with the step that asks (external-action.ts carries it out).
import type { FormData } from '../forms/forms.ts'
import { uuidv7 } from '../ids.ts'
import { encryptJson } from '../keys/keyring.ts'
import { type Inputs, type Place, text, texts } from './action-inputs.ts'
import { addRow, recordEvent, type Step } from './step.ts'

/** What lies queued, under the case's key. */
export type ExternalContent = { system: string; data: FormData; keep: string[] }

/** Queues the call; it leaves only after the step is committed. */
export function queueExternal(step: Step, inputs: Inputs, { element, token }: Place): 'later' {
  const { system: _, keep: __, ...data } = inputs
  const content: ExternalContent = { system: text(inputs, 'system'), data, keep: texts(inputs, 'keep') }
  const action_id = uuidv7(step.now)
  const sealed = encryptJson(step.case.key, content, `action/${step.ctx.tenant}/${action_id}`)
  addRow(step, 'actions', { action_id, element, token, name: 'external@1', content: sealed.toString('base64') })
  recordEvent(step, { type: 'action.queued', element, fields: { system: content.system } })
  return 'later'
}
