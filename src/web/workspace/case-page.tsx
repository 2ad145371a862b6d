// The page of one case: where it stands, who asked what, what is promised, what happened.
import { may } from '#kernel/access/rule.ts'
import { writeMessage } from '#kernel/cases/act.ts'
import { accessOf, getCase } from '#kernel/cases/load-case.ts'
import { declareInterest } from '#kernel/cases/recuse.ts'
import { type CaseView, viewCase } from '#kernel/cases/view.ts'
import { listViews, recordView } from '#kernel/cases/views.ts'
import type { DomainError } from '#kernel/errors.ts'
import { getPackage } from '#kernel/procedures/packages.ts'
import type { HttpContext } from '#http/route.ts'
import { seeOther } from '#http/page.ts'
import type { Visit } from '#http/visit.ts'
import { BackLink } from '#ui/components/breadcrumbs.tsx'
import { Button } from '#ui/components/button.tsx'
import { Details } from '#ui/components/details.tsx'
import { Form } from '#ui/components/form.tsx'
import { Input } from '#ui/components/input.tsx'
import { NotificationBanner } from '#ui/components/notification-banner.tsx'
import { Select } from '#ui/components/select.tsx'
import { SummaryList } from '#ui/components/summary-list.tsx'
import { Table } from '#ui/components/table.tsx'
import { Tag } from '#ui/components/tag.tsx'
import { Textarea } from '#ui/components/textarea.tsx'
import { DiagramFigure } from '#ui/diagram/diagram-figure.tsx'
import { channelName, Deadline, Documents, Forms, History, isOpen, PastDeadlines, People } from './case-parts.tsx'
import { caseTexts as texts } from './case-texts.ts'
import { namesOf, one, readPost, work, workPage } from './frame.tsx'
import { Refusal } from './grouped-fields.tsx'
import { isRefusal, refusalStatus } from './refusals.ts'
import { sharedTexts, timeIn } from './words.ts'

type State = { contacts?: boolean; error?: DomainError; text?: string; ground?: string }

export const casePage = (visit: Visit, context: HttpContext): Promise<Response> => show(visit, context, numberOf(context), {})

export const numberOf = (context: HttpContext): string => (context.req.param('number') ?? '').toUpperCase()

const purposes = ['reach', 'serve', 'identify'] as const

/** Looking at contacts is an act with a purpose: it is recorded before anything is shown. */
export async function contactsPost(visit: Visit, context: HttpContext): Promise<Response> {
  const body = await readPost(visit, context)
  const purpose = purposes.find((known) => known === one(body, 'purpose')) ?? 'reach'
  const { loaded } = await getCase(visit.ctx, { number: numberOf(context) }, 'case.read')
  await recordView(visit.ctx, loaded.row.case_id, `contacts:${purpose}`, ['phone', 'email', 'address'])
  return show(visit, context, loaded.row.number, { contacts: true })
}

export async function messagePost(visit: Visit, context: HttpContext): Promise<Response> {
  const body = await readPost(visit, context)
  const number = numberOf(context)
  try {
    await writeMessage(visit.ctx, { number }, one(body, 'text'))
    return seeOther(work(visit, `/cases/${number}?did=answered#messages`))
  } catch (error) {
    if (!isRefusal(error)) throw error
    return show(visit, context, number, { error, text: one(body, 'text') })
  }
}

export async function recusalPost(visit: Visit, context: HttpContext): Promise<Response> {
  const body = await readPost(visit, context)
  const number = numberOf(context)
  try {
    await declareInterest(visit.ctx, { number }, one(body, 'ground'))
    return seeOther(work(visit, `/cases?recused=${number}`))
  } catch (error) {
    if (!isRefusal(error)) throw error
    return show(visit, context, number, { error, ground: one(body, 'ground') })
  }
}

