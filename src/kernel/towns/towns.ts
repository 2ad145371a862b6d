// A town as every step needs it: settings, calendar, bodies, posts, local numbers. Read once, kept until a version changes.
import { dateIn, systemClock, type CalendarDate } from '../clock.ts'
import type { Ctx } from '../context.ts'
import { buildCalendar, type Calendar, type CalendarEntry, type HolidayNotice } from '../deadlines/calendar.ts'
import type { ParameterRow } from '../deadlines/parameters.ts'
import { notFound } from '../errors.ts'
import { type Clause, clausesOf } from './clauses.ts'
import { readTown, readVersions, type TownRow } from './queries.ts'

export type OfficeKind = 'own' | 'village' | 'superior' | 'outside'
export type LocalName = { zh: string; en: string }
export type Organization = {
  id: string
  kind: OfficeKind
  parent?: string
  name: LocalName
  seal?: string
  address?: string
  phone?: string
  hours?: string
}
export type Post = {
  id: string
  duty: string
  organization: string
  title: LocalName
  reportsTo?: string
  clears?: string[]
  jurisdiction?: string[]
}
export type Village = { id: string; name: LocalName }
/** Of the register of mediators: people stand in it by their own acceptance. */
export type Mediator = { id: string; name: LocalName; organization: string; kinds: string[]; fields?: string; acceptedOn: CalendarDate }

export type Town = {
  tenant: string
  name: LocalName
  zone: string
  demo: boolean
  settings: Record<string, unknown>
  calendar: Calendar
  organizations: ReadonlyMap<string, Organization>
  posts: ReadonlyMap<string, Post>
  villages: ReadonlyMap<string, Village>
  mediators: ReadonlyMap<string, Mediator>
  clauses: ReadonlyMap<string, Clause>
  /** Local numbers by `<procedure>/<parameter>`. */
  overrides: ReadonlyMap<string, ParameterRow[]>
}

type Kept = { town: Town; versions: string; checkedAt: number }
const kept = new WeakMap<object, Map<string, Kept>>()
/** Other processes see a changed register within this time; this process at once. */
const trustMilliseconds = 1000

/** The town of this context. @throws `tenant.not_found`. */
export async function getTown(ctx: Ctx): Promise<Town> {
  const towns = townsOf(ctx)
  const known = towns.get(ctx.tenant)
  const now = systemClock.now().getTime()
  if (known && now - known.checkedAt < trustMilliseconds) return known.town
  const versions = await readVersions(ctx)
  if (known && known.versions === versions) {
    known.checkedAt = now
    return known.town
  }
  const town = toTown(await readTown(ctx), ctx)
  towns.set(ctx.tenant, { town, versions, checkedAt: now })
  return town
}

/** To be called after a register or a setting changed in this process. */
export const forgetTown = (ctx: Ctx): void => void townsOf(ctx).delete(ctx.tenant)

function townsOf(ctx: Ctx): Map<string, Kept> {
  const found = kept.get(ctx.services)
  if (found) return found
  const made = new Map<string, Kept>()
  kept.set(ctx.services, made)
  return made
}

function toTown(row: TownRow | undefined, ctx: Ctx): Town {
  if (!row) throw notFound('tenant.not_found', 'There is no such town.')
  const entries = <T>(register: string): [string, T][] =>
    row.entries.filter((entry) => entry.register === register).map((entry) => [entry.entry_id, entryData<T>(entry)])
  const holidays = entries<CalendarEntry & { id: string; notice_year?: number }>('holidays').map(([, data]) => data)
  const notices = entries<HolidayNotice>('holiday-notices').map(([, data]) => data)
  const local = entries<CalendarEntry>('local-rest-days').map(([, data]) => data)
  return {
    tenant: ctx.tenant,
    name: row.name,
    zone: row.zone,
    demo: row.demo,
    settings: row.settings,
    calendar: buildCalendar(holidays, notices, local),
    organizations: new Map(entries<Organization>('organizations')),
    posts: new Map(entries<Post>('posts')),
    villages: new Map(entries<Village>('villages')),
    mediators: new Map(entries<Mediator>('mediators')),
    clauses: clausesOf(entries<Parameters<typeof clausesOf>[0][number]>('agreement-clauses').map(([, row]) => row)),
    overrides: Map.groupBy(row.overrides, (override) => override.key),
  }
}

/** Register entries were checked against their schema when written; the register's name fixes their type. */
const entryData = <T>(entry: { entry_id: string; data: object }): T => ({ id: entry.entry_id, ...entry.data }) as T

/** The own organization (or the superior body) that has a post with one of these duties. */
export function findOfficeWithDuty(town: Town, kind: OfficeKind, duties: string[]): string | undefined {
  for (const post of town.posts.values()) {
    if (duties.includes(post.duty) && town.organizations.get(post.organization)?.kind === kind) return post.organization
  }
  return undefined
}

/** Posts upwards from this one along the reporting line; a loop ends it. */
export function reportingLine(town: Town, postId: string): Post[] {
  const line: Post[] = []
  let next = town.posts.get(postId)?.reportsTo
  while (next && !line.some((post) => post.id === next)) {
    const post = town.posts.get(next)
    if (!post) break
    line.push(post)
    next = post.reportsTo
  }
  return line
}

export const today = (ctx: Ctx): CalendarDate => dateIn(ctx.zone, ctx.clock.now())
