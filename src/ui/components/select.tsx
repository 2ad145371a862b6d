import { classes, detailed, present } from '../html.ts'
import type { Attributes, Maybe } from '../html.ts'
import { describe, Field } from './field.tsx'
import type { FieldProps } from './field.tsx'

export type SelectItem = { value?: string; text: string; selected?: boolean; disabled?: boolean; attributes?: Attributes }
export type SelectProps = FieldProps & { items: readonly Maybe<SelectItem>[]; value?: string }

/** A list to choose one from, for more than six choices. Source: govuk-frontend `select`. */
export function Select(props: SelectProps) {
  const id = props.id ?? props.name
  return (
    <Field {...props} id={id}>
      {props.before}
      <select
        class={classes('govuk-select', props.class, detailed(props.error) && 'govuk-select--error')}
        id={id}
        name={props.name}
        disabled={props.disabled}
        aria-describedby={describe(id, props)}
        {...props.attributes}
      >
        {present(props.items).map((item) => (
          <option value={item.value} selected={isSelected(item, props.value)} disabled={item.disabled} {...item.attributes}>
            {item.text}
          </option>
        ))}
      </select>
      {props.after}
    </Field>
  )
}

function isSelected(item: SelectItem, value: string | undefined): boolean {
  return item.selected ?? (value ? (item.value ?? item.text) === value : false)
}
