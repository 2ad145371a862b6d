import { useLanguage } from '../context.ts'
import { classes, present } from '../html.ts'
import type { Attributes, Child, Maybe } from '../html.ts'
import { uiTexts } from '../ui-texts.ts'

export type ErrorLink = { text: Child; href?: string; attributes?: Attributes }
export type ErrorSummaryProps = {
  title?: Child
  description?: Child
  errors?: readonly Maybe<ErrorLink>[]
  class?: string
  attributes?: Attributes
  disableAutoFocus?: boolean
}

/** All errors of a form at its top, each a link to its field. Source: govuk-frontend `error-summary`. */
export function ErrorSummary(props: ErrorSummaryProps) {
  const t = uiTexts(useLanguage())
  const errors = present(props.errors ?? [])
  return (
    <div
      class={classes('govuk-error-summary', props.class)}
      data-disable-auto-focus={props.disableAutoFocus === undefined ? undefined : String(props.disableAutoFocus)}
      {...props.attributes}
      data-module="govuk-error-summary"
    >
      <div role="alert">
        <h2 class="govuk-error-summary__title">{props.title ?? t('errorSummary')}</h2>
        <div class="govuk-error-summary__body">
          {props.description && <p>{props.description}</p>}
          {errors.length > 0 && (
            <ul class="govuk-list govuk-error-summary__list">
              {errors.map((error) => (
                <li>
                  {error.href ? (
                    <a href={error.href} {...error.attributes}>
                      {error.text}
                    </a>
                  ) : (
                    error.text
                  )}
                </li>
              ))}
            </ul>
          )}
        </div>
      </div>
    </div>
  )
}
