// One issued document: its pages, its state, and what the post that signs it may do with it.
import { correctDocument, mayCorrect, serveDocument, voidDocument, withdrawDocument } from '#kernel/documents/correct.ts'
import { bindCaseFile } from '#kernel/documents/case-file.ts'
import { readDocument } from '#kernel/documents/read-document.ts'
import { may } from '#kernel/access/rule.ts'
import { accessOf, getCase } from '#kernel/cases/load-case.ts'
import type { IssuedDocument, LoadedCase } from '#kernel/cases/types.ts'
import { recordView } from '#kernel/cases/views.ts'
import { speaker } from '#kernel/cases/words.ts'
import { type DomainError, notFound } from '#kernel/errors.ts'
import type { Form as KernelForm } from '#kernel/forms/forms.ts'
import { readUpload } from '#kernel/files/uploads.ts'
import type { Package } from '#kernel/procedures/load-package.ts'
import { getPackage } from '#kernel/procedures/packages.ts'
import { today } from '#kernel/towns/towns.ts'
import type { HttpContext } from '#http/route.ts'
import { seeOther } from '#http/page.ts'
import type { Visit } from '#http/visit.ts'
import { BackLink } from '#ui/components/breadcrumbs.tsx'
import { Button } from '#ui/components/button.tsx'
import { DateInput } from '#ui/components/date-input.tsx'
import { Details } from '#ui/components/details.tsx'
import { Form } from '#ui/components/form.tsx'
import { Input } from '#ui/components/input.tsx'
import { Select } from '#ui/components/select.tsx'
import { Tag } from '#ui/components/tag.tsx'
import { Textarea } from '#ui/components/textarea.tsx'
import { errorsByField } from '#ui/form/form-texts.ts'
import { type FormBody, parseFormBody } from '#ui/form/parse-form-body.ts'
import { dateValues, postedDate } from './case-acts.tsx'
import { numberOf } from './case-page.tsx'
import { caseTexts as texts } from './case-texts.ts'
import { one, readPost, work, workPage } from './frame.tsx'
import { type FieldsOf, GroupedFields, Refusal } from './grouped-fields.tsx'
import { isRefusal, refusalStatus } from './refusals.ts'
import { registerOptions } from './register-options.ts'
import { sharedTexts } from './words.ts'

type Found = { loaded: LoadedCase; procedure: Package; document: IssuedDocument }
type State = { body?: FormBody; error?: DomainError }

async function find(visit: Visit, context: HttpContext): Promise<Found> {
  const { loaded } = await getCase(visit.ctx, { number: numberOf(context) }, 'case.read')
  const document = loaded.documents.find((known) => known.document_id === context.req.param('document'))
  if (!document) throw notFound('document.not_found')
  return { loaded, document, procedure: await getPackage(visit.ctx, loaded.row.package_hash) }
}

export async function documentPage(visit: Visit, context: HttpContext): Promise<Response> {
  const found = await find(visit, context)
  await recordView(visit.ctx, found.loaded.row.case_id, 'handling', ['documents'])
  return show(visit, context, found, {})
}

/** One page as a picture: browsers without a PDF viewer show it too. */
export async function documentImage(visit: Visit, context: HttpContext): Promise<Response> {
  const { pdf } = await readDocument(visit.ctx, { number: numberOf(context) }, context.req.param('document') ?? '')
  const page = (await visit.ctx.services.renderer.pagesOf(pdf))[Number(context.req.param('page')) - 1]
  if (page === undefined) throw notFound('document.not_found')
  return new Response(page, { headers: { 'content-type': 'image/svg+xml', 'cache-control': 'no-store', 'content-security-policy': "default-src 'none'" } })
}

export async function documentFile(visit: Visit, context: HttpContext): Promise<Response> {
  const { loaded } = await getCase(visit.ctx, { number: numberOf(context) }, 'case.read')
  await recordView(visit.ctx, loaded.row.case_id, 'handling', ['documents'])
  const { pdf, document } = await readDocument(visit.ctx, { caseId: loaded.row.case_id }, context.req.param('document') ?? '')
  return fileResponse(pdf, 'application/pdf', `${document.number}.pdf`)
}

/** 一案一卷. */
export async function caseFile(visit: Visit, context: HttpContext): Promise<Response> {
  const { pdf, number } = await bindCaseFile(visit.ctx, { number: numberOf(context) })
  return fileResponse(pdf, 'application/pdf', `${number}.pdf`)
}

/** A file that a person sent; the look is recorded. */
export async function uploadedFile(visit: Visit, context: HttpContext): Promise<Response> {
  const { loaded } = await getCase(visit.ctx, { number: numberOf(context) }, 'case.read')
  await recordView(visit.ctx, loaded.row.case_id, 'handling', ['files'])
  const file = await readUpload(visit.ctx, { caseId: loaded.row.case_id }, context.req.param('file') ?? '')
  return fileResponse(file.bytes, file.mediaType, file.name)
}

