// The ways somebody signs in, for residents and staff: password, phone and address, passkeys, linked identities, recovery codes.
import type { HttpContext } from '#http/route.ts'
import { requireRecentSignIn } from '#http/recent.ts'
import { seeOther } from '#http/page.ts'
import type { Visit } from '#http/visit.ts'
import { DomainError, notFound } from '#kernel/errors.ts'
import type { Session } from '#kernel/identity/identity.ts'
import { Button } from '#ui/components/button.tsx'
import { ErrorSummary } from '#ui/components/error-summary.tsx'
import { NotificationBanner } from '#ui/components/notification-banner.tsx'
import { Back, one, portalPage, readPost } from '../portal/frame.tsx'
import { type Failure, failureOf, failureStatus } from './failure.ts'
import { Contacts, Links, Others, Passkeys, Password, Recovery, type SecurityFacts } from './security-parts.tsx'
import { signInTexts } from './texts.ts'

/** The session of the guard `account`. */
export function sessionOf(visit: Visit): Session {
  if (!visit.session) throw new DomainError('unauthenticated', 'sign_in.needed', 'Sign in first.')
  return visit.session
}

/** `GET /account/security` */
export const securityPage = (visit: Visit, context: HttpContext): Promise<Response> => show(visit, context.req.query('did') === 'saved')

/** `POST /account/security`: each act changes how somebody gets in, so each asks for a recent sign-in. */
export async function securityPost(visit: Visit, context: HttpContext): Promise<Response> {
  const body = await readPost(visit, context)
  const { userId, sessionId } = requireRecentSignIn(visit)
  const { identity } = visit
  try {
    switch (one(body, '_act')) {
      case 'password':
        await identity.changePassword({ userId, sessionId, password: one(body, 'password') })
        break
      case 'passkey-remove':
        if (!(await identity.removePasskey({ userId, passkeyId: one(body, 'passkey') }))) throw notFound('passkey.not_found')
        break
      case 'unlink':
        if (!(await identity.unlink({ userId, subjectKey: one(body, 'link') }))) throw notFound('provider.not_found')
        break
      case 'others':
        await identity.revokeOtherSessions({ userId, sessionId })
        break
      case 'recovery':
        return await recoveryPage(visit, await identity.makeRecoveryCodes(userId))
    }
    return seeOther(`${visit.base}/account/security?did=saved`)
  } catch (error) {
    return show(visit, false, failureOf(visit, error))
  }
}

async function factsOf(visit: Visit): Promise<SecurityFacts> {
  const { identity } = visit
  const { userId } = sessionOf(visit)
  const user = await identity.findUser(userId)
  if (!user) throw notFound('account.not_found')
  return {
    user,
    passkeys: await identity.listPasskeys(userId),
    links: await identity.listLinks(userId),
    providers: (await identity.listProviders()).filter((provider) => provider.enabled && provider.kind === user.kind),
    recovery: await identity.countRecoveryCodes(userId),
  }
}

async function show(visit: Visit, done: boolean, failure?: Failure): Promise<Response> {
  const t = signInTexts(visit.language)
  const facts = await factsOf(visit)
  const home = facts.user.kind === 'staff' ? `${visit.base}/workspace/account` : `${visit.base}/account`
  return portalPage(
    visit,
    {
      title: t('securityTitle'),
      path: '/account/security',
      active: 'account',
      status: failureStatus(failure),
      hasErrors: failure !== undefined,
      headers: failure?.headers ?? {},
      before: <Back href={home}>{t('backHome')}</Back>,
    },
    <>
      {failure && <ErrorSummary title={t('errors')} errors={[{ text: failure.text, href: '#password' }]} />}
      {done && <NotificationBanner type="success" text={t('done')} />}
      <h1 class="govuk-heading-xl">{t('securityTitle')}</h1>
      <p class="govuk-body">{t('changeNote')}</p>
      <Passkeys visit={visit} facts={facts} />
      {facts.user.kind === 'staff' && <Recovery visit={visit} facts={facts} />}
      {facts.user.kind === 'resident' && <Contacts visit={visit} facts={facts} />}
      <Password visit={visit} facts={facts} failure={failure} />
      {(facts.providers.length > 0 || facts.links.length > 0) && <Links visit={visit} facts={facts} />}
      <Others visit={visit} />
    </>,
  )
}

function recoveryPage(visit: Visit, codes: string[]): Promise<Response> {
  const t = signInTexts(visit.language)
  return portalPage(
    visit,
    { title: t('recoveryTitle'), path: '/account/security', active: 'account' },
    <>
      <h1 class="govuk-heading-xl">{t('recoveryTitle')}</h1>
      <p class="govuk-body-l">{t('recoveryShown')}</p>
      <ol class="govuk-list govuk-list--number">
        {codes.map((code) => (
          <li>
            <code>{code}</code>
          </li>
        ))}
      </ol>
      <Button href={`${visit.base}/account/security`}>{t('recoverySaved')}</Button>
    </>,
  )
}
