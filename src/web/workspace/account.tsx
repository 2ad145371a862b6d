// One's own account: second factor, sessions, tokens of programs, language.
import { createToken, listTokens, revokeToken } from '#kernel/identity/tokens.ts'
import { qrSvg } from '#kernel/documents/qr.ts'
import { DomainError } from '#kernel/errors.ts'
import type { Session, SessionEntry, TotpSetup } from '#kernel/identity/identity.ts'
import type { TokenEntry } from '#kernel/identity/tokens.ts'
import type { HttpContext } from '#http/route.ts'
import { seeOther } from '#http/page.ts'
import { requireRecentSignIn } from '#http/recent.ts'
import type { Visit } from '#http/visit.ts'
import { Button } from '#ui/components/button.tsx'
import { Form } from '#ui/components/form.tsx'
import { Input } from '#ui/components/input.tsx'
import { InsetText } from '#ui/components/inset-text.tsx'
import { NotificationBanner } from '#ui/components/notification-banner.tsx'
import { Select } from '#ui/components/select.tsx'
import { Table } from '#ui/components/table.tsx'
import { Tag } from '#ui/components/tag.tsx'
import { errorsByField } from '#ui/form/form-texts.ts'
import { accountTexts as texts } from './account-texts.ts'
import { one, readPost, work, workPage } from './frame.tsx'
import { Refusal } from './grouped-fields.tsx'
import { isRefusal, refusalStatus } from './refusals.ts'
import { timeIn } from './words.ts'

type State = { error?: DomainError; setup?: TotpSetup; token?: string; act?: string }

const sessionOf = (visit: Visit): Session => {
  if (!visit.session) throw new DomainError('unauthenticated', 'sign_in.needed', 'Sign in first.')
  return visit.session
}

export const accountPage = (visit: Visit, context: HttpContext): Promise<Response> => show(visit, context, {})

export async function accountPost(visit: Visit, context: HttpContext): Promise<Response> {
  const body = await readPost(visit, context)
  const act = one(body, '_act')
  try {
    return await run(visit, context, act, (name) => one(body, name).trim())
  } catch (error) {
    // A wrong code is no sign-in that ended: the page stays.
    const refused = error instanceof DomainError && (error.code === 'sign_in.code_refused' || error.kind === 'too_many' || isRefusal(error))
    if (!refused) throw error
    return show(visit, context, { error, act })
  }
}

async function run(visit: Visit, context: HttpContext, act: string, text: (name: string) => string): Promise<Response> {
  const { userId, sessionId } = sessionOf(visit)
  const headers = context.req.raw.headers
  const { db, tenant, clock } = visit.ctx
  const back = (did: string) => seeOther(work(visit, `/account?did=${did}`))
  switch (act) {
    case 'enable':
      return show(visit, context, { setup: await visit.identity.enableTotp({ headers, userId, ...passwordOf(visit, text) }) })
    case 'verify':
      return withCookies(back('factor'), (await visit.identity.verifyTotp({ headers, userId, code: text('code').replaceAll(/\s/g, '') })).cookies)
    case 'disable':
      return withCookies(back('saved'), (await visit.identity.disableTotp({ headers, userId, ...passwordOf(visit, text) })).cookies)
    case 'end-session':
      if (text('session') !== sessionId) requireRecentSignIn(visit)
      await visit.identity.revokeSession({ userId, sessionId: text('session') })
      return text('session') === sessionId ? seeOther(`${visit.base}/sign-in`) : back('saved')
    case 'token': {
      requireRecentSignIn(visit)
      const days = Math.min(365, Math.max(1, Math.trunc(Number(text('days'))) || 90))
      const expiresAt = new Date(clock.now().getTime() + days * 86_400_000)
      const { token } = await createToken(db, tenant, { userId, name: text('name').slice(0, 80), expiresAt }, clock.now())
      return show(visit, context, { token })
    }
    case 'revoke':
      await revokeToken(db, tenant, { userId, tokenId: text('token') }, clock.now())
      return back('saved')
    case 'language':
      await visit.identity.setLanguage(userId, text('language') === 'en' ? 'en' : 'zh')
      return seeOther(work(visit, `/account?did=saved&lang=${text('language') === 'en' ? 'en' : 'zh'}`))
    default:
      return show(visit, context, {})
  }
}

