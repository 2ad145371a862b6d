// Cases that cannot go on by themselves: which, why, and the three ways on. What is decided here stands in the record with its reason.
import { type IncidentView, listIncidents, openCorrection, settleIncident, viewIncidents } from '#kernel/cases/incidents.ts'
import { getCase } from '#kernel/cases/load-case.ts'
import { viewCase, type CaseView } from '#kernel/cases/view.ts'
import { type DomainError, notFound } from '#kernel/errors.ts'
import { getPackage } from '#kernel/procedures/packages.ts'
import type { HttpContext } from '#http/route.ts'
import { seeOther } from '#http/page.ts'
import type { Visit } from '#http/visit.ts'
import { BackLink } from '#ui/components/breadcrumbs.tsx'
import { Button } from '#ui/components/button.tsx'
import { Form } from '#ui/components/form.tsx'
import { Input } from '#ui/components/input.tsx'
import { Table } from '#ui/components/table.tsx'
import { errorsByField } from '#ui/form/form-texts.ts'
import { parseFormBody } from '#ui/form/parse-form-body.ts'
import { defineTexts } from '#ui/texts.ts'
import { numberOf } from './case-page.tsx'
import { CaseLine } from './case-sections.tsx'
import { one, readPost, work, workPage } from './frame.tsx'
import { type FieldsOf, GroupedFields, Refusal } from './grouped-fields.tsx'
import { isRefusal, refusalStatus } from './refusals.ts'
import { registerOptions } from './register-options.ts'
import { timeIn } from './words.ts'

const texts = defineTexts({
  zh: {
    title: '停住的办件',
    intro: '系统自动办的一步没有办成，办件停在那里等人处理。法定期限照常计算，请尽快处理。',
    none: '没有停住的办件。',
    matter: '办件',
    step: '停在哪一步',
    why: '原因',
    since: '从什么时候',
    back: '返回办件',
    settle: '处理：{step}',
    reason: '理由',
    reasonHint: '会记入办件经过，最多500字。',
    retryTitle: '再办一次',
    retryText: '对方系统恢复了，或者情况已经变了，就再办一次。',
    retry: '再办一次',
    skipTitle: '不办这一步，往下走',
    skipText: '这一步改用别的办法办好了，或者确实不需要了。',
    skip: '跳过这一步',
    correctTitle: '改正填写的内容，再办一次',
    correctText: '前面填错了，就在下面选一项改正。原来填的留在记录里。',
    correct: '改正并再办一次',
    correcting: '改正：{step}',
    gone: '这一步已经处理好了。',
  },
  en: {
    title: 'Cases that are stuck',
    intro: 'A step that runs by itself has failed, and the case waits for somebody. Legal limits run on: please see to it soon.',
    none: 'No case is stuck.',
    matter: 'Case',
    step: 'Stuck at',
    why: 'Why',
    since: 'Since',
    back: 'Back to the case',
    settle: 'Settle: {step}',
    reason: 'Reason',
    reasonHint: 'It goes into the record, at most 500 characters.',
    retryTitle: 'Try again',
    retryText: 'The other system is back, or something has changed.',
    retry: 'Try again',
    skipTitle: 'Go on without this step',
    skipText: 'It was done in another way, or is not needed.',
    skip: 'Skip this step',
    correctTitle: 'Put the answers right and try again',
    correctText: 'Choose the form that was filled in wrongly. What stood there before stays in the record.',
    correct: 'Put right and try again',
    correcting: 'Put right: {step}',
    gone: 'This is settled.',
  },
})

