// Signing in and out, for residents and staff alike. A wrong name and a wrong password get one answer.
import { DomainError } from '#kernel/errors.ts'
import type { HttpContext } from '#http/route.ts'
import { seeOther } from '#http/page.ts'
import type { Visit } from '#http/visit.ts'
import { Button } from '#ui/components/button.tsx'
import { ErrorSummary } from '#ui/components/error-summary.tsx'
import { Form } from '#ui/components/form.tsx'
import { Input } from '#ui/components/input.tsx'
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

/** Cookies as better-auth wrote them. */
export function giveCookies(context: HttpContext, cookies: string[]): void {
  for (const cookie of cookies) context.header('set-cookie', cookie, { append: true })
}

/** Only refusals to sign in are answered on the page. */
function refusalOf(error: unknown): DomainError {
  if (error instanceof DomainError && (error.kind === 'unauthenticated' || error.kind === 'too_many' || error.kind === 'invalid')) return error
  throw error
}

async function landed(visit: Visit, cookies: string[], next: string): Promise<Response> {
  const headers = new Headers({ cookie: cookies.map((cookie) => cookie.split(';', 1)[0]).join('; ') })
  const session = await visit.identity.readSession(headers)
  return seeOther(landing(visit, session?.kind ?? 'resident', next))
}

/** Where a session leads; `next` only within this town, so that no link of a stranger is followed. */
function landing(visit: Visit, kind: 'staff' | 'resident', next: string): string {
  const own = kind === 'staff' ? `${visit.base}/workspace` : `${visit.base}/account`
  const isHere = next.startsWith(`${visit.base}/`) && !/[\\\s]|\/\//.test(next)
  const isFor = kind === 'staff' ? next.startsWith(`${visit.base}/workspace`) : !next.startsWith(`${visit.base}/workspace`)
  return isHere && isFor ? next : own
}

function textOf(visit: Visit, refusal: DomainError): string {
  const { text } = problemOf(refusal, visit.language)
  const minutes = minutesToWait(refusal)
  if (minutes === undefined) return text
  return visit.language === 'zh' ? `${text}（约 ${minutes} 分钟）` : `${text} (about ${minutes} minutes)`
}

function signInForm(visit: Visit, typed: { email: string; next: string }, refusal?: DomainError): Promise<Response> {
  const { base, language } = visit
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
      <Form action={`${base}/sign-in`}>
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
    </>,
  )
}

function codeForm(visit: Visit, next: string, refusal?: DomainError): Promise<Response> {
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
    </>,
  )
}
