// Showing again who one is (src/http/recent.ts). The page carries the whole refused post in hidden fields and sends it to the same
// address with `?again`, so one confirmation carries out what was meant and nothing that was typed is lost.
import type { HttpContext } from '#http/route.ts'
import { requireRecentSignIn } from '#http/recent.ts'
import { seeOther } from '#http/page.ts'
import type { Visit } from '#http/visit.ts'
import { DomainError } from '#kernel/errors.ts'
import type { Provider, User } from '#kernel/identity/identity.ts'
import { Button } from '#ui/components/button.tsx'
import { ErrorSummary } from '#ui/components/error-summary.tsx'
import { Form } from '#ui/components/form.tsx'
import { Input } from '#ui/components/input.tsx'
import { InsetText } from '#ui/components/inset-text.tsx'
import type { FormBody } from '#ui/form/parse-form-body.ts'
import { one, portalPage, readPost } from '../portal/frame.tsx'
import { limitCodes } from './by-code.tsx'
import { type Failure, failureOf } from './failure.ts'
import { isHere, landing } from './landing.ts'
import { PasskeyForm } from './passkey-form.tsx'
import { signInTexts } from './texts.ts'

/** Fields of this page; everything else belongs to the page that asked. */
const own = ['_csrf', '_again', '_password', '_passkey', '_code', '_codeId']

type Waiting = { action: string; fields: [string, string][]; lostFile: boolean; codeId?: string; failure?: Failure }

/** Runs a page's handler; where it asks for a recent sign-in, shows this page instead, and afterwards runs it. */
export async function withRecentSignIn(visit: Visit, context: HttpContext, handle: () => Response | Promise<Response>): Promise<Response> {
  const posted = context.req.method === 'POST'
  const again = posted && visit.session !== undefined && context.req.query('again') !== undefined
  const waiting = again ? await confirm(visit, context) : undefined
  if (waiting) return againForm(visit, waiting)
  try {
    return await handle()
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== 'sign_in.recent_needed') throw error
    if (posted) return againForm(visit, { ...(await waitingOf(visit, context)), ...(again ? { failure: notYet(visit) } : {}) })
    const url = new URL(context.req.url)
    return seeOther(`${visit.base}/sign-in/again?next=${encodeURIComponent(url.pathname + url.search)}`)
  }
}

/** `GET /sign-in/again?next=` */
export function againPage(visit: Visit, context: HttpContext): Promise<Response> {
  const next = context.req.query('next') ?? ''
  return againForm(visit, { action: `${visit.base}/sign-in/again`, fields: [['next', next]], lostFile: false })
}

/** `POST /sign-in/again?again`: on to where the person was. */
export async function againPost(visit: Visit, context: HttpContext): Promise<Response> {
  const body = await readPost(visit, context)
  const { kind } = requireRecentSignIn(visit)
  const next = one(body, 'next')
  return seeOther(isHere(visit, next) ? next : landing(visit, kind, ''))
}

/** Undefined when the page may go on to what was meant; else what this page shows. */
async function confirm(visit: Visit, context: HttpContext): Promise<Waiting | undefined> {
  const { session, identity, language } = visit
  if (!session) return undefined
  const waiting = await waitingOf(visit, context)
  const body = await readPost(visit, context)
  const { userId, sessionId } = session
  const codeId = one(body, '_codeId')
  try {
    switch (one(body, '_again')) {
      case 'send':
        await limitCodes(visit)
        return { ...waiting, codeId: (await identity.requestOwnCode({ userId, language })).codeId }
      case 'password':
        await identity.confirmByPassword({ userId, sessionId, password: one(body, '_password') })
        break
      case 'code':
        await identity.confirmByCode({ userId, sessionId, codeId, code: one(body, '_code') })
        break
      case 'passkey':
        await identity.confirmByPasskey({ userId, sessionId, response: one(body, '_passkey') })
        break
    }
  } catch (error) {
    return { ...waiting, ...(codeId === '' ? {} : { codeId }), failure: failureOf(visit, error) }
  }
  // Whatever was shown, the session's row says whether it counts.
  const fresh = await identity.readSession(context.req.raw.headers)
  if (fresh) session.authenticatedAt = fresh.authenticatedAt
  return undefined
}

async function waitingOf(visit: Visit, context: HttpContext): Promise<Waiting> {
  const body = await readPost(visit, context)
  const url = new URL(context.req.url)
  url.searchParams.delete('again')
  const carried = Object.entries(body).filter(([name]) => !own.includes(name))
  return { action: url.pathname + url.search, fields: carried.flatMap(([name, value]) => texts(name, value)), lostFile: carried.some(hasFile) }
}

const texts = (name: string, value: FormBody[string]): [string, string][] =>
  [value].flat().flatMap((item): [string, string][] => (typeof item === 'string' ? [[name, item]] : []))

const hasFile = ([, value]: [string, FormBody[string]]) => [value].flat().some((item) => typeof item === 'object' && item.size > 0)

const notYet = (visit: Visit): Failure => ({ text: signInTexts(visit.language)('againNot'), status: 422, code: 'again', headers: {} })

