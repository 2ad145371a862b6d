// Every case that this person may read: search, filters, pages.
import { type CaseFilter, type CaseItem, countedAtMost, listCases } from '#kernel/cases/lists.ts'
import { isCalendarDate } from '#kernel/deadlines/dates.ts'
import { today } from '#kernel/towns/towns.ts'
import { mostCaseFiles } from '#kernel/work/case-files.ts'
import type { HttpContext } from '#http/route.ts'
import type { Visit } from '#http/visit.ts'
import { Button } from '#ui/components/button.tsx'
import { FilterBar } from '#ui/components/filter-bar.tsx'
import { Form } from '#ui/components/form.tsx'
import { Input } from '#ui/components/input.tsx'
import { NotificationBanner } from '#ui/components/notification-banner.tsx'
import { pageItems, Pagination } from '#ui/components/pagination.tsx'
import { Select } from '#ui/components/select.tsx'
import { StatusLight } from '#ui/components/status-light.tsx'
import { Table } from '#ui/components/table.tsx'
import { Tag } from '#ui/components/tag.tsx'
import type { FormBody } from '#ui/form/parse-form-body.ts'
import { defineTexts } from '#ui/texts.ts'
import { caseTexts } from './case-texts.ts'
import { one, work, workPage } from './frame.tsx'
import { procedureItems } from './inbox.tsx'
import { dueWords, sharedTexts } from './words.ts'

const texts = defineTexts({
  zh: {
    title: '办件',
    lists: '名册导出',
    count: '共 {count} 件',
    q: '编号或关键词',
    status: '状态',
    open: '在办',
    closed: '已办结',
    procedure: '事项',
    office: '承办单位',
    workAt: '现在在哪个单位',
    place: '村（社区）',
    missed: '超期情况',
    wasMissed: '曾超期',
    notMissed: '未超期',
    from: '收到日期从',
    to: '到',
    dateHint: '如 2026-03-01',
    number: '编号',
    matter: '事项',
    standing: '进展',
    where: '地点与单位',
    due: '期限',
    caption: '办件列表，新收到的在前',
    empty: '没有符合条件的办件。',
    clear: '清除条件',
    pages: '办件分页',
    bind: '装订案卷（PDF）',
    bindHint: '在后台装订，每次最多 {count} 件，新收到的在前。',
  },
  en: {
    title: 'Cases',
    lists: 'Lists with names',
    count: '{count} in all',
    q: 'Number or words',
    status: 'State',
    open: 'Open',
    closed: 'Closed',
    procedure: 'Procedure',
    office: 'Office',
    workAt: 'Work lies with',
    place: 'Village',
    missed: 'Lateness',
    wasMissed: 'Was late',
    notMissed: 'Never late',
    from: 'Received from',
    to: 'to',
    dateHint: 'like 2026-03-01',
    number: 'Number',
    matter: 'Matter',
    standing: 'Stands at',
    where: 'Place and office',
    due: 'Limit',
    caption: 'Cases, newest first',
    empty: 'No case matches these filters.',
    clear: 'Clear the filters',
    pages: 'Pages of cases',
    bind: 'Bind case files (PDF)',
    bindHint: 'Done in the background, at most {count} at a time, newest first.',
  },
})

const names = ['q', 'status', 'procedure', 'office', 'workAt', 'place', 'missed', 'from', 'to'] as const
type Query = Partial<Record<(typeof names)[number], string>>

export async function casesPage(visit: Visit, context: HttpContext): Promise<Response> {
  const t = texts(visit.language)
  const query = queryOf((name) => context.req.query(name))
  const listed = await listCases(visit.ctx, toFilter(query), { page: Number(context.req.query('page')) || 1, size: 25 }, visit.language)
  const pages = Math.ceil(listed.total / listed.size)
  const here = (page: number) => `${work(visit, '/cases')}?${new URLSearchParams({ ...query, page: String(page) })}`
  const recused = context.req.query('recused') ?? ''
  return workPage(
    visit,
    context,
    { title: t('title'), active: 'cases' },
    <>
      {/^[\w-]{1,30}$/.test(recused) && <NotificationBanner type="success" text={caseTexts(visit.language)('recused', { number: recused })} />}
      <h1 class="govuk-heading-l">{t('title')}</h1>
      <p class="govuk-body-s">
        <a class="govuk-link" href={work(visit, '/lists')}>
          {t('lists')}
        </a>
      </p>
      <Filters visit={visit} query={query} procedures={await procedureItems(visit)} />
      <p class="govuk-body-s">{t('count', { count: listed.total < countedAtMost ? listed.total : `${countedAtMost}+` })}</p>
      {listed.items.length === 0 ? (
        <div class="xl-empty">
          <p>{t('empty')}</p>
          <a class="govuk-link" href={work(visit, '/cases')}>
            {t('clear')}
          </a>
        </div>
      ) : (
        <Rows visit={visit} items={listed.items} />
      )}
      {listed.items.length > 0 && (
        <Form action={work(visit, '/jobs')}>
          {Object.entries(query).map(([name, value]) => (
            <input type="hidden" name={name} value={value} />
          ))}
          <p class="govuk-body-s">{t('bindHint', { count: mostCaseFiles })}</p>
          <Button class="govuk-button--secondary" preventDoubleClick>
            {t('bind')}
          </Button>
        </Form>
      )}
      {pages > 1 && (
        <Pagination
          landmarkLabel={t('pages')}
          {...(listed.page > 1 ? { previous: { href: here(listed.page - 1) } } : {})}
          {...(listed.page < pages ? { next: { href: here(listed.page + 1) } } : {})}
          items={pageItems(listed.page, pages, here)}
        />
      )}
    </>,
  )
}