/** `GET /incidents` */
export async function incidentsPage(visit: Visit, context: HttpContext): Promise<Response> {
  const t = texts(visit.language)
  const rows = (await listIncidents(visit.ctx, visit.language)).map((incident) => [
    {
      content: (
        <>
          <a class="govuk-link" href={work(visit, `/cases/${incident.number}/incidents`)}>
            {incident.number}
          </a>{' '}
          {incident.subject || incident.procedure}
        </>
      ),
    },
    { content: incident.element },
    { content: incident.reason },
    { content: timeIn(visit.ctx.zone, incident.openedAt) },
  ])
  return workPage(
    visit,
    context,
    { title: t('title'), active: 'late', path: work(visit, '/incidents') },
    <>
      <h1 class="govuk-heading-l">{t('title')}</h1>
      <p class="govuk-body">{t('intro')}</p>
      {rows.length === 0 ? (
        <p class="govuk-body">{t('none')}</p>
      ) : (
        <Table head={[t('matter'), t('step'), t('why'), t('since')]} rows={rows} scrollLabel={t('title')} />
      )}
    </>,
  )
}

type State = { error?: DomainError; token?: string; reason?: string }

/** `GET /cases/:number/incidents` */
export const caseIncidentsPage = (visit: Visit, context: HttpContext): Promise<Response> => showIncidents(visit, context, {})

/** `POST /cases/:number/incidents`: again, or without it. */
export async function caseIncidentsPost(visit: Visit, context: HttpContext): Promise<Response> {
  const body = await readPost(visit, context)
  const [token, reason] = [one(body, 'token'), one(body, 'reason')]
  try {
    await settleIncident(visit.ctx, { number: numberOf(context) }, token, { do: one(body, '_do') === 'skip' ? 'skip' : 'retry', reason })
    return seeOther(work(visit, `/cases/${numberOf(context)}?did=acted`))
  } catch (error) {
    if (!isRefusal(error)) throw error
    return showIncidents(visit, context, { error, token, reason })
  }
}

async function showIncidents(visit: Visit, context: HttpContext, state: State): Promise<Response> {
  const t = texts(visit.language)
  const number = numberOf(context)
  const incidents = await viewIncidents(visit.ctx, { number }, visit.language)
  const view = await viewCase(visit.ctx, { number }, visit.language)
  return workPage(
    visit,
    context,
    {
      title: `${t('title')} ${number}`,
      active: 'cases',
      path: work(visit, `/cases/${number}/incidents`),
      before: <BackLink href={work(visit, `/cases/${number}`)}>{t('back')}</BackLink>,
      ...(state.error ? { status: refusalStatus(state.error), hasErrors: true } : {}),
    },
    <>
      {state.error && <Refusal error={state.error} language={visit.language} />}
      <h1 class="govuk-heading-l">{t('title')}</h1>
      <div class="xl-column">
        <CaseLine visit={visit} view={view} />
        {incidents.length === 0 && <p class="govuk-body">{t('gone')}</p>}
        {incidents.map((incident) => (
          <Settle visit={visit} view={view} incident={incident} state={state} />
        ))}
      </div>
    </>,
  )
}

function Settle({ visit, view, incident, state }: { visit: Visit; view: CaseView; incident: IncidentView; state: State }) {
  const t = texts(visit.language)
  const address = work(visit, `/cases/${view.number}/incidents`)
  const mine = state.token === incident.token
  return (
    <section>
      <h2 class="govuk-heading-m">{t('settle', { step: incident.title })}</h2>
      <Form action={address} attributes={{ 'data-turbo': 'false' }}>
        <input type="hidden" name="token" value={incident.token} />
        <Input
          name="reason"
          id={`reason-${incident.token}`}
          label={t('reason')}
          hint={t('reasonHint')}
          value={mine ? (state.reason ?? '') : ''}
          {...(mine && state.error ? { error: errorsByField(state.error.fields)['reason'] ?? state.error.message } : {})}
        />
        <p class="govuk-body">{t('retryText')}</p>
        <Button name="_do" value="retry" preventDoubleClick>
          {t('retry')}
        </Button>
        {incident.maySkip && <p class="govuk-body">{t('skipText')}</p>}
        {incident.maySkip && (
          <Button name="_do" value="skip" class="govuk-button--secondary">
            {t('skip')}
          </Button>
        )}
      </Form>
      {incident.forms.length > 0 && <h3 class="govuk-heading-s">{t('correctTitle')}</h3>}
      {incident.forms.length > 0 && <p class="govuk-body">{t('correctText')}</p>}
      <ul class="govuk-list">
        {incident.forms.map((form) => (
          <li>
            <a class="govuk-link" href={`${address}/${incident.token}/${form.element}`}>
              {form.title}
            </a>
          </li>
        ))}
      </ul>
    </section>
  )
}

