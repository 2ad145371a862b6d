import { classes } from '../html.ts'
import type { Attributes, Child } from '../html.ts'

export type DetailsProps = { summary: Child; open?: boolean; id?: string; class?: string; attributes?: Attributes; children?: Child }

/** More for who wants it; opens without JavaScript. Source: govuk-frontend `details`. */
export const Details = (props: DetailsProps) => (
  <details id={props.id} class={classes('govuk-details', props.class)} {...props.attributes} open={props.open}>
    <summary class="govuk-details__summary">
      <span class="govuk-details__summary-text">{props.summary}</span>
    </summary>
    <div class="govuk-details__text">{props.children}</div>
  </details>
)
