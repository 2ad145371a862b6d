// “先查一查”: would I be eligible? Criterion by criterion, from answers that are not kept. It never stands in the way of filing.
import { preCheck, type PrecheckResult } from '#kernel/cases/pre-check.ts'
import { DomainError, notFound } from '#kernel/errors.ts'
import type { Package } from '#kernel/procedures/load-package.ts'
import type { Precheck } from '#kernel/procedures/manifest.ts'
import type { HttpContext } from '#http/route.ts'
import type { Visit } from '#http/visit.ts'
import { answerTexts, Criteria, outcomeWords } from '#web/criteria.tsx'
import { Button } from '#ui/components/button.tsx'
import { ErrorSummary } from '#ui/components/error-summary.tsx'
import { Form } from '#ui/components/form.tsx'
import { InsetText } from '#ui/components/inset-text.tsx'
import { FormFields } from '#ui/form/form-fields.tsx'
import { errorLinks, errorsByField } from '#ui/form/form-texts.ts'
import { parseFormBody } from '#ui/form/parse-form-body.ts'
import { defineTexts } from '#ui/texts.ts'
import { Back, portalPage, readPost } from './frame.tsx'
import { openProcedure, sayer } from './matter-page.tsx'
import { askedOnly, formSource, registerOptions } from './words.ts'

const texts = defineTexts({
  zh: {
    caption: '先查一查',
    check: '查一查',
    again: '改一改，再查',
    errors: '有几处需要修改',
    result: '查的结果',
  },
  en: {
    caption: 'Check first',
    check: 'Check',
    again: 'Change and check again',
    errors: 'Some answers need a correction',
    result: 'Result',
  },
})

type Shown = { values: Record<string, unknown>; error?: DomainError; result?: PrecheckResult }

/** `GET /matters/:slug/precheck/:id` */
export async function precheckPage(visit: Visit, context: HttpContext): Promise<Response> {
  const { procedure, precheck } = await findPrecheck(visit, context)
  return show(visit, procedure, precheck, { values: {} })
}

/** `POST /matters/:slug/precheck/:id`: the answer is the page itself, since nothing is kept to show it from. */
export async function precheckPost(visit: Visit, context: HttpContext): Promise<Response> {
  const { procedure, precheck } = await findPrecheck(visit, context)
  const { form, schema } = formSource(procedure, precheck.form, visit.language)
  const parsed = parseFormBody(schema, await readPost(visit, context))
  try {
    const result = await preCheck(visit.ctx, procedure.slug, precheck.id, askedOnly(form.schema, parsed.data), visit.language)
    return await show(visit, procedure, precheck, { values: parsed.raw, result })
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== 'form.invalid') throw error
    return show(visit, procedure, precheck, { values: parsed.raw, error })
  }
}

async function findPrecheck(visit: Visit, context: HttpContext): Promise<{ procedure: Package; precheck: Precheck }> {
  const procedure = await openProcedure(visit, context)
  const precheck = procedure.manifest.prechecks.find((known) => known.id === context.req.param('id'))
  if (!precheck) throw notFound('precheck.not_found')
  return { procedure, precheck }
}

function show(visit: Visit, procedure: Package, precheck: Precheck, shown: Shown): Promise<Response> {
  const { base, language } = visit
  const t = texts(language)
  const say = sayer(procedure, language)
  const source = formSource(procedure, precheck.form, language)
  const errors = shown.error ? errorsByField(shown.error.fields) : {}
  const here = `/matters/${procedure.slug}`
  const title = say(`precheck.${precheck.id}.title`)
  return portalPage(
    visit,
    {
      title: `${title} · ${say('title')}`,
      path: `${here}/precheck/${precheck.id}`,
      active: 'matters',
      hasErrors: shown.error !== undefined,
      ...(shown.error ? { status: 422 } : {}),
      before: <Back href={`${base}${here}`} />,
    },
    <>
      {shown.error && <ErrorSummary title={t('errors')} errors={errorLinks({ ...source, errors })} />}
      <h1 class="govuk-heading-l">
        <span class="govuk-caption-l">{t('caption')}</span>
        {title}
      </h1>
      {shown.result && <Result visit={visit} procedure={procedure} result={shown.result} />}
      {!shown.result && <p class="govuk-body">{say(`precheck.${precheck.id}.intro`)}</p>}
      <p class="govuk-body">{answerTexts(language)('kept')}</p>
      <Form action={`${base}${here}/precheck/${precheck.id}`} attributes={{ 'data-turbo': 'false', autocomplete: 'off' }}>
        <FormFields {...source} values={shown.values} errors={errors} options={registerOptions(visit.town, language)} />
        <Button class={shown.result ? 'govuk-button--secondary' : ''}>{t(shown.result ? 'again' : 'check')}</Button>
      </Form>
    </>,
  )
}

function Result({ visit, procedure, result }: { visit: Visit; procedure: Package; result: PrecheckResult }) {
  const t = answerTexts(visit.language)
  return (
    <section aria-labelledby="precheck-result">
      <h2 class="govuk-heading-m" id="precheck-result">
        {texts(visit.language)('result')}
      </h2>
      <p class="govuk-body-l">{outcomeWords(procedure, result.outcome, visit.language)}</p>
      <Criteria procedure={procedure} result={result} language={visit.language} />
      <InsetText>{t('noDecision')}</InsetText>
      <Button href={`${visit.base}/matters/${procedure.slug}/new`} isStart>
        {t('file')}
      </Button>
    </section>
  )
}
