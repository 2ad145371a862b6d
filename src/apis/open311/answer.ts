// Open311 answers: one value, written as XML or as JSON (GeoReport v2, “Format Support” and “Errors”).
import { DomainError } from '#kernel/errors.ts'
import { statusOf } from '#http/status.ts'

export type Format = 'xml' | 'json'
export type Value = string | number | boolean | null | Date | Value[] | { [name: string]: Value }

/** What is wrong with a request: `status` as the specification gives it (400, 403, 404), one sentence for each fault. */
export class Open311Error extends Error {
  readonly status: 400 | 403 | 404 | 429
  readonly descriptions: string[]
  constructor(status: 400 | 403 | 404 | 429, ...descriptions: string[]) {
    super(descriptions.join(' '))
    this.status = status
    this.descriptions = descriptions
  }
}

const types = { xml: 'text/xml; charset=utf-8', json: 'application/json; charset=utf-8' }
const open = { 'access-control-allow-origin': '*', 'cache-control': 'no-store' }

/** A list as `<root><item>…`; JSON has the list alone, or the object when `root` is a single thing. */
export function answerWith(format: Format, root: string, item: string | undefined, value: Value, status = 200): Response {
  const text = format === 'json' ? JSON.stringify(value, jsonDates) : `<?xml version="1.0" encoding="utf-8"?>\n${element(root, value, item)}\n`
  return new Response(text, { status, headers: { 'content-type': types[format], ...open } })
}

/** The refusal in the format asked for; what is not ours to explain is a 400 without details. */
export function answerError(format: Format, error: unknown): Response {
  const { status, descriptions } = error instanceof Open311Error ? error : translate(error)
  return answerWith(
    format,
    'errors',
    'error',
    descriptions.map((description) => ({ code: status, description })),
    status,
  )
}

function translate(error: unknown): Pick<Open311Error, 'status' | 'descriptions'> {
  if (!(error instanceof DomainError)) throw error
  const status = statusOf(error)
  const descriptions = error.fields.length > 0 ? error.fields.map((field) => field.message) : [error.message]
  return { status: status === 404 || status === 403 || status === 429 ? status : 400, descriptions }
}

const jsonDates = (_: string, value: unknown) => value

/** Names of the items of lists inside an answer: `attributes` holds `attribute`, and so on. */
const itemNames: Record<string, string> = { attributes: 'attribute', values: 'value', notes: 'note', endpoints: 'endpoint', formats: 'format' }

function element(name: string, value: Value, item?: string): string {
  if (value === null || value === '') return `<${name}/>`
  if (Array.isArray(value)) {
    const inner = item ?? itemNames[name] ?? 'item'
    return value.length === 0 ? `<${name}/>` : `<${name}>${value.map((one) => element(inner, one)).join('')}</${name}>`
  }
  if (value instanceof Date) return `<${name}>${value.toISOString()}</${name}>`
  if (typeof value === 'object')
    return `<${name}>${Object.entries(value)
      .map(([key, one]) => element(key, one))
      .join('')}</${name}>`
  return `<${name}>${escapeXml(String(value))}</${name}>`
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' }

/** Characters that XML 1.0 does not allow are left out (section 2.2). */
const escapeXml = (text: string) =>
  // eslint-disable-next-line no-control-regex
  text.replaceAll(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '').replaceAll(/[&<>"']/g, (mark) => entities[mark] ?? mark)
