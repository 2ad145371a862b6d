import { useLanguage } from '../context.ts'
import { classes } from '../html.ts'
import type { Attributes, Child } from '../html.ts'
import { uiTexts } from '../ui-texts.ts'

export type BreadcrumbItem = { text: Child; href?: string; attributes?: Attributes }
export type BreadcrumbsProps = {
  items: readonly BreadcrumbItem[]
  collapseOnMobile?: boolean
  labelText?: string
  class?: string
  attributes?: Attributes
}

/** The way from the front page to here. Source: govuk-frontend `breadcrumbs`. */
export function Breadcrumbs(props: BreadcrumbsProps) {
  const t = uiTexts(useLanguage())
  return (
    <nav
      class={classes('govuk-breadcrumbs', props.class, props.collapseOnMobile && 'govuk-breadcrumbs--collapse-on-mobile')}
      {...props.attributes}
      aria-label={props.labelText ?? t('breadcrumb')}
    >
      <ol class="govuk-breadcrumbs__list">
        {props.items.map((item) =>
          item.href ? (
            <li class="govuk-breadcrumbs__list-item">
              <a class="govuk-breadcrumbs__link" href={item.href} {...item.attributes}>
                {item.text}
              </a>
            </li>
          ) : (
            <li class="govuk-breadcrumbs__list-item" aria-current="page">
              {item.text}
            </li>
          ),
        )}
      </ol>
    </nav>
  )
}

/** One step back. Source: govuk-frontend `back-link`. */
export function BackLink(props: { href?: string; class?: string; attributes?: Attributes; children?: Child }) {
  const t = uiTexts(useLanguage())
  return (
    // oxlint-disable-next-line jsx-a11y/anchor-is-valid -- the address is always given
    <a href={props.href || '#'} class={classes('govuk-back-link', props.class)} {...props.attributes}>
      {props.children ?? t('back')}
    </a>
  )
}
