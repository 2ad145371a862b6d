// Signing in by a code: ask for it, enter it. The answer to the first step is the same for every number and address.
import type { HttpContext } from '#http/route.ts'
import { seeOther } from '#http/page.ts'
import type { Visit } from '#http/visit.ts'
import { takeNamed } from '#kernel/identity/allowances.ts'
import { Button } from '#ui/components/button.tsx'
import { ErrorSummary } from '#ui/components/error-summary.tsx'
import { Form } from '#ui/components/form.tsx'
import { Input } from '#ui/components/input.tsx'
import { limit, one, portalPage, readPost } from '../portal/frame.tsx'
import { ProofBox, type ProofBoxState, proofFor, proofIslands, refuseUnproven } from '../portal/proof-box.tsx'
import { giveCookies, landed, landing, nextQuery } from './landing.ts'
import { type Failure, failureOf, failureStatus } from './failure.ts'
import { signInTexts } from './texts.ts'

type Via = 'phone' | 'email'
const viaOf = (text: string | undefined): Via => (text === 'email' ? 'email' : 'phone')
export const channelOf = (via: Via) => (via === 'email' ? 'mail' : 'sms')

/** `GET /sign-in/by-code?via=&next=` */
export async function codeRequestPage(visit: Visit, context: HttpContext): Promise<Response> {
  const next = context.req.query('next') ?? ''
  if (visit.session) return seeOther(landing(visit, visit.session.kind, next))
  return requestForm(visit, { via: viaOf(context.req.query('via')), receiver: '', next }, { proof: await proofFor(visit, 'account') })
}

/** `POST /sign-in/by-code`: sends it. */
export async function codeRequestPost(visit: Visit, context: HttpContext): Promise<Response> {
  const body = await readPost(visit, context)
  const typed = { via: viaOf(one(body, 'via')), receiver: one(body, 'receiver'), next: one(body, 'next') }
  const unproven = await refuseUnproven(visit, 'account', body)
  if (unproven) return requestForm(visit, typed, { proof: unproven })
  try {
    await limitCodes(visit)
    const { codeId } = await visit.identity.requestCode({
      purpose: 'sign_in',
      channel: channelOf(typed.via),
      receiver: typed.receiver,
      language: visit.language,
    })
    return await enterForm(visit, { ...typed, codeId })
  } catch (error) {
    return requestForm(visit, typed, { failure: failureOf(visit, error), proof: await proofFor(visit, 'account') })
  }
}

/** Codes cost money and fill phones: limits for the caller's address and for the whole town. @throws `limit.reached` (429). */
export async function limitCodes(visit: Visit): Promise<void> {
  await limit(visit, 'codesSent')
  await takeNamed(visit.ctx, 'codesOfTown', 'town')
}

/** `POST /sign-in/by-code/enter` */
export async function codeEnterPost(visit: Visit, context: HttpContext): Promise<Response> {
  const body = await readPost(visit, context)
  const typed = { via: viaOf(one(body, 'via')), receiver: one(body, 'receiver'), next: one(body, 'next'), codeId: one(body, 'codeId') }
  try {
    const { cookies } = await visit.identity.signInByCode({
      codeId: typed.codeId,
      code: one(body, 'code'),
      language: visit.language,
      headers: context.req.raw.headers,
      address: visit.address,
    })
    giveCookies(context, cookies)
    return await landed(visit, cookies, typed.next)
  } catch (error) {
    return enterForm(visit, typed, failureOf(visit, error))
  }
}

type Again = { failure?: Failure; proof?: ProofBoxState | undefined }

function requestForm(visit: Visit, typed: { via: Via; receiver: string; next: string }, { failure, proof }: Again): Promise<Response> {
  const t = signInTexts(visit.language)
  const phone = typed.via === 'phone'
  return portalPage(
    visit,
    {
      title: t(phone ? 'phoneTitle' : 'emailTitle'),
      path: '/sign-in/by-code',
      query: `via=${typed.via}`,
      status: proof?.error === undefined ? failureStatus(failure) : 422,
      hasErrors: failure !== undefined || proof?.error !== undefined,
      headers: failure?.headers ?? {},
      islands: proofIslands(proof),
    },
    <>
      {failure && <ErrorSummary title={t('errors')} errors={[{ text: failure.text, href: '#receiver' }]} />}
      {proof?.error !== undefined && <ErrorSummary title={t('errors')} errors={[{ text: proof.error, href: '#proof' }]} />}
      <h1 class="govuk-heading-xl">{t(phone ? 'phoneTitle' : 'emailTitle')}</h1>
      <p class="govuk-body">{t(phone ? 'phoneLead' : 'emailLead')}</p>
      <Form action={`${visit.base}/sign-in/by-code`} attributes={{ 'data-turbo': 'false' }}>
        <input type="hidden" name="via" value={typed.via} />
        {typed.next !== '' && <input type="hidden" name="next" value={typed.next} />}
        <Input
          name="receiver"
          type={phone ? 'tel' : 'email'}
          label={t(phone ? 'phone' : 'email')}
          value={typed.receiver}
          error={failure?.text}
          autocomplete={phone ? 'tel' : 'email'}
          spellcheck={false}
          class={phone ? 'govuk-input--width-20' : ''}
        />
        <ProofBox visit={visit} state={proof} />
        <Button preventDoubleClick>{t('send')}</Button>
      </Form>
      <p class="govuk-body">
        <a class="govuk-link" href={`${visit.base}/sign-in${nextQuery(typed.next)}`}>
          {t('backToSignIn')}
        </a>
      </p>
    </>,
  )
}

function enterForm(visit: Visit, typed: { via: Via; receiver: string; next: string; codeId: string }, failure?: Failure): Promise<Response> {
  const t = signInTexts(visit.language)
  return portalPage(
    visit,
    {
      title: t('enterTitle'),
      path: '/sign-in/by-code',
      query: `via=${typed.via}`,
      status: failureStatus(failure),
      hasErrors: failure !== undefined,
      headers: failure?.headers ?? {},
    },
    <>
      {failure && <ErrorSummary title={t('errors')} errors={[{ text: failure.text, href: '#code' }]} />}
      <h1 class="govuk-heading-xl">{t('enterTitle')}</h1>
      <p class="govuk-body">{t('enterLead', { receiver: typed.receiver, minutes: 5 })}</p>
      <Form action={`${visit.base}/sign-in/by-code/enter`} attributes={{ 'data-turbo': 'false' }}>
        {Object.entries(typed).map(([name, value]) => (
          <input type="hidden" name={name} value={value} />
        ))}
        <Input name="code" label={t('code')} error={failure?.text} inputmode="numeric" autocomplete="one-time-code" class="govuk-input--width-10" />
        <Button preventDoubleClick>{t('enter')}</Button>
      </Form>
      <p class="govuk-body">
        <a class="govuk-link" href={`${visit.base}/sign-in/by-code?via=${typed.via}${nextQuery(typed.next, '&')}`}>
          {t('again')}
        </a>
      </p>
      <p class="govuk-hint">{t('staffNote')}</p>
    </>,
  )
}
