// What everybody may know beforehand: hearings, periods for comment, votes, days by which something is to be disclosed, and when a hall is taken (not by whom or what for).
// 重大行政决策程序暂行条例 Art 15, 16; 政府信息公开条例 Art 26; 村民委员会组织法 Art 30.
import type { CalendarDate } from '../clock.ts'
import type { Ctx } from '../context.ts'
import { listConsultations } from '../consultations/read.ts'
import { addDays } from '../deadlines/dates.ts'
import { listProcedures } from '../procedures/packages.ts'
import { getTown, today } from '../towns/towns.ts'
import { listBallots } from '../votes/votes.ts'
import { selectAnnounced, selectPublicSessions } from './public-queries.ts'

/**
 * `id` never changes, so a calendar follows one that is moved. `path` is the page about it, below the town's address; null: this list itself.
 * Days are whole, the last included; a hearing and a hall taken have `start` and `end` as well. `words` ties a disclosure to its texts: procedure and deadline.
 */
export type PublicDate = {
  id: string
  kind: 'hearing' | 'venue' | 'consultation' | 'vote' | 'disclosure'
  title: string
  place: string
  office: string | null
  from: CalendarDate
  until: CalendarDate
  start?: Date
  end?: Date
  sequence: number
  changedAt: Date
  path: string | null
  words?: { procedure: string; deadline: string; number: string }
}

/** How long a date stays after it is over: subscribers and latecomers still find it. */
const keptDays = 90

/** Dates that are not over for longer than ninety days, the earliest first. */
export async function listPublicDates(ctx: Ctx): Promise<PublicDate[]> {
  const since = addDays(today(ctx), -keptDays)
  const all = [...(await sessions(ctx, since)), ...(await consultations(ctx)), ...(await votes(ctx)), ...(await disclosures(ctx, since))]
  return all.filter(({ until }) => until >= since).toSorted((a, b) => compare(sortOf(a), sortOf(b)))
}

const sortOf = ({ from, start, id }: PublicDate) => `${from}${start?.toISOString() ?? ''}${id}`
const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

async function sessions(ctx: Ctx, since: CalendarDate): Promise<PublicDate[]> {
  const venues = (await listProcedures(ctx)).filter(({ manifest }) => manifest.provides.includes('venue-booking')).map(({ slug }) => slug)
  return (await selectPublicSessions(ctx, since)).map((row) => ({
    id: `${row.number}-${row.element}`,
    kind: venues.includes(row.procedure) ? 'venue' : 'hearing',
    title: row.public.title,
    place: row.public.place,
    office: row.organization_id,
    from: row.on_date,
    until: row.until_date,
    start: row.starts_at,
    end: row.ends_at,
    sequence: row.moved,
    changedAt: row.made_at,
    path: row.consultation === null ? null : `/consultations/${row.consultation}`,
  }))
}

const consultations = async (ctx: Ctx): Promise<PublicDate[]> =>
  (await listConsultations(ctx)).map((one) => ({
    id: one.consultation_id,
    kind: 'consultation',
    title: one.title,
    place: '',
    office: one.organization_id,
    from: one.opens_on,
    until: one.closes_on,
    sequence: 0,
    changedAt: one.answered_at ?? one.closed_at ?? one.opened_at,
    path: `/consultations/${one.number}`,
  }))

/** A ballot keeps no time but its days. */
const votes = async (ctx: Ctx): Promise<PublicDate[]> =>
  (await listBallots(ctx)).map((ballot) => ({
    id: ballot.ballot_id,
    kind: 'vote',
    title: ballot.question,
    place: '',
    office: null,
    from: ballot.opens_on,
    until: ballot.closes_on,
    sequence: ballot.status === 'closed' ? 1 : 0,
    changedAt: new Date(`${ballot.opens_on}T00:00:00Z`),
    path: `/votes/${ballot.ballot_id}`,
  }))

/** Deadlines that a procedure announces, of cases that are neither sealed nor held back. */
async function disclosures(ctx: Ctx, since: CalendarDate): Promise<PublicDate[]> {
  const announced = (await listProcedures(ctx)).flatMap(({ slug, manifest }) =>
    manifest.deadlines.filter((row) => row.announced).map((row) => ({ procedure: slug, deadline: row.id })),
  )
  if (announced.length === 0) return []
  const town = await getTown(ctx)
  return (await selectAnnounced(ctx, announced, since)).map((row) => ({
    id: `${row.number}-${row.deadline}-${row.instance}`,
    kind: 'disclosure',
    title: '',
    place: '',
    office: row.handling_office === null ? null : (town.organizations.get(row.handling_office)?.id ?? null),
    from: row.due_on,
    until: row.due_on,
    sequence: row.extensions,
    changedAt: row.filed_at,
    path: row.is_item ? `/open/items/${row.number}` : null,
    words: { procedure: row.procedure, deadline: row.deadline, number: row.number },
  }))
}
