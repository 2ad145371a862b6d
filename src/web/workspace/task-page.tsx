// How a task looks.
import { may } from '#kernel/access/rule.ts'
import { accessOf } from '#kernel/cases/access-of.ts'
import { countRequests } from '#kernel/cases/frequency.ts'
import { findAssignees } from '#kernel/cases/assignees.ts'
import type { LoadedCase, TaskRow } from '#kernel/cases/types.ts'
import { viewCase } from '#kernel/cases/view.ts'
import { speaker } from '#kernel/cases/words.ts'
import { DomainError } from '#kernel/errors.ts'
import type { Package } from '#kernel/procedures/load-package.ts'
import type { HttpContext } from '#http/route.ts'
import type { Visit } from '#http/visit.ts'
import { BackLink } from '#ui/components/breadcrumbs.tsx'
import { Button } from '#ui/components/button.tsx'
import { formatDate } from '#ui/components/deadline-card.tsx'
import { Details } from '#ui/components/details.tsx'
import { Form } from '#ui/components/form.tsx'
import { InsetText } from '#ui/components/inset-text.tsx'
import { Input } from '#ui/components/input.tsx'
import { Select } from '#ui/components/select.tsx'
import { errorsByField } from '#ui/form/form-texts.ts'
import { taskTexts as texts } from './task-page-texts.ts'
import { Deadline, Documents, Forms, isOpen, People } from './case-parts.tsx'
import { namesOf, staffOf, work, workPage } from './frame.tsx'
import { type FieldsOf, GroupedFields, Refusal } from './grouped-fields.tsx'
import { refusalStatus } from './refusals.ts'
import { sharedTexts } from './words.ts'

export type TaskState = {
  /** What was typed, after an error or for a preview. */
  values?: Record<string, unknown>
  error?: DomainError
  preview?: { id: string; pages: string[] }[]
}
export type ShownTask = {
  loaded: LoadedCase
  procedure: Package
  task: TaskRow
  fields?: FieldsOf
  ahead: { id: string; drafts: boolean }[]
  pages: { id: string; count: number }[]
}

export async function showTask(visit: Visit, context: HttpContext, shown: ShownTask, state: TaskState): Promise<Response> {
  const t = texts(visit.language)
  const { loaded, procedure, task } = shown
  const say = speaker(procedure, visit.language)
  const view = await viewCase(visit.ctx, { caseId: loaded.row.case_id }, visit.language)
  const title = view.tasks.find((known) => known.taskId === task.task_id)?.title ?? say(`element.${task.element}`)
  const access = accessOf(loaded, task)
  const mine = may(visit.ctx.actor, 'task.complete', access)
  const names = await namesOf(visit, [task.assignee])
  const fields = shown.fields && state.error ? { ...shown.fields, errors: errorsByField(state.error.fields) } : shown.fields
  const open = view.deadlines.filter(isOpen)
  const frequency = mine ? await countRequests(visit.ctx, loaded) : undefined
  const address = work(visit, `/tasks/${task.task_id}`)
  return workPage(
    visit,
    context,
    {
      title: `${title} ${view.number}`,
      active: 'inbox',
      hasErrors: state.error !== undefined,
      path: address,
      before: <BackLink href={work(visit)}>{t('toInbox')}</BackLink>,
      ...(state.error ? { status: refusalStatus(state.error) } : {}),
    },
    <>
      <h1 class="govuk-heading-l">{title}</h1>
      <div class="xl-task">
        <div class="xl-task__form">
          {state.error && <Refusal error={state.error} language={visit.language} {...(fields ? { fields } : {})} />}
          <Standing
            visit={visit}
            task={task}
            name={names.get(task.assignee ?? '') ?? ''}
            isMine={mine}
            office={view.tasks.find((known) => known.taskId === task.task_id)?.office ?? ''}
          />
          {frequency && <InsetText>{t('frequency', { count: frequency.count, after: formatDate(frequency.after, visit.language) })}</InsetText>}
          {mine && (
            <Form action={address} hasFiles attributes={{ id: 'task', 'data-turbo': 'false' }}>
              <input type="hidden" name="_version" value={String(task.version)} />
              {fields ? <GroupedFields {...fields} /> : <p class="govuk-body">{t('noForm')}</p>}
              <Preview visit={visit} shown={shown} state={state} />
              <div class="govuk-button-group">
                <Button name="_act" value="complete" preventDoubleClick>
                  {t('submit')}
                </Button>
                {shown.ahead.some((document) => document.drafts) && (
                  <Button name="_act" value="preview" class="govuk-button--secondary">
                    {t('preview')}
                  </Button>
                )}
              </div>
            </Form>
          )}
          {mine && <Handing visit={visit} task={task} colleagues={await colleaguesOf(visit, loaded, task)} />}
        </div>
        <aside class="xl-task__case" aria-label={t('case')}>
          <h2 class="govuk-heading-m">{view.subject || view.procedure.title}</h2>
          <p class="govuk-body-s">
            <a class="govuk-link" href={work(visit, `/cases/${view.number}`)}>
              {view.number}
            </a>{' '}
            · {view.procedure.title}
          </p>
          {open.map((deadline) => (
            <Deadline visit={visit} deadline={deadline} level={3} />
          ))}
          <Forms visit={visit} view={view} procedure={procedure} {...(fields && loaded.content[task.element] ? { without: task.element } : {})} />
          <h3 class="govuk-heading-s">{t('people')}</h3>
          <People visit={visit} view={view} isShown={false} />
          {view.documents.length > 0 && <h3 class="govuk-heading-s">{t('documents')}</h3>}
          {view.documents.length > 0 && <Documents visit={visit} view={view} />}
          <p class="govuk-body">
            <a class="govuk-link" href={work(visit, `/cases/${view.number}`)}>
              {t('open')}
            </a>
          </p>
        </aside>
      </div>
    </>,
  )
}

