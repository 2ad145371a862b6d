import type { Visit } from '#http/visit.ts'
import type { Provider } from '#kernel/identity/identity.ts'
import { nextQuery } from './landing.ts'
import { signInTexts } from './texts.ts'

type OtherWaysProps = { visit: Visit; next: string; providers: readonly Provider[]; without: 'password' | 'passkey' }

/** Links to the ways to sign in but the one of this page. */
export function OtherWays({ visit, next, providers, without }: OtherWaysProps) {
  const t = signInTexts(visit.language)
  const ways = [
    ...(without === 'password' ? [] : [{ text: t('withPassword'), href: `/sign-in${nextQuery(next)}` }]),
    { text: t('byPhone'), href: `/sign-in/by-code?via=phone${nextQuery(next, '&')}` },
    { text: t('byEmail'), href: `/sign-in/by-code?via=email${nextQuery(next, '&')}` },
    ...(without === 'passkey' || !visit.identity.passkeysPossible() ? [] : [{ text: t('byPasskey'), href: `/sign-in/passkey${nextQuery(next)}` }]),
  ]
  return (
    <>
      <h2 class="govuk-heading-m">{t('otherWays')}</h2>
      <ul class="govuk-list govuk-list--spaced">
        {ways.map((way) => (
          <li>
            <a class="govuk-link" href={`${visit.base}${way.href}`}>
              {way.text}
            </a>
          </li>
        ))}
        {providers
          .filter((provider) => provider.enabled)
          .map((provider) => (
            <li>
              {/* Turbo would fetch it on hover; each visit begins a sign-in at the provider. */}
              <a class="govuk-link" data-turbo="false" href={`${visit.base}/sign-in/with/${provider.providerId}${nextQuery(next)}`}>
                {provider.label[visit.language]}
              </a>
            </li>
          ))}
      </ul>
    </>
  )
}
