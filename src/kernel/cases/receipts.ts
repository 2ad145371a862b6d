// A receipt code opens one case for one party. It is shown once; only its hash is kept.
import { sql } from 'kysely'
import type { Ctx } from '../context.ts'
import { inTenant } from '../database/database.ts'
import { conflict, notFound } from '../errors.ts'
import { codeHash, isUuid, newReceiptCode } from '../ids.ts'
import { getCase, loadStep } from './load-case.ts'
import { findReceipt } from './queries.ts'
import { runStep } from './run-step.ts'
import { recordEvent, transactionOf } from './step.ts'

/** What a code stands for; `mandateId` when it is a proxy's. */
export type HeldReceipt = { caseId: string; partyId: string; mandateId?: string }

/** The case and party of a code; undefined for a code that opens nothing. The caller limits the rate. */
export async function findByReceipt(ctx: Ctx, code: string): Promise<HeldReceipt | undefined> {
  const found = await findReceipt(ctx, codeHash(code))
  return found && { caseId: found.case_id, partyId: found.party_id, ...(found.mandate_id ? { mandateId: found.mandate_id } : {}) }
}

/**
 * The party that holds the same code in a case linked to the one that the actor's receipt opens; undefined when it is not hers.
 * The receipt of one case leads to the other: the page that follows such a link opens it for this browser.
 */
export async function findLinkedReceipt(ctx: Ctx, caseId: string): Promise<{ caseId: string; partyId: string; number: string } | undefined> {
  const { actor } = ctx
  // A mandate is for one matter: a proxy's code leads no further.
  if (actor.kind !== 'receipt' || actor.mandateId !== undefined || !isUuid(caseId)) return undefined
  const { rows } = await inTenant(ctx.db, ctx.tenant, (trx) =>
    sql<{ party_id: string; number: string }>`select other.party_id, c.number from parties own
      join case_links l on l.tenant_id = own.tenant_id and l.case_id = own.case_id and l.other_case_id = ${caseId}
      join parties other on other.tenant_id = own.tenant_id and other.case_id = l.other_case_id and other.receipt_hash = own.receipt_hash
      join cases c on c.tenant_id = other.tenant_id and c.case_id = other.case_id
      where own.tenant_id = ${ctx.tenant} and own.case_id = ${actor.caseId} and own.party_id = ${actor.partyId}`.execute(trx),
  )
  const [row] = rows
  return row && { caseId, partyId: row.party_id, number: row.number }
}

/**
 * A lost code, at the counter: a new one for a party who showed who she is (`partyId`; the first without). Never for an anonymous one.
 * @throws `receipt.anonymous`, `case.not_found`.
 */
export async function reissueReceipt(ctx: Ctx, number: string, evidence: string, partyId?: string): Promise<string> {
  const { loaded } = await getCase(ctx, { number }, 'receipt.reissue')
  const party =
    partyId === undefined ? loaded.parties.find((known) => !known.blind) : loaded.parties.find((known) => known.partyId === partyId && !known.blind)
  if (!party) throw notFound('case.not_found')
  if (!party.identity.name) throw conflict('receipt.anonymous', 'The matter was filed without a name: its code cannot be issued anew.')
  const code = newReceiptCode()
  await runStep(
    () => loadStep(ctx, loaded.row.case_id),
    async (step) => {
      step.rows['receipt_replace'] = { party_id: party.partyId, receipt_hash: codeHash(code).toString('hex') }
      recordEvent(step, { type: 'receipt.reissued', fields: { evidence } })
      // The old code opens nothing any more, linked cases included.
      const { db } = await transactionOf(step)
      const old = step.case.parties.find((known) => known.partyId === party.partyId)?.receiptHash
      if (old)
        await sql`update parties set receipt_hash = ${codeHash(code)} where tenant_id = ${ctx.tenant} and receipt_hash = decode(${old}, 'hex')`.execute(
          db,
        )
    },
  )
  return code
}

/** Joins a case to the person's own account, with its code; only she can do it. */
export async function joinAccount(ctx: Ctx, code: string): Promise<void> {
  const { actor } = ctx
  const found = actor.kind === 'resident' ? await findByReceipt(ctx, code) : undefined
  if (!found || actor.kind !== 'resident') throw notFound('receipt.not_found', 'This code opens nothing.')
  const { mandateId } = found
  if (mandateId !== undefined)
    return void (await inTenant(ctx.db, ctx.tenant, (trx) =>
      sql`update mandates set account_id = ${actor.accountId} where tenant_id = ${ctx.tenant} and case_id = ${found.caseId} and mandate_id = ${mandateId} and account_id is null and revoked_at is null`.execute(
        trx,
      ),
    ))
  await inTenant(ctx.db, ctx.tenant, (trx) =>
    sql`update parties set account_id = ${actor.accountId} where tenant_id = ${ctx.tenant} and case_id = ${found.caseId} and party_id = ${found.partyId} and account_id is null`.execute(
      trx,
    ),
  )
}
