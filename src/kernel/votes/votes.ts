// A ballot of residents: one person, one vote, and nobody keeps who voted what (decision 0020 says against whom this holds and against whom not).
import { randomUUID } from 'node:crypto'
import type { Ctx } from '../context.ts'
import { inTenant } from '../database/database.ts'
import { conflict, DomainError, forbidden, invalid, notFound } from '../errors.ts'
import { isUuid } from '../ids.ts'
import { decrypt, decryptJson, encrypt, encryptJson, keyedHash, newCaseKey } from '../keys/keyring.ts'
import { today } from '../towns/towns.ts'
import * as queries from './queries.ts'
import type { BallotResult, BallotRow } from './queries.ts'

/** What anyone may know of a ballot: while it runs not even how many took part. */
export type Ballot = Pick<
  BallotRow,
  'ballot_id' | 'number' | 'question' | 'options' | 'choose' | 'opens_on' | 'closes_on' | 'status' | 'result' | 'case_id' | 'element'
>

/** Fewer voters than this and no sums are kept: they would say what each of them chose. */
const fewest = 5

/** A key for the votes that wait, as a row of a ballot holds it. */
export function newBallotKey(ctx: Ctx): { wrapped: Buffer; wrappingKey: string } {
  return ctx.services.keyring.wrap(newCaseKey())
}

/** Newest first. */
export const listBallots = (ctx: Ctx, limit = 50): Promise<Ballot[]> =>
  inTenant(ctx.db, ctx.tenant, async (db) => (await queries.selectBallots({ ...ctx, db }, limit)).map(toBallot))

/** @throws `ballot.not_found`. */
export const getBallot = (ctx: Ctx, ballotId: string): Promise<Ballot> =>
  inTenant(ctx.db, ctx.tenant, async (db) => toBallot(await find({ ...ctx, db }, ballotId, 'none')))

/** Has the resident who asks voted here? */
export const hasVoted = (ctx: Ctx, ballotId: string): Promise<boolean> =>
  inTenant(ctx.db, ctx.tenant, async (db) => {
    const own = { ...ctx, db }
    return queries.selectMark(own, ballotId, await markOf(own, ballotId))
  })

/**
 * Votes for the options at these places (from 0); an empty list is a blank vote. The vote is kept under a key that is thrown away
 * when enough votes lie together; it cannot be changed or looked up again.
 * @throws `ballot.closed`, `ballot.already_voted` (409), `ballot.resident_only`, `ballot.unconfirmed` (403), `ballot.choice` (422).
 */
export async function castVote(ctx: Ctx, ballotId: string, choices: readonly number[]): Promise<void> {
  const isFull = await inTenant(ctx.db, ctx.tenant, async (db) => {
    const own = { ...ctx, db }
    const ballot = await find(own, ballotId, 'share')
    const mark = await markOf(own, ballotId)
    checkOpen(ctx, ballot)
    const vote = toVote(ballot, choices)
    if (!(await queries.insertMark(own, ballotId, mark))) throw conflict('ballot.already_voted', 'You have voted on this already.')
    const poolId = randomUUID()
    await queries.insertPooled(own, ballotId, poolId, encrypt(keyOf(ctx, ballot), vote, sealOf(ctx, ballotId, poolId)))
    return (await queries.countPooled(own, ballotId)) >= ballot.batch
  })
  if (isFull) await mixBallot(ctx, ballotId)
}

/** Adds the waiting votes to the sums, when they are enough to hide in. */
const mixBallot = (ctx: Ctx, ballotId: string): Promise<void> =>
  inTenant(ctx.db, ctx.tenant, async (db) => {
    const own = { ...ctx, db }
    const ballot = await find(own, ballotId, 'update')
    if (ballot.status === 'closed' || (await queries.countPooled(own, ballotId)) < ballot.batch) return
    const sums = await mix(own, ballot)
    const key = newCaseKey()
    await queries.updateTally(own, ballotId, ctx.services.keyring.wrap(key), encryptJson(key, padded(sums), tallyOf(ctx, ballotId)))
  })

/**
 * Counts and ends a ballot; again, it gives what was counted. Afterwards there is no vote, no mark and no key left, only sums.
 * Within a transaction of the caller it is part of that transaction.
 */
export const closeBallot = (ctx: Ctx, ballotId: string): Promise<BallotResult> =>
  inTenant(ctx.db, ctx.tenant, async (db) => {
    const own = { ...ctx, db }
    const ballot = await find(own, ballotId, 'update')
    if (ballot.result) return ballot.result
    const sums = await mix(own, ballot)
    const voters = await queries.deleteMarks(own, ballotId)
    const result = voters < fewest ? { voters } : { voters, votes: sums }
    await queries.updateClosed(own, ballotId, result)
    return result
  })

