// What radios and checkboxes share.
import { classes, detailed } from '../html.ts'
import type { Attributes, Child, Part } from '../html.ts'
import { ErrorMessage, FormGroup, Hint, Label } from './field.tsx'
import type { ErrorPart } from './field.tsx'
import { Fieldset } from './fieldset.tsx'
import type { FieldsetProps } from './fieldset.tsx'

/** One choice; `conditional` is shown only while it is chosen (and always without JavaScript). */
export type ChoiceItem = {
  value?: string | number
  /** A choice without words cannot be made: the compiler asks for them. */
  label: Part | undefined
  id?: string
  name?: string
  hint?: Part
  checked?: boolean
  disabled?: boolean
  conditional?: Child
  attributes?: Attributes
  /** checkboxes only: choosing it clears the others, or the other way round */
  behaviour?: 'exclusive'
}
export type Divider = { divider: string }

export type ChoicesProps = {
  name: string
  idPrefix?: string
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

/** Group, fieldset, hint and error around a list of choices. `describedBy` belongs to the fieldset. */
export function ChoiceGroup(props: ChoicesProps & { kind: 'radios' | 'checkboxes'; describedBy?: string; children: Child }) {
  const id = props.idPrefix ?? props.name
  const inside = (
    <>
      <Hint id={`${id}-hint`} hint={props.hint} />
      <ErrorMessage id={`${id}-error`} error={props.error} />
      <div class={classes(`govuk-${props.kind}`, props.class)} {...props.attributes} data-module={`govuk-${props.kind}`}>
        {props.before}
        {props.children}
        {props.after}
      </div>
    </>
  )
  return (
    <FormGroup hasError={detailed(props.error) !== undefined} class={props.groupClass} attributes={props.groupAttributes}>
      {props.fieldset ? (
        <Fieldset {...props.fieldset} describedBy={props.describedBy}>
          {inside}
        </Fieldset>
      ) : (
        inside
      )}
    </FormGroup>
  )
}

/** One choice with its label, hint and conditional part. */
export function Choice(props: { kind: 'radios' | 'checkboxes'; item: ChoiceItem; id: string; name: string; checked: boolean; describedBy?: string }) {
  const { kind, item, id } = props
  const hasHint = detailed(item.hint) !== undefined
  const label = detailed(item.label)
  return (
    <>
      <div class={`govuk-${kind}__item`}>
        <input
          class={`govuk-${kind}__input`}
          id={id}
          name={props.name}
          type={kind === 'radios' ? 'radio' : 'checkbox'}
          value={item.value ?? ''}
          checked={props.checked}
          disabled={item.disabled}
          data-aria-controls={item.conditional ? `conditional-${id}` : undefined}
          data-behaviour={item.behaviour}
          aria-describedby={classes(props.describedBy, hasHint && `${id}-item-hint`) || undefined}
          {...item.attributes}
        />
        {label && <Label label={label} for={id} class={`govuk-${kind}__label`} />}
        <Hint id={`${id}-item-hint`} hint={item.hint} class={`govuk-${kind}__hint`} />
      </div>
      {item.conditional && (
        <div class={classes(`govuk-${kind}__conditional`, !props.checked && `govuk-${kind}__conditional--hidden`)} id={`conditional-${id}`}>
          {item.conditional}
        </div>
      )}
    </>
  )
}

/** The first choice carries the plain id, so that an error summary can point to it. */
export const choiceId = (prefix: string, item: ChoiceItem, index: number) => item.id ?? (index === 0 ? prefix : `${prefix}-${index + 1}`)
