// A form in which fields that belong to one choice stand together under a line that says so. Without JavaScript all groups are shown;
// with it, a group is shown when its choice is made (src/ui/script/app.js).
import type { Form, FormField, Language } from '#kernel/forms/forms.ts'
import type { Package } from '#kernel/procedures/load-package.ts'
import { FormFields, type FormFieldsProps } from '#ui/form/form-fields.tsx'
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

export function GroupedFields(props: FieldsOf) {
  const names = props.fields ?? Object.keys(props.form.schema.properties)
  const all = fieldProps(props)
  return (
    <>
      {groupsOf(props.form, names).map((group) =>
        group.show ? (
          <fieldset
            class="govuk-fieldset xl-when"
            data-when={`${props.prefix ?? ''}${group.show.field}`}
            data-is={JSON.stringify(group.show.is.map(String))}
          >
            <legend class="govuk-fieldset__legend xl-when__legend">{whenText(props, group.show)}</legend>
            <FormFields {...all} fields={group.fields} />
          </fieldset>
        ) : (
          <FormFields {...all} fields={group.fields} />
        ),
      )}
    </>
  )
}

/** What went wrong at the top: the fields' complaints as links, or the refusal in words. */
export function Refusal(props: { error: DomainError; fields?: FieldsOf; language: Language }) {
  const links = props.fields ? errorLinks(fieldProps({ ...props.fields, errors: errorsByField(props.error.fields) })) : []
  const linked = new Set(links.map((link) => link.text))
  const others = props.error.fields.filter((field) => !linked.has(field.message)).map((field) => ({ text: field.message }))
  return <ErrorSummary description={refusalText(props.error, props.language)} errors={[...links, ...others]} />
}

type Group = { show?: NonNullable<FormField['x-show']>; fields: string[] }

function groupsOf(form: Form, names: readonly string[]): Group[] {
  const groups: Group[] = []
  for (const name of names) {
    const show = form.schema.properties[name]?.['x-show']
    const last = groups.at(-1)
    if (last && JSON.stringify(last.show) === JSON.stringify(show)) last.fields.push(name)
    else groups.push(show ? { show, fields: [name] } : { fields: [name] })
  }
  return groups
}

function whenText(props: FieldsOf, show: NonNullable<FormField['x-show']>): string {
  const text = (key: string) => props.procedure.texts[props.language][`${props.procedure.slug}.${props.form.id}.${show.field}.${key}`]
  const yesNo = (value: string | boolean) => (props.language === 'zh' ? (value === true ? '是' : '否') : value === true ? 'Yes' : 'No')
  const choices = show.is.map((value) => text(String(value)) ?? (typeof value === 'boolean' ? yesNo(value) : value))
  const label = text('label') ?? show.field
  return props.language === 'zh'
    ? `“${label}”选“${choices.join('”或“')}”时填写`
    : `If “${label}” is ${choices.map((choice) => `“${choice}”`).join(' or ')}`
}
