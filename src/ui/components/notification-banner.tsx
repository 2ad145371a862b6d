import { useLanguage } from '../context.ts'
import { classes, headingTag } from '../html.ts'
import type { Attributes, Child } from '../html.ts'
import { uiTexts } from '../ui-texts.ts'

export type NotificationBannerProps = {
  /** One line in large type; use children for more. */
  text?: Child
  children?: Child
  title?: Child
  titleId?: string
  titleHeadingLevel?: number
  type?: string
  role?: string
  disableAutoFocus?: boolean
  class?: string
  attributes?: Attributes
}

/** Something new about this page, or (`type="success"`) about what was just done. Source: govuk-frontend `notification-banner`. */
export function NotificationBanner(props: NotificationBannerProps) {
  const t = uiTexts(useLanguage())
  const isSuccess = props.type === 'success'
  const titleId = props.titleId ?? 'govuk-notification-banner-title'
  const Heading = headingTag(props.titleHeadingLevel ?? 2)
  return (
    <div
      class={classes('govuk-notification-banner', isSuccess && 'govuk-notification-banner--success', props.class)}
      role={props.role ?? (isSuccess ? 'alert' : 'region')}
      aria-labelledby={titleId}
      data-module="govuk-notification-banner"
      data-disable-auto-focus={props.disableAutoFocus === undefined ? undefined : String(props.disableAutoFocus)}
      {...props.attributes}
    >
      <div class="govuk-notification-banner__header">
        <Heading class="govuk-notification-banner__title" id={titleId}>
          {props.title ?? t(isSuccess ? 'success' : 'important')}
        </Heading>
      </div>
      <div class="govuk-notification-banner__content">
        {props.children ?? (props.text && <p class="govuk-notification-banner__heading">{props.text}</p>)}
      </div>
    </div>
  )
}
