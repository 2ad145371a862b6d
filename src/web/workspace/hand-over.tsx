// 工作移交: all open work of one person goes to another, or back to the office where the other may not do it.
import { handOverWork, listHandOvers } from '#kernel/cases/hand-over.ts'
import type { DomainError } from '#kernel/errors.ts'
import type { HttpContext } from '#http/route.ts'
import { seeOther } from '#http/page.ts'
import type { Visit } from '#http/visit.ts'
import { BackLink } from '#ui/components/breadcrumbs.tsx'
import { Button } from '#ui/components/button.tsx'
import { Form } from '#ui/components/form.tsx'
import { Input } from '#ui/components/input.tsx'
import { NotificationBanner } from '#ui/components/notification-banner.tsx'
import { Select } from '#ui/components/select.tsx'
import { Table } from '#ui/components/table.tsx'
import { errorsByField } from '#ui/form/form-texts.ts'
import type { FormBody } from '#ui/form/parse-form-body.ts'
import { defineTexts } from '#ui/texts.ts'
import { one, readPost, staffOf, work, workPage } from './frame.tsx'
import { Refusal } from './grouped-fields.tsx'
import { isRefusal, refusalStatus } from './refusals.ts'
import { timeIn } from './words.ts'

const texts = defineTexts({
  zh: {
    title: '移交工作',
    back: '岗位与人员',
    lead: '把一个人已经认领的全部待办交给另一个人。对方不能办的（没有岗位、已经回避、要由两人分别办的），退回本单位。',
    who: '可以由本人、上级岗位或者信息管理员办理。',
    from: '谁的工作',
    to: '交给谁',
    note: '理由',
    noteHint: '例如调岗、休假的文号。不要写办件的内容。',
    do: '移交',
    done: '已移交 {moved} 项，退回本单位 {back} 项。',
    past: '移交记录',
    none: '还没有移交过。',
    at: '时间',
    moved: '移交',
    laidBack: '退回',
    by: '经手',
  },
  en: {
    title: 'Hand over work',
    back: 'Posts and people',
    lead: 'Gives everything that one person has taken to another. What the other may not do (no post, recused, four eyes) goes back to the office.',
    who: 'She herself, a post above hers, or the IT administrator does this.',
    from: 'Whose work',
    to: 'To whom',
    note: 'Reason',
    noteHint: 'For example the number of the decision. Nothing about a case.',
    do: 'Hand over',
    done: '{moved} handed over, {back} laid back to the office.',
    past: 'Hand-overs',
    none: 'None yet.',
    at: 'When',
    moved: 'Handed over',
    laidBack: 'Laid back',
    by: 'Done by',
  },
})

type State = { body?: FormBody; error?: DomainError }

/** `GET /people/hand-over` */
export const handOverPage = (visit: Visit, context: HttpContext): Promise<Response> => show(visit, context, {})

/** `POST /people/hand-over` */
export async function handOverPost(visit: Visit, context: HttpContext): Promise<Response> {
  const body = await readPost(visit, context)
  try {
    const { moved, laidBack } = await handOverWork(visit.ctx, { from: one(body, 'from'), to: one(body, 'to'), note: one(body, 'note') })
    return seeOther(work(visit, `/people/hand-over?moved=${moved}&back=${laidBack}`))
  } catch (error) {
    if (!isRefusal(error)) throw error
    return show(visit, context, { body, error })
  }
}

async function show(visit: Visit, context: HttpContext, { body, error }: State): Promise<Response> {
  const t = texts(visit.language)
  const users = await visit.identity.listUsers('staff')
  const names = new Map(users.map((user) => [user.userId, user.name]))
  const past = await listHandOvers(visit.ctx)
  const people = users.map((user) => ({ value: user.userId, text: user.name }))
  const errors = errorsByField(error?.fields ?? [])
  const [moved, back] = [context.req.query('moved'), context.req.query('back')]
  const count = (text: string | undefined) => Number.parseInt(text ?? '', 10) || 0
  return workPage(
    visit,
    context,
    {
      title: t('title'),
      active: 'people',
      path: work(visit, '/people/hand-over'),
      before: <BackLink href={work(visit, '/people')}>{t('back')}</BackLink>,
      ...(error ? { status: refusalStatus(error), hasErrors: true } : {}),
    },
    <>
      {error && <Refusal error={error} language={visit.language} />}
      {moved !== undefined && <NotificationBanner type="success" text={t('done', { moved: count(moved), back: count(back) })} />}
      <h1 class="govuk-heading-l">{t('title')}</h1>
      <p class="govuk-body">{t('lead')}</p>
      <p class="govuk-body-s">{t('who')}</p>
      <Form action={work(visit, '/people/hand-over')} attributes={{ class: 'xl-column' }}>
        <Select name="from" label={t('from')} items={people} value={body ? one(body, 'from') : staffOf(visit).userId} />
        <Select
          name="to"
          label={t('to')}
          items={users.filter((user) => !user.disabledAt).map((user) => ({ value: user.userId, text: user.name }))}
          value={body ? one(body, 'to') : ''}
          {...(errors['to'] ? { error: errors['to'] } : {})}
        />
        <Input
          name="note"
          label={t('note')}
          hint={t('noteHint')}
          value={body ? one(body, 'note') : ''}
          {...(errors['note'] ? { error: errors['note'] } : {})}
        />
        <Button preventDoubleClick>{t('do')}</Button>
      </Form>
      <h2 class="govuk-heading-m">{t('past')}</h2>
      {past.length === 0 ? (
        <p class="govuk-body-s">{t('none')}</p>
      ) : (
        <Table
          class="xl-table--dense xl-table--stack"
          head={[t('at'), t('from'), t('to'), t('moved'), t('laidBack'), t('note'), t('by')]}
          rows={past.map((done) => [
            timeIn(visit.ctx.zone, done.at),
            names.get(done.from) ?? '',
            names.get(done.to) ?? '',
            String(done.moved),
            String(done.laidBack),
            done.note,
            names.get(done.by) ?? '',
          ])}
        />
      )}
    </>,
  )
}
