// Lists, counts and search. Every one of them stands on the same conditions, so a count equals its list.
import { type RawBuilder, sql } from 'kysely'
import { doableTasks, inReading, readableCases } from '../access/readable.ts'
import type { CalendarDate } from '../clock.ts'
import type { Ctx } from '../context.ts'
import type { Language } from '../forms/forms.ts'
import { decryptJson } from '../keys/keyring.ts'
import { getPackage } from '../procedures/packages.ts'
import { getTown, today } from '../towns/towns.ts'
import { isCaseNumber } from './queries.ts'
import { tokensOf } from './search.ts'
import type { CaseContent } from './types.ts'
import { nameOf, speaker, subjectOf, withInstance } from './words.ts'

export type InboxView = 'all' | 'mine' | 'free' | 'overdue' | 'soon'
/** Several views narrow each other. */
export type InboxFilter = { view?: InboxView | readonly InboxView[]; procedure?: string; office?: string; place?: string; q?: string }
export type Paging = { page?: number; size?: number }
/** The last row of the page before, for readers whose own work changes the list while they page through it. */
export type InboxPlace = { due: CalendarDate | null; openedAt: Date; taskId: string }

export type InboxItem = {
  taskId: string
  version: number
  element: string
  title: string
  form: string | null
  number: string
  procedure: string
  subject: string
  filedOn: CalendarDate
  due: CalendarDate | null
  overdue: boolean
  provisional: boolean
  missed: boolean
  assignee: string | null
  office: string
  place: string
  openedAt: Date
}
export type CaseItem = {
  number: string
  procedure: string
  subject: string
  filedOn: CalendarDate
  status: 'open' | 'closed'
  outcome: string
  standing: string
  office: string
  place: string
  due: CalendarDate | null
  missed: boolean
}
export type Listed<Item> = { items: Item[]; total: number; page: number; size: number }

export type SealedRow = { case_id: string; package_hash: string; content: Buffer; wrapped: Buffer; wrapping_key: string }
type InboxRow = SealedRow & {
  task_id: string
  version: number
  element: string
  form: string | null
  number: string
  filed_on: CalendarDate
  due_on: CalendarDate | null
  missed: boolean
  provisional: boolean
  assignee: string | null
  organization_id: string | null
  place_id: string | null
  opened_at: Date
  instance: number | null
  total: number
}

/** Tasks that this member of staff may do, the one whose legal limit ends first on top. */
export async function listInbox(
  ctx: Ctx,
  filter: InboxFilter,
  paging: Paging & { after?: InboxPlace },
  language: Language,
): Promise<Listed<InboxItem>> {
  const { page, size } = pageOf(paging)
  const { rows } = await inReading(ctx, (trx) =>
    sql<InboxRow>`select t.task_id, t.version, t.element, t.form, t.due_on, t.assignee, t.organization_id, t.opened_at, t.instance, c.case_id, c.number, c.filed_on, c.missed, c.place_id, c.package_hash, c.content, k.wrapped, k.wrapping_key,
        exists (select 1 from deadlines d where d.tenant_id = c.tenant_id and d.case_id = c.case_id and d.status = 'running' and d.provisional and d.due_on = t.due_on) as provisional, n.total
      from (select m.task_id, m.total from (${openTasks(ctx, filter, sql`t.task_id, t.due_on, t.opened_at, count(*) over ()::int as total`)}) m
        where ${afterPlace(paging.after)} order by m.due_on nulls last, m.opened_at, m.task_id limit ${size} offset ${(page - 1) * size}) n
      join tasks t on t.tenant_id = ${ctx.tenant} and t.task_id = n.task_id
      join cases c on c.tenant_id = ${ctx.tenant} and c.case_id = t.case_id
      left join lateral vault.get_keys(${ctx.tenant}, array[c.case_id]) k on true
      order by t.due_on nulls last, t.opened_at, t.task_id`.execute(trx),
  )
  const town = await getTown(ctx)
  const now = today(ctx)
  const items = await Promise.all(
    rows.map(async (row): Promise<InboxItem> => {
      const procedure = await getPackage(ctx, row.package_hash)
      const say = speaker(procedure, language)
      return {
        taskId: row.task_id,
        version: row.version,
        element: row.element,
        title: withInstance(say(`element.${row.element}`), row.instance === null ? undefined : { n: row.instance, name: '' }, language),
        form: row.form,
        number: row.number,
        procedure: say('title'),
        subject: subjectOf(procedure, openContent(ctx, row)?.filing ?? {}),
        filedOn: row.filed_on,
        due: row.due_on,
        overdue: row.due_on !== null && row.due_on < now,
        provisional: row.provisional,
        missed: row.missed,
        assignee: row.assignee,
        office: nameOf(town, row.organization_id, language),
        place: town.villages.get(row.place_id ?? '')?.name[language] ?? '',
        openedAt: row.opened_at,
      }
    }),
  )
  return { items, total: rows[0]?.total ?? (page > 1 ? (await listInbox(ctx, filter, { size: 1 }, language)).total : 0), page, size }
}