/** The password shows who it is; an account without one (it comes by a provider or a passkey) must have done so just before. */
function passwordOf(visit: Visit, text: (name: string) => string): { password?: string } {
  const password = text('password')
  if (password !== '') return { password }
  requireRecentSignIn(visit)
  return {}
}

function withCookies(response: Response, cookies: string[]): Response {
  for (const cookie of cookies) response.headers.append('set-cookie', cookie)
  return response
}

async function show(visit: Visit, context: HttpContext, state: State): Promise<Response> {
  const t = texts(visit.language)
  const session = sessionOf(visit)
  const user = await visit.identity.findUser(session.userId)
  const sessions = await visit.identity.listSessions(session.userId)
  const tokens = await listTokens(visit.ctx.db, visit.ctx.tenant, session.userId)
  const did = context.req.query('did')
  return workPage(
    visit,
    context,
    {
      title: t('title'),
      active: 'account',
      path: work(visit, '/account'),
      ...(state.error ? { status: refusalStatus(state.error), hasErrors: true } : {}),
    },
    <>
      {state.error && <Refusal error={state.error} language={visit.language} />}
      {did === 'saved' && <NotificationBanner type="success" text={t('saved')} />}
      {did === 'factor' && <NotificationBanner type="success" text={t('factorDone')} />}
      {visit.identity.staffNeedsSecondFactor(session) && <NotificationBanner text={t('factorNeeded')} />}
      <h1 class="govuk-heading-l">{t('title')}</h1>
      <p class="govuk-body">{t('name', { name: session.name, email: session.email })}</p>
      <p class="govuk-body">
        <a class="govuk-link" href={`${visit.base}/account/security`}>
          {t('security')}
        </a>
      </p>
      <h2 class="govuk-heading-m">{t('factor')}</h2>
      <Factor visit={visit} hasApp={await visit.identity.hasApp(session.userId)} hasPassword={user?.hasPassword ?? false} state={state} />
      <h2 class="govuk-heading-m">{t('sessions')}</h2>
      <Sessions visit={visit} sessions={sessions} current={session.sessionId} />
      <h2 class="govuk-heading-m">{t('tokens')}</h2>
      <Tokens visit={visit} tokens={tokens} state={state} />
      <h2 class="govuk-heading-m">{t('language')}</h2>
      <Form action={work(visit, '/account')} attributes={{ 'data-turbo': 'false' }}>
        <Select
          name="language"
          label={t('language')}
          items={[
            { value: 'zh', text: '中文' },
            { value: 'en', text: 'English' },
          ]}
          value={visit.language}
        />
        <Button name="_act" value="language" class="govuk-button--secondary">
          {t('save')}
        </Button>
      </Form>
    </>,
  )
}

function Factor({ visit, hasApp, hasPassword, state }: { visit: Visit; hasApp: boolean; hasPassword: boolean; state: State }) {
  const t = texts(visit.language)
  const action = work(visit, '/account')
  const errors = errorsByField(state.error?.fields ?? [])
  const attributes = { 'data-turbo': 'false', class: 'xl-column' }
  const verifying = state.setup !== undefined || state.act === 'verify'
  return (
    <>
      <p class="govuk-body">{t(hasApp ? 'factorOn' : 'factorOff')}</p>
      {state.setup && (
        <>
          <p class="govuk-body">{t('scan')}</p>
          <img
            class="xl-qr"
            src={`data:image/svg+xml;base64,${Buffer.from(qrSvg(state.setup.uri)).toString('base64')}`}
            alt={t('qr')}
            width="180"
            height="180"
          />
          <p class="govuk-body">
            {t('key')}：<code>{state.setup.secret}</code>
          </p>
          {state.setup.backupCodes.length > 0 && (
            <InsetText>
              {t('backup')}
              <span class="xl-block">
                <code>{state.setup.backupCodes.join('　')}</code>
              </span>
            </InsetText>
          )}
        </>
      )}
      {verifying ? (
        <Form action={action} attributes={attributes}>
          <Input name="code" label={t('code')} inputmode="numeric" autocomplete="one-time-code" class="govuk-input--width-10" />
          <Button name="_act" value="verify">
            {t('confirm')}
          </Button>
        </Form>
      ) : (
        <Form action={action} attributes={attributes}>
          {hasPassword && (
            <Input
              name="password"
              type="password"
              label={t('password')}
              autocomplete="current-password"
              class="govuk-input--width-20"
              {...(errors['password'] ? { error: errors['password'] } : {})}
            />
          )}
          <Button name="_act" value={hasApp ? 'disable' : 'enable'} class={hasApp ? 'govuk-button--warning' : ''}>
            {t(hasApp ? 'stop' : 'start')}
          </Button>
        </Form>
      )}
    </>
  )
}

