// A plain message between a party and the office, with papers. It changes nothing of the procedure.
import { writeMessage } from '#kernel/cases/act.ts'
import { viewCase } from '#kernel/cases/view.ts'
import { DomainError, type FieldError } from '#kernel/errors.ts'
import { findCaseFiles } from '#kernel/files/uploads.ts'
import { seeOther } from '#http/page.ts'
import type { HttpContext } from '#http/route.ts'
import type { Visit } from '#http/visit.ts'
import { ErrorSummary } from '#ui/components/error-summary.tsx'
import { Form } from '#ui/components/form.tsx'
import { FormFields } from '#ui/form/form-fields.tsx'
import { errorLinks, errorsByField } from '#ui/form/form-texts.ts'
import { parseFormBody } from '#ui/form/parse-form-body.ts'
import { Actions, type Sent, storeAll } from './case-acts.tsx'
import { caseTexts } from './case-texts.ts'
import { Back, limit, portalPage, readPost } from './frame.tsx'
import { problemOf } from './problems.ts'
import { asParty } from './track.tsx'

// The form of a plain message; a procedure knows nothing of it.
const messageSchema = {
  required: ['text'],
  properties: { text: { type: 'string' as const, 'x-tag': 'free-text', maxLength: 5000 }, files: { type: 'array' as const, 'x-tag': 'attachment' } },
}

function messageSource(language: Visit['language']) {
  const t = caseTexts(language)
  return {
    schema: messageSchema,
    textPrefix: 'm',
    texts: { 'm.text.label': t('text'), 'm.text.hint': t('textHint'), 'm.files.label': t('attach'), 'm.files.hint': t('attachHint') },
  }
}

const openView = (visit: Visit, context: HttpContext) =>
  asParty(visit, async (ctx) => ({ ctx, view: await viewCase(ctx, { number: context.req.param('number') ?? '' }, visit.language) }))

/** `GET /cases/:number/supplement` */
export async function supplementPage(visit: Visit, context: HttpContext): Promise<Response> {
  const { view } = await openView(visit, context)
  return messageForm(visit, view.number, { values: {}, complaints: [], files: [] })
}

/** `POST /cases/:number/supplement` */
export async function supplementPost(visit: Visit, context: HttpContext): Promise<Response> {
  const body = await readPost(visit, context)
  const { ctx, view } = await openView(visit, context)
  await limit(visit, 'draftSteps')
  const { data, raw, files } = parseFormBody(messageSchema, body)
  const complaints: FieldError[] = []
  const kept = await findCaseFiles(
    ctx,
    { number: view.number },
    [data['files']].flat().filter((id): id is string => typeof id === 'string'),
  )
  const stored = [...kept, ...(await storeAll(visit, ctx, view.number, 'files', files['files'] ?? [], complaints))]
  const text = typeof data['text'] === 'string' ? data['text'] : ''
  try {
    if (complaints.length === 0) {
      await writeMessage(
        ctx,
        { number: view.number },
        text,
        stored.map((file) => file.fileId),
      )
      return seeOther(`${visit.base}/cases/${view.number}?done`)
    }
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== 'message.text') throw error
    complaints.push({ pointer: '/text', code: error.code, message: problemOf(error, visit.language).text })
  }
  return messageForm(visit, view.number, { values: { ...raw, files: stored.map((file) => file.fileId) }, complaints, files: stored })
}

function messageForm(visit: Visit, number: string, sent: Pick<Sent, 'values' | 'complaints' | 'files'>): Promise<Response> {
  const t = caseTexts(visit.language)
  const source = messageSource(visit.language)
  const errors = errorsByField(sent.complaints)
  const hasErrors = sent.complaints.length > 0
  const path = `/cases/${number}/supplement`
  return portalPage(
    visit,
    {
      title: `${t('supplement')} · ${number}`,
      path,
      active: 'track',
      status: hasErrors ? 422 : 200,
      hasErrors,
      before: <Back href={`${visit.base}/cases/${number}`} />,
    },
    <>
      {hasErrors && <ErrorSummary title={t('errors')} description={t('errorsKept')} errors={errorLinks({ ...source, errors })} />}
      <h1 class="govuk-heading-l">
        <span class="govuk-caption-l">{number}</span>
        {t('supplement')}
      </h1>
      <Form action={`${visit.base}${path}`} hasFiles>
        <FormFields
          {...source}
          values={sent.values}
          errors={errors}
          fileNames={Object.fromEntries(sent.files.map((file) => [file.fileId, file.name]))}
        />
        <Actions send={t('send')} back={`${visit.base}/cases/${number}`} language={visit.language} />
      </Form>
    </>,
  )
}
