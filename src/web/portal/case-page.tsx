// One matter as its party sees it: where it stands, until when and why, what she can do, and who looked.
import { listViews, type LookedAt } from '#kernel/cases/views.ts'
import { type CaseView, type DeadlineView, viewCase } from '#kernel/cases/view.ts'
import { type StoredFile, listUploads } from '#kernel/files/uploads.ts'
import type { Package } from '#kernel/procedures/load-package.ts'
import { getPackage } from '#kernel/procedures/packages.ts'
import type { HttpContext } from '#http/route.ts'
import type { Visit } from '#http/visit.ts'
import { BackLink } from '#ui/components/breadcrumbs.tsx'
import { Button } from '#ui/components/button.tsx'
import { DeadlineCard, formatDate } from '#ui/components/deadline-card.tsx'
import { Details } from '#ui/components/details.tsx'
import { Form } from '#ui/components/form.tsx'
import { Input } from '#ui/components/input.tsx'
import { InsetText } from '#ui/components/inset-text.tsx'
import { NotificationBanner } from '#ui/components/notification-banner.tsx'
import { SummaryList } from '#ui/components/summary-list.tsx'
import { Tag } from '#ui/components/tag.tsx'
import { Timeline } from '#ui/components/timeline.tsx'
import { DiagramFigure } from '#ui/diagram/diagram-figure.tsx'
import { caseTexts } from './case-texts.ts'
import { portalPage } from './frame.tsx'
import { elementNames } from './matter-page.tsx'
import { asParty } from './track.tsx'
import { formatInstant, markText } from './words.ts'

type Seen = { visit: Visit; view: CaseView; here: string }

/** `GET /cases/:number` */
export async function casePage(visit: Visit, context: HttpContext): Promise<Response> {
  const number = context.req.param('number') ?? ''
  const { language } = visit
  const t = caseTexts(language)
  const { view, views, files, procedure } = await asParty(visit, async (ctx) => {
    const view = await viewCase(ctx, { number }, language)
    return { view, views: await listViews(ctx, { number }, language), files: await listUploads(ctx, { number }), procedure: await getPackage(ctx, view.procedure.hash) }
  })
  const here = `${visit.base}/cases/${view.number}`
  const seen: Seen = { visit, view, here }
  return portalPage(
    visit,
    { title: `${view.number} · ${view.subject || view.procedure.title}`, path: `/cases/${view.number}`, active: 'track', before: <BackLink href={`${visit.base}/track`}>{t('back')}</BackLink> },
    <>
      {context.req.query('done') !== undefined && <NotificationBanner type="success" text={t('sentTitle')} />}
      <h1 class="govuk-heading-l">
        <span class="govuk-caption-l">
          {view.procedure.title} · <span class="xl-nowrap">{view.number}</span>
        </span>
        {view.subject || view.procedure.title}
      </h1>
      <Standing {...seen} />
      <Deadlines {...seen} />
      <Acts {...seen} />
      <Documents {...seen} />
      <Messages {...seen} files={files} />
      <h2 class="govuk-heading-m">{t('timeline')}</h2>
      <History {...seen} />
      <h2 class="govuk-heading-m">{t('diagram')}</h2>
      <DiagramFigure definitions={procedure.definitions} marks={view.marks} names={elementNames(procedure, language)} />
      <Details summary={t('filing')}>
        <Filing {...seen} procedure={procedure} files={files} />
      </Details>
      <Views {...seen} views={views} />
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

function Standing({ visit, view }: Seen) {
  const t = caseTexts(visit.language)
  const sentences = view.status === 'closed' ? [view.outcomeText || t('closed')] : view.standing
  return (
    <>
      <InsetText>
        <h2 class="govuk-heading-s govuk-!-margin-bottom-1">{t('where')}</h2>
        {sentences.map((sentence) => (
          <p class="govuk-body-l govuk-!-margin-bottom-1">{sentence}</p>
        ))}
      </InsetText>
      <SummaryList
        rows={[
          { key: t('office'), value: view.office || t('noOffice') },
          { key: t('filedOn'), value: formatDate(view.filedOn, visit.language) },
          view.place !== '' && { key: t('place'), value: view.place },
          { key: t('channel'), value: channelText(view.channel, visit.language) },
        ]}
      />
    </>
  )
}

function channelText(channel: string, language: Visit['language']): string {
  const t = caseTexts(language)
  switch (channel) {
    case 'web':
    case 'counter':
    case 'letter':
    case 'phone':
    case 'visit':
    case 'upstream':
    case 'case':
      return t(`channel.${channel}`)
    default:
      return channel
  }
}

function Deadlines({ visit, view }: Seen) {
  const t = caseTexts(visit.language)
  // The one that ends next stands first; what is done comes after.
  const shown = view.deadlines.filter((deadline) => deadline.status !== 'cancelled').toSorted((a, b) => order(a) - order(b) || a.due.localeCompare(b.due))
  return (
    <>
      <h2 class="govuk-heading-m">{t('deadlines')}</h2>
      {shown.length === 0 && <p class="govuk-body">{t('noDeadlines')}</p>}
      {shown.map((deadline) => (
        <Deadline deadline={deadline} language={visit.language} />
      ))}
    </>
  )
}

const order = (deadline: DeadlineView): number => (deadline.metOn === null && deadline.status !== 'met' ? 0 : 1)

function Deadline({ deadline, language }: { deadline: DeadlineView; language: Visit['language'] }) {
  const t = caseTexts(language)
  const late = deadline.missed
  const why = (
    <>
      <p>{deadline.explanation.summary}</p>
      <ul class="govuk-list govuk-list--bullet">
        {deadline.explanation.lines.map((line) => (
          <li>{line}</li>
        ))}
      </ul>
      {markText(deadline.mark, language) && <p>{markText(deadline.mark, language)}</p>}
    </>
  )
  return (
    <>
      <DeadlineCard
        title={deadline.title}
        due={deadline.due}
        daysLeft={deadline.daysLeft}
        state={deadline.status === 'met' ? 'met' : 'running'}
        // The kernel has decided what counts as soon; the card only shows it.
        soonWithin={deadline.light === 'amber' ? Math.max(0, deadline.daysLeft) : -1}
        isProvisional={deadline.provisional}
        why={why}
      />
      {deadline.binds === 'party' && deadline.status === 'running' && <p class="govuk-body">{t('yours')}</p>}
      {deadline.metOn !== null && <p class="govuk-body">{t(late ? 'lateMet' : 'metOn', { date: formatDate(deadline.metOn, language) })}</p>}
      {late && deadline.metOn === null && deadline.binds === 'office' && <p class="govuk-body">{t('missedText')}</p>}
    </>
  )
}

function Acts({ visit, view, here }: Seen) {
  const t = caseTexts(visit.language)
  return (
    <>
      <h2 class="govuk-heading-m">{t('acts')}</h2>
      <ul class="govuk-list govuk-list--spaced">
        {view.acts.map((act) => (
          <li>
            <a class="govuk-link" href={`${here}/acts/${act.name}`}>
              {act.label}
            </a>
          </li>
        ))}
        {view.status === 'open' && (
          <li>
            <a class="govuk-link" href={`${here}/supplement`}>
              {t('supplement')}
            </a>
          </li>
        )}
      </ul>
      {view.status !== 'open' && view.acts.length === 0 && <p class="govuk-body">{t('actsNone')}</p>}
    </>
  )
}

function Documents({ visit, view, here }: Seen) {
  const { language } = visit
  const t = caseTexts(language)
  const statusText = { issued: t('status.issued'), served: t('status.served'), corrected: t('status.corrected'), withdrawn: t('status.withdrawn'), void: t('status.void') } as Record<string, string>
  return (
    <>
      <h2 class="govuk-heading-m">{t('documents')}</h2>
      {view.documents.length === 0 ? (
        <p class="govuk-body">{t('noDocuments')}</p>
      ) : (
        <ul class="govuk-list govuk-list--spaced">
          {view.documents.map((document) => (
            <li>
              <a class="govuk-link" href={`${here}/documents/${document.id}`}>
                {document.title} {document.number}
              </a>{' '}
              <Tag colour={document.status === 'withdrawn' || document.status === 'void' ? 'red' : document.status === 'corrected' ? 'yellow' : 'green'}>
                {statusText[document.status] ?? document.status}
              </Tag>
              <br />
              <span class="govuk-hint">
                {t('issued', { date: formatDate(document.issuedOn, language) })}
                {document.servedOn !== undefined && ` · ${t('served', { date: formatDate(document.servedOn, language) })}`}
              </span>
            </li>
          ))}
        </ul>
      )}
    </>
  )
}

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
    ...(formatInstant(entry.recordedAt, visit.ctx.zone, language).startsWith(formatDate(entry.effectiveOn, language)) ? {} : { body: t('effective', { date: formatDate(entry.effectiveOn, language) }) }),
  }))
  return <Timeline label={t('timeline')} items={items} />
}

