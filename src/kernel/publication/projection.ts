// The public standing of a case: only the fields that its package publishes, and those that the person agreed to.
import { evaluateFeel } from '../engine/conditions.ts'
import type { FormData, FormField } from '../forms/forms.ts'
import type { Package } from '../procedures/load-package.ts'
import type { PublicStanding } from '../procedures/manifest.ts'
import { detectPersonalData } from './detect.ts'

type Row = {
  number: string
  procedure: string
  status: string
  outcome: string | null
  handling_office: string | null
  place_id: string | null
  sealed_class: string | null
  embargo_until: string | null
  filed_at: string
  closed_at: string | null
  next_due_on: string | null
}
type Subject = { procedure: Package; row: Row; content: Record<string, FormData>; events: Record<string, unknown>[] }

/** Rows for public_cases and public_updates; none when the procedure lists nothing or the case is sealed. */
export function publicRows({ procedure, row, content, events }: Subject): Record<string, unknown> {
  const { publication, serviceRequest } = procedure.manifest
  if (!publication.listed || row.sealed_class !== null) return {}
  const category = serviceRequest ? content['filing']?.[serviceRequest.category] : undefined
  const updates = events.filter((event) => event['type'] === 'procedure.event')
  return {
    public_case: {
      number: row.number,
      procedure: row.procedure,
      category: typeof category === 'string' ? category : null,
      status: row.status,
      // Results that are held back from the parties are held back from everyone.
      outcome: row.embargo_until === null ? row.outcome : null,
      office: row.handling_office,
      place_id: row.place_id,
      filed_at: row.filed_at,
      closed_at: row.closed_at,
      due_on: row.next_due_on,
      standing: row.embargo_until === null ? standingOf(procedure, row, content) : 'open',
      fields: publicFields(procedure, row.embargo_until === null ? content : { filing: content['filing'] ?? {} }),
    },
    ...(updates.length > 0
      ? { public_updates: updates.map((event) => ({ update_id: event['event_id'], status: row.status, event: event['name'] })) }
      : {}),
  }
}

/** The first standing of the package that holds. A promise, an answer and an end are told apart by the package, never by this code. */
function standingOf({ manifest }: Package, row: Row, content: Record<string, FormData>): PublicStanding {
  const data = { ...content, case: { outcome: row.outcome, status: row.status } }
  return manifest.publication.standings.find(({ when }) => evaluateFeel(when.replace(/^=/, ''), data) === true)?.id ?? 'open'
}

/** The published values by path. Words in which personal data was found are left out, whoever agreed. */
export function publicFields(procedure: Package, content: Record<string, FormData>): FormData {
  const { fields, consented, exactWhen } = procedure.manifest.publication
  const agreed = consented !== undefined && content['filing']?.[consented.by] === true
  const exact = exactWhen !== undefined && evaluateFeel(exactWhen.replace(/^=/, ''), content) === true
  const shown: FormData = {}
  for (const path of [...fields, ...(agreed ? consented.fields : [])]) {
    const [element = '', name = ''] = path.split('.')
    const value = content[element]?.[name]
    if (value === undefined || value === null) continue
    const field = fieldOf(procedure, element, name)
    const texts = [value].flat().filter((one) => typeof one === 'string')
    if (isFreeText(field) && texts.some((text) => holdsPersonalData(text, field?.['x-tag']))) continue
    shown[path] = typeof value === 'number' && field?.['x-tag'] === 'place' && !exact ? Math.round(value * 1000) / 1000 : value
  }
  return shown
}

function fieldOf(procedure: Package, element: string, name: string): FormField | undefined {
  const form = element === 'filing' ? 'filing' : (procedure.graph.elements[element]?.xl.form ?? '')
  return procedure.forms.get(form)?.schema.properties[name]
}

const isFreeText = (field: FormField | undefined) =>
  field !== undefined && field.enum === undefined && field.items?.enum === undefined && field['x-register'] === undefined && !field.format

/** Whatever the guard finds, and any other long number or address of electronic mail. */
export const holdsPersonalData = (text: string, tag?: string): boolean =>
  // A field for a place is there to say where it is.
  detectPersonalData(text).some(({ kind }) => !(kind === 'address' && tag === 'place')) ||
  /\d(?:[\s-]?\d){6,}/.test(text.normalize('NFKC')) ||
  /[^\s@]+@[^\s@]+\.[^\s@]+/.test(text.normalize('NFKC'))
