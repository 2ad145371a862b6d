// Sessions of a case (schedule@1) for those who take part: on the page, as a file, and as a feed that a calendar subscribes to.
import { createHash, randomBytes } from 'node:crypto'
import { ICalCalendar, ICalCalendarMethod, ICalEventStatus } from 'ical-generator'
import { partiesOf } from '../access/rule.ts'
import { accessOf } from '../cases/access-of.ts'
import type { SessionContent } from '../cases/joint-actions.ts'
import { getCase, loadCase } from '../cases/load-case.ts'
import type { LoadedCase } from '../cases/types.ts'
import { as, type Ctx } from '../context.ts'
import { DomainError, forbidden, notFound } from '../errors.ts'
import { decryptJson } from '../keys/keyring.ts'
import { getTown } from '../towns/towns.ts'
import { findFeed, replaceFeed, selectSessions, type SessionRow } from './queries.ts'

/** `sequence`: how often it was moved (RFC 5545, 3.8.7.4). */
export type Session = { element: string; title: string; place: string; start: Date; end: Date; madeAt: Date; sequence: number }

/** The sessions in force that this reader takes part in; staff who may read the case see all. @throws `case.not_found`. */
export async function listSessions(ctx: Ctx, by: { number: string }): Promise<Session[]> {
  const { loaded } = await getCase(ctx, by, 'case.read')
  const { parties, represented } = partiesOf(ctx.actor, accessOf(loaded))
  const roles = ctx.actor.kind === 'staff' ? undefined : rolesOf(loaded, [...parties, ...represented])
  return toSessions(ctx, loaded, await selectSessions(ctx, loaded.row.case_id), roles)
}

const rolesOf = (loaded: LoadedCase, ids: string[]): string[] =>
  loaded.parties.filter((party) => ids.includes(party.partyId)).map((party) => party.role)

function toSessions(ctx: Ctx, loaded: LoadedCase, rows: SessionRow[], roles: string[] | undefined): Session[] {
  return rows.flatMap((row): Session[] => {
    if (row.replaced) return []
    const content = decryptJson<SessionContent>(loaded.key, row.content, `session/${ctx.tenant}/${row.session_id}`)
    if (roles && !content.participants.some((role) => roles.includes(role))) return []
    const sequence = rows.filter((other) => other.element === row.element && other.replaced).length
    return [
      {
        element: row.element,
        title: content.title,
        place: content.place,
        start: row.starts_at,
        end: row.ends_at,
        madeAt: row.made_at,
        sequence,
      },
    ]
  })
}

/** The sessions as an iCalendar object (RFC 5545). It names the matter by its number and says nothing of what it is about. */
export async function readCalendar(ctx: Ctx, by: { number: string }): Promise<string> {
  return toCalendar(ctx, by.number, await listSessions(ctx, by))
}

async function toCalendar(ctx: Ctx, number: string, sessions: Session[]): Promise<string> {
  const town = await getTown(ctx)
  const calendar = new ICalCalendar({
    name: `${town.name.zh} ${number}`,
    prodId: { company: 'Xiangli', product: 'Xiangli', language: 'ZH' },
    method: ICalCalendarMethod.PUBLISH,
    ttl: 3600,
  })
  for (const session of sessions)
    calendar.createEvent({
      // The same session keeps its id when it is moved.
      id: `${number}-${session.element}@${ctx.tenant}.xiangli`,
      sequence: session.sequence,
      start: session.start,
      end: session.end,
      stamp: session.madeAt,
      summary: `${town.name.zh} ${session.title || number}`,
      description: number,
      location: session.place,
      status: ICalEventStatus.CONFIRMED,
    })
  return calendar.toString()
}

/** Makes the address of a party's own feed; the one before ends. Only she gets it. @throws `case.not_found`, `calendar.party`. */
export async function makeFeed(ctx: Ctx, by: { number: string }): Promise<{ secret: string }> {
  const { loaded } = await getCase(ctx, by, 'case.read')
  const [partyId] = partiesOf(ctx.actor, accessOf(loaded)).parties
  if (partyId === undefined) throw forbidden('calendar.party', 'Only the party makes an address for her calendar.')
  const secret = randomBytes(32).toString('base64url')
  await replaceFeed(ctx, { hash: hashOf(secret), caseId: loaded.row.case_id, partyId })
  return { secret }
}

/** What the address of a feed shows; the address is all that is asked for. @throws `calendar.not_found`. */
export async function readFeed(ctx: Ctx, secret: string): Promise<string> {
  const none = () => notFound('calendar.not_found', 'There is no such calendar.')
  const feed = await findFeed(ctx, hashOf(secret))
  if (!feed) throw none()
  try {
    const reader = as(ctx, { kind: 'receipt', caseId: feed.case_id, partyId: feed.party_id })
    const { row } = await loadCase(reader, feed.case_id)
    return await readCalendar(reader, { number: row.number })
  } catch (error) {
    // Erased, or no longer hers.
    if (error instanceof DomainError && error.kind === 'not_found') throw none()
    throw error
  }
}

const hashOf = (secret: string): Buffer => createHash('sha256').update(`calendar:${secret}`).digest()
