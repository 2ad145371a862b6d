// Filing, one group of questions a page. What was typed is saved with each page, right or wrong, and can be resumed for thirty days.
import { discardDraft, type Draft, newDraft, saveDraft } from '#kernel/cases/drafts.ts'
import { shortTexts } from '#kernel/cases/new-case.ts'
import { DomainError, type FieldError, notFound } from '#kernel/errors.ts'
import { uploadLimits } from '#kernel/files/clean-upload.ts'
import { removeDraftFile, storeDraftFile } from '#kernel/files/uploads.ts'
import { checkForm } from '#kernel/forms/forms.ts'
import type { Package } from '#kernel/procedures/load-package.ts'
import type { HttpContext } from '#http/route.ts'
import { seeOther } from '#http/page.ts'
import type { Visit } from '#http/visit.ts'
import { Button } from '#ui/components/button.tsx'
import { ErrorSummary } from '#ui/components/error-summary.tsx'
import { Form } from '#ui/components/form.tsx'
import { FormFields } from '#ui/form/form-fields.tsx'
import { askedFields, controlOf, pagesOf, withConditionalRequired } from '#ui/form/form-schema.ts'
import { errorLinks, errorsByField } from '#ui/form/form-texts.ts'
import { parseFormBody } from '#ui/form/parse-form-body.ts'
import { dropDraft, keepDraft, type OpenDraft, readDraft } from './draft-cookie.ts'
import { Back, limit, one, portalPage, readPost } from './frame.tsx'
import { filingTexts } from './filing-texts.ts'
import { openProcedure, sayer } from './matter-page.tsx'
import { type Position, PositionFields } from './position-fields.tsx'
import { problemOf } from './problems.ts'
import { askedOnly, formSource, registerOptions } from './words.ts'

/** `GET /matters/:slug/new`: the first page, or the question whether to go on with what was begun. */
export async function filingStart(visit: Visit, context: HttpContext): Promise<Response> {
  const procedure = await openProcedure(visit, context)
  const open = await readDraft(visit, context, procedure.slug)
  const { base, language } = visit
  const t = filingTexts(language)
  const here = `/matters/${procedure.slug}`
  if (visit.ctx.actor.kind === 'staff') return staffPage(visit, procedure)
  if (!open || open.draft.filedCase)
    return seeOther(`${base}${here}/new/${pagesOf(formSource(procedure, 'filing', language).schema)[0]?.id ?? 'form'}`)
  return portalPage(
    visit,
    { title: t('goOnTitle'), path: `${here}/new`, active: 'matters', before: <Back href={`${base}${here}`} /> },
    <>
      <h1 class="govuk-heading-l">{t('goOnTitle')}</h1>
      <p class="govuk-body">{t('goOnText')}</p>
      <Button href={`${base}${here}/new/check`}>{t('goOn')}</Button>
      <Form action={`${base}${here}/restart`}>
        <Button class="govuk-button--secondary">{t('startOver')}</Button>
      </Form>
    </>,
  )
}

/** Officers enter matters of others in their workspace; their own they file as residents. This page says how. */
export function staffPage(visit: Visit, procedure: Package): Promise<Response> {
  const t = filingTexts(visit.language)
  return portalPage(
    visit,
    {
      title: t('staffTitle'),
      path: `/matters/${procedure.slug}/new`,
      active: 'matters',
      before: <Back href={`${visit.base}/matters/${procedure.slug}`} />,
    },
    <>
      <h1 class="govuk-heading-l">
        <span class="govuk-caption-l">{sayer(procedure, visit.language)('title')}</span>
        {t('staffTitle')}
      </h1>
      <h2 class="govuk-heading-m">{t('staffForOthers')}</h2>
      <p class="govuk-body">{t('staffForOthersText')}</p>
      <Button href={`${visit.base}/workspace/intake?procedure=${procedure.slug}`}>{t('staffIntake')}</Button>
      <h2 class="govuk-heading-m">{t('staffOwn')}</h2>
      <p class="govuk-body">{t('staffOwnText')}</p>
      <Form action={`${visit.base}/sign-out`}>
        <Button class="govuk-button--secondary">{t('staffSignOut')}</Button>
      </Form>
    </>,
  )
}

/** `GET /matters/:slug/new/:page` */
export async function filingPage(visit: Visit, context: HttpContext): Promise<Response> {
  const procedure = await openProcedure(visit, context)
  if (visit.ctx.actor.kind === 'staff') return staffPage(visit, procedure)
  const open = await readDraft(visit, context, procedure.slug)
  const { page } = findPage(procedure, visit, context)
  const complaints =
    open?.draft.content.seen.includes(page) && context.req.query('fix') !== undefined ? complaintsOf(visit, procedure, open.draft) : []
  return questions(visit, procedure, page, { draft: open?.draft, complaints, status: 200, fromCheck: context.req.query('from') === 'check' })
}

