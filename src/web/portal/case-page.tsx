// One matter as its party sees it: where it stands, until when and why, what she can do, and who looked.
import { listViews, type LookedAt } from '#kernel/cases/views.ts'
import { countRequests } from '#kernel/cases/frequency.ts'
import { getCase } from '#kernel/cases/load-case.ts'
import { viewCase } from '#kernel/cases/view.ts'
import { type StoredFile, listUploads } from '#kernel/files/uploads.ts'
import { getPackage } from '#kernel/procedures/packages.ts'
import { seeOther } from '#http/page.ts'
import type { HttpContext } from '#http/route.ts'
import type { Visit } from '#http/visit.ts'
import { Button } from '#ui/components/button.tsx'
import { formatDate } from '#ui/components/deadline-card.tsx'
import { Details } from '#ui/components/details.tsx'
import { Form } from '#ui/components/form.tsx'
import { Input } from '#ui/components/input.tsx'
import { InsetText } from '#ui/components/inset-text.tsx'
import { NotificationBanner } from '#ui/components/notification-banner.tsx'
import { Timeline } from '#ui/components/timeline.tsx'
import { DiagramFigure } from '#ui/diagram/diagram-figure.tsx'
import { Deadlines, type Seen, Standing } from './case-standing.tsx'
import { caseTexts } from './case-texts.ts'
import { Documents, FileLink, Filing, OfficeWords } from './case-papers.tsx'
import { purposeText } from '#web/access-words.ts'
import { Back, portalPage } from './frame.tsx'
import { elementNames } from './matter-page.tsx'
import { OpenedList, readOpened } from './case-opens.tsx'
import { ProxyLine } from './proxies.tsx'
import { asParty } from './track.tsx'
import { formatInstant } from './words.ts'

/** `GET /cases/:number` */
export async function casePage(visit: Visit, context: HttpContext): Promise<Response> {
  const number = context.req.param('number') ?? ''
  const { language } = visit
  const t = caseTexts(language)
  // Officers have their own page of a case, with their own duties on it.
  if (visit.ctx.actor.kind === 'staff') return seeOther(`${visit.base}/workspace/cases/${number}`)
  const { view, views, files, procedure, frequency } = await asParty(visit, async (ctx) => {
    const view = await viewCase(ctx, { number }, language)
    return {
      view,
      frequency: await countRequests(ctx, (await getCase(ctx, { number }, 'case.read')).loaded),
      views: await listViews(ctx, { number }, language),
      files: await listUploads(ctx, { number }),
      procedure: await getPackage(ctx, view.procedure.hash),
    }
  })
  const here = `${visit.base}/cases/${view.number}`
  const seen: Seen = { visit, view, here }
  return portalPage(
    visit,
    {
      title: `${view.number} · ${view.subject || view.procedure.title}`,
      path: `/cases/${view.number}`,
      active: 'track',
      before: <Back href={`${visit.base}/track`}>{t('back')}</Back>,
    },
    <>
      {context.req.query('done') !== undefined && <NotificationBanner type="success" text={t('sentTitle')} />}
      <h1 class="govuk-heading-l">
        <span class="govuk-caption-l">
          {view.procedure.title} · <span class="xl-nowrap">{view.number}</span>
        </span>
        {view.subject || view.procedure.title}
      </h1>
      <Standing {...seen} procedure={procedure} />
      {frequency && <p class="govuk-body">{t('frequency', { count: frequency.count, after: formatDate(frequency.after, language) })}</p>}
      <Deadlines {...seen} />
      <OpenedList visit={visit} opened={await readOpened(visit, view, procedure)} />
      <Acts {...seen} />
      <Documents {...seen} />
      <OfficeWords {...seen} procedure={procedure} files={files} />
      <Messages {...seen} files={files} />
      <h2 class="govuk-heading-m">{t('timeline')}</h2>
      <History {...seen} />
      {/* On a phone the picture is taller than all the rest. */}
      <Details summary={t('diagram')}>
        <DiagramFigure definitions={procedure.definitions} marks={view.marks} names={elementNames(procedure, language)} />
      </Details>
      <Details summary={t('filing')}>
        <Filing {...seen} procedure={procedure} files={files} />
      </Details>
      <Views {...seen} views={views} />
      <p class="govuk-body">
        <a class="govuk-link" href={`${here}/data`}>
          {t('myData')}
        </a>
      </p>
      <Proof {...seen} />
      <Join {...seen} />
      <InsetText>
        <p class="govuk-body">
          <strong>{t('leave')}</strong> {t('leaveText')}
        </p>
        <Form action={`${visit.base}/clear`}>
          <Button class="govuk-button--secondary govuk-!-margin-bottom-0">{t('clear')}</Button>
        </Form>
      </InsetText>
    </>,
  )
}

