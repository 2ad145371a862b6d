// The form around a passkey: hidden until the script shows it, beside a note for browsers without one.
import { Button } from '#ui/components/button.tsx'
import { Form } from '#ui/components/form.tsx'
import type { Child } from '#ui/html.ts'

export type PasskeyFormProps = {
  action: string
  /** `create` makes a passkey, `get` uses one. */
  ceremony: 'create' | 'get'
  /** Options of the kernel, as JSON. */
  options: object
  answerName: string
  button: string
  failed: string
  /** Shown where no script runs. */
  off: Child
  /** More fields. */
  children?: Child
  buttonClass?: string
}

export function PasskeyForm(props: PasskeyFormProps) {
  const attributes = { hidden: true, 'data-passkey': props.ceremony, 'data-options': JSON.stringify(props.options), 'data-turbo': 'false' }
  return (
    <>
      <div data-passkey-off>{props.off}</div>
      <Form action={props.action} attributes={attributes}>
        <input type="hidden" name={props.answerName} value="" data-passkey-answer />
        {props.children}
        <p class="govuk-error-message" role="alert" data-passkey-failed hidden>
          {props.failed}
        </p>
        <Button {...(props.buttonClass ? { class: props.buttonClass } : {})}>{props.button}</Button>
      </Form>
    </>
  )
}