/** `POST /matters/:slug/new/:page`: keeps what was typed, then complains or goes on. */
export async function filingPost(visit: Visit, context: HttpContext): Promise<Response> {
  const procedure = await openProcedure(visit, context)
  const body = await readPost(visit, context)
  const { page, fields, next } = findPage(procedure, visit, context)
  const open = (await readDraft(visit, context, procedure.slug)) ?? (await begin(visit, context, procedure))
  const { draft } = open
  const here = `${visit.base}/matters/${procedure.slug}`
  if (draft.filedCase) return seeOther(`${visit.base}/filed`)
  const { schema } = formSource(procedure, 'filing', visit.language)
  const { data, files } = parseFormBody(schema, body)
  await dropRemovedFiles(visit, procedure, draft, fields, data)
  for (const field of fields) {
    delete draft.content.data[field]
    if (data[field] !== undefined) draft.content.data[field] = data[field]
  }
  if (!draft.content.seen.includes(page)) draft.content.seen.push(page)
  const refused = await keepFiles(visit, draft, fields, files)
  await saveDraft(visit.ctx, draft)
  if (one(body, '_then') === 'save') return seeOther(`${here}/saved`)
  const complaints = [...refused, ...complaintsOf(visit, procedure, draft)].filter((complaint) => fields.includes(fieldOf(complaint)))
  const fromCheck = one(body, '_from') === 'check'
  if (complaints.length > 0) return questions(visit, procedure, page, { draft, complaints, status: 422, fromCheck })
  if (one(body, '_then') === 'more') return seeOther(`${here}/new/${page}${fromCheck ? '?from=check' : ''}`)
  return seeOther(`${here}/new/${fromCheck ? 'check' : next}`)
}

/** Complaints of the whole form as it stands, about questions that were asked. */
export function complaintsOf(visit: Visit, procedure: Package, draft: Draft): FieldError[] {
  const { form } = formSource(procedure, 'filing', visit.language)
  return checkForm(form, askedOnly(form.schema, draft.content.data), shortTexts(procedure, visit.language), visit.language)
}

export const fieldOf = (complaint: FieldError): string => complaint.pointer.split('/')[1] ?? ''

async function begin(visit: Visit, context: HttpContext, procedure: Package): Promise<OpenDraft> {
  await limit(visit, 'draftSteps')
  const open = await newDraft(visit.ctx, procedure.slug)
  keepDraft(visit, context, procedure.slug, open.code)
  return open
}

/** @throws `page.not_found` */
function findPage(procedure: Package, visit: Visit, context: HttpContext) {
  const pages = pagesOf(formSource(procedure, 'filing', visit.language).schema)
  const index = pages.findIndex((known) => known.id === context.req.param('page'))
  const found = pages[index]
  if (!found) throw notFound('page.not_found')
  return { page: found.id, fields: found.fields, next: pages[index + 1]?.id ?? 'check' }
}

/** Files whose box was unticked are gone, not only left out. */
async function dropRemovedFiles(visit: Visit, procedure: Package, draft: Draft, fields: string[], data: Record<string, unknown>) {
  const { schema } = formSource(procedure, 'filing', visit.language)
  for (const field of fields) {
    const property = schema.properties?.[field]
    if (!property || controlOf(property) !== 'files') continue
    const mine = [draft.content.data[field]].flat().filter((id): id is string => typeof id === 'string')
    const kept = [data[field]].flat().filter((id): id is string => typeof id === 'string' && mine.includes(id))
    for (const id of mine.filter((known) => !kept.includes(known))) {
      await removeDraftFile(visit.ctx, draft, id)
      delete draft.content.fileNames[id]
    }
    // An id that was not the draft's own is nobody's business.
    if (kept.length > 0) data[field] = property.type === 'array' ? kept : kept[0]
    else delete data[field]
  }
}

/** New files into the draft; one that cannot be kept is a complaint, the others stay. */
async function keepFiles(visit: Visit, draft: Draft, fields: string[], files: Record<string, File[]>): Promise<FieldError[]> {
  const complaints: FieldError[] = []
  for (const field of fields) {
    for (const file of files[field] ?? []) {
      try {
        const stored = await storeDraftFile(visit.ctx, draft, { name: file.name, bytes: Buffer.from(await file.arrayBuffer()) })
        draft.content.data[field] = [...[draft.content.data[field] ?? []].flat(), stored.fileId]
        draft.content.fileNames[stored.fileId] = stored.name
      } catch (error) {
        if (!(error instanceof DomainError)) throw error
        complaints.push({
          pointer: `/${field}`,
          code: error.code,
          message: `${file.name}${visit.language === 'zh' ? '：' : ': '}${problemOf(error, visit.language).text}`,
        })
      }
    }
  }
  return complaints
}

