// A resident's own page: her matters, the devices she is signed in on, her language; and leaving no trace on a shared computer.
import { deleteCookie } from 'hono/cookie'
import { listCases } from '#kernel/cases/lists.ts'
import { as } from '#kernel/context.ts'
import { DomainError } from '#kernel/errors.ts'
import { listProcedures } from '#kernel/procedures/packages.ts'
import type { HttpContext } from '#http/route.ts'
import { seeOther } from '#http/page.ts'
import { requireRecentSignIn } from '#http/recent.ts'
import { cookieRules, type Visit } from '#http/visit.ts'
import { Button } from '#ui/components/button.tsx'
import { formatDate } from '#ui/components/deadline-card.tsx'
import { Form } from '#ui/components/form.tsx'
import { Radios } from '#ui/components/radios.tsx'
import { Table } from '#ui/components/table.tsx'
import { Tag } from '#ui/components/tag.tsx'
import { giveCookies } from '../sign-in/landing.ts'
import { accountTexts } from './account-texts.ts'
import { dropDraft } from './draft-cookie.ts'
import { dropFiled } from './filed-cookie.ts'
import { one, portalPage, readPost } from './frame.tsx'
import { formatInstant } from './words.ts'

const perPage = 20

function residentOf(visit: Visit) {
  if (visit.session?.kind !== 'resident') throw new DomainError('unauthenticated', 'sign_in.needed', 'Sign in first.')
  return visit.session
}

/** `GET /account` */
export async function accountPage(visit: Visit, context: HttpContext): Promise<Response> {
  const { base, language, ctx } = visit
  const t = accountTexts(language)
  const session = residentOf(visit)
  const page = Math.max(1, Number.parseInt(context.req.query('page') ?? '1', 10) || 1)
  const mine = await listCases(as(ctx, { kind: 'resident', accountId: session.userId }), {}, { page, size: perPage }, language)
  const sessions = await visit.identity.listSessions(session.userId)
  const rows = mine.items.map((item) => [
    {
      content: (
        <a class="govuk-link xl-nowrap" href={`${base}/cases/${item.number}`}>
          {item.number}
        </a>
      ),
    },
    {
      content: (
        <>
          {item.subject || item.procedure}
          <br />
          <a class="govuk-link govuk-body-s" href={`${base}/cases/${item.number}/data`} aria-label={`${t('myData')} ${item.number}`}>
            {t('myData')}
          </a>
        </>
      ),
    },
    { content: formatDate(item.filedOn, language), class: 'xl-nowrap' },
    { content: item.outcome || item.standing },
    {
      content:
        item.due === null && !item.missed ? undefined : (
          <>
            {item.due !== null && formatDate(item.due, language)} {item.missed && <Tag colour="red">{t('late')}</Tag>}
          </>
        ),
    },
  ])
  return portalPage(
    visit,
    { title: t('myTitle'), path: '/account', active: 'account', width: 'wide' },
    <>
      <h1 class="govuk-heading-xl">{t('myTitle')}</h1>
      {rows.length === 0 ? (
        <p class="xl-empty">{t('none')}</p>
      ) : (
        <Table head={[t('number'), t('matter'), t('filedOn'), t('state'), t('due')]} rows={rows} asCards />
      )}
      {mine.total > page * perPage && (
        <p class="govuk-body">
          <a class="govuk-link" href={`${base}/account?page=${page + 1}`}>
            {t('more')}
          </a>
        </p>
      )}
      <Button href={`${base}/matters`}>{t('start')}</Button>
      <h2 class="govuk-heading-m">{t('sessions')}</h2>
      <p class="govuk-body">{t('sessionsText')}</p>
      <ul class="govuk-list govuk-list--spaced">
        {sessions.map((entry) => (
          <li>
            {t('until', { device: deviceText(entry.device, language), at: formatInstant(entry.createdAt, ctx.zone, language) })}
            {entry.sessionId === session.sessionId ? (
              t('thisOne')
            ) : (
              <Form action={`${base}/account/sessions`}>
                <input type="hidden" name="session" value={entry.sessionId} />
                <button class="govuk-button govuk-button--secondary govuk-!-margin-bottom-0" data-module="govuk-button">
                  {t('revoke')}
                </button>
              </Form>
            )}
          </li>
        ))}
      </ul>
      <h2 class="govuk-heading-m">{t('language')}</h2>
      <Form action={`${base}/account/language`}>
        <Radios
          name="language"
          value={session.language}
          fieldset={{ legend: { content: t('language'), class: 'govuk-visually-hidden' } }}
          class="govuk-radios--inline"
          items={[
            { value: 'zh', label: '中文' },
            { value: 'en', label: 'English' },
          ]}
        />
        <Button class="govuk-button--secondary">{t('confirm')}</Button>
      </Form>
      <p class="govuk-body">
        <a class="govuk-link" href={`${base}/account/security`}>
          {t('security')}
        </a>
      </p>
    </>,
  )
}

