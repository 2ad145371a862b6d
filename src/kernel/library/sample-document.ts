// What a document of a procedure looks like, filled from a worked example that issues it: a draft with watermark, without number and seal.
import { inputsOf } from '../cases/actions.ts'
import { addData, evaluate } from '../cases/case-data.ts'
import { decideTask, runScript } from '../cases/decide-task.ts'
import { countMeetingOf } from '../cases/meeting-action.ts'
import { newCaseStep } from '../cases/new-case.ts'
import type { Step } from '../cases/step.ts'
import type { Identity } from '../cases/types.ts'
import type { Ctx } from '../context.ts'
import { documentData } from '../documents/document-data.ts'
import type { Element } from '../engine/types.ts'
import type { DocumentJob } from '../documents/renderer.ts'
import { DomainError, notFound } from '../errors.ts'
import type { FormData } from '../forms/forms.ts'
import type { Package } from '../procedures/load-package.ts'

/** @throws `document.not_found`. */
async function sampleJob(ctx: Ctx, procedure: Package, document: string): Promise<DocumentJob> {
  const rule = procedure.manifest.documents.find((known) => known.id === document)
  const source = rule && procedure.templates.get(rule.template)
  if (!rule || source === undefined) throw notFound('document.not_found', 'The procedure has no such document.')
  const step = await sampleStep(ctx, procedure, document)
  return { source, data: documentData(step, rule, { number: null, code: null }), at: step.now }
}

/** A case that is never written, with what the forms held when the document was issued. */
async function sampleStep(ctx: Ctx, procedure: Package, document: string): Promise<Step> {
  const step = await newCaseStep(ctx, procedure, {})
  const { content, parties, row } = step.case
  if (!fillFromExample(step, document)) fillFromForms(step)
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
  compute(step)
  return step
}

/**
 * Fills in the shortest worked example that issues the document; false when none does. Forms filled each with an example of its own would
 * not agree with each other: a referral needs the decision to refer.
 */
function fillFromExample({ case: { content }, procedure }: Step, document: string): boolean {
  const [example] = [...procedure.examples.values()]
    .filter(({ expect }) => expect.documents?.includes(document))
    .toSorted((a, b) => a.steps.length - b.steps.length)
  for (const step of example?.steps ?? []) {
    if ((step.case ?? 'main') !== 'main' || step.refused !== undefined) continue
    const data = Object.fromEntries(Object.entries(step.data ?? {}).filter(([name]) => name !== '_entry'))
    if (step.do === 'file') content.filing = data
    if (step.do === 'complete' && step.task !== undefined) addData({ content }, procedure.graph, step.task, data)
    if (step.do === 'message')
      for (const { id, events } of Object.values(procedure.graph.elements))
        if (events.some((event) => event.kind === 'message' && event.name === step.name)) content[id] = data
  }
  return example !== undefined
}

/** Each form with its own first example: for a document that no worked example reaches yet. */
function fillFromForms({ case: { content }, procedure }: Step): void {
  const exampleOf = (form: string): FormData => procedure.forms.get(form)?.schema.examples?.[0] ?? {}
  content.filing = exampleOf('filing')
  for (const { id, type, xl } of Object.values(procedure.graph.elements))
    if (xl.form !== undefined && type !== 'startEvent') addData({ content }, procedure.graph, id, exampleOf(xl.form))
}

/** Nobody has voted in a sample. */
const emptyBallot = { voters: 0, few: true, sums: [], lines: [] }

/** What the kernel computes by itself from what was filled in: rules, scripts, counts. Whatever lacks its data is left out. */
function compute(step: Step): void {
  const { content } = step.case
  for (const element of Object.values(step.procedure.graph.elements)) {
    if (content[element.id]) continue
    if (element.type === 'businessRuleTask') decideTask(step, element, '')
    else if (element.type === 'scriptTask') runScript(step, element, '')
    else if (element.xl.action === 'close-ballot@1') content[element.id] = emptyBallot
    else if (element.xl.action === 'count-meeting@1') count(step, element)
  }
}

function count(step: Step, element: Element): void {
  try {
    countMeetingOf(
      step,
      inputsOf(element, (expression) => evaluate(step, expression)),
      { element: element.id, token: '' },
    )
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
  }
}

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
