// One issued document: its pages, its state, and what the post that signs it may do with it.
import { correctDocument, serveDocument, voidDocument, withdrawDocument } from '#kernel/documents/correct.ts'
import { bindCaseFile } from '#kernel/documents/case-file.ts'
import { readDocument } from '#kernel/documents/read-document.ts'
import { getCase } from '#kernel/cases/load-case.ts'
import type { IssuedDocument } from '#kernel/cases/types.ts'
import { recordView } from '#kernel/cases/views.ts'
import { speaker } from '#kernel/cases/words.ts'
import { notFound } from '#kernel/errors.ts'
import { readUpload } from '#kernel/files/uploads.ts'
import { getPackage } from '#kernel/procedures/packages.ts'
import type { HttpContext } from '#http/route.ts'
import { seeOther } from '#http/page.ts'
import type { Visit } from '#http/visit.ts'
import { BackLink } from '#ui/components/breadcrumbs.tsx'
import { Tag } from '#ui/components/tag.tsx'
import { postedDate } from './case-acts.tsx'
import { correctedForm, DocumentActs, type Found, type State } from './document-acts.tsx'
import { numberOf } from './case-page.tsx'
import { caseTexts as texts } from './case-texts.ts'
import { one, readPost, work, workPage } from './frame.tsx'
import { Refusal } from './grouped-fields.tsx'
import { isRefusal, refusalStatus } from './refusals.ts'
import { sharedTexts } from './words.ts'

async function find(visit: Visit, context: HttpContext): Promise<Found> {
  const { loaded } = await getCase(visit.ctx, { number: numberOf(context) }, 'case.read')
  const document = loaded.documents.find((known) => known.document_id === context.req.param('document'))
  if (!document) throw notFound('document.not_found')
  return { loaded, document, procedure: await getPackage(visit.ctx, loaded.row.package_hash) }
}

export async function documentPage(visit: Visit, context: HttpContext): Promise<Response> {
  const found = await find(visit, context)
  await recordView(visit.ctx, found.loaded, 'handling', ['documents'])
  return show(visit, context, found, {})
}

/** One page as a picture: browsers without a PDF viewer show it too. */
export async function documentImage(visit: Visit, context: HttpContext): Promise<Response> {
  const { pdf } = await readDocument(visit.ctx, { number: numberOf(context) }, context.req.param('document') ?? '')
  const page = (await visit.ctx.services.renderer.pagesOf(pdf))[Number(context.req.param('page')) - 1]
  if (page === undefined) throw notFound('document.not_found')
  return new Response(page, {
    headers: { 'content-type': 'image/svg+xml', 'cache-control': 'no-store', 'content-security-policy': "default-src 'none'" },
  })
}

export async function documentFile(visit: Visit, context: HttpContext): Promise<Response> {
  const { pdf, document } = await readDocument(visit.ctx, { number: numberOf(context) }, context.req.param('document') ?? '')
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
  await recordView(visit.ctx, loaded, 'handling', ['files'])
  const file = await readUpload(visit.ctx, { caseId: loaded.row.case_id }, context.req.param('file') ?? '')
  return fileResponse(file.bytes, file.mediaType, file.name)
}

/** A file to look at, which may run nothing. */
export const fileResponse = (bytes: Buffer, type: string, name: string) =>
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
        await serveDocument(visit.ctx, { number }, id, {
          method: one(body, 'method'),
          servedOn: postedDate(body, 'servedOn'),
          proof: one(body, 'proof'),
        })
        return done('documentServed')
      default:
        return await show(visit, context, found, {})
    }
  } catch (error) {
    if (!isRefusal(error)) throw error
    return show(visit, context, await find(visit, context), { body, error })
  }
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
            <img
              class="xl-paper"
              src={`${address}/pages/${index + 1}`}
              alt={`${title}，${t('page', { page: index + 1 })}`}
              width="210"
              height="297"
            />
          ))}
        </div>
        <aside class="xl-task__case" aria-label={t('acts')}>
          <p class="govuk-body">
            <a class="govuk-link" href={`${address}/file.pdf`} data-turbo="false">
              {t('asPdf')}
            </a>
          </p>
          <DocumentActs visit={visit} found={found} state={state} address={address} isNewest={newer === undefined} />
        </aside>
      </div>
    </>,
  )
}