const fileResponse = (bytes: Buffer, type: string, name: string) =>
  new Response(new Uint8Array(bytes), {
    headers: {
      'content-type': type,
      'cache-control': 'no-store',
      'content-disposition': `inline; filename*=UTF-8''${encodeURIComponent(name)}`,
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    },
  })

export async function documentPost(visit: Visit, context: HttpContext): Promise<Response> {
  const body = await readPost(visit, context)
  const found = await find(visit, context)
  const { number } = found.loaded.row
  const id = found.document.document_id
  const reason = one(body, 'reason')
  const done = (did: string) => seeOther(work(visit, `/cases/${number}?did=${did}`))
  try {
    switch (one(body, '_act')) {
      case 'correct':
        await correctDocument(visit.ctx, { number }, id, { reason, language: visit.language, ...correctedForm(found, body) })
        return done('documentCorrected')
      case 'withdraw':
        await withdrawDocument(visit.ctx, { number }, id, reason)
        return done('documentWithdrawn')
      case 'void':
        await voidDocument(visit.ctx, { number }, id, reason)
        return done('documentVoided')
      case 'serve':
        await serveDocument(visit.ctx, { number }, id, { method: one(body, 'method'), servedOn: postedDate(body, 'servedOn'), proof: one(body, 'proof') })
        return done('documentServed')
      default:
        return await show(visit, context, found, {})
    }
  } catch (error) {
    if (!isRefusal(error)) throw error
    return show(visit, context, await find(visit, context), { body, error })
  }
}

/** The form that wrote the document: the task whose reasons it states, else the last form that was filled in before it. */
function drafted({ loaded, procedure, document }: Found): { element: string; form: KernelForm } | undefined {
  const reasons = procedure.manifest.adverse.find((row) => row.document === document.document)?.reasons.split('.')[0]
  const source = procedure.templates.get(procedure.manifest.documents.find((rule) => rule.id === document.document)?.template ?? '') ?? ''
  const named = Object.keys(loaded.content).filter((element) => procedure.graph.elements[element]?.type === 'userTask' && new RegExp(`\\b${element}\\b`).test(source))
  const element = reasons !== undefined && loaded.content[reasons] ? reasons : named.at(-1)
  const form = procedure.forms.get(procedure.graph.elements[element ?? '']?.xl.form ?? '')
  return element !== undefined && form ? { element, form } : undefined
}

function correctedForm(found: Found, body: FormBody): { element?: string; data?: Record<string, unknown> } {
  const draft = drafted(found)
  if (!draft) return {}
  return { element: draft.element, data: parseFormBody(draft.form.schema as never, body, 'f-').data } // both modules read the same JSON Schema
}

async function show(visit: Visit, context: HttpContext, found: Found, state: State): Promise<Response> {
  const t = texts(visit.language)
  const s = sharedTexts(visit.language)
  const { loaded, document, procedure } = found
  const title = speaker(procedure, visit.language)(`document.${document.document}`)
  const base = work(visit, `/cases/${loaded.row.number}`)
  const address = `${base}/documents/${document.document_id}`
  const { pdf } = await readDocument(visit.ctx, { caseId: loaded.row.case_id }, document.document_id)
  const count = (await visit.ctx.services.renderer.pagesOf(pdf)).length
  const newer = loaded.documents.find((known) => known.supersedes === document.document_id)
  const older = loaded.documents.find((known) => known.document_id === document.supersedes)
  const link = (other: IssuedDocument, text: string) => (
    <a class="govuk-link" href={`${base}/documents/${other.document_id}`}>
      {text}
    </a>
  )
  return workPage(
    visit,
    context,
    {
      title: `${title} ${document.number}`,
      active: 'cases',
      path: address,
      before: <BackLink href={base}>{t('back')}</BackLink>,
      ...(state.error ? { status: refusalStatus(state.error), hasErrors: true } : {}),
    },
    <>
      {state.error && <Refusal error={state.error} language={visit.language} />}
      <h1 class="govuk-heading-l">
        <span class="govuk-caption-l">
          {document.number} · {loaded.row.number}
        </span>
        {title}
      </h1>
      <p class="govuk-body">
        <Tag>{s(document.status)}</Tag> {newer && link(newer, t('supersededBy', { number: newer.number }))}{' '}
        {older && link(older, t('supersedes', { number: older.number }))} {document.reason !== null && t('reasonWas', { reason: document.reason })}
      </p>
      <div class="xl-task">
        <div class="xl-task__form">
          {Array.from({ length: count }, (_, index) => (
            <img class="xl-paper" src={`${address}/pages/${index + 1}`} alt={`${title}，${t('page', { page: index + 1 })}`} width="210" height="297" />
          ))}
        </div>
        <aside class="xl-task__case" aria-label={t('acts')}>
          <p class="govuk-body">
            <a class="govuk-link" href={`${address}/file.pdf`} data-turbo="false">
              {t('asPdf')}
            </a>
          </p>
          <Acts visit={visit} found={found} state={state} address={address} isNewest={newer === undefined} />
        </aside>
      </div>
    </>,
  )
}