const placeOf = (context: HttpContext) => ({ token: context.req.param('token') ?? '', element: context.req.param('element') ?? '' })

/** `GET /cases/:number/incidents/:token/:element` */
export const correctionPage = (visit: Visit, context: HttpContext): Promise<Response> => showCorrection(visit, context, {})

/** `POST /cases/:number/incidents/:token/:element`: puts the answers right and tries again. */
export async function correctionPost(visit: Visit, context: HttpContext): Promise<Response> {
  const body = await readPost(visit, context)
  const by = { number: numberOf(context) }
  const { form } = await openCorrection(visit.ctx, by, placeOf(context))
  const parsed = parseFormBody(form.schema as never, body) // both modules read the same JSON Schema
  const { token, element } = placeOf(context)
  const reason = one(body, '_reason')
  try {
    await settleIncident(visit.ctx, by, token, { do: 'correct', reason, element, data: parsed.data, language: visit.language })
    return seeOther(work(visit, `/cases/${by.number}?did=acted`))
  } catch (error) {
    if (!isRefusal(error)) throw error
    return showCorrection(visit, context, { error, values: parsed.raw, reason })
  }
}

async function showCorrection(
  visit: Visit,
  context: HttpContext,
  state: { error?: DomainError; values?: Record<string, unknown>; reason?: string },
): Promise<Response> {
  const t = texts(visit.language)
  const number = numberOf(context)
  const { form, data } = await openCorrection(visit.ctx, { number }, placeOf(context))
  const { loaded } = await getCase(visit.ctx, { number }, 'case.correct')
  const procedure = await getPackage(visit.ctx, loaded.row.package_hash)
  const incidents = await viewIncidents(visit.ctx, { number }, visit.language)
  const incident = incidents.find((known) => known.token === placeOf(context).token)
  if (!incident) throw notFound('incident.not_found')
  const title = t('correcting', { step: incident.forms.find((known) => known.element === placeOf(context).element)?.title ?? '' })
  const address = work(visit, `/cases/${number}/incidents/${incident.token}/${placeOf(context).element}`)
  const errors = state.error ? errorsByField(state.error.fields) : {}
  const fields: FieldsOf = {
    procedure,
    form,
    language: visit.language,
    values: state.values ?? data,
    options: registerOptions(visit),
    ...(state.error ? { errors } : {}),
  }
  return workPage(
    visit,
    context,
    {
      title: `${title} ${number}`,
      active: 'cases',
      path: address,
      before: <BackLink href={work(visit, `/cases/${number}/incidents`)}>{t('back')}</BackLink>,
      ...(state.error ? { status: refusalStatus(state.error), hasErrors: true } : {}),
    },
    <>
      {state.error && <Refusal error={state.error} language={visit.language} fields={fields} />}
      <h1 class="govuk-heading-l">{title}</h1>
      <div class="xl-column">
        <Form action={address} hasFiles attributes={{ 'data-turbo': 'false' }}>
          <GroupedFields {...fields} />
          <Input
            name="_reason"
            id="reason"
            label={t('reason')}
            hint={t('reasonHint')}
            value={state.reason ?? ''}
            {...(errors['reason'] ? { error: errors['reason'] } : {})}
          />
          <Button preventDoubleClick>{t('correct')}</Button>
        </Form>
      </div>
    </>,
  )
}
