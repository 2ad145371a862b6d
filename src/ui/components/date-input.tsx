import { useLanguage } from '../context.ts'
import { classes, detailed, present } from '../html.ts'
import type { Attributes, Child, Maybe, Part } from '../html.ts'
import { uiTexts } from '../ui-texts.ts'
import { describe, ErrorMessage, FormGroup, Hint } from './field.tsx'
import type { ErrorPart } from './field.tsx'
import { Fieldset } from './fieldset.tsx'
import type { FieldsetProps } from './fieldset.tsx'
import { Input } from './input.tsx'

/** One of the three boxes. `error: false` keeps a box plain while another is wrong. */
export type DateItem = {
  name: string
  label?: string
  value?: string | number
  id?: string
  class?: string
  /** characters the box is wide; 4 for a box named `year`, else 2 */
  width?: 2 | 4
  error?: boolean
  autocomplete?: string
  inputmode?: string
  pattern?: string
  attributes?: Attributes
}
export type DateInputProps = {
  id: string
  /** Box names are `<namePrefix>-year` and so on. */
  namePrefix?: string
  /** Left out: year, month, day with labels in the page's language. */
  items?: readonly Maybe<DateItem>[]
  values?: Partial<Record<string, string | number>>
  fieldset?: Omit<FieldsetProps, 'children'>
  hint?: Part
  error?: ErrorPart
  class?: string
  attributes?: Attributes
  groupClass?: string
  groupAttributes?: Attributes
  before?: Child
  after?: Child
}

/** A date in three boxes, year first. Source: govuk-frontend `date-input`. */
export function DateInput(props: DateInputProps) {
  const t = uiTexts(useLanguage())
  const standard: DateItem[] = (['year', 'month', 'day'] as const).map((name) => ({ name, label: t(name), value: props.values?.[name] }))
  const items = props.items?.length ? present(props.items) : standard
  const hasError = detailed(props.error) !== undefined
  const anyMarked = items.some(isMarked)
  const inside = (
    <>
      <Hint id={`${props.id}-hint`} hint={props.hint} />
      <ErrorMessage id={`${props.id}-error`} error={props.error} />
      <div class={classes('govuk-date-input', props.class)} {...props.attributes} id={props.id}>
        {props.before}
        {items.map((item) => (
          <DateBox item={item} owner={props} wrong={isMarked(item) || (item.error !== false && hasError && !anyMarked)} />
        ))}
        {props.after}
      </div>
    </>
  )
  return (
    <FormGroup hasError={hasError} class={props.groupClass} attributes={props.groupAttributes}>
      {props.fieldset ? (
        // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- it is a fieldset; JAWS reads its description only with the role
        <Fieldset {...props.fieldset} role="group" describedBy={describe(props.id, { ...props, describedBy: props.fieldset.describedBy })}>
          {inside}
        </Fieldset>
      ) : (
        inside
      )}
    </FormGroup>
  )
}

function DateBox({ item, owner, wrong }: { item: DateItem; owner: DateInputProps; wrong: boolean }) {
  const name = owner.namePrefix ? `${owner.namePrefix}-${item.name}` : item.name
  const width = item.class?.includes('govuk-input--width-') ? undefined : `govuk-input--width-${item.width ?? (item.name === 'year' ? 4 : 2)}`
  const errorClass = wrong && !item.class?.includes('govuk-input--error') && 'govuk-input--error'
  return (
    <div class="govuk-date-input__item">
      <Input
        label={{ content: item.label ?? capitalize(item.name), class: 'govuk-date-input__label' }}
        id={item.id ?? `${owner.id}-${item.name}`}
        class={classes('govuk-date-input__input', errorClass, width, item.class)}
        name={name}
        value={item.value ?? owner.values?.[name]}
        inputmode={item.inputmode ?? 'numeric'}
        autocomplete={item.autocomplete}
        pattern={item.pattern}
        attributes={item.attributes}
      />
    </div>
  )
}

const isMarked = (item: DateItem) => item.error === true || (item.class?.includes('govuk-input--error') ?? false)
const capitalize = (word: string) => word.charAt(0).toUpperCase() + word.slice(1)
