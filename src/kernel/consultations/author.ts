// The author of an opinion, who comes with the code that she was given: what became of her words, and one appeal.
import type { Ctx } from '../context.ts'
import { inTenant } from '../database/database.ts'
import { conflict, invalid, notFound } from '../errors.ts'
import { codeHash } from '../ids.ts'
import { decryptJson, encrypt } from '../keys/keyring.ts'
import { toBase64 } from '../ledger/bytes.ts'
import { encodeLeaf } from '../ledger/leaf.ts'
import { commitmentOf, type SaltedPayload } from '../ledger/payload.ts'
import { openLogReader, receiptProof } from '../ledger/reads.ts'
import { newReceipt, type Receipt } from '../ledger/receipt.ts'
import { leafHash } from '../ledger/tree.ts'
import { openRow, type OpinionAtDesk } from './desk.ts'
import { openKey } from './file-opinion.ts'
import { findOpinionByCode, type OpinionRow, updateAppeal } from './opinion-queries.ts'
import { findById } from './queries.ts'
import type { Consultation } from './types.ts'

const absent = () => notFound('receipt.not_found', 'This code opens nothing.')

type Own = { row: OpinionRow; consultation: Consultation; key: Buffer }

async function openOwn(ctx: Ctx, code: string): Promise<Own> {
  return inTenant(ctx.db, ctx.tenant, async (trx) => {
    const row = await findOpinionByCode(trx, ctx.tenant, codeHash(code))
    if (!row) throw absent()
    const consultation = await findById(trx, ctx.tenant, row.consultation_id)
    if (!consultation) throw absent()
    return { row, consultation, key: await openKey(ctx, trx, consultation.case_id) }
  })
}

/** The opinion behind a code with its answer. The caller limits the rate. @throws `receipt.not_found`. */
export async function readOwnOpinion(ctx: Ctx, code: string): Promise<{ consultation: Consultation; opinion: OpinionAtDesk }> {
  const { row, consultation, key } = await openOwn(ctx, code)
  return { consultation, opinion: openRow(ctx, key, row) }
}

/** Her receipt, as docs/ledger-format.md section 4 has it: what the log holds of her opinion. @throws `receipt.not_found`. */
export async function readOpinionReceipt(ctx: Ctx, code: string): Promise<Receipt> {
  const { row, key } = await openOwn(ctx, code)
  const payload = decryptJson<SaltedPayload>(key, row.payload, `opinion-payload/${ctx.tenant}/${row.opinion_id}`)
  const leaf = encodeLeaf('register', row.filed_at, {
    register: 'opinions',
    entry: row.consultation_id,
    version: String(row.number),
    commitment: toBase64(commitmentOf(payload)),
  })
  const receipt = newReceipt(leaf, await ctx.services.promises.sign(ctx, leafHash(leaf), row.filed_at), payload)
  const proof = await receiptProof(openLogReader(ctx.db, ctx.tenant), row.opinion_id)
  return proof === undefined ? receipt : { ...receipt, proof }
}

/** Appeals against words not being shown; once. @throws `appeal.words`, `appeal.not_open`. */
export async function appealOpinion(ctx: Ctx, code: string, words: string): Promise<void> {
  const text = words.trim()
  if (text.length < 2 || text.length > 2000)
    throw invalid('appeal.words', 'Say why, in at most 2,000 characters.', [
      { pointer: '/appeal', code: 'required', message: '请写明为什么应当公开，最多2000字' },
    ])
  const { row, key } = await openOwn(ctx, code)
  const sealed = encrypt(key, text, `opinion-appeal/${ctx.tenant}/${row.opinion_id}`)
  const isNew = await inTenant(ctx.db, ctx.tenant, (trx) => updateAppeal(trx, ctx.tenant, row.opinion_id, sealed, ctx.clock.now()))
  if (!isNew) throw conflict('appeal.not_open', 'There is nothing to appeal against, or it was done already.')
}
