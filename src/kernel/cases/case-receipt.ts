// The proof that a filing is in the town's log, for its holder to keep and check elsewhere (docs/ledger-format.md section 4).
import { isShown } from '../access/rule.ts'
import type { Ctx } from '../context.ts'
import { notFound } from '../errors.ts'
import type { Form } from '../forms/forms.ts'
import { caseLeaf } from '../ledger/leaf.ts'
import { commitmentOf, revealFields } from '../ledger/payload.ts'
import { openLogReader, receiptProof } from '../ledger/reads.ts'
import { newReceipt, type Receipt } from '../ledger/receipt.ts'
import { leafHash } from '../ledger/tree.ts'
import { getPackage } from '../procedures/packages.ts'
import { readDossier } from './dossier.ts'
import { getCase } from './load-case.ts'

/** Facts of a filing that are not form fields. */
const facts = ['case', 'seq', 'prev', 'type', 'recorded_at', 'effective_on', 'actor', 'procedure', 'package', 'channel', 'evidence']

/**
 * The receipt of the filing, with the fields that this actor may see opened and all others closed. `included` is false while the
 * leaf waits in the queue: then it holds the promise, which is evidence in itself. @throws `case.not_found`.
 */
export async function filingReceipt(ctx: Ctx, by: { number: string } | { caseId: string }): Promise<{ receipt: Receipt; included: boolean }> {
  const { loaded, level } = await getCase(ctx, by, 'case.read')
  const { events } = await readDossier(ctx, loaded)
  const filed = events[0]
  if (!filed?.payload) throw notFound('case.erased', 'What was filed was erased.')
  const leaf = caseLeaf(filed.recorded_at, commitmentOf(filed.payload))
  // The promise of the filing again: same leaf, same time, same key.
  const promise = await ctx.services.promises.sign(ctx, leafHash(leaf), filed.recorded_at)
  const procedure = await getPackage(ctx, loaded.row.package_hash)
  const shown = namesShown(procedure.forms.get('filing'), (visibility) => isShown(visibility, level))
  const payload = revealFields(filed.payload, [...facts, ...shown])
  const proof = await receiptProof(openLogReader(ctx.db, ctx.tenant), filed.event_id)
  return { receipt: { ...newReceipt(leaf, promise, payload), ...(proof === undefined ? {} : { proof }) }, included: proof !== undefined }
}

/** Field names as recordEvent writes them into the payload. */
function namesShown(form: Form | undefined, isOpen: (visibility: 'public' | 'parties' | 'officers' | 'sealed') => boolean): string[] {
  return Object.entries(form?.schema.properties ?? {})
    .filter(([, field]) => isOpen(field['x-visibility']))
    .map(([name]) => `data.${name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`)
}
