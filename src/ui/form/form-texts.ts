import type { ErrorLink } from '../components/error-summary.tsx'
import { controlOf } from './form-schema.ts'
import type { FormSchema } from './form-schema.ts'

export type FieldTexts = {
  label: string
  hint?: string
  error?: string
  choice(value: string, title?: string): string
  about(value: string): string | undefined
}
type Source = { texts: Record<string, string>; textPrefix: string; errors?: Record<string, string> }

/** One field's words. A missing label shows the field's name, so that the gap is seen. */
export function askerOf(source: Source, field: string): FieldTexts {
  const text = (key: string) => source.texts[`${source.textPrefix}.${field}.${key}`]
  const message = source.errors && Object.hasOwn(source.errors, field) ? source.errors[field] || text('error') || field : undefined
  return {
    // “Optional” is added by the form, which knows whether it is.
    label: (text('label') ?? field).replace(/\s*[（(](选填|optional)[）)]$/i, ''),
    hint: text('hint'),
    error: message,
    choice: (value, title) => text(value) ?? title ?? value,
    about: (value) => text(`${value}.about`),
  }
}

/** Errors of the kernel (`pointer` is a JSON pointer) by field; the first one of a field is shown. */
export function errorsByField(errors: readonly { pointer: string; message: string }[]): Record<string, string> {
  const byField: Record<string, string> = {}
  for (const { pointer, message } of errors) {
    const field = (pointer.split('/')[1] ?? '').replaceAll('~1', '/').replaceAll('~0', '~')
    if (field && byField[field] === undefined) byField[field] = message
  }
  return byField
}

/** The links of the error summary, in the order of the fields on the page. */
export function errorLinks(props: Source & { schema: FormSchema; prefix?: string; fields?: readonly string[] }): ErrorLink[] {
  const names = props.fields ?? Object.keys(props.schema.properties ?? {})
  return names.flatMap((name) => {
    const property = props.schema.properties?.[name]
    const { error } = askerOf(props, name)
    if (!property || error === undefined) return []
    const id = `${props.prefix ?? ''}${name}${controlOf(property) === 'date' ? '-year' : ''}`
    return [{ text: error, href: `#${id}` }]
  })
}