async function againForm(visit: Visit, waiting: Waiting): Promise<Response> {
  const t = signInTexts(visit.language)
  const { identity, session } = visit
  const user = session && (await identity.findUser(session.userId))
  if (!session || !user) throw new DomainError('unauthenticated', 'sign_in.needed', 'Sign in first.')
  const { failure } = waiting
  const hasPasskey = identity.passkeysPossible() && (await identity.listPasskeys(user.userId)).length > 0
  const options = hasPasskey ? await identity.askForPasskey(visit.binding) : undefined
  const linked = new Set((await identity.listLinks(user.userId)).map((link) => link.issuer))
  const providers = (await identity.listProviders()).filter((provider) => provider.enabled && linked.has(provider.issuer))
  return portalPage(
    visit,
    {
      title: t('againTitle'),
      path: '/sign-in/again',
      status: failure?.status ?? 401,
      hasErrors: failure !== undefined,
      headers: failure?.headers ?? {},
      ...(options ? { scripts: ['passkey.js'] } : {}),
    },
    <>
      {failure && <ErrorSummary title={t('errors')} errors={[{ text: failure.text, href: '#main' }]} />}
      <h1 class="govuk-heading-xl">{t('againTitle')}</h1>
      <p class="govuk-body">{t('againLead')}</p>
      {waiting.lostFile && <InsetText>{t('againFile')}</InsetText>}
      {options && (
        <PasskeyForm
          action={actionOf(waiting)}
          ceremony="get"
          options={options}
          answerName="_passkey"
          button={t('passkeyAgain')}
          failed={t('passkeyFailed')}
          off={user.hasPassword ? '' : <p class="govuk-body">{t('passkeyOff')}</p>}
        >
          <Carried waiting={waiting} way="passkey" />
        </PasskeyForm>
      )}
      {user.hasPassword ? (
        <PasswordForm visit={visit} waiting={waiting} email={user.email} />
      ) : (
        <CodeForm visit={visit} waiting={waiting} user={user} />
      )}
      {providers.length > 0 && <Providers visit={visit} waiting={waiting} providers={providers} />}
    </>,
  )
}

const actionOf = (waiting: Waiting) => `${waiting.action}${waiting.action.includes('?') ? '&' : '?'}again=1`

function Carried({ waiting, way }: { waiting: Waiting; way: string }) {
  return (
    <>
      {waiting.fields.map(([name, value]) => (
        <input type="hidden" name={name} value={value} />
      ))}
      <input type="hidden" name="_again" value={way} />
    </>
  )
}

type PartProps = { visit: Visit; waiting: Waiting }

function PasswordForm({ visit, waiting, email }: PartProps & { email: string }) {
  const t = signInTexts(visit.language)
  return (
    <Form action={actionOf(waiting)} attributes={{ 'data-turbo': 'false' }}>
      <Carried waiting={waiting} way="password" />
      {/* For password managers: which account this is. */}
      <input type="text" value={email} autocomplete="username" hidden readonly aria-label={t('email')} />
      <Input
        name="_password"
        type="password"
        label={t('password')}
        error={waiting.failure?.text}
        autocomplete="current-password"
        class="govuk-input--width-20"
      />
      <Button>{t('confirm')}</Button>
    </Form>
  )
}

/** For accounts without a password: a code to the phone or address that the account has. */
function CodeForm({ visit, waiting, user }: PartProps & { user: User }) {
  const t = signInTexts(visit.language)
  if (user.phone === '' && user.email === '') return <></>
  if (waiting.codeId === undefined)
    return (
      <Form action={actionOf(waiting)} attributes={{ 'data-turbo': 'false' }}>
        <Carried waiting={waiting} way="send" />
        <Button class="govuk-button--secondary">{t('sendOwn')}</Button>
      </Form>
    )
  return (
    <Form action={actionOf(waiting)} attributes={{ 'data-turbo': 'false' }}>
      <Carried waiting={waiting} way="code" />
      <input type="hidden" name="_codeId" value={waiting.codeId} />
      <p class="govuk-body">{t('sentOwn')}</p>
      <Input
        name="_code"
        label={t('code')}
        error={waiting.failure?.text}
        inputmode="numeric"
        autocomplete="one-time-code"
        class="govuk-input--width-10"
      />
      <Button>{t('confirm')}</Button>
    </Form>
  )
}

/** In a page of its own, so that what was typed stays in this one. */
function Providers({ visit, waiting, providers }: PartProps & { providers: Provider[] }) {
  const t = signInTexts(visit.language)
  return (
    <>
      <ul class="govuk-list">
        {providers.map((provider) => (
          <li>
            <a class="govuk-link" target="_blank" rel="noopener" href={`${visit.base}/sign-in/with/${provider.providerId}?for=again`}>
              {t('withProvider', { label: provider.label[visit.language] })}
            </a>
          </li>
        ))}
      </ul>
      <Form action={actionOf(waiting)} attributes={{ 'data-turbo': 'false' }}>
        <Carried waiting={waiting} way="provider" />
        <Button class="govuk-button--secondary">{t('providerDone')}</Button>
      </Form>
    </>
  )
}
