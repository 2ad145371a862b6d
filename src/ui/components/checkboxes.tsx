import type { Maybe } from '../html.ts'
import { Choice, ChoiceGroup, choiceId } from './choices.tsx'
import type { ChoiceItem, ChoicesProps, Divider } from './choices.tsx'
import { describe } from './field.tsx'

export type CheckboxesProps = ChoicesProps & {
  items: readonly Maybe<ChoiceItem | Divider>[]
  values?: readonly (string | number)[]
  /** For a group without a fieldset: each box names hint and error itself. */
  describedBy?: string
}

/** Any number of choices. Source: govuk-frontend `checkboxes`. */
export function Checkboxes(props: CheckboxesProps) {
  const prefix = props.idPrefix ?? props.name
  const describedBy = describe(prefix, { ...props, describedBy: props.fieldset?.describedBy ?? props.describedBy })
  return (
    <ChoiceGroup {...props} kind="checkboxes" describedBy={describedBy}>
      {props.items.map((item, index) => {
        if (!item) return null
        if ('divider' in item) return <div class="govuk-checkboxes__divider">{item.divider}</div>
        const checked = item.checked ?? props.values?.some((value) => String(value) === String(item.value)) ?? false
        const own = props.fieldset ? undefined : describedBy
        return (
          <Choice
            kind="checkboxes"
            item={item}
            id={choiceId(prefix, item, index)}
            name={item.name ?? props.name}
            checked={checked}
            describedBy={own}
          />
        )
      })}
    </ChoiceGroup>
  )
}
