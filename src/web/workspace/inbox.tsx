// The inbox: what this person may do now, the nearest legal limit on top.
import { type InboxFilter, type InboxItem, countInbox, listInbox } from '#kernel/cases/lists.ts'
import { accessOf } from '#kernel/cases/access-of.ts'
import { findCase } from '#kernel/cases/load-case.ts'
import { speaker } from '#kernel/cases/words.ts'
import { may } from '#kernel/access/rule.ts'
import { getPackage, listProcedures } from '#kernel/procedures/packages.ts'
import { today } from '#kernel/towns/towns.ts'
import type { HttpContext } from '#http/route.ts'
import type { Visit } from '#http/visit.ts'
import { FilterBar } from '#ui/components/filter-bar.tsx'
import { Input } from '#ui/components/input.tsx'
import { NotificationBanner } from '#ui/components/notification-banner.tsx'
import { pageItems, Pagination } from '#ui/components/pagination.tsx'
import { Select, type SelectItem } from '#ui/components/select.tsx'
import { StatusLight } from '#ui/components/status-light.tsx'
import { Table } from '#ui/components/table.tsx'
import { Tag } from '#ui/components/tag.tsx'
import { Form } from '#ui/components/form.tsx'
import { inboxTexts as texts } from './inbox-texts.ts'
import { namesOf, staffOf, work, workPage } from './frame.tsx'
import { dueWords, sharedTexts } from './words.ts'

const views = ['all', 'mine', 'free', 'soon', 'overdue'] as const
const filterNames = ['procedure', 'office', 'place', 'q'] as const

