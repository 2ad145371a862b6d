// What a party reads before she signs: the document as it will be issued, without number and seal.
import { getCase, loadStep } from '../cases/load-case.ts'
import type { Ctx } from '../context.ts'
import { documentData } from '../documents/document-data.ts'
import { signedBy } from './signatures.ts'

/** The pages (SVG, safe in `<img>`) of the text that the message `name` signs; empty when it signs nothing. @throws `case.not_found`. */
export async function readTextToSign(ctx: Ctx, by: { number: string }, name: string): Promise<string[]> {
  const { loaded } = await getCase(ctx, by, 'case.read')
  const receiver = loaded.subscriptions.find((known) => known.kind === 'message' && known.name === name)
  if (!receiver) return []
  const step = await loadStep(ctx, loaded.row.case_id)
  const { manifest, graph, forms, templates } = step.procedure
  const document = signedBy(forms.get(graph.elements[receiver.element]?.xl.form ?? ''))
  const rule = manifest.documents.find((known) => known.id === document)
  const source = templates.get(rule?.template ?? '')
  if (!rule || source === undefined) return []
  return ctx.services.renderer.renderPages({ source, data: documentData(step, rule, { number: null, code: null }), at: step.now })
}
