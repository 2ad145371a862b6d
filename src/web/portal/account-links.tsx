// Making an account, and the pages that mailed links lead to. No answer says whether an address has an account.
import { DomainError } from '#kernel/errors.ts'
import type { HttpContext } from '#http/route.ts'
import type { Visit } from '#http/visit.ts'
import { Button } from '#ui/components/button.tsx'
import { ErrorSummary } from '#ui/components/error-summary.tsx'
import { Form } from '#ui/components/form.tsx'
import { Input } from '#ui/components/input.tsx'
import { Panel } from '#ui/components/panel.tsx'
import type { Child } from '#ui/html.ts'
import { accountTexts } from './account-texts.ts'
import { limit, one, portalPage, readPost } from './frame.tsx'
import { problemOf } from './problems.ts'
import { ProofBox, type ProofBoxState, proofFor, proofIslands, refuseUnproven } from './proof-box.tsx'

type Wrong = { field: string; text: string }

/** Refusals that a field can answer for; all others go to the error page. */
function wrongOf(visit: Visit, error: unknown): Wrong {
  if (!(error instanceof DomainError) || error.kind !== 'invalid') throw error
  const field = error.fields[0]?.pointer.slice(1) || 'password'
  return { field, text: problemOf(error, visit.language).text }
}

/** `GET /sign-up` */
export const signUpPage = async (visit: Visit): Promise<Response> =>
  signUpForm(visit, { name: '', email: '' }, { proof: await proofFor(visit, 'account') })

/** `POST /sign-up` */
export async function signUpPost(visit: Visit, context: HttpContext): Promise<Response> {
  const body = await readPost(visit, context)
  const typed = { name: one(body, 'name'), email: one(body, 'email') }
  const unproven = await refuseUnproven(visit, 'account', body)
  if (unproven) return signUpForm(visit, typed, { proof: unproven })
  await limit(visit, 'accountMails')
  try {
    await visit.identity.registerResident({ ...typed, password: one(body, 'password'), language: visit.language })
  } catch (error) {
    return signUpForm(visit, typed, { wrong: wrongOf(visit, error), proof: await proofFor(visit, 'account') })
  }
  return mailPage(visit, '/sign-up')
}

type Again = { wrong?: Wrong; proof?: ProofBoxState | undefined }

function signUpForm(visit: Visit, typed: { name: string; email: string }, { wrong, proof }: Again): Promise<Response> {
  const t = accountTexts(visit.language)
  return formPage(
    visit,
    { title: t('signUp'), path: '/sign-up', lead: t('signUpLead'), wrong, proof, button: t('signUp') },
    <>
      <Input
        name="name"
        label={t('name')}
        hint={t('nameHint')}
        value={typed.name}
        error={wrong?.field === 'name' ? wrong.text : undefined}
        autocomplete="name"
        spellcheck={false}
      />
      <Input
        name="email"
        type="email"
        label={t('email')}
        value={typed.email}
        error={wrong?.field === 'email' ? wrong.text : undefined}
        autocomplete="email"
        spellcheck={false}
      />
      <Input
        name="password"
        type="password"
        label={t('password')}
        hint={t('passwordHint')}
        error={wrong?.field === 'password' ? wrong.text : undefined}
        autocomplete="new-password"
      />
    </>,
  )
}

/** `GET /account/reset` */
export const resetPage = async (visit: Visit): Promise<Response> => resetForm(visit, '', { proof: await proofFor(visit, 'account') })

/** `POST /account/reset` */
export async function resetPost(visit: Visit, context: HttpContext): Promise<Response> {
  const body = await readPost(visit, context)
  const email = one(body, 'email')
  const unproven = await refuseUnproven(visit, 'account', body)
  if (unproven) return resetForm(visit, email, { proof: unproven })
  await limit(visit, 'accountMails')
  try {
    await visit.identity.requestPasswordReset(email, visit.language)
  } catch (error) {
    return resetForm(visit, email, { wrong: wrongOf(visit, error), proof: await proofFor(visit, 'account') })
  }
  return mailPage(visit, '/account/reset')
}

function resetForm(visit: Visit, email: string, { wrong, proof }: Again): Promise<Response> {
  const t = accountTexts(visit.language)
  return formPage(
    visit,
    { title: t('resetTitle'), path: '/account/reset', lead: t('resetLead'), wrong, proof, button: t('send') },
    <Input name="email" type="email" label={t('email')} value={email} error={wrong?.text} autocomplete="email" spellcheck={false} />,
  )
}

