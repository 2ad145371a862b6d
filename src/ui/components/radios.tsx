import type { Maybe } from '../html.ts'
import { Choice, ChoiceGroup, choiceId } from './choices.tsx'
import type { ChoiceItem, ChoicesProps, Divider } from './choices.tsx'
import { describe } from './field.tsx'

export type RadiosProps = ChoicesProps & { items: readonly Maybe<ChoiceItem | Divider>[]; value?: string | number }

/** One choice of a few. Source: govuk-frontend `radios`. */
export function Radios(props: RadiosProps) {
  const prefix = props.idPrefix ?? props.name
  return (
    <ChoiceGroup {...props} kind="radios" describedBy={describe(prefix, { ...props, describedBy: props.fieldset?.describedBy })}>
      {props.items.map((item, index) => {
        if (!item) return null
        if ('divider' in item) return <div class="govuk-radios__divider">{item.divider}</div>
        const checked = item.checked ?? (props.value ? String(item.value) === String(props.value) : false)
        return <Choice kind="radios" item={item} id={choiceId(prefix, item, index)} name={props.name} checked={checked} />
      })}
    </ChoiceGroup>
  )
}
