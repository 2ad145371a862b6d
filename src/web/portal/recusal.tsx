// 申请回避: a party asks that somebody be kept off her matter; the head decides with a reason, and she reads it here.
import { askRecusal, listRecusalRequests, recusalKinds, type RecusalRequest, recusablePosts } from '#kernel/cases/recuse.ts'
import { getCase } from '#kernel/cases/load-case.ts'
import type { Ctx } from '#kernel/context.ts'
import { DomainError, type FieldError } from '#kernel/errors.ts'
import type { HttpContext } from '#http/route.ts'
import { seeOther } from '#http/page.ts'
import type { Visit } from '#http/visit.ts'
import { Button } from '#ui/components/button.tsx'
import { ErrorSummary } from '#ui/components/error-summary.tsx'
import { Form } from '#ui/components/form.tsx'
import { NotificationBanner } from '#ui/components/notification-banner.tsx'
import { Select } from '#ui/components/select.tsx'
import { Tag } from '#ui/components/tag.tsx'
import { Textarea } from '#ui/components/textarea.tsx'
import type { FormBody } from '#ui/form/parse-form-body.ts'
import { defineTexts } from '#ui/texts.ts'
import { accessWords } from '#web/access-words.ts'
import { Back, limit, one, portalPage, readPost } from './frame.tsx'
import { asParty } from './track.tsx'
import { formatInstant } from './words.ts'

const texts = defineTexts({
  zh: {
    title: '申请回避',
    lead: '办这件事的人如果和它有利害关系，或者您反映的就是他所在的单位，可以申请让他不再经手。由他的上一级决定，并写明理由。',
    post: '请谁回避',
    kind: '情形',
    ground: '具体情况',
    groundHint: '2 至 300 个字。只有决定的人和您能看到。',
    send: '提交申请',
    before: '提过的申请',
    waiting: '等待决定',
    granted: '已同意',
    refused: '未同意',
    reason: '理由：{reason}',
    done: '已经收到。决定以后会告诉您。',
    closed: '这件事已经结束，不能再申请回避。',
    errors: '有几处需要修改',
  },
  en: {
    title: 'Ask for recusal',
    lead: 'If somebody who handles this has an interest in it, or is of the unit you complain of, you can ask that she be kept off. Her superior decides and says why.',
    post: 'Who should keep out',
    kind: 'What it is',
    ground: 'In words',
    groundHint: '2 to 300 characters. Only you and whoever decides read it.',
    send: 'Send',
    before: 'What you asked for',
    waiting: 'waiting',
    granted: 'granted',
    refused: 'refused',
    reason: 'Reason: {reason}',
    done: 'Received. You will be told of the decision.',
    closed: 'The matter has ended.',
    errors: 'Some answers need a correction',
  },
})

type Open = { ctx: Ctx; number: string; isClosed: boolean; readers: string[]; requests: RecusalRequest[] }

const open = (visit: Visit, context: HttpContext): Promise<Open> =>
  asParty(visit, async (ctx) => {
    const { loaded } = await getCase(ctx, { number: context.req.param('number') ?? '' }, 'case.read')
    const { number, status, readers } = loaded.row
    return { ctx, number, readers, isClosed: status === 'closed', requests: await listRecusalRequests(ctx, number) }
  })

/** `GET /cases/:number/recusal` */
export async function recusalPage(visit: Visit, context: HttpContext): Promise<Response> {
  return show(visit, context, await open(visit, context))
}

/** `POST /cases/:number/recusal` */
export async function recusalPost(visit: Visit, context: HttpContext): Promise<Response> {
  const body = await readPost(visit, context)
  const opened = await open(visit, context)
  await limit(visit, 'draftSteps')
  try {
    await askRecusal(opened.ctx, opened.number, { postId: one(body, 'postId'), kind: one(body, 'kind'), ground: one(body, 'ground') })
    return seeOther(`${visit.base}/cases/${opened.number}/recusal?done`)
  } catch (error) {
    if (!(error instanceof DomainError) || error.kind !== 'invalid') throw error
    return show(visit, context, opened, body, error.fields)
  }
}

function show(visit: Visit, context: HttpContext, opened: Open, body?: FormBody, errors: readonly FieldError[] = []): Promise<Response> {
  const { language, town } = visit
  const t = texts(language)
  const words = accessWords(language)
  const path = `/cases/${opened.number}/recusal`
  const posts = recusablePosts(town, opened.readers).map((post) => ({
    value: post.id,
    text: `${town.organizations.get(post.organization)?.name[language] ?? ''} · ${post.title[language]}`,
  }))
  const error = (name: string) => {
    const found = errors.find((known) => known.pointer === `/${name}`)
    return found ? { error: found.message } : {}
  }
  return portalPage(
    visit,
    {
      title: `${t('title')} · ${opened.number}`,
      path,
      active: 'track',
      status: errors.length > 0 ? 422 : 200,
      hasErrors: errors.length > 0,
      before: <Back href={`${visit.base}/cases/${opened.number}`} />,
    },
    <>
      {errors.length > 0 && (
        <ErrorSummary title={t('errors')} errors={errors.map(({ message, pointer }) => ({ text: message, href: `#${pointer.slice(1)}` }))} />
      )}
      {context.req.query('done') !== undefined && <NotificationBanner type="success" text={t('done')} />}
      <h1 class="govuk-heading-l">
        <span class="govuk-caption-l">{opened.number}</span>
        {t('title')}
      </h1>
      <p class="govuk-body">{t('lead')}</p>
      {opened.isClosed ? (
        <p class="govuk-body">{t('closed')}</p>
      ) : (
        <Form action={`${visit.base}${path}`}>
          <Select name="postId" label={t('post')} items={posts} value={body ? one(body, 'postId') : ''} {...error('postId')} />
          <Select
            name="kind"
            label={t('kind')}
            items={recusalKinds.map((kind) => ({ value: kind, text: words(`recusal.${kind}`) }))}
            value={body ? one(body, 'kind') : ''}
          />
          <Textarea name="ground" label={t('ground')} hint={t('groundHint')} rows={4} value={body ? one(body, 'ground') : ''} {...error('ground')} />
          <Button preventDoubleClick>{t('send')}</Button>
        </Form>
      )}
      {opened.requests.length > 0 && <h2 class="govuk-heading-m">{t('before')}</h2>}
      {opened.requests.map((request) => (
        <div class="xl-message">
          <p class="govuk-body">
            <strong>{town.posts.get(request.postId)?.title[language] ?? ''}</strong> {words(`recusal.${request.kind}`)}{' '}
            <Tag colour={request.isGranted === null ? 'yellow' : request.isGranted ? 'green' : 'grey'}>
              {t(request.isGranted === null ? 'waiting' : request.isGranted ? 'granted' : 'refused')}
            </Tag>
          </p>
          <p class="govuk-body xl-typed">{request.words}</p>
          {request.answer !== '' && <p class="govuk-body xl-typed">{t('reason', { reason: request.answer })}</p>}
          <p class="govuk-hint">{formatInstant(request.askedAt, visit.ctx.zone, language)}</p>
        </div>
      ))}
    </>,
  )
}
