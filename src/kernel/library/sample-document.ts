// What a document of a procedure looks like, filled with the examples of its forms: a draft with watermark, without number and seal.
import { newCaseStep } from '../cases/new-case.ts'
import type { Step } from '../cases/step.ts'
import type { Identity } from '../cases/types.ts'
import type { Ctx } from '../context.ts'
import { documentData } from '../documents/document-data.ts'
import type { DocumentJob } from '../documents/renderer.ts'
import { notFound } from '../errors.ts'
import type { FormData } from '../forms/forms.ts'
import type { Package } from '../procedures/load-package.ts'

/** @throws `document.not_found`. */
async function sampleJob(ctx: Ctx, procedure: Package, document: string): Promise<DocumentJob> {
  const rule = procedure.manifest.documents.find((known) => known.id === document)
  const source = rule && procedure.templates.get(rule.template)
  if (!rule || source === undefined) throw notFound('document.not_found', 'The procedure has no such document.')
  const step = await sampleStep(ctx, procedure)
  return { source, data: documentData(step, rule, { number: null, code: null }), at: step.now }
}

/** A case that is never written, in which every form was filled with its own first example. */
async function sampleStep(ctx: Ctx, procedure: Package): Promise<Step> {
  const step = await newCaseStep(ctx, procedure, {})
  const { content, parties, row } = step.case
  content.filing = exampleOf(procedure, 'filing')
  for (const element of Object.values(procedure.graph.elements)) {
    const { form } = element.xl
    if (form !== undefined && element.type !== 'startEvent') content[element.id] = exampleOf(procedure, form)
  }
  const text = (name: string | undefined) => {
    const value = name === undefined ? undefined : content.filing[name]
    return typeof value === 'string' ? value : undefined
  }
  for (const rule of procedure.manifest.parties) {
    const entries = Object.entries(rule.fields).map(([key, name]) => [key, text(name)] as const)
    const identity: Identity = Object.fromEntries(entries.filter(([, value]) => value !== undefined))
    parties.push({
      partyId: rule.role,
      role: rule.role,
      kind: rule.kind === 'organization' ? 'organization' : 'natural',
      identity,
      accountId: null,
      electronicService: false,
      receiptHash: null,
      blind: false,
    })
  }
  row.handling_office = [...step.town.organizations.values()].find((body) => body.kind === 'own' && body.parent !== undefined)?.id ?? null
  return step
}

const exampleOf = (procedure: Package, form: string): FormData => procedure.forms.get(form)?.schema.examples?.[0] ?? {}

type Kept = Map<string, Promise<Uint8Array>>
const kept = new WeakMap<object, Kept>()
const mostKept = 60

/** The sample as PDF. Set once for each version and day in this process: anybody may ask for it. */
export function samplePdf(ctx: Ctx, procedure: Package, document: string): Promise<Uint8Array> {
  const samples = kept.get(ctx.services) ?? new Map<string, Promise<Uint8Array>>()
  kept.set(ctx.services, samples)
  const key = `${ctx.tenant}/${procedure.hash}/${document}/${ctx.clock.now().toISOString().slice(0, 10)}`
  const known = samples.get(key)
  if (known) return known
  const made = sampleJob(ctx, procedure, document).then((job) => ctx.services.renderer.render(job))
  if (samples.size >= mostKept) samples.clear()
  samples.set(key, made)
  made.catch(() => samples.delete(key))
  return made
}

/** Its pages as pictures: for a draft whose template is being written. Not kept. */
export const samplePages = async (ctx: Ctx, procedure: Package, document: string): Promise<string[]> =>
  ctx.services.renderer.renderPages(await sampleJob(ctx, procedure, document))
