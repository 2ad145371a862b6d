// What a party does with her matter: withdraw, appeal, sign and whatever else its procedure lets her send.
import { sendCaseMessage } from '#kernel/cases/act.ts'
import { shortTexts } from '#kernel/cases/new-case.ts'
import { joinAccount } from '#kernel/cases/receipts.ts'
import { type ActView, type CaseView, viewCase } from '#kernel/cases/view.ts'
import { as, type Ctx } from '#kernel/context.ts'
import { conflict, DomainError, type FieldError } from '#kernel/errors.ts'
import { findCaseFiles, storeCaseFile, type StoredFile } from '#kernel/files/uploads.ts'
import { checkForm } from '#kernel/forms/forms.ts'
import type { Package } from '#kernel/procedures/load-package.ts'
import { getPackage } from '#kernel/procedures/packages.ts'
import { askSigningCode } from '#kernel/signatures/ask-signing-code.ts'
import { readTextToSign } from '#kernel/signatures/text-to-sign.ts'
import type { HttpContext } from '#http/route.ts'
import { seeOther } from '#http/page.ts'
import type { Visit } from '#http/visit.ts'
import { Button } from '#ui/components/button.tsx'
import { ErrorSummary } from '#ui/components/error-summary.tsx'
import { Form } from '#ui/components/form.tsx'
import { NotificationBanner } from '#ui/components/notification-banner.tsx'
import { WarningText } from '#ui/components/warning-text.tsx'
import { GroupedFormFields } from '#ui/form/grouped-form-fields.tsx'
import { controlOf } from '#ui/form/form-schema.ts'
import { errorLinks, errorsByField } from '#ui/form/form-texts.ts'
import { type FormBody, parseFormBody } from '#ui/form/parse-form-body.ts'
import { caseTexts } from './case-texts.ts'
import { Back, limit, one, portalPage, readPost } from './frame.tsx'
import { problemOf } from './problems.ts'
import { TextToSign } from '#web/text-to-sign.tsx'
import { asParty } from './track.tsx'
import { askedOnly, formSource, registerOptions } from './words.ts'

/** `text`: pages of the document that the act signs. */
type Open = { ctx: Ctx; view: CaseView; procedure: Package; act: ActView; text: string[] }

/** The act as this person may do it now. @throws `case.not_found`, `message.not_awaited` (409). */
const openAct = (visit: Visit, context: HttpContext): Promise<Open> =>
  asParty(visit, async (ctx) => {
    const view = await viewCase(ctx, { number: context.req.param('number') ?? '' }, visit.language)
    const act = view.acts.find((known) => known.name === context.req.param('name'))
    if (!act) throw conflict('message.not_awaited', 'The case does not wait for this now.')
    const text = act.form === null ? [] : await readTextToSign(ctx, { number: view.number }, act.name)
    return { ctx, view, act, text, procedure: await getPackage(ctx, view.procedure.hash) }
  })

/** `POST /cases/:number/acts/:name/code`: sends the code for signing; what is typed stays. */
export async function signingCodePost(visit: Visit, context: HttpContext): Promise<Response> {
  const body = await readPost(visit, context)
  const open = await openAct(visit, context)
  await limit(visit, 'codesTried')
  const { values, files } = await readAct(visit, open, body)
  try {
    const { to } = await askSigningCode(open.ctx, { number: open.view.number }, open.act.name)
    return await actForm(visit, open, { values, complaints: [], files, codeTo: to })
  } catch (error) {
    if (!(error instanceof DomainError) || !error.code.startsWith('signature.')) throw error
    const message = problemOf(error, visit.language).text
    return actForm(visit, open, { values, complaints: [{ pointer: '/code', code: error.code, message }], files })
  }
}

/** An interrupting event stops what runs: the person confirms it once more. */
const endsCase = ({ procedure, act }: Open): boolean =>
  Object.values(procedure.graph.elements).some(
    (element) => element.interrupting === true && element.events.some((event) => event.kind === 'message' && event.name === act.name),
  )

