import { classes, headingTag } from '../html.ts'
import type { Attributes, Child } from '../html.ts'

export type PanelProps = { title: Child; headingLevel?: number; class?: string; attributes?: Attributes; children?: Child }

/** "It is done", in large type. Source: govuk-frontend `panel` (the confirmation kind). */
export function Panel(props: PanelProps) {
  const Heading = headingTag(props.headingLevel ?? 1)
  return (
    <div class={classes('govuk-panel govuk-panel--confirmation', props.class)} {...props.attributes}>
      <Heading class="govuk-panel__title">{props.title}</Heading>
      {props.children && <div class="govuk-panel__body">{props.children}</div>}
    </div>
  )
}
