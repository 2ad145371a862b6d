import { classes, detailed } from '../html.ts'
import { describe, Field } from './field.tsx'
import type { FieldProps } from './field.tsx'

/** A file to send; `accept` as in HTML. Source: govuk-frontend `file-upload` (its plain form, without the drop zone). */
export function FileUpload(props: FieldProps & { multiple?: boolean; accept?: string }) {
  const id = props.id ?? props.name
  return (
    <Field {...props} id={id}>
      {props.before}
      <input
        class={classes('govuk-file-upload', props.class, detailed(props.error) && 'govuk-file-upload--error')}
        id={id}
        name={props.name}
        type="file"
        accept={props.accept}
        disabled={props.disabled}
        multiple={props.multiple}
        aria-describedby={describe(id, props)}
        {...props.attributes}
      />
      {props.after}
    </Field>
  )
}
