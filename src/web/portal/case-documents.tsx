// Papers of a case: documents as pages (a browser inside WeChat cannot save files), as PDF, the files people sent, and the receipt.
import { readLedgerReceipt } from '#kernel/cases/ledger-receipt.ts'
import { viewCase } from '#kernel/cases/view.ts'
import { readDocument } from '#kernel/documents/read-document.ts'
import { notFound } from '#kernel/errors.ts'
import { readUpload } from '#kernel/files/uploads.ts'
import type { HttpContext } from '#http/route.ts'
import type { Visit } from '#http/visit.ts'
import { Button } from '#ui/components/button.tsx'
import { WarningText } from '#ui/components/warning-text.tsx'
import { caseTexts } from './case-texts.ts'
import { pdfResponse, svgResponse } from './filed.tsx'
import { Back, isWeChat, portalPage } from './frame.tsx'
import { asParty } from './track.tsx'

const numberOf = (context: HttpContext) => ({ number: context.req.param('number') ?? '' })

const readPdf = (visit: Visit, context: HttpContext, id: string) =>
  asParty(visit, async (ctx) => {
    const { document, pdf } = await readDocument(ctx, numberOf(context), id)
    return { pdf, number: document.number }
  })

/** `GET /cases/:number/documents/:id` */
export async function documentPage(visit: Visit, context: HttpContext): Promise<Response> {
  const { language, base } = visit
  const t = caseTexts(language)
  const id = context.req.param('id') ?? ''
  const { pdf } = await readPdf(visit, context, id)
  const view = await asParty(visit, (ctx) => viewCase(ctx, numberOf(context), language))
  const document = view.documents.find((known) => known.id === id)
  if (!document) throw notFound('document.not_found')
  const pages = await visit.ctx.services.renderer.pagesOf(pdf)
  const path = `/cases/${view.number}/documents/${id}`
  const title = `${document.title} ${document.number}`
  return portalPage(
    visit,
    { title, path, active: 'track', width: 'wide', before: <Back href={`${base}/cases/${view.number}`} /> },
    <>
      <h1 class="govuk-heading-l">{title}</h1>
      {document.status === 'withdrawn' && <WarningText>{t('status.withdrawn')}</WarningText>}
      {document.status === 'corrected' && <WarningText>{t('status.corrected')}</WarningText>}
      {isWeChat(context) ? (
        <p class="govuk-body">{t('wechat')}</p>
      ) : (
        <p class="govuk-body">
          <a class="govuk-link" href={`${base}${path}.pdf`} download data-turbo="false">
            {t('pdf')}
          </a>
        </p>
      )}
      {pages.map((_, index) => (
        <img
          class="xl-paper"
          src={`${base}${path}/pages/${index + 1}`}
          alt={`${title} ${t('pagesOf', { page: index + 1, pages: pages.length })}`}
          width="595"
          height="842"
          loading={index > 1 ? 'lazy' : undefined}
        />
      ))}
      <p class="govuk-hint">{t('onPaper')}</p>
    </>,
  )
}

/** `GET /cases/:number/documents/:id/pages/:page` */
export async function documentPicture(visit: Visit, context: HttpContext): Promise<Response> {
  const { pdf } = await readPdf(visit, context, context.req.param('id') ?? '')
  const page = (await visit.ctx.services.renderer.pagesOf(pdf))[Number(context.req.param('page')) - 1]
  if (page === undefined) throw notFound('document.not_found')
  return svgResponse(page)
}

/** `GET /cases/:number/documents/:id.pdf` */
export async function documentPdf(visit: Visit, context: HttpContext): Promise<Response> {
  const { pdf, number } = await readPdf(visit, context, (context.req.param('file') ?? '').replace(/\.pdf$/, ''))
  return pdfResponse(pdf, `${number}.pdf`)
}

/** `GET /cases/:number/files/:id`: pictures are shown, all else is saved. */
export async function uploadFile(visit: Visit, context: HttpContext): Promise<Response> {
  const file = await asParty(visit, (ctx) => readUpload(ctx, numberOf(context), context.req.param('id') ?? ''))
  const shown = file.mediaType.startsWith('image/') ? 'inline' : 'attachment'
  return new Response(new Uint8Array(file.bytes), {
    headers: {
      'content-type': file.mediaType,
      'content-disposition': `${shown}; filename*=UTF-8''${encodeURIComponent(file.name)}`,
      'cache-control': 'no-store',
      'content-security-policy': "default-src 'none'; sandbox",
    },
  })
}

/** `GET /cases/:number/receipt`: the proof, or a page that asks for a minute's patience; `?now` gives what there is. */
export async function receiptFile(visit: Visit, context: HttpContext): Promise<Response> {
  const receipt = await asParty(visit, (ctx) => readLedgerReceipt(ctx, numberOf(context)))
  const number = numberOf(context).number
  if (receipt.proof === undefined && context.req.query('now') === undefined) return queuedPage(visit, number)
  if (isWeChat(context)) return receiptText(visit, number, JSON.stringify(receipt))
  return new Response(`${JSON.stringify(receipt, null, 2)}\n`, {
    headers: {
      'content-type': 'application/json',
      'content-disposition': `attachment; filename="${number}-receipt.json"`,
      'cache-control': 'no-store',
    },
  })
}

function queuedPage(visit: Visit, number: string): Promise<Response> {
  const t = caseTexts(visit.language)
  const here = `${visit.base}/cases/${number}`
  return portalPage(
    visit,
    { title: t('queuedTitle'), path: `/cases/${number}/receipt`, active: 'track', status: 202, before: <Back href={here} /> },
    <>
      <h1 class="govuk-heading-l">{t('queuedTitle')}</h1>
      <p class="govuk-body">{t('queuedText')}</p>
      <Button href={`${here}/receipt`}>{t('reload')}</Button>
      <p class="govuk-body">
        <a class="govuk-link" href={`${here}/receipt?now`} data-turbo="false">
          {t('queuedPromise')}
        </a>
      </p>
    </>,
  )
}

function receiptText(visit: Visit, number: string, receipt: string): Promise<Response> {
  const t = caseTexts(visit.language)
  return portalPage(
    visit,
    { title: t('record'), path: `/cases/${number}/receipt`, active: 'track', before: <Back href={`${visit.base}/cases/${number}`} /> },
    <>
      <h1 class="govuk-heading-l">{t('record')}</h1>
      <p class="govuk-body">{t('wechat')}</p>
      <pre class="xl-typed xl-break">{receipt}</pre>
    </>,
  )
}