function Filing({ visit, view, here, procedure, files }: Seen & { procedure: Package; files: StoredFile[] }) {
  const t = caseTexts(visit.language)
  const filing = view.forms.find((form) => form.element === 'filing')
  const isFile = (name: string) => procedure.forms.get('filing')?.schema.properties[name]?.['x-tag'] === 'attachment'
  return (
    <>
      <SummaryList rows={(filing?.fields ?? []).filter((field) => !isFile(field.name)).map((field) => ({ key: field.label, value: <span class="xl-typed">{field.text}</span> }))} />
      {files.length > 0 && <h3 class="govuk-heading-s">{t('files')}</h3>}
      <ul class="govuk-list">
        {files.map((file) => (
          <li>
            <FileLink file={file} here={here} />
          </li>
        ))}
      </ul>
    </>
  )
}

const FileLink = ({ file, here }: { file: StoredFile; here: string }) => (
  <a class="govuk-link xl-break" href={`${here}/files/${file.fileId}`} data-turbo="false">
    {file.name}
  </a>
)

function Views({ visit, views }: Seen & { views: LookedAt[] }) {
  const { language } = visit
  const t = caseTexts(language)
  const purposes: Record<string, string> = { handling: t('purpose.handling'), 'counter-search': t('purpose.counter-search'), export: t('purpose.export') }
  return (
    <Details summary={t('views')} id="views">
      <p>{t('viewsText')}</p>
      {views.length === 0 ? (
        <p>{t('noViews')}</p>
      ) : (
        <ul class="govuk-list govuk-list--bullet">
          {views.map((look) => (
            <li>
              {formatInstant(look.at, visit.ctx.zone, language)} · {t('views1', { by: look.by, purpose: purposes[look.purpose] ?? look.purpose, times: look.times })}
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
        <a class="govuk-link" href={`${here}/receipt`} data-turbo="false">
          {t('recordLink')}
        </a>
      </p>
      <p>
        <a class="govuk-link" href={`${visit.base}/integrity`}>
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
