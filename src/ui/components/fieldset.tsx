import { classes, detailed } from '../html.ts'
import type { Attributes, Child, DetailedPart } from '../html.ts'

export type LegendPart = Child | (DetailedPart & { isPageHeading?: boolean })
export type FieldsetProps = { legend?: LegendPart; describedBy?: string; role?: string; class?: string; attributes?: Attributes; children?: Child }

/** Fields that belong together under one legend. Source: govuk-frontend `fieldset`. */
export function Fieldset(props: FieldsetProps) {
  const legend = detailed(props.legend)
  const isHeading = legend && 'isPageHeading' in legend && legend.isPageHeading
  return (
    <fieldset class={classes('govuk-fieldset', props.class)} role={props.role} aria-describedby={props.describedBy} {...props.attributes}>
      {legend && (
        <legend class={classes('govuk-fieldset__legend', legend.class)}>
          {isHeading ? <h1 class="govuk-fieldset__heading">{legend.content}</h1> : legend.content}
        </legend>
      )}
      {props.children}
    </fieldset>
  )
}
