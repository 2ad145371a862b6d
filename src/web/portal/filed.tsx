// The confirmation: number, receipt code (shown only here), the dates that bind us, and the signed promise.
import { qrSvg } from '#kernel/documents/qr.ts'
import { notFound } from '#kernel/errors.ts'
import { getProcedure } from '#kernel/procedures/packages.ts'
import type { HttpContext } from '#http/route.ts'
import type { Visit } from '#http/visit.ts'
import { Button } from '#ui/components/button.tsx'
import { CopyCode } from '#ui/components/copy-code.tsx'
import { formatDate } from '#ui/components/deadline-card.tsx'
import { Details } from '#ui/components/details.tsx'
import { Form } from '#ui/components/form.tsx'
import { InsetText } from '#ui/components/inset-text.tsx'
import { Panel } from '#ui/components/panel.tsx'
import { WarningText } from '#ui/components/warning-text.tsx'
import { type Filed, readFiled } from './filed-cookie.ts'
import { filingTexts } from './filing-texts.ts'
import { Back, isWeChat, portalPage } from './frame.tsx'
import { sayer } from './matter-page.tsx'
import { slipJob, trackUrl } from './slip.ts'
import { citation } from './words.ts'

/** `GET /filed` */
export async function filedPage(visit: Visit, context: HttpContext): Promise<Response> {
  const filed = readFiled(visit, context)
  const { base, language } = visit
  const t = filingTexts(language)
  if (!filed) return gonePage(visit)
  const weChat = isWeChat(context)
  const qr = `data:image/svg+xml;base64,${Buffer.from(qrSvg(trackUrl(visit, filed.number))).toString('base64')}`
  return portalPage(
    visit,
    { title: t('filedTitle'), path: '/filed' },
    <>
      <Panel title={t('filedTitle')}>
        {t('number')}
        <br />
        <strong class="xl-nowrap">{filed.number}</strong>
      </Panel>
      <CopyCode code={filed.receiptCode} />
      <WarningText>
        {t('codeOnce')} {t(filed.named ? 'codeNamed' : 'codeAnonymous')}
      </WarningText>
      <div class="govuk-button-group">
        <Button href={`${base}/cases/${filed.number}`}>{t('track')}</Button>
        <Button href={`${base}/filed/slip`} class="govuk-button--secondary">
          {t('slip')}
        </Button>
        <Button href={`${base}/cases/${filed.number}/slip`} class="govuk-button--secondary">
          {t('receipt')}
        </Button>
      </div>
      <h2 class="govuk-heading-m">{t('nextTitle')}</h2>
      <NextSteps visit={visit} filed={filed} say={sayer(await getProcedure(visit.ctx, filed.procedure), language)} />
      <h2 class="govuk-heading-m">{t('promiseTitle')}</h2>
      <p class="govuk-body">{t('promiseText')}</p>
      {!weChat && (
        <p class="govuk-body">
          <a class="govuk-link" href={`${base}/filed/promise.txt`} download data-turbo="false">
            {t('promiseFile')}
          </a>
        </p>
      )}
      <Details summary={t('promiseShow')}>
        <pre class="xl-typed xl-break">{filed.promise}</pre>
      </Details>
      <img src={qr} width="170" height="170" alt={t('qr')} />
      <p class="govuk-hint">{t('qr')}</p>
      <InsetText>
        <p class="govuk-body">
          <strong>{t('clear')}</strong> {t('clearText')}
        </p>
        <Form action={`${base}/clear`}>
          <Button class="govuk-button--secondary govuk-!-margin-bottom-0">{t('clearButton')}</Button>
        </Form>
      </InsetText>
    </>,
  )
}

function NextSteps({ visit, filed, say }: { visit: Visit; filed: Filed; say: (key: string) => string }) {
  const { language } = visit
  const t = filingTexts(language)
  return (
    <ol class="govuk-list govuk-list--number">
      {filed.deadlines.map((deadline) => (
        <li>
          <strong>{t('nextDue', { date: formatDate(deadline.due, language), what: say(`deadline.${deadline.id}`) })}</strong>
          {deadline.provisional && t('provisional')}
          <br />
          {t('nextWait', { date: formatDate(deadline.start, language) })}{' '}
          {t('nextLaw', { law: citation({ name: deadline.rule, article: deadline.article }, language) })}
        </li>
      ))}
      <li>{t('nextAsk')}</li>
    </ol>
  )
}

function gonePage(visit: Visit): Promise<Response> {
  const t = filingTexts(visit.language)
  return portalPage(
    visit,
    { title: t('goneTitle'), path: '/filed', status: 404 },
    <>
      <h1 class="govuk-heading-l">{t('goneTitle')}</h1>
      <p class="govuk-body">{t('goneText')}</p>
      <Button href={`${visit.base}/track`}>{t('track')}</Button>
    </>,
  )
}

function getFiled(visit: Visit, context: HttpContext): Filed {
  const filed = readFiled(visit, context)
  if (!filed) throw notFound('receipt.not_found')
  return filed
}

/** `GET /filed/promise.txt`: the note as it is signed, byte for byte. */
export function promiseFile(visit: Visit, context: HttpContext): Response {
  const { promise, number } = getFiled(visit, context)
  return new Response(promise, {
    headers: {
      'content-type': 'text/plain; charset=utf-8',
      'content-disposition': `attachment; filename="${number}-promise.txt"`,
      'cache-control': 'no-store',
    },
  })
}

/** `GET /filed/slip`: the slip as a picture, for printing and for browsers that save no files. */
export async function slipPage(visit: Visit, context: HttpContext): Promise<Response> {
  getFiled(visit, context)
  const t = filingTexts(visit.language)
  return portalPage(
    visit,
    { title: t('slipPage'), path: '/filed/slip', before: <Back href={`${visit.base}/filed`} /> },
    <>
      <h1 class="govuk-heading-l">{t('slipPage')}</h1>
      {isWeChat(context) ? (
        <p class="govuk-body">{t('wechat')}</p>
      ) : (
        <p class="govuk-body">
          <a class="govuk-link" href={`${visit.base}/filed/slip.pdf`} download data-turbo="false">
            {t('slipPdf')}
          </a>
        </p>
      )}
      <img class="xl-paper" src={`${visit.base}/filed/slip.svg`} alt={t('slipPage')} width="559" height="794" />
    </>,
  )
}

/** `GET /filed/slip.svg` */
export async function slipPicture(visit: Visit, context: HttpContext): Promise<Response> {
  const [page = ''] = await visit.ctx.services.renderer.renderPages(await slipJob(visit, getFiled(visit, context)))
  return svgResponse(page)
}

/** A page of a document as a picture: it may hold nothing that runs or loads. */
export const svgResponse = (svg: string): Response =>
  new Response(svg, {
    headers: {
      'content-type': 'image/svg+xml',
      'cache-control': 'no-store',
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; img-src data:",
    },
  })

/** `GET /filed/slip.pdf` */
export async function slipPdf(visit: Visit, context: HttpContext): Promise<Response> {
  const filed = getFiled(visit, context)
  const pdf = await visit.ctx.services.renderer.render(await slipJob(visit, filed))
  return pdfResponse(pdf, `${filed.number}.pdf`)
}

export const pdfResponse = (pdf: Uint8Array, name: string): Response =>
  new Response(new Uint8Array(pdf), {
    headers: {
      'content-type': 'application/pdf',
      'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(name)}`,
      'cache-control': 'no-store',
    },
  })
