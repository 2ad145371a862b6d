import { useLanguage } from '../context.ts'
import type { Child } from '../html.ts'
import { uiTexts } from '../ui-texts.ts'
import { Button } from './button.tsx'

/** A filter in force: its words and the address of the page without it. */
export type ChosenFilter = { text: string; removeHref: string }
export type FilterBarProps = { action: string; children?: Child; chosen?: readonly ChosenFilter[]; clearHref?: string; label?: string }

/** Filters of a list as a plain GET form; what is chosen is listed and can be taken off one by one. */
export function FilterBar(props: FilterBarProps) {
  const t = uiTexts(useLanguage())
  const chosen = props.chosen ?? []
  return (
    <form class="xl-filter" action={props.action} method="get" aria-label={props.label ?? t('filter')}>
      {chosen.length > 0 && (
        <ul class="xl-filter__chosen" aria-label={t('chosenFilters')}>
          {chosen.map((filter) => (
            <li>
              <a class="govuk-link" href={filter.removeHref}>
                <span class="govuk-visually-hidden">{t('removeFilter')} </span>
                {filter.text} <span aria-hidden="true">×</span>
              </a>
            </li>
          ))}
          {props.clearHref && (
            <li>
              <a class="govuk-link" href={props.clearHref}>
                {t('clearFilter')}
              </a>
            </li>
          )}
        </ul>
      )}
      <div class="xl-filter__fields">
        {props.children}
        <Button class="govuk-button--secondary">{t('filter')}</Button>
      </div>
    </form>
  )
}
