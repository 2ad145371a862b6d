// 回访: low ratings with words, for officers who may read the case and did not work on it.
import { callOutcomes, listCallbacks, recordCallback } from '#kernel/ratings/ratings.ts'
import { DomainError } from '#kernel/errors.ts'
import { listProcedures } from '#kernel/procedures/packages.ts'
import type { HttpContext } from '#http/route.ts'
import { seeOther } from '#http/page.ts'
import type { Visit } from '#http/visit.ts'
import { Button } from '#ui/components/button.tsx'
import { Form } from '#ui/components/form.tsx'
import { Select } from '#ui/components/select.tsx'
import { Tag } from '#ui/components/tag.tsx'
import { Textarea } from '#ui/components/textarea.tsx'
import { errorsByField } from '#ui/form/form-texts.ts'
import { defineTexts } from '#ui/texts.ts'
import { one, readPost, work, workPage } from './frame.tsx'
import { Refusal } from './grouped-fields.tsx'
import { isRefusal, refusalStatus } from './refusals.ts'

const texts = defineTexts({
  zh: {
    title: '差评回访',
    lead: '不满意并且写了原因的评价，由没有办过这件事的人打电话回访：听清楚哪里不好，能改的马上改，不能改的说明原因。不要问他为什么评低，也不要请他改评价。',
    none: '没有要回访的。',
    rating: '评价：{rating}分（满分5分）',
    due: '{date}前回访',
    late: '已过期限',
    outcome: '回访结果',
    resolved: '已经改好',
    explained: '说明了原因',
    'not-reached': '没有联系上',
    note: '怎么改的、怎么说的',
    save: '记下',
    choose: '请选择',
  },
  en: {
    title: 'Call-backs',
    lead: 'Bad ratings with words are called back by somebody who did not handle the case: hear what was wrong, mend what can be mended, explain the rest. Do not ask why the rating was low, nor for another.',
    none: 'Nobody is to be called back.',
    rating: 'Rating: {rating} of 5',
    due: 'Call by {date}',
    late: 'overdue',
    outcome: 'Result',
    resolved: 'put right',
    explained: 'explained',
    'not-reached': 'not reached',
    note: 'What was done or said',
    save: 'Record',
    choose: 'Choose',
  },
})

/** `GET /callbacks` */
export const callbacksPage = (visit: Visit, context: HttpContext): Promise<Response> => show(visit, context, {})

/** `POST /callbacks` */
export async function callbacksPost(visit: Visit, context: HttpContext): Promise<Response> {
  const body = await readPost(visit, context)
  const [number, outcome, note] = [one(body, 'number'), one(body, 'outcome'), one(body, 'note')]
  try {
    await recordCallback(visit.ctx, number, { outcome, note })
    return seeOther(work(visit, '/callbacks'))
  } catch (error) {
    if (!isRefusal(error)) throw error
    return show(visit, context, { error, number, outcome, note })
  }
}

type State = { error?: DomainError; number?: string; outcome?: string; note?: string }

async function show(visit: Visit, context: HttpContext, state: State): Promise<Response> {
  const { language } = visit
  const t = texts(language)
  const callbacks = await listCallbacks(visit.ctx)
  const procedures = await listProcedures(visit.ctx)
  const titleOf = (slug: string) => procedures.find((known) => known.slug === slug)?.texts[language][`${slug}.title`] ?? slug
  const errors = state.error ? errorsByField(state.error.fields) : {}
  const mine = (number: string, name: string) => (state.number === number && errors[name] ? { error: errors[name] } : {})
  return workPage(
    visit,
    context,
    {
      title: t('title'),
      active: 'callbacks',
      path: work(visit, '/callbacks'),
      ...(state.error ? { status: refusalStatus(state.error), hasErrors: true } : {}),
    },
    <>
      {state.error && <Refusal error={state.error} language={language} />}
      <h1 class="govuk-heading-l">{t('title')}</h1>
      <p class="govuk-body">{t('lead')}</p>
      {callbacks.length === 0 && <p class="xl-empty">{t('none')}</p>}
      {callbacks.map((callback) => (
        <section class="xl-message">
          <h2 class="govuk-heading-s">
            <a class="govuk-link" href={work(visit, `/cases/${callback.number}`)}>
              {callback.number}
            </a>{' '}
            {titleOf(callback.procedure)}
          </h2>
          <p class="govuk-body">{callback.words}</p>
          <p class="govuk-body-s">
            {t('rating', { rating: callback.rating })} · {t('due', { date: callback.dueOn })}{' '}
            {callback.isOverdue && <Tag colour="red">{t('late')}</Tag>}
          </p>
          <Form action={work(visit, '/callbacks')}>
            <input type="hidden" name="number" value={callback.number} />
            <Select
              name="outcome"
              id={`outcome-${callback.number}`}
              label={t('outcome')}
              value={state.number === callback.number ? (state.outcome ?? '') : ''}
              items={[{ value: '', text: t('choose') }, ...callOutcomes.map((value) => ({ value, text: t(value) }))]}
              {...mine(callback.number, 'outcome')}
            />
            <Textarea
              name="note"
              id={`note-${callback.number}`}
              label={t('note')}
              rows={2}
              value={state.number === callback.number ? (state.note ?? '') : ''}
              {...mine(callback.number, 'note')}
            />
            <Button class="govuk-button--secondary">{t('save')}</Button>
          </Form>
        </section>
      ))}
    </>,
  )
}
