import { useLanguage } from '../context.ts'
import { classes } from '../html.ts'
import type { Attributes, Child } from '../html.ts'
import { uiTexts } from '../ui-texts.ts'

/** Something with consequences. Source: govuk-frontend `warning-text`. */
export function WarningText(props: { iconText?: string; class?: string; attributes?: Attributes; children?: Child }) {
  const t = uiTexts(useLanguage())
  return (
    <div class={classes('govuk-warning-text', props.class)} {...props.attributes}>
      <span class="govuk-warning-text__icon" aria-hidden="true">
        !
      </span>
      <strong class="govuk-warning-text__text">
        <span class="govuk-visually-hidden">{props.iconText || t('warning')}</span> {props.children}
      </strong>
    </div>
  )
}