/** `GET /cases/:number/acts/:name` */
export async function actPage(visit: Visit, context: HttpContext): Promise<Response> {
  return actForm(visit, await openAct(visit, context), { values: {}, complaints: [], files: [] })
}

/** `POST /cases/:number/acts/:name` */
export async function actPost(visit: Visit, context: HttpContext): Promise<Response> {
  const body = await readPost(visit, context)
  const open = await openAct(visit, context)
  const { ctx, view, act } = open
  const sent = await readAct(visit, open, body)
  if (sent.complaints.length > 0) return actForm(visit, open, sent)
  if (endsCase(open) && one(body, '_confirmed') !== 'true') return confirmPage(visit, open, sent)
  try {
    await sendCaseMessage(ctx, { number: view.number }, act.name, sent.data, visit.language)
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== 'form.invalid') throw error
    return actForm(visit, open, { ...sent, complaints: error.fields })
  }
  return seeOther(`${visit.base}/cases/${view.number}?done`)
}

export type Sent = { data: Record<string, unknown>; values: Record<string, unknown>; complaints: FieldError[]; files: StoredFile[] }

async function readAct(visit: Visit, { ctx, view, act, procedure }: Open, body: FormBody): Promise<Sent> {
  if (act.form === null) return { data: {}, values: {}, complaints: [], files: [] }
  const { form, schema } = formSource(procedure, act.form, visit.language)
  const parsed = parseFormBody(schema, body)
  const complaints: FieldError[] = []
  const files: StoredFile[] = []
  for (const [field, property] of Object.entries(schema.properties ?? {})) {
    if (controlOf(property) !== 'files') continue
    const ids = [parsed.data[field]].flat().filter((id): id is string => typeof id === 'string')
    const stored = [
      ...(await findCaseFiles(ctx, { number: view.number }, ids)),
      ...(await storeAll(visit, ctx, view.number, field, parsed.files[field] ?? [], complaints)),
    ]
    files.push(...stored)
    if (stored.length > 0) parsed.data[field] = property.type === 'array' ? stored.map((file) => file.fileId) : stored.at(-1)?.fileId
    else delete parsed.data[field]
  }
  const data = askedOnly(form.schema, parsed.data)
  complaints.push(...checkForm(form, data, shortTexts(procedure, visit.language), visit.language))
  return { data, values: { ...parsed.raw, ...parsed.data }, complaints, files }
}

/** Keeps files under the case's key; what cannot be kept is a complaint. */
export async function storeAll(
  visit: Visit,
  ctx: Ctx,
  number: string,
  field: string,
  uploads: File[],
  complaints: FieldError[],
): Promise<StoredFile[]> {
  const stored: StoredFile[] = []
  for (const upload of uploads) {
    try {
      stored.push(await storeCaseFile(ctx, { number }, { name: upload.name, bytes: Buffer.from(await upload.arrayBuffer()) }))
    } catch (error) {
      if (!(error instanceof DomainError) || !error.code.startsWith('file.')) throw error
      complaints.push({
        pointer: `/${field}`,
        code: error.code,
        message: `${upload.name}${visit.language === 'zh' ? '：' : ': '}${problemOf(error, visit.language).text}`,
      })
    }
  }
  return stored
}

