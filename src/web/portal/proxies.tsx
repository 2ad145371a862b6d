// Who acts for me in this matter: the party sees it, lets somebody, narrows it and ends it.
import { changeMandate, makeMandate } from '#kernel/cases/mandates.ts'
import { type CaseView, type PartyView, type ProxyView, viewCase } from '#kernel/cases/view.ts'
import type { Ctx } from '#kernel/context.ts'
import { DomainError, type FieldError } from '#kernel/errors.ts'
import type { HttpContext } from '#http/route.ts'
import { seeOther } from '#http/page.ts'
import type { Visit } from '#http/visit.ts'
import { Button } from '#ui/components/button.tsx'
import { CopyCode } from '#ui/components/copy-code.tsx'
import { Details } from '#ui/components/details.tsx'
import { ErrorSummary } from '#ui/components/error-summary.tsx'
import { Form } from '#ui/components/form.tsx'
import { Input } from '#ui/components/input.tsx'
import { NotificationBanner } from '#ui/components/notification-banner.tsx'
import { SummaryList } from '#ui/components/summary-list.tsx'
import { Tag } from '#ui/components/tag.tsx'
import { WarningText } from '#ui/components/warning-text.tsx'
import type { FormBody } from '#ui/form/parse-form-body.ts'
import { defineTexts } from '#ui/texts.ts'
import { accessWords } from '#web/access-words.ts'
import { listOf, ProxyFields, proxyHref, readProxy } from '#web/proxy-fields.tsx'
import { Back, limit, one, portalPage, readPost } from './frame.tsx'
import { asParty } from './track.tsx'

const texts = defineTexts({
  zh: {
    title: '谁可以替我办',
    lead: '替您办的人凭自己的回执码查看这件事。您随时可以缩小范围或者终止，终止以后他马上看不到。',
    none: '现在没有人替您办。',
    mine: '您正在替别人办这件事。只有本人可以更改代办的范围。',
    kind: '关系',
    name: '代办人',
    phone: '电话',
    evidence: '凭据',
    may: '可以做',
    readOnly: '只能查看',
    time: '期限',
    until: '{from}至{to}',
    open: '{from}起，到您终止为止',
    inForce: '有效',
    ended: '已终止',
    revoke: '终止代办',
    narrow: '缩小范围或者提前结束',
    narrowDo: '保存',
    keep: '保留这些',
    lastDay: '最后一天',
    add: '让别人替我办',
    addDo: '确定委托',
    saved: '好的，已经改好了。',
    code: '这是代办人的回执码，只显示这一次。请交给代办人；不要把您自己的回执码给他。',
    errors: '有几处需要修改',
  },
  en: {
    title: 'Who may act for me',
    lead: 'A proxy sees this matter with a code of her own. You can narrow or end it at any time; then she sees nothing any more at once.',
    none: 'Nobody acts for you.',
    mine: 'You act for somebody else here. Only the person herself changes how far that goes.',
    kind: 'Who it is',
    name: 'Proxy',
    phone: 'Telephone',
    evidence: 'Rests on',
    may: 'May',
    readOnly: 'only look',
    time: 'How long',
    until: '{from} to {to}',
    open: 'from {from} until you end it',
    inForce: 'in force',
    ended: 'ended',
    revoke: 'End it',
    narrow: 'Narrow it or end it earlier',
    narrowDo: 'Save',
    keep: 'Keep these',
    lastDay: 'Last day',
    add: 'Let somebody act for me',
    addDo: 'Let this person act for me',
    saved: 'Saved.',
    code: 'This is the code of the proxy, shown only now. Give it to her; keep your own to yourself.',
    errors: 'Some answers need a correction',
  },
})

type Open = { ctx: Ctx; view: CaseView }
type State = { body?: FormBody; errors?: readonly FieldError[]; code?: string }

const open = (visit: Visit, context: HttpContext): Promise<Open> =>
  asParty(visit, async (ctx) => ({ ctx, view: await viewCase(ctx, { number: context.req.param('number') ?? '' }, visit.language) }))

/** `GET /cases/:number/proxies` */
export async function proxiesPage(visit: Visit, context: HttpContext): Promise<Response> {
  return show(visit, context, await open(visit, context), {})
}

/** `POST /cases/:number/proxies`: `_act` is add, narrow or revoke. */
export async function proxiesPost(visit: Visit, context: HttpContext): Promise<Response> {
  const body = await readPost(visit, context)
  const opened = await open(visit, context)
  const { ctx, view } = opened
  await limit(visit, 'draftSteps')
  const party = view.parties.find((known) => known.isMine)
  try {
    switch (one(body, '_act')) {
      case 'add':
        return await show(visit, context, opened, { code: await makeMandate(ctx, view.number, party?.partyId ?? '', readProxy(body)) })
      case 'narrow':
        await changeMandate(ctx, view.number, one(body, 'mandate'), { acts: listOf(body, 'acts'), to: one(body, 'to').trim() || null })
        break
      case 'revoke':
        await changeMandate(ctx, view.number, one(body, 'mandate'), { revoke: true })
        break
    }
    return seeOther(`${visit.base}/cases/${view.number}/proxies?saved`)
  } catch (error) {
    if (!(error instanceof DomainError) || error.kind !== 'invalid') throw error
    return show(visit, context, opened, { body, errors: error.fields })
  }
}

