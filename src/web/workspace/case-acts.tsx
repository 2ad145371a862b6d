// Acts on a case that are not tasks: messages of the procedure, and the correction of an entered date.
import { sendCaseMessage } from '#kernel/cases/act.ts'
import { correctDate, type EnteredDate, enteredDates } from '#kernel/cases/correct.ts'
import { getCase } from '#kernel/cases/load-case.ts'
import type { Channel, Entry } from '#kernel/cases/types.ts'
import { type ActView, type CaseView, viewCase } from '#kernel/cases/view.ts'
import { speaker } from '#kernel/cases/words.ts'
import { type DomainError, notFound } from '#kernel/errors.ts'
import { readTextToSign } from '#kernel/signatures/text-to-sign.ts'
import { getPackage } from '#kernel/procedures/packages.ts'
import type { Package } from '#kernel/procedures/load-package.ts'
import { today } from '#kernel/towns/towns.ts'
import type { HttpContext } from '#http/route.ts'
import { seeOther } from '#http/page.ts'
import type { Visit } from '#http/visit.ts'
import { BackLink } from '#ui/components/breadcrumbs.tsx'
import { Button } from '#ui/components/button.tsx'
import { DateInput } from '#ui/components/date-input.tsx'
import { Form } from '#ui/components/form.tsx'
import { Input } from '#ui/components/input.tsx'
import { InsetText } from '#ui/components/inset-text.tsx'
import { Radios } from '#ui/components/radios.tsx'
import { Textarea } from '#ui/components/textarea.tsx'
import { errorsByField } from '#ui/form/form-texts.ts'
import { type FormBody, parseFormBody } from '#ui/form/parse-form-body.ts'
import { TextToSign } from '#web/text-to-sign.tsx'
import { numberOf } from './case-page.tsx'
import { CaseLine } from './case-sections.tsx'
import { caseTexts as texts } from './case-texts.ts'
import { one, readPost, work, workPage } from './frame.tsx'
import { type FieldsOf, GroupedFields, Refusal } from './grouped-fields.tsx'
import { isRefusal, refusalStatus } from './refusals.ts'
import { registerOptions } from './register-options.ts'
import { keepFiles } from './task.tsx'
import { sharedTexts } from './words.ts'

type Act = { view: CaseView; act: ActView; procedure: Package; isForParty: boolean; text: string[] }
type State = { values?: Record<string, unknown>; body?: FormBody; error?: DomainError }

async function findAct(visit: Visit, context: HttpContext): Promise<Act> {
  const view = await viewCase(visit.ctx, { number: numberOf(context) }, visit.language)
  const act = view.acts.find((known) => known.name === context.req.param('name'))
  if (!act) throw notFound('message.not_awaited', 'The case does not wait for this now.')
  const { loaded } = await getCase(visit.ctx, { number: view.number }, 'case.read')
  const procedure = await getPackage(visit.ctx, loaded.row.package_hash)
  const by = procedure.graph.elements[act.element]?.xl.ext['by']
  const text = act.form === null ? [] : await readTextToSign(visit.ctx, { number: view.number }, act.name)
  return { view, act, procedure, text, isForParty: procedure.manifest.parties.some((party) => party.role === by) }
}

export const actPage = async (visit: Visit, context: HttpContext): Promise<Response> => showAct(visit, context, await findAct(visit, context), {})

export async function actPost(visit: Visit, context: HttpContext): Promise<Response> {
  const body = await readPost(visit, context)
  const found = await findAct(visit, context)
  const form = found.procedure.forms.get(found.act.form ?? '')
  const parsed = form ? parseFormBody(form.schema as never, body) : undefined // both modules read the same JSON Schema
  try {
    if (parsed) await keepFiles(visit, found.view.caseId, parsed)
    await sendCaseMessage(
      visit.ctx,
      { number: found.view.number },
      found.act.name,
      parsed?.data ?? {},
      visit.language,
      found.isForParty ? entryOf(body) : undefined,
    )
    return seeOther(work(visit, `/cases/${found.view.number}?did=acted`))
  } catch (error) {
    if (!isRefusal(error)) throw error
    return showAct(visit, context, found, { body, error, ...(parsed ? { values: parsed.raw } : {}) })
  }
}

