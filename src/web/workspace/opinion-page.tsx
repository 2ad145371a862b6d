// One opinion at the desk: the words as they came, what is shown of them and why, and its author's appeal.
import { decideAppeal, moderate, openDesk, readOpinion } from '#kernel/consultations/desk.ts'
import { moderationRules } from '#kernel/consultations/types.ts'
import type { DomainError } from '#kernel/errors.ts'
import type { HttpContext } from '#http/route.ts'
import { seeOther } from '#http/page.ts'
import type { Visit } from '#http/visit.ts'
import { BackLink } from '#ui/components/breadcrumbs.tsx'
import { Button } from '#ui/components/button.tsx'
import { ErrorSummary } from '#ui/components/error-summary.tsx'
import { Form } from '#ui/components/form.tsx'
import { Input } from '#ui/components/input.tsx'
import { Radios } from '#ui/components/radios.tsx'
import { Select } from '#ui/components/select.tsx'
import { Textarea } from '#ui/components/textarea.tsx'
import { deskTexts } from './consultation-texts.ts'
import { one, readPost, work, workPage } from './frame.tsx'
import { isRefusal } from './refusals.ts'

/** `GET /workspace/consultations/:number/opinions/:opinion` */
export async function opinionPage(visit: Visit, context: HttpContext, problem?: DomainError): Promise<Response> {
  const t = deskTexts(visit.language)
  const number = context.req.param('number') ?? ''
  const desk = await openDesk(visit.ctx, number)
  const opinion = await readOpinion(visit.ctx, desk, Number(context.req.param('opinion')))
  const here = work(visit, `/consultations/${number}/opinions/${opinion.number}`)
  const title = t('detail', { number: opinion.number })
  const errors = problem ? (problem.fields.length > 0 ? problem.fields : [problem]) : []
  return workPage(
    visit,
    context,
    {
      title,
      active: 'consultations',
      path: here,
      before: <BackLink href={work(visit, `/consultations/${number}`)} />,
      ...(problem ? { status: problem.kind === 'conflict' ? 409 : problem.kind === 'forbidden' ? 403 : 422, hasErrors: true } : {}),
    },
    <>
      {problem && <ErrorSummary errors={errors.map(({ message }) => ({ text: message, href: '#reason' }))} />}
      <h1 class="govuk-heading-l">{title}</h1>
      <h2 class="govuk-heading-m">{t('sent')}</h2>
      <p class="govuk-body">{opinion.sent}</p>
      <p class="govuk-body-s">
        {t('author')}：{opinion.name ?? t('noName')} {opinion.contact ?? ''} · {t(opinion.status)}
        {opinion.reason === null ? '' : ` · ${opinion.reason}`}
      </p>
      {opinion.appealed_at === null ? (
        <Form action={here}>
          <Radios
            name="do"
            fieldset={{ legend: t('status') }}
            items={[
              { value: 'show', label: t('show') },
              { value: 'cover', label: t('cover') },
              { value: 'withhold', label: t('withhold') },
            ]}
          />
          <Textarea name="shown" label={t('cover')} hint={t('coverHint')} value={opinion.sent} rows={4} />
          <Select
            name="rule"
            label={t('rule')}
            items={[{ value: '', text: '—' }, ...moderationRules.map((rule) => ({ value: rule, text: t(rule) }))]}
          />
          <Input name="reason" label={t('reason')} />
          <Button>{t('decide')}</Button>
        </Form>
      ) : (
        <>
          <h2 class="govuk-heading-m">{t('appeal')}</h2>
          <p class="govuk-body">{opinion.appeal}</p>
          {opinion.appeal_result === null ? (
            <Form action={here}>
              <Radios
                name="appeal"
                fieldset={{ legend: t('decide') }}
                items={[
                  { value: 'shown', label: t('restore') },
                  { value: 'kept', label: t('keep') },
                ]}
              />
              <Input name="reason" label={t('reason')} />
              <Button>{t('decide')}</Button>
            </Form>
          ) : (
            <p class="govuk-body">
              {t(opinion.appeal_result === 'shown' ? 'restore' : 'keep')}：{opinion.appeal_reason}
            </p>
          )}
        </>
      )}
    </>,
  )
}

/** `POST /workspace/consultations/:number/opinions/:opinion` */
export async function opinionPost(visit: Visit, context: HttpContext): Promise<Response> {
  const body = await readPost(visit, context)
  const number = context.req.param('number') ?? ''
  const place = Number(context.req.param('opinion'))
  try {
    const desk = await openDesk(visit.ctx, number)
    const [act, reason] = [one(body, 'do'), one(body, 'reason')]
    if (one(body, 'appeal') !== '') await decideAppeal(visit.ctx, desk, place, { result: one(body, 'appeal'), reason })
    else if (act === 'show') await moderate(visit.ctx, desk, place, { do: 'show' })
    else if (act === 'cover') await moderate(visit.ctx, desk, place, { do: 'cover', shown: one(body, 'shown'), reason })
    else await moderate(visit.ctx, desk, place, { do: 'withhold', rule: one(body, 'rule'), reason })
    return seeOther(work(visit, `/consultations/${number}`))
  } catch (error) {
    if (!isRefusal(error)) throw error
    return opinionPage(visit, context, error)
  }
}