function Sessions({ visit, sessions, current }: { visit: Visit; sessions: SessionEntry[]; current: string }) {
  const t = texts(visit.language)
  return (
    <Table
      class="xl-table--dense"
      scrollLabel={t('sessions')}
      head={[t('device'), t('since'), t('until'), t('actions')]}
      rows={sessions.map((entry) => [
        { content: entry.sessionId === current ? <strong>{`${entry.device || '—'}（${t('this')}）`}</strong> : entry.device || '—' },
        { content: timeIn(visit.ctx.zone, entry.createdAt), class: 'xl-nowrap' },
        { content: timeIn(visit.ctx.zone, entry.expiresAt), class: 'xl-nowrap' },
        {
          content: (
            <Form action={work(visit, '/account')} attributes={{ class: 'xl-inline', 'data-turbo': 'false' }}>
              <input type="hidden" name="session" value={entry.sessionId} />
              <button class="xl-plain-button" name="_act" value="end-session" aria-label={t('endOne', { device: entry.device || '—' })}>
                {t('end')}
              </button>
            </Form>
          ),
        },
      ])}
    />
  )
}

function Tokens({ visit, tokens, state }: { visit: Visit; tokens: TokenEntry[]; state: State }) {
  const t = texts(visit.language)
  const now = visit.ctx.clock.now()
  const errors = state.act === 'token' ? errorsByField(state.error?.fields ?? []) : {}
  return (
    <>
      <p class="govuk-body">{t('tokensText')}</p>
      {state.token && (
        <InsetText>
          {t('made')}
          <span class="xl-block">
            <code>{state.token}</code>
          </span>
        </InsetText>
      )}
      {tokens.length === 0 ? (
        <p class="govuk-body-s">{t('noTokens')}</p>
      ) : (
        <Table
          class="xl-table--dense"
          scrollLabel={t('tokens')}
          head={[t('tokenName'), t('created'), t('state'), t('actions')]}
          rows={tokens.map((token) => {
            const good = token.revokedAt === null && (token.expiresAt === null || token.expiresAt > now)
            return [
              token.name,
              { content: timeIn(visit.ctx.zone, token.createdAt), class: 'xl-nowrap' },
              { content: <Tag colour={good ? 'green' : 'grey'}>{t(good ? 'valid' : 'ended')}</Tag> },
              {
                content: good ? (
                  <Form action={work(visit, '/account')} attributes={{ class: 'xl-inline' }}>
                    <input type="hidden" name="token" value={token.tokenId} />
                    <button class="xl-plain-button" name="_act" value="revoke" aria-label={t('revokeOne', { name: token.name })}>
                      {t('revoke')}
                    </button>
                  </Form>
                ) : (
                  '—'
                ),
              },
            ]
          })}
        />
      )}
      <Form action={work(visit, '/account')} attributes={{ 'data-turbo': 'false', class: 'xl-column' }}>
        <div class="xl-pair">
          <Input name="name" id="token-name" label={t('tokenName')} {...(errors['name'] ? { error: errors['name'] } : {})} />
          <Input name="days" label={t('tokenDays')} inputmode="numeric" value="90" class="govuk-input--width-5" />
        </div>
        <Button name="_act" value="token" class="govuk-button--secondary">
          {t('make')}
        </Button>
      </Form>
    </>
  )
}