function Standing(props: { visit: Visit; task: TaskRow; name: string; isMine: boolean; office: string }) {
  const { visit, task } = props
  const t = texts(visit.language)
  const me = staffOf(visit).userId
  if (task.barred.includes(me)) return <InsetText>{t('barred')}</InsetText>
  if (!props.isMine) return <InsetText>{t('notYours', { office: props.office })}</InsetText>
  if (task.assignee === me) return null
  return (
    <div class="xl-claim">
      <p class="govuk-body-s">{task.assignee === null ? t('free') : t('takenBy', { name: props.name })}</p>
      {task.assignee === null && (
        <Form action={work(visit, `/tasks/${task.task_id}`)}>
          <input type="hidden" name="_version" value={String(task.version)} />
          <Button name="_act" value="claim" class="govuk-button--secondary">
            {t('claim')}
          </Button>
        </Form>
      )}
    </div>
  )
}

function Preview({ visit, shown, state }: { visit: Visit; shown: ShownTask; state: TaskState }) {
  const t = texts(visit.language)
  const say = speaker(shown.procedure, visit.language)
  const stored = shown.pages.map(({ id, count }) => ({
    id,
    sources: Array.from({ length: count }, (_, index) => work(visit, `/tasks/${shown.task.task_id}/preview/${id}/${index + 1}`)),
  }))
  const typed = state.preview?.map(({ id, pages }) => ({
    id,
    sources: pages.map((page) => `data:image/svg+xml;base64,${Buffer.from(page).toString('base64')}`),
  }))
  if (typed?.length === 0) return <InsetText>{t('previewEmpty')}</InsetText>
  return (
    <>
      {(typed ?? stored).map(({ id, sources }) => {
        const title = say(`document.${id}`)
        return (
          <section class="xl-preview" aria-label={t('previewTitle', { title })}>
            <h2 class="govuk-heading-s">{t('previewTitle', { title })}</h2>
            {sources.map((source, index) => (
              <img class="xl-paper" src={source} alt={t('previewPage', { title, page: index + 1 })} loading="lazy" width="210" height="297" />
            ))}
          </section>
        )
      })}
    </>
  )
}

async function colleaguesOf(visit: Visit, loaded: LoadedCase, task: TaskRow): Promise<{ value: string; text: string }[]> {
  const ids = await findAssignees(visit.ctx, loaded, task)
  const names = await namesOf(visit, ids)
  return ids.filter((id) => id !== task.assignee).map((id) => ({ value: id, text: names.get(id) ?? id }))
}

function Handing({ visit, task, colleagues }: { visit: Visit; task: TaskRow; colleagues: { value: string; text: string }[] }) {
  const t = texts(visit.language)
  const address = work(visit, `/tasks/${task.task_id}`)
  const version = <input type="hidden" name="_version" value={String(task.version)} />
  const others = colleagues.filter((colleague) => colleague.value !== staffOf(visit).userId)
  return (
    <>
      {task.assignee !== null && (
        <Details summary={t('layBack')}>
          <Form action={address}>
            {version}
            <Input name="_reason" id="lay-back-reason" label={t('layBackReason')} />
            <Button name="_act" value="return" class="govuk-button--secondary">
              {t('layBackDo')}
            </Button>
          </Form>
        </Details>
      )}
      {others.length > 0 && (
        <Details summary={t('give')}>
          <Form action={address}>
            {version}
            <Select name="_assignee" id="assignee" label={t('giveTo')} items={others} />
            <Input name="_reason" id="give-reason" label={t('giveReason')} />
            <Button name="_act" value="assign" class="govuk-button--secondary">
              {t('giveDo')}
            </Button>
          </Form>
        </Details>
      )}
    </>
  )
}

/** The task went away under the hands of whoever filled it in: the words typed are still hers. */
export function showGone(visit: Visit, context: HttpContext, number: string, typed: Record<string, unknown>): Promise<Response> {
  const t = texts(visit.language)
  const lines = Object.entries(typed).filter(([name, value]) => !name.startsWith('_') && typeof value === 'string' && value !== '')
  return workPage(
    visit,
    context,
    { title: t('gone'), active: 'inbox', status: 409, path: work(visit) },
    <>
      <h1 class="govuk-heading-l">{t('gone')}</h1>
      <p class="govuk-body">{t('goneText')}</p>
      {lines.length > 0 && (
        <Details summary={t('goneTyped')} open>
          {lines.map(([, value]) => (
            <p class="govuk-body xl-typed">{String(value)}</p>
          ))}
        </Details>
      )}
      <p class="govuk-body">
        <a class="govuk-link" href={work(visit, `/cases/${number}`)}>
          {t('toCase', { number })}
        </a>
      </p>
      <p class="govuk-body">
        <a class="govuk-link" href={work(visit)}>
          {sharedTexts(visit.language)('back')}
        </a>
      </p>
    </>,
  )
}
