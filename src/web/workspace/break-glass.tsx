// 紧急调阅: asking, and deciding on what others asked. The page says the same to everyone who asks, whatever there is.
import { mayInTown } from '#kernel/access/rule.ts'
import { houseRules } from '#kernel/access/house-rules.ts'
import { askGlass, decideGlass, glassPurposes, type GlassRequest, listGlassRequests } from '#kernel/cases/glass.ts'
import { listUntold, noteTold, tellingWays } from '#kernel/cases/glass-told.ts'
import type { DomainError } from '#kernel/errors.ts'
import type { HttpContext } from '#http/route.ts'
import { seeOther } from '#http/page.ts'
import { requireRecentSignIn } from '#http/recent.ts'
import type { Visit } from '#http/visit.ts'
import { Button } from '#ui/components/button.tsx'
import { Form } from '#ui/components/form.tsx'
import { Input } from '#ui/components/input.tsx'
import { NotificationBanner } from '#ui/components/notification-banner.tsx'
import { Select } from '#ui/components/select.tsx'
import { Textarea } from '#ui/components/textarea.tsx'
import { errorsByField } from '#ui/form/form-texts.ts'
import type { FormBody } from '#ui/form/parse-form-body.ts'
import { defineTexts } from '#ui/texts.ts'
import { accessWords } from '#web/access-words.ts'
import { namesOf, one, readPost, work, workPage } from './frame.tsx'
import { Refusal } from './grouped-fields.tsx'
import { isRefusal, refusalStatus } from './refusals.ts'
import { timeIn } from './words.ts'

const texts = defineTexts({
  zh: {
    title: '紧急调阅',
    lead: '只在来不及走正常交办的时候用。一人申请，督查办公室另一人批准；一次只开一件，最长 {hours} 小时，只能看。',
    never: '已经回避的人、被反映的单位和它的上下级，任何情况下都打不开；调解中单独谈话的内容和举报人的身份，谁也不能这样打开。',
    told: '批准以后，当事人会知道是哪个岗位、为了什么看的；次数每年公布。',
    rule: '{law}{article}。{note}（核实情况：{mark}）',
    ask: '申请',
    number: '编号',
    purpose: '用途',
    reason: '为什么必须现在看',
    reasonHint: '10 至 500 个字。批准的人能看到。',
    askDo: '提交申请',
    asked: '已经提交，由督查办公室决定。编号不存在，或者依法不能给您打开的，申请不会送达。批准以后，请在“办件”里用编号打开。',
    waiting: '等您决定的申请',
    noneWaiting: '没有等您决定的申请。',
    by: '{post} {name}，{at}',
    answer: '理由（当事人能看到）',
    hours: '打开几小时',
    grant: '批准',
    refuse: '不批准',
    decided: '已经决定。',
    untold: '还没有告诉当事人的',
    untoldText: '当事人没有留下电话或邮箱。请在到期以前写信、打电话或者上门告诉本人，再在这里记下；过了期限会报上一级。',
    tellBy: '{number}：{date}前告知',
    toldDo: '已经告诉本人',
    how: '怎样告知的',
    'how.letter': '书信',
    'how.in-person': '当面',
    'how.phone': '电话',
  },
  en: {
    title: 'Break-glass',
    lead: 'Only when a proper hand-over would come too late. One person asks, another of the supervision office decides; one case, {hours} hours at most, reading only.',
    never:
      'It never opens to whoever is recused, to the unit complained of or its line; it never reaches what was said in caucus or who an informer is.',
    told: 'The parties are told which post looked, and why; the counts are published each year.',
    rule: '{law} {article}. {note} (checked: {mark})',
    ask: 'Ask',
    number: 'Number',
    purpose: 'For what',
    reason: 'Why it must be now',
    reasonHint: '10 to 500 characters. Whoever decides reads it.',
    askDo: 'Ask',
    asked:
      'Sent to the supervision office. A number that does not exist, or that may never be opened to you, arrives nowhere. Once granted, open it by its number under “Cases”.',
    waiting: 'Waiting for your decision',
    noneWaiting: 'Nothing waits for your decision.',
    by: '{post} {name}, {at}',
    answer: 'Reason (the parties read it)',
    hours: 'For how many hours',
    grant: 'Grant',
    refuse: 'Refuse',
    decided: 'Decided.',
    untold: 'Parties who are not told yet',
    untoldText:
      'They left no telephone or address. Tell them by letter or in person before the day, and note it here; a day that passes is reported up the line.',
    tellBy: '{number}: tell by {date}',
    toldDo: 'The person was told',
    how: 'How she was told',
    'how.letter': 'By letter',
    'how.in-person': 'In person',
    'how.phone': 'By telephone',
  },
})