export async function inboxPage(visit: Visit, context: HttpContext): Promise<Response> {
  const t = texts(visit.language)
  const query = (name: string) => context.req.query(name)?.trim().slice(0, 100) ?? ''
  const view = views.find((name) => name === query('view')) ?? 'all'
  const filter = Object.fromEntries(filterNames.flatMap((name) => (query(name) === '' ? [] : [[name, query(name)]])))
  const paging = { page: Number(query('page')) || 1, size: 25 }
  const [listed, counts] = [await listInbox(visit.ctx, { ...filter, view }, paging, visit.language), await countInbox(visit.ctx, filter)]
  const names = await namesOf(
    visit,
    listed.items.map((item) => item.assignee),
  )
  const here = (changes: Record<string, string>) => hrefOf(visit, { view, ...filter, ...changes })
  const pages = Math.ceil(listed.total / listed.size)
  return workPage(
    visit,
    context,
    { title: t('title'), active: 'inbox' },
    <>
      <h1 class="govuk-heading-l">{t('title')}</h1>
      {await notice(visit, query)}
      <nav class="xl-views" aria-label={t('views')}>
        <ul class="xl-views__list">
          {views.map((name) => (
            <li>
              <a class="xl-views__link" href={hrefOf(visit, { ...filter, view: name })} aria-current={name === view ? 'page' : undefined}>
                {t(name)}{' '}
                <span class={`xl-nav__count${name === 'overdue' && counts.overdue > 0 ? ' xl-nav__count--urgent' : ''}`}>{counts[name]}</span>
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <Filters visit={visit} filter={{ ...filter, view }} procedures={await procedureItems(visit)} />
      {listed.items.length === 0 ? (
        <div class="xl-empty">
          <p>{t(Object.keys(filter).length > 0 || view !== 'all' ? 'emptyFilter' : 'empty')}</p>
          {(Object.keys(filter).length > 0 || view !== 'all') && (
            <a class="govuk-link" href={work(visit)}>
              {t('clear')}
            </a>
          )}
        </div>
      ) : (
        <Rows visit={visit} items={listed.items} names={names} back={new URL(context.req.url).search.slice(1)} />
      )}
      {pages > 1 && (
        <Pagination
          landmarkLabel={t('pages')}
          {...(listed.page > 1 ? { previous: { href: here({ page: String(listed.page - 1) }) } } : {})}
          {...(listed.page < pages ? { next: { href: here({ page: String(listed.page + 1) }) } } : {})}
          items={pageItems(listed.page, pages, (page) => here({ page: String(page) }))}
        />
      )}
    </>,
  )
}

function hrefOf(visit: Visit, query: Record<string, string>): string {
  const search = new URLSearchParams(Object.entries(query).filter(([name, value]) => value !== '' && !(name === 'view' && value === 'all')))
  return search.size === 0 ? work(visit) : `${work(visit)}?${search}`
}

/** Procedures in force, as choices of a filter. */
export async function procedureItems(visit: Visit): Promise<SelectItem[]> {
  const procedures = await listProcedures(visit.ctx)
  return [
    { value: '', text: sharedTexts(visit.language)('all') },
    ...procedures.map((procedure) => ({ value: procedure.slug, text: speaker(procedure, visit.language)('title') })),
  ]
}

function Filters(props: { visit: Visit; filter: InboxFilter; procedures: SelectItem[] }) {
  const { visit, filter } = props
  const t = texts(visit.language)
  const all = { value: '', text: sharedTexts(visit.language)('all') }
  const offices = [...new Set(staffOf(visit).posts.map((post) => post.organizationId))]
  const officeItems = offices.map((id) => ({ value: id, text: visit.town.organizations.get(id)?.name[visit.language] ?? id }))
  const places = [...visit.town.villages.values()].map((village) => ({ value: village.id, text: village.name[visit.language] }))
  return (
    <FilterBar action={work(visit)}>
      {filter.view !== 'all' && <input type="hidden" name="view" value={filter.view} />}
      <Input name="q" label={t('q')} value={filter.q ?? ''} class="govuk-input--width-10" />
      <Select name="procedure" label={t('procedure')} items={props.procedures} value={filter.procedure ?? ''} />
      {offices.length > 1 && <Select name="office" label={t('office')} items={[all, ...officeItems]} value={filter.office ?? ''} />}
      <Select name="place" label={t('place')} items={[all, ...places]} value={filter.place ?? ''} />
    </FilterBar>
  )
}

function Rows(props: { visit: Visit; items: InboxItem[]; names: Map<string, string>; back: string }) {
  const { visit } = props
  const t = texts(visit.language)
  const head = [t('due'), t('task'), t('matter'), t('where'), t('who')]
  return (
    <Table
      class="xl-table--dense xl-table--stack"
      caption={t('caption')}
      captionClass="govuk-visually-hidden"
      head={head}
      rows={props.items.map((item) => [
        { content: <Due visit={visit} item={item} /> },
        {
          content: (
            <a class="govuk-link xl-strong" href={work(visit, `/tasks/${item.taskId}`)}>
              {item.title}
            </a>
          ),
        },
        {
          content: (
            <>
              <span class="xl-clip">{item.subject || item.procedure}</span>
              <span class="xl-fine">
                <a class="govuk-link" href={work(visit, `/cases/${item.number}`)}>
                  {item.number}
                </a>{' '}
                {t('received', { date: item.filedOn })}
              </span>
            </>
          ),
        },
        {
          content: (
            <>
              {item.place || '—'}
              <span class="xl-fine">{item.office}</span>
            </>
          ),
        },
        { content: <Who {...props} item={item} /> },
      ])}
    />
  )
}

function Due({ visit, item }: { visit: Visit; item: Pick<InboxItem, 'due' | 'missed' | 'provisional'> }) {
  const s = sharedTexts(visit.language)
  const { light, text } = dueWords(item.due, today(visit.ctx), visit.language)
  return (
    <>
      <StatusLight light={light}>{text}</StatusLight>
      {item.due && (
        <span class="xl-fine">
          <time datetime={item.due}>{item.due}</time>
        </span>
      )}
      {item.missed && (
        <>
          {' '}
          <Tag colour="red">{s('missed')}</Tag>
        </>
      )}
      {item.provisional && (
        <>
          {' '}
          <Tag colour="yellow">{s('provisional')}</Tag>
        </>
      )}
    </>
  )
}

function Who(props: { visit: Visit; item: InboxItem; names: Map<string, string>; back: string }) {
  const { visit, item } = props
  const t = texts(visit.language)
  if (item.assignee === staffOf(visit).userId) return <strong>{sharedTexts(visit.language)('me')}</strong>
  if (item.assignee !== null) return <>{props.names.get(item.assignee) ?? ''}</>
  return (
    <Form action={work(visit, `/tasks/${item.taskId}`)} attributes={{ class: 'xl-inline' }}>
      <input type="hidden" name="_version" value={String(item.version)} />
      <input type="hidden" name="_back" value={props.back} />
      <button class="xl-plain-button" name="_act" value="claim-here" aria-label={t('claimOne', { number: item.number })}>
        {t('claim')}
      </button>
    </Form>
  )
}

/** What just happened, and the next task of the same case when it is this person's. */
async function notice(visit: Visit, query: (name: string) => string) {
  const t = texts(visit.language)
  for (const kind of ['claimed', 'laidBack', 'assigned'] as const) {
    const number = query(kind)
    if (/^[\w-]{1,30}$/.test(number)) return <NotificationBanner type="success" text={t(kind, { number })} />
  }
  const number = query('done')
  if (!/^[\w-]{1,30}$/.test(number)) return null
  const found = await findCase(visit.ctx, { number }, 'case.read')
  if (!found) return <NotificationBanner type="success" text={t('done', { task: '', number })} />
  const { loaded } = found
  const say = speaker(await getPackage(visit.ctx, loaded.row.package_hash), visit.language)
  const next = loaded.tasks.find((task) => may(visit.ctx.actor, 'task.complete', accessOf(loaded, task)))
  const standing = [...new Set(loaded.tasks.map((task) => say(`status.${task.element}`)))].join(' ')
  const element = query('step')
  const task = /^[\w-]{1,80}$/.test(element) ? say(`element.${element}`) : ''
  return (
    <NotificationBanner type="success">
      <p class="govuk-notification-banner__heading">{t('done', { task, number })}</p>
      {loaded.row.status === 'closed' && <p class="govuk-body">{t('closed', { outcome: say(`outcome.${loaded.row.outcome ?? ''}`) })}</p>}
      {standing && <p class="govuk-body">{t('now', { standing })}</p>}
      {next && (
        <p class="govuk-body">
          <a class="govuk-notification-banner__link" href={work(visit, `/tasks/${next.task_id}`)}>
            {t('next', { task: say(`element.${next.element}`) })}
          </a>
        </p>
      )}
    </NotificationBanner>
  )
}
