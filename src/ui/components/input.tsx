import { classes, detailed, spellcheckOf } from '../html.ts'
import type { Attributes, Part } from '../html.ts'
import { describe, Field } from './field.tsx'
import type { FieldProps } from './field.tsx'

export type InputProps = FieldProps & {
  type?: string
  value?: string | number
  inputmode?: string
  autocomplete?: string
  autocapitalize?: string
  pattern?: string
  spellcheck?: boolean
  prefix?: Part
  suffix?: Part
  wrapperClass?: string
  wrapperAttributes?: Attributes
}

/** One line of text. Source: govuk-frontend `input`. */
export function Input(props: InputProps) {
  const id = props.id ?? props.name
  const keyboard: Attributes = { autocapitalize: props.autocapitalize, inputmode: props.inputmode }
  return (
    <Field {...props} id={id}>
      <Wrapped {...props}>
        <input
          class={classes('govuk-input', props.class, detailed(props.error) && 'govuk-input--error')}
          id={id}
          name={props.name}
          type={props.type ?? 'text'}
          {...spellcheckOf(props.spellcheck)}
          value={props.value}
          disabled={props.disabled}
          aria-describedby={describe(id, props)}
          autocomplete={props.autocomplete}
          pattern={props.pattern}
          {...keyboard}
          {...props.attributes}
        />
      </Wrapped>
    </Field>
  )
}

function Wrapped(props: InputProps & { children: Part }) {
  const [prefix, suffix] = [detailed(props.prefix), detailed(props.suffix)]
  if (!prefix && !suffix && !props.before && !props.after) return <>{props.children}</>
  return (
    <div class={classes('govuk-input__wrapper', props.wrapperClass)} {...props.wrapperAttributes}>
      {props.before}
      {prefix && <Affix kind="prefix" part={prefix} />}
      {props.children}
      {suffix && <Affix kind="suffix" part={suffix} />}
      {props.after}
    </div>
  )
}

const Affix = ({ kind, part }: { kind: 'prefix' | 'suffix'; part: NonNullable<ReturnType<typeof detailed>> }) => (
  <div class={classes(`govuk-input__${kind}`, part.class)} aria-hidden="true" {...part.attributes}>
    {part.content}
  </div>
)