/** How many tasks each view of the inbox lists, in one statement over the same conditions. */
export async function countInbox(
  ctx: Ctx,
  filter: Omit<InboxFilter, 'view'> = {},
): Promise<Record<'all' | 'mine' | 'free' | 'overdue' | 'soon', number>> {
  const views = ['all', 'mine', 'free', 'overdue', 'soon'] as const
  const columns = sql.join(views.map((view) => sql`count(*) filter (where ${viewCondition(ctx, view)})::int as ${sql.ref(view)}`))
  const { rows } = await inReading(ctx, (trx) => sql<Record<(typeof views)[number], number>>`${openTasks(ctx, filter, columns)}`.execute(trx))
  return rows[0] ?? { all: 0, mine: 0, free: 0, overdue: 0, soon: 0 }
}

function openTasks(ctx: Ctx, filter: InboxFilter, columns: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`select ${columns} from tasks t join cases c on c.tenant_id = t.tenant_id and c.case_id = t.case_id
    where t.tenant_id = ${ctx.tenant} and t.status = 'open' and ${doableTasks(ctx)} and ${sql.join(
      viewsOf(filter).map((view) => viewCondition(ctx, view)),
      sql` and `,
    )}
      and ${filter.procedure ? sql`c.procedure = ${filter.procedure}` : sql`true`}
      and ${filter.office ? sql`t.organization_id = ${filter.office}` : sql`true`}
      and ${filter.place ? sql`c.place_id = ${filter.place}` : sql`true`}
      and ${searchCondition(ctx, filter.q)}`
}

const viewsOf = ({ view = 'all' }: InboxFilter): readonly InboxView[] => (typeof view === 'string' ? [view] : ['all', ...view])

/** Rows after a place, in the order of the inbox. */
function afterPlace(place: InboxPlace | undefined): RawBuilder<unknown> {
  if (!place) return sql`true`
  const { due, openedAt, taskId } = place
  const later = sql`(m.opened_at, m.task_id) > (${openedAt}::timestamptz, ${taskId}::uuid)`
  return due === null
    ? sql`(m.due_on is null and ${later})`
    : sql`(m.due_on > ${due}::date or m.due_on is null or (m.due_on = ${due}::date and ${later}))`
}

function viewCondition(ctx: Ctx, view: InboxView): RawBuilder<unknown> {
  const userId = ctx.actor.kind === 'staff' ? ctx.actor.userId : ''
  switch (view) {
    case 'all':
      return sql`true`
    case 'mine':
      return sql`t.assignee = ${userId}`
    case 'free':
      return sql`t.assignee is null`
    case 'overdue':
      return sql`t.due_on < ${today(ctx)}::date`
    case 'soon':
      return sql`t.due_on between ${today(ctx)}::date and ${today(ctx)}::date + 3`
  }
}

/** Words and numbers: a case number as it is typed, else every pair of characters must occur in the matter's texts. */
function searchCondition(ctx: Ctx, q: string | undefined): RawBuilder<unknown> {
  const text = (q ?? '').replaceAll('\0', '').trim()
  if (text === '') return sql`true`
  const tokens = tokensOf(ctx, text)
  const byNumber = isCaseNumber(text.toUpperCase()) ? sql`c.number = ${text.toUpperCase()}` : sql`false`
  if (tokens.length === 0) return byNumber
  return sql`(${byNumber} or exists (select 1 from case_search s where s.tenant_id = c.tenant_id and s.case_id = c.case_id and s.tokens @> ${tokens}::bigint[]))`
}

/** `workAt`: the body whose posts have an open task in it. */
export type CaseFilter = {
  q?: string
  status?: 'open' | 'closed'
  office?: string
  workAt?: string
  place?: string
  procedure?: string
  missed?: boolean
  from?: CalendarDate
  to?: CalendarDate
}
type CaseRowListed = SealedRow & {
  number: string
  filed_on: CalendarDate
  status: 'open' | 'closed'
  outcome: string | null
  handling_office: string | null
  place_id: string | null
  next_due_on: CalendarDate | null
  missed: boolean
  elements: string[] | null
  total: number
}

