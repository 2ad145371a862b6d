// After the intake: number and code once, the slip to print, and where to go on.
import type { HttpContext } from '#http/route.ts'
import { seeOther } from '#http/page.ts'
import type { Visit } from '#http/visit.ts'
import { Button } from '#ui/components/button.tsx'
import { CopyCode } from '#ui/components/copy-code.tsx'
import { Panel } from '#ui/components/panel.tsx'
import { SummaryList } from '#ui/components/summary-list.tsx'
import { work, workPage } from './frame.tsx'
import { intakeTexts as texts } from './intake-texts.ts'
import { readSlip, renderSlip } from './slip.ts'

/** The slip's page: number and code, once. */
export async function filedPage(visit: Visit, context: HttpContext): Promise<Response> {
  const t = texts(visit.language)
  const slip = readSlip(visit, context)
  if (!slip)
    return workPage(
      visit,
      context,
      { title: t('slipGone'), active: 'intake' },
      <>
        <h1 class="govuk-heading-l">{t('slipGone')}</h1>
        <p class="govuk-body">{t('slipGoneText')}</p>
        <NextLinks visit={visit} />
      </>,
    )
  return workPage(
    visit,
    context,
    { title: t('filed'), active: 'intake' },
    <div class="xl-column">
      <Panel title={slip.title === t('slip') ? t('filed') : slip.title}>{slip.number}</Panel>
      <CopyCode code={slip.code} />
      <p class="govuk-body">{t('code')}</p>
      {(slip.others ?? []).length > 0 && (
        <>
          <h2 class="govuk-heading-s">{t('others')}</h2>
          <p class="govuk-body-s">{t('othersText')}</p>
          <SummaryList class="xl-rows" rows={(slip.others ?? []).map(([key, value]) => ({ key, value: <span class="xl-nowrap">{value}</span> }))} />
        </>
      )}
      <SummaryList class="xl-rows" rows={slip.rows.map(([key, value]) => ({ key, value }))} />
      <ol class="govuk-list govuk-list--number">
        {slip.next.map((line) => (
          <li>{line}</li>
        ))}
      </ol>
      <div class="govuk-button-group">
        <Button href={work(visit, '/intake/slip.pdf')} attributes={{ 'data-turbo': 'false' }}>
          {t('print')}
        </Button>
      </div>
      <NextLinks visit={visit} number={slip.number} />
    </div>,
  )
}

function NextLinks({ visit, number }: { visit: Visit; number?: string }) {
  const t = texts(visit.language)
  return (
    <ul class="govuk-list">
      <li>
        <a class="govuk-link" href={work(visit, '/intake')}>
          {t('another')}
        </a>
      </li>
      {number && (
        <li>
          <a class="govuk-link" href={work(visit, `/cases/${number}`)}>
            {t('open', { number })}
          </a>
        </li>
      )}
      <li>
        <a class="govuk-link" href={work(visit)}>
          {t('toInbox')}
        </a>
      </li>
    </ul>
  )
}

export async function slipFile(visit: Visit, context: HttpContext): Promise<Response> {
  const slip = readSlip(visit, context)
  if (!slip) return seeOther(work(visit, '/intake/filed'))
  const pdf = await renderSlip(visit, slip)
  return new Response(new Uint8Array(pdf), {
    headers: { 'content-type': 'application/pdf', 'cache-control': 'no-store', 'content-disposition': `inline; filename="${slip.number}.pdf"` },
  })
}
