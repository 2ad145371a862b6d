import { useLanguage } from '../context.ts'
import type { Child } from '../html.ts'
import { uiTexts } from '../ui-texts.ts'

/** A receipt code in large groups, easy to write down; a copy button where the browser can copy. */
export function CopyCode(props: { code: string; label?: Child }) {
  const t = uiTexts(useLanguage())
  return (
    <div class="xl-code">
      <span class="xl-code__label">{props.label ?? t('code')}</span>
      <span class="xl-code__groups">
        {props.code.split('-').map((group, index) => (
          <span>
            {index > 0 && <span class="govuk-visually-hidden">-</span>}
            {group}
          </span>
        ))}
      </span>
      <button
        type="button"
        class="govuk-button govuk-button--secondary govuk-button--small xl-code__copy"
        data-copy={props.code}
        data-copied={t('copied')}
        hidden
      >
        {t('copy')}
      </button>
    </div>
  )
}
