import { classes } from '../html.ts'
import type { Attributes, Child } from '../html.ts'

export type TagColour = 'grey' | 'green' | 'teal' | 'blue' | 'purple' | 'magenta' | 'red' | 'orange' | 'yellow'

/** A short state in words; the colour only repeats it. Source: govuk-frontend `tag`. */
export const Tag = (props: { colour?: TagColour; class?: string; attributes?: Attributes; children?: Child }) => (
  <strong class={classes('govuk-tag', props.colour && `govuk-tag--${props.colour}`, props.class)} {...props.attributes}>
    {props.children}
  </strong>
)
