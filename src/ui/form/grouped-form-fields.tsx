// A form in which fields that belong to one choice stand together under a line that says so. Without JavaScript all groups are shown;
// with it, a group is shown when its choice is made (src/ui/script/app.js).
import { useLanguage } from '../context.ts'
import type { Language } from '../texts.ts'
import { FormFields, type FormFieldsProps } from './form-fields.tsx'
import { type FormSchema, withConditionalRequired } from './form-schema.ts'

type Show = { field: string; is: readonly (string | boolean)[] }
type Group = { show?: Show; fields: string[] }

/** The same as `FormFields`, in groups; a field that its choice makes compulsory is not called optional. */
export function GroupedFormFields(props: FormFieldsProps) {
  const language = useLanguage()
  const all = { ...props, schema: withConditionalRequired(props.schema) }
  return (
    <>
      {groupsOf(props.schema, props.fields ?? Object.keys(props.schema.properties ?? {})).map((group) =>
        group.show ? (
          <fieldset
            class="govuk-fieldset xl-when"
            data-when={`${props.prefix ?? ''}${group.show.field}`}
            data-is={JSON.stringify(group.show.is.map(String))}
          >
            <legend class="govuk-fieldset__legend xl-when__legend">{whenText(props, group.show, language)}</legend>
            <FormFields {...all} fields={group.fields} />
          </fieldset>
        ) : (
          <FormFields {...all} fields={group.fields} />
        ),
      )}
    </>
  )
}

function groupsOf(schema: FormSchema, names: readonly string[]): Group[] {
  const groups: Group[] = []
  for (const name of names) {
    const show = schema.properties?.[name]?.['x-show']
    const last = groups.at(-1)
    if (last && JSON.stringify(last.show) === JSON.stringify(show)) last.fields.push(name)
    else groups.push(show ? { show, fields: [name] } : { fields: [name] })
  }
  return groups
}

function whenText(props: FormFieldsProps, show: Show, language: Language): string {
  const text = (key: string) => props.texts[`${props.textPrefix}.${show.field}.${key}`]
  const yesNo = (value: string | boolean) => (language === 'zh' ? (value === true ? '是' : '否') : value === true ? 'Yes' : 'No')
  const choices = show.is.map((value) => text(String(value)) ?? (typeof value === 'boolean' ? yesNo(value) : value))
  const label = text('label') ?? show.field
  return language === 'zh' ? `“${label}”选“${choices.join('”或“')}”时填写` : `If “${label}” is ${choices.map((choice) => `“${choice}”`).join(' or ')}`
}