/** Counting stops here: a list that long is narrowed by filters, not paged through. */
export const countedAtMost = 2000

/** Cases that this actor may read, newest first. `total` is at most `countedAtMost`. */
export async function listCases(ctx: Ctx, filter: CaseFilter, paging: Paging, language: Language): Promise<Listed<CaseItem>> {
  const { page, size } = pageOf(paging)
  const conditions = sql`c.tenant_id = ${ctx.tenant} and ${readableCases(ctx)} and ${searchCondition(ctx, filter.q)}
    and ${filter.status ? sql`c.status = ${filter.status}` : sql`true`} and ${filter.office ? sql`c.handling_office = ${filter.office}` : sql`true`}
    and ${filter.workAt ? sql`exists (select 1 from tasks t where t.tenant_id = c.tenant_id and t.case_id = c.case_id and t.status = 'open' and t.organization_id = ${filter.workAt})` : sql`true`}
    and ${filter.place ? sql`c.place_id = ${filter.place}` : sql`true`} and ${filter.procedure ? sql`c.procedure = ${filter.procedure}` : sql`true`}
    and ${filter.missed === undefined ? sql`true` : sql`c.missed = ${filter.missed}`}
    and ${filter.from ? sql`c.filed_on >= ${filter.from}` : sql`true`} and ${filter.to ? sql`c.filed_on <= ${filter.to}` : sql`true`}`
  const { rows } = await inReading(ctx, (trx) =>
    sql<CaseRowListed>`select c.case_id, c.number, c.filed_on, c.status, c.outcome, c.handling_office, c.place_id, c.next_due_on, c.missed, c.package_hash, c.content, k.wrapped, k.wrapping_key,
        (select count(*)::int from (select 1 from cases c where ${conditions} order by c.filed_at desc limit ${countedAtMost}) counted) as total,
        (select array_agg(t.element order by t.opened_at) from tasks t where t.tenant_id = c.tenant_id and t.case_id = c.case_id and t.status = 'open') as elements
      from (select c.case_id from cases c where ${conditions} order by c.filed_at desc, c.case_id limit ${size} offset ${(page - 1) * size}) n
      join cases c on c.tenant_id = ${ctx.tenant} and c.case_id = n.case_id
      left join lateral vault.get_keys(${ctx.tenant}, array[c.case_id]) k on true
      order by c.filed_at desc, c.case_id`.execute(trx),
  )
  const total = rows[0]?.total ?? (page > 1 ? (await listCases(ctx, filter, { size: 1 }, language)).total : 0)
  return { items: await Promise.all(rows.map((row) => toCaseItem(ctx, row, language))), total, page, size }
}

async function toCaseItem(ctx: Ctx, row: CaseRowListed, language: Language): Promise<CaseItem> {
  const procedure = await getPackage(ctx, row.package_hash)
  const town = await getTown(ctx)
  const say = speaker(procedure, language)
  return {
    number: row.number,
    procedure: say('title'),
    subject: subjectOf(procedure, openContent(ctx, row)?.filing ?? {}),
    filedOn: row.filed_on,
    status: row.status,
    outcome: row.outcome ? say(`outcome.${row.outcome}`) : '',
    standing: (row.elements ?? []).map((element) => say(`element.${element}`)).join(language === 'zh' ? '、' : ', '),
    office: nameOf(town, row.handling_office, language),
    place: town.villages.get(row.place_id ?? '')?.name[language] ?? '',
    due: row.next_due_on,
    missed: row.missed,
  }
}

/** The data of a listed case; undefined when it was erased. */
export function openContent(ctx: Ctx, row: SealedRow): CaseContent | undefined {
  // An erased case keeps its row; its words are gone.
  if (!row.wrapped) return undefined
  const key = ctx.services.keyring.unwrap({ wrapped: row.wrapped, wrappingKey: row.wrapping_key })
  return decryptJson<CaseContent>(key, row.content, `content/${ctx.tenant}/${row.case_id}`)
}

/** What is no number, or far outside, becomes the nearest sensible page. */
const pageOf = ({ page = 1, size = 25 }: Paging) => ({ page: clamp(page, 1, 1_000_000, 1), size: clamp(size, 1, 100, 25) })
const clamp = (value: number, least: number, most: number, otherwise: number) =>
  Number.isNaN(value) ? otherwise : Math.min(most, Math.max(least, Math.trunc(value)))
