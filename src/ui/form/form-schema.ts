// The part of a form's JSON Schema 2020-12 that pages read (design/procedure.md, forms/<id>.json).

export type FieldType = 'string' | 'number' | 'integer' | 'boolean' | 'array' | 'object'

export type FormProperty = {
  type?: FieldType
  format?: string
  enum?: readonly (string | number)[]
  oneOf?: readonly { const: string | number; title?: string }[]
  const?: unknown
  items?: FormProperty
  maxLength?: number
  minItems?: number
  maxItems?: number
  /** name, phone, id-number, address, place, date, money, attachment, free-text, choice … */
  'x-tag'?: string
  /** The slug of the register whose entries are the choices. */
  'x-register'?: string
  'x-visibility'?: 'public' | 'parties' | 'officers' | 'sealed'
  /** Asked only when another field has one of these answers. */
  'x-show'?: { field: string; is: readonly (string | boolean)[] }
  /** Choices stand open, whatever their number, each with its `about` text. */
  'x-control'?: 'radios'
  /** The page (group) this field stands on. */
  'x-group'?: string
}

export type FormSchema = {
  properties?: Record<string, FormProperty>
  required?: readonly string[]
  allOf?: readonly { then?: { required?: readonly string[] } }[]
  'x-pages'?: readonly { id: string; fields: readonly string[] }[]
}

/** How a field is shown and read; one word decides both, so that page and parser cannot differ. */
export type Control =
  | 'text'
  | 'textarea'
  | 'date'
  | 'radios'
  | 'select'
  | 'confirm'
  | 'yes-no'
  | 'number'
  | 'money'
  | 'checkboxes'
  | 'files'
  | 'signature'

/** From this many choices on, a list to open is easier than buttons in a row. */
const MOST_RADIOS = 6

/** The control for a property. A boolean that may only be true is a confirmation. */
export function controlOf(property: FormProperty): Control {
  const tag = property['x-tag']
  if (tag === 'attachment' || property.items?.['x-tag'] === 'attachment') return 'files'
  if (tag === 'signature') return 'signature'
  if (property.type === 'boolean') return property.const === true ? 'confirm' : 'yes-no'
  if (property.type === 'array') return 'checkboxes'
  if (property['x-register']) return 'select'
  if (property.enum ?? property.oneOf) return property['x-control'] === 'radios' || choicesOf(property).length <= MOST_RADIOS ? 'radios' : 'select'
  if (property.type === 'number' || property.type === 'integer') return tag === 'money' ? 'money' : 'number'
  if (tag === 'date' || property.format === 'date') return 'date'
  return tag === 'free-text' ? 'textarea' : 'text'
}

/** The values one may choose from, with the schema's own titles when it has them. */
export function choicesOf(property: FormProperty): { value: string; title?: string }[] {
  const source = property.type === 'array' && property.items ? property.items : property
  if (source.oneOf) return source.oneOf.map((choice) => ({ value: String(choice.const), title: choice.title }))
  return (source.enum ?? []).map((value) => ({ value: String(value) }))
}

/** Whether the posted text of a choice stands for a number. */
export const hasNumericChoices = (property: FormProperty) =>
  choicesOf(property).length > 0 &&
  [...(property.enum ?? property.items?.enum ?? []), ...(property.oneOf ?? property.items?.oneOf ?? []).map((choice) => choice.const)].every(
    (value) => typeof value === 'number',
  )

/** The pages of a form in order: `x-pages`, else one page per `x-group`, else one page. Fields named nowhere come last. */
export function pagesOf(schema: FormSchema): { id: string; fields: string[] }[] {
  const names = Object.keys(schema.properties ?? {})
  const declared = schema['x-pages']?.map((page) => ({ id: page.id, fields: page.fields.filter((name) => names.includes(name)) }))
  const pages = declared ?? groupsOf(schema)
  const placed = new Set(pages.flatMap((page) => page.fields))
  const left = names.filter((name) => !placed.has(name))
  const last = pages.at(-1)
  if (left.length === 0) return pages
  return last ? [...pages.slice(0, -1), { ...last, fields: [...last.fields, ...left] }] : [{ id: 'form', fields: left }]
}

function groupsOf(schema: FormSchema): { id: string; fields: string[] }[] {
  const groups = new Map<string, string[]>()
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const group = property['x-group']
    if (group) groups.set(group, [...(groups.get(group) ?? []), name])
  }
  return Array.from(groups, ([id, fields]) => ({ id, fields }))
}

/** A field that some choice makes compulsory is not called optional; it is asked only after that choice. */
export function withConditionalRequired(schema: FormSchema): FormSchema {
  const conditional = (schema.allOf ?? []).flatMap((rule) => rule.then?.required ?? []).filter((name) => schema.properties?.[name]?.['x-show'])
  return { ...schema, required: [...(schema.required ?? []), ...conditional] }
}

/** The fields of a page that are asked, as far as the answers of other pages tell. */
export function askedFields(schema: FormSchema, fields: readonly string[], data: Record<string, unknown>): string[] {
  return fields.filter((name) => {
    const show = schema.properties?.[name]?.['x-show']
    if (!show || fields.includes(show.field)) return true
    const answer = data[show.field]
    return (typeof answer === 'string' || typeof answer === 'boolean') && show.is.includes(answer)
  })
}
