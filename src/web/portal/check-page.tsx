// The list of answers before sending, and the sending itself.
import { plainLabel } from '#kernel/cases/words.ts'
import type { Draft } from '#kernel/cases/drafts.ts'
import { endFiledDraft } from '#kernel/cases/drafts.ts'
import type { MandateInput } from '#kernel/cases/mandates.ts'
import { type Acknowledgement, findAcknowledgement, openCase } from '#kernel/cases/open-case.ts'
import { as, type Ctx } from '#kernel/context.ts'
import { conflict, DomainError, type FieldError } from '#kernel/errors.ts'
import type { Package } from '#kernel/procedures/load-package.ts'
import type { HttpContext } from '#http/route.ts'
import { seeOther } from '#http/page.ts'
import type { Visit } from '#http/visit.ts'
import { Button } from '#ui/components/button.tsx'
import { Checkboxes } from '#ui/components/checkboxes.tsx'
import { ErrorSummary } from '#ui/components/error-summary.tsx'
import { Form } from '#ui/components/form.tsx'
import { InsetText } from '#ui/components/inset-text.tsx'
import { SummaryList } from '#ui/components/summary-list.tsx'
import { WarningText } from '#ui/components/warning-text.tsx'
import { controlOf, pagesOf } from '#ui/form/form-schema.ts'
import type { FormProperty } from '#ui/form/form-schema.ts'
import { uiTexts } from '#ui/ui-texts.ts'
import { dropDraft, readDraft } from './draft-cookie.ts'
import type { FormBody } from '#ui/form/parse-form-body.ts'
import { ForSomebodyElse, proxyHref, readProxy } from '#web/proxy-fields.tsx'
import { keepFiled } from './filed-cookie.ts'
import { complaintsOf, fieldOf, staffPage } from './filing.tsx'
import { filingTexts } from './filing-texts.ts'
import { Back, limit, one, portalPage, readPost } from './frame.tsx'
import { openProcedure, sayer } from './matter-page.tsx'
import { ProofBox, type ProofBoxState, proofFor, proofIslands, refuseUnproven } from './proof-box.tsx'
import { askedOnly, formSource, registerOptions } from './words.ts'

/** The field by which a form asks for consent to electronic service itself. */
const consentField = 'electronicService'

/** `GET /matters/:slug/new/check` */
export async function checkPage(visit: Visit, context: HttpContext): Promise<Response> {
  const procedure = await openProcedure(visit, context)
  if (visit.ctx.actor.kind === 'staff') return staffPage(visit, procedure)
  const open = await readDraft(visit, context, procedure.slug)
  if (!open || open.draft.filedCase) return seeOther(`${visit.base}/matters/${procedure.slug}/new`)
  const complaints = complaintsOf(visit, procedure, open.draft)
  return answers(visit, procedure, open.draft, { complaints, status: 200, showErrors: false, proof: await proofFor(visit, 'filing') })
}

/** `POST /matters/:slug/new/check`: files. The second of two clicks gets the answer of the first. */
export async function sendFiling(visit: Visit, context: HttpContext): Promise<Response> {
  const procedure = await openProcedure(visit, context)
  const body = await readPost(visit, context)
  const open = await readDraft(visit, context, procedure.slug)
  const idempotencyKey = one(body, '_key')
  const ctx = filerOf(visit)
  const before = idempotencyKey === '' ? undefined : await findAcknowledgement(ctx, idempotencyKey)
  if (before) return confirm(visit, context, procedure, before, isNamed(procedure, open?.draft))
  if (!open || open.draft.filedCase) throw conflict('draft.gone', 'This draft is no longer there.')
  const complaints = complaintsOf(visit, procedure, open.draft)
  if (complaints.length > 0) return answers(visit, procedure, open.draft, { complaints, status: 422, showErrors: true })
  const unproven = await refuseUnproven(visit, 'filing', body)
  if (unproven) return answers(visit, procedure, open.draft, { complaints, status: 422, showErrors: false, body, proof: unproven })
  await limit(visit, 'anonymousFilings')
  try {
    const made = await file(ctx, visit, procedure, open.draft, {
      idempotencyKey,
      consents: one(body, 'consent') === 'true',
      ...(one(body, '_proxy') === 'true' ? { proxy: readProxy(body) } : {}),
    })
    return await confirm(visit, context, procedure, made, isNamed(procedure, open.draft))
  } catch (error) {
    if (!(error instanceof DomainError) || (error.code !== 'form.invalid' && error.code !== 'mandate.invalid')) throw error
    if (error.code === 'mandate.invalid')
      return answers(visit, procedure, open.draft, { complaints: [], status: 422, showErrors: true, body, proxyErrors: error.fields })
    return answers(visit, procedure, open.draft, { complaints: error.fields, status: 422, showErrors: true })
  }
}

