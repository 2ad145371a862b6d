// The server's own form in the hands of the phone: what was typed goes in and comes out; nothing is judged beyond what is plainly missing.
import { type FormBody, parseFormBody } from '#ui/form/parse-form-body.ts'
import type { FormSchema } from '#ui/form/form-schema.ts'
import type { Photo, Sheet } from './store.ts'

type Control = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement
const controlsOf = (form: HTMLFormElement): Control[] =>
  Array.from(form.elements).filter(
    (one): one is Control =>
      (one instanceof HTMLInputElement && one.type !== 'file') || one instanceof HTMLTextAreaElement || one instanceof HTMLSelectElement,
  )
const isChoice = (control: Control): control is HTMLInputElement =>
  control instanceof HTMLInputElement && (control.type === 'radio' || control.type === 'checkbox')

/** What was typed, by control name. */
export function readTyped(form: HTMLFormElement): Record<string, string[]> {
  const typed: Record<string, string[]> = {}
  for (const control of controlsOf(form)) {
    if (control.name === '' || (isChoice(control) && !control.checked)) continue
    typed[control.name] = [...(typed[control.name] ?? []), control.value]
  }
  return typed
}

export function writeTyped(form: HTMLFormElement, typed: Record<string, string[]>): void {
  for (const control of controlsOf(form)) {
    const values = typed[control.name] ?? []
    if (isChoice(control)) control.checked = values.includes(control.value)
    else control.value = values[0] ?? ''
  }
}

/** The answers as the server takes them; attachment fields hold the hashes of their photos. */
export function toAnswers(sheet: Sheet, typed: Record<string, string[]>, photos: Photo[]): Record<string, unknown> {
  const body: FormBody = typed
  const { data } = parseFormBody(schemaOf(sheet), body)
  for (const field of new Set(photos.map((photo) => photo.field)))
    data[field] = [...new Set(photos.filter((photo) => photo.field === field).map((photo) => photo.sha256))]
  return data
}

/** Labels of required fields that are empty. */
export function findMissing(sheet: Sheet, data: Record<string, unknown>): string[] {
  const empty = (name: string) => data[name] === undefined || data[name] === '' || (Array.isArray(data[name]) && data[name].length === 0)
  const unconfirmed = (name: string) => 'const' in (sheet.schema.properties[name] ?? {}) && data[name] !== true
  return (sheet.schema.required ?? []).filter((name) => empty(name) || unconfirmed(name)).map((name) => sheet.labels[name] ?? name)
}

// The server sends the schema that its own pages draw.
const schemaOf = (sheet: Sheet) => sheet.schema as FormSchema