/** The ballot that an element of a case opened. @throws `ballot.not_found`. */
export const getBallotOf = (ctx: Ctx, caseId: string, element: string): Promise<Ballot> =>
  inTenant(ctx.db, ctx.tenant, async (db) => {
    const own = { ...ctx, db }
    const found = await queries.selectBallotOf(own, caseId, element)
    return toBallot(await find(own, found?.ballot_id ?? '', 'none'))
  })

/** Wraps the keys of open ballots under this month's wrapping key, before older ones are destroyed. */
export const rewrapBallots = (ctx: Ctx): Promise<number> =>
  inTenant(ctx.db, ctx.tenant, async (db) => {
    const own = { ...ctx, db }
    const { keyring } = ctx.services
    const old = await queries.selectOldBallots(own, keyring.currentWrappingKey())
    for (const ballotId of old) {
      const ballot = await find(own, ballotId, 'update')
      if (ballot.status === 'open') await queries.updateTally(own, ballotId, keyring.wrap(keyOf(ctx, ballot)), ballot.tally)
    }
    return old.length
  })

/** Takes the waiting votes out and gives the sums with them; the marks of this batch lose their order. */
async function mix(ctx: Ctx, ballot: BallotRow): Promise<number[]> {
  const key = keyOf(ctx, ballot)
  const { ballot_id, options, tally } = ballot
  const sums = tally ? decryptJson<string[]>(key, tally, tallyOf(ctx, ballot_id)).map(Number) : options.map(() => 0)
  for (const { pool_id, sealed } of await queries.deletePooled(ctx, ballot_id)) {
    const vote = decrypt(key, sealed, sealOf(ctx, ballot_id, pool_id)).toString()
    for (const [place, sum] of sums.entries()) if (vote[place] === '1') sums[place] = sum + 1
  }
  await queries.reorderMarks(ctx, ballot_id)
  return sums
}

/** One character for each option: every vote of a ballot is as long as every other, so its seal tells nothing. */
function toVote({ options, choose }: BallotRow, choices: readonly number[]): string {
  const chosen = new Set(choices)
  const known = choices.every((choice) => Number.isInteger(choice) && choice >= 0 && choice < options.length)
  if (known && chosen.size === choices.length && chosen.size <= choose) return options.map((_, place) => (chosen.has(place) ? '1' : '0')).join('')
  throw invalid('ballot.choice', `Choose at most ${choose} of the options.`, [
    { pointer: '/choices', code: 'choice', message: `最多选 ${choose} 项` },
  ])
}

/** Sums of one length, for the same reason. */
const padded = (sums: number[]): string[] => sums.map((sum) => String(sum).padStart(9, '0'))

function checkOpen(ctx: Ctx, { status, opens_on, closes_on }: BallotRow): void {
  const day = today(ctx)
  if (status === 'closed' || day > closes_on) throw conflict('ballot.closed', 'This vote has ended.')
  if (day < opens_on) throw conflict('ballot.not_begun', 'This vote has not begun.')
}

/**
 * The voter's mark in one ballot: a keyed hash of her confirmed telephone number, else of her account. The key is outside the database;
 * marks of two ballots have nothing in common.
 */
async function markOf(ctx: Ctx, ballotId: string): Promise<Buffer> {
  const { actor } = ctx
  if (actor.kind !== 'resident') throw forbidden('ballot.resident_only', 'Residents vote with an account of their own.')
  const voter = await queries.selectVoter(ctx, actor.accountId)
  if (!voter || (voter.phone_key === null && !voter.email_verified))
    throw forbidden('ballot.unconfirmed', 'Confirm your telephone number or address first.')
  return keyedHash(
    ctx.services.keyring.secret(`ballot:${ctx.tenant}:${ballotId}`),
    voter.phone_key === null ? `account:${actor.accountId}` : `phone:${voter.phone_key}`,
  )
}

function keyOf(ctx: Ctx, { wrapped, wrapping_key }: BallotRow): Buffer {
  if (!wrapped || wrapping_key === null) throw new DomainError('unavailable', 'ballot.key_gone', 'This ballot is closed: its votes cannot be opened.')
  return ctx.services.keyring.unwrap({ wrapped, wrappingKey: wrapping_key })
}

async function find(ctx: Ctx, ballotId: string, lock: 'none' | 'share' | 'update'): Promise<BallotRow> {
  const ballot = isUuid(ballotId) ? await queries.selectBallot(ctx, ballotId, lock) : undefined
  if (!ballot) throw notFound('ballot.not_found', 'There is no such vote.')
  return ballot
}

const toBallot = ({ wrapped: _wrapped, wrapping_key: _wrapping, tally: _tally, batch: _batch, ...ballot }: BallotRow): Ballot => ballot
const sealOf = (ctx: Ctx, ballotId: string, poolId: string) => `vote/${ctx.tenant}/${ballotId}/${poolId}`
const tallyOf = (ctx: Ctx, ballotId: string) => `tally/${ctx.tenant}/${ballotId}`
