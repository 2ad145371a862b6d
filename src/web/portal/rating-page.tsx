// 好差评: how the person was served. Hers alone to give, once, after the case is closed; it changes nothing for her.
import { getCase } from '#kernel/cases/load-case.ts'
import { DomainError } from '#kernel/errors.ts'
import { rateCase, ratings, type RatingState, readRating } from '#kernel/ratings/ratings.ts'
import type { HttpContext } from '#http/route.ts'
import { seeOther } from '#http/page.ts'
import type { Visit } from '#http/visit.ts'
import { Button } from '#ui/components/button.tsx'
import { formatDate } from '#ui/components/deadline-card.tsx'
import { ErrorSummary } from '#ui/components/error-summary.tsx'
import { Form } from '#ui/components/form.tsx'
import { NotificationBanner } from '#ui/components/notification-banner.tsx'
import { Radios } from '#ui/components/radios.tsx'
import { Textarea } from '#ui/components/textarea.tsx'
import { errorsByField } from '#ui/form/form-texts.ts'
import { defineTexts } from '#ui/texts.ts'
import { Back, limit, one, portalPage, readPost } from './frame.tsx'
import { asParty } from './track.tsx'

export const ratingTexts = defineTexts({
  zh: {
    title: '评价这次办理',
    lead: '评不评由您决定，一件事评一次。评高评低都不影响您现在和以后办事，也不会因此记下您的任何情况。',
    how: '这件事办得怎么样？',
    '5': '非常满意',
    '4': '满意',
    '3': '基本满意',
    '2': '不满意',
    '1': '非常不满意',
    words: '想说的话（选填）',
    wordsHint: '最多500字。不满意并且写了原因的，由没有办过这件事的人回访您。',
    send: '提交评价',
    until: '可以评到{date}。',
    closed: '这件事还没有办结，或者已经过了评价的时间。',
    done: '谢谢，已经收到。',
    given: '您的评价：{rating}',
    errors: '有几处需要修改',
  },
  en: {
    title: 'Rate how you were served',
    lead: 'It is up to you; one matter, one rating. Good or bad, it changes nothing for you now or later, and nothing is noted about you.',
    how: 'How was it?',
    '5': 'Very good',
    '4': 'Good',
    '3': 'Fair',
    '2': 'Bad',
    '1': 'Very bad',
    words: 'In your words (optional)',
    wordsHint: 'At most 500 characters. If it was bad and you say why, somebody who did not handle it calls you back.',
    send: 'Send',
    until: 'Possible until {date}.',
    closed: 'The matter is not closed yet, or the time for rating is over.',
    done: 'Thank you, it was received.',
    given: 'Your rating: {rating}',
    errors: 'Some answers need a correction',
  },
})

type Open = { number: string; state: RatingState }

const open = (visit: Visit, context: HttpContext): Promise<Open> =>
  asParty(visit, async (ctx) => {
    const { loaded } = await getCase(ctx, { number: context.req.param('number') ?? '' }, 'case.rate')
    return { number: loaded.row.number, state: await readRating(ctx, loaded.row.number) }
  })

/** `GET /cases/:number/rating` */
export async function ratingPage(visit: Visit, context: HttpContext): Promise<Response> {
  return show(visit, context, await open(visit, context))
}

/** `POST /cases/:number/rating` */
export async function ratingPost(visit: Visit, context: HttpContext): Promise<Response> {
  const body = await readPost(visit, context)
  const opened = await open(visit, context)
  await limit(visit, 'draftSteps')
  const given = { rating: Number(one(body, 'rating')), words: one(body, 'words') }
  try {
    await asParty(visit, (ctx) => rateCase(ctx, opened.number, given))
    return seeOther(`${visit.base}/cases/${opened.number}/rating?done`)
  } catch (error) {
    if (!(error instanceof DomainError) || error.kind !== 'invalid') throw error
    return show(visit, context, opened, { error, ...given })
  }
}

function show(
  visit: Visit,
  context: HttpContext,
  { number, state }: Open,
  sent?: { error: DomainError; rating: number; words: string },
): Promise<Response> {
  const { language } = visit
  const t = ratingTexts(language)
  const errors = sent ? errorsByField(sent.error.fields) : {}
  const path = `/cases/${number}/rating`
  return portalPage(
    visit,
    {
      title: `${t('title')} · ${number}`,
      path,
      active: 'track',
      status: sent ? 422 : 200,
      hasErrors: sent !== undefined,
      before: <Back href={`${visit.base}/cases/${number}`} />,
    },
    <>
      {sent && (
        <ErrorSummary
          title={t('errors')}
          errors={sent.error.fields.map(({ message, pointer }) => ({ text: message, href: `#${pointer.slice(1)}` }))}
        />
      )}
      {context.req.query('done') !== undefined && <NotificationBanner type="success" text={t('done')} />}
      <h1 class="govuk-heading-l">
        <span class="govuk-caption-l">{number}</span>
        {t('title')}
      </h1>
      <p class="govuk-body">{t('lead')}</p>
      {state.state === 'closed' && <p class="govuk-body">{t('closed')}</p>}
      {state.state === 'rated' && (
        <>
          <p class="govuk-body">{t('given', { rating: t(wordOf(state.rating)) })}</p>
          {state.words !== '' && <p class="govuk-body">{state.words}</p>}
        </>
      )}
      {state.state === 'open' && (
        <Form action={`${visit.base}${path}`}>
          <Radios
            name="rating"
            fieldset={{ legend: t('how') }}
            hint={t('until', { date: formatDate(state.until, language) })}
            value={sent?.rating ?? ''}
            items={ratings.toReversed().map((value) => ({ value: String(value), label: t(wordOf(value)) }))}
            {...(errors['rating'] ? { error: errors['rating'] } : {})}
          />
          <Textarea
            name="words"
            label={t('words')}
            hint={t('wordsHint')}
            rows={4}
            value={sent?.words ?? ''}
            {...(errors['words'] ? { error: errors['words'] } : {})}
          />
          <Button preventDoubleClick>{t('send')}</Button>
        </Form>
      )}
    </>,
  )
}

export const wordOf = (rating: number): '1' | '2' | '3' | '4' | '5' => (['1', '2', '3', '4', '5'] as const)[rating - 1] ?? '3'
