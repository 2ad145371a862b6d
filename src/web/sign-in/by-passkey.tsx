// Signing in with a passkey, staff and residents alike. Nobody is asked for a name: the passkey says whose it is.
import type { HttpContext } from '#http/route.ts'
import { seeOther } from '#http/page.ts'
import type { Visit } from '#http/visit.ts'
import { ErrorSummary } from '#ui/components/error-summary.tsx'
import { limit, one, portalPage, readPost } from '../portal/frame.tsx'
import { type Failure, failureOf, failureStatus } from './failure.ts'
import { giveCookies, landed, landing } from './landing.ts'
import { OtherWays } from './other-ways.tsx'
import { PasskeyForm } from './passkey-form.tsx'
import { signInTexts } from './texts.ts'

/** `GET /sign-in/passkey?next=` */
export function passkeyPage(visit: Visit, context: HttpContext): Response | Promise<Response> {
  const next = context.req.query('next') ?? ''
  return visit.session ? seeOther(landing(visit, visit.session.kind, next)) : show(visit, next)
}

/** `POST /sign-in/passkey` */
export async function passkeyPost(visit: Visit, context: HttpContext): Promise<Response> {
  const body = await readPost(visit, context)
  const next = one(body, 'next')
  try {
    await limit(visit, 'codesTried')
    const { cookies } = await visit.identity.signInByPasskey({
      response: one(body, 'answer'),
      binding: visit.binding,
      headers: context.req.raw.headers,
    })
    giveCookies(context, cookies)
    return await landed(visit, cookies, next)
  } catch (error) {
    return show(visit, next, failureOf(visit, error))
  }
}

async function show(visit: Visit, next: string, failure?: Failure): Promise<Response> {
  const t = signInTexts(visit.language)
  const possible = visit.identity.passkeysPossible()
  const options = possible ? await visit.identity.askForPasskey(visit.binding) : undefined
  const providers = await visit.identity.listProviders()
  const others = <OtherWays visit={visit} next={next} providers={providers} without="passkey" />
  return portalPage(
    visit,
    {
      title: t('passkeyTitle'),
      path: '/sign-in/passkey',
      status: failureStatus(failure),
      hasErrors: failure !== undefined,
      headers: failure?.headers ?? {},
      scripts: ['passkey.js'],
    },
    <>
      {failure && <ErrorSummary title={t('errors')} errors={[{ text: failure.text, href: '#main' }]} />}
      <h1 class="govuk-heading-xl">{t('passkeyTitle')}</h1>
      {options ? (
        <>
          <p class="govuk-body">{t('passkeyLead')}</p>
          <PasskeyForm
            action={`${visit.base}/sign-in/passkey`}
            ceremony="get"
            options={options}
            answerName="answer"
            button={t('passkeyUse')}
            failed={t('passkeyFailed')}
            off={<p class="govuk-body">{t('passkeyOff')}</p>}
          >
            {next !== '' && <input type="hidden" name="next" value={next} />}
          </PasskeyForm>
        </>
      ) : (
        <p class="govuk-body">{t('passkeyHost')}</p>
      )}
      {others}
    </>,
  )
}