const deviceText = (device: string, language: Visit['language']): string => (device === 'other' ? accountTexts(language)('device.other') : device)

/** `POST /account/sessions`: ends another session of her own. */
export async function sessionPost(visit: Visit, context: HttpContext): Promise<Response> {
  const body = await readPost(visit, context)
  const { userId } = residentOf(visit)
  requireRecentSignIn(visit)
  await visit.identity.revokeSession({ userId, sessionId: one(body, 'session') })
  return seeOther(`${visit.base}/account`)
}

/** `POST /account/language` */
export async function languagePost(visit: Visit, context: HttpContext): Promise<Response> {
  const body = await readPost(visit, context)
  await visit.identity.setLanguage(residentOf(visit).userId, one(body, 'language') === 'en' ? 'en' : 'zh')
  return seeOther(`${visit.base}/account`)
}

/** `POST /clear`: nothing of this person stays in this browser. */
export async function clearPost(visit: Visit, context: HttpContext): Promise<Response> {
  await readPost(visit, context)
  if (visit.session) giveCookies(context, (await visit.identity.signOut(context.req.raw.headers)).cookies)
  for (const name of ['xl_receipt', 'xl_anon', 'xl_lang', 'xl_edition']) deleteCookie(context, name, cookieRules(visit.base, visit.ctx))
  dropFiled(visit, context)
  for (const procedure of await listProcedures(visit.ctx)) dropDraft(visit, context, procedure.slug)
  context.header('clear-site-data', '"cache", "cookies", "storage"')
  // Another page, so that it begins with cookies of its own.
  return seeOther(`${visit.base}/cleared?lang=${visit.language}`)
}

/** `GET /cleared` */
export function clearedPage(visit: Visit): Promise<Response> {
  const t = accountTexts(visit.language)
  return portalPage(
    visit,
    { title: t('clearedTitle'), path: '/cleared' },
    <>
      <h1 class="govuk-heading-l">{t('clearedTitle')}</h1>
      <p class="govuk-body-l">{t('clearedText')}</p>
      <p class="govuk-body">{t('clearedDraft')}</p>
      <Button href={visit.base} class="govuk-button--secondary">
        {t('home')}
      </Button>
    </>,
  )
}

/** `GET /erased`: after a person had her matter erased. It names no matter: nothing of it is left to name. */
export function erasedPage(visit: Visit): Promise<Response> {
  const t = accountTexts(visit.language)
  return portalPage(
    visit,
    { title: t('erasedTitle'), path: '/erased' },
    <>
      <h1 class="govuk-heading-l">{t('erasedTitle')}</h1>
      <p class="govuk-body-l">{t('erasedText')}</p>
      <p class="govuk-body">{t('erasedLog')}</p>
      <Button href={visit.base} class="govuk-button--secondary">
        {t('home')}
      </Button>
    </>,
  )
}