/** `GET /account/confirm?token=`: a button, since programs that look through mails follow links. */
export function confirmPage(visit: Visit, context: HttpContext): Promise<Response> {
  const t = accountTexts(visit.language)
  return formPage(
    visit,
    { title: t('confirmTitle'), path: '/account/confirm', lead: t('confirmText'), button: t('confirm') },
    <input type="hidden" name="token" value={context.req.query('token') ?? ''} />,
  )
}

/** `POST /account/confirm` */
export async function confirmPost(visit: Visit, context: HttpContext): Promise<Response> {
  const t = accountTexts(visit.language)
  await visit.identity.confirmAddress(one(await readPost(visit, context), 'token'))
  return donePage(visit, '/account/confirm', t('confirmedTitle'), t('confirmedText'))
}

/** `GET /account/password?token=` */
export const passwordPage = (visit: Visit, context: HttpContext): Promise<Response> => passwordForm(visit, context.req.query('token') ?? '')

/** `POST /account/password` */
export async function passwordPost(visit: Visit, context: HttpContext): Promise<Response> {
  const body = await readPost(visit, context)
  const t = accountTexts(visit.language)
  const token = one(body, 'token')
  try {
    await visit.identity.setPasswordByToken({ token, password: one(body, 'password') })
  } catch (error) {
    if (error instanceof DomainError && error.code === 'account.link_expired') throw error
    return passwordForm(visit, token, wrongOf(visit, error))
  }
  return donePage(visit, '/account/password', t('savedTitle'), t('confirmedText'))
}

async function passwordForm(visit: Visit, token: string, wrong?: Wrong): Promise<Response> {
  const t = accountTexts(visit.language)
  const providers = (await visit.identity.listProviders()).filter((provider) => provider.enabled && provider.kind === 'staff')
  return formPage(
    visit,
    { title: t('passwordTitle'), path: '/account/password', query: `token=${encodeURIComponent(token)}`, wrong, button: t('save') },
    <>
      <input type="hidden" name="token" value={token} />
      <Input name="password" type="password" label={t('newPassword')} hint={t('passwordHint')} error={wrong?.text} autocomplete="new-password" />
    </>,
    providers.length > 0 && (
      <>
        <p class="govuk-body">{t('invitedBy')}</p>
        <ul class="govuk-list">
          {providers.map((provider) => (
            <li>
              <a
                class="govuk-link"
                data-turbo="false"
                href={`${visit.base}/sign-in/with/${provider.providerId}?for=invitation&token=${encodeURIComponent(token)}`}
              >
                {provider.label[visit.language]}
              </a>
            </li>
          ))}
        </ul>
      </>
    ),
  )
}

type FormPage = {
  title: string
  path: string
  query?: string
  lead?: string
  wrong?: Wrong | undefined
  proof?: ProofBoxState | undefined
  button: string
}

function formPage(visit: Visit, page: FormPage, fields: Child, after: Child = ''): Promise<Response> {
  const t = accountTexts(visit.language)
  const hasErrors = page.wrong !== undefined || page.proof?.error !== undefined
  return portalPage(
    visit,
    {
      title: page.title,
      path: page.path,
      query: page.query ?? '',
      status: hasErrors ? 422 : 200,
      hasErrors,
      islands: proofIslands(page.proof),
    },
    <>
      {page.wrong && <ErrorSummary title={t('errors')} errors={[{ text: page.wrong.text, href: `#${page.wrong.field}` }]} />}
      {page.proof?.error !== undefined && <ErrorSummary title={t('errors')} errors={[{ text: page.proof.error, href: '#proof' }]} />}
      <h1 class="govuk-heading-xl">{page.title}</h1>
      {page.lead !== undefined && <p class="govuk-body">{page.lead}</p>}
      {/* Answered by a page, not by a redirect: not for Turbo. */}
      <Form action={`${visit.base}${page.path}`} attributes={{ 'data-turbo': 'false' }}>
        {fields}
        <ProofBox visit={visit} state={page.proof} />
        <Button>{page.button}</Button>
      </Form>
      {after}
    </>,
  )
}

function mailPage(visit: Visit, path: string): Promise<Response> {
  const t = accountTexts(visit.language)
  return portalPage(
    visit,
    { title: t('mailTitle'), path },
    <>
      <h1 class="govuk-heading-xl">{t('mailTitle')}</h1>
      <p class="govuk-body-l">{t('mailText')}</p>
    </>,
  )
}

function donePage(visit: Visit, path: string, title: string, text: string): Promise<Response> {
  const t = accountTexts(visit.language)
  return portalPage(
    visit,
    { title, path },
    <>
      <Panel title={title}>{text}</Panel>
      <Button href={`${visit.base}/sign-in`}>{t('signIn')}</Button>
    </>,
  )
}
