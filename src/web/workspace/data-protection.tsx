// Personal data at work: corrections that wait for an answer, disposal that two persons approve; links to the registers.
import { mayInTown } from '#kernel/access/rule.ts'
import { approveDisposals, keepCase, listDisposals } from '#kernel/retention/disposals.ts'
import type { DisposalRow } from '#kernel/retention/queries.ts'
import { decideCorrection, listOpenRequests, type OpenRequest } from '#kernel/rights/requests.ts'
import type { DomainError } from '#kernel/errors.ts'
import type { HttpContext } from '#http/route.ts'
import { seeOther } from '#http/page.ts'
import type { Visit } from '#http/visit.ts'
import { Button } from '#ui/components/button.tsx'
import { formatDate } from '#ui/components/deadline-card.tsx'
import { Form } from '#ui/components/form.tsx'
import { NotificationBanner } from '#ui/components/notification-banner.tsx'
import { SummaryList } from '#ui/components/summary-list.tsx'
import { Textarea } from '#ui/components/textarea.tsx'
import { one, readPost, work, workPage } from './frame.tsx'
import { Refusal } from './grouped-fields.tsx'
import { ProtectionRegisters, registerPost } from './protection-registers.tsx'
import { protectionTexts as texts } from './protection-texts.ts'
import { isRefusal, refusalStatus } from './refusals.ts'

export const dataProtectionPage = (visit: Visit, context: HttpContext): Promise<Response> => show(visit, context)

/** `POST /workspace/data-protection`: the act stands in the field `act`. */
export async function dataProtectionPost(visit: Visit, context: HttpContext): Promise<Response> {
  const body = await readPost(visit, context)
  const { ctx } = visit
  try {
    const act = one(body, 'act')
    if (act === 'grant' || act === 'refuse')
      await decideCorrection(ctx, {
        number: one(body, 'number'),
        requestId: one(body, 'request'),
        granted: act === 'grant',
        answer: one(body, 'answer'),
      })
    else if (act === 'approve')
      await approveDisposals(
        ctx,
        [body['case'] ?? []].flat().filter((value) => typeof value === 'string'),
      )
    else if (act.startsWith('keep:')) await keepCase(ctx, act.slice('keep:'.length))
    else await registerPost(visit, body, act)
    return seeOther(work(visit, '/data-protection?done'))
  } catch (error) {
    if (!isRefusal(error)) throw error
    return show(visit, context, error)
  }
}

async function show(visit: Visit, context: HttpContext, error?: DomainError): Promise<Response> {
  const t = texts(visit.language)
  const requests = await listOpenRequests(visit.ctx)
  return workPage(
    visit,
    context,
    {
      title: t('title'),
      active: 'data-protection',
      path: work(visit, '/data-protection'),
      ...(error ? { status: refusalStatus(error), hasErrors: true } : {}),
    },
    <>
      {error && <Refusal error={error} language={visit.language} />}
      {!error && context.req.query('done') !== undefined && <NotificationBanner type="success">{t('done')}</NotificationBanner>}
      <h1 class="govuk-heading-l">{t('title')}</h1>
      <p class="govuk-body">{t('lead')}</p>
      <p class="govuk-body">
        <a class="govuk-link" href={work(visit, '/public-preview')}>
          {t('publicTitle')}
        </a>
      </p>
      <h2 class="govuk-heading-m">{t('requests')}</h2>
      {requests.length === 0 && <p class="xl-empty">{t('noRequests')}</p>}
      {requests.map((request) => (
        <Request visit={visit} request={request} />
      ))}
      {mayInTown(visit.ctx.actor, 'disposal.decide') && <Disposals visit={visit} rows={await listDisposals(visit.ctx)} />}
      {await ProtectionRegisters({ visit })}
    </>,
  )
}

function Request({ visit, request }: { visit: Visit; request: OpenRequest }) {
  const t = texts(visit.language)
  return (
    <section class="xl-message">
      <h3 class="govuk-heading-s">
        <a class="govuk-link" href={work(visit, `/cases/${request.number}`)}>
          {request.number}
        </a>{' '}
        {request.label}
      </h3>
      <SummaryList
        class="xl-rows"
        rows={[
          { key: t('before'), value: <span class="xl-typed">{request.before}</span> },
          { key: t('wanted'), value: <span class="xl-typed">{request.words.value ?? ''}</span> },
          { key: t('why'), value: <span class="xl-typed">{request.words.reason ?? ''}</span> },
          { key: t('due'), value: request.dueOn === null ? '' : formatDate(request.dueOn, visit.language) },
        ]}
      />
      <Form action={work(visit, '/data-protection')}>
        <input type="hidden" name="number" value={request.number} />
        <input type="hidden" name="request" value={request.requestId} />
        <Textarea name="answer" id={`answer-${request.requestId}`} label={t('answer')} hint={t('answerHint')} rows={3} />
        <div class="govuk-button-group">
          <Button name="act" value="grant">
            {t('grant')}
          </Button>
          <Button name="act" value="refuse" class="govuk-button--secondary">
            {t('refuse')}
          </Button>
        </div>
      </Form>
    </section>
  )
}

function Disposals({ visit, rows }: { visit: Visit; rows: DisposalRow[] }) {
  const t = texts(visit.language)
  return (
    <>
      <h2 class="govuk-heading-m">{t('disposals')}</h2>
      <p class="govuk-body">{t('disposalsText')}</p>
      {rows.length === 0 ? (
        <p class="xl-empty">{t('noDisposals')}</p>
      ) : (
        <Form action={work(visit, '/data-protection')}>
          {rows.map((row) => (
            <div class="xl-message">
              <div class="govuk-checkboxes govuk-checkboxes--small">
                <div class="govuk-checkboxes__item">
                  <input
                    class="govuk-checkboxes__input"
                    id={`case-${row.number}`}
                    type="checkbox"
                    name="case"
                    value={row.number}
                    disabled={row.status === 'approved'}
                  />
                  <label class="govuk-label govuk-checkboxes__label" for={`case-${row.number}`}>
                    <strong>{row.number}</strong> {t(row.disposal === 'erase' ? 'erase' : 'archive')} · {row.class} ·{' '}
                    {formatDate(row.retain_until, visit.language)} ·{' '}
                    {t(row.status === 'approved' ? 'both' : row.first_by === null ? 'nobody' : 'one')}
                  </label>
                </div>
              </div>
              <Button name="act" value={`keep:${row.number}`} class="govuk-button--secondary govuk-!-margin-bottom-0">
                {t('keep')} <span class="govuk-visually-hidden">{row.number}</span>
              </Button>
            </div>
          ))}
          <p class="govuk-hint">{t('keepHint')}</p>
          <Button name="act" value="approve" class="govuk-button--warning">
            {t('approve')}
          </Button>
        </Form>
      )}
    </>
  )
}
