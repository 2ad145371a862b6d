// The part of an anonymous form that asks for proof while too much comes in: the ALTCHA box, or a wait for whoever cannot run it.
import { takeNamed } from '#kernel/identity/allowances.ts'
import { toAddressGroup } from '#kernel/identity/limits.ts'
import {
  countForm,
  isProofNeeded,
  newChallenge,
  newTicket,
  type ProofForm,
  proofForms,
  type ProofResult,
  takeProof,
  waitSeconds,
} from '#kernel/identity/proof.ts'
import { invalid } from '#kernel/errors.ts'
import type { HttpContext } from '#http/route.ts'
import type { Visit } from '#http/visit.ts'
import { createElement } from 'hono/jsx'
import type { FormBody } from '#ui/form/parse-form-body.ts'
import { defineTexts } from '#ui/texts.ts'
import { one } from './frame.tsx'

const texts = defineTexts({
  zh: {
    title: '防止机器批量提交',
    auto: '现在提交的人比较多。浏览器会自动验证一次，一般几秒钟，不用您做什么。',
    wait: '浏览器没有自动验证的，请打开本页 {seconds} 秒以后再提交，一样有效。也可以到窗口办，或者打电话请工作人员代填。',
    waitMore: '请再等 {seconds} 秒，然后再提交一次。您填写的内容还在。',
    often: '从这个网络等候提交的次数太多了。请换一个能自动验证的浏览器，或者过一小时再来；急事请打电话或者到窗口。',
    absent: '验证没有完成。请等验证框显示“已验证”再提交；没有验证框的，请等 {seconds} 秒再提交。您填写的内容还在。',
  },
  en: {
    title: 'Against machines that send in masses',
    auto: 'Much is being sent at the moment. Your browser proves itself on its own within some seconds; you need do nothing.',
    wait: 'If it does not, send the form {seconds} seconds after opening this page, which counts as well. You can also come to the counter or call, and we fill it in for you.',
    waitMore: 'Please wait {seconds} more seconds and send it again. What you typed is still there.',
    often:
      'Too many forms were sent by waiting from this network. Use a browser that can prove itself, or come back in an hour; if it is urgent, call us or come to the counter.',
    absent:
      'The proof was not finished. Wait until the box says “Verified” and send again; if there is no box, wait {seconds} seconds. What you typed is still there.',
  },
})

/** What a form shows: undefined when nothing is asked. */
export type ProofBoxState = { form: ProofForm; ticket: string; error?: string | undefined }

const whoOf = (visit: Visit): string => toAddressGroup(visit.address)

/** For showing a form; signed-in people are known already. */
export async function proofFor(visit: Visit, form: ProofForm): Promise<ProofBoxState | undefined> {
  if (visit.session || !(await isProofNeeded(visit.ctx, form, whoOf(visit)))) return undefined
  return { form, ticket: newTicket(visit.ctx, form) }
}

/** For a form that was sent: undefined when it may go on, else what to show in it again. Counts the sending. */
export async function refuseUnproven(visit: Visit, form: ProofForm, body: FormBody): Promise<ProofBoxState | undefined> {
  if (visit.session) return undefined
  const who = whoOf(visit)
  const isNeeded = await isProofNeeded(visit.ctx, form, who)
  await countForm(visit.ctx, form, who)
  if (!isNeeded) return undefined
  const ticket = one(body, '_ticket')
  const result = await takeProof(visit.ctx, form, { proof: one(body, 'altcha'), ticket, who })
  if (result.kind === 'passed') return undefined
  // Whoever waits keeps the ticket: a new one would begin the wait again.
  return { form, ticket: result.kind === 'wait' ? ticket : newTicket(visit.ctx, form), error: errorOf(visit, result) }
}

function errorOf(visit: Visit, result: Exclude<ProofResult, { kind: 'passed' }>): string {
  const t = texts(visit.language)
  switch (result.kind) {
    case 'wait':
      return t('waitMore', { seconds: result.seconds })
    case 'often':
      return t('often')
    case 'absent':
      return t('absent', { seconds: waitSeconds })
  }
}

/** Scripts and styles of a page that shows the box. */
export const proofIslands = (state: ProofBoxState | undefined): readonly string[] => (state ? ['altcha.css', 'proof.js'] : [])

export function ProofBox({ visit, state }: { visit: Visit; state: ProofBoxState | undefined }) {
  if (!state) return null
  const t = texts(visit.language)
  const widget = {
    challenge: `${visit.base}/challenge.json?for=${state.form}`,
    auto: 'onload',
    name: 'altcha',
    language: visit.language === 'zh' ? 'zh-cn' : 'en',
    // No link to elsewhere, and no record of how somebody moves the pointer.
    configuration: JSON.stringify({ hideFooter: true, hideLogo: true, humanInteractionSignature: false }),
  }
  return (
    <div class={`govuk-form-group${state.error === undefined ? '' : ' govuk-form-group--error'}`} id="proof" tabindex={-1}>
      <h2 class="govuk-heading-s">{t('title')}</h2>
      {state.error !== undefined && <p class="govuk-error-message">{state.error}</p>}
      <p class="govuk-body">{t('auto')}</p>
      <input type="hidden" name="_ticket" value={state.ticket} />
      {createElement('altcha-widget', widget)}
      <p class="govuk-hint">{t('wait', { seconds: waitSeconds })}</p>
    </div>
  )
}

/** `GET /challenge.json?for=` : JSON for the box and for programs. */
export async function challengeAnswer(visit: Visit, context: HttpContext): Promise<Response> {
  const form = proofForms.find((known) => known === context.req.query('for'))
  if (!form) throw invalid('proof.form', 'Say which form: ?for=filing, track or account.')
  await takeNamed(visit.ctx, 'proofsAsked', whoOf(visit))
  return Response.json(await newChallenge(visit.ctx, form), { headers: { 'cache-control': 'no-store' } })
}