const channels = ['counter', 'phone', 'letter', 'visit'] as const satisfies Channel[]

function entryOf(body: FormBody): Entry {
  const evidence = one(body, '_evidence').trim().slice(0, 500)
  const wasPosted = ['year', 'month', 'day'].some((part) => one(body, `_posted-${part}`).trim() !== '')
  return {
    channel: channels.find((known) => known === one(body, '_channel')) ?? 'counter',
    receivedOn: postedDate(body, '_received'),
    ...(wasPosted ? { postedOn: postedDate(body, '_posted') } : {}),
    ...(evidence === '' ? {} : { evidence }),
  }
}

/** `YYYY-MM-DD` from three boxes; what is no date stays a text that no check takes for one. */
export function postedDate(body: FormBody, name: string): string {
  const part = (key: string) => one(body, `${name}-${key}`).normalize('NFKC').trim()
  return `${part('year')}-${part('month').padStart(2, '0')}-${part('day').padStart(2, '0')}`
}

/** Values for the three boxes of a date: what was posted, else this day. */
export function dateValues(body: FormBody | undefined, name: string, day: string): { year: string; month: string; day: string } {
  const [year = '', month = '', date = ''] = day.split('-')
  const part = (key: string, otherwise: string) => (body ? one(body, `${name}-${key}`) : otherwise)
  return { year: part('year', year), month: part('month', String(Number(month) || '')), day: part('day', String(Number(date) || '')) }
}

function showAct(visit: Visit, context: HttpContext, found: Act, state: State): Promise<Response> {
  const t = texts(visit.language)
  const { view, act, procedure } = found
  const form = procedure.forms.get(act.form ?? '')
  const title = found.isForParty ? t('actFor', { act: act.label }) : act.label
  const fields: FieldsOf | undefined = form && {
    procedure,
    form,
    language: visit.language,
    values: state.values ?? {},
    options: registerOptions(visit),
    ...(state.error ? { errors: errorsByField(state.error.fields) } : {}),
  }
  const address = work(visit, `/cases/${view.number}/acts/${act.name}`)
  return workPage(
    visit,
    context,
    {
      title: `${title} ${view.number}`,
      active: 'cases',
      path: address,
      before: <BackLink href={work(visit, `/cases/${view.number}`)}>{t('back')}</BackLink>,
      ...(state.error ? { status: refusalStatus(state.error), hasErrors: true } : {}),
    },
    <>
      {state.error && <Refusal error={state.error} language={visit.language} {...(fields ? { fields } : {})} />}
      <h1 class="govuk-heading-l">{title}</h1>
      <div class="xl-column">
        <CaseLine visit={visit} view={view} />
        <TextToSign pages={found.text} language={visit.language} />
        <Form action={address} hasFiles attributes={{ 'data-turbo': 'false' }}>
          {act.isLate && <InsetText>{t('lateEntry')}</InsetText>}
          {found.isForParty && <EntryFields visit={visit} body={state.body} {...(state.error ? { error: state.error } : {})} />}
          {fields && <GroupedFields {...fields} />}
          <Button preventDoubleClick>{t('confirm')}</Button>
        </Form>
      </div>
    </>,
  )
}