async function show(visit: Visit, context: HttpContext, number: string, state: State): Promise<Response> {
  const t = texts(visit.language)
  const view = await viewCase(visit.ctx, { number }, visit.language)
  const { loaded } = await getCase(visit.ctx, { number }, 'case.read')
  const procedure = await getPackage(visit.ctx, loaded.row.package_hash)
  const looks = await listViews(visit.ctx, { number }, visit.language)
  const mayFix = may(visit.ctx.actor, 'case.correct', accessOf(loaded)) && view.status === 'open'
  const did = context.req.query('did')
  return workPage(
    visit,
    context,
    {
      title: `${view.number} ${view.subject}`,
      active: 'cases',
      path: work(visit, `/cases/${number}`),
      before: <BackLink href={work(visit, '/cases')}>{t('list')}</BackLink>,
      ...(state.error ? { status: refusalStatus(state.error), hasErrors: true } : {}),
    },
    <>
      {state.error && <Refusal error={state.error} language={visit.language} />}
      {isDone(did) && <NotificationBanner type="success" text={t(did)} />}
      <h1 class="govuk-heading-l">
        <span class="govuk-caption-l">
          {view.number} · {view.procedure.title}
        </span>
        {view.subject || view.procedure.title}
      </h1>
      <Standing visit={visit} view={view} />
      <div class="xl-task">
        <div class="xl-task__form">
          <Tasks visit={visit} view={view} names={await namesOf(visit, view.tasks.map((task) => task.assignee))} />
          <h2 class="govuk-heading-m">{t('content')}</h2>
          <Forms visit={visit} view={view} />
          <h2 class="govuk-heading-m">{t('history')}</h2>
          <History visit={visit} view={view} />
          <Messages visit={visit} view={view} text={state.text ?? ''} hasError={state.text !== undefined} />
          <h2 class="govuk-heading-m">{t('diagram')}</h2>
          <DiagramFigure
            definitions={procedure.definitions}
            marks={view.marks}
            names={Object.fromEntries(Object.keys(procedure.graph.elements).flatMap((id) => nameOf(procedure.texts[visit.language], `${procedure.slug}.element.${id}`, id)))}
          />
          <Looks visit={visit} looks={looks} />
          <Recusal visit={visit} number={number} ground={state.ground} />
        </div>
        <aside class="xl-task__case" aria-label={t('beside')}>
          {view.deadlines.some(isOpen) && <h2 class="govuk-heading-m">{t('deadlines')}</h2>}
          {view.deadlines.filter(isOpen).map((deadline) => (
            <Deadline visit={visit} deadline={deadline} level={3} />
          ))}
          <PastDeadlines visit={visit} view={view} />
          <h2 class="govuk-heading-m">{t('people')}</h2>
          <People visit={visit} view={view} isShown={state.contacts === true} />
          {!state.contacts && <Contacts visit={visit} number={number} />}
          <h2 class="govuk-heading-m">{t('documents')}</h2>
          {view.documents.length > 0 ? <Documents visit={visit} view={view} /> : <p class="govuk-body-s">{t('noDocuments')}</p>}
          <Acts visit={visit} view={view} mayFix={mayFix} />
          <Links visit={visit} view={view} />
        </aside>
      </div>
    </>,
  )
}

const doneKinds = ['answered', 'acted', 'dateCorrected', 'documentCorrected', 'documentWithdrawn', 'documentVoided', 'documentServed'] as const
const isDone = (did: string | undefined): did is (typeof doneKinds)[number] => doneKinds.some((kind) => kind === did)

function nameOf(all: Record<string, string>, key: string, id: string): [string, string][] {
  const text = all[key]
  return text === undefined ? [] : [[id, text]]
}

function Standing({ visit, view }: { visit: Visit; view: CaseView }) {
  const t = texts(visit.language)
  const s = sharedTexts(visit.language)
  return (
    <div class="xl-standing">
      <p class="govuk-body">
        <Tag colour={view.status === 'open' ? 'teal' : 'grey'}>{t(view.status)}</Tag> {view.missed && <Tag colour="red">{s('missed')}</Tag>}{' '}
        {view.status === 'closed' ? view.outcomeText : view.standing.join(' ')}
      </p>
      <p class="govuk-body-s">
        {t('received', { date: view.filedOn, channel: channelName(visit, view.channel) })}
        {view.office && ` · ${t('office', { office: view.office })}`}
        {view.place && ` · ${view.place}`}
      </p>
      {view.incidents.map((incident) => (
        <p class="govuk-body-s">
          <Tag colour="red">{t('incident')}</Tag> {incident.element}：{incident.reason}
        </p>
      ))}
    </div>
  )
}

function Tasks({ visit, view, names }: { visit: Visit; view: CaseView; names: Map<string, string> }) {
  const t = texts(visit.language)
  if (view.tasks.length === 0) return null
  return (
    <>
      <h2 class="govuk-heading-m">{t('tasks')}</h2>
      <ul class="govuk-list xl-papers">
        {view.tasks.map((task) => (
          <li>
            <a class="govuk-link xl-strong" href={work(visit, `/tasks/${task.taskId}`)}>
              {task.title}
            </a>
            <span class="xl-fine">
              {task.office || t('noOffice')} · {task.assignee === null ? sharedTexts(visit.language)('nobody') : (names.get(task.assignee) ?? '')}
            </span>
          </li>
        ))}
      </ul>
    </>
  )
}