/** A resident files under her account; everybody else without one, whatever receipt this browser holds. */
const filerOf = (visit: Visit): Ctx =>
  as(visit.ctx, visit.session?.kind === 'resident' ? { kind: 'resident', accountId: visit.session.userId } : { kind: 'anonymous' })

async function file(
  ctx: Ctx,
  visit: Visit,
  procedure: Package,
  draft: Draft,
  given: { idempotencyKey: string; consents: boolean; proxy?: MandateInput },
): Promise<Acknowledgement> {
  const { form } = formSource(procedure, 'filing', visit.language)
  const asksItself = form.schema.properties[consentField] !== undefined
  const made = await openCase(ctx, {
    procedure: procedure.slug,
    data: askedOnly(form.schema, draft.content.data),
    electronicService: asksItself ? draft.content.data[consentField] === true : given.consents,
    // A page without the key would file twice on a second click: the draft's own stands in.
    idempotencyKey: given.idempotencyKey || draft.content.idempotencyKey,
    draftId: draft.draftId,
    draftKey: draft.key,
    language: visit.language,
    ...(given.proxy ? { proxy: given.proxy } : {}),
    ...(ctx.actor.kind === 'resident' ? { accountId: ctx.actor.accountId } : {}),
  })
  await endFiledDraft(visit.ctx, draft)
  return made
}

async function confirm(visit: Visit, context: HttpContext, procedure: Package, made: Acknowledgement, named: boolean): Promise<Response> {
  await keepFiled(visit, context, { ...made, procedure: procedure.slug, named })
  dropDraft(visit, context, procedure.slug)
  return seeOther(`${visit.base}/filed`)
}

/** Did the person give a name, so that a lost code can be issued anew? */
function isNamed(procedure: Package, draft: Draft | undefined): boolean {
  return procedure.manifest.parties.some((party) => {
    const name = draft?.content.data[party.fields.name]
    return typeof name === 'string' && name !== ''
  })
}

type Shown = {
  complaints: FieldError[]
  status: number
  showErrors: boolean
  body?: FormBody
  proxyErrors?: readonly FieldError[]
  proof?: ProofBoxState | undefined
}