/** How and when something reached the office that did not come through the portal. */
function EntryFields({ visit, body, error }: { visit: Visit; body: FormBody | undefined; error?: DomainError }) {
  const errors = errorsByField(error?.fields ?? [])
  const t = texts(visit.language)
  const s = sharedTexts(visit.language)
  return (
    <>
      <p class="govuk-body">{t('actForHint')}</p>
      <Radios
        name="_channel"
        fieldset={{ legend: { content: t('channel'), class: 'govuk-fieldset__legend--s' } }}
        items={channels.map((value) => ({ value, label: s(value) }))}
        value={body ? one(body, '_channel') : 'counter'}
        class="govuk-radios--inline govuk-radios--small"
      />
      <DateInput
        id="_received"
        namePrefix="_received"
        fieldset={{ legend: { content: t('receivedOn'), class: 'govuk-fieldset__legend--s' } }}
        hint={t('receivedOnHint')}
        values={dateValues(body, '_received', today(visit.ctx))}
        {...(errors['receivedOn'] ? { error: errors['receivedOn'] } : {})}
      />
      <DateInput
        id="_posted"
        namePrefix="_posted"
        fieldset={{ legend: { content: t('postedOn'), class: 'govuk-fieldset__legend--s' } }}
        hint={t('postedOnHint')}
        values={dateValues(body, '_posted', '')}
        {...(errors['postedOn'] ? { error: errors['postedOn'] } : {})}
      />
      <Input
        name="_evidence"
        label={t('evidence')}
        hint={t('evidenceHint')}
        value={body ? one(body, '_evidence') : ''}
        {...(errors['evidence'] ? { error: errors['evidence'] } : {})}
      />
    </>
  )
}

export const datesPage = (visit: Visit, context: HttpContext): Promise<Response> => showDates(visit, context, {})

export async function datesPost(visit: Visit, context: HttpContext): Promise<Response> {
  const body = await readPost(visit, context)
  const number = numberOf(context)
  try {
    await correctDate(visit.ctx, { number }, { element: one(body, 'element'), on: postedDate(body, 'on'), reason: one(body, 'reason') })
    return seeOther(work(visit, `/cases/${number}?did=dateCorrected`))
  } catch (error) {
    if (!isRefusal(error)) throw error
    return showDates(visit, context, { body, error })
  }
}

async function showDates(visit: Visit, context: HttpContext, state: State): Promise<Response> {
  const t = texts(visit.language)
  const view = await viewCase(visit.ctx, { number: numberOf(context) }, visit.language)
  const { loaded } = await getCase(visit.ctx, { number: view.number }, 'case.correct')
  const procedure = await getPackage(visit.ctx, loaded.row.package_hash)
  const say = speaker(procedure, visit.language)
  const dates = enteredDates(loaded, procedure)
  const label = (entry: EnteredDate) => `${entry.element === 'filing' ? t('filing') : say(`element.${entry.element}`)}：${entry.on}`
  const errors = errorsByField(state.error?.fields ?? [])
  const { body } = state
  return workPage(
    visit,
    context,
    {
      title: `${t('dates')} ${view.number}`,
      active: 'cases',
      before: <BackLink href={work(visit, `/cases/${view.number}`)}>{t('back')}</BackLink>,
      ...(state.error ? { status: refusalStatus(state.error), hasErrors: true } : {}),
    },
    <>
      {state.error && <Refusal error={state.error} language={visit.language} />}
      <h1 class="govuk-heading-l">{t('dates')}</h1>
      <div class="xl-column">
        <CaseLine visit={visit} view={view} />
        <p class="govuk-body">{t('datesText')}</p>
        {dates.length === 0 ? (
          <p class="govuk-body">{t('noDates')}</p>
        ) : (
          <Form action={work(visit, `/cases/${view.number}/dates`)}>
            <Radios
              name="element"
              fieldset={{ legend: { content: t('which'), class: 'govuk-fieldset__legend--s' } }}
              items={dates.map((entry) => ({ value: entry.element, label: label(entry) }))}
              value={body ? one(body, 'element') : dates.length === 1 ? (dates[0]?.element ?? '') : ''}
              {...(errors['element'] ? { error: errors['element'] } : {})}
            />
            <DateInput
              id="on"
              namePrefix="on"
              fieldset={{ legend: { content: t('newDate'), class: 'govuk-fieldset__legend--s' } }}
              values={dateValues(body, 'on', '')}
              {...(errors['on'] ? { error: errors['on'] } : {})}
            />
            <Textarea
              name="reason"
              label={t('reason')}
              rows={3}
              value={body ? one(body, 'reason') : ''}
              {...(errors['reason'] ? { error: errors['reason'] } : {})}
            />
            <Button preventDoubleClick>{t('fix')}</Button>
          </Form>
        )}
      </div>
    </>,
  )
}