function Messages({ visit, view, text, hasError }: { visit: Visit; view: CaseView; text: string; hasError: boolean }) {
  const t = texts(visit.language)
  return (
    <section id="messages">
      <h2 class="govuk-heading-m">{t('messages')}</h2>
      {view.messages.length === 0 && <p class="govuk-body-s">{t('noMessages')}</p>}
      {view.messages.map((message) => (
        <div class={`xl-message xl-message--${message.from}`}>
          <p class="xl-fine">
            {t(message.from === 'party' ? 'fromParty' : 'fromOffice')} · {timeIn(visit.ctx.zone, message.at)}
          </p>
          <p class="govuk-body xl-typed">{message.text}</p>
        </div>
      ))}
      <Form action={work(visit, `/cases/${view.number}/messages`)}>
        <Textarea name="text" label={t('answer')} hint={t('answerHint')} rows={3} value={text} {...(hasError ? { error: t('answerNeeded') } : {})} />
        <Button class="govuk-button--secondary" preventDoubleClick>
          {t('send')}
        </Button>
      </Form>
    </section>
  )
}

function Contacts({ visit, number }: { visit: Visit; number: string }) {
  const t = texts(visit.language)
  return (
    <Details summary={t('showContacts')} class="xl-details">
      <Form action={work(visit, `/cases/${number}/contacts`)} attributes={{ 'data-turbo': 'false' }}>
        <Select name="purpose" label={t('purpose')} hint={t('purposeHint')} items={purposes.map((value) => ({ value, text: t(value) }))} />
        <Button class="govuk-button--secondary">{t('showThem')}</Button>
      </Form>
    </Details>
  )
}

function Acts({ visit, view, mayFix }: { visit: Visit; view: CaseView; mayFix: boolean }) {
  const t = texts(visit.language)
  const address = (path: string) => work(visit, `/cases/${view.number}/${path}`)
  return (
    <>
      <h2 class="govuk-heading-m">{t('acts')}</h2>
      <ul class="govuk-list">
        {view.acts.map((act) => (
          <li>
            <a class="govuk-link" href={address(`acts/${act.name}`)}>
              {act.label}
            </a>
          </li>
        ))}
        {mayFix && (
          <li>
            <a class="govuk-link" href={address('dates')}>
              {t('fixDate')}
            </a>
          </li>
        )}
        <li>
          <a class="govuk-link" href={address('file.pdf')} data-turbo="false">
            {t('wholeFile')}
          </a>
        </li>
      </ul>
    </>
  )
}

function Links({ visit, view }: { visit: Visit; view: CaseView }) {
  const t = texts(visit.language)
  const links = view.links.filter((link) => link.number !== '')
  if (links.length === 0) return null
  return (
    <>
      <h2 class="govuk-heading-m">{t('links')}</h2>
      <ul class="govuk-list">
        {links.map((link) => (
          <li>
            {link.role === 'origin' ? t('origin') : t('follows')}{' '}
            <a class="govuk-link" href={work(visit, `/cases/${link.number}`)}>
              {link.number}
            </a>
          </li>
        ))}
      </ul>
    </>
  )
}

function Looks({ visit, looks }: { visit: Visit; looks: { at: Date; by: string; purpose: string; times: number }[] }) {
  const t = texts(visit.language)
  const words: Record<string, string> = {
    handling: t('handling'),
    export: t('exporting'),
    'counter-search': t('searching'),
    'contacts:reach': t('reach'),
    'contacts:serve': t('serve'),
    'contacts:identify': t('identify'),
  }
  return (
    <Details summary={t('looks')} class="xl-details">
      <Table
        class="xl-table--dense"
        scrollLabel={t('looks')}
        head={[t('lookedBy'), t('purpose'), t('times'), t('lastLook')]}
        rows={looks.map((look) => [look.by || '—', words[look.purpose] ?? look.purpose, String(look.times), { content: timeIn(visit.ctx.zone, look.at), class: 'xl-nowrap' }])}
      />
    </Details>
  )
}

function Recusal({ visit, number, ground }: { visit: Visit; number: string; ground: string | undefined }) {
  const t = texts(visit.language)
  return (
    <Details summary={t('recuse')} open={ground !== undefined} class="xl-details">
      <p class="govuk-body-s">{t('recuseText')}</p>
      <Form action={work(visit, `/cases/${number}/recusal`)}>
        <Input name="ground" label={t('ground')} value={ground ?? ''} {...(ground === undefined ? {} : { error: t('groundNeeded') })} />
        <Button class="govuk-button--warning">{t('recuseDo')}</Button>
      </Form>
    </Details>
  )
}

/** Facts of a case as a small list; used above forms that act on it. */
export function CaseLine({ visit, view }: { visit: Visit; view: CaseView }) {
  const t = texts(visit.language)
  return (
    <SummaryList
      class="xl-rows"
      rows={[
        { key: t('number'), value: view.number },
        { key: t('matter'), value: view.subject || view.procedure.title },
        { key: t('people'), value: view.parties.map((party) => party.name || t('anonymous')).join('、') },
      ]}
    />
  )
}
