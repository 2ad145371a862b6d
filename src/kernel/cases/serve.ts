// Service (送达) is an act of the kernel: remedy periods start from it.
import { invalid } from '../errors.ts'
import type { FormData } from '../forms/forms.ts'
import { isUuid, uuidv7 } from '../ids.ts'
import { addRow, recordEvent, type Step } from './step.ts'

const methods = ['handed', 'post', 'electronic', 'notice', 'left', 'not-owed']

/**
 * Records how and when the latest issued document of this id was served. Form fields: `method`, `servedOn`, `proof` (words, or the id of a scan).
 * @throws `service.no_document`, `service.no_consent` (electronic service needs the person's consent), `service.method`.
 */
export function recordService(step: Step, document: string, data: FormData): void {
  const issued = step.case.documents.findLast((known) => known.document === document && known.status === 'issued')
  if (!issued) throw invalid('service.no_document', 'There is no issued document to serve.')
  if (step.effectiveOn < issued.issued_on)
    throw invalid('service.before_issue', 'It cannot have been served before it was issued.', [
      { pointer: '/servedOn', code: 'date', message: `送达日期不能早于文书日期 ${issued.issued_on}` },
    ])
  const method = data['method']
  if (typeof method !== 'string' || !methods.includes(method))
    throw invalid('service.method', 'Say how it was served.', [{ pointer: '/method', code: 'method', message: '请选择送达方式' }])
  if (method === 'electronic' && !step.case.parties.some((party) => party.electronicService)) {
    throw invalid('service.no_consent', 'The person has not agreed to be served electronically.', [
      { pointer: '/method', code: 'consent', message: '当事人没有同意电子送达，请改用其他方式' },
    ])
  }
  const proof = Array.isArray(data['proof']) ? data['proof'][0] : data['proof']
  issued.status = 'served'
  addRow(step, 'services', {
    service_id: uuidv7(step.now),
    document_id: issued.document_id,
    method,
    served_on: step.effectiveOn,
    proof_file: typeof proof === 'string' && isUuid(proof) ? proof : null,
    recorded_by: step.ctx.actor.kind === 'staff' ? step.ctx.actor.userId : step.ctx.actor.kind,
  })
  const written = step.rows['documents']
  const inThisStep = Array.isArray(written) && written.some((row: { document_id: string }) => row.document_id === issued.document_id)
  if (!inThisStep) addRow(step, 'documents_update', { document_id: issued.document_id, status: 'served', reason: null })
  recordEvent(step, { type: 'document.served', fields: { document, number: issued.number, method } })
}
