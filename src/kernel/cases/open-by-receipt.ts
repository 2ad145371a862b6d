// A number and a receipt code together open one case. A wrong code and an unknown number do the same work and answer alike.
import type { Actor, Ctx } from '../context.ts'
import { codeHash } from '../ids.ts'
import { findCaseId, findReceipt } from './queries.ts'

/** The party behind a code, if it is the code of the case with this number; the caller limits how often one may try. */
export async function findReceiptActor(ctx: Ctx, number: string, code: string): Promise<Extract<Actor, { kind: 'receipt' }> | undefined> {
  // Both are always asked, and the case itself is not opened: how long it takes tells nothing about what exists.
  const caseId = await findCaseId(ctx, number)
  const found = await findReceipt(ctx, codeHash(code), caseId)
  return found && found.case_id === caseId
    ? { kind: 'receipt', caseId: found.case_id, partyId: found.party_id, ...(found.mandate_id ? { mandateId: found.mandate_id } : {}) }
    : undefined
}