function actForm(visit: Visit, open: Open, sent: Pick<Sent, 'values' | 'complaints' | 'files'> & { codeTo?: string }): Promise<Response> {
  const { view, act, procedure } = open
  const { language } = visit
  const t = caseTexts(language)
  const path = `/cases/${view.number}/acts/${act.name}`
  const source = act.form === null ? undefined : formSource(procedure, act.form, language)
  const errors = errorsByField(sent.complaints)
  const hasErrors = sent.complaints.length > 0
  const hasFiles = Object.values(source?.schema.properties ?? {}).some((property) => controlOf(property) === 'files')
  return portalPage(
    visit,
    {
      title: `${act.label} · ${view.number}`,
      path,
      active: 'track',
      status: hasErrors ? 422 : 200,
      hasErrors,
      before: <Back href={`${visit.base}/cases/${view.number}`} />,
    },
    <>
      {hasErrors && source && <ErrorSummary title={t('errors')} description={t('errorsKept')} errors={errorLinks({ ...source, errors })} />}
      <h1 class="govuk-heading-l">
        <span class="govuk-caption-l">{view.number}</span>
        {act.label}
      </h1>
      {endsCase(open) && <WarningText>{t('endsCase')}</WarningText>}
      <TextToSign pages={open.text} language={language} />
      {sent.codeTo !== undefined && <NotificationBanner type="success" text={t('codeSent', { to: sent.codeTo })} />}
      <Form action={`${visit.base}${path}`} hasFiles={hasFiles}>
        {source && (
          <GroupedFormFields
            {...source}
            values={sent.values}
            errors={errors}
            options={registerOptions(visit.town, language)}
            fileNames={Object.fromEntries(sent.files.map((file) => [file.fileId, file.name]))}
          />
        )}
        <Actions send={act.label} back={`${visit.base}/cases/${view.number}`} language={language} />
        {open.text.length > 0 && (
          <Button class="govuk-button--secondary" attributes={{ formaction: `${visit.base}${path}/code`, formnovalidate: true }}>
            {t('sendCode')}
          </Button>
        )}
      </Form>
    </>,
  )
}

export const Actions = (props: { send: string; back: string; language: Visit['language'] }) => (
  <div class="govuk-button-group">
    <Button preventDoubleClick>{props.send}</Button>
    <a class="govuk-link" href={props.back}>
      {caseTexts(props.language)('goBack')}
    </a>
  </div>
)

function confirmPage(visit: Visit, { view, act, procedure }: Open, sent: Sent): Promise<Response> {
  const t = caseTexts(visit.language)
  const path = `/cases/${view.number}/acts/${act.name}`
  const schema = act.form === null ? undefined : formSource(procedure, act.form, visit.language).schema
  const hidden = Object.entries(sent.data).flatMap(([name, value]) => {
    const property = schema?.properties?.[name]
    const isFile = property !== undefined && controlOf(property) === 'files'
    return [value].flat().map((item) => ({ name: isFile ? `${name}-kept` : name, value: String(item) }))
  })
  return portalPage(
    visit,
    { title: `${t('checkAct')} · ${act.label}`, path, active: 'track', before: <Back href={`${visit.base}${path}`} /> },
    <>
      <h1 class="govuk-heading-l">
        <span class="govuk-caption-l">
          {act.label} · {view.number}
        </span>
        {t('checkAct')}
      </h1>
      <WarningText>{t('endsCase')}</WarningText>
      <Form action={`${visit.base}${path}`}>
        {hidden.map((field) => (
          <input type="hidden" name={field.name} value={field.value} />
        ))}
        <input type="hidden" name="_confirmed" value="true" />
        <div class="govuk-button-group">
          <Button class="govuk-button--warning" preventDoubleClick>
            {t('confirm')}
          </Button>
          <a class="govuk-link" href={`${visit.base}/cases/${view.number}`}>
            {t('goBack')}
          </a>
        </div>
      </Form>
    </>,
  )
}

/** `POST /cases/:number/join`: only the code shows that it is hers. */
export async function joinPost(visit: Visit, context: HttpContext): Promise<Response> {
  const body = await readPost(visit, context)
  await limit(visit, 'codesTried')
  if (visit.session?.kind !== 'resident') throw new DomainError('unauthenticated', 'sign_in.needed', 'Sign in first.')
  await joinAccount(as(visit.ctx, { kind: 'resident', accountId: visit.session.userId }), one(body, 'code'))
  return seeOther(`${visit.base}/account`)
}