type State = { body?: FormBody; error?: DomainError }

/** `GET /break-glass` */
export const glassPage = (visit: Visit, context: HttpContext): Promise<Response> => show(visit, context, {})

/** `POST /break-glass`: `_act` is ask, decide or told. */
export async function glassPost(visit: Visit, context: HttpContext): Promise<Response> {
  const body = await readPost(visit, context)
  const text = (name: string) => one(body, name).trim()
  try {
    // What is closed opens only to somebody who has just shown who she is.
    requireRecentSignIn(visit)
    switch (text('_act')) {
      case 'ask':
        await askGlass(visit.ctx, text('number').toUpperCase(), { purpose: text('purpose'), reason: text('reason') })
        return seeOther(work(visit, '/break-glass?did=asked'))
      case 'decide':
        await decideGlass(visit.ctx, text('request'), { grant: text('grant') === 'true', answer: text('answer'), hours: Number(text('hours')) })
        return seeOther(work(visit, '/break-glass?did=decided'))
      case 'told':
        await noteTold(visit.ctx, text('request'), text('how'))
        return seeOther(work(visit, '/break-glass?did=decided'))
    }
    return seeOther(work(visit, '/break-glass'))
  } catch (error) {
    if (!isRefusal(error)) throw error
    return show(visit, context, { body, error })
  }
}

async function show(visit: Visit, context: HttpContext, state: State): Promise<Response> {
  const t = texts(visit.language)
  const did = context.req.query('did')
  const { glassHours, glassTellWorkdays } = houseRules
  const oversees = mayInTown(visit.ctx.actor, 'glass.oversee')
  return workPage(
    visit,
    context,
    {
      title: t('title'),
      active: 'break-glass',
      path: work(visit, '/break-glass'),
      ...(state.error ? { status: refusalStatus(state.error), hasErrors: true } : {}),
    },
    <div class="xl-column">
      {state.error && <Refusal error={state.error} language={visit.language} />}
      {(did === 'asked' || did === 'decided') && <NotificationBanner type="success" text={t(did)} />}
      <h1 class="govuk-heading-l">{t('title')}</h1>
      <p class="govuk-body">{t('lead', { hours: glassHours.value })}</p>
      <p class="govuk-body">{t('never')}</p>
      <p class="govuk-body">{t('told')}</p>
      {[glassHours, glassTellWorkdays].map((rule) => (
        <p class="xl-fine">{t('rule', rule)}</p>
      ))}
      {oversees && <Waiting visit={visit} requests={await listGlassRequests(visit.ctx)} state={state} />}
      {oversees && <Untold visit={visit} rows={await listUntold(visit.ctx)} />}
      <Ask visit={visit} state={state} />
    </div>,
  )
}

