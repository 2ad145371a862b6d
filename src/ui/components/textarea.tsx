import { classes, detailed, spellcheckOf } from '../html.ts'
import { describe, Field } from './field.tsx'
import type { FieldProps } from './field.tsx'

export type TextareaProps = FieldProps & { value?: string; rows?: number; spellcheck?: boolean; autocomplete?: string }

/** Several lines of text. Source: govuk-frontend `textarea`. */
export function Textarea(props: TextareaProps) {
  const id = props.id ?? props.name
  return (
    <Field {...props} id={id}>
      {props.before}
      <textarea
        class={classes('govuk-textarea', detailed(props.error) && 'govuk-textarea--error', props.class)}
        id={id}
        name={props.name}
        rows={props.rows ?? 5}
        {...spellcheckOf(props.spellcheck)}
        disabled={props.disabled}
        aria-describedby={describe(id, props)}
        autocomplete={props.autocomplete}
        {...props.attributes}
      >
        {withFirstLine(props.value)}
      </textarea>
      {props.after}
    </Field>
  )
}

/** A browser drops one line break right after the opening tag (HTML, 13.1.2.5), so one that was typed needs a second. */
const withFirstLine = (value = '') => (/^\r?\n/.test(value) ? `\n${value}` : value)
