import { useLanguage } from '../context.ts'
import { classes, present } from '../html.ts'
import type { Attributes, Child, Maybe } from '../html.ts'
import { uiTexts } from '../ui-texts.ts'

export type Tab = { id?: string; label: Child; panel?: Child; attributes?: Attributes; panelAttributes?: Attributes }
export type TabsProps = { items?: readonly Maybe<Tab>[]; idPrefix?: string; title?: Child; id?: string; class?: string; attributes?: Attributes }

/** Tabs; without JavaScript a list of contents above all panels. Source: govuk-frontend `tabs`. */
export function Tabs(props: TabsProps) {
  const t = uiTexts(useLanguage())
  const items = props.items ?? []
  const idOf = (tab: Tab, index: number) => tab.id ?? `${props.idPrefix ?? ''}-${index + 1}`
  return (
    <div id={props.id} class={classes('govuk-tabs', props.class)} {...props.attributes} data-module="govuk-tabs">
      <h2 class="govuk-tabs__title">{props.title ?? t('contents')}</h2>
      {present(items).length > 0 && (
        <ul class="govuk-tabs__list">
          {items.map(
            (tab, index) =>
              tab && (
                <li class={classes('govuk-tabs__list-item', index === 0 && 'govuk-tabs__list-item--selected')}>
                  <a class="govuk-tabs__tab" href={`#${idOf(tab, index)}`} {...tab.attributes}>
                    {tab.label}
                  </a>
                </li>
              ),
          )}
        </ul>
      )}
      {items.map(
        (tab, index) =>
          tab && (
            <div class={classes('govuk-tabs__panel', index > 0 && 'govuk-tabs__panel--hidden')} id={idOf(tab, index)} {...tab.panelAttributes}>
              {typeof tab.panel === 'string' ? <p class="govuk-body">{tab.panel}</p> : tab.panel}
            </div>
          ),
      )}
    </div>
  )
}