async function show(visit: Visit, context: HttpContext, { view }: Open, { body, errors = [], code }: State): Promise<Response> {
  const { language, base } = visit
  const t = texts(language)
  const path = `/cases/${view.number}/proxies`
  const mine = view.parties.filter((party) => party.isMine)
  const adds = body && one(body, '_act') === 'add'
  return portalPage(
    visit,
    {
      title: `${t('title')} · ${view.number}`,
      path,
      active: 'track',
      status: errors.length > 0 ? 422 : 200,
      hasErrors: errors.length > 0,
      before: <Back href={`${base}/cases/${view.number}`} />,
    },
    <>
      {errors.length > 0 && (
        <ErrorSummary
          title={t('errors')}
          errors={errors.map((error) => ({ text: error.message, href: adds ? proxyHref(error.pointer) : '#proxies' }))}
        />
      )}
      {context.req.query('saved') !== undefined && <NotificationBanner type="success" text={t('saved')} />}
      <h1 class="govuk-heading-l" id="proxies">
        <span class="govuk-caption-l">{view.number}</span>
        {t('title')}
      </h1>
      {code && (
        <>
          <CopyCode code={code} />
          <WarningText>{t('code')}</WarningText>
        </>
      )}
      <p class="govuk-body">{t(view.isProxy ? 'mine' : 'lead')}</p>
      {mine.every((party) => party.proxies.length === 0) && !code && <p class="govuk-body">{t('none')}</p>}
      {mine.flatMap((party) => party.proxies.map((proxy) => <Proxy visit={visit} path={path} proxy={proxy} mayChange={!view.isProxy} />))}
      {!view.isProxy && mine.length > 0 && (
        <Details summary={t('add')} open={adds === true}>
          <Form action={`${base}${path}`}>
            <ProxyFields language={language} body={adds ? body : undefined} errors={adds ? errors : []} />
            <Button name="_act" value="add" preventDoubleClick>
              {t('addDo')}
            </Button>
          </Form>
        </Details>
      )}
    </>,
  )
}

function Proxy({ visit, path, proxy, mayChange }: { visit: Visit; path: string; proxy: ProxyView; mayChange: boolean }) {
  const t = texts(visit.language)
  const words = accessWords(visit.language)
  const may = acts.filter((act) => proxy.acts.includes(act))
  const action = `${visit.base}${path}`
  return (
    <section class="xl-message">
      <SummaryList
        rows={[
          { key: t('kind'), value: <ProxyState visit={visit} proxy={proxy} /> },
          proxy.name === '' ? undefined : { key: t('name'), value: proxy.name },
          proxy.phone === '' ? undefined : { key: t('phone'), value: proxy.phone },
          proxy.evidence === '' ? undefined : { key: t('evidence'), value: <span class="xl-typed">{proxy.evidence}</span> },
          {
            key: t('may'),
            value: may.length === 0 ? t('readOnly') : may.map((act) => words(`act.${act}`)).join(visit.language === 'zh' ? '；' : '; '),
          },
          { key: t('time'), value: proxy.to === null ? t('open', { from: proxy.from }) : t('until', { from: proxy.from, to: proxy.to }) },
        ]}
      />
      {mayChange && proxy.isInForce && (
        <>
          <Form action={action}>
            <input type="hidden" name="mandate" value={proxy.mandateId} />
            <Button name="_act" value="revoke" class="govuk-button--warning" preventDoubleClick>
              {t('revoke')}
            </Button>
          </Form>
          <Details summary={t('narrow')}>
            <Form action={action}>
              <input type="hidden" name="mandate" value={proxy.mandateId} />
              <fieldset class="govuk-fieldset">
                <legend class="govuk-fieldset__legend">{t('keep')}</legend>
                <div class="govuk-checkboxes govuk-checkboxes--small">
                  {may.map((act) => (
                    <div class="govuk-checkboxes__item">
                      <input class="govuk-checkboxes__input" type="checkbox" id={`${proxy.mandateId}-${act}`} name="acts" value={act} checked />
                      <label class="govuk-label govuk-checkboxes__label" for={`${proxy.mandateId}-${act}`}>
                        {words(`act.${act}`)}
                      </label>
                    </div>
                  ))}
                </div>
              </fieldset>
              <Input name="to" id={`${proxy.mandateId}-to`} label={t('lastDay')} type="date" value={proxy.to ?? ''} class="govuk-input--width-10" />
              <Button name="_act" value="narrow" class="govuk-button--secondary" preventDoubleClick>
                {t('narrowDo')}
              </Button>
            </Form>
          </Details>
        </>
      )}
    </section>
  )
}

const acts = ['message', 'send', 'export'] as const

const ProxyState = ({ visit, proxy }: { visit: Visit; proxy: ProxyView }) => (
  <>
    {accessWords(visit.language)(`kind.${proxy.kind}`)}{' '}
    <Tag colour={proxy.isInForce ? 'green' : 'grey'}>{texts(visit.language)(proxy.isInForce ? 'inForce' : 'ended')}</Tag>
  </>
)

/** One line on the page of the case. */
export function ProxyLine({ visit, parties, isProxy, here }: { visit: Visit; parties: PartyView[]; isProxy: boolean; here: string }) {
  const t = texts(visit.language)
  const active = parties.filter((party) => party.isMine).flatMap((party) => party.proxies.filter((proxy) => proxy.isInForce))
  const words = accessWords(visit.language)
  return (
    <li>
      <a class="govuk-link" href={`${here}/proxies`}>
        {t('title')}
      </a>
      {isProxy && <span class="govuk-hint">{t('mine')}</span>}
      {!isProxy && active.length > 0 && <span class="govuk-hint">{active.map((proxy) => proxy.name || words(`kind.${proxy.kind}`)).join('、')}</span>}
    </li>
  )
}