function Ask({ visit, state }: { visit: Visit; state: State }) {
  const t = texts(visit.language)
  const words = accessWords(visit.language)
  const body = state.body && one(state.body, '_act') === 'ask' ? state.body : undefined
  const error = body ? errorsByField(state.error?.fields ?? [])['reason'] : undefined
  const value = (name: string) => (body ? one(body, name) : '')
  return (
    <>
      <h2 class="govuk-heading-m">{t('ask')}</h2>
      <Form action={work(visit, '/break-glass')}>
        <Input name="number" label={t('number')} value={value('number')} class="govuk-input--width-20" autocomplete="off" spellcheck={false} />
        <Select
          name="purpose"
          label={t('purpose')}
          value={value('purpose')}
          items={glassPurposes.map((purpose) => ({ value: purpose, text: words(`glass.${purpose}`) }))}
        />
        <Textarea name="reason" label={t('reason')} hint={t('reasonHint')} rows={3} value={value('reason')} {...(error ? { error } : {})} />
        <Button name="_act" value="ask" class="govuk-button--warning" preventDoubleClick>
          {t('askDo')}
        </Button>
      </Form>
    </>
  )
}

async function Waiting({ visit, requests, state }: { visit: Visit; requests: GlassRequest[]; state: State }) {
  const t = texts(visit.language)
  const words = accessWords(visit.language)
  const names = await namesOf(
    visit,
    requests.map((request) => request.userId),
  )
  const body = state.body && one(state.body, '_act') === 'decide' ? state.body : undefined
  return (
    <>
      <h2 class="govuk-heading-m">{t('waiting')}</h2>
      {requests.length === 0 && <p class="govuk-body-s">{t('noneWaiting')}</p>}
      {requests.map((request) => {
        const errors = body && one(body, 'request') === request.glassId ? errorsByField(state.error?.fields ?? []) : {}
        const post = visit.town.posts.get(request.postId ?? '')?.title[visit.language] ?? ''
        return (
          <section class="xl-message">
            <p class="govuk-body">
              <strong>{request.number}</strong> · {words(`glass.${request.purpose}`)}
              <span class="xl-fine">{t('by', { post, name: names.get(request.userId) ?? '', at: timeIn(visit.ctx.zone, request.askedAt) })}</span>
            </p>
            <p class="govuk-body xl-typed">{request.reason}</p>
            <Form action={work(visit, '/break-glass')}>
              <input type="hidden" name="_act" value="decide" />
              <input type="hidden" name="request" value={request.glassId} />
              <Input name="answer" id={`answer-${request.glassId}`} label={t('answer')} {...(errors['answer'] ? { error: errors['answer'] } : {})} />
              <Input
                name="hours"
                id={`hours-${request.glassId}`}
                label={t('hours')}
                value={String(houseRules.glassHours.value)}
                inputmode="numeric"
                class="govuk-input--width-3"
                {...(errors['hours'] ? { error: errors['hours'] } : {})}
              />
              <div class="govuk-button-group">
                <Button name="grant" value="true" class="govuk-button--warning">
                  {t('grant')}
                </Button>
                <Button name="grant" value="false" class="govuk-button--secondary">
                  {t('refuse')}
                </Button>
              </div>
            </Form>
          </section>
        )
      })}
    </>
  )
}

function Untold({ visit, rows }: { visit: Visit; rows: { glassId: string; number: string; tellBy: string }[] }) {
  const t = texts(visit.language)
  if (rows.length === 0) return null
  return (
    <>
      <h2 class="govuk-heading-m">{t('untold')}</h2>
      <p class="govuk-body-s">{t('untoldText')}</p>
      {rows.map((row) => (
        <Form action={work(visit, '/break-glass')}>
          <p class="govuk-body">{t('tellBy', { number: row.number, date: row.tellBy })}</p>
          <input type="hidden" name="request" value={row.glassId} />
          <Select name="how" id={`how-${row.glassId}`} label={t('how')} items={tellingWays.map((way) => ({ value: way, text: t(`how.${way}`) }))} />
          <Button name="_act" value="told" class="govuk-button--secondary">
            {t('toldDo')}
          </Button>
        </Form>
      ))}
    </>
  )
}
