// A resident's phone and address: a new one counts once the code that was sent to it came back.
import type { HttpContext } from '#http/route.ts'
import { requireRecentSignIn } from '#http/recent.ts'
import { seeOther } from '#http/page.ts'
import type { Visit } from '#http/visit.ts'
import { Button } from '#ui/components/button.tsx'
import { ErrorSummary } from '#ui/components/error-summary.tsx'
import { Form } from '#ui/components/form.tsx'
import { Input } from '#ui/components/input.tsx'
import { Back, one, portalPage, readPost } from '../portal/frame.tsx'
import { channelOf, limitCodes } from './by-code.tsx'
import { type Failure, failureOf, failureStatus } from './failure.ts'
import { signInTexts } from './texts.ts'

type Typed = { via: 'phone' | 'email'; receiver: string; codeId: string }

/** `GET /account/contact?via=` */
export function contactPage(visit: Visit, context: HttpContext): Promise<Response> {
  requireRecentSignIn(visit)
  return show(visit, { via: context.req.query('via') === 'email' ? 'email' : 'phone', receiver: '', codeId: '' })
}

/** `POST /account/contact`: sends the code, then takes it. */
export async function contactPost(visit: Visit, context: HttpContext): Promise<Response> {
  const body = await readPost(visit, context)
  const { userId } = requireRecentSignIn(visit)
  const typed: Typed = { via: one(body, 'via') === 'email' ? 'email' : 'phone', receiver: one(body, 'receiver'), codeId: one(body, 'codeId') }
  const { language, identity } = visit
  try {
    if (one(body, '_act') === 'enter') {
      await identity.setContact({ userId, codeId: typed.codeId, code: one(body, 'code') })
      return seeOther(`${visit.base}/account/security?did=saved`)
    }
    await limitCodes(visit)
    const { codeId } = await identity.requestContactCode({ userId, channel: channelOf(typed.via), receiver: typed.receiver, language })
    return await show(visit, { ...typed, codeId })
  } catch (error) {
    return show(visit, typed, failureOf(visit, error))
  }
}

function show(visit: Visit, typed: Typed, failure?: Failure): Promise<Response> {
  const t = signInTexts(visit.language)
  const phone = typed.via === 'phone'
  const sent = typed.codeId !== ''
  return portalPage(
    visit,
    {
      title: t(phone ? 'contactTitlePhone' : 'contactTitleEmail'),
      path: '/account/contact',
      query: `via=${typed.via}`,
      active: 'account',
      status: failureStatus(failure),
      hasErrors: failure !== undefined,
      headers: failure?.headers ?? {},
      before: <Back href={`${visit.base}/account/security`}>{t('securityTitle')}</Back>,
    },
    <>
      {failure && <ErrorSummary title={t('errors')} errors={[{ text: failure.text, href: sent ? '#code' : '#receiver' }]} />}
      <h1 class="govuk-heading-xl">{t(phone ? 'contactTitlePhone' : 'contactTitleEmail')}</h1>
      <p class="govuk-body">{sent ? t('enterLead', { receiver: typed.receiver, minutes: 5 }) : t('contactLead')}</p>
      <Form action={`${visit.base}/account/contact`} attributes={{ 'data-turbo': 'false' }}>
        <input type="hidden" name="via" value={typed.via} />
        {sent ? (
          <>
            <input type="hidden" name="receiver" value={typed.receiver} />
            <input type="hidden" name="codeId" value={typed.codeId} />
            <Input
              name="code"
              label={t('code')}
              error={failure?.text}
              inputmode="numeric"
              autocomplete="one-time-code"
              class="govuk-input--width-10"
            />
          </>
        ) : (
          <Input
            name="receiver"
            type={phone ? 'tel' : 'email'}
            label={t(phone ? 'phone' : 'email')}
            value={typed.receiver}
            error={failure?.text}
            autocomplete={phone ? 'tel' : 'email'}
            class="govuk-input--width-20"
          />
        )}
        <Button name="_act" value={sent ? 'enter' : 'send'} preventDoubleClick>
          {t(sent ? 'contactSave' : 'send')}
        </Button>
      </Form>
    </>,
  )
}
