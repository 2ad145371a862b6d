// The page of one case: where it stands, who asked what, what is promised, what happened.
import { may } from '#kernel/access/rule.ts'
import { writeMessage } from '#kernel/cases/act.ts'
import { accessOf } from '#kernel/cases/access-of.ts'
import { getCase } from '#kernel/cases/load-case.ts'
import { declareInterest } from '#kernel/cases/recuse.ts'
import { viewCase } from '#kernel/cases/view.ts'
import { listViews, type Look, recordView } from '#kernel/cases/views.ts'
import type { DomainError } from '#kernel/errors.ts'
import { getPackage } from '#kernel/procedures/packages.ts'
import type { HttpContext } from '#http/route.ts'
import { seeOther } from '#http/page.ts'
import type { Visit } from '#http/visit.ts'
import { BackLink } from '#ui/components/breadcrumbs.tsx'
import { NotificationBanner } from '#ui/components/notification-banner.tsx'
import { DiagramFigure } from '#ui/diagram/diagram-figure.tsx'
import { Deadline, Documents, Forms, History, isOpen, PastDeadlines, People } from './case-parts.tsx'
import { sealedPurposes } from '#web/access-words.ts'
import { Acts, Contacts, Links, Looks, Messages, OpenSealed, purposes, Recusal, Standing, Tasks } from './case-sections.tsx'
import { caseTexts as texts } from './case-texts.ts'
import { namesOf, one, readPost, work, workPage } from './frame.tsx'
import { Refusal } from './grouped-fields.tsx'
import { isRefusal, refusalStatus } from './refusals.ts'

type State = { contacts?: boolean; look?: Look; error?: DomainError; text?: string; ground?: string }

export const casePage = (visit: Visit, context: HttpContext): Promise<Response> => show(visit, context, numberOf(context), {})

export const numberOf = (context: HttpContext): string => (context.req.param('number') ?? '').toUpperCase()

/** Looking at contacts is an act with a purpose: it is recorded before anything is shown. */
export async function contactsPost(visit: Visit, context: HttpContext): Promise<Response> {
  const body = await readPost(visit, context)
  const purpose = purposes.find((known) => known === one(body, 'purpose')) ?? 'reach'
  const { loaded } = await getCase(visit.ctx, { number: numberOf(context) }, 'case.read')
  await recordView(visit.ctx, loaded, `contacts:${purpose}`, ['phone', 'email', 'address'])
  return show(visit, context, loaded.row.number, { contacts: true })
}

/** Opening what is sealed: with a purpose and a reason in words, both recorded before anything is shown. */
export async function sealedPost(visit: Visit, context: HttpContext): Promise<Response> {
  const body = await readPost(visit, context)
  const number = numberOf(context)
  const purpose = sealedPurposes.find((known) => known === one(body, 'purpose')) ?? 'handling'
  const look: Look = { purpose: `sealed:${purpose}`, words: one(body, 'words'), fields: ['sealed'], opens: true }
  try {
    return await show(visit, context, number, { look })
  } catch (error) {
    if (!isRefusal(error)) throw error
    return show(visit, context, number, { error })
  }
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
    await declareInterest(visit.ctx, { number }, one(body, 'ground'), one(body, 'kind'))
    return seeOther(work(visit, `/cases?recused=${number}`))
  } catch (error) {
    if (!isRefusal(error)) throw error
    return show(visit, context, number, { error, ground: one(body, 'ground') })
  }
}

async function show(visit: Visit, context: HttpContext, number: string, state: State): Promise<Response> {
  const t = texts(visit.language)
  const view = await viewCase(visit.ctx, { number }, visit.language, state.look)
  const { loaded } = await getCase(visit.ctx, { number }, 'case.read')
  const procedure = await getPackage(visit.ctx, loaded.row.package_hash)
  const looks = await listViews(visit.ctx, { number }, visit.language)
  const mayFix = may(visit.ctx.actor, 'case.correct', accessOf(loaded))
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
          <Tasks
            visit={visit}
            view={view}
            names={await namesOf(
              visit,
              view.tasks.map((task) => task.assignee),
            )}
          />
          <h2 class="govuk-heading-m">{t('content')}</h2>
          <Forms visit={visit} view={view} procedure={procedure} isShown={state.contacts === true} />
          <h2 class="govuk-heading-m">{t('history')}</h2>
          <History visit={visit} view={view} />
          <Messages visit={visit} view={view} text={state.text ?? ''} hasError={state.text !== undefined} />
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
          {view.mayOpenMore && <OpenSealed visit={visit} number={number} error={state.error} />}
          <h2 class="govuk-heading-m">{t('documents')}</h2>
          {view.documents.length > 0 ? <Documents visit={visit} view={view} /> : <p class="govuk-body-s">{t('noDocuments')}</p>}
          <Acts visit={visit} view={view} mayFix={mayFix} />
          <Links visit={visit} view={view} />
        </aside>
      </div>
      <h2 class="govuk-heading-m">{t('diagram')}</h2>
      <DiagramFigure
        definitions={procedure.definitions}
        marks={view.marks}
        names={Object.fromEntries(
          Object.keys(procedure.graph.elements).flatMap((id) => nameOf(procedure.texts[visit.language], `${procedure.slug}.element.${id}`, id)),
        )}
      />
      <Looks visit={visit} looks={looks} />
      <Recusal visit={visit} number={number} ground={state.ground} />
    </>,
  )
}

const doneKinds = ['answered', 'acted', 'dateCorrected', 'documentCorrected', 'documentWithdrawn', 'documentVoided', 'documentServed'] as const
const isDone = (did: string | undefined): did is (typeof doneKinds)[number] => doneKinds.some((kind) => kind === did)

function nameOf(all: Record<string, string>, key: string, id: string): [string, string][] {
  const text = all[key]
  return text === undefined ? [] : [[id, text]]
}
