// Retention: what has been kept long enough is proposed, two persons approve it, and only then it is erased or handed to the archive.
// The erasure leaf stands in the signed log before anything is destroyed (ledger/erase-case.ts). 个人信息保护法 Art 47; 档案法条例 Art 39 (DP11, DP15).
import { mayInTown } from '../access/rule.ts'
import type { Ctx } from '../context.ts'
import { as, systemActor } from '../context.ts'
import { DomainError, forbidden } from '../errors.ts'
import { eraseCase } from '../ledger/erase-case.ts'
import type { LogSigner } from '../ledger/signer.ts'
import { logError } from '../log.ts'
import { getPackage } from '../procedures/packages.ts'
import { today } from '../towns/towns.ts'
import { approve, type DisposalRow, insertProposals, noteTried, selectApproved, selectDisposals, selectDuePackages, setStatus } from './queries.ts'

const mostShown = 500

/** The list for the page and the command line: what is proposed, waits to be carried out, or was done. @throws `disposal.staff`. */
export async function listDisposals(ctx: Ctx, status: DisposalRow['status'][] = ['proposed', 'approved']): Promise<DisposalRow[]> {
  requireApprover(ctx)
  return selectDisposals(ctx, status, mostShown)
}

function requireApprover(ctx: Ctx): void {
  if (!mayInTown(ctx.actor, 'disposal.decide'))
    throw forbidden('disposal.staff', 'Only the supervisor, the head of the town and the IT administrator see what is disposed of.')
}

/** Proposes every closed case whose retention is over; returns how many are new. Proposing destroys nothing. */
export async function proposeDisposals(ctx: Ctx): Promise<number> {
  const on = today(ctx)
  let proposed = 0
  for (const hash of await selectDuePackages(ctx, on)) {
    const { retention } = (await getPackage(ctx, hash)).manifest
    proposed += await insertProposals(ctx, on, { hash, class: `${retention.class}（${retention.mark}）`, disposal: retention.disposal })
  }
  return proposed
}

/** Approves; the second approval must come from another person. Returns what changed; one's own second approval changes nothing. @throws `disposal.staff`. */
export async function approveDisposals(ctx: Ctx, numbers: string[]): Promise<string[]> {
  requireApprover(ctx)
  if (ctx.actor.kind !== 'staff') throw forbidden('disposal.staff', 'Disposal is approved by two persons.')
  return approve(ctx, numbers, ctx.actor.userId)
}

/** Takes a case from the list: it is kept (a court, an audit or the archive asks for it). @throws `disposal.staff`. */
export async function keepCase(ctx: Ctx, number: string): Promise<boolean> {
  requireApprover(ctx)
  return setStatus(ctx, number, ['proposed', 'approved'], 'kept')
}

export type DisposalReport = { erased: string[]; archived: string[]; failed: { number: string; code: string }[] }

/**
 * Carries out what two persons approved. Erasing: the leaf first, then keys, rows, search and files; cut off in between, the next run
 * finishes it. At most `most` in one run; what fails waits behind the others. `archive` marks the case for transfer: the archive takes the export, and nothing is destroyed here.
 */
export async function runDisposals(ctx: Ctx, signer: LogSigner, most = mostShown): Promise<DisposalReport> {
  const own = as(ctx, systemActor('disposal'))
  const report: DisposalReport = { erased: [], archived: [], failed: [] }
  for (const row of await selectApproved(own, most)) {
    try {
      if (row.disposal === 'archive') {
        await setStatus(own, row.number, ['approved'], 'done')
        report.archived.push(row.number)
        continue
      }
      await eraseOnce(own, signer, row.number)
      await setStatus(own, row.number, ['approved'], 'done')
      report.erased.push(row.number)
    } catch (error) {
      if (!(error instanceof DomainError)) logError('disposal', error, { tenant: own.tenant })
      // It waits behind the others: what cannot be erased today keeps nothing else from being erased.
      await noteTried(own, row.number)
      report.failed.push({ number: row.number, code: error instanceof DomainError ? error.code : 'disposal.failed' })
    }
  }
  return report
}

/** A case that was erased and not yet marked (the process ended in between) counts as done. */
async function eraseOnce(ctx: Ctx, signer: LogSigner, number: string): Promise<void> {
  try {
    await eraseCase(ctx, signer, { number, basis: 'retention-ended' })
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== 'erase.done') throw error
  }
}
