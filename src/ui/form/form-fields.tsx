// A form of a procedure as fields on a page, one group at a time.
import { Checkboxes } from '../components/checkboxes.tsx'
import { DateInput } from '../components/date-input.tsx'
import { FileUpload } from '../components/file-upload.tsx'
import { Input } from '../components/input.tsx'
import { Radios } from '../components/radios.tsx'
import { Select } from '../components/select.tsx'
import { SignaturePad } from '../components/signature-pad.tsx'
import { Textarea } from '../components/textarea.tsx'
import { useLanguage } from '../context.ts'
import { classes } from '../html.ts'
import { uiTexts } from '../ui-texts.ts'
import { choicesOf, controlOf } from './form-schema.ts'
import type { FormProperty, FormSchema } from './form-schema.ts'
import { askerOf } from './form-texts.ts'
import type { FieldTexts } from './form-texts.ts'

export type FormFieldsProps = {
  schema: FormSchema
  /** The package's texts; keys `<textPrefix>.<field>.label|hint|error` and `<textPrefix>.<field>.<value>`. */
  texts: Record<string, string>
  /** `<slug>.<form>` */
  textPrefix: string
  /** `raw` of parseFormBody after an error, or stored data. */
  values?: Record<string, unknown>
  /** By field name; an empty message means the field's own `error` text. */
  errors?: Record<string, string>
  /** Put before every posted name and id, when a page holds two forms. */
  prefix?: string
  /** Only these fields, in this order: one page of `pagesOf(schema)`. */
  fields?: readonly string[]
  /** Entries of registers by slug, for `x-register`. */
  options?: Record<string, readonly { value: string; text: string }[]>
  /** Names of files uploaded before, by file id. */
  fileNames?: Record<string, string>
  /** Small radios and checkboxes, for dense staff pages. */
  small?: boolean
}

/** The fields of a form. Optional fields say so; required ones are the rule and say nothing. */
export function FormFields(props: FormFieldsProps) {
  const names = props.fields ?? Object.keys(props.schema.properties ?? {})
  return (
    <>
      {names.map((name) => {
        const property = props.schema.properties?.[name]
        return property && <FormField name={name} property={property} form={props} />
      })}
    </>
  )
}

type One = { name: string; property: FormProperty; form: FormFieldsProps }
type Shared = { texts: FieldTexts; label: string; hint?: string; error?: string; id: string; value: string }

function FormField(props: One) {
  const { name, property, form } = props
  const t = uiTexts(useLanguage())
  const texts = askerOf(form, name)
  const isOptional = !form.schema.required?.includes(name) && property.const !== true
  const shared: Shared = {
    texts,
    label: texts.label + (isOptional ? t('optional') : ''),
    hint: texts.hint,
    error: texts.error,
    id: (form.prefix ?? '') + name,
    value: textOf(form.values?.[name]),
  }
  const field = { name: shared.id, id: shared.id, label: shared.label, hint: shared.hint, error: shared.error }
  switch (controlOf(property)) {
    case 'text':
      return <Input {...field} value={shared.value} {...keyboardOf(property)} class={widthOf(property)} />
    case 'textarea':
      return <Textarea {...field} value={shared.value} rows={(property.maxLength ?? 2000) > 500 ? 8 : 4} />
    case 'number':
      return <Input {...field} value={shared.value} inputmode={property.type === 'integer' ? 'numeric' : 'decimal'} class="govuk-input--width-10" />
    case 'money':
      return <Input {...field} value={shared.value} inputmode="decimal" prefix="¥" class="govuk-input--width-10" />
    case 'date':
      return <DateField {...props} shared={shared} />
    case 'signature':
      return <SignaturePad id={shared.id} label={shared.label} hint={shared.hint} error={shared.error} value={shared.value} />
    case 'select':
      return <SelectField {...props} shared={shared} />
    case 'files':
      return <FilesField {...props} shared={shared} />
    case 'radios':
    case 'yes-no':
    case 'checkboxes':
    case 'confirm':
      return <ChoiceField {...props} shared={shared} />
  }
}

type Shown = One & { shared: Shared }
const legendOf = ({ label }: Shared) => ({ legend: { content: label, class: 'govuk-fieldset__legend--s' } })

function DateField({ name, form, shared }: Shown) {
  const [year, month, day] = shared.value.split('-')
  const whole: Record<string, string | undefined> = { year, month, day }
  const typed = (part: string) => textOf(form.values?.[`${name}-${part}`] ?? whole[part])
  const values = { year: typed('year'), month: typed('month'), day: typed('day') }
  return <DateInput id={shared.id} namePrefix={shared.id} items={dateItems(shared.id, values)} {...dateProps(shared)} />
}

