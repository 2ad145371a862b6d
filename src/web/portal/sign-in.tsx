// Signing in and out, for residents and staff alike. A wrong name and a wrong password get one answer.
import { DomainError } from '#kernel/errors.ts'
import type { HttpContext } from '#http/route.ts'
import { seeOther } from '#http/page.ts'
import type { Visit } from '#http/visit.ts'
import { Button } from '#ui/components/button.tsx'
import { ErrorSummary } from '#ui/components/error-summary.tsx'
import { Form } from '#ui/components/form.tsx'
import { Input } from '#ui/components/input.tsx'
import { giveCookies, landed, landing, nextQuery } from '../sign-in/landing.ts'
import { OtherWays } from '../sign-in/other-ways.tsx'
import { accountTexts } from './account-texts.ts'
import { one, portalPage, readPost } from './frame.tsx'
import { minutesToWait, problemOf } from './problems.ts'

/** `GET /sign-in?next=` */
export function signInPage(visit: Visit, context: HttpContext): Response | Promise<Response> {
  const next = context.req.query('next') ?? ''
  if (visit.session) return seeOther(landing(visit, visit.session.kind, next))
  return signInForm(visit, { email: '', next })
}

/** `POST /sign-in` */
export async function signInPost(visit: Visit, context: HttpContext): Promise<Response> {
  const body = await readPost(visit, context)
  const typed = { email: one(body, 'email'), next: one(body, 'next') }
  try {
    const result = await visit.identity.signIn({
      email: typed.email,
      password: one(body, 'password'),
      headers: context.req.raw.headers,
      address: visit.address,
    })
    giveCookies(context, result.cookies)
    if ('needsTotp' in result) return codeForm(visit, typed.next)
    return await landed(visit, result.cookies, typed.next)
  } catch (error) {
    return signInForm(visit, typed, refusalOf(error))
  }
}

/** `POST /sign-in/code`: the second step. */
export async function codePost(visit: Visit, context: HttpContext): Promise<Response> {
  const body = await readPost(visit, context)
  const next = one(body, 'next')
  try {
    const { cookies } = await visit.identity.finishSignIn({ totp: one(body, 'code'), headers: context.req.raw.headers })
    giveCookies(context, cookies)
    return await landed(visit, cookies, next)
  } catch (error) {
    const refusal = refusalOf(error)
    return refusal.code === 'sign_in.expired' ? signInForm(visit, { email: '', next }, refusal) : codeForm(visit, next, refusal)
  }
}

/** `POST /sign-out` */
export async function signOutPost(visit: Visit, context: HttpContext): Promise<Response> {
  await readPost(visit, context)
  giveCookies(context, (await visit.identity.signOut(context.req.raw.headers)).cookies)
  return seeOther(visit.base)
}

/** Only refusals to sign in are answered on the page. */
function refusalOf(error: unknown): DomainError {
  if (error instanceof DomainError && (error.kind === 'unauthenticated' || error.kind === 'too_many' || error.kind === 'invalid')) return error
  throw error
}

function textOf(visit: Visit, refusal: DomainError): string {
  const { text } = problemOf(refusal, visit.language)
  const minutes = minutesToWait(refusal)
  if (minutes === undefined) return text
  return visit.language === 'zh' ? `${text}（约 ${minutes} 分钟）` : `${text} (about ${minutes} minutes)`
}

async function signInForm(visit: Visit, typed: { email: string; next: string }, refusal?: DomainError): Promise<Response> {
  const { base, language } = visit
  const providers = await visit.identity.listProviders()
  const t = accountTexts(language)
  const error = refusal && textOf(visit, refusal)
  const headers: Record<string, string> = refusal?.kind === 'too_many' ? { 'retry-after': String((minutesToWait(refusal) ?? 1) * 60) } : {}
  return portalPage(
    visit,
    {
      title: t('signIn'),
      path: '/sign-in',
      status: refusal ? (refusal.kind === 'too_many' ? 429 : 422) : 200,
      hasErrors: refusal !== undefined,
      headers,
    },
    <>
      {error !== undefined && <ErrorSummary title={t('errors')} errors={[{ text: error, href: '#email' }]} />}
      <h1 class="govuk-heading-xl">{t('signIn')}</h1>
      <p class="govuk-body">{t('signInLead')}</p>
      {/* The answer may be the page of the second step: Turbo takes only redirects and refusals. */}
      <Form action={`${base}/sign-in`} attributes={{ 'data-turbo': 'false' }}>
        {typed.next !== '' && <input type="hidden" name="next" value={typed.next} />}
        <Input name="email" type="email" label={t('email')} value={typed.email} error={error} autocomplete="username" spellcheck={false} />
        <Input name="password" type="password" label={t('password')} autocomplete="current-password" />
        <Button>{t('signIn')}</Button>
      </Form>
      <p class="govuk-body">
        <a class="govuk-link" href={`${base}/account/reset`}>
          {t('forgot')}
        </a>
      </p>
      <p class="govuk-body">
        {t('noAccount')}{' '}
        <a class="govuk-link" href={`${base}/sign-up`}>
          {t('signUp')}
        </a>
      </p>
      <OtherWays visit={visit} next={typed.next} providers={providers} without="password" />
    </>,
  )
}

/** The second step: a code of the authenticator app, or a recovery code. */
export function codeForm(visit: Visit, next: string, refusal?: DomainError): Promise<Response> {
  const t = accountTexts(visit.language)
  const error = refusal && textOf(visit, refusal)
  return portalPage(
    visit,
    { title: t('codeTitle'), path: '/sign-in', status: refusal ? 422 : 200, hasErrors: refusal !== undefined },
    <>
      {error !== undefined && <ErrorSummary title={t('errors')} errors={[{ text: error, href: '#code' }]} />}
      <h1 class="govuk-heading-xl">{t('codeTitle')}</h1>
      <Form action={`${visit.base}/sign-in/code`}>
        {next !== '' && <input type="hidden" name="next" value={next} />}
        <Input
          name="code"
          label={t('code')}
          hint={t('codeHint')}
          error={error}
          inputmode="numeric"
          autocomplete="one-time-code"
          class="govuk-input--width-10"
        />
        <Button>{t('next')}</Button>
      </Form>
      {visit.identity.passkeysPossible() && (
        <p class="govuk-body">
          <a class="govuk-link" href={`${visit.base}/sign-in/passkey${nextQuery(next)}`}>
            {t('codePasskey')}
          </a>
        </p>
      )}
    </>,
  )
}
