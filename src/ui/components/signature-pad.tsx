// A box to write one's name in, with finger, pen or mouse (src/web/islands/signature.ts). Without a script it says how else to sign.
import { assetAddress } from '../assets.ts'
import { useLanguage } from '../context.ts'
import { uiTexts } from '../ui-texts.ts'

export function SignaturePad(props: { id: string; label: string; hint?: string | undefined; error?: string | undefined; value: string }) {
  const t = uiTexts(useLanguage())
  const { id, label, hint, error, value } = props
  const described = [hint ? `${id}-hint` : '', error ? `${id}-error` : ''].filter(Boolean).join(' ')
  return (
    <div class={error ? 'govuk-form-group govuk-form-group--error' : 'govuk-form-group'} id={id} tabindex={-1}>
      <span class="govuk-label" id={`${id}-label`}>
        {label}
      </span>
      {hint && (
        <div class="govuk-hint" id={`${id}-hint`}>
          {hint}
        </div>
      )}
      {error && (
        <p class="govuk-error-message" id={`${id}-error`}>
          {error}
        </p>
      )}
      <p class="govuk-body xl-sign__without">{t('signWithout')}</p>
      <fieldset
        class="govuk-fieldset xl-sign"
        data-island={assetAddress('signature.js')}
        hidden
        aria-labelledby={`${id}-label`}
        {...(described ? { 'aria-describedby': described } : {})}
      >
        <input type="hidden" name={id} value={value} />
        <svg viewBox="0 0 600 200" class="xl-sign__box" role="img" aria-label={t('signBox')}>
          <path fill="none" stroke="currentColor" stroke-width="5" stroke-linecap="round" stroke-linejoin="round" />
        </svg>
        <button type="button" class="govuk-button govuk-button--secondary govuk-!-margin-bottom-0">
          {t('signAgain')}
        </button>
      </fieldset>
    </div>
  )
}
