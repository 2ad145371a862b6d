// Adding a passkey: only shortly after showing who one is.
import type { HttpContext } from '#http/route.ts'
import { requireRecentSignIn } from '#http/recent.ts'
import { seeOther } from '#http/page.ts'
import type { Visit } from '#http/visit.ts'
import { ErrorSummary } from '#ui/components/error-summary.tsx'
import { Input } from '#ui/components/input.tsx'
import { Back, one, portalPage, readPost } from '../portal/frame.tsx'
import { type Failure, failureOf, failureStatus } from './failure.ts'
import { PasskeyForm } from './passkey-form.tsx'
import { signInTexts } from './texts.ts'

/** `GET /account/passkey` */
export const newPasskeyPage = (visit: Visit): Promise<Response> => show(visit, '')

/** `POST /account/passkey` */
export async function newPasskeyPost(visit: Visit, context: HttpContext): Promise<Response> {
  const body = await readPost(visit, context)
  const { userId, sessionId } = requireRecentSignIn(visit)
  const name = one(body, 'name')
  try {
    await visit.identity.addPasskey({ userId, sessionId, name, response: one(body, 'answer') })
    return seeOther(`${visit.base}/account/security?did=saved`)
  } catch (error) {
    return show(visit, name, failureOf(visit, error))
  }
}

async function show(visit: Visit, name: string, failure?: Failure): Promise<Response> {
  const { userId, sessionId } = requireRecentSignIn(visit)
  const t = signInTexts(visit.language)
  const possible = visit.identity.passkeysPossible()
  const options = possible ? await visit.identity.beginPasskey({ userId, sessionId, townName: visit.town.name[visit.language] }) : undefined
  return portalPage(
    visit,
    {
      title: t('passkeyAddTitle'),
      path: '/account/passkey',
      active: 'account',
      status: failureStatus(failure),
      hasErrors: failure !== undefined,
      headers: failure?.headers ?? {},
      scripts: ['passkey.js'],
      before: <Back href={`${visit.base}/account/security`}>{t('securityTitle')}</Back>,
    },
    <>
      {failure && <ErrorSummary title={t('errors')} errors={[{ text: failure.text, href: '#name' }]} />}
      <h1 class="govuk-heading-xl">{t('passkeyAddTitle')}</h1>
      <p class="govuk-body">{t('passkeysLead')}</p>
      {options ? (
        <PasskeyForm
          action={`${visit.base}/account/passkey`}
          ceremony="create"
          options={options}
          answerName="answer"
          button={t('passkeyCreate')}
          failed={t('passkeyAddFailed')}
          off={<p class="govuk-body">{t('passkeyAddOff')}</p>}
        >
          <Input
            name="name"
            label={t('passkeyName')}
            hint={t('passkeyNameHint')}
            value={name}
            error={failure?.code === 'passkey.name' ? failure.text : undefined}
            autocomplete="off"
            class="govuk-input--width-20"
          />
        </PasskeyForm>
      ) : (
        <p class="govuk-body">{t('passkeyHost')}</p>
      )}
    </>,
  )
}