/** The filter of the list that a posted form repeats. */
export const bindableFilter = (body: FormBody): CaseFilter => toFilter(queryOf((name) => one(body, name)))

const queryOf = (read: (name: string) => string | undefined): Query =>
  Object.fromEntries(
    names.flatMap((name) => {
      const value = read(name)?.trim().slice(0, 100) ?? ''
      return value === '' ? [] : [[name, value]]
    }),
  )

function toFilter(query: Query): CaseFilter {
  const { q, procedure, office, workAt, place, from, to } = query
  const status = query.status === 'open' || query.status === 'closed' ? query.status : undefined
  return {
    ...(q ? { q } : {}),
    ...(status ? { status } : {}),
    ...(procedure ? { procedure } : {}),
    ...(office ? { office } : {}),
    ...(workAt ? { workAt } : {}),
    ...(place ? { place } : {}),
    ...(query.missed === 'yes' || query.missed === 'no' ? { missed: query.missed === 'yes' } : {}),
    ...(from && isCalendarDate(from) ? { from } : {}),
    ...(to && isCalendarDate(to) ? { to } : {}),
  }
}

function Filters({ visit, query, procedures }: { visit: Visit; query: Query; procedures: { value?: string; text: string }[] }) {
  const t = texts(visit.language)
  const all = { value: '', text: sharedTexts(visit.language)('all') }
  const name = (item: { id: string; name: Record<'zh' | 'en', string> }) => ({ value: item.id, text: item.name[visit.language] })
  const offices = [...visit.town.organizations.values()].filter((body) => body.kind !== 'outside').map(name)
  return (
    <FilterBar action={work(visit, '/cases')}>
      <Input name="q" label={t('q')} value={query.q ?? ''} class="govuk-input--width-10" />
      <Select
        name="status"
        label={t('status')}
        items={[all, { value: 'open', text: t('open') }, { value: 'closed', text: t('closed') }]}
        value={query.status ?? ''}
      />
      <Select name="procedure" label={t('procedure')} items={procedures} value={query.procedure ?? ''} />
      <Select name="office" label={t('office')} items={[all, ...offices]} value={query.office ?? ''} />
      <Select name="workAt" label={t('workAt')} items={[all, ...offices]} value={query.workAt ?? ''} />
      <Select name="place" label={t('place')} items={[all, ...[...visit.town.villages.values()].map(name)]} value={query.place ?? ''} />
      <Select
        name="missed"
        label={t('missed')}
        items={[all, { value: 'yes', text: t('wasMissed') }, { value: 'no', text: t('notMissed') }]}
        value={query.missed ?? ''}
      />
      <Input name="from" type="date" label={t('from')} value={query.from ?? ''} class="govuk-input--width-10" />
      <Input name="to" type="date" label={t('to')} value={query.to ?? ''} class="govuk-input--width-10" />
    </FilterBar>
  )
}

export function Rows({ visit, items }: { visit: Visit; items: CaseItem[] }) {
  const t = texts(visit.language)
  const s = sharedTexts(visit.language)
  return (
    <Table
      class="xl-table--dense xl-table--stack"
      caption={t('caption')}
      captionClass="govuk-visually-hidden"
      head={[t('number'), t('matter'), t('standing'), t('where'), t('due')]}
      rows={items.map((item) => {
        const due = dueWords(item.due, today(visit.ctx), visit.language)
        return [
          {
            content: (
              <>
                <a class="govuk-link xl-strong" href={work(visit, `/cases/${item.number}`)}>
                  {item.number}
                </a>
                <span class="xl-fine">{item.filedOn}</span>
              </>
            ),
            class: 'xl-nowrap',
          },
          {
            content: (
              <>
                <span class="xl-clip">{item.subject || item.procedure}</span>
                <span class="xl-fine">{item.procedure}</span>
              </>
            ),
          },
          {
            content: item.status === 'closed' ? <Tag colour="grey">{item.outcome}</Tag> : item.standing || '—',
          },
          {
            content: (
              <>
                {item.place || '—'}
                <span class="xl-fine">{item.office}</span>
              </>
            ),
          },
          {
            content: (
              <>
                {item.status === 'open' && <StatusLight light={due.light}>{due.text}</StatusLight>}
                {item.due && <span class="xl-fine">{item.due}</span>} {item.missed && <Tag colour="red">{s('missed')}</Tag>}
              </>
            ),
          },
        ]
      })}
    />
  )
}
