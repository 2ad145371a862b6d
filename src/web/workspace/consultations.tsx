// The desk of public comment: filters over thousands of opinions, grouping by tick or by filter, answers. All without script.
import { answerGroup, groupOpinions, listGroups, ungroupOpinions } from '#kernel/consultations/answer.ts'
import { openDesk } from '#kernel/consultations/desk.ts'
import { fileOpinion } from '#kernel/consultations/file-opinion.ts'
import { listConsultations, listOpinions, type OpinionQuery, viewConsultation } from '#kernel/consultations/read.ts'
import { answerResults, opinionChannels } from '#kernel/consultations/types.ts'
import { DomainError } from '#kernel/errors.ts'
import type { HttpContext } from '#http/route.ts'
import { seeOther } from '#http/page.ts'
import type { Visit } from '#http/visit.ts'
import { Button } from '#ui/components/button.tsx'
import { Details } from '#ui/components/details.tsx'
import { ErrorSummary } from '#ui/components/error-summary.tsx'
import { FilterBar } from '#ui/components/filter-bar.tsx'
import { Form } from '#ui/components/form.tsx'
import { Input } from '#ui/components/input.tsx'
import { NotificationBanner } from '#ui/components/notification-banner.tsx'
import { pageItems, Pagination } from '#ui/components/pagination.tsx'
import { Select } from '#ui/components/select.tsx'
import { formatDate } from '#ui/components/deadline-card.tsx'
import { Table } from '#ui/components/table.tsx'
import { Textarea } from '#ui/components/textarea.tsx'
import type { FormBody } from '#ui/form/parse-form-body.ts'
import { deskTexts } from './consultation-texts.ts'
import { one, readPost, work, workPage } from './frame.tsx'
import { isRefusal } from './refusals.ts'

const pageSize = 50
const standings = ['ungrouped', 'unanswered', 'answered', 'appealed'] as const
const statuses = ['held', 'shown', 'withheld'] as const

/** `GET /workspace/consultations` */
export async function deskListPage(visit: Visit, context: HttpContext): Promise<Response> {
  const t = deskTexts(visit.language)
  const all = await listConsultations(visit.ctx)
  const mine = await Promise.all(
    all.map(async (found) => {
      try {
        return (await openDesk(visit.ctx, found.number)).consultation
      } catch (error) {
        if (error instanceof DomainError && error.kind === 'not_found') return undefined
        throw error
      }
    }),
  )
  const rows = mine.filter((found) => found !== undefined)
  return workPage(
    visit,
    context,
    { title: t('title'), active: 'consultations' },
    <>
      <h1 class="govuk-heading-l">{t('title')}</h1>
      <p class="govuk-body-s">{t('lead')}</p>
      {rows.length === 0 && <div class="xl-empty">{t('none')}</div>}
      <ul class="govuk-list">
        {rows.map((found) => (
          <li>
            <a class="govuk-link" href={work(visit, `/consultations/${found.number}`)}>
              {found.title}
            </a>{' '}
            {t('closes', { date: formatDate(found.closes_on, visit.language), count: found.last_number })}
          </li>
        ))}
      </ul>
    </>,
  )
}

type Query = Record<'q' | 'standing' | 'status' | 'paragraph', string>

const queryOf = (read: (name: string) => string | undefined): Query => ({
  q: (read('q') ?? '').slice(0, 100),
  standing: standings.find((word) => word === read('standing')) ?? '',
  status: statuses.find((word) => word === read('status')) ?? '',
  paragraph: /^\d{1,3}$/.test(read('paragraph') ?? '') ? (read('paragraph') ?? '') : '',
})

const toQuery = (query: Query): OpinionQuery => ({
  q: query.q,
  standing: standings.find((word) => word === query.standing),
  status: statuses.find((word) => word === query.status),
  paragraph: query.paragraph === '' ? undefined : Number(query.paragraph),
})

const kept = (query: Query): string => String(new URLSearchParams(Object.entries(query).filter(([, value]) => value !== '')))

