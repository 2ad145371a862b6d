// One JSON Schema for page, API, import and export.
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import type { SealedClass } from '../access/rule.ts'
import type { CalendarDate } from '../clock.ts'
import type { FieldError } from '../errors.ts'
import { type FormTexts, messageFor } from './messages.ts'
import { faultOfCreditCode, faultOfIdNumber, faultOfPhone, type NumberFault } from './numbers.ts'

export type Language = 'zh' | 'en'

/** What one field declares (architecture rule 6) beside JSON Schema. */
export type FormField = {
  type?: string
  format?: string
  enum?: (string | number)[]
  items?: { type?: string; enum?: string[] }
  minLength?: number
  maxLength?: number
  maxItems?: number
  minimum?: number
  maximum?: number
  pattern?: string
  'x-tag': string
  'x-purpose': string
  'x-basis': string
  /** Choices that rest on a law of their own: choice (`true` of a yes-or-no question) → id of the law row. */
  'x-choice-basis'?: Record<string, string>
  'x-visibility': 'public' | 'parties' | 'officers' | 'sealed'
  'x-sealed-class'?: SealedClass
  'x-effective'?: boolean
  /** A number goes no further than this legal parameter. */
  'x-maximum'?: string
  'x-register'?: string
  /** `<Element>.<field>`: what a rule or an earlier step found stands in the field from the start; whoever fills it in decides. */
  'x-suggested'?: string
  'x-show'?: { field: string; is: (string | boolean)[] }
  /** A question to the staff who write a filing down: residents are not asked it, and cannot answer it. */
  'x-filled-by'?: 'staff'
}

export type FormSchema = {
  type: 'object'
  properties: Record<string, FormField>
  required?: string[]
  'x-pages'?: { id: string; fields: string[] }[]
  /** The document whose text is signed by sending this form (docs/design/signatures.md). */
  'x-signs'?: string
  examples?: Record<string, unknown>[]
}

export type Form = { id: string; schema: FormSchema; validate: ValidateFunction }
export type FormData = Record<string, unknown>

const declarations = [
  'x-tag',
  'x-purpose',
  'x-basis',
  'x-visibility',
  'x-sealed-class',
  'x-retention',
  'x-effective',
  'x-maximum',
  'x-register',
  'x-show',
  'x-suggested',
  'x-filled-by',
  'x-choice-basis',
  'x-control',
  'x-pages',
  'x-group',
  'x-signs',
]
const longestText = 20_000
/** A text that a pattern judges, when its field sets no limit. */
const longestPatternText = 500
/** A form holds values and lists of values. */
const deepest = 8

/** Compiles a form. @throws Error with ajv's reason when the schema is not a valid JSON Schema 2020-12. */
export function compileForm(id: string, schema: FormSchema): Form {
  const form = laterForm(id, schema)
  void form.validate
  return form
}

/** The same, compiled when it is first used: for a schema that was taken before. */
export function laterForm(id: string, schema: FormSchema): Form {
  let made: ValidateFunction | undefined
  return {
    id,
    schema,
    get validate() {
      return (made ??= compileSchema(schema))
    },
  }
}

/** One for all forms: each would compile the meta-schema of 2020-12 anew, which takes ten times as long as a form. */
let shared: Ajv2020 | undefined

function newAjv(): Ajv2020 {
  const ajv = new Ajv2020({ allErrors: true, strict: true, strictRequired: false, strictTypes: false, allowUnionTypes: true })
  // ajv-formats is CommonJS: its default export is the function under both module systems.
  addFormats.default(ajv, { mode: 'full', formats: ['date', 'date-time', 'email', 'uuid'] })
  ajv.addVocabulary(declarations)
  return ajv
}

function compileSchema(schema: FormSchema): ValidateFunction {
  const ajv = (shared ??= newAjv())
  const bounded = boundTexts(schema)
  try {
    return ajv.compile(bounded)
  } finally {
    // Forgotten at once: another version has the same $id, and no form refers to another.
    ajv.removeSchema(bounded)
  }
}

/** A text without a limit would be an open door: it gets the longest we store. */
function boundTexts(schema: FormSchema): FormSchema {
  const properties = Object.entries(schema.properties).map(([name, field]) => {
    const unbounded = field.type === 'string' && field.maxLength === undefined && !field.enum && !field.format
    return [name, unbounded ? { ...field, maxLength: longestText } : field] as const
  })
  return { ...schema, properties: Object.fromEntries(properties) }
}

/** Complaints about `data`, in plain words, one for each field and reason; empty when it may be stored. */
export function checkForm(form: Form, data: FormData, texts: FormTexts, language: Language): FieldError[] {
  if (data === null || typeof data !== 'object' || Array.isArray(data))
    return [{ pointer: '', code: 'type', message: messageFor('type', {}, language) }]
  const strange = findUnstorableText(data)
  if (strange) return [{ pointer: strange, code: 'text', message: messageFor('text', {}, language) }]
  const long = findOverlong(form, data, language)
  if (long.length > 0) return long
  if (form.validate(data)) return [...complainOfFiles(form, data, language), ...complainOfNumbers(form, data, language)]
  const seen = new Set<string>()
  const complaints: FieldError[] = []
  for (const error of form.validate.errors ?? []) {
    const complaint = toFieldError(error, form, texts, language)
    if (!complaint || seen.has(complaint.pointer)) continue
    seen.add(complaint.pointer)
    complaints.push(complaint)
  }
  return complaints
}