type ActsProps = { visit: Visit; found: Found; state: State; address: string; isNewest: boolean }

function Acts(props: ActsProps) {
  const { visit, found } = props
  const { loaded, procedure, document } = found
  const t = texts(visit.language)
  const inForce = document.status === 'issued' || document.status === 'served'
  const fix = mayCorrect(visit.ctx, loaded, procedure, visit.town, document)
  const served = procedure.graph.elements[procedure.manifest.documents.find((rule) => rule.id === document.document)?.service ?? '']
  const byTask = loaded.tasks.some((task) => task.element === served?.id)
  const mayServe = document.status === 'issued' && document.supersedes !== null && !byTask && may(visit.ctx.actor, 'document.correct', accessOf(loaded))
  return (
    <>
      {mayServe && <Serve {...props} />}
      {fix && props.isNewest && <Correct {...props} />}
      {fix && inForce && <Change {...props} act="withdraw" title={t('withdraw')} text={t('withdrawText')} button={t('withdrawDo')} />}
      {fix && document.status === 'issued' && <Change {...props} act="void" title={t('void')} text={t('voidText')} button={t('voidDo')} />}
    </>
  )
}

const acted = (state: State, act: string) => (state.body && one(state.body, '_act') === act ? state.body : undefined)

function Change(props: ActsProps & { act: 'withdraw' | 'void'; title: string; text: string; button: string }) {
  const t = texts(props.visit.language)
  const body = acted(props.state, props.act)
  const error = body ? errorsByField(props.state.error?.fields ?? [])['reason'] : undefined
  return (
    <Details summary={props.title} open={body !== undefined}>
      <p class="govuk-body-s">{props.text}</p>
      <Form action={props.address}>
        <Textarea name="reason" id={`${props.act}-reason`} label={t('why')} rows={3} value={body ? one(body, 'reason') : ''} {...(error ? { error } : {})} />
        <Button name="_act" value={props.act} class="govuk-button--warning" preventDoubleClick>
          {props.button}
        </Button>
      </Form>
    </Details>
  )
}

function Correct(props: ActsProps) {
  const { visit, found, state } = props
  const t = texts(visit.language)
  const body = acted(state, 'correct')
  const errors = body ? errorsByField(state.error?.fields ?? []) : {}
  const draft = drafted(found)
  const say = speaker(found.procedure, visit.language)
  const fields: FieldsOf | undefined = draft && {
    procedure: found.procedure,
    form: draft.form,
    language: visit.language,
    values: body ? parseFormBody(draft.form.schema as never, body, 'f-').raw : (found.loaded.content[draft.element] ?? {}), // as above
    options: registerOptions(visit),
    prefix: 'f-',
    errors,
  }
  return (
    <Details summary={t('correct')} open={body !== undefined}>
      <p class="govuk-body-s">{t('correctText')}</p>
      <Form action={props.address} attributes={{ 'data-turbo': 'false' }}>
        <Textarea name="reason" id="correct-reason" label={t('why')} rows={3} value={body ? one(body, 'reason') : ''} {...(errors['reason'] ? { error: errors['reason'] } : {})} />
        {draft && fields && (
          <>
            <h3 class="govuk-heading-s">{t('correctForm', { form: say(`element.${draft.element}`) })}</h3>
            <GroupedFields {...fields} />
          </>
        )}
        <Button name="_act" value="correct" preventDoubleClick>
          {t('correctDo')}
        </Button>
      </Form>
    </Details>
  )
}

const methods = ['handed', 'post', 'electronic', 'notice'] as const

function Serve(props: ActsProps) {
  const { visit, state } = props
  const t = texts(visit.language)
  const s = sharedTexts(visit.language)
  const body = acted(state, 'serve')
  const errors = body ? errorsByField(state.error?.fields ?? []) : {}
  return (
    <Details summary={t('serveIt')} open>
      <p class="govuk-body-s">{t('serveText')}</p>
      <Form action={props.address}>
        <Select
          name="method"
          label={t('method')}
          items={methods.map((value) => ({ value, text: s(value) }))}
          value={body ? one(body, 'method') : 'handed'}
          {...(errors['method'] ? { error: errors['method'] } : {})}
        />
        <DateInput
          id="servedOn"
          namePrefix="servedOn"
          fieldset={{ legend: { content: t('servedOn'), class: 'govuk-fieldset__legend--s' } }}
          values={dateValues(body, 'servedOn', today(visit.ctx))}
          {...(errors['servedOn'] ? { error: errors['servedOn'] } : {})}
        />
        <Input name="proof" label={t('proof')} value={body ? one(body, 'proof') : ''} />
        <Button name="_act" value="serve" preventDoubleClick>
          {t('serveDo')}
        </Button>
      </Form>
    </Details>
  )
}