/** `GET /workspace/consultations/:number` */
export async function deskPage(visit: Visit, context: HttpContext, problem?: DomainError, notice?: string): Promise<Response> {
  const t = deskTexts(visit.language)
  const number = context.req.param('number') ?? ''
  const desk = await openDesk(visit.ctx, number)
  const view = await viewConsultation(visit.ctx, number)
  const query = queryOf((name) => context.req.query(name))
  const found = await listOpinions(visit.ctx, view.consultation_id, {
    ...toQuery(query),
    page: Number(context.req.query('page')) || 1,
    size: pageSize,
  })
  const groups = await listGroups(visit.ctx, desk)
  const here = work(visit, `/consultations/${number}`)
  const pages = Math.ceil(found.total / found.size)
  const to = (page: number) => `${here}?${kept(query)}&page=${page}`
  const message = notice ?? noticeOf(visit, context)
  const options = (words: readonly (typeof standings)[number][] | readonly (typeof statuses)[number][]) => [
    { value: '', text: t('all') },
    ...words.map((word) => ({ value: word, text: t(word) })),
  ]
  return workPage(
    visit,
    context,
    {
      title: view.title,
      active: 'consultations',
      path: here,
      ...(problem ? { status: problem.kind === 'conflict' ? 409 : 422, hasErrors: true } : {}),
    },
    <>
      {problem && (
        <ErrorSummary errors={(problem.fields.length > 0 ? problem.fields : [problem]).map(({ message: text }) => ({ text, href: '#main' }))} />
      )}
      {message !== undefined && <NotificationBanner type="success" text={message} />}
      <h1 class="govuk-heading-l">{view.title}</h1>
      <p class="govuk-body-s">{t('tally', { ...view.tally })}</p>
      <FilterBar action={here}>
        <Input name="q" label={t('q')} value={query.q} />
        <Input name="paragraph" label={t('paragraph')} value={query.paragraph} inputmode="numeric" class="govuk-input--width-3" />
        <Select name="standing" label={t('standing')} value={query.standing} items={options(standings)} />
        <Select name="status" label={t('status')} value={query.status} items={options(statuses)} />
      </FilterBar>
      {found.total === 0 ? <div class="xl-empty">{t('noneFound')}</div> : <p class="govuk-body-s">{t('found', { count: found.total })}</p>}
      {found.total > 0 && (
        <Form action={here}>
          {Object.entries(query).map(([name, value]) => (
            <input type="hidden" name={`f-${name}`} value={value} />
          ))}
          <Table
            class="xl-table--dense xl-table--stack"
            caption={t('caption')}
            captionClass="govuk-visually-hidden"
            head={[t('choose'), t('opinion'), t('group')]}
            rows={found.items.map((opinion) => [
              {
                content: (
                  <label>
                    <input type="checkbox" name="number" value={String(opinion.number)} /> {opinion.number}
                  </label>
                ),
              },
              {
                content: (
                  <>
                    <a class="govuk-link" href={`${here}/opinions/${opinion.number}`}>
                      {opinion.words ?? t(opinion.status)}
                    </a>
                    <span class="xl-fine">
                      {opinion.received_on}
                      {opinion.paragraph === null ? '' : ` · ${t('paragraph')} ${opinion.paragraph}`}
                    </span>
                  </>
                ),
              },
              `${opinion.group_title ?? '—'}${opinion.result === null ? '' : `（${t(opinion.result)}）`}`,
            ])}
          />
          <Input name="title" label={t('newGroup')} />
          <Select
            name="group"
            label={t('existing')}
            items={[{ value: '', text: '—' }, ...groups.map((group) => ({ value: group.group_id, text: `${group.title}（${group.opinions}）` }))]}
          />
          <Button name="act" value="chosen">
            {t('moveChosen')}
          </Button>{' '}
          <Button name="act" value="found" class="govuk-button--secondary">
            {t('moveAll', { count: found.total })}
          </Button>{' '}
          <Button name="act" value="out" class="govuk-button--secondary">
            {t('takeOut')}
          </Button>
        </Form>
      )}
      {pages > 1 && (
        <Pagination
          landmarkLabel={t('pages')}
          {...(found.page > 1 ? { previous: { href: to(found.page - 1) } } : {})}
          {...(found.page < pages ? { next: { href: to(found.page + 1) } } : {})}
          items={pageItems(found.page, pages, to)}
        />
      )}
      <h2 class="govuk-heading-m">{t('groups')}</h2>
      {groups.slice(0, 100).map((group) => (
        <Details summary={`${group.title} · ${t('groupCount', { count: group.opinions })}${group.result === null ? '' : ` · ${t(group.result)}`}`}>
          <Form action={here}>
            <input type="hidden" name="group" value={group.group_id} />
            <input type="hidden" name="version" value={String(group.version)} />
            <Select
              name="result"
              id={`result-${group.group_id}`}
              label={t('result')}
              value={group.result ?? ''}
              items={[{ value: '', text: '—' }, ...answerResults.map((word) => ({ value: word, text: t(word) }))]}
            />
            <Textarea name="answer" id={`answer-${group.group_id}`} label={t('answer')} hint={t('answerHint')} value={group.answer ?? ''} rows={4} />
            <Button name="act" value="answer">
              {t('save')}
            </Button>
          </Form>
        </Details>
      ))}
      <h2 class="govuk-heading-m">{t('enter')}</h2>
      <Form action={here} attributes={{ 'data-turbo': 'false' }}>
        <Textarea name="words" label={t('words')} rows={4} />
        <Select
          name="channel"
          label={t('channel')}
          items={opinionChannels.flatMap((word) => (word === 'web' ? [] : [{ value: word, text: t(word) }]))}
        />
        <Input name="receivedOn" label={t('receivedOn')} class="govuk-input--width-10" />
        <Button name="act" value="enter" class="govuk-button--secondary" preventDoubleClick>
          {t('enter')}
        </Button>
      </Form>
      <p class="govuk-body">
        <a class="govuk-link" href={`${visit.base}/consultations/${number}/opinions.xlsx`} data-turbo="false">
          {t('file')} XLSX
        </a>
      </p>
    </>,
  )
}

