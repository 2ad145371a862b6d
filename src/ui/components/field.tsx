// What every form field shares: label, hint, error, and the group around them.
import { useLanguage } from '../context.ts'
import { classes, detailed } from '../html.ts'
import type { Attributes, Child, DetailedPart, Part } from '../html.ts'
import { uiTexts } from '../ui-texts.ts'

export type LabelPart = Child | (DetailedPart & { isPageHeading?: boolean })
/** `prefix` is read out before the message; `false` leaves it out. */
export type ErrorPart = Child | (DetailedPart & { prefix?: string | false })

/** Props of a field with one label. `groupClass` and `groupAttributes` go on the group; `before` and `after` stand beside the control. */
export type FieldProps = {
  id?: string
  name: string
  label: LabelPart
  hint?: Part
  error?: ErrorPart
  class?: string
  attributes?: Attributes
  describedBy?: string
  disabled?: boolean
  groupClass?: string
  groupAttributes?: Attributes
  before?: Child
  after?: Child
}

export function Label(props: { label: LabelPart; for?: string; class?: string }) {
  const label = detailed(props.label)
  if (!label) return null
  const element = (
    <label class={classes('govuk-label', props.class, label.class)} {...label.attributes} for={props.for}>
      {label.content}
    </label>
  )
  return 'isPageHeading' in label && label.isPageHeading ? <h1 class="govuk-label-wrapper">{element}</h1> : element
}

export function Hint(props: { id?: string; hint?: Part; class?: string }) {
  const hint = detailed(props.hint)
  if (!hint) return null
  return (
    <div id={props.id} class={classes('govuk-hint', props.class, hint.class)} {...hint.attributes}>
      {hint.content}
    </div>
  )
}

export function ErrorMessage(props: { id?: string; error?: ErrorPart }) {
  const t = uiTexts(useLanguage())
  const error = detailed(props.error)
  if (!error) return null
  const prefix = 'prefix' in error && (typeof error.prefix === 'string' || error.prefix === false) ? error.prefix : t('error')
  return (
    <p id={props.id} class={classes('govuk-error-message', error.class)} {...error.attributes}>
      {prefix && <span class="govuk-visually-hidden">{prefix}:</span>} {error.content}
    </p>
  )
}

export function FormGroup(props: { hasError: boolean; class?: string; attributes?: Attributes; children: Child }) {
  return (
    <div class={classes('govuk-form-group', props.hasError && 'govuk-form-group--error', props.class)} {...props.attributes}>
      {props.children}
    </div>
  )
}

/** The value of `aria-describedby` for a field with this id: what the caller names, then hint, then error. */
export function describe(id: string, props: { describedBy?: string; hint?: Part; error?: ErrorPart }): string | undefined {
  return classes(props.describedBy, detailed(props.hint) && `${id}-hint`, detailed(props.error) && `${id}-error`) || undefined
}

/** Group, label, hint and error around one control. */
export function Field(props: FieldProps & { id: string; children: Child }) {
  const { id, label, hint, error } = props
  return (
    <FormGroup hasError={detailed(error) !== undefined} class={props.groupClass} attributes={props.groupAttributes}>
      <Label label={label} for={id} />
      <Hint id={`${id}-hint`} hint={hint} />
      <ErrorMessage id={`${id}-error`} error={error} />
      {props.children}
    </FormGroup>
  )
}