function answers(visit: Visit, procedure: Package, draft: Draft, shown: Shown): Promise<Response> {
  const { base, language } = visit
  const t = filingTexts(language)
  const say = sayer(procedure, language)
  const here = `/matters/${procedure.slug}`
  const { schema } = formSource(procedure, 'filing', language)
  const pages = pagesOf(schema)
  const named = isNamed(procedure, draft)
  return portalPage(
    visit,
    {
      title: `${t('checkTitle')} · ${say('title')}`,
      path: `${here}/new/check`,
      active: 'matters',
      status: shown.status,
      hasErrors: shown.showErrors || shown.proof?.error !== undefined,
      islands: proofIslands(shown.proof),
      before: <Back href={`${base}${here}/new/${pages.at(-1)?.id}`} />,
    },
    <>
      {shown.showErrors && (
        <ErrorSummary
          title={t('errors')}
          description={t('errorsKept')}
          errors={[
            ...shown.complaints.map((complaint) => ({ text: complaint.message, href: changeHref(visit, procedure, fieldOf(complaint), true) })),
            ...(shown.proxyErrors ?? []).map((complaint) => ({ text: complaint.message, href: proxyHref(complaint.pointer) })),
          ]}
        />
      )}
      {shown.proof?.error !== undefined && <ErrorSummary title={t('errors')} errors={[{ text: shown.proof.error, href: '#proof' }]} />}
      <h1 class="govuk-heading-l">
        <span class="govuk-caption-l">{t('pageOf', { page: pages.length + 1, pages: pages.length + 1 })}</span>
        {t('checkTitle')}
      </h1>
      {pages.map((page) => (
        <>
          <h2 class="govuk-heading-m">{say(`filing.page.${page.id}`)}</h2>
          <SummaryList rows={page.fields.map((field) => answerRow(visit, procedure, draft, field, shown.complaints))} />
        </>
      ))}
      {named ? <InsetText>{t('named')}</InsetText> : <WarningText>{t('anonymous')}</WarningText>}
      {visit.session?.kind === 'resident' && <p class="govuk-body">{t('account')}</p>}
      <Form action={`${base}${here}/new/check`} idempotencyKey={draft.content.idempotencyKey}>
        {schema.properties?.[consentField] === undefined && (
          <Checkboxes name="consent" hint={t('consentHint')} items={[{ value: 'true', label: t('consent') }]} />
        )}
        <ForSomebodyElse language={language} body={shown.body} errors={shown.proxyErrors ?? []} />
        <ProofBox visit={visit} state={shown.proof} />
        <p class="govuk-body">{t('declare')}</p>
        <Button preventDoubleClick>{t('submit')}</Button>
      </Form>
    </>,
  )
}

/** The page of a question, opened at it; `fix` shows what is wrong with it. */
function changeHref(visit: Visit, procedure: Package, field: string, fix: boolean): string {
  const { schema } = formSource(procedure, 'filing', visit.language)
  const page = pagesOf(schema).find((known) => known.fields.includes(field))
  const property = schema.properties?.[field]
  const id = property && controlOf(property) === 'date' ? `${field}-year` : field
  return `${visit.base}/matters/${procedure.slug}/new/${page?.id ?? ''}?from=check${fix ? '&fix' : ''}#${id}`
}

function answerRow(visit: Visit, procedure: Package, draft: Draft, field: string, complaints: FieldError[]) {
  const { language } = visit
  const t = filingTexts(language)
  const { schema, form, texts, textPrefix } = formSource(procedure, 'filing', language)
  const property = schema.properties?.[field]
  const label = plainLabel(texts[`${textPrefix}.${field}.label`] ?? field)
  const complaint = complaints.find((known) => fieldOf(known) === field)
  const asked = Object.hasOwn(askedOnly(form.schema, { [field]: '', ...draft.content.data }), field)
  if (!property || (!asked && !complaint)) return undefined
  const choice = (value: unknown) => texts[`${textPrefix}.${field}.${String(value)}`]
  const text = answerText(visit, property, draft.content.data[field], choice, draft.content.fileNames)
  const value = (
    <>
      {text === '' ? <span class="govuk-hint">{t('notGiven')}</span> : <span class="xl-typed">{text}</span>}
      {complaint && <strong class="govuk-error-message">{t('toFix', { message: complaint.message })}</strong>}
    </>
  )
  return {
    key: label,
    value,
    actions: { items: [{ href: changeHref(visit, procedure, field, complaint !== undefined), text: t('change'), hiddenText: label }] },
  }
}

function answerText(
  visit: Visit,
  property: FormProperty,
  value: unknown,
  choice: (value: unknown) => string | undefined,
  fileNames: Record<string, string>,
): string {
  const t = uiTexts(visit.language)
  if (value === undefined || value === '') return ''
  const list = [value].flat().filter((item) => typeof item === 'string' || typeof item === 'number' || typeof item === 'boolean')
  if (controlOf(property) === 'files') return list.map((id) => fileNames[String(id)] ?? String(id)).join('\n')
  if (typeof value === 'boolean') return choice(value) ?? t(value ? 'yes' : 'no')
  const register = property['x-register']
  const options = register === 'villages' || register === 'organizations' ? registerOptions(visit.town, visit.language)[register] : []
  const words = list.map((item) => options.find((option) => option.value === item)?.text ?? choice(item) ?? String(item))
  return words.join(visit.language === 'zh' ? '、' : ', ')
}
