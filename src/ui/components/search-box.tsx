import { useLanguage } from '../context.ts'
import { spellcheckOf } from '../html.ts'
import type { Child } from '../html.ts'
import { uiTexts } from '../ui-texts.ts'

export type SearchBoxProps = { action: string; label: Child; name?: string; value?: string; id?: string; isLabelHidden?: boolean }

/** One box and one button; a plain GET form. */
export function SearchBox(props: SearchBoxProps) {
  const t = uiTexts(useLanguage())
  const id = props.id ?? 'search'
  return (
    // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- the browsers inside older WeChat do not know <search>
    <form class="xl-search" action={props.action} method="get" role="search">
      <label class={props.isLabelHidden ? 'govuk-visually-hidden' : 'govuk-label'} for={id}>
        {props.label}
      </label>
      <div class="xl-search__row">
        <input class="govuk-input" id={id} name={props.name ?? 'q'} type="search" value={props.value} {...spellcheckOf(false)} />
        <button class="govuk-button" data-module="govuk-button">
          {t('search')}
        </button>
      </div>
    </form>
  )
}
