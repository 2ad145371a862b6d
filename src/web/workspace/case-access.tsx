// Who may and may not come near one case: proxies, recusal, the unit complained of. Acts of officers, each recorded.
import { accessOf } from '#kernel/cases/access-of.ts'
import { getCase } from '#kernel/cases/load-case.ts'
import { makeMandate } from '#kernel/cases/mandates.ts'
import { decideRecusal, listRecusalRequests, orderablePosts, orderRecusal, recusalKinds, type RecusalRequest } from '#kernel/cases/recuse.ts'
import { nameSubject } from '#kernel/cases/subjects.ts'
import { type CaseView, viewCase } from '#kernel/cases/view.ts'
import type { LoadedCase } from '#kernel/cases/types.ts'
import { may } from '#kernel/access/rule.ts'
import type { DomainError } from '#kernel/errors.ts'
import type { Post } from '#kernel/towns/towns.ts'
import type { HttpContext } from '#http/route.ts'
import { seeOther } from '#http/page.ts'
import type { Visit } from '#http/visit.ts'
import { BackLink } from '#ui/components/breadcrumbs.tsx'
import { Button } from '#ui/components/button.tsx'
import { Checkboxes } from '#ui/components/checkboxes.tsx'
import { Details } from '#ui/components/details.tsx'
import { Form } from '#ui/components/form.tsx'
import { Input } from '#ui/components/input.tsx'
import { NotificationBanner } from '#ui/components/notification-banner.tsx'
import { Select } from '#ui/components/select.tsx'
import { SummaryList } from '#ui/components/summary-list.tsx'
import { Tag } from '#ui/components/tag.tsx'
import { errorsByField } from '#ui/form/form-texts.ts'
import type { FormBody } from '#ui/form/parse-form-body.ts'
import { accessWords } from '#web/access-words.ts'
import { ProxyFields, readProxy } from '#web/proxy-fields.tsx'
import { accessTexts as texts } from './access-texts.ts'
import { Codes, giveCode } from './case-codes.tsx'
import { one, readPost, work, workPage } from './frame.tsx'
import { Refusal } from './grouped-fields.tsx'
import { isRefusal, refusalStatus } from './refusals.ts'
import { keepSlip } from './slip.ts'

type State = { body?: FormBody; error?: DomainError }
const numberOf = (context: HttpContext): string => (context.req.param('number') ?? '').toUpperCase()

/** `GET /cases/:number/access` */
export const accessPage = (visit: Visit, context: HttpContext): Promise<Response> => show(visit, context, numberOf(context), {})

/** `POST /cases/:number/access`: `_act` is proxy, code, order, decide or subject. */
export async function accessPost(visit: Visit, context: HttpContext): Promise<Response> {
  const body = await readPost(visit, context)
  const number = numberOf(context)
  const text = (name: string) => one(body, name).trim()
  // Asked before anything is done: who may not read it learns nothing here.
  await getCase(visit.ctx, { number }, 'case.read')
  try {
    switch (text('_act')) {
      case 'proxy':
        return giveSlip(visit, context, number, 'proxy', await makeMandate(visit.ctx, number, text('partyId'), readProxy(body)))
      case 'code':
        return giveSlip(visit, context, number, 'code', await giveCode(visit, number, text('partyId'), text('evidence')))
      case 'order':
        await orderRecusal(visit.ctx, number, { postId: text('postId'), kind: text('kind'), ground: text('ground') })
        break
      case 'decide':
        await decideRecusal(visit.ctx, number, text('request'), { grant: text('grant') === 'true', answer: text('answer') })
        break
      case 'subject':
        await nameSubject(visit.ctx, number, {
          organizationId: text('organizationId'),
          postId: text('subjectPost'),
          name: text('name'),
          seal: text('seal') === 'true',
        })
        // She may have closed the door behind herself.
        return seeOther(work(visit, '/cases?did=subject'))
    }
    return seeOther(work(visit, `/cases/${number}/access?did=done`))
  } catch (error) {
    if (!isRefusal(error)) throw error
    return show(visit, context, number, { body, error })
  }
}