const dateProps = (shared: Shared) => ({ fieldset: legendOf(shared), hint: shared.hint, error: shared.error })

function dateItems(id: string, values: Record<'year' | 'month' | 'day', string>) {
  const t = uiTexts(useLanguage())
  return (['year', 'month', 'day'] as const).map((name) => ({ name, id: `${id}-${name}`, label: t(name), value: values[name] || undefined }))
}

function SelectField({ property, form, shared }: Shown) {
  const t = uiTexts(useLanguage())
  const register = property['x-register']
  const items = register
    ? (form.options?.[register] ?? [])
    : choicesOf(property).map(({ value, title }) => ({ value, text: shared.texts.choice(value, title) }))
  return (
    <Select
      name={shared.id}
      id={shared.id}
      label={shared.label}
      hint={shared.hint}
      error={shared.error}
      items={[{ value: '', text: t('pleaseChoose') }, ...items]}
      value={shared.value}
    />
  )
}

function ChoiceField({ name, property, form, shared }: Shown) {
  const t = uiTexts(useLanguage())
  const common = { name: shared.id, idPrefix: shared.id, hint: shared.hint, error: shared.error }
  const control = controlOf(property)
  if (control === 'confirm') {
    return <Checkboxes {...common} items={[{ value: 'true', label: shared.label, checked: shared.value === 'true' }]} />
  }
  const choices =
    control === 'yes-no'
      ? (['true', 'false'] as const).map((value) => ({ value, label: shared.texts.choice(value, t(value === 'true' ? 'yes' : 'no')) }))
      : property['x-register']
        ? (form.options?.[property['x-register']] ?? []).map(({ value, text }) => ({ value, label: text }))
        : choicesOf(property).map(({ value, title }) => ({ value, label: shared.texts.choice(value, title), hint: shared.texts.about(value) }))
  if (control === 'checkboxes') {
    return (
      <Checkboxes
        {...common}
        fieldset={legendOf(shared)}
        items={choices}
        values={listOf(form.values?.[name])}
        class={form.small ? 'govuk-checkboxes--small' : undefined}
      />
    )
  }
  return (
    <Radios
      {...common}
      fieldset={legendOf(shared)}
      items={choices}
      value={shared.value}
      class={classes(control === 'yes-no' && 'govuk-radios--inline', form.small && 'govuk-radios--small') || undefined}
    />
  )
}

/** A browser cannot put a file back into its control, so files that arrived once are kept by id and may be unticked. */
function FilesField({ name, property, form, shared }: Shown) {
  const t = uiTexts(useLanguage())
  const kept = listOf(form.values?.[`${name}-kept`] ?? form.values?.[name])
  return (
    <>
      {kept.length > 0 && (
        <Checkboxes
          name={`${shared.id}-kept`}
          fieldset={{ legend: `${shared.label} · ${t('keptFiles')}` }}
          class="govuk-checkboxes--small"
          items={kept.map((id) => ({ value: id, label: t('keepFile', { name: form.fileNames?.[id] ?? id }), checked: true }))}
        />
      )}
      <FileUpload name={shared.id} id={shared.id} label={shared.label} hint={shared.hint} error={shared.error} multiple={property.type === 'array'} />
    </>
  )
}

const textOf = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '')
const listOf = (value: unknown): string[] => [value].flat().map(textOf).filter(Boolean)

const keyboards: Record<string, { inputmode?: string; autocomplete?: string; type?: string; spellcheck?: boolean; autocapitalize?: string }> = {
  phone: { type: 'tel', inputmode: 'tel', autocomplete: 'tel' },
  name: { autocomplete: 'name', spellcheck: false },
  // Ends in X for one number in eleven, so the digits keypad alone is not enough (GB 11643).
  'one-time-code': { inputmode: 'numeric', autocomplete: 'one-time-code', spellcheck: false },
  'id-number': { autocomplete: 'off', spellcheck: false, autocapitalize: 'characters' },
  address: { autocomplete: 'street-address' },
  email: { type: 'email', autocomplete: 'email', spellcheck: false },
}

const keyboardOf = (property: FormProperty) => keyboards[property['x-tag'] ?? property.format ?? ''] ?? {}

function widthOf(property: FormProperty): string | undefined {
  if (property['x-tag'] === 'phone' || property['x-tag'] === 'id-number') return 'govuk-input--width-20'
  return property.maxLength !== undefined && property.maxLength <= 20 ? 'govuk-input--width-20' : undefined
}
