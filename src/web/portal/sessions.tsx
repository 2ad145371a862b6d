// When and where a party is expected, and her own calendar of it.
import { listSessions, makeFeed, readCalendar, readFeed, type Session } from '#kernel/calendar/calendar.ts'
import { notFound } from '#kernel/errors.ts'
import type { HttpContext } from '#http/route.ts'
import type { Visit } from '#http/visit.ts'
import { Button } from '#ui/components/button.tsx'
import { Form } from '#ui/components/form.tsx'
import { InsetText } from '#ui/components/inset-text.tsx'
import { SummaryList } from '#ui/components/summary-list.tsx'
import { defineTexts } from '#ui/texts.ts'
import { Back, limit, portalPage, readPost } from './frame.tsx'
import { asParty } from './track.tsx'
import { formatInstant } from './words.ts'

const texts = defineTexts({
  zh: {
    title: '时间和地点',
    none: '还没有约时间。',
    file: '下载日历文件',
    feed: '在我的日历里自动更新',
    feedText: '生成一个只给您的日历地址，加到手机或者电脑的日历里，改期会自动更新。地址不要给别人；重新生成后，旧地址作废。',
    make: '生成日历地址',
    made: '您的日历地址（只显示这一次）：',
    until: '到 {end}',
  },
  en: {
    title: 'When and where',
    none: 'Nothing is arranged yet.',
    file: 'Download for a calendar',
    feed: 'Keep my calendar up to date',
    feedText:
      'Makes an address for you alone. Add it to the calendar of your phone or computer and changes arrive by themselves. Give it to nobody; a new one ends the old.',
    make: 'Make the address',
    made: 'Your calendar address (shown only once):',
    until: 'until {end}',
  },
})

const numberOf = (context: HttpContext) => ({ number: context.req.param('number') ?? '' })
const answer = (text: string) =>
  new Response(text, {
    headers: { 'content-type': 'text/calendar; charset=utf-8', 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' },
  })

/** `GET /cases/:number/sessions` */
export async function sessionsPage(visit: Visit, context: HttpContext): Promise<Response> {
  return show(visit, context, await asParty(visit, (ctx) => listSessions(ctx, numberOf(context))))
}

/** `POST /cases/:number/sessions`: a new address; it is on this one answer and nowhere else. */
export async function feedPost(visit: Visit, context: HttpContext): Promise<Response> {
  await readPost(visit, context)
  await limit(visit, 'draftSteps')
  const { sessions, secret } = await asParty(visit, async (ctx) => ({
    sessions: await listSessions(ctx, numberOf(context)),
    ...(await makeFeed(ctx, numberOf(context))),
  }))
  return show(visit, context, sessions, `${visit.ctx.services.baseUrl}${visit.base}/calendar/${secret}.ics`)
}

function show(visit: Visit, context: HttpContext, sessions: Session[], address?: string): Promise<Response> {
  const { language, base } = visit
  const t = texts(language)
  const { number } = numberOf(context)
  const here = `${base}/cases/${number}`
  const instant = (at: Date) => formatInstant(at, visit.ctx.zone, language)
  return portalPage(
    visit,
    { title: `${t('title')} · ${number}`, path: `/cases/${number}/sessions`, active: 'track', before: <Back href={here} /> },
    <>
      <h1 class="govuk-heading-l">
        <span class="govuk-caption-l">{number}</span>
        {t('title')}
      </h1>
      {sessions.length === 0 && <p class="govuk-body">{t('none')}</p>}
      {sessions.length > 0 && (
        <>
          <SummaryList
            rows={sessions.map((session) => ({
              key: `${instant(session.start)} ${t('until', { end: instant(session.end) })}`,
              value: <span class="xl-typed">{[session.title, session.place].filter(Boolean).join(' · ')}</span>,
            }))}
          />
          <p class="govuk-body">
            <a class="govuk-link" href={`${here}/sessions.ics`} data-turbo="false">
              {t('file')}
            </a>
          </p>
        </>
      )}
      {address !== undefined && (
        <InsetText>
          <p class="govuk-body">{t('made')}</p>
          <p class="govuk-body xl-break">
            <code>{address}</code>
          </p>
        </InsetText>
      )}
      <h2 class="govuk-heading-m">{t('feed')}</h2>
      <p class="govuk-body">{t('feedText')}</p>
      {/* The address is on the answer itself and on no page after it, so Turbo leaves the form alone. */}
      <Form action={`${here}/sessions`} attributes={{ 'data-turbo': 'false' }}>
        <Button class="govuk-button--secondary" preventDoubleClick>
          {t('make')}
        </Button>
      </Form>
    </>,
  )
}

/** `GET /cases/:number/sessions.ics` */
export const sessionsFile = async (visit: Visit, context: HttpContext): Promise<Response> =>
  answer(await asParty(visit, (ctx) => readCalendar(ctx, numberOf(context))))

/** `GET /calendar/:secret.ics`: calendars have no session; the address is the key. */
export async function feedFile(visit: Visit, context: HttpContext): Promise<Response> {
  const secret = (context.req.param('file') ?? '').replace(/\.ics$/, '')
  if (!/^[\w-]{43}$/.test(secret)) throw notFound('calendar.not_found', 'There is no such calendar.')
  await limit(visit, 'draftSteps')
  return answer(await readFeed(visit.ctx, secret))
}