function Acts({ visit, view, here }: Seen) {
  const t = caseTexts(visit.language)
  return (
    <>
      <h2 class="govuk-heading-m">{t('acts')}</h2>
      <ul class="govuk-list govuk-list--spaced">
        {view.acts.map((act) => (
          <ActLine href={`${here}/acts/${act.name}`} text={act.label} />
        ))}
        {view.status === 'open' && <ActLine href={`${here}/supplement`} text={t('supplement')} />}
        {view.status === 'open' && <ActLine href={`${here}/sessions`} text={t('sessions')} />}
        <ProxyLine visit={visit} parties={view.parties} isProxy={view.isProxy} here={here} />
        {view.status === 'open' ? (
          <ActLine href={`${here}/recusal`} text={t('recusal')} />
        ) : (
          !view.isProxy && <ActLine href={`${here}/rating`} text={t('rating')} />
        )}
      </ul>
      {view.status !== 'open' && view.acts.length === 0 && <p class="govuk-body">{t('actsNone')}</p>}
    </>
  )
}

const ActLine = ({ href, text }: { href: string; text: string }) => (
  <li>
    <a class="govuk-link" href={href}>
      {text}
    </a>
  </li>
)

function Messages({ visit, view, here, files }: Seen & { files: StoredFile[] }) {
  const t = caseTexts(visit.language)
  if (view.messages.length === 0) return null
  return (
    <>
      <h2 class="govuk-heading-m">{t('messages')}</h2>
      {view.messages.map((message) => (
        <div class={message.from === 'office' ? 'xl-message xl-message--office' : 'xl-message'}>
          <p>
            <strong>{t(message.from === 'office' ? 'officeSays' : 'you')}</strong> · {formatInstant(message.at, visit.ctx.zone, visit.language)}
          </p>
          <p class="xl-typed">{message.text}</p>
          {files
            .filter((file) => message.files.includes(file.fileId))
            .map((file) => (
              <p>
                <FileLink file={file} here={here} />
              </p>
            ))}
        </div>
      ))}
    </>
  )
}

function History({ visit, view }: Seen) {
  const { language } = visit
  const t = caseTexts(language)
  const items = view.timeline.map((entry) => ({
    title: entry.text,
    at: formatInstant(entry.recordedAt, visit.ctx.zone, language),
    datetime: entry.recordedAt.toISOString(),
    by: entry.by,
    // Taking effect on another day than it was written down is what deadlines hang on.
    ...(formatInstant(entry.recordedAt, visit.ctx.zone, language).startsWith(formatDate(entry.effectiveOn, language))
      ? {}
      : { body: t('effective', { date: formatDate(entry.effectiveOn, language) }) }),
  }))
  return <Timeline label={t('timeline')} items={items} />
}

function Views({ visit, views }: Seen & { views: LookedAt[] }) {
  const { language } = visit
  const t = caseTexts(language)
  return (
    <Details summary={t('views')} id="views">
      <p>{t('viewsText')}</p>
      {views.length === 0 ? (
        <p>{t('noViews')}</p>
      ) : (
        <ul class="govuk-list govuk-list--bullet">
          {views.map((look) => (
            <li>
              {formatInstant(look.at, visit.ctx.zone, language)} ·{' '}
              {t('views1', { by: look.by, purpose: purposeText(look.purpose, language), times: look.times })}
              {look.words !== '' && <span class="govuk-hint">{t('viewsWords', { words: look.words })}</span>}
            </li>
          ))}
        </ul>
      )}
    </Details>
  )
}

function Proof({ visit, here }: Seen) {
  const t = caseTexts(visit.language)
  return (
    <Details summary={t('record')}>
      <p>{t('recordText')}</p>
      <p>
        <a class="govuk-link" href={`${here}/slip`}>
          {t('recordSlip')}
        </a>
      </p>
      <p>
        <a class="govuk-link" href={`${here}/receipt`} data-turbo="false">
          {t('recordLink')}
        </a>
      </p>
      <p>
        <a class="govuk-link" href={`${visit.base}/verify#receipt`}>
          {t('recordHow')}
        </a>
      </p>
    </Details>
  )
}

function Join({ visit, here }: Seen) {
  const t = caseTexts(visit.language)
  if (visit.session?.kind !== 'resident' || visit.ctx.actor.kind !== 'receipt') return null
  return (
    <Details summary={t('join')}>
      <p>{t('joinText')}</p>
      <Form action={`${here}/join`}>
        <Input name="code" label={t('join')} class="govuk-input--width-20" autocomplete="off" spellcheck={false} />
        <Button class="govuk-button--secondary">{t('joinButton')}</Button>
      </Form>
    </Details>
  )
}
