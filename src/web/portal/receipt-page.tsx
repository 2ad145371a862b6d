// The receipt of a case: a page, a sheet to print, and the proof as a file. `GET …/receipt` (case-documents.tsx) is the file to check.
import { readLedgerReceipt } from '#kernel/cases/ledger-receipt.ts'
import { type CaseView, viewCase } from '#kernel/cases/view.ts'
import { qrSvg } from '#kernel/documents/qr.ts'
import { notFound } from '#kernel/errors.ts'
import type { Receipt } from '#kernel/ledger/receipt.ts'
import type { HttpContext } from '#http/route.ts'
import type { Visit } from '#http/visit.ts'
import { Button } from '#ui/components/button.tsx'
import { Details } from '#ui/components/details.tsx'
import { SummaryList } from '#ui/components/summary-list.tsx'
import { Tag } from '#ui/components/tag.tsx'
import { pdfResponse, svgResponse } from './filed.tsx'
import { Back, isWeChat, portalPage } from './frame.tsx'
import { compactReceipt, dueLines, filedRows, receiptJob, receiptState, stateRows } from './receipt-sheet.ts'
import { receiptTexts } from './receipt-texts.ts'
import { trackUrl } from './slip.ts'
import { asParty } from './track.tsx'
import { formatInstant } from './words.ts'

type Held = { view: CaseView; receipt: Receipt }

const readHeld = (visit: Visit, context: HttpContext): Promise<Held> =>
  asParty(visit, async (ctx) => {
    const by = { number: context.req.param('number') ?? '' }
    return { receipt: await readLedgerReceipt(ctx, by), view: await viewCase(ctx, by, visit.language) }
  })

/** `GET /cases/:number/slip` */
export async function receiptPage(visit: Visit, context: HttpContext): Promise<Response> {
  const held = await readHeld(visit, context)
  const t = receiptTexts(visit.language)
  const { view, receipt } = held
  const here = `${visit.base}/cases/${view.number}`
  const state = receiptState(receipt)
  const pages = isWeChat(context) ? (await visit.ctx.services.renderer.renderPages(receiptJob(visit, view, receipt))).length : 0
  return portalPage(
    visit,
    { title: `${t('title')} ${view.number}`, path: `/cases/${view.number}/slip`, active: 'track', before: <Back href={here}>{t('back')}</Back> },
    <>
      <h1 class="govuk-heading-xl">{t('title')}</h1>
      <p class="govuk-body-l">{t('lead')}</p>
      <SummaryList
        rows={[
          { key: t('number'), value: <strong class="xl-nowrap">{view.number}</strong> },
          { key: t('matter'), value: view.procedure.title },
          { key: t('received'), value: formatInstant(state.time, visit.ctx.zone, visit.language) },
        ]}
      />
      <Files visit={visit} pages={pages} here={here} receipt={receipt} />
      <h2 class="govuk-heading-m">{t('stateTitle')}</h2>
      <States visit={visit} receipt={receipt} />
      <h2 class="govuk-heading-m">{t('filedTitle')}</h2>
      <SummaryList rows={filedRows(view).map(([key, value]) => ({ key, value: <span class="xl-typed">{value}</span> }))} />
      <h2 class="govuk-heading-m">{t('dueTitle')}</h2>
      <Due visit={visit} view={view} />
      <h2 class="govuk-heading-m">{t('checkTitle')}</h2>
      <Check visit={visit} held={held} />
    </>,
  )
}

/** A browser that cannot save files gets the sheet as pictures, one a page. */
function Files({ visit, pages, here, receipt }: { visit: Visit; pages: number; here: string; receipt: Receipt }) {
  const t = receiptTexts(visit.language)
  if (pages > 0)
    return (
      <>
        <p class="govuk-body">{t('wechat')}</p>
        {Array.from({ length: pages }, (_, at) => (
          <img class="xl-paper" src={`${here}/slip.svg?page=${at + 1}`} alt={t('picture', { page: at + 1, pages })} width="595" height="842" />
        ))}
      </>
    )
  return (
    <>
      <div class="govuk-button-group">
        <Button href={`${here}/slip.pdf`} attributes={{ download: true, 'data-turbo': 'false' }}>
          {t('paper')}
        </Button>
        <Button
          href={`${here}/receipt${receipt.proof === undefined ? '?now' : ''}`}
          class="govuk-button--secondary"
          attributes={{ 'data-turbo': 'false' }}
        >
          {t('file')}
        </Button>
      </div>
      <p class="govuk-hint">{t('fileHint')}</p>
      {receipt.proof !== undefined && (
        <p class="govuk-body">
          <a class="govuk-link" href={`${here}/receipt.tlog-proof`} download data-turbo="false">
            {t('proof')}
          </a>
        </p>
      )}
    </>
  )
}