/** The name of a file is its id; anything else would only be noticed by the database. */
function complainOfFiles(form: Form, data: FormData, language: Language): FieldError[] {
  const message = messageFor('enum', {}, language)
  return attachmentFields(form).flatMap((name) =>
    filesIn(data[name]).every((id) => uuid.test(id)) ? [] : [{ pointer: `/${name}`, code: 'file', message }],
  )
}

const numberChecks: Record<string, (text: string) => NumberFault | undefined> = {
  'id-number': faultOfIdNumber,
  'credit-code': faultOfCreditCode,
  phone: faultOfPhone,
}

/** Numbers with a standard are checked by it (GB 11643, GB 32100); whoever has no such number leaves the field empty. */
function complainOfNumbers(form: Form, data: FormData, language: Language): FieldError[] {
  return Object.entries(form.schema.properties).flatMap(([name, field]): FieldError[] => {
    const check = Object.hasOwn(numberChecks, field['x-tag']) ? numberChecks[field['x-tag']] : undefined
    const values = [data[name]].flat().filter((value): value is string => typeof value === 'string' && value !== '')
    const fault = check === undefined ? undefined : values.map(check).find((known) => known !== undefined)
    if (fault === undefined) return []
    return [{ pointer: `/${name}`, code: fault, message: messageFor(`${field['x-tag']}:${fault}`, {}, language) }]
  })
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

function toFieldError(error: ErrorObject, form: Form, texts: FormTexts, language: Language): FieldError | undefined {
  if (error.keyword === 'if' || error.keyword === 'not' || error.keyword === 'anyOf' || error.keyword === 'oneOf') return undefined
  const params: Record<string, unknown> = error.params
  const missing = params['missingProperty'] ?? params['additionalProperty'] ?? params['unevaluatedProperty']
  const pointer = typeof missing === 'string' ? `${error.instancePath}/${missing}` : error.instancePath
  const field = pointer.split('/')[1] ?? ''
  const own = error.keyword === 'required' || error.keyword === 'pattern' ? texts[`${form.id}.${field}.error`] : undefined
  return { pointer, code: error.keyword, message: own ?? messageFor(error.keyword, params, language, form.schema.properties[field]?.format) }
}

/** Texts over their limit are refused before any pattern of the package runs over them. */
function findOverlong(form: Form, data: FormData, language: Language): FieldError[] {
  return Object.entries(data).flatMap(([name, value]): FieldError[] => {
    const field = Object.hasOwn(form.schema.properties, name) ? form.schema.properties[name] : undefined
    const limit = field?.maxLength ?? (field?.pattern === undefined ? longestText : longestPatternText)
    const texts = (Array.isArray(value) ? value : [value]).filter((text) => typeof text === 'string')
    if (texts.every((text) => text.length <= 2 * limit && Array.from(text).length <= limit)) return []
    return [{ pointer: `/${name}`, code: 'maxLength', message: messageFor('maxLength', { limit }, language) }]
  })
}

/** Pointer of the first text that PostgreSQL or UTF-8 cannot hold (NUL or a lone surrogate), or of what is nested too deeply for a form. */
export function findUnstorableText(value: unknown, pointer = '', depth = 0): string | undefined {
  if (depth > deepest) return pointer
  if (typeof value === 'string') return value.includes('\0') || !value.isWellFormed() ? pointer || '/' : undefined
  if (value === null || typeof value !== 'object') return undefined
  for (const [key, inner] of Object.entries(value)) {
    if (!key.isWellFormed() || key.includes('\0')) return `${pointer}/${encodeURIComponent(key.toWellFormed())}`
    const found = findUnstorableText(inner, `${pointer}/${key}`, depth + 1)
    if (found) return found
  }
  return undefined
}

/** The date on which the act took effect, when the form asks for it. */
export function effectiveDate(form: Form, data: FormData): CalendarDate | undefined {
  const name = Object.entries(form.schema.properties).find(([, field]) => field['x-effective'])?.[0]
  const value = name === undefined ? undefined : data[name]
  return typeof value === 'string' ? value : undefined
}

/** Ids of the files named in attachment fields. */
export const attachedFiles = (form: Form, data: FormData): string[] => attachmentFields(form).flatMap((name) => filesIn(data[name]))

const attachmentFields = (form: Form): string[] =>
  Object.entries(form.schema.properties)
    .filter(([, field]) => field['x-tag'] === 'attachment')
    .map(([name]) => name)

const filesIn = (value: unknown): string[] => (Array.isArray(value) ? value : [value]).filter((id): id is string => typeof id === 'string')
