// Actions that show something of a case to everybody. Only what the package lists, and only fields that are public by their own word.
import { invalid } from '../errors.ts'
import type { FormData } from '../forms/forms.ts'
import { contentInStep } from '../documents/content.ts'
import { uuidv7 } from '../ids.ts'
import { type Publication, publicationLeaf } from '../ledger/append.ts'
import { toBase64 } from '../ledger/bytes.ts'
import type { JsonValue } from '../ledger/canonical-json.ts'
import type { Package } from '../procedures/load-package.ts'
import { requirePublic } from '../publication/check-public.ts'
import { type Inputs, optionalDate, optionalText, type Place, text, texts } from './action-inputs.ts'
import { dataOf } from './case-data.ts'
import { addRow, recordEvent, type Step } from './step.ts'

/**
 * Publishes the listed fields (`<element>.<field>`; all of the package's without `fields`) and a document until `until` (publish@1). Where the
 * package asks for the party's consent, nothing is published unless `consent` is true. A later one of the same element replaces it.
 */
export async function publish(step: Step, inputs: Inputs, { element, token }: Place): Promise<void> {
  const { publication } = step.procedure.manifest
  if (publication.consent === 'party' && inputs['consent'] !== true) {
    recordEvent(step, { type: 'publication.withheld', element })
    return
  }
  const named = texts(inputs, 'fields')
  const fields = named.length > 0 ? named : publication.fields
  const content: FormData = {}
  for (const name of fields) {
    if (!publication.fields.includes(name) || !isPublicField(step.procedure, name))
      throw invalid('publication.field', `“${name}” is not a field that this procedure makes public.`)
    const value = valueOf(step, name, token)
    if (value !== undefined && value !== null && value !== '') content[name] = value
  }
  requirePublic({ fields: content })
  const document = optionalText(inputs, 'document')
  const issued = document === undefined ? undefined : step.case.documents.findLast((known) => known.document === document && known.status !== 'void')
  if (document !== undefined && !issued) throw invalid('publication.document', `The document “${document}” was not issued.`)
  // What is printed is read by everybody too.
  if (issued) requirePublic({ fields: { document: (await contentInStep(step, issued))?.['fields'] } })
  const until_on = optionalDate(inputs, 'until') ?? null
  if (until_on !== null && until_on < step.effectiveOn) throw invalid('publication.until', 'It ends before it begins.')
  const [publication_id, document_id, from_on] = [uuidv7(step.now), issued?.document_id ?? null, step.effectiveOn]
  addRow(step, 'publications', { publication_id, element, content, document_id, from_on, until_on })
  // Only what came out of JSON forms is in `content`.
  const record = { content: content as Record<string, JsonValue>, document_id, from_on, until_on }
  addLeaf(step, { of: `${step.case.row.case_id}/${element}`, source: publication_id, action: 'publish', record })
  recordEvent(step, {
    type: 'publication.made',
    element,
    fields: { fields: Object.keys(content), ...(until_on === null ? {} : { until: until_on }) },
  })
}

/** What the element `of` published is no longer shown; that it was, and why it is not any more, stays on record (end-publication@1). */
export function endPublication(step: Step, inputs: Inputs, { element }: Place): void {
  const of = text(inputs, 'of')
  const reason = text(inputs, 'reason').trim().slice(0, 500)
  requirePublic({ fields: { reason } })
  addRow(step, 'publications_end', { element: of, reason })
  addLeaf(step, { of: `${step.case.row.case_id}/${of}`, source: uuidv7(step.now), action: 'withdraw', record: { reason } })
  recordEvent(step, { type: 'publication.ended', element, fields: { of } })
}

function addLeaf(step: Step, publication: Publication): void {
  const { source, leaf } = publicationLeaf(step.ctx, publication)
  addRow(step, 'leaves', { source, leaf: toBase64(leaf) })
}

function valueOf(step: Step, name: string, token: string): unknown {
  const [element = '', field = ''] = name.split('.')
  return dataOf(step, element, token)?.[field] ?? step.case.content[element]?.[field]
}

/** Is `<element>.<field>` declared public by its own form, and not the name or contact of anybody? */
export function isPublicField(procedure: Pick<Package, 'graph' | 'forms'>, name: string): boolean {
  const [element = '', field = ''] = name.split('.')
  const form = procedure.forms.get(element === 'filing' ? 'filing' : (procedure.graph.elements[element]?.xl.form ?? ''))
  const declared = form?.schema.properties[field]
  return declared?.['x-visibility'] === 'public' && !['phone', 'email', 'id-number', 'attachment'].includes(declared['x-tag'])
}

/** A promise with a date that everybody may follow (set-public-task@1). `title` is written by the office for the public. */
export function setPublicTask(step: Step, inputs: Inputs, { element }: Place): void {
  const due_on = optionalDate(inputs, 'due')
  if (due_on === undefined || due_on < step.effectiveOn)
    throw invalid('public_task.due', 'A promise has a date that lies ahead.', [{ pointer: '/due', code: 'date', message: '请填写今天以后的日期' }])
  const title = text(inputs, 'title').trim().slice(0, 200)
  requirePublic({ fields: { title } })
  const organization_id = optionalText(inputs, 'office') ?? step.case.row.handling_office
  addRow(step, 'public_tasks', { public_task_id: uuidv7(step.now), element, title, organization_id, promised_on: step.effectiveOn, due_on })
  recordEvent(step, { type: 'public-task.set', element, fields: { title, due: due_on } })
}

/** The promise of the element `task` was kept, or is withdrawn with the reason that stands in the record (end-public-task@1). */
export function endPublicTask(step: Step, inputs: Inputs, { element }: Place): void {
  const status = optionalText(inputs, 'status') ?? 'kept'
  if (status !== 'kept' && status !== 'withdrawn') throw invalid('case.action_input', 'A promise is kept or withdrawn.')
  addRow(step, 'public_tasks_end', { element: text(inputs, 'task'), status, ended_on: step.effectiveOn })
  recordEvent(step, { type: 'public-task.ended', element, fields: { task: text(inputs, 'task'), status } })
}