type Shown = { draft: Draft | undefined; complaints: FieldError[]; status: number; fromCheck: boolean }

function questions(visit: Visit, procedure: Package, page: string, shown: Shown): Promise<Response> {
  const { base, language } = visit
  const t = filingTexts(language)
  const say = sayer(procedure, language)
  const source = withFileLimits(formSource(procedure, 'filing', language), t('fileLimits', { files: uploadLimits.files }))
  const pages = pagesOf(source.schema)
  const index = pages.findIndex((known) => known.id === page)
  const fields = askedFields(source.schema, pages[index]?.fields ?? [], shown.draft?.content.data ?? {})
  const position = positionOf(procedure, fields)
  const errors = errorsByField(shown.complaints)
  const hasErrors = fields.some((field) => errors[field] !== undefined)
  const here = `/matters/${procedure.slug}`
  const before = index > 0 ? `${base}${here}/new/${pages[index - 1]?.id}` : `${base}${here}`
  const hasFiles = fields.some((field) => {
    const property = source.schema.properties?.[field]
    return property !== undefined && controlOf(property) === 'files'
  })
  const title = say(`filing.page.${page}`)
  const form = {
    ...source,
    schema: withConditionalRequired(source.schema),
    values: shown.draft?.content.data ?? {},
    errors,
    fileNames: shown.draft?.content.fileNames ?? {},
    options: registerOptions(visit.town, language),
  }
  return portalPage(
    visit,
    {
      title: `${title} · ${say('title')}`,
      path: `${here}/new/${page}`,
      active: 'matters',
      hasErrors,
      status: shown.status,
      before: <Back href={shown.fromCheck ? `${base}${here}/new/check` : before} />,
      ...(position
        ? { isWhole: true, scripts: ['locate.js'], headers: { 'permissions-policy': 'geolocation=(self), camera=(), microphone=()' } }
        : {}),
    },
    <>
      {hasErrors && <ErrorSummary title={t('errors')} description={t('errorsKept')} errors={errorLinks({ ...source, errors, fields })} />}
      <h1 class="govuk-heading-l">
        <span class="govuk-caption-l">{t('pageOf', { page: index + 1, pages: pages.length + 1 })}</span>
        {title}
      </h1>
      <Form action={`${base}${here}/new/${page}`} hasFiles={hasFiles}>
        <FormFields {...form} fields={fields.filter((name) => name !== position?.latitude && name !== position?.longitude)} />
        {position && <PositionFields form={form} position={position} language={language} />}
        {shown.fromCheck && <input type="hidden" name="_from" value="check" />}
        <div class="govuk-button-group">
          <Button name="_then" value="next">
            {t('next')}
          </Button>
          {hasFiles && (
            <Button name="_then" value="more" class="govuk-button--secondary">
              {t('moreFiles')}
            </Button>
          )}
          <Button name="_then" value="save" class="govuk-button--secondary">
            {t('save')}
          </Button>
        </div>
      </Form>
      <p class="govuk-hint">{t('saveHint')}</p>
    </>,
  )
}

/** The two fields for coordinates, when this page asks for both. */
function positionOf(procedure: Package, fields: readonly string[]): Position | undefined {
  const { latitude, longitude } = procedure.manifest.serviceRequest ?? {}
  if (latitude === undefined || longitude === undefined) return undefined
  return fields.includes(latitude) && fields.includes(longitude) ? { latitude, longitude } : undefined
}

/** What may be sent stands in the hint of each file field, where a screen reader meets it. */
function withFileLimits(source: ReturnType<typeof formSource>, limits: string): ReturnType<typeof formSource> {
  const texts = { ...source.texts }
  for (const [name, property] of Object.entries(source.schema.properties ?? {})) {
    const key = `${source.textPrefix}.${name}.hint`
    if (controlOf(property) === 'files') texts[key] = `${texts[key] ?? ''} ${limits}`.trim()
  }
  return { ...source, texts }
}

/** `POST /matters/:slug/restart` */
export async function restart(visit: Visit, context: HttpContext): Promise<Response> {
  const procedure = await openProcedure(visit, context)
  await readPost(visit, context)
  const open = await readDraft(visit, context, procedure.slug)
  if (open && !open.draft.filedCase) await discardDraft(visit.ctx, open.draft)
  dropDraft(visit, context, procedure.slug)
  return seeOther(`${visit.base}/matters/${procedure.slug}/new`)
}
