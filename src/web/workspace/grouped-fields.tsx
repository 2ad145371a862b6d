// Forms of a package on staff pages, and what went wrong with them.
import type { Form, Language } from '#kernel/forms/forms.ts'
import type { Package } from '#kernel/procedures/load-package.ts'
import type { FormFieldsProps } from '#ui/form/form-fields.tsx'
import { GroupedFormFields } from '#ui/form/grouped-form-fields.tsx'
import { errorLinks, errorsByField } from '#ui/form/form-texts.ts'
import { type FormSchema, withConditionalRequired } from '#ui/form/form-schema.ts'
import { ErrorSummary } from '#ui/components/error-summary.tsx'
import type { DomainError } from '#kernel/errors.ts'
import { refusalText } from './refusals.ts'

export type FieldsOf = {
  procedure: Package
  form: Form
  language: Language
  values: Record<string, unknown>
  errors?: Record<string, string>
  fields?: readonly string[]
  options: NonNullable<FormFieldsProps['options']>
  fileNames?: Record<string, string>
  /** Before every posted name, when the page holds another form with the same names. */
  prefix?: string
}

/** The props that FormFields and errorLinks take for a form of a package. */
export const fieldProps = (props: FieldsOf): FormFieldsProps => ({
  schema: withConditionalRequired(props.form.schema as FormSchema), // the same schema, read by two modules
  texts: props.procedure.texts[props.language],
  textPrefix: `${props.procedure.slug}.${props.form.id}`,
  values: props.values,
  options: props.options,
  small: true,
  ...(props.errors ? { errors: props.errors } : {}),
  ...(props.fields ? { fields: props.fields } : {}),
  ...(props.prefix ? { prefix: props.prefix } : {}),
  ...(props.fileNames ? { fileNames: props.fileNames } : {}),
})

/** A form of a package at a desk, its fields grouped by choice. */
export const GroupedFields = (props: FieldsOf) => <GroupedFormFields {...fieldProps(props)} />

/** What went wrong at the top: the fields' complaints as links, or the refusal in words. */
export function Refusal(props: { error: DomainError; fields?: FieldsOf; language: Language }) {
  const links = props.fields ? errorLinks(fieldProps({ ...props.fields, errors: errorsByField(props.error.fields) })) : []
  const linked = new Set(links.map((link) => link.text))
  const others = props.error.fields.filter((field) => !linked.has(field.message)).map((field) => ({ text: field.message }))
  return <ErrorSummary description={refusalText(props.error, props.language)} errors={[...links, ...others]} />
}