function States({ visit, receipt }: { visit: Visit; receipt: Receipt }) {
  const t = receiptTexts(visit.language)
  const rows = stateRows(visit, receiptState(receipt))
  return (
    <ol class="govuk-list govuk-list--number govuk-list--spaced">
      {rows.map(({ done, name, text }) => (
        <li>
          <strong>{name}</strong> <Tag class={done ? 'govuk-tag--green' : 'govuk-tag--grey'}>{t(done ? 'done' : 'waiting')}</Tag>
          <br />
          {text}
        </li>
      ))}
    </ol>
  )
}

function Due({ visit, view }: { visit: Visit; view: CaseView }) {
  const lines = dueLines(visit, view)
  if (lines.length === 0) return <p class="govuk-body">{receiptTexts(visit.language)('noDue')}</p>
  return (
    <ul class="govuk-list govuk-list--bullet">
      {lines.map((line) => (
        <li>{line}</li>
      ))}
    </ul>
  )
}

function Check({ visit, held: { view, receipt } }: { visit: Visit; held: Held }) {
  const t = receiptTexts(visit.language)
  return (
    <>
      <p class="govuk-body">{t('how3')}</p>
      <Button href={`${visit.base}/verify#receipt`} class="govuk-button--secondary">
        {t('checkPage')}
      </Button>
      <p class="govuk-body">
        <strong>{t('fingerprint')}</strong> <code class="xl-break">{receiptState(receipt).fingerprint}</code>
        <br />
        {t('fingerprintText')}
      </p>
      <Details summary={t('promiseShow')}>
        <pre class="xl-typed xl-break">{receipt.promise}</pre>
      </Details>
      <img src={dataUrl(qrSvg(compactReceipt(receipt)))} width="260" height="260" alt={t('compactQr')} />
      <p class="govuk-hint">{t('compactQr')}</p>
      <img src={dataUrl(qrSvg(trackUrl(visit, view.number)))} width="170" height="170" alt={t('qr')} />
      <p class="govuk-hint">{t('qr')}</p>
    </>
  )
}

const dataUrl = (svg: string) => `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`

/** `GET /cases/:number/slip.pdf` */
export async function receiptPdf(visit: Visit, context: HttpContext): Promise<Response> {
  const { view, receipt } = await readHeld(visit, context)
  return pdfResponse(await visit.ctx.services.renderer.render(receiptJob(visit, view, receipt)), `${view.number}.pdf`)
}

/** `GET /cases/:number/slip.svg?page=1`: a page of it, for browsers that save no files. */
export async function receiptPicture(visit: Visit, context: HttpContext): Promise<Response> {
  const { view, receipt } = await readHeld(visit, context)
  const pages = await visit.ctx.services.renderer.renderPages(receiptJob(visit, view, receipt))
  const page = pages[Number(context.req.query('page') ?? 1) - 1]
  if (page === undefined) throw notFound('document.not_found')
  return svgResponse(page)
}

/** `GET /cases/:number/receipt.tlog-proof`: the C2SP proof alone; not found until the entry is in a signed tree. */
export async function proofFile(visit: Visit, context: HttpContext): Promise<Response> {
  const { view, receipt } = await readHeld(visit, context)
  if (receipt.proof === undefined) throw notFound('ledger.not_published')
  return new Response(receipt.proof, {
    headers: {
      'content-type': 'text/plain; charset=utf-8',
      'content-disposition': `attachment; filename="${view.number}.tlog-proof"`,
      'cache-control': 'no-store',
    },
  })
}
