// Going to an identity provider and coming back. Starting is a link, because `form-action` of our pages stays 'self'.
import type { HttpContext } from '#http/route.ts'
import { requireRecentSignIn } from '#http/recent.ts'
import { seeOther } from '#http/page.ts'
import type { Visit } from '#http/visit.ts'
import { DomainError } from '#kernel/errors.ts'
import type { ProviderErrand } from '#kernel/identity/identity.ts'
import { logLine } from '#kernel/log.ts'
import { limit, portalPage } from '../portal/frame.tsx'
import { codeForm } from '../portal/sign-in.tsx'
import { giveCookies, isHere, landed, landing } from './landing.ts'
import { signInTexts } from './texts.ts'

/** `GET /sign-in/with/:provider?for=&next=&token=` */
export async function providerStart(visit: Visit, context: HttpContext): Promise<Response> {
  const next = context.req.query('next') ?? ''
  const errand = errandOf(visit, context)
  if (errand.mode === 'sign_in' && visit.session) return seeOther(landing(visit, visit.session.kind, next))
  await limit(visit, 'codesTried')
  const { location } = await visit.identity.beginProvider({
    providerId: context.req.param('provider') ?? '',
    binding: visit.binding,
    next,
    errand,
  })
  return seeOther(location)
}

function errandOf(visit: Visit, context: HttpContext): ProviderErrand {
  switch (context.req.query('for')) {
    case 'link': {
      const { userId, sessionId } = requireRecentSignIn(visit)
      return { mode: 'link', userId, sessionId }
    }
    case 'again': {
      const { session } = visit
      if (!session) throw new DomainError('unauthenticated', 'sign_in.needed', 'Sign in first.')
      return { mode: 'again', userId: session.userId, sessionId: session.sessionId }
    }
    case 'invitation':
      return { mode: 'invitation', token: context.req.query('token') ?? '' }
    default:
      return { mode: 'sign_in' }
  }
}

/** `GET /sign-in/with/:provider/return`: the provider's answer. */
export async function providerReturn(visit: Visit, context: HttpContext): Promise<Response> {
  const providerId = context.req.param('provider') ?? ''
  await limit(visit, 'codesTried')
  const outcome = await visit.identity
    .finishProvider({
      providerId,
      query: new URL(context.req.url).searchParams,
      binding: visit.binding,
      headers: context.req.raw.headers,
      language: visit.language,
    })
    .catch((error: unknown) => {
      // The message names the check that failed and nothing that the provider sent.
      if (error instanceof DomainError && error.code === 'provider.refused' && /^[a-z][a-z0-9-]{1,30}$/.test(providerId))
        logLine('warning', 'provider.refused', { tenant: visit.ctx.tenant, provider: providerId, reason: error.message })
      throw error
    })
  giveCookies(context, outcome.cookies)
  if (outcome.needsTotp) return codeForm(visit, outcome.next)
  if (outcome.errand === 'link') return seeOther(`${visit.base}/account/security?did=saved`)
  if (outcome.errand !== 'again') return landed(visit, outcome.cookies, outcome.next)
  return isHere(visit, outcome.next) ? seeOther(outcome.next) : confirmedPage(visit)
}

function confirmedPage(visit: Visit): Promise<Response> {
  const t = signInTexts(visit.language)
  return portalPage(
    visit,
    { title: t('providerBackTitle'), path: '/account/security' },
    <>
      <h1 class="govuk-heading-l">{t('providerBackTitle')}</h1>
      <p class="govuk-body-l">{t('providerBack')}</p>
    </>,
  )
}
