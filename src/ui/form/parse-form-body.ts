// Posted text becomes typed data. Nothing is checked here and nothing typed is lost: what cannot be read stays as text,
// so that the schema refuses it and the page shows it again.
import { controlOf, hasNumericChoices } from './form-schema.ts'
import type { FormProperty, FormSchema } from './form-schema.ts'

export type FormBody = Record<string, string | File | (string | File)[]>

/**
 * `data`: what the schema is asked about. `raw`: exactly what was posted, by field name without the prefix, for showing the form again.
 * `files`: new uploads by field; ids of files that were uploaded before are in `data` already.
 */
export type ParsedForm = { data: Record<string, unknown>; raw: Record<string, string | string[]>; files: Record<string, File[]> }

/** Reads the fields of `schema` from a posted body whose names start with `prefix`. Names outside the schema are ignored. */
export function parseFormBody(schema: FormSchema, body: FormBody, prefix = ''): ParsedForm {
  const parsed: ParsedForm = { data: {}, raw: {}, files: {} }
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const read = readerOf(body, prefix)
    keepRaw(parsed.raw, name, read)
    const files = read.files(name)
    if (files.length > 0) parsed.files[name] = files
    const value = toValue(name, property, read)
    if (value !== undefined) parsed.data[name] = value
  }
  return parsed
}

type Reader = { one(name: string): string; all(name: string): string[]; files(name: string): File[]; has(name: string): boolean }

function readerOf(body: FormBody, prefix: string): Reader {
  const values = (name: string) => [Object.hasOwn(body, prefix + name) ? (body[prefix + name] ?? []) : []].flat()
  const all = (name: string) => values(name).filter((value) => typeof value === 'string')
  return {
    all,
    one: (name) => all(name).at(-1) ?? '',
    // A file control left empty posts a nameless file of no bytes.
    files: (name) =>
      values(name)
        .filter((value) => typeof value !== 'string' && (value.size > 0 || value.name !== ''))
        .map(toFile),
    has: (name) => values(name).length > 0,
  }
}

/** Only files are left by the filter before it; the compiler cannot see that. */
function toFile(value: string | File): File {
  if (typeof value === 'string') throw new TypeError('A text is not a file')
  return value
}

const dateParts = ['year', 'month', 'day'] as const
const suffixes = ['', ...dateParts.map((part) => `-${part}`), '-kept']

function keepRaw(raw: ParsedForm['raw'], name: string, read: Reader): void {
  for (const suffix of suffixes) {
    const typed = read.all(name + suffix)
    if (typed.length > 0) raw[name + suffix] = typed.length === 1 ? (typed[0] ?? '') : typed
  }
}

function toValue(name: string, property: FormProperty, read: Reader): unknown {
  const control = controlOf(property)
  switch (control) {
    case 'date':
      return toDate(name, read)
    case 'number':
    case 'money':
      return toNumber(read.one(name))
    case 'yes-no':
    case 'confirm':
      return toBoolean(read.one(name))
    case 'checkboxes':
      return toList(read.all(name), property)
    case 'files':
      return toKeptFiles(read.all(`${name}-kept`), property)
    case 'radios':
    case 'select':
      return hasNumericChoices(property) ? toNumber(read.one(name)) : toText(read.one(name))
    case 'text':
    case 'textarea':
    case 'signature':
      return toText(read.one(name))
  }
}

/** NFC, one kind of line break, outer space off (the ideographic space too); an empty text is absent. */
function toText(typed: string): string | undefined {
  return typed.normalize('NFC').replaceAll('\r\n', '\n').trim() || undefined
}

/** `1,200.5`, `１２００` and `￥1200` are numbers; anything else stays as typed. */
function toNumber(typed: string): number | string | undefined {
  const text = toText(typed)
  if (text === undefined) return undefined
  const plain = text.normalize('NFKC').replaceAll(/[,\s¥]/g, '')
  return /^[+-]?\d+(\.\d+)?$/.test(plain) ? Number(plain) : text
}

function toBoolean(typed: string): boolean | string | undefined {
  if (typed === 'true') return true
  if (typed === 'false') return false
  return toText(typed)
}

function toList(typed: string[], property: FormProperty): unknown[] | undefined {
  const values = typed.map((value) => (hasNumericChoices(property) ? toNumber(value) : toText(value))).filter((value) => value !== undefined)
  return values.length > 0 ? values : undefined
}

function toKeptFiles(ids: string[], property: FormProperty): string | string[] | undefined {
  const kept = ids.filter((id) => id !== '')
  if (kept.length === 0) return undefined
  return property.type === 'array' ? kept : kept[0]
}

/** Three boxes, or one field of an interface that posts a whole date. A part that is missing or no number leaves a text that no schema takes for a date. */
function toDate(name: string, read: Reader): string | undefined {
  if (!dateParts.some((part) => read.has(`${name}-${part}`))) return toText(read.one(name))
  const [year = '', month = '', day = ''] = dateParts.map((part) => read.one(`${name}-${part}`).normalize('NFKC').trim())
  if (!year && !month && !day) return undefined
  return `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}`
}

const pad = (digits: string, length: number) => (/^\d+$/.test(digits) && length === 2 ? digits.padStart(length, '0') : digits)