function noticeOf(visit: Visit, context: HttpContext): string | undefined {
  const t = deskTexts(visit.language)
  const count = (name: string) => (/^\d{1,6}$/.test(context.req.query(name) ?? '') ? context.req.query(name) : undefined)
  const [moved, told] = [count('moved'), count('told')]
  if (moved !== undefined) return t('moved', { count: moved })
  return told === undefined ? undefined : t('told', { count: told })
}

/** `POST /workspace/consultations/:number` */
export async function deskPost(visit: Visit, context: HttpContext): Promise<Response> {
  const body = await readPost(visit, context)
  try {
    if (one(body, 'act') === 'enter') return await enter(visit, context, body)
    const query = kept(queryOf((name) => one(body, `f-${name}`)))
    return seeOther(`${work(visit, `/consultations/${context.req.param('number') ?? ''}`)}?${query}&${await actOn(visit, context, body)}`)
  } catch (error) {
    if (!isRefusal(error)) throw error
    return deskPage(visit, context, error)
  }
}

async function actOn(visit: Visit, context: HttpContext, body: FormBody): Promise<string> {
  const number = context.req.param('number') ?? ''
  const desk = await openDesk(visit.ctx, number)
  const group = one(body, 'group')
  const into = group === '' ? { title: one(body, 'title') } : { group }
  const chosen = { numbers: [body['number'] ?? []].flat().map(Number).filter(Number.isInteger) }
  switch (one(body, 'act')) {
    case 'answer': {
      const draft = { result: one(body, 'result'), answer: one(body, 'answer'), version: Number(one(body, 'version')) || 0 }
      return `told=${await answerGroup(visit.ctx, desk, group, draft)}`
    }
    case 'out':
      return `moved=${await ungroupOpinions(visit.ctx, desk, chosen)}`
    case 'found':
      return `moved=${await groupOpinions(visit.ctx, desk, into, { filter: toQuery(queryOf((name) => one(body, `f-${name}`))) })}`
    default:
      return `moved=${await groupOpinions(visit.ctx, desk, into, chosen)}`
  }
}

/** The code stands on the answer to the post alone, never in an address. */
async function enter(visit: Visit, context: HttpContext, body: FormBody): Promise<Response> {
  const number = context.req.param('number') ?? ''
  await openDesk(visit.ctx, number)
  const channel = opinionChannels.find((word) => word === one(body, 'channel') && word !== 'web') ?? 'counter'
  const receivedOn = one(body, 'receivedOn').trim()
  const filed = await fileOpinion(visit.ctx, number, { words: one(body, 'words'), channel, ...(receivedOn === '' ? {} : { receivedOn }) })
  return deskPage(visit, context, undefined, deskTexts(visit.language)('entered', { number: filed.number, code: filed.code }))
}
