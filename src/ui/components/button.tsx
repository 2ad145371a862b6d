import { classes } from '../html.ts'
import type { Attributes, Child } from '../html.ts'

export type ButtonProps = {
  children?: Child
  /** With an address it is a link that looks like a button. */
  href?: string
  type?: 'submit' | 'button' | 'reset'
  name?: string
  value?: string
  id?: string
  /** e.g. `govuk-button--secondary`, `govuk-button--warning` */
  class?: string
  disabled?: boolean
  preventDoubleClick?: boolean
  isStart?: boolean
  attributes?: Attributes
}

/** A button, or a link in its shape. Source: govuk-frontend `button`. */
export function Button(props: ButtonProps) {
  const common = {
    class: classes('govuk-button', props.class, props.isStart && 'govuk-button--start'),
    'data-module': 'govuk-button',
    ...props.attributes,
    id: props.id,
  }
  const inside = (
    <>
      {props.children}
      {props.isStart && <StartIcon />}
    </>
  )
  if (props.href) {
    return (
      // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- it leads to an address; govuk-frontend lets the space key work it
      <a href={props.href} role="button" draggable="false" {...common}>
        {inside}
      </a>
    )
  }
  return (
    <button
      type={props.type ?? 'submit'}
      value={props.value}
      name={props.name}
      disabled={props.disabled}
      aria-disabled={props.disabled ? 'true' : undefined}
      data-prevent-double-click={props.preventDoubleClick === undefined ? undefined : String(props.preventDoubleClick)}
      {...common}
    >
      {inside}
    </button>
  )
}

const StartIcon = () => (
  <svg
    class="govuk-button__start-icon"
    xmlns="http://www.w3.org/2000/svg"
    width="17.5"
    height="19"
    viewBox="0 0 33 40"
    aria-hidden="true"
    focusable="false"
  >
    <path fill="currentColor" d="M0 0h13l20 20-20 20H0l20-20z" />
  </svg>
)
