import { sql, type RawBuilder } from 'kysely'
import type { Ctx } from '../context.ts'
import { type Db, inTenant } from '../database/database.ts'
import { today } from '../towns/towns.ts'
import { type Claim, claimsOf, clearancesOf, keysOf } from './claims.ts'
import { mayInTown } from './rule.ts'

/** The access rule as a condition on `cases c`: the same answer for lists, counts and search as levelFor gives for the page. */
export function readableCases(ctx: Ctx): RawBuilder<boolean> {
  const { actor } = ctx
  const party = sql`p.tenant_id = c.tenant_id and p.case_id = c.case_id and not p.blind`
  const mandate = sql`exists (select 1 from mandates m join parties p on ${party} and p.party_id = m.party_id
    where m.tenant_id = c.tenant_id and m.case_id = c.case_id and ${inForce(ctx)}`
  switch (actor.kind) {
    case 'staff': {
      const opened = actor.opened ?? []
      const claims = claimsOf(actor).map(claimCondition)
      if (opened.length > 0)
        claims.push(sql<boolean>`(c.case_id = any(${opened}::uuid[]) and coalesce(c.sealed_class, '') not in ('caucus', 'informer'))`)
      return sql<boolean>`((${claims.length > 0 ? sql.join(claims, sql` or `) : sql`false`}) and ${notBarred(ctx)})`
    }
    case 'resident':
      return sql<boolean>`(exists (select 1 from parties p where ${party} and p.account_id = ${actor.accountId})
        or ${mandate} and m.account_id = ${actor.accountId}))`
    case 'receipt':
      return actor.mandateId === undefined
        ? sql<boolean>`(c.case_id = ${actor.caseId} and exists (select 1 from parties p where ${party} and p.party_id = ${actor.partyId}))`
        : sql<boolean>`(c.case_id = ${actor.caseId} and ${mandate} and m.mandate_id = ${actor.mandateId} and m.party_id = ${actor.partyId}))`
    case 'system':
      return sql<boolean>`true`
    case 'anonymous':
      return sql<boolean>`false`
  }
}

/**
 * Open work of the actor's posts as a condition on `tasks t` and `cases c`: what task.complete gives for one task. Nobody but staff has any.
 */
export function doableTasks(ctx: Ctx): RawBuilder<boolean> {
  const { actor } = ctx
  if (actor.kind !== 'staff') return sql<boolean>`false`
  const offices = actor.posts.map((post) => post.organizationId)
  const claims = claimsOf(actor).flatMap(({ keys, ...claim }) => {
    const duties = keys.filter((key) => key.startsWith('duty:') && key.includes('@'))
    const handed = keys.filter((key) => key.startsWith('handed:'))
    return [
      sql<boolean>`(t.organization_id = any(${offices}::text[]) and exists (select 1 from unnest(t.duties) duty where 'duty:' || duty || '@' || t.organization_id = any(${duties}::text[])) and ${within(claim)})`,
      // A sealed case is worked on where it was handed.
      ...(claim.sealed === null ? [] : [sql<boolean>`(c.readers && ${handed}::text[] and ${within(claim)})`]),
    ]
  })
  return sql<boolean>`((${claims.length > 0 ? sql.join(claims, sql` or `) : sql`false`})
    and not (${actor.userId} = any(t.barred)) and ${notBarred(ctx)})`
}

/** Cases whose broken seals this actor decides on: what glass.decide gives, but for whoever asked herself. */
export const overseenCases = (ctx: Ctx): RawBuilder<boolean> => (mayInTown(ctx.actor, 'glass.oversee') ? notBarred(ctx) : sql<boolean>`false`)

/** Reads for lists: the tenant, and the sealed classes that the actor's posts open. */
export const inReading = <T>(ctx: Ctx, work: (trx: Db) => Promise<T>): Promise<T> =>
  inTenant(ctx.db, ctx.tenant, async (trx) => {
    const classes = clearancesOf(ctx.actor)
    // A transaction that is open already has its own setting.
    if (classes.length > 0 && !ctx.db.isTransaction) await sql`select set_config('app.sealed', ${classes.join(',')}, true)`.execute(trx)
    return work(trx)
  })

/** Mandates `m` that are in force today. */
const inForce = (ctx: Ctx): RawBuilder<boolean> =>
  sql<boolean>`m.revoked_at is null and m.from_on <= ${today(ctx)}::date and (m.to_on is null or m.to_on >= ${today(ctx)}::date)`

const claimCondition = ({ keys, ...claim }: Claim): RawBuilder<boolean> => sql<boolean>`(c.readers && ${keys}::text[] and ${within(claim)})`

const within = ({ places, sealed }: Omit<Claim, 'keys'>): RawBuilder<boolean> =>
  sql<boolean>`${sealed === null ? sql`c.sealed_class is null` : sql`c.sealed_class = ${sealed}`}${places === null ? sql`` : sql` and c.place_id = any(${places}::text[])`}`

/** Deny first: recused, or of the unit complained of or its line. */
function notBarred(ctx: Ctx): RawBuilder<boolean> {
  const { actor } = ctx
  if (actor.kind === 'system') return sql<boolean>`true`
  return sql<boolean>`not (c.excluded && ${keysOf(actor)}::text[])
    and not exists (select 1 from recusals r where r.tenant_id = c.tenant_id and r.case_id = c.case_id and r.user_id = ${actor.kind === 'staff' ? actor.userId : ''})`
}