function giveSlip(visit: Visit, context: HttpContext, number: string, of: 'proxy' | 'code', code: string): Response {
  const t = texts('zh')
  keepSlip(visit, context, { number, code, title: t(`${of}Slip`), rows: [[t('number'), number]], next: [t(`${of}SlipText`)] })
  const response = seeOther(work(visit, '/intake/filed'))
  for (const cookie of context.res.headers.getSetCookie()) response.headers.append('set-cookie', cookie)
  return response
}

async function show(visit: Visit, context: HttpContext, number: string, state: State): Promise<Response> {
  const t = texts(visit.language)
  const view = await viewCase(visit.ctx, { number }, visit.language)
  const { loaded } = await getCase(visit.ctx, { number }, 'case.read')
  const requests = await listRecusalRequests(visit.ctx, number)
  const posts = await orderablePosts(visit.ctx, number)
  return workPage(
    visit,
    context,
    {
      title: `${t('title')} ${number}`,
      active: 'cases',
      path: work(visit, `/cases/${number}/access`),
      before: <BackLink href={work(visit, `/cases/${number}`)}>{number}</BackLink>,
      ...(state.error ? { status: refusalStatus(state.error), hasErrors: true } : {}),
    },
    <div class="xl-column">
      {state.error && <Refusal error={state.error} language={visit.language} />}
      {context.req.query('did') === 'done' && <NotificationBanner type="success" text={t('done')} />}
      <h1 class="govuk-heading-l">
        <span class="govuk-caption-l">{number}</span>
        {t('title')}
      </h1>
      <Codes visit={visit} view={view} error={typedIn(state, 'code') && errorsByField(state.error?.fields ?? [])['evidence']} />
      <Proxies visit={visit} view={view} state={state} />
      <Recusals visit={visit} number={number} requests={requests} posts={posts} state={state} />
      {may(visit.ctx.actor, 'case.seal', accessOf(loaded)) && <Subjects visit={visit} loaded={loaded} state={state} />}
    </div>,
  )
}

const typedIn = (state: State, act: string) => (state.body && one(state.body, '_act') === act ? state.body : undefined)

function Proxies({ visit, view, state }: { visit: Visit; view: CaseView; state: State }) {
  const t = texts(visit.language)
  const words = accessWords(visit.language)
  const typed = typedIn(state, 'proxy')
  const all = view.parties.flatMap((party) => party.proxies.map((proxy) => ({ party, proxy })))
  return (
    <>
      <h2 class="govuk-heading-m">{t('proxies')}</h2>
      {all.length === 0 && <p class="govuk-body-s">{t('noProxies')}</p>}
      {all.map(({ party, proxy }) => (
        <SummaryList
          class="xl-rows"
          rows={[
            { key: t('for'), value: `${party.roleName} ${party.name}` },
            {
              key: words(`kind.${proxy.kind}`),
              value: (
                <>
                  {proxy.name} <Tag colour={proxy.isInForce ? 'green' : 'grey'}>{t(proxy.isInForce ? 'inForce' : 'ended')}</Tag>
                  <span class="xl-fine">{proxy.evidence}</span>
                </>
              ),
            },
            { key: t('time'), value: `${proxy.from} – ${proxy.to ?? t('untilEnded')}` },
          ]}
        />
      ))}
      <Details summary={t('addProxy')} open={typed !== undefined} class="xl-details">
        <p class="govuk-body-s">{t('addProxyText')}</p>
        <Form action={work(visit, `/cases/${view.number}/access`)} attributes={{ 'data-turbo': 'false' }}>
          <Select
            name="partyId"
            label={t('for')}
            items={view.parties.map((party) => ({ value: party.partyId, text: `${party.roleName} ${party.name}` }))}
          />
          <ProxyFields language={visit.language} body={typed} errors={typed ? (state.error?.fields ?? []) : []} />
          <Button name="_act" value="proxy" class="govuk-button--secondary" preventDoubleClick>
            {t('addProxyDo')}
          </Button>
        </Form>
      </Details>
    </>
  )
}

type RecusalProps = { visit: Visit; number: string; requests: RecusalRequest[]; posts: Post[]; state: State }

