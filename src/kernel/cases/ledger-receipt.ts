// The receipt file of a case: its first event as the town's log holds it, with what this reader may know of it.
import type { Ctx, Services } from '../context.ts'
import { notFound } from '../errors.ts'
import type { Form } from '../forms/forms.ts'
import { caseLeaf } from '../ledger/leaf.ts'
import { commitmentOf, revealFields, type SaltedPayload } from '../ledger/payload.ts'
import { type LogReader, openLogReader, receiptProof } from '../ledger/reads.ts'
import { newReceipt, type Receipt } from '../ledger/receipt.ts'
import { leafHash } from '../ledger/tree.ts'
import { getPackage } from '../procedures/packages.ts'
import { readDossier } from './dossier.ts'
import { getCase } from './load-case.ts'
import { type Sight, sightOf } from './sight.ts'
import { recordView } from './views.ts'

/**
 * docs/ledger-format.md section 4. Without `proof` the entry is still queued: the promise says until when.
 * The promise is signed again over the same leaf and time, which gives the same bytes as the acknowledgement had.
 * @throws `case.not_found`.
 */
export async function readLedgerReceipt(ctx: Ctx, by: { number: string } | { caseId: string }): Promise<Receipt> {
  const { loaded, level } = await getCase(ctx, by, 'case.read')
  const procedure = await getPackage(ctx, loaded.row.package_hash)
  await recordView(ctx, loaded, 'receipt', ['filing'])
  const [first] = (await readDossier(ctx, loaded)).events
  // Erased: the leaf stays in the log, but nobody can open it any more.
  if (!first?.payload) throw notFound('receipt.erased', 'The first event of this case was erased.')
  const leaf = caseLeaf(first.recorded_at, commitmentOf(first.payload))
  const promise = await ctx.services.promises.sign(ctx, leafHash(leaf), first.recorded_at)
  const proof = await receiptProof(readerOf(ctx), first.event_id)
  const receipt = newReceipt(
    leaf,
    promise,
    reveal(first.payload, procedure.forms.get('filing'), sightOf(ctx.actor, loaded, procedure, level, ctx.clock.now())),
  )
  return proof === undefined ? receipt : { ...receipt, proof }
}

/** Form fields above the reader's level stay closed; their commitments keep the leaf checkable. */
function reveal(payload: SaltedPayload, filing: Form | undefined, sight: Sight): SaltedPayload {
  const hidden = new Set(
    Object.entries(filing?.schema.properties ?? {}).flatMap(([name, field]) =>
      sight.field('filing', name, field) ? [] : [`data.${name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`],
    ),
  )
  return revealFields(
    payload,
    payload.fields.map((field) => field.name).filter((name) => !hidden.has(name)),
  )
}

const readers = new WeakMap<Services, Map<string, LogReader>>()

/** A reader owns the cache of its tiles, so each town's is kept. */
function readerOf(ctx: Ctx): LogReader {
  const known = readers.get(ctx.services) ?? new Map<string, LogReader>()
  readers.set(ctx.services, known)
  const reader = known.get(ctx.tenant) ?? openLogReader(ctx.db, ctx.tenant)
  known.set(ctx.tenant, reader)
  return reader
}
