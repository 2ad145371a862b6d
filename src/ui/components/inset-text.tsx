import { classes } from '../html.ts'
import type { Attributes, Child } from '../html.ts'

/** Set apart from the text around it. Source: govuk-frontend `inset-text`. */
export const InsetText = (props: { id?: string; class?: string; attributes?: Attributes; children?: Child }) => (
  <div id={props.id} class={classes('govuk-inset-text', props.class)} {...props.attributes}>
    {props.children}
  </div>
)