function Recusals({ visit, number, requests, posts, state }: RecusalProps) {
  const t = texts(visit.language)
  const words = accessWords(visit.language)
  const action = work(visit, `/cases/${number}/access`)
  const title = (id: string) => visit.town.posts.get(id)?.title[visit.language] ?? id
  const errorOf = (act: string, name: string) => {
    const found = typedIn(state, act) && errorsByField(state.error?.fields ?? [])[name]
    return found ? { error: found } : {}
  }
  return (
    <>
      <h2 class="govuk-heading-m">{t('recusals')}</h2>
      {requests.length === 0 && <p class="govuk-body-s">{t('noRequests')}</p>}
      {requests.map((request) => (
        <section class="xl-message">
          <p class="govuk-body">
            <strong>{title(request.postId)}</strong> · {words(`recusal.${request.kind}`)}{' '}
            <Tag colour={request.isGranted === null ? 'yellow' : request.isGranted ? 'green' : 'grey'}>
              {t(request.isGranted === null ? 'waiting' : request.isGranted ? 'granted' : 'refused')}
            </Tag>
          </p>
          <p class="govuk-body xl-typed">{request.words}</p>
          {request.answer !== '' && <p class="govuk-body-s xl-typed">{request.answer}</p>}
          {request.mayDecide && (
            <Form action={action}>
              <input type="hidden" name="_act" value="decide" />
              <input type="hidden" name="request" value={request.requestId} />
              <Input name="answer" id={`answer-${request.requestId}`} label={t('answer')} {...errorOf('decide', 'ground')} />
              <div class="govuk-button-group">
                <Button name="grant" value="true" class="govuk-button--secondary">
                  {t('grant')}
                </Button>
                <Button name="grant" value="false" class="govuk-button--secondary">
                  {t('refuse')}
                </Button>
              </div>
            </Form>
          )}
        </section>
      ))}
      {posts.length > 0 && (
        <Details summary={t('order')} open={typedIn(state, 'order') !== undefined} class="xl-details">
          <p class="govuk-body-s">{t('orderText')}</p>
          <Form action={action}>
            <Select name="postId" label={t('post')} items={posts.map((post) => ({ value: post.id, text: post.title[visit.language] }))} />
            <Select
              name="kind"
              id="order-kind"
              label={t('kind')}
              items={recusalKinds.map((kind) => ({ value: kind, text: words(`recusal.${kind}`) }))}
            />
            <Input name="ground" label={t('ground')} {...errorOf('order', 'ground')} />
            <Button name="_act" value="order" class="govuk-button--warning">
              {t('orderDo')}
            </Button>
          </Form>
        </Details>
      )}
    </>
  )
}

function Subjects({ visit, loaded, state }: { visit: Visit; loaded: LoadedCase; state: State }) {
  const t = texts(visit.language)
  const { town, language } = visit
  const none = { value: '', text: t('none') }
  const error = typedIn(state, 'subject') && errorsByField(state.error?.fields ?? [])['organizationId']
  return (
    <>
      <h2 class="govuk-heading-m">{t('subjects')}</h2>
      {loaded.subjects.length === 0 && <p class="govuk-body-s">{t('noSubjects')}</p>}
      <ul class="govuk-list">
        {loaded.subjects.map((subject) => (
          <li>
            {town.organizations.get(subject.organizationId ?? '')?.name[language]} {town.posts.get(subject.postId ?? '')?.title[language]}{' '}
            {subject.name}
          </li>
        ))}
      </ul>
      <Details summary={t('addSubject')} open={typedIn(state, 'subject') !== undefined} class="xl-details">
        <p class="govuk-body-s">{t('addSubjectText')}</p>
        <Form action={work(visit, `/cases/${loaded.row.number}/access`)}>
          <Select
            name="organizationId"
            label={t('body')}
            items={[none, ...[...town.organizations.values()].map((body) => ({ value: body.id, text: body.name[language] }))]}
            {...(error ? { error } : {})}
          />
          <Select
            name="subjectPost"
            label={t('orPost')}
            items={[none, ...[...town.posts.values()].map((post) => ({ value: post.id, text: post.title[language] }))]}
          />
          <Input name="name" label={t('personName')} hint={t('personHint')} autocomplete="off" />
          <Checkboxes name="seal" items={[{ value: 'true', label: t('seal'), hint: t('sealHint') }]} />
          <Button name="_act" value="subject" class="govuk-button--warning" preventDoubleClick>
            {t('addSubjectDo')}
          </Button>
        </Form>
      </Details>
    </>
  )
}
