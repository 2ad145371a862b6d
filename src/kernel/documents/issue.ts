// Numbering, sealing and rendering an official document: one act, in the transaction of its signature.
import { createHash } from 'node:crypto'
import { codeHash, randomCode, uuidv7 } from '../ids.ts'
import { encrypt, encryptJson } from '../keys/keyring.ts'
import { invalid } from '../errors.ts'
import { addAccess, addRow, recordEvent, type Step, transactionOf } from '../cases/step.ts'
import { sealReason } from '../cases/free-words.ts'
import { takeNumber } from '../cases/queries.ts'
import type { IssuedDocument } from '../cases/types.ts'
import type { DocumentRule } from '../procedures/manifest.ts'
import { requireSignatures } from '../signatures/signatures.ts'
import { documentData, issuerOf, signerOf } from './document-data.ts'
import type { JsonValue } from '../ledger/canonical-json.ts'

/** `visibleFrom`: parties see it from this instant on. */
export type IssueOptions = { supersedes?: string; reason?: string; visibleFrom?: string }

/**
 * Issues a document of the package: number without gaps, seal, PDF, its hash in the record.
 * @throws `document.glyph` naming characters that no font has: nothing is issued then.
 */
export async function issueDocument(step: Step, id: string, options: IssueOptions = {}): Promise<void> {
  const rule = step.procedure.manifest.documents.find((document) => document.id === id)
  if (!rule) throw invalid('document.unknown', `The procedure has no document “${id}”.`)
  requireSignatures(step, rule)
  const { db } = await transactionOf(step)
  const year = Number(step.effectiveOn.slice(0, 4))
  const sequence = await takeNumber(db, step.ctx.tenant, rule.series, year)
  const words = step.procedure.texts.zh[`${step.procedure.slug}.series.${rule.series}`] ?? ''
  const number = `${words}〔${year}〕${sequence}号`
  const code = randomCode(10)
  const data = documentData(step, rule, { number, code, ...(options.reason === undefined ? {} : { correction: options.reason }) })
  const pdf = await render(step, rule, data)
  await store(step, rule, { year, sequence, number, code, data, pdf }, options)
}

async function render(step: Step, rule: DocumentRule, data: JsonValue): Promise<Buffer> {
  const source = step.procedure.templates.get(rule.template)
  if (source === undefined) throw invalid('document.template_missing', `The procedure has no template “${rule.template}”.`)
  return Buffer.from(await step.ctx.services.renderer.render({ source, data, at: step.now }))
}

type Made = { year: number; sequence: number; number: string; code: string; data: JsonValue; pdf: Buffer }

async function store(step: Step, rule: DocumentRule, made: Made, options: IssueOptions) {
  const { tenant, services } = step.ctx
  const document_id = uuidv7(step.now)
  const file_id = uuidv7(step.now)
  step.written.push(file_id)
  await services.files.put(tenant, file_id, encrypt(step.case.key, made.pdf, `file/${tenant}/${file_id}`))
  const name = encrypt(step.case.key, `${made.number}.pdf`, `file-name/${tenant}/${file_id}`)
  addRow(step, 'files', { file_id, media_type: 'application/pdf', bytes: made.pdf.length, name: name.toString('base64') })
  const signer = signerOf(step, rule)
  const issued: IssuedDocument = {
    document_id,
    file_id,
    document: rule.id,
    status: 'issued',
    series: rule.series,
    year: made.year,
    sequence: made.sequence,
    number: made.number,
    issuer: issuerOf(step, rule)?.id ?? '',
    issued_on: step.effectiveOn,
    signed_by: signer?.user ?? null,
    signed_post: signer?.post ?? null,
    supersedes: options.supersedes ?? null,
    reason: options.reason ?? null,
    recorded_at: step.now.toISOString(),
    visible_from: options.visibleFrom ?? null,
  }
  step.case.documents.push(issued)
  const content = encryptJson(step.case.key, made.data, `document/${tenant}/${document_id}`).toString('base64')
  const reason = issued.reason === null ? null : sealReason(step.ctx, step.case.key, document_id, issued.reason)
  addRow(step, 'documents', { ...issued, reason, content, verify_hash: codeHash(made.code).toString('base64') })
  if (issued.visible_from !== null) addAccess(step, 'documents', { document_id, visible_from: issued.visible_from })
  const sha256 = createHash('sha256').update(made.pdf).digest('base64')
  recordEvent(step, {
    type: 'document.issued',
    fields: { document: rule.id, number: made.number, sha256, ...(signer ? { signed_post: signer.post } : {}) },
  })
}
