// Finding one's matter: with the receipt code, or with number and code. The code opens the case in this browser for two hours.
import { findByReceipt, type HeldReceipt } from '#kernel/cases/receipts.ts'
import { findCase } from '#kernel/cases/load-case.ts'
import { as, type Ctx } from '#kernel/context.ts'
import { DomainError } from '#kernel/errors.ts'
import type { HttpContext } from '#http/route.ts'
import { seeOther } from '#http/page.ts'
import { setReceiptCookie, type Visit } from '#http/visit.ts'
import { Button } from '#ui/components/button.tsx'
import { Details } from '#ui/components/details.tsx'
import { ErrorSummary } from '#ui/components/error-summary.tsx'
import { Form } from '#ui/components/form.tsx'
import { Input } from '#ui/components/input.tsx'
import { defineTexts } from '#ui/texts.ts'
import { limit, one, portalPage, readPost } from './frame.tsx'
import { problemOf } from './problems.ts'
import { ProofBox, type ProofBoxState, proofFor, proofIslands, refuseUnproven } from './proof-box.tsx'

const texts = defineTexts({
  zh: {
    title: '查进度',
    lead: '用提交时给您的回执码查询。',
    number: '编号（可以不填）',
    numberHint: '例如 XF26-7K3M-9QD',
    code: '回执码',
    codeHint: '四组、每组四位，大小写、空格都没有关系。例如 7K3M-9QDX-1T5R-WA2C',
    look: '查询',
    lost: '回执码丢了',
    lostText: '提交时留了姓名的：带身份证到窗口，工作人员核对后补发新的回执码。没有留姓名的：谁也补发不了；可以重新提交一次，并说明以前反映过。',
    account: '有账号的，登录以后在“我的办件”里看。',
    signIn: '登录',
    missing: '请填写回执码',
    otherNumber: '这个回执码不是编号 {number} 的。请核对。',
  },
  en: {
    title: 'Track a matter',
    lead: 'With the receipt code that you were given.',
    number: 'Number (not needed)',
    numberHint: 'Such as XF26-7K3M-9QD',
    code: 'Receipt code',
    codeHint: 'Four groups of four; capitals and spaces do not matter. Such as 7K3M-9QDX-1T5R-WA2C',
    look: 'Track',
    lost: 'I have lost the code',
    lostText:
      'If you gave your name: bring your ID to the counter, and you get a new code. If not: nobody can issue another; file again and say that you did before.',
    account: 'With an account, sign in and look under “My matters”.',
    signIn: 'Sign in',
    missing: 'Enter the receipt code',
    otherNumber: 'This code does not belong to number {number}. Check both.',
  },
})

/** `GET /track`; the QR of the confirmation leads here with the number. */
export const trackPage = async (visit: Visit, context: HttpContext): Promise<Response> =>
  trackForm(visit, { number: context.req.query('number') ?? '', code: '' }, undefined, await proofFor(visit, 'track'))

/** `POST /track` */
export async function trackPost(visit: Visit, context: HttpContext): Promise<Response> {
  const body = await readPost(visit, context)
  const typed = { number: one(body, 'number').trim().toUpperCase(), code: one(body, 'code') }
  const t = texts(visit.language)
  if (typed.code.trim() === '') return trackForm(visit, typed, t('missing'), await proofFor(visit, 'track'))
  const unproven = await refuseUnproven(visit, 'track', body)
  if (unproven) return trackForm(visit, typed, undefined, unproven)
  await limit(visit, 'codesTried')
  const again = async (error: string) => trackForm(visit, typed, error, await proofFor(visit, 'track'))
  const receipt = await findByReceipt(visit.ctx, typed.code)
  const nothing = problemOf(new DomainError('not_found', 'receipt.not_found', ''), visit.language).text
  if (!receipt) return again(nothing)
  const number = await numberOf(visit, receipt)
  // A mandate that has ended: the code opens nothing any more.
  if (number === undefined) return again(nothing)
  if (typed.number !== '' && typed.number !== number) return again(t('otherNumber', { number: typed.number }))
  setReceiptCookie(context, visit, receipt)
  return seeOther(`${visit.base}/cases/${number}`)
}

async function numberOf(visit: Visit, receipt: HeldReceipt): Promise<string | undefined> {
  return (await findCase(as(visit.ctx, { kind: 'receipt', ...receipt }), { caseId: receipt.caseId }, 'case.read'))?.loaded.row.number
}

function trackForm(visit: Visit, typed: { number: string; code: string }, error?: string, proof?: ProofBoxState): Promise<Response> {
  const { base, language } = visit
  const t = texts(language)
  return portalPage(
    visit,
    {
      title: t('title'),
      path: '/track',
      active: 'track',
      status: error !== undefined || proof?.error !== undefined ? 422 : 200,
      hasErrors: error !== undefined || proof?.error !== undefined,
      islands: proofIslands(proof),
    },
    <>
      {error && <ErrorSummary errors={[{ text: error, href: '#code' }]} />}
      {proof?.error && <ErrorSummary errors={[{ text: proof.error, href: '#proof' }]} />}
      <h1 class="govuk-heading-xl">{t('title')}</h1>
      <p class="govuk-body-l">{t('lead')}</p>
      <Form action={`${base}/track`}>
        <Input
          name="code"
          label={t('code')}
          hint={t('codeHint')}
          value={typed.code}
          error={error}
          class="govuk-input--width-20"
          autocomplete="off"
          autocapitalize="characters"
          spellcheck={false}
        />
        <Input
          name="number"
          label={t('number')}
          hint={t('numberHint')}
          value={typed.number}
          class="govuk-input--width-20"
          autocomplete="off"
          autocapitalize="characters"
          spellcheck={false}
        />
        <ProofBox visit={visit} state={proof} />
        <Button>{t('look')}</Button>
      </Form>
      <Details summary={t('lost')}>{t('lostText')}</Details>
      <p class="govuk-body">
        {t('account')}{' '}
        <a class="govuk-link" href={`${base}/sign-in`}>
          {t('signIn')}
        </a>
      </p>
    </>,
  )
}

/**
 * The contexts in which this browser may read a case: by its receipt or its session, then by the account behind the session.
 * Runs `work` in the first that may. @throws what the last one was refused with.
 */
export async function asParty<T>(visit: Visit, work: (ctx: Ctx) => Promise<T>): Promise<T> {
  const { ctx, session } = visit
  if (ctx.actor.kind !== 'receipt' || session?.kind !== 'resident') return work(ctx)
  try {
    return await work(ctx)
  } catch (error) {
    if (!(error instanceof DomainError) || error.kind !== 'not_found') throw error
    return work(as(ctx, { kind: 'resident', accountId: session.userId }))
  }
}
