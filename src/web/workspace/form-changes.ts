// Changes to the JSON Schema of a form. Pure; what a change does not name stays as it is.

type Field = Record<string, unknown>
export type Schema = Record<string, unknown> & { properties: Record<string, Field>; required: string[] }

const isRecord = (value: unknown): value is Record<string, unknown> => value !== null && typeof value === 'object' && !Array.isArray(value)

/** A schema to work on, also when the file is not sound yet. */
export function toSchema(raw: Record<string, unknown>): Schema {
  const properties = Object.entries(isRecord(raw['properties']) ? raw['properties'] : {}).filter((entry): entry is [string, Field] =>
    isRecord(entry[1]),
  )
  const required = Array.isArray(raw['required']) ? raw['required'].filter((name) => typeof name === 'string') : []
  return { ...raw, properties: Object.fromEntries(properties), required }
}

export const fieldOf = (schema: Schema, name: string): Field => schema.properties[name] ?? {}

export const freshForm = (slug: string, id: string): Schema => ({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: `urn:xiangli:form:${slug}:${id}`,
  type: 'object',
  additionalProperties: false,
  required: [],
  'x-pages': [{ id, fields: [] }],
  properties: {},
  examples: [{}],
})

type Pages = { id: string; fields: string[] }[]

const pagesOf = (schema: Schema): Pages => {
  const pages = Array.isArray(schema['x-pages']) ? schema['x-pages'] : []
  return pages.flatMap((page: unknown) =>
    isRecord(page) && Array.isArray(page['fields'])
      ? [{ ...page, id: String(page['id']), fields: page['fields'].filter((name) => typeof name === 'string') }]
      : [],
  )
}

/** A text field at the end of the last page. */
export function addField(schema: Schema, name: string, basis: string): Schema {
  const field = {
    type: 'string',
    minLength: 1,
    maxLength: 200,
    'x-tag': 'free-text',
    'x-purpose': '（待填写）',
    'x-basis': basis,
    'x-visibility': 'parties',
  }
  const pages = pagesOf(schema)
  const last = pages.at(-1)
  const next = last ? [...pages.slice(0, -1), { ...last, fields: [...last.fields, name] }] : pages
  return { ...schema, properties: { ...schema.properties, [name]: field }, ...(pages.length > 0 ? { 'x-pages': next } : {}) }
}

/** Takes a field out of the schema, its pages, what is required, and its examples. */
export function removeField(schema: Schema, name: string): Schema {
  const { [name]: _, ...properties } = schema.properties
  const examples = Array.isArray(schema['examples']) ? schema['examples'] : []
  return {
    ...schema,
    properties,
    required: schema.required.filter((one) => one !== name),
    'x-pages': pagesOf(schema).map((page) => ({ ...page, fields: page.fields.filter((one) => one !== name) })),
    examples: examples.map((example: unknown) =>
      isRecord(example) ? Object.fromEntries(Object.entries(example).filter(([key]) => key !== name)) : example,
    ),
  }
}

/** One place up (-1) or down (1), in the schema and on its page. */
export function moveField(schema: Schema, name: string, by: -1 | 1): Schema {
  const order = moved(Object.keys(schema.properties), name, by)
  return {
    ...schema,
    properties: Object.fromEntries(order.map((key) => [key, fieldOf(schema, key)])),
    'x-pages': pagesOf(schema).map((page) => ({ ...page, fields: moved(page.fields, name, by) })),
  }
}

function moved(names: string[], name: string, by: -1 | 1): string[] {
  const at = names.indexOf(name)
  const other = names[at + by]
  if (at < 0 || other === undefined) return names
  return names.map((one, index) => (index === at ? other : index === at + by ? name : one))
}

export type Typed = { tag: string; purpose: string; basis: string; visibility: string; required: boolean; longest: string; choices: string[] }

/** The type follows from what the field is. */
export function changeField(schema: Schema, name: string, typed: Typed): Schema {
  const { enum: _, maxLength: __, minLength: ___, ...kept } = fieldOf(schema, name)
  const before = fieldOf(schema, name)
  const type = typeFor(typed.tag, before['type'])
  const isText = type === 'string'
  const longest = /^\d{1,5}$/.test(typed.longest) ? Number(typed.longest) : undefined
  const field: Field = {
    ...kept,
    type,
    ...(type === 'array' ? { items: kept['items'] ?? { type: 'string' } } : {}),
    ...(isText && typed.tag === 'date' ? { format: 'date' } : {}),
    ...(isText && typed.choices.length > 0 ? { enum: typed.choices } : {}),
    ...(isText && typed.choices.length === 0 && typed.tag !== 'date' && longest !== undefined
      ? { minLength: before['minLength'] ?? 1, maxLength: longest }
      : {}),
    'x-tag': typed.tag,
    'x-purpose': typed.purpose,
    'x-basis': typed.basis,
    'x-visibility': typed.visibility,
  }
  if (typed.tag !== 'date' && field['format'] === 'date') delete field['format']
  const required = schema.required.filter((one) => one !== name)
  return { ...schema, properties: { ...schema.properties, [name]: field }, required: typed.required ? [...required, name] : required }
}

function typeFor(tag: string, before: unknown): string {
  if (tag === 'attachment') return 'array'
  if (tag === 'flag') return 'boolean'
  if (tag === 'count') return 'integer'
  if (tag === 'money') return before === 'integer' ? 'integer' : 'number'
  return 'string'
}
